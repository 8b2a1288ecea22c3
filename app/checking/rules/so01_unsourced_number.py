"""SO01 unsourced-number — 要点里没有的数字。

Why: a figure that no fact holds was made up, misread or carried over from another report.
Misses: an invented figure that equals a fact's figure of the same thing.
False alarms: sums, differences and rates of the facts' own figures are no findings, nor are
counts of the report's own lists, ordinals, headings and less exact tellings (36件 as 30余件).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.checking.rules._example_facts import FACTS
from app.core.finding import Finding, Severity

META = RuleMeta(
    code="SO01",
    name="unsourced-number",
    severity=Severity.ERROR,
    summary="要点里没有的数字",
    needs="facts",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SO01``; it has no parameters."""


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per figure, date or document number without a fact."""
    del params
    if ctx.support is None:
        return
    for item in ctx.support.unsourced:
        what = "时间" if item.is_date else "数字"
        yield ctx.finding(
            META,
            item.span,
            f"要点里没有{what}“{item.text}”，请补进要点，或者核对后改正。",
        )


EXAMPLES = (
    bad("全年排查矛盾纠纷42件，化解40件。组织法治讲座⟦35场⟧。", facts=FACTS),
    bad("开展消防演练6次，发放宣传单⟦三千份⟧，群众满意率⟦98.6%⟧。", facts=FACTS),
    bad("渡口安全检查60次，⟦5月12日⟧更换救生衣⟦120件⟧。", facts=FACTS),
    good("全年排查矛盾纠纷42件，化解40件，化解率95.2%。", facts=FACTS),
    good("开展消防演练六次，780余人次参加。", facts=FACTS),
    good("共排查矛盾纠纷42件，成功化解40件，剩余2件正在调处。", facts=FACTS),
    near("排查矛盾纠纷40余件。", facts=FACTS),
    near("主要抓了两项工作：一是排查矛盾纠纷42件，二是开展消防演练6次。", facts=FACTS),
    near("镇、村、组三级联动，落实24小时值班，渡口安全检查60次。", facts=FACTS),
)
