"""SO03 altered-fact — 数字与要点不一致。

Why: 要点 says 42件, the report 45件: one of the two is wrong, and the reader of both will see it.
Misses: a figure changed to another figure that the same fact gives of the same thing.
False alarms: a figure of another area or period told in the fact's own words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.checking.rules._example_facts import FACTS
from app.core.finding import Finding, Severity

META = RuleMeta(
    code="SO03",
    name="altered-fact",
    severity=Severity.ERROR,
    summary="数字与要点不一致",
    needs="facts",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SO03``; it has no parameters."""


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per figure that differs from the fact in whose place it stands."""
    del params
    if ctx.support is None:
        return
    for item in ctx.support.altered:
        if item.is_moved:
            message = f"要点{item.fact.id}的{item.held}说的不是这件事，请对照要点核对。"
        else:
            message = f"要点{item.fact.id}写的是{item.held}，这里是{item.text}，请核对。"
        yield ctx.finding(
            META,
            item.span,
            message,
            evidence={"fact": item.fact.id, "held": item.held, "told": item.text},
        )


EXAMPLES = (
    bad("全年排查矛盾纠纷⟦45件⟧，化解40件。", facts=FACTS),
    bad("开展消防演练⟦九次⟧，780余人次参加。", facts=FACTS),
    bad("开展消防演练6次，⟦870余人次⟧参加。", facts=FACTS),
    bad("渡口安全检查⟦60起⟧，未发生水上交通事故。", facts=FACTS),
    good("全年排查矛盾纠纷42件，化解40件。", facts=FACTS),
    good("开展消防演练六次，780余人次参加。", facts=FACTS),
    near("全年排查矛盾纠纷42件，其中一季度排查矛盾纠纷9件。", facts=FACTS),
    near("全年排查矛盾纠纷42件，化解40件，剩余2件。", facts=FACTS),
    near("全年组织各类应急演练9次，其中消防演练6次。", facts=FACTS),
)
