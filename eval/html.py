"""Runs as one HTML file that stands alone: no script, font, style or image from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.formats.rendering import render
from eval.gating import GateStatus, TaskRun
from eval.naming import reason_of, title_of
from eval.plots import GatesPlot, PointsPlot, gates_plot, points_plot
from eval.report import Section


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its plot."""

    section: Section
    plot: PointsPlot | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task as the template shows it."""

    item: TaskRun
    plot: GatesPlot | None
    sections: tuple[ShownSection, ...]

    @property
    def reasons(self) -> list[str]:
        """Why gates are red."""
        return [reason_of(g.metric, g.reason) for g in self.item.gates if g.reason]

    @property
    def gates(self) -> list[GateStatus]:
        """The red ones first."""
        return sorted(self.item.gates, key=lambda g: (not g.reason, g.metric))

    @staticmethod
    def cells(gate: GateStatus) -> tuple[str, ...]:
        """A gate's row in the table."""
        bound = ("不超过 " if gate.is_ceiling else "不低于 ") + _shown(gate.bound)
        return title_of(gate.metric), _shown(gate.committed), _shown(gate.value), bound


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.4g}"


def view_runs(items: Sequence[TaskRun]) -> list[TaskView]:
    """What the templates need of the runs."""
    return [
        TaskView(
            item,
            gates_plot(item.gates),
            tuple(ShownSection(s, points_plot(s.points)) for s in item.run.sections),
        )
        for item in items
    ]


def render_html(items: Sequence[TaskRun]) -> str:
    """The runs as a whole page."""
    return render("eval/run.html", "page", tasks=view_runs(items))
