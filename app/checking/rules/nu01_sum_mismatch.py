"""NU01 sum-mismatch — 分项之和与总数不符。

Why: “共接待935人次（其中个访413人次，群访422人次）” is the first thing a reader recalculates.
Misses: parts told in another paragraph than their total.
False alarms: lists that name only some of the parts; see the near misses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.checking.arithmetic import APPROXIMATE_SHARE, printed, sum_text
from app.checking.context import CheckContext
from app.checking.rule import RuleMeta, bad, good, near
from app.core.finding import Finding, Severity
from app.core.quantity import Qualifier, Quantity
from app.text.part_groups import PartGroup

META = RuleMeta(
    code="NU01", name="sum-mismatch", severity=Severity.ERROR, summary="分项之和与总数不符"
)

_OPEN_END = re.compile(r"等|……|以及|及其他")
# The next item of the list has no number yet: “、网络项目____万元”.
_BLANK = re.compile(
    r"[、，；][^，。；、\d]{0,16}(?:[_＿XxＸ×*]{1,8}|[ \u3000]{2,8}|[（(][ \u3000]{0,8}[）)])"
)
# How far beyond a figure 超过 or 近 may reach.
_OPEN_SHARE = Decimal("0.2")
_COMPLETE = re.compile(
    r"其他|其它|其余|分别|未化解|正在|剩余|尚未|在办|初访|重复访|重访|个访|群访|集体访"
    r"|村级|镇级|市级|县级|省级|区级|男|城镇|专职.{1,30}兼职|一般.{1,30}重大"
    r"|来信.{1,30}来访|来访.{1,30}来信|网上信访|包括|分为|农村|上半年|下半年|线上"
    r"|线下|机动车|刑事|内部|外部|甲类|乙类"
)
_OVERLAPPING = re.compile(
    r"党员|团员|妇女|少数民族|以上|以下|周岁|岁|学历|退役|退休|骨干|持证|残疾|留守|低保"
    r"|高龄|中级|初级|高级|大专|本科"
    r"|重点|新增|新建(?![^。；]{0,16}(?:[改扩续重]建|改造|修缮))|首次|其中又"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU01``. Shares are of the total, between 0 and 1.

    A list that covers less than ``nearly_all`` of the total is taken for a partial one, unless
    its words show that it is complete; then it must cover at least ``complete_floor`` to be
    taken for the parts of this total at all. A breakdown (按类型分) is bound to the amount told
    before it that it misses by at most ``told_before``. A list in brackets without 其中 is taken to
    be complete from ``bracket_floor`` on.
    """

    nearly_all: float = 0.9
    complete_floor: float = 0.5
    told_before: float = 0.15
    bracket_floor: float = 0.75


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding for each list of parts that contradicts its total."""
    seen: set[tuple[int, int]] = set()
    for group in ctx.part_groups:
        severity = _judge(ctx.view, group, params)
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


def _judge(text: str, group: PartGroup, params: Params) -> Severity | None:
    is_readable = all(p.is_exact for p in group.parts) and group.whole.high is None
    # One part above its whole is for NU02 to say.
    if not is_readable or len(group.parts) < 2 or group.whole.value <= 0 or _fits(group):
        return None
    if group.marker == "剩余":
        return Severity.ERROR
    share = group.total / group.whole.value
    nearly = Decimal(str(params.nearly_all))
    words = group.span.of(text)
    if group.marker in ("中", "之中"):
        # 126件中，…: nothing says that all of them are told
        is_over = group.marker == "中" or (share > 1 and not _OVERLAPPING.search(words))
        return Severity.ERROR if is_over and nearly <= share <= 2 else None
    if group.marker in ("按", "签订"):
        distance = abs(share - 1)
        return Severity.ERROR if distance <= Decimal(str(params.told_before)) else None
    if share > 1:
        is_loose = group.marker in ("，", "，共", "分别", "：") and share > Decimal(2)
        return None if is_loose or _OVERLAPPING.search(words) else Severity.ERROR
    return _judge_short(text, group, words, share, params)


def _judge_short(
    text: str, group: PartGroup, words: str, share: Decimal, params: Params
) -> Severity | None:
    """A list below its total: an error only where it is meant to be complete."""
    end = group.parts[-1].span.end
    if _OPEN_END.match(text, end, end + 2) or _BLANK.match(text, end):
        return None
    nearly = Decimal(str(params.nearly_all))
    floor = nearly
    if group.whole.span.start > group.parts[-1].span.start and group.marker != "，共":
        floor = Decimal(str(params.complete_floor))
    elif group.marker != "分别":
        if _OVERLAPPING.search(words):
            return None
        if _COMPLETE.search(words):
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
    if group.whole.span.start > group.parts[0].span.start:
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
)
