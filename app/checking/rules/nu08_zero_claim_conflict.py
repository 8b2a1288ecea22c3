"""NU08 zero-claim-conflict — 前称“未发生”，后列有发生数。

Why: “全年未发生火灾事故” beside “发生火灾2起” discredits the whole report.
Misses: incidents told without a count, unless with their day: 3月5日，城东仓库发生火灾.
False alarms: “未发生重大火灾” is not contradicted by a small fire; a claim for a holiday is not
contradicted by the year's count, nor any claim by work against such incidents (防溺水巡塘160次) or
by what was prevented (堵截诈骗35起).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.numbers.numerals import parse_chinese
from app.language.prefilter import places

META = RuleMeta(
    code="NU08", name="zero-claim-conflict", severity=Severity.ERROR, summary="“未发生”与发生数矛盾"
)

_INCIDENTS = {
    "火灾": "火灾(?:事故)?",
    "交通事故": "(?:道路)?交通(?:安全)?(?:责任)?事故",
    "安全生产事故": "(?:安全生产|生产安全)(?:责任)?(?:“?零)?事故",
    "刑事案件": "刑事(?:治安)?案件",
    "治安案件": "治安案件",
    "溺水": "溺水(?:事故|事件|亡人事件|亡人事故)?",
    "食品安全事故": "食品安全(?:事故|事件)",
    "电信诈骗": "(?:电信网络诈骗|电信诈骗|电诈)(?:案件|警情|案)?",
    "越级上访": "(?:越级上访|越级访|进京(?:“?零)?上访|进京访|赴省(?:进京)?上访|赴省进京访|非访)",
    "集体上访": "(?:集体上访|集体访)",
    "群体性事件": "群体性事件",
    "失泄密": "(?:失泄密|失密泄密|失密、泄密|泄密|失密)(?:事件|案件|问题)?",
    "校园欺凌": "(?:校园欺凌|学生欺凌)(?:事件)?",
    "网络安全事件": "(?:网络安全|数据安全)(?:事件|事故)",
    "命案": "命案",
    "触电": "触电事故",
    "燃气事故": "燃气(?:安全)?(?:泄漏|爆炸)?事故",
    "工伤事故": "工伤事故",
    "机械伤害": "(?:机械伤害|高处坠落|物体打击|车辆伤害|起重伤害|坍塌|中毒窒息)事故",
    "盗窃": "(?:盗窃|被盗|失窃)(?:案件|案)?",
    "上访": "上访(?:事件|群众|人员)?",
}
_AGAINST = ("防", "反")
# Every character a name above can begin with: most places of a text are passed by it at once.
_FIRST = "上中交刑命坍失学安工数校机治泄溺火燃物生电盗网群被触赴起越车进道集非食高"
_NAMES = re.compile(
    f"(?=[{_FIRST}])(?:"
    + "|".join(f"(?P<k{i}>{p})" for i, p in enumerate(_INCIDENTS.values()))
    + ")"
)
_KEYS = tuple(_INCIDENTS)
_KIND_OF = {"越级上访": "上访", "集体上访": "上访", "机械伤害": "安全生产事故"}
_CLAUSE_REACH = 80
_CLAUSE_END = re.compile(r"[。！？!?\n；;，,：:]")
_NIL = re.compile(
    r"(?:未|没有|从未|没|不曾)(?:再)?(?:发生|出现|接到|产生|引发)|无(?:一起|任何|重大"
    r"|一例)?|“?零|杜绝了?"
    r"|实现[^，。；]{0,12}零发生|零发生|为零|为0"
)
_GRADED = re.compile(
    r"重大|较大|重特大|特大|特别|有影响|严重|责任|亡人|伤亡|死亡|一般及以上|一般以上|以上"
    r"|涉|恶性|影响|大规模|大型|因"
)
_NARROWED_BEHIND = re.compile("致|造成|引发|导致|引起|亡|死")
_LIMITED_TIME = re.compile(
    r"期间|假期|节日|[一二三四]季度|上半年|下半年|\d月|当天|当日|去年|上年|同期|历年|以往|曾"
)
_TIME_BEFORE = re.compile(r"(?:期间|假期|节日|季度|上半年|\d月|当天|当日|去年|上年)$")
_NOT_HAPPENED = re.compile(
    r"曾|其他[省市县区乡镇单]|外地|外省|周边|某[地省市县区国些]|演练|模拟|预防|防范|防止|避免|坚决遏制|严防"
    r"|宣传|培训|扑救|处置|纠纷|调解|调处|隐患"
    r"|应急预案|知识|警示|案例"
    r"|下降|减少|少发|同比|去年|上年|同期|比|目标|控制在|力争|确保|侦破|破获|查处|办理|审结"
    r"|受理|起诉|立案|劝阻|止付|拦截|堵截|堵住|阻断|阻止|制止|识破|挽回|预警|提醒|防控|巡[查逻护]|演习"
    r"|教育|检查|整治|治理|讲座|课|风险|苗头|误报|线索|救援|救治"
)
_HAPPENED = re.compile(r"(?:处置|化解|扑救|调解|查处|办理)(?:好|了)?(?:已经?)?发生的(?:各类)?$")
_SOLVED_KEYS = frozenset({"刑事案件", "治安案件", "命案", "电信诈骗", "盗窃"})
_SOLVED = re.compile(r"侦破|破获|查处|受理|立案")
_OLD_CASE = re.compile(
    r"历年|积案|往年|旧案|多年前|外地|异地|跨|协助|配合|协查|专案|系列|隐案|串并"
)
_COUNT_AFTER = re.compile(
    r"^[^，。；：、\d一二两三四五六七八九十]{0,3}(\d{1,4}"
    r"|[一两二三四五六七八九十]{1,3})(?:起|件|(?P<times>次)|例|宗|批)"
)
_OCCURRED = re.compile("发生|出现|引发|造成")
_VISITS = re.compile(r"^[^，。；：、\d]{0,3}(\d{1,4})人次")
_COUNT_BEFORE = re.compile(
    r"(?:发生|出现|引发|造成)(?:了|过)?(\d{1,4}|[一两二三四五六七八九十]{1,3})(?:起|件|次"
    r"|例|宗|批)[^，。；：\d]{0,8}$"
)
# One incident, told as a story: 3月5日，城东仓库发生火灾
_DAY = re.compile(r"(?:^|[。；\n]|20\d{2}年|今年)\d{1,2}月(?:\d{1,2}日|[上中下]旬|底|初)?")
_STRUCK = re.compile(r"(?:发生|突发|引发)(?:了|一起|一场|一例)?(?:[^，。；：、\d]{0,4})$")
_NO_STORY = re.compile(
    r"假设|假定|设想|如果|如遇|一旦|可能|针对|围绕|以|吸取|汲取|通报|得知|获悉|类似|场景|背景|科目"
    r"|[省市县区州]外|兄弟|邻近|相邻|以来|的"
)
_DAY_REACH = 30
_DENIED = re.compile(
    r"(?:(?:未|没有)(?:再)?发生(?:过)?(?:一起|任何|一例|一件)?|无(?:一起|一例|一件))"
    r"(?P<what>[\u4e00-\u9fff、]{2,40})"
)
_ITEM = re.compile(r"[^、和或及]{2,16}")
_MOST_CLAIMS = 200
_FILLER = re.compile(r"一起|任何|一例|一件|各类|其他|过|了|的|“|”|本地|辖区|“?零")
_YEAR = re.compile(r"(20\d{2}|今|本)年")
_HIGHER_OFFICE = re.compile(r"进京|赴京|赴省|到省|到市|赴市|越级|重复|集体")
_AREA = re.compile(
    r"全[省市县区镇乡村局委馆院校司系统集团]{1,2}|辖区|本(?:单位|系统|公司|局|镇|乡)"
    r"|我[局委镇乡市县区馆院司]"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU08``; it has no parameters."""


