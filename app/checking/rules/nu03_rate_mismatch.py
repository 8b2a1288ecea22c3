"""NU03 rate-mismatch — 比率与所依据的两个数不符。

Why: “排查36件，化解35件，化解率98.2%” is wrong by the report's own figures (35÷36＝97.2%).
Misses: rates whose two counts stand in different sentences.
False alarms: rates of another base (按期办结率 counts only cases that fell due).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.core.quantity import plain_number
from app.evidence.arithmetic import agrees, percentage, printed, printed_interval, rounded
from app.language.relations.rates import RateClaim, read_rate_claims

META = RuleMeta(
    code="NU03", name="rate-mismatch", severity=Severity.ERROR, summary="比率与所依据的数不符"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU03``.

    Where the counts are bound less surely, a rate more than ``bound_points`` percentage points
    away from what they give is taken to be a rate of something else.
    """

    bound_points: int = 35


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per rate that neither rounding nor truncation explains."""
    for claim in read_rate_claims(ctx.view, ctx.quantities, ctx.clauses):
        rate, part, whole = claim.rate, claim.part, claim.whole
        if not (part.is_exact and whole.is_exact):
            continue
        if any(agrees(value, rate) for value in claim.candidates) or _is_rounded(claim):
            continue
        if whole.value == 0:
            yield ctx.finding(
                META,
                whole.span | rate.span,
                f"总数为0，算不出{plain_number(rate.value)}%，请核对。",
                related=[whole.span],
            )
            continue
        value = percentage(part.value, whole.value)
        is_excess = part.value > whole.value  # for NU02 to say
        is_far = not claim.is_sure and abs(value - rate.value) > params.bound_points
        if is_excess or is_far:
            continue
        shown = plain_number(rounded(value, min(rate.precision, whole.precision / 100)))
        yield ctx.finding(
            META,
            whole.span | rate.span,
            f"{printed(part.value, part)}÷{printed(whole.value, whole)}＝{shown}%，"
            f"与所写的{plain_number(rate.value)}%不符，请核对。",
            related=[part.span, whole.span],
            evidence={
                "part": str(part.value),
                "whole": str(whole.value),
                "rate": str(rate.value),
                "computed": str(rounded(value, rate.precision / 10)),
            },
        )


def _is_rounded(claim: RateClaim) -> bool:
    """True where counts printed in 万 or with decimals may stand for some that give the rate."""
    part, whole = printed_interval(claim.part), printed_interval(claim.whole)
    if whole.low <= 0:
        return False
    low, high = percentage(part.low, whole.high), percentage(part.high, whole.low)
    return low < high and low <= claim.rate.value <= high


EXAMPLES = (
    bad("排查矛盾纠纷⟦36件，化解35件，化解率98.2%⟧。"),
    bad("全年受理群众诉求⟦120件，办结114件，办结率96%⟧。"),
    bad("现有干部⟦83名，其中党员35名，占45.2%⟧。"),
    bad("全年受理群众投诉⟦0件，办结0件，办结率100%⟧。"),
    good("排查矛盾纠纷36件，化解35件，化解率97.2%。"),
    good("抽查单位96家，合格95家，合格率98.9%。"),
    near("受理42件，办结40件，按期办结率100%。"),
    near("收到来信48件、办结47件，办结率97.9%，其中挂牌件9件，办结率100%。"),
    near("器材采购630万元，占52.5%；被服采购270万元，占22.5%。"),
    near("投入860万元，比上年增加310万元，其中，技防建设投入占55%。"),
    near("核定经费46万元，核减4万元，核减率8.0%。"),
    near("排查矛盾纠纷36件，化解35件，群众满意率99%。"),
    near("现有干部83名，其中党员35名，占全市系统党员的4.5%。"),
)
