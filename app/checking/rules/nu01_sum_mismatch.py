"""NU01 sum-mismatch — 分项之和与总数不符。

Why: “共接待935人次（其中个访413人次，群访422人次）” is the first thing a reader recalculates.
Misses: parts told in another paragraph than their total.
False alarms: lists that name only some of the parts, or parts that overlap
(处理52人，其中拘留27人、罚款38人); see the near misses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.core.quantity import Qualifier, Quantity
from app.evidence.arithmetic import APPROXIMATE_SHARE, printed, sum_text
from app.language.relations.part_groups import PartGroup
from app.language.relations.sum_words import INTERRUPTS

META = RuleMeta(
    code="NU01", name="sum-mismatch", severity=Severity.ERROR, summary="分项之和与总数不符"
)

_OPEN_END = re.compile(r"等|……|以及|及其他")
# The next item of the list has no number yet: “、网络项目____万元”.
_BLANK = re.compile(
    r"[、，；][^，。；、\d]{0,16}(?:[_＿XxＸ×*]{1,8}|[ \u3000]{2,8}|[（(][ \u3000]{0,8}[）)])"
)
# What is added up never mixes these.
_OPPOSED = re.compile(r"收入.*支出|支出.*收入|存款.*贷款|贷款.*存款", re.DOTALL)
# A list with growth rates between its items is complete only where its names divide the whole.
_DIVIDES = re.compile(
    r"其他|其它|其余|剩余|非税|第[一二三]产业|出口.*进口|进口.*出口|城镇.*[农乡]村|男.*女"
    r"|轻工业.*重工业|一般(?:债务|债券).*专项|专职.*兼职|[来个]访|[上下]半年",
    re.DOTALL,
)
# How far beyond a figure 超过 or 近 may reach.
_OPEN_SHARE = Decimal("0.2")
_CLAUSE_END = re.compile(r"[，。；、）\n]")
_COMPLETE = re.compile(
    r"其他|其它|其余|未化解|正在|剩余|尚未|在办|初访|重复访|重访|个访|群访|集体访"
    r"|村级|镇级|乡级|社区级|男|城镇|专职.{1,30}兼职|一般.{1,30}重大"
    r"|来信.{1,30}来访|来访.{1,30}来信|网上信访|包括|分为|农村|上半年|下半年|线上"
    r"|线下|机动车|刑事|内部|外部|甲类|乙类"
)
_OVERLAPPING = re.compile(
    r"党员|团员|妇女|少数民族|以上|以下|周岁|岁|学历|退役|退休|骨干|持证|残疾|留守|低保"
    r"|高龄|中级|初级|高级|大专|本科"
    r"|拘留|刑拘|逮捕|起诉|罚款|警告|没收|吊销|处分|判处|取保"
    r"|重点|新增|新建(?![^。；]{0,16}(?:[改扩续重]建|改造|修缮))|首次|其中又"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU01``. Shares are of the total, between 0 and 1.

    A list that covers less than ``nearly_all`` of the total is taken for a partial one, unless
    its words show that it is complete; then it must cover at least ``complete_floor`` to be
    taken for the parts of this total at all. A breakdown (按类型分) is bound to the amount told
    before it that it misses by at most ``told_before``. A list in brackets without 其中 is taken to
    be complete from ``bracket_floor`` on. Parts that make more than ``overlap`` times the total
    overlap (私人汽车, 私人轿车), unless their words show that they divide it.
    """

    nearly_all: float = 0.9
    complete_floor: float = 0.5
    told_before: float = 0.15
    bracket_floor: float = 0.75
    overlap: float = 1.2


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding for each list of parts that contradicts its total."""
    seen: set[tuple[int, int]] = set()
    for group in ctx.part_groups:
        severity = _judge(ctx, group, params)
        key = (group.whole.span.start, group.parts[-1].span.start)
        if severity is None or key in seen:
            continue
        seen.add(key)
        difference = abs(group.total - group.whole.value)
        total = printed(group.whole.value, group.whole)
        reckoned = sum_text(group.parts, group.total, group.whole)
        yield ctx.finding(
            META,
            group.span,
            f"分项相加{reckoned}，与总数{total}相差{printed(difference, group.whole)}，请核对。",
            severity=severity,
            related=[group.whole.span],
            evidence={
                "sum": str(group.total),
                "total": str(group.whole.value),
                "unit": group.whole.unit,
                "parts": [str(p.value) for p in group.parts],
            },
        )


def _judge(ctx: CheckContext, group: PartGroup, params: Params) -> Severity | None:
    is_readable = all(p.is_exact for p in group.parts) and group.whole.high is None
    # One part above its whole is for NU02 to say.
    if not is_readable or len(group.parts) < 2 or group.whole.value <= 0 or _fits(group):
        return None
    if group.marker == "剩余":
        return Severity.ERROR
    names = _names(ctx, group)
    if _OPPOSED.search(names) or not (_is_plain_list(ctx, group) or _DIVIDES.search(names)):
        return None
    return _judge_list(ctx, group, names, params)


def _judge_list(ctx: CheckContext, group: PartGroup, names: str, params: Params) -> Severity | None:
    share = group.total / group.whole.value
    nearly = Decimal(str(params.nearly_all))
    if group.marker in ("中", "之中"):
        # 126件中，…: nothing says that all of them are told
        is_over = group.marker == "中" or (share > 1 and not _OVERLAPPING.search(names))
        return Severity.ERROR if is_over and nearly <= share <= 2 else None
    if group.marker in ("按", "签订"):
        distance = abs(share - 1)
        return Severity.ERROR if distance <= Decimal(str(params.told_before)) else None
    if share > 1:
        is_loose = group.marker in ("，", "，共", "分别", "：") and share > Decimal(2)
        is_overlap = share > Decimal(str(params.overlap)) and not _divides(ctx, group, names)
        is_beyond = not (is_loose or is_overlap or _OVERLAPPING.search(names))
        return Severity.ERROR if is_beyond else None
    return _judge_short(ctx.view, group, names, share, params)


def _is_behind(group: PartGroup) -> bool:
    """True where the total is told behind its parts."""
    return group.whole.span.start > group.parts[0].span.start


def _divides(ctx: CheckContext, group: PartGroup, names: str) -> bool:
    """True where parts far above their total must be a slip: their names divide it."""
    tails = {ctx.view[part.span.start - 2 : part.span.start] for part in group.parts}
    return (
        _is_behind(group)
        or len(tails) == 1
        or all(tail.endswith("类") for tail in tails)
        or any(part.value > group.whole.value for part in group.parts)
        or bool(_COMPLETE.search(names) or _DIVIDES.search(names))
    )


def _names(ctx: CheckContext, group: PartGroup) -> str:
    """The clauses of the parts, as far as they do not tell of another amount."""
    ends = [group.whole.span.end, *(part.span.end for part in group.parts)]
    pieces = []
    for end, part in zip(ends, group.parts, strict=False):
        start = max(ctx.clauses.start(part.span.start), end if end <= part.span.start else 0)
        close = _CLAUSE_END.search(ctx.view, part.span.end)
        pieces.append(ctx.view[start : close.start() if close else part.span.end])
    return "\n".join(pieces)


def _is_plain_list(ctx: CheckContext, group: PartGroup) -> bool:
    """True where no growth rate or comparison stands between the parts."""
    return not any(
        INTERRUPTS.search(ctx.view, part.span.end, following.span.start)
        for part, following in pairwise(group.parts)
    )


def _judge_short(
    text: str, group: PartGroup, names: str, share: Decimal, params: Params
) -> Severity | None:
    """A list below its total: an error only where it is meant to be complete."""
    end = group.parts[-1].span.end
    if _OPEN_END.match(text, end, end + 2) or _BLANK.match(text, end):
        return None
    nearly = Decimal(str(params.nearly_all))
    floor = nearly
    if _is_behind(group) and group.marker != "，共":
        floor = Decimal(str(params.complete_floor))
    elif group.marker != "分别":
        if _OVERLAPPING.search(names):
            return None
        if _COMPLETE.search(names):
            floor = Decimal(str(params.complete_floor))
        elif group.marker == "（":
            floor = Decimal(str(params.bracket_floor))
        elif share >= nearly:
            return Severity.WARNING
    return Severity.ERROR if share >= floor else None


def _fits(group: PartGroup) -> bool:
    """True where the parts, or the first of them, split the total or another amount before."""
    slack = group.tolerance
    wholes = [group.whole, *group.alternatives]
    running = Decimal(0)
    totals: list[Decimal] = []
    for part in group.parts:
        running += part.value
        totals.append(running)
    if _is_behind(group):
        totals = _suffix_sums(group)
    whole_sums = totals if len(group.parts) == 1 else totals[1:]
    return any(_may_be(whole, total, slack) for whole in wholes for total in whole_sums)


def _may_be(whole: Quantity, total: Decimal, slack: Decimal) -> bool:
    """True where the printed total can stand for the sum: 超过1万 for 1.1万, 近1万 for 9500."""
    low = high = slack
    if not whole.is_exact:
        low = high = max(slack, abs(whole.value) * APPROXIMATE_SHARE)
    if whole.qualifier is Qualifier.OVER:
        high = max(high, abs(whole.value) * _OPEN_SHARE)
    elif whole.qualifier is Qualifier.UNDER:
        low = max(low, abs(whole.value) * _OPEN_SHARE)
    return whole.value - low <= total <= whole.value + high


def _suffix_sums(group: PartGroup) -> list[Decimal]:
    """Sums of the last part, the last two and so on: a total behind its parts."""
    running = Decimal(0)
    totals: list[Decimal] = []
    for part in reversed(group.parts):
        running += part.value
        totals.append(running)
    return totals


EXAMPLES = (
    bad("全年接待来访群众⟦135人次（其中个访58人次，集体访67人次⟧）。"),
    bad("村级调处⟦143件，镇级调处38件，合计191件⟧。"),
    bad("全年受理举报⟦96件，其中消防类51件、交通类28件、其他类19件⟧。"),
    bad("排查隐患⟦42处，整改40处，剩余3处⟧正在整改。"),
    bad("全年受理信访事项⟦225件，一季度58件，二季度61件，三季度49件，四季度47件⟧。"),
    good("全年接待来访群众125人次（其中个访58人次，集体访67人次）。"),
    good("村级调处143件，镇级调处38件，合计181件。"),
    good("全年受理举报98件，其中消防类51件、交通类28件、其他类19件。"),
    near("受理群众诉求420件，其中噪声扰民52件、占道经营31件。"),
    near("全年调处191件，村级139件，乡级47件，移送司法途径5件。"),
    near("全镇干部57名，男性34名，女性23名，党员13名。"),
    near("现有网格员120名，其中党员78名、退役军人51名。"),
    near("排查矛盾纠纷42件，其中邻里纠纷20件、家庭纠纷22件，化解40件。"),
    near("处理违规司机52人，其中行政拘留27人、罚款38人。"),
    near("汇总建议60条，其中窗口服务31条，办事流程25条，组织体系4条。"),
    near("接待群众86人次，其中投诉类47人次，求助类33人次，调处类6人次。"),
    near("全市预算收入42亿元，增长3%。加上上级补助20亿元、调入资金25亿元，收入总计87亿元。"),
    near("登记车辆8.6万辆，增长2.5%，其中私家车7.9万辆，增长3.2%；电动汽车1.3万辆。"),
    near("居民人均收入3.4万元。其中，城镇居民人均4.3万元，农村居民人均2.6万元。"),
    near("建成示范点14个，其中国家级1个、省级6个。"),
    near("一般预算收支总计由37亿元调整为38亿元，基金预算收支总计由3亿元调整为13亿元。"),
)
