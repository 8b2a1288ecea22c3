"""Rates with the two counts they are made of: 排查36件，化解35件，化解率97.2%."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from app.core.quantity import Quantity, QuantityKind
from app.language.relations.indicators import Clauses
from app.language.relations.progress import names_own_matter
from app.language.relations.sum_words import COMPARED

_KINDS = frozenset({QuantityKind.PERCENT, QuantityKind.FRACTION})
_RATE = re.compile(r"([\u4e00-\u9fff]{0,10})(?:率|(?<=满意)度)")
# 应参保1500人, 参保对象1500人: the whole, though it names the step that makes the part
_CALLED_FOR = re.compile(r"应|(?:对象|总数|总人数|总户数|任务)$")
_SHOULD = re.compile(r"应(?!急|当|用|对|邀|聘|付|届|援)([\u4e00-\u9fff]{1,3})")
_OPENS_BASE = re.compile(r"[，（(](?:其中)?应[^，。；：、\d]{1,8}")
_OF_BASE = re.compile(r"[^，。；、\d]{0,8}的")
_SHARE_OF = re.compile(r"占[^，。；、\d]{0,12}$")
_SHARE = re.compile(r"(?:占比|比重|比例|占)([^，。；、\d]{0,14})$")
_PLAIN_SHARE = re.compile(
    r"^(?:为|是|达|达到|约|近|的|总数|总量|总额|全部|其中|总人数|总户数"
    r"|总[\u4e00-\u9fff]{1,2}|比|到|了|在|中)*$"
)
# Words that name one and the same step, so that 调处 counts can carry a 化解率.
_ROOTS = (
    ("化解", "调处", "调解", "成功"),
    ("办结", "结案", "审结", "办理", "办复"),
    ("整改", "销号", "整治", "消除"),
    ("破案", "侦破", "破获"),
    ("处置", "处理", "处结"),
    ("答复", "回复", "反馈"),
    ("签订", "签约", "签", "实签"),
    ("培训", "参训", "受训"),
    ("合格", "达标", "通过"),
    ("覆盖", "建成", "安装", "接入"),
    ("完成", "办结"),
    ("见面", "走访", "入户", "回访"),
    ("到会", "参加", "参与", "实到", "出席", "参评", "参会"),
    ("满意",),
    ("录入", "登记", "采集", "建档"),
    ("检查", "巡查", "排查"),
    ("响应", "处警", "接通"),
    ("接种", "投保", "参保"),
    ("执行", "执结"),
    ("追回", "挽回", "返还"),
    ("拆除", "清理", "清除"),
    ("采纳", "采用"),
    ("配备", "配齐", "配有"),
)
_TIMELY = re.compile(
    r"按期|按时|及时|限时|限期|到期|期限|时限|准时|首次|一次性|初次|当场|即时|当日"
)
_NOT_A_RATE = re.compile(
    r"同比|环比|增长|下降|上升|提高|降低|增幅|降幅|提升|减少|增加|由|从|超过|高于|低于|目标"
)
_QUALIFIER = re.compile(
    r"重大|重点|疑难|复杂|一般|较大|现行|命案|刑事|治安|初次|越级|集体|首次|自查"
)
_VAGUE = frozenset({"管理", "工作", "服务"})
_STATISTIC = re.compile(
    r"失业|就业|出生|死亡|发案|城镇化|利用|占有|贡献|增长|负债|利润|投入|绿化|森林|入住$"
)
_OTHER_PART = re.compile(r"[，；](?:其中|另)[^\d]*占")
_OWN_SHARE = re.compile(r"占[^，。；、\d]{0,12}\d{1,3}(?:\.\d{1,4})?[%％]")
_SHARE_REACH = 24
_CHANGE_REACH = 16
_REST = re.compile(r"[\u4e00-\u9fff]{0,10}")
_LEFT = re.compile(r"剩余|尚有|仍有|还有|未|正在|在办|待")


@dataclass(frozen=True, slots=True)
class RateClaim:
    """``rate`` is said of ``part`` out of ``whole``; ``before`` are the amounts it may be made of.

    ``is_sure`` is false where the part's clause names a matter of its own.
    """

    rate: Quantity
    part: Quantity
    whole: Quantity
    before: tuple[Quantity, ...]
    is_sure: bool = True

    @property
    def candidates(self) -> tuple[Decimal, ...]:
        """Every percentage that two of the amounts make, and what is done once the rest is left."""
        return _ratios(self.before)


def read_rate_claims(
    text: str, quantities: Sequence[Quantity], clauses: Clauses | None = None
) -> tuple[RateClaim, ...]:
    """Every percentage bound to its own two counts in its sentence or the one before."""
    clauses = clauses or Clauses(text)
    counts = [q for q in quantities if q.kind is QuantityKind.COUNT and q.unit]
    counts = [q for q in counts if not _is_change(text, q, clauses)]
    starts = [q.span.start for q in counts]
    claims: list[RateClaim] = []
    for rate in quantities:
        if rate.kind not in _KINDS or rate.high is not None:
            continue
        end = bisect_left(starts, rate.span.start)
        floor = clauses.sentence_start(rate.span.start)
        before = [q for q in counts[max(0, end - 8) : end] if q.span.start >= floor]
        stop = clauses.sentence_end(rate.span.start)
        behind = [q for q in counts[end : end + 2] if q.span.end <= stop]
        claims.extend(_claims(text, rate, before, behind, clauses))
    return tuple(claims)


def _is_change(text: str, item: Quantity, clauses: Clauses) -> bool:
    """比上年增加12件 is no count that a rate is made of."""
    start = max(clauses.start(item.span.start), item.span.start - _CHANGE_REACH)
    return COMPARED.search(text, start, item.span.start) is not None


def _claims(
    text: str,
    rate: Quantity,
    before: list[Quantity],
    behind: list[Quantity],
    clauses: Clauses,
) -> Iterator[RateClaim]:
    lead = text[max(clauses.start(rate.span.start), rate.span.start - 40) : rate.span.start]
    if _NOT_A_RATE.search(lead):
        return
    if _is_of_last(text, rate, before):
        part, whole = before[-2:]
        yield RateClaim(rate, part, whole, (whole, part))
        return
    share = _SHARE.search(lead)
    if share is not None:
        if _PLAIN_SHARE.match(share.group(1)) and not _names_its_part(text, rate, before):
            yield from _share_claim(text, rate, before)
        return
    if _TIMELY.search(lead):
        return
    for match in _RATE.finditer(lead):
        roots = _roots_of(match.group(1)) or _own_name(match.group(1))
        if _names_another_base(match.group(1), text, before):
            continue
        claim = _rate_claim(text, rate, roots, before, clauses) or _called_for(
            text, rate, roots, [*before, *behind], clauses
        )
        if claim is not None:
            yield claim
            return


def _called_for(
    text: str,
    rate: Quantity,
    roots: tuple[str, ...],
    around: Sequence[Quantity],
    clauses: Clauses,
) -> RateClaim | None:
    """参演率92%，应参演500人，实参演430人: 应 tells the whole, on either side of the part."""
    for first, second in pairwise(around):
        if first.unit != second.unit:
            continue
        leads = {q: _lead(text, q, clauses) for q in (first, second)}
        called = {q: match for q, lead in leads.items() if (match := _SHOULD.search(lead))}
        if len(called) != 1:
            continue
        whole, part = (first, second) if first in called else (second, first)
        is_named = any(root in leads[part] for root in roots) and any(
            char in root for root in roots for char in called[whole].group(1)
        )
        is_behind = first.span.start > rate.span.end
        if is_behind and not _OPENS_BASE.fullmatch(text, rate.span.end, first.span.start):
            continue
        if is_named and part.value >= 0:
            return RateClaim(rate, part, whole, (whole, part))
    return None


def _is_of_last(text: str, rate: Quantity, before: list[Quantity]) -> bool:
    """安装1280户，占出租房屋1600户的80%: the base stands right before its share."""
    if len(before) < 2 or before[-1].unit != before[-2].unit:
        return False
    part, whole = before[-2:]
    lead = text[part.span.end : whole.span.start]
    gap = text[whole.span.end : rate.span.start]
    return _OF_BASE.fullmatch(gap) is not None and _SHARE_OF.search(lead) is not None


def _roots_of(name: str) -> tuple[str, ...]:
    """The words by which the count of this rate's numerator is known."""
    if name.endswith("成功"):
        return ("成功", *(word for word in ("化解", "调处") if word in name))
    for group in _ROOTS:
        if any(name.endswith((word, f"{word}成功")) for word in group):
            return group
    return ()


