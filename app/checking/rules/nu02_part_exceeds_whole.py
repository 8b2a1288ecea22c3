"""NU02 part-exceeds-whole — 分项大于总数。

Why: a reviewer's eye stops at “排查42件，化解45件”.
Misses: wholes and parts more than one sentence apart.
False alarms: backlog carried over (化解历年积案), see examples.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.evidence.arithmetic import amount, finer, may_be_slip
from app.language.relations.progress import read_progress_pairs

META = RuleMeta(
    code="NU02", name="part-exceeds-whole", severity=Severity.ERROR, summary="分项大于总数"
)


_NOTE = re.compile("（[^（）]{1,30}）")
_COMPARISON = re.compile(r"[较比](?:上年|去年)[^，。；]{0,20}")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU02``. ``carry_over``: words that tell of cases from before.

    A part more than ``slip_ratio`` times its whole is no part of it, unless its digits are turned.
    """

    slip_ratio: float = 3.0

    carry_over: tuple[str, ...] = (
        "历年",
        "积案",
        "结转",
        "往年",
        "遗留",
        "上年",
        "去年",
        "以前",
        "陈年",
        "另",
        "累计",
        "含",
        "存量",
    )


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per part larger than its whole, spanning whole to part."""
    carry_over = re.compile("|".join(map(re.escape, params.carry_over)))
    for pair in read_progress_pairs(ctx.view, ctx.quantities, ctx.part_groups, ctx.clauses):
        whole, part = pair.whole, pair.part
        if part.value <= whole.value or not (part.is_exact and whole.is_exact):
            continue
        if not may_be_slip(part.value, whole.value, params.slip_ratio):
            continue
        span = whole.span | part.span
        told = ctx.view[whole.span.end : part.span.end]
        note = _NOTE.match(ctx.view, part.span.end)
        if carry_over.search(_COMPARISON.sub("", told) + (note.group() if note else "")):
            continue
        numbers = f"{amount(part.value, part)}大于{amount(whole.value, whole)}"
        excess = amount(part.value - whole.value, finer(part, whole))
        yield ctx.finding(
            META,
            span,
            f"分项大于总数：{numbers}，多出{excess}；如含往年结转，请写明。",
            related=[whole.span],
            evidence={"part": str(part.value), "whole": str(whole.value), "unit": whole.unit},
        )


EXAMPLES = (
    bad("全年排查矛盾纠纷⟦42件，成功化解45件⟧。"),
    bad("发现火灾隐患⟦30处，已整改33处⟧，整改责任逐条落实。"),
    bad("现有网格员⟦86名，其中党员96名⟧。"),
    bad("应参保企业⟦412家，已参保421家⟧。"),
    good("全年排查矛盾纠纷42件，化解42件。"),
    good("发现火灾隐患30处，已整改29处，剩余1处正在整改。"),
    near("排查矛盾纠纷42件，化解40件，另化解历年积案5件。"),
    near("受理信访件12件，化解邻里纠纷31件。"),
    near("水产增加值3亿元，增长5%。其中，规模以上加工厂产值21亿元。"),
    near("对6个新增项目开展评估，对所有项目编制目标，并对其中15个项目组织复查。"),
    near("排查隐患30处，整改期间出动车辆45台次。"),
)
