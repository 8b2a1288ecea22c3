"""SO02 unused-fact — 要点没有写进报告。

Why: a fact that was reported and is not told is work done for nothing.
Misses: a fact of which one figure is told and the rest is not.
False alarms: facts told in wholly other words and without their figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.checking.rules._example_facts import FACTS
from app.core.finding import Finding, Severity

META = RuleMeta(
    code="SO02",
    name="unused-fact",
    severity=Severity.WARNING,
    summary="要点没有写进报告",
    needs="facts",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SO02``; it has no parameters."""


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per fact of which nothing is told, at the place where it belongs."""
    del params
    if ctx.support is None:
        return
    for item in ctx.support.untold:
        yield ctx.finding(
            META,
            item.place,
            f"要点{item.fact.id}没有写进报告：{_short(item.fact.shown)}",
            evidence={"fact": item.fact.id, "part": item.fact.id},
        )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 2]}……"


_MOST_SHOWN = 60
_TWO = """单位：临溪县云渡镇
年度：2025

- 排查矛盾纠纷42件，化解40件
- 开展消防演练6次，780余人次参加
"""


EXAMPLES = (
    bad("全年排查矛盾纠纷42件，化解40件。⟦⟧", facts=_TWO),
    bad("组织消防演练6次，780余人次参加，群众反映良好。⟦⟧", facts=_TWO),
    bad(
        "排查矛盾纠纷42件，化解40件。开展消防演练6次。渡口安全检查60次。"
        "调解员年龄偏大，法律知识更新跟不上。⟦⟧",
        facts=FACTS,
    ),
    good("排查矛盾纠纷42件，化解40件。开展消防演练6次，780余人次参加。", facts=_TWO),
    good("开展消防演练六次。共摸排各类矛盾纠纷42件，化解40件。", facts=_TWO),
    near("化解矛盾纠纷40件。组织各村开展消防演练，780余人次参加。", facts=_TWO),
    near("排查矛盾纠纷45件，化解40件。开展消防演练6次。", facts=_TWO),
)