def _names_another_base(name: str, text: str, before: list[Quantity]) -> bool:
    """重大纠纷化解率 is no rate of all 纠纷: a qualifier the counts' own words do not have."""
    qualifier = _QUALIFIER.search(name)
    if qualifier is None or not before:
        return False
    start = max(0, before[0].span.start - 30)
    return qualifier.group() not in text[start : before[-1].span.end]


def _own_name(name: str) -> tuple[str, ...]:
    """The rate's own name: 规范管理率 is of what is 纳入规范管理, 开工率 of what is 开工."""
    if _STATISTIC.search(name):
        return ()
    return (name[-4:] if len(name) >= 4 and name[-2:] in _VAGUE else name[-2:],)


def _lead(text: str, item: Quantity, clauses: Clauses) -> str:
    return text[clauses.start(item.span.start) : item.span.start]


def _rest(text: str, item: Quantity) -> str:
    """The words behind an amount, to the next mark or number: 21个村建成综治中心."""
    match = _REST.match(text, item.span.end)
    return match.group() if match else ""


def _rate_claim(
    text: str,
    rate: Quantity,
    roots: tuple[str, ...],
    before: list[Quantity],
    clauses: Clauses,
) -> RateClaim | None:
    own = text.rfind("其中", before[0].span.start if before else 0, rate.span.start)
    for index in range(len(before) - 1, 0, -1):
        part = before[index]
        if part.span.end <= own < before[-1].span.start:
            return None  # 收到48件、办结47件，其中挂牌件9件，办结率100%: of these nine
        lead = _lead(text, part, clauses)
        if not any(root in lead + _rest(text, part) for root in roots) or _LEFT.search(lead):
            continue
        for whole in reversed(before[:index]):
            if whole.unit != part.unit or whole.value < 0:
                continue
            whole_lead = _lead(text, whole, clauses)
            if any(root in whole_lead for root in roots) and not _CALLED_FOR.search(whole_lead):
                continue
            is_sure = not names_own_matter(whole_lead, lead)
            return RateClaim(rate, part, whole, tuple(before), is_sure)
        return None
    return None


