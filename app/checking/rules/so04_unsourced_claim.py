"""SO04 unsourced-claim — 要点里没有的荣誉、评价或说法。

Why: an honour, a “first” or “nothing happened” that no fact holds is a promise nobody can keep.
Misses: praise in words that are not set phrases.
False alarms: aims (确保不发生) and plans for next year are no claims and are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.checking.rules._example_facts import FACTS
from app.core.finding import Finding, Severity

META = RuleMeta(
    code="SO04",
    name="unsourced-claim",
    severity=Severity.WARNING,
    summary="要点里没有的荣誉、评价或说法",
    needs="facts",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SO04``; it has no parameters."""


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per honour, superlative, nil-incident claim or named event."""
    del params
    if ctx.support is None:
        return
    for claim in ctx.support.claims:
        yield ctx.finding(
            META,
            claim.span,
            f"{claim.message}，请补进要点，或者删去。",
            evidence={"kind": claim.kind.value},
        )


EXAMPLES = (
    bad("全年⟦未发生⟧安全生产责任事故。", facts=FACTS),
    bad("开展消防演练6次，⟦荣获⟧市级消防安全示范镇称号。", facts=FACTS),
    bad("排查矛盾纠纷42件，化解总量⟦位居⟧全县前列。", facts=FACTS),
    bad("组织⟦“护苗安心”⟧专项行动，排查矛盾纠纷42件。", facts=FACTS),
    good("渡口安全检查60次，未发生水上交通事故。", facts=FACTS),
    good("获评全县平安建设先进集体。", facts=FACTS),
    near("坚决防止发生安全生产责任事故，开展消防演练6次。", facts=FACTS),
    near("落实“一岗双责”，坚持安全第一、预防为主。", facts=FACTS),
    near("力争明年进入全县前列。", facts=FACTS),
)
