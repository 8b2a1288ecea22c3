"""NU05 quantity-conflict — 同一事项前后数字不一致。

Why: the summary says 126件 and the section says 136件, because only one of them was updated.
Misses: the same thing told in other words.
False alarms: another period, area, level, budget or batch; such qualifiers make two things of it.
What has three values or more, or two in one sentence, or two far apart, is several things too.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.core.quantity import Quantity, QuantityKind
from app.evidence.arithmetic import amount, digits, finer, may_be_slip, printed_interval

META = RuleMeta(
    code="NU05", name="quantity-conflict", severity=Severity.ERROR, summary="同一事项前后数字不一致"
)

_WHOLE_YEAR = re.compile(
    r"全年|一年来|今年以来|本年度|年内|共|累计|总计|合计|截至|目前|现有|20\d\d年"
)
_OTHER_THING = re.compile(
    r"其中|分别|季度|上半年|下半年|\d月|月份|期间|活动月|宣传月|去年|上年|同期|往年|历年"
    r"|五年|三年|两年|近年|以来至"
    r"|每|平均|各(?![类种项级方])|同比|环比|比(?![例赛])|较(?![好大多为])|增加|减少|下降|上升|增长|新增|再|又|另|还|计划|目标|力争|拟(?!定)"
    r"|明年|下一步|将|应(?!急)"
    r"|约(?![谈束])|第[一二三四五六七八九十\d]|首批|首次|本次|此次|该|专项行动|行动[”》]?中|节前|汛期|暑期"
    r"|春节|国庆|两会|一季|二季"
)
# 每月排查一次，全年排查96件: what the clause before tells of each month leaves the year's count.
_OTHER_SENTENCE = re.compile(_OTHER_THING.pattern.replace("|每|", "|"))
_LEVEL = re.compile(
    r"[省市县区镇乡村局]级|全[省市县区镇乡村局系公司集团]|辖区|系统|本级|机关|社区|村|街道"
    r"|学校|企业|公司|站|所|队|馆"
)
_OWN = re.compile(r"全[省市县区镇乡村局系公司集团]")
_LEADING = re.compile(
    r"^(?:总的看|总体看|虽然|尽管|虽|特别是|但|即|全年|一年来|今年以来|本年度|年内|截至目前|截至|目前"
    r"|现有|先后|累计|总计|合计|共计"
    r"|一共|共|已|并|还|我[局委馆镇乡县市司]"
    r"|[\d０-９]{4}年(?:度)?|各类|各种|各项|各|全部|及时|成功|有效|妥善|积极|依法|开展了"
    r"|组织了|召开了)+"
)
_INNER = re.compile(r"各类|各种|各项|有效|成功|各级|相关|有关|了|的|(?<!公)共(?![同建治享])|累计")
# 发案率下降12.3% here and 13.2% there: the change itself is told twice
_CHANGE = re.compile(r"(?:下降|减少|上升|增长|增加|提高|降低)了?$")
# 共有网格员1286名 names the thing before its count, 全县1268名网格员 behind it.
_HAVING = re.compile(r"(?:现有|共有|配有|配备|聘用|选聘|设有|拥有|建有)了?([\u4e00-\u9fff]{2,8})$")
_ALL_OF = re.compile(r"(?:全[省市县区镇乡村局校院系司]|全体|所有)(?=\d)")
# 占总数的35%, 由2018年的42件: no noun of its own, the thing is named elsewhere
_NO_NOUN = re.compile(r"[占为由从到至比在对加其]")
_LONGEST_NAME = 8
_SET_WORD = re.compile("[各类种项有效成功级相关了的共累计 \u3000“”]")
_ENDING_REACH = 14
_KINDS = frozenset({QuantityKind.COUNT, QuantityKind.PERCENT})
_OTHER_SCOPES = frozenset({"上年", "计划"})
_VERB_ONLY = re.compile(
    r"^(?:开展|组织|召开|举办|参加|参与|完成|投入|发放|印发|出动|检查|培训|宣传|演练|走访"
    r"|解决|整改|化解|调处|办结|处置"
    r"|解答|排查|受理|接待|协调|安排|制定|出台|建立|设立|安装|更换|配备|获得|荣获|发现|下发"
    r"|发出|查处|救助|慰问|帮扶"
    r"|建成|新建|张贴|悬挂|制作|推送|发布|报送|收集|编发)+$"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU05``.

    ``min_phrase``: shorter names of a thing are too vague. ``slip_ratio``: one value written in two
    ways, or left over from last year, is at most so many times the other, unless its digits are
    turned.
    """

    min_phrase: int = 4
    slip_ratio: float = 1.6


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per later value that an earlier one of the same thing contradicts."""
    places: dict[tuple[str, str, str], list[Quantity]] = defaultdict(list)
    for quantity in _comparable(ctx):
        key = _key(ctx, quantity, params)
        if key is not None:
            places[key].append(quantity)
    for quantities in places.values():
        yield from _conflicts(ctx, quantities, params)
    yield from _named_behind(ctx)


def _conflicts(ctx: CheckContext, quantities: list[Quantity], params: Params) -> Iterator[Finding]:
    """The later places of one name that contradict its first."""
    first = quantities[0]
    others = [q for q in quantities[1:] if not _same_value(first, q)]
    if not others or any(not _same_value(others[0], q) for q in others):
        return  # one value throughout, or so many that the name stands for several things
    setting = ctx.settings.at(first.span.start)
    for later in others:
        if (
            may_be_slip(first.value, later.value, params.slip_ratio)
            and not _of_other_years(ctx, first, later)
            and _sentence_of(ctx, first) != _sentence_of(ctx, later)
            and ctx.settings.at(later.span.start) == setting
            and _is_total(ctx, first, later)
        ):
            yield _finding(ctx, _name(ctx, later), first, later)


def _sentence_of(ctx: CheckContext, quantity: Quantity) -> int:
    return ctx.clauses.sentence_start(quantity.span.start)


def _finding(ctx: CheckContext, name: str, first: Quantity, later: Quantity) -> Finding:
    gap = amount(abs(first.value - later.value), finer(first, later))
    return ctx.finding(
        META,
        later.span,
        f"“{name}”前面写的是{first.span.of(ctx.text)}，这里是{later.span.of(ctx.text)}，"
        f"相差{gap}，请核对。",
        related=[first.span],
        evidence={"phrase": name, "values": [str(first.value), str(later.value)]},
    )


def _name(ctx: CheckContext, quantity: Quantity) -> str:
    """What is counted, as the text names it."""
    return _LEADING.sub("", _lead(ctx, quantity).strip(" \u3000“”"))


def _named_behind(ctx: CheckContext) -> Iterator[Finding]:
    """全县1268名网格员, where 全县共有网格员1286名: all of them, two digits turned.

    Any other figure may be those of them who took part.
    """
    starts = {match.end() for match in _ALL_OF.finditer(ctx.view)}
    if not starts:
        return
    having: dict[tuple[str, str], Quantity] = {}
    totals = [
        q
        for q in ctx.amounts
        if q.kind is QuantityKind.COUNT and q.is_exact and q.scope not in _OTHER_SCOPES
    ]
    for quantity in totals:
        if match := _HAVING.search(_lead(ctx, quantity)):
            having.setdefault((match.group(1), quantity.unit), quantity)
    for quantity in totals:
        if quantity.span.start not in starts:
            continue
        for size in range(2, _LONGEST_NAME + 1):
            name = ctx.view[quantity.span.end : quantity.span.end + size]
            other = having.get((name, quantity.unit))
            if other is not None and _is_turned(other, quantity):
                first, later = sorted((other, quantity), key=lambda q: q.span.start)
                yield _finding(ctx, name, first, later)


def _is_turned(one: Quantity, other: Quantity) -> bool:
    """True where two different values have the same digits."""
    return one.value != other.value and digits(one.value) == digits(other.value)


def _lead(ctx: CheckContext, quantity: Quantity) -> str:
    """The words of the clause before the quantity; empty for an item of a list with 、."""
    start = max(ctx.clauses.start(quantity.span.start), quantity.span.start - 30)
    before = bisect_left(ctx.amount_starts, quantity.span.start) - 1
    if before >= 0:  # 年初预算205万元的97%: what is told of another figure names none
        start = max(start, min(ctx.amounts[before].span.end, quantity.span.start))
    is_listed = start > 0 and ctx.view[start - 1] == "、"
    return "" if is_listed else ctx.view[start : quantity.span.start]


def _comparable(ctx: CheckContext) -> list[Quantity]:
    """The quantities whose value differs from another's of a like thing, in text order.

    Two names that are the same once set words are dropped end in the same characters; whatever has
    its ending to itself, or one value only, needs no closer look.
    """
    alike: dict[tuple[str, str], list[Quantity]] = defaultdict(list)
    for quantity in ctx.amounts:
        if (
            quantity.kind in _KINDS
            and quantity.unit
            and quantity.is_exact
            and quantity.scope not in _OTHER_SCOPES
        ):
            alike[_ending(ctx.view, quantity.span.start), quantity.unit].append(quantity)
    found = [
        quantity
        for group in alike.values()
        if any(quantity.value != group[0].value for quantity in group)
        for quantity in group
    ]
    return sorted(found, key=lambda quantity: quantity.span.start)


def _ending(text: str, end: int) -> str:
    """The last two characters before ``end``, set words left out."""
    ending = text[max(0, end - 2) : end]
    if _SET_WORD.search(ending):
        ending = _SET_WORD.sub("", text[max(0, end - _ENDING_REACH) : end])[-2:]
    return ending


def _key(ctx: CheckContext, quantity: Quantity, params: Params) -> tuple[str, str, str] | None:
    """What is counted: phrase, unit and scope; ``None`` where that is too vague to compare."""
    lead = _lead(ctx, quantity)
    told = _CHANGE.sub("", lead) if quantity.kind is QuantityKind.PERCENT else lead
    if _OTHER_THING.search(told):
        return None
    phrase = _INNER.sub("", _LEADING.sub("", lead.strip(" \u3000“”")))
    if len(phrase) < params.min_phrase or len(phrase) > 16 or _is_vague(phrase):
        return None
    level = _LEVEL.search(lead)
    if level is None or level.group() == _own_level(ctx.view):
        return _OWN.sub("", phrase), quantity.unit, ""
    return phrase, quantity.unit, level.group()


def _is_vague(phrase: str) -> bool:
    return bool(_NO_NOUN.match(phrase) or _VERB_ONLY.match(phrase))


@lru_cache(maxsize=4)
def _own_level(text: str) -> str:
    """The words by which the report means its own unit as a whole: 全市, 全局."""
    found = Counter(_OWN.findall(text))
    return found.most_common(1)[0][0] if found else ""


def _same_value(first: Quantity, later: Quantity) -> bool:
    """True where the printed figures may be one value (4.57% first, 4.6% later)."""
    if first.value == later.value:
        return True
    if first.precision == later.precision:
        return False
    return printed_interval(first).overlaps(printed_interval(later))


def _of_other_years(ctx: CheckContext, first: Quantity, later: Quantity) -> bool:
    """2024年…312起。2023年…321起: each of its own year, the report's own need not be named."""
    own = ctx.settings.own_year
    one, other = ("" if q.scope == own else q.scope for q in (first, later))
    return one != other and all(year.isdecimal() for year in (one or own, other or own))


