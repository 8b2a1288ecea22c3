"""NU04 trend-mismatch — 升降方向或幅度与前后两个数不符。

Why: “由42件下降到35件，下降18%” and “由35件下降到42件” survive many readings.
Misses: changes whose two ends stand in different sentences.
False alarms: growth over several years or against a plan; such bases are left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.core.quantity import Quantity, plain_number
from app.evidence.arithmetic import (
    Interval,
    amount,
    finer,
    printed,
    printed_interval,
    rounded,
    rounded_interval,
)
from app.language.relations.trends import DOWN, UP, Change, read_changes

META = RuleMeta(
    code="NU04", name="trend-mismatch", severity=Severity.ERROR, summary="升降方向或幅度不符"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU04``; it has no parameters."""


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per change that its own figures contradict."""
    del params
    for change in read_changes(ctx.view, ctx.quantities, ctx.clauses):
        amounts = (change.after, change.before, change.difference, change.size)
        if any(q is not None and not q.is_exact for q in amounts):
            continue
        problem = _direction_problem(change) or _size_problem(change)
        if problem:
            yield ctx.finding(
                META,
                change.span,
                problem,
                related=[q.span for q in (change.before, change.after) if q is not None],
                evidence={
                    "after": str(change.after.value),
                    "before": str(change.before.value) if change.before else None,
                    "size": str(change.size.value) if change.size else None,
                },
            )


def _direction_problem(change: Change) -> str:
    before, after = change.before, change.after
    if before is None or not change.direction:
        return ""
    if change.size_direction == -change.direction:
        return "前后两处写的升降方向相反，请核对。"
    options = (after, *change.others)
    up = DOWN if change.is_rank else UP
    if any((o.value - before.value) * change.direction * up > 0 for o in options):
        return ""
    words = {UP: "上升", DOWN: "下降"}
    ends = f"{amount(before.value, before)}到{amount(after.value, after)}"
    if before.value == after.value:
        return f"由{ends}没有变化，写的却是{words[change.direction]}，请核对。"
    real = words[-change.direction]
    return f"由{ends}是{real}，写的却是{words[change.direction]}，请核对。"


def _size_problem(change: Change) -> str:
    if change.before is not None and change.difference is not None:
        problems = [
            _difference_problem(change.before, option, change.difference)
            for option in (change.after, *change.others)
        ]
        if all(problems):
            return problems[0]
    if change.size is None:
        return ""
    options = (change.after, *change.others)
    if any(_size_fits(change, option) for option in options):
        return ""
    base = _base(change, change.after)
    if base.high <= 0:
        return f"上期为0，算不出百分比，所写的{plain_number(change.size.value)}%没有依据，请核对。"
    middle = (base.low + base.high) / 2
    moved = abs(change.after.value - middle)
    computed = plain_number(rounded(moved / middle * 100, change.size.precision))
    return (
        f"{printed(moved, change.after)}÷{printed(middle, change.after)}＝{computed}%，"
        f"与所写的{plain_number(change.size.value)}%不符，请核对。"
    )


def _difference_problem(before: Quantity, after: Quantity, difference: Quantity) -> str:
    low = abs(after.value - before.value)
    slack = (before.precision + after.precision + difference.precision) / 2
    if slack == Decimal("1.5") and before.kind.value != "percent":
        slack = Decimal(0)  # whole counts are not rounded
    if abs(low - difference.value) <= slack:
        return ""
    ends = f"{amount(after.value, after)}与{amount(before.value, before)}"
    gap = printed(low, finer(after, before))
    return (
        f"{ends}相差{gap}{difference.unit}，"
        f"与所写的{amount(difference.value, difference)}不符，请核对。"
    )


def _base(change: Change, after: Quantity) -> Interval:
    """What the earlier figure may have been."""
    if change.before is not None:
        return printed_interval(change.before)
    now = printed_interval(after)
    moved = (
        printed_interval(change.difference) if change.difference else Interval(*(Decimal(0),) * 2)
    )
    if change.direction == DOWN:
        return Interval(now.low + moved.low, now.high + moved.high)
    return Interval(now.low - moved.high, now.high - moved.low)


def _size_fits(change: Change, after: Quantity) -> bool:
    size = change.size
    if size is None:
        return True
    base, now = _base(change, after), printed_interval(after)
    if base.low <= 0:
        return base.high > 0
    if change.difference is not None:
        moved = rounded_interval(change.difference)
    else:
        ends = [abs(n - b) for n in (now.low, now.high) for b in (base.low, base.high)]
        moved = Interval(min(ends), max(ends))
    computed = Interval(moved.low / base.high * 100, moved.high / base.low * 100)
    # Rounding and truncation are both honest.
    printed_size = Interval(size.value - size.precision / 2, size.value + size.precision)
    return computed.overlaps(printed_size)


EXAMPLES = (
    bad("盗窃案件由⟦42起下降到35起，下降18.7%⟧。"),
    bad("信访总量由⟦35批下降到42批⟧。"),
    bad("全年发案⟦35起，比上年减少7起，下降20%⟧。"),
    bad("群众满意度由⟦95.2%提高到96.8%，提高2.6个百分点⟧。"),
    bad("办公支出⟦97万元，比上年少支3万元，下降13%⟧。"),
    bad("平安考评全县排名由⟦9位上升到21位⟧。"),
    good("盗窃案件由42起下降到35起，下降16.7%。"),
    good("全年发案35起，比上年减少7起，下降16.7%。"),
    near("完成投入213万元（其中专项201万元），比上年增加50万元，增长30.7%。"),
    near("规费收入230万元，比上年增收30万元，增长15%；办公支出97万元，比上年少支3万元，下降3%。"),
    near("平安考评全县排名由21位上升到9位。"),
    near("人均收入由1500元增加到1800元，平均每年增长4.7%。"),
    near("支出预算由48万元变动为60万元，主要是上级补助增加5万元。"),
    near("平均办理时间由7天缩短到5天。"),
    near("网格由42个调整为35个，配备网格员86名。"),
)
