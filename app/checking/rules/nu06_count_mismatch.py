"""NU06 count-mismatch — 写明的项数与实际列出的项数不符。

Why: “采取三项措施：一是…二是…三是…四是…” is left behind when a fourth item is added late.
Misses: items told without labels.
False alarms: slogans (三零, 四不放过) are no counts; only a count right before its list is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.numbers.numerals import parse_chinese

META = RuleMeta(
    code="NU06", name="count-mismatch", severity=Severity.WARNING, summary="写明的项数与列出的不符"
)

_NUMBER = r"(?<![第十百〇零一二三四五六七八九\d])(?P<number>[两二三四五六七八九十]{1,2}|\d{1,2})"
_NOUNS = (
    "方面|措施|举措|任务|问题|工作|机制|制度|做法|环节|行动|转变|结合|突出|强化|到位|重点"
    "|抓手|关口|关系|体系"
    "|工程|亮点|特点|不足|短板|原因|难题|专项|服务|平台|能力|文章|功夫|关键|坚持|步骤|类型"
    "|聚焦|注重|加强|提升"
    "|途径|渠道|要求|内容|环|统一|确保|层面|维度|办法|方式|防线|清单|模式|优势|困难|薄弱"
    "|保障|品牌|经验|活动|事(?![项故件业务])"
)
_ANNOUNCED = re.compile(
    rf"{_NUMBER}(?P<measure>个|项|条|点|大|类|种|道|张"
    rf"|步|件)?[^，。；：“”、\d\n]{{0,6}}?(?:{_NOUNS})|"
    r"(?<![第十\d])(?P<side>[两二三四五六七八九十]{1,2}|\d{1,2})(?:个)?方面"
)
_RIGHT_BEFORE = re.compile(rf"{_NUMBER}[个项大类条点种][\u4e00-\u9fff]{{1,6}}(?=[：:]\s*$)")
_PLAIN_COUNT = re.compile(r"^\S{1,2}(?:方面|措施|举措|环节|不足|问题)")
_QUOTED_RUN = re.compile(
    r"(?P<run>“[^“”\n]{2,40}”(?:[、和]?“[^“”\n]{2,40}”){0,9})"
    r"(?P<number>[两二三四五六七八九十])(?P<what>(?!个?字)[\u4e00-\u9fff])"
)
# The list is looked for first, for lists are rare; the count then stands right before it.
_LISTED = re.compile(
    r"[（(：，](?:(?<=[（(])(?P<bracketed>[^（）()\n]{3,120})[）)]"
    r"|(?:(?<=：)|(?<=，)(?:即|分别是|分别为|也就是))(?P<told>[\u4e00-\u9fff“”、（）]{5,120})(?=[。；\n]))"
)
_COUNT_BEFORE = {
    "bracketed": re.compile(rf"{_NUMBER}[个项类大级种层]?[\u4e00-\u9fff]{{1,6}}$"),
    "told": re.compile(rf"{_NUMBER}[个项大类支条种张道][\u4e00-\u9fff]{{2,6}}(?P<close>”?)$"),
}
# “三进”活动（进企业、进校园、进社区）: every item begins with the word that is counted
_SLOGAN = re.compile(
    r"“(?P<number>[两二三四五六七八九])(?P<what>[进送访查讲清看问包保])”[^，。；：（()\n]{0,8}[（(：]"
    r"(?P<items>(?P=what)[^、。；（）()\n\d]{1,10}(?:、(?P=what)[^、。；（）()\n\d]{1,10}){1,9})[）)。；]"
)
# “三关”，即准入关、培训关、考核关: every item ends with it
_SLOGAN_BEHIND = re.compile(
    r"“(?P<number>[两二三四五六七八九])(?P<what>[关级道网线台]|到位|机制|清单|制度)”[^，。；：（()\n]{0,8}(?:[（(：]|，即)"
    r"(?P<items>[^、，。；（）()\n\d]{1,10}(?P=what)(?:、[^、，。；（）()\n\d]{1,10}(?P=what)){1,9})(?:[）)。；]|，(?!第))"
)
_COUNT_REACH = 10
_AND = re.compile(r"[和与及]|以及")
_AREA = "[市区县旗乡镇村]|街道|社区|园区|开发区|新区|办事处|农场|林场|[大中小]"
_NOT_A_LIST = re.compile(
    # 县（市、区）, 乡镇（街道、园区）: other names of what is counted
    rf"[\d；。：]|等|如|例如|以下简称|简称|即|^(?:{_AREA})(?:[、和](?:{_AREA}))*$"
)
_BARE_LIST = re.compile(r"(?:[\u4e00-\u9fff]{2,14}、){1,8}[\u4e00-\u9fff]{2,12}$")
_BARE_REACH = 130
_BARE = re.compile(
    r"(?P<number>[两三四五六七八九2-9])(?<=[\u4e00-\u9fff].)"
    r"(?:个?部门(?!的|级|规章)"
    r"|[个项大类](?:专班|机制|制度|窗口|方面|环节|平台|中心|领域|小组|工程|行动|阶段|层面"
    r"|层级|步骤|措施"
    r"|举措|体系|渠道|关口|专项|重点|任务|清单|(?:专项)?工作组|专项组|抓手|类型|办法|方案|预案|规定|镇|乡|街道|县"
    r"|(?:重点|公共|人员密集)?(?:场所|区域|部位|行业|群体|对象)))"
)
_STAGES = re.compile(
    r"[分共](?:为|成)?(?P<number>[两二三四五六七八九])(?:大|个)?(?P<what>阶段|步骤|层次|批次|梯队)"
)
_STAGE_REACH = 800
_LOOSE_LIST = re.compile(r"等各?$|以及|其他|[每各共达第的]$|分别|出台$|制定$|印发$")
_LEAD_LIMIT = 160
_SENTENCE_END = "。！？\n"


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU06``. ``largest``: counts above it are not compared."""

    largest: int = 20


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per announced count that its own list contradicts."""
    yield from _enumerations(ctx, params)
    yield from _quoted_runs(ctx)
    yield from _listed_after(ctx)
    yield from _bare_lists(ctx)
    yield from _slogans(ctx)
    yield from _stages(ctx)


def _value(text: str) -> int:
    if text.isascii():
        return int(text)
    value = parse_chinese(text)
    return int(value) if value is not None else 0


def _enumerations(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    for enumeration in ctx.enumerations:
        numbers = [item.number for item in enumeration.items]
        if numbers != list(range(1, len(numbers) + 1)):
            continue  # a gap or repeat is for ST03 to say
        start = enumeration.items[0].label_span.start
        lead = _lead_before(ctx.view, start)
        announced = _announcement(ctx.view, lead)
        if announced is None:
            continue
        stated, span = announced
        if not 2 <= stated <= params.largest or stated == len(numbers):
            continue
        yield ctx.finding(
            META,
            span,
            f"写明{stated}项，后面列出{len(numbers)}项（{_labels(enumeration.items)}），请核对。",
            related=[item.label_span for item in enumeration.items],
            evidence={"stated": stated, "listed": len(numbers)},
        )


def _announcement(text: str, lead: Span) -> tuple[int, Span] | None:
    """The last count of the sentence before a list, with its place."""
    found = [*_ANNOUNCED.finditer(text, lead.start, lead.end)]
    found = [
        m
        for m in found
        # 三零创建, 五治融合: a name, not a count
        if m.group("measure") or m.group("side") or _PLAIN_COUNT.search(m.group())
    ]
    match = found[-1] if found else _RIGHT_BEFORE.search(text, lead.start, lead.end)
    if match is None:
        return None
    side = match.groupdict().get("side")
    return _value(match.group("number") or side or ""), Span(match.start(), match.end())


def _labels(items: tuple[object, ...]) -> str:
    labels = [str(getattr(item, "label", "")) for item in items]
    return "、".join(labels) if len(labels) <= 4 else f"{labels[0]}至{labels[-1]}"


def _lead_before(text: str, start: int) -> Span:
    """The sentence that ends right before ``start``."""
    end = start
    while end and text[end - 1].isspace():
        end -= 1
    stop = max(text.rfind(c, max(0, end - _LEAD_LIMIT), max(0, end - 1)) for c in _SENTENCE_END)
    return Span(stop + 1 if stop >= 0 else max(0, end - _LEAD_LIMIT), start)


def _quoted_runs(ctx: CheckContext) -> Iterator[Finding]:
    for match in _QUOTED_RUN.finditer(ctx.view):
        run = match.group("run")
        quotes = run.count("“")
        listed = quotes if quotes > 1 else run.count("、") + 1
        if quotes > 1 and "、" in run.replace("”、“", ""):
            continue  # quoted items that are lists themselves
        yield from _compare(ctx, match, Span(*match.span()), listed, listed)


def _listed_after(ctx: CheckContext) -> Iterator[Finding]:
    """三个平台（A、B、C） and 实施三大行动：A行动、B行动、C行动。"""
    for listing in _LISTED.finditer(ctx.view):
        kind = listing.lastgroup or "told"
        items = listing.group(kind)
        if "、" not in items or _NOT_A_LIST.search(items):
            continue
        at = listing.start()
        match = _COUNT_BEFORE[kind].search(ctx.view, max(0, at - _COUNT_REACH), at)
        if match is None or not _is_told_list(kind, match, items):
            continue
        listed = items.count("、") + 1
        span = Span(match.start(), listing.end())
        yield from _compare(ctx, match, span, listed, listed + len(_AND.findall(items)))


def _slogans(ctx: CheckContext) -> Iterator[Finding]:
    for match in chain(_SLOGAN.finditer(ctx.view), _SLOGAN_BEHIND.finditer(ctx.view)):
        listed = match.group("items").count("、") + 1
        yield from _compare(ctx, match, Span(match.start(), match.end() - 1), listed, listed)


def _is_told_list(kind: str, match: re.Match[str], items: str) -> bool:
    """“三个到位”：… is a list of what is named only where every item ends in that word."""
    if kind != "told" or not match["close"]:
        return True
    what = match.group().rstrip("”")[-2:]
    return all(item.endswith(what) for item in items.split("、"))


def _bare_lists(ctx: CheckContext) -> Iterator[Finding]:
    for match in _BARE.finditer(ctx.view):
        found = _list_before(ctx.view, match.start())
        if found is None:
            continue
        items = found.of(ctx.view).split("、")
        listed = len(items)
        most = listed + len(_AND.findall(found.of(ctx.view)))
        stated = _value(match.group("number"))
        # Words before the first item may hold a 、 of their own, so too many is less sure.
        is_doubtful = stated < listed and (most > listed or max(map(len, items[1:])) > 8)
        if _LOOSE_LIST.search(found.of(ctx.view)) or is_doubtful:
            continue
        span = Span(found.start, match.end())
        yield from _compare(ctx, match, span, listed, most)


def _stages(ctx: CheckContext) -> Iterator[Finding]:
    """分三个阶段推进：第一阶段…第四阶段…."""
    for match in _STAGES.finditer(ctx.view):
        end = ctx.view.find("\n", match.end())
        stop = min(len(ctx.view) if end < 0 else end, match.end() + _STAGE_REACH)
        numbered = re.compile(f"第([一二三四五六七八九])个?{match.group('what')}")
        told = {_value(m.group(1)) for m in numbered.finditer(ctx.view, match.end(), stop)}
        if told and told == set(range(1, len(told) + 1)):
            yield from _compare(ctx, match, Span(*match.span()), len(told), len(told))


def _list_before(text: str, end: int) -> Span | None:
    """The list of names joined by 、 that ends at ``end``."""
    start = max(0, end - _BARE_REACH)
    if text.find("、", max(start, end - 20), end) < 0:
        return None
    match = _BARE_LIST.search(text, start, end)
    return Span(match.start(), end) if match else None


def _compare(
    ctx: CheckContext, match: re.Match[str], span: Span, fewest: int, most: int
) -> Iterator[Finding]:
    stated = _value(match.group("number"))
    if fewest < 2 or stated < 2 or fewest <= stated <= most:
        return
    yield ctx.finding(
        META,
        span,
        f"写明{stated}项，列出的是{fewest}项，请核对。",
        evidence={"stated": stated, "listed": fewest},
    )


EXAMPLES = (
    bad("今年重点采取⟦三项措施⟧：一是压实责任，二是排查隐患，三是宣传引导，四是督促整改。"),
    bad("主要存在⟦三个方面⟧的问题：一是力量不足；二是宣传不够。"),
    bad("推进⟦“自治、法治、德治、智治”三治⟧融合。"),
    bad("建成⟦三个平台（综治中心、调解中心、指挥中心、接访中心）⟧。"),
    good("今年重点采取三项措施：一是压实责任，二是排查隐患，三是宣传引导。"),
    good("建成三个平台（综治中心、调解中心和指挥中心）。"),
    near("持续深化“三零”创建。一是压实责任，二是排查隐患，三是宣传引导，四是督促整改。"),
    near("扎实做好三项工作，确保节日期间平安稳定。各科室各司其职，值班不断。"),
    near("全市11个县（市、区）中，9个县（市、区）达到示范标准。"),
    bad("开展⟦“三进”活动（进企业、进校园、进社区、进农村⟧）。"),
    near("开展“三进”活动（进企业、进校园、进社区）。"),
    near("严格执行“四不放过”原则：一是查清原因，二是追究责任。"),
)
