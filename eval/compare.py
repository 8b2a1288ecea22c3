"""Two runs side by side: paired bootstrap by document, with a fixed seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from eval.gating import TaskRun
from eval.report import DocumentScore, Pool, ReportTable, Run, Section

_ROUNDS = 2000
_SEED = 20250101
_TAIL = 0.025
_FEWEST = 4
_NEUTRAL = (".length", ".sheets", ".texts", ".kinds")
_LESS_IS_BETTER = (
    "per_1000", ".seconds", ".copied", "_tokens", ".errors", "_ratio", ".findings", "_faults",
    ".unsourced", ".altered", ".foreign", ".claims", ".residue", ".lost_figures", ".prompt_leaks",
    ".leaks", "leaked", "per_10000", ".false_alarms", "_as_done", "_as_result", "_as_problem",
    "_as_received", "_as_fact", ".noise", ".headers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric of two runs.

    ``low`` and ``high`` hold the difference in 95 of 100 draws of documents, ``None`` where it
    is not told by document or by too few. ``unscored`` counts documents left out on either side
    because the system failed or there was nothing to score.
    """

    metric: str
    before: float | None
    after: float | None
    documents: int = 0
    unscored: int = 0
    low: float | None = None
    high: float | None = None

    @property
    def difference(self) -> float | None:
        """After minus before."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def verdict(self) -> str:
        """What may be said of it."""
        if self.difference is None:
            return "缺一边"
        if self.low is None or self.high is None:
            return "无法检验" if self.difference else "相同"
        if self.low <= 0 <= self.high:
            return "相同" if not self.difference else "看不出差别"
        if self.metric.endswith(_NEUTRAL):
            return "有变化"
        is_better = (self.difference < 0) == self.metric.endswith(_LESS_IS_BETTER)
        return "变好" if is_better else "变差"


def _pooled(pairs: Sequence[DocumentScore]) -> float | None:
    if not pairs:
        return None
    if pairs[0].pool is Pool.SUM:
        return sum(score.value or 0.0 for score in pairs)
    weight = sum(score.units for score in pairs)
    return sum((s.value or 0.0) * s.units for s in pairs) / weight if weight else None


def _by_metric(run: Run) -> dict[str, dict[str, DocumentScore]]:
    told: dict[str, dict[str, DocumentScore]] = {}
    for section in run.sections:
        for score in section.scores:
            told.setdefault(score.metric, {})[score.document] = score
    return told


def _interval(
    before: Sequence[DocumentScore], after: Sequence[DocumentScore], seed: int
) -> tuple[float, float] | None:
    if len(before) < _FEWEST:
        return None
    rng = Random(seed)  # noqa: S311  # reproducible, not secret
    places = range(len(before))
    differences = []
    for _ in range(_ROUNDS):
        drawn = rng.choices(places, k=len(before))
        one, two = _pooled([before[i] for i in drawn]), _pooled([after[i] for i in drawn])
        if one is not None and two is not None:
            differences.append(two - one)
    if not differences:
        return None
    differences.sort()
    cut = int(_TAIL * len(differences))
    return differences[cut], differences[-cut - 1]


def _change(
    metric: str,
    values: tuple[float | None, float | None],
    before: Mapping[str, DocumentScore],
    after: Mapping[str, DocumentScore],
    seed: int,
) -> MetricChange:
    documents = sorted(set(before) | set(after))
    paired = [
        name
        for name in documents
        if name in before
        and name in after
        and before[name].value is not None
        and after[name].value is not None
    ]
    bounds = _interval([before[n] for n in paired], [after[n] for n in paired], seed)
    low, high = bounds or (None, None)
    left_out = len(documents) - len(paired)
    one, two = values
    if paired and left_out:  # only what both could be asked for is compared
        one, two = _pooled([before[n] for n in paired]), _pooled([after[n] for n in paired])
    return MetricChange(metric, one, two, len(paired), left_out, low, high)


def compare_runs(before: Run, after: Run, *, seed: int = _SEED) -> tuple[MetricChange, ...]:
    """Every metric of either run."""
    old, new = _by_metric(before), _by_metric(after)
    names = [*before.metrics, *(name for name in after.metrics if name not in before.metrics)]
    return tuple(
        _change(
            name,
            (before.metrics.get(name), after.metrics.get(name)),
            old.get(name, {}),
            new.get(name, {}),
            seed,
        )
        for name in names
    )


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.4g}"


def _row(change: MetricChange) -> tuple[str, ...]:
    has_bounds = change.low is not None and change.high is not None
    return (
        change.metric,
        _number(change.before),
        _number(change.after),
        "—" if change.difference is None else f"{change.difference:+.4g}",
        f"[{change.low:+.3g}, {change.high:+.3g}]" if has_bounds else "—",
        str(change.documents or "—"),
        str(change.unscored or "0"),
        change.verdict,
    )


_COLUMNS = ("指标", "甲", "乙", "乙－甲", "95%区间", "文档", "未评", "结论")


def _told_differently(before: TaskRun, after: TaskRun) -> tuple[str, ...]:
    one, two = before.run.about, after.run.about
    names = [*one, *(name for name in two if name not in one)]
    return tuple(
        f"{name}：甲 {one.get(name, '无')}；乙 {two.get(name, '无')}"
        for name in names
        if one.get(name) != two.get(name)
    )


def compare(before: Sequence[TaskRun], after: Sequence[TaskRun], *, seed: int = _SEED) -> Run:
    """The comparison of all tasks that both have, as a run that can be told like any other."""
    others = {item.task: item for item in after}
    sections = []
    for item in before:
        other = others.pop(item.task, None)
        if other is None:
            sections.append(Section(f"{item.run.task}：只有甲评测了"))
            continue
        changes = compare_runs(item.run, other.run, seed=seed)
        shown = [change for change in changes if change.verdict != "相同"]
        same = len(changes) - len(shown)
        sections.append(
            Section(
                title=f"{item.run.task}：{len(shown)}项不同，{same}项相同",
                notes=_told_differently(item, other),
                tables=(ReportTable(_COLUMNS, tuple(map(_row, shown))),) if shown else (),
            )
        )
    sections += [Section(f"{item.run.task}：只有乙评测了") for item in others.values()]
    about = {
        "方法": f"按文档成对重抽样{_ROUNDS}次，种子{seed}；未评的文档单独计数，不参与平均",
    }
    return Run("两次评测比较", about, tuple(sections))