def _is_total(ctx: CheckContext, first: Quantity, later: Quantity) -> bool:
    """True where the words show that at least one of the two stands for the whole year."""
    return any(
        _WHOLE_YEAR.search(ctx.view, max(0, q.span.start - 40), q.span.start)
        and not _OTHER_SENTENCE.search(_sentence_lead(ctx, q))
        for q in (first, later)
    ) and not any(_OTHER_SENTENCE.search(_sentence_lead(ctx, q)) for q in (first, later))


def _sentence_lead(ctx: CheckContext, quantity: Quantity) -> str:
    """The words of the sentence before the quantity, at most 24 of them."""
    start = max(0, quantity.span.start - 24)
    lead = ctx.view[start : quantity.span.start]
    cut = max(lead.rfind(mark) for mark in "。；！？\n")
    return lead[cut + 1 :]


EXAMPLES = (
    bad(
        "全年共排查矛盾纠纷126件，均建立台账。各村及时上报。全年共排查矛盾纠纷⟦136件⟧，化解120件。"
    ),
    bad("今年以来，接待群众来访86批。信访秩序持续好转。全年接待群众来访⟦96批⟧，办理及时。"),
    bad("全县共有网格员1286名。遇有汛情，全县⟦1268名⟧网格员上门提醒。"),
    near("全县共有网格员1286名。集中培训期间，全县1280名网格员参加考试。"),
    good("全年共排查矛盾纠纷126件，均建立台账。全年共排查矛盾纠纷126件，化解120件。"),
    good("全年共排查矛盾纠纷126件。全年排查安全隐患136处。"),
    near("全年共排查矛盾纠纷126件。其中，一季度排查矛盾纠纷36件。"),
    near("全年共排查矛盾纠纷126件。上年排查矛盾纠纷136件。"),
    near(
        "一、城东街道\n全年共排查矛盾纠纷126件，均建立台账。\n"
        "二、城西街道\n全年共排查矛盾纠纷108件，均建立台账。\n"
    ),
    near(
        "全市一般公共预算收入26亿元。滚存结余总计6.3亿元。\n"
        "市本级一般公共预算收入17亿元。滚存结余总计5.1亿元。\n"
    ),
    near(
        "高中8所，共有在校学生1.7万人。初中32所，共有在校学生3.2万人。小学90所，共有在校学生2.3万人。"
    ),
    near("一般账户收入340万元，支出总计340万元。工会账户收入16万元，全年支出总计16万元。"),
    near("全市共排查矛盾纠纷126件。城东街道排查矛盾纠纷36件。"),
)
