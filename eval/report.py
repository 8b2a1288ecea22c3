"""What a run says: tables, evidence and metrics, told as text, Markdown and JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.formats.results.check.text import display_width as width
from app.formats.results.check.text import pad


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under headings; the first column is text, the others figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """The single cases behind a figure."""

    title: str
    lines: tuple[str, ...]


class Pool(StrEnum):
    """How the scores of documents make one figure: added up, or averaged by their weight."""

    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """What one document adds to a metric; ``value`` is ``None`` where it could not be scored."""

    metric: str
    document: str
    value: float | None
    units: float = 1.0
    pool: Pool = Pool.MEAN


@dataclass(frozen=True, slots=True)
class PlotPoint:
    """A rule in the plot of precision over recall; ``weight`` is the number of its defects."""

    label: str
    recall: float
    precision: float
    weight: int


@dataclass(frozen=True, slots=True)
class Section:
    """One data set's results; ``metrics`` maps names to values, ``None`` where unscored.

    ``scores`` are the same by document, for comparing two runs.
    """

    title: str
    tables: tuple[ReportTable, ...] = ()
    evidence: tuple[CaseEvidence, ...] = ()
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    scores: tuple[DocumentScore, ...] = ()
    points: tuple[PlotPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """All that one run of a task says; ``about`` records what it was run with."""

    task: str
    about: Mapping[str, str]
    sections: tuple[Section, ...]

    @property
    def metrics(self) -> dict[str, float | None]:
        """Every metric of every section."""
        return {name: value for s in self.sections for name, value in s.metrics.items()}


def show_share(value: float | None) -> str:
    """A share as a person reads it; a dash where nothing was scored."""
    return "—" if value is None else f"{value:.3f}"


def _text_table(table: ReportTable) -> Iterator[str]:
    lines: Sequence[tuple[str, ...]] = (table.columns, *table.rows)
    widths = [max(width(row[i]) for row in lines) for i in range(len(table.columns))]
    for row in lines:
        first = pad(row[0], widths[0])
        others = (
            " " * (size - width(cell)) + cell
            for cell, size in zip(row[1:], widths[1:], strict=True)
        )
        yield "  ".join((first, *others))


def render_text(run: Run, *, limit: int = 0) -> str:
    """For a terminal; ``limit`` cuts each list of evidence, 0 tells all."""
    lines = [f"{name}：{value}" for name, value in run.about.items()]
    for section in run.sections:
        lines += ["", f"■ {section.title}", *section.notes]
        for table in section.tables:
            lines += [*_text_table(table), ""]
        for evidence in section.evidence:
            shown = evidence.lines[:limit] if limit else evidence.lines
            if not shown:
                continue
            lines.append(f"{evidence.title}（{len(evidence.lines)}）：")
            lines += [f"  {line}" for line in shown]
            if len(shown) < len(evidence.lines):
                lines.append(f"  ……其余{len(evidence.lines) - len(shown)}条见报告文件")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def render_markdown(run: Run) -> str:
    """For a file that people read."""
    lines = [f"# 评测：{run.task}", ""]
    lines += [f"- {name}：{value}" for name, value in run.about.items()]
    for section in run.sections:
        lines += ["", f"## {section.title}", ""]
        lines += [f"{note}\n" for note in section.notes]
        for table in section.tables:
            lines.append("| " + " | ".join(map(_cell, table.columns)) + " |")
            lines.append("|---" + "|--:" * (len(table.columns) - 1) + "|")
            lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in table.rows]
            lines.append("")
        for evidence in section.evidence:
            if evidence.lines:
                lines += [f"### {evidence.title}（{len(evidence.lines)}）", ""]
                lines += [f"- `{line.replace('`', '｀')}`" for line in evidence.lines]
                lines.append("")
    return "\n".join(lines) + "\n"