@dataclass(frozen=True, slots=True)
class _Claim:
    key: str
    span: Span
    area: str
    year: str


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per count above zero of what is elsewhere said not to have happened."""
    del params
    nil: dict[str, _Claim] = {}
    counted: list[tuple[_Claim, int]] = []
    if _NIL.search(ctx.view) is None:
        return
    for found in _NAMES.finditer(ctx.view):
        place = Span(*found.span())
        clause = _clause_round(ctx.view, place)
        words = clause.of(ctx.view)
        name = place.shift(-clause.start)
        key = _KEYS[int((found.lastgroup or "k0")[1:])]
        is_other = _is_work(ctx.view, place.start) or (
            key == "上访" and _HIGHER_OFFICE.search(words)
        )
        if is_other:
            continue
        denial = _NIL.search(words, 0, name.end)
        if denial is not None:
            if not _is_narrow(words, denial, name) and not _limits(ctx.view, clause):
                nil.setdefault(key, _claim(ctx.view, clause, place, key))
        elif _NIL.search(words) is None and (count := _times(ctx.view, clause, place, key)):
            counted.append((_claim(ctx.view, clause, place, key), count))
    reported: set[Span] = set()
    for claim, count in counted:
        denied = nil.get(claim.key) or nil.get(_KIND_OF.get(claim.key, ""))
        if denied is not None:
            reported.add(claim.span)
            if _same_case(ctx, claim, denied):
                yield _finding(ctx, denied, claim, count)
    for finding in _verbatim(ctx):
        if not any(span in finding.span for span in reported):
            yield finding


def _verbatim(ctx: CheckContext) -> Iterator[Finding]:
    """What is said not to have happened, counted elsewhere in the very same words."""
    denied: dict[str, _Claim] = {}
    for match in _DENIED.finditer(ctx.view):
        clause = _clause_round(ctx.view, Span(*match.span()))
        if _limits(ctx.view, clause):
            continue
        for item in _ITEM.finditer(ctx.view, match.start("what"), match.end("what")):
            span = Span(item.start(), item.end())
            denied.setdefault(item.group(), _Claim(item.group(), span, "", _year(ctx.view, clause)))
    if not denied:
        return
    longest_first = sorted(denied, key=len, reverse=True)[:_MOST_CLAIMS]
    taken: set[int] = set()
    for what in longest_first:
        for start in places(ctx.view, what):
            place = Span(start, start + len(what))
            if start in taken:
                continue
            taken.update(range(place.start, place.end))
            clause = _clause_round(ctx.view, place)
            words = clause.of(ctx.view)
            nil = denied[what]
            claim = replace(nil, span=place, year=_year(ctx.view, clause))
            if _is_work(ctx.view, start) or _NIL.search(words) or not _same_case(ctx, claim, nil):
                continue
            count = _count(words, place.shift(-clause.start), "")
            if count:
                yield _finding(ctx, nil, claim, count)


def _is_work(text: str, start: int) -> bool:
    """True for 防溺水, 反诈骗: work against what is named at ``start``."""
    return text.startswith(_AGAINST, max(0, start - 1))


def _clause_round(text: str, place: Span) -> Span:
    """The clause a name stands in; 、 does not end one, so a list keeps its 未发生."""
    start = floor = max(0, place.start - _CLAUSE_REACH)
    for mark in _CLAUSE_END.finditer(text, floor, place.start):
        start = mark.end()
    reach = min(len(text), place.end + _CLAUSE_REACH)
    after = _CLAUSE_END.search(text, place.end, reach)
    return Span(start, after.start() if after else reach)


def _claim(text: str, clause: Span, place: Span, key: str) -> _Claim:
    area = _AREA.search(text, clause.start, clause.end)
    return _Claim(key, place, area.group() if area else "", _year(text, clause))


def _is_narrow(words: str, denial: re.Match[str], name: Span) -> bool:
    """True where the claim speaks of some such incidents only: 未发生水上交通事故."""
    # 较大以上安全生产零事故: the denial stands in the name itself
    start = 0 if denial.start() >= name.start else denial.start()
    if _GRADED.search(words, start, name.end):
        return True
    if _NARROWED_BEHIND.match(words, name.end):
        return True
    between = words[denial.end() : name.start]
    return bool(_FILLER.sub("", re.split("[、和或及与]", between)[-1]))


def _limits(text: str, clause: Span) -> bool:
    """True where the clause, or a time told right before it, speaks of a part of the year."""
    before = text[max(0, clause.start - 8) : max(0, clause.start - 1)]
    return bool(_LIMITED_TIME.search(clause.of(text)) or _TIME_BEFORE.search(before))


def _times(text: str, clause: Span, place: Span, key: str) -> int:
    """How often it happened, by a count or as the story of one incident."""
    count = _count(clause.of(text), place.shift(-clause.start), key)
    return count or int(_is_story(text, clause, place))


def _count(words: str, name: Span, key: str) -> int:
    """How many times the clause says it happened; 0 where it does not."""
    told = words
    if key in _SOLVED_KEYS and not _OLD_CASE.search(words):
        told = _SOLVED.sub("", words)  # a case that was solved did happen
    if _NOT_HAPPENED.search(told) and not _HAPPENED.search(words, 0, name.start):
        return 0
    found = _COUNT_AFTER.search(words[name.end :])
    if found is not None and found["times"] and not _OCCURRED.search(words):
        found = None  # 溺水专项行动12次: 次 counts what is done
    found = found or _COUNT_BEFORE.search(words[: name.start])
    if found is None and key.endswith("上访"):
        found = _VISITS.search(words[name.end :])
    if found is None:
        return 0
    number = found.group(1)
    return int(number) if number.isascii() else int(parse_chinese(number) or 0)


def _is_story(text: str, clause: Span, place: Span) -> bool:
    """True for one incident told with its day: 3月5日，城东仓库发生火灾."""
    told = text[clause.start : place.start]
    if not _STRUCK.search(told) or _NOT_HAPPENED.search(text, clause.start, clause.end):
        return False
    start = max(0, clause.start - _DAY_REACH)
    start = max(start, *(text.rfind(mark, start, place.start) for mark in "。；\n"))
    before = text[start : place.start]
    after = text[place.end : clause.end]
    return (
        bool(_DAY.match(before)) and not _NO_STORY.search(before) and not after.strip("事故件案”")
    )


def _year(text: str, clause: Span) -> str:
    """The year the clause, or the words right before it, names; empty where none is."""
    match = _YEAR.search(text, max(0, clause.start - 10), clause.end)
    return match.group(1) if match else ""


def _same_case(ctx: CheckContext, claim: _Claim, other: _Claim) -> bool:
    """True unless the two name different areas or years, or stand under different units."""
    owners = [ctx.settings.owner(place.span.start) for place in (claim, other)]
    return all(
        not here or not there or here == there
        for here, there in (owners, (claim.area, other.area), (claim.year, other.year))
    )


def _finding(ctx: CheckContext, nil: _Claim, claim: _Claim, count: int) -> Finding:
    name, denied = claim.span.of(ctx.view), _FILLER.sub("", nil.span.of(ctx.view))
    return ctx.finding(
        META,
        claim.span,
        f"这里写{name}有{count}起（件），另一处写未发生{denied}，请核对。",
        related=[nil.span],
        evidence={"count": count},
    )


EXAMPLES = (
    bad("全年未发生火灾事故。全局发生⟦火灾⟧2起，均及时扑灭。"),
    bad("实现零命案、零火灾。全年发生⟦交通事故⟧3起，同时做到未发生交通事故。"),
    bad("全年未发生较大以上生产安全事故。8月份发生⟦较大以上生产安全事故⟧1起。"),
    bad("全年没有发生集体上访。上半年工作平稳，全年共发生两批⟦集体上访⟧。"),
    bad("全年没有发生火灾事故。3月5日，城东一仓库发生⟦火灾⟧，过火面积40平方米。"),
    good("全年未发生火灾事故，组织消防演练2次。"),
    good("全年发生火灾2起，比上年减少1起。"),
    near("全年未发生重大火灾事故，发生一般火灾2起。"),
    near("国庆期间未发生交通事故，全年发生交通事故3起。"),
    near("全年没有发生火灾事故。3月5日，假设病房楼发生火灾，三支队伍参加演练。"),
    near("一、城东街道\n全年未发生火灾。\n二、城西街道\n全年发生火灾2起，均及时扑灭。\n"),
    near("暑期防溺水巡塘160次，全年未发生溺水。"),
    near("全年未发生诈骗、盗窃等案件。员工堵截诈骗35起，保住存款46万元。"),
    near("未发生集体上访，调处交通事故纠纷12件。"),
)