def _names_its_part(text: str, rate: Quantity, before: list[Quantity]) -> bool:
    """860万元，其中，技防建设占55%: the part has a name and no count."""
    start = before[-1].span.end if before else 0
    return _OTHER_PART.search(text, start, rate.span.start) is not None


def _share_claim(text: str, rate: Quantity, before: list[Quantity]) -> Iterator[RateClaim]:
    """党员35名，占42.2%: the count right before, of a larger one before that.

    甲类24个，占75%；乙类6个，占18.8%: what has a share of its own is no whole.
    """
    if len(before) < 2 or rate.span.start - before[-1].span.end > _SHARE_REACH:
        return
    part = before[-1]
    for whole in reversed(before[:-1]):
        if _OWN_SHARE.search(text, whole.span.end, part.span.start):
            continue
        if whole.unit == part.unit and whole.value > part.value:
            yield RateClaim(rate, part, whole, tuple(before))
            return


def _ratios(before: Sequence[Quantity]) -> tuple[Decimal, ...]:
    ratios: list[Decimal] = []
    for index, part in enumerate(before):
        for whole in before[:index]:
            if whole.unit == part.unit and whole.value > 0:
                ratios.append(part.value / whole.value * 100)
                ratios.append(part.value / (part.value + whole.value) * 100)  # 审定9件，审减1件
                ratios.append((whole.value - part.value) / whole.value * 100)
                ratios.extend(
                    (part.value + other.value) / whole.value * 100
                    for other in before[:index]
                    if other.unit == part.unit and other is not whole
                )
    return tuple(ratios)
