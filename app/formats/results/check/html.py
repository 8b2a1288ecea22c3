"""Findings as one HTML file that stands alone: no script, font or style from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.cohort import Cohort
from app.core.document import Document
from app.core.finding import CheckResult
from app.formats.rendering import clipped, render
from app.formats.results.cohort.html import CohortView
from app.formats.results.highlight import MarkedPiece, marked_lines
from app.formats.results.labels import LineIndex, fix_label, severity_counts

_MAX_QUOTE = 120


class _Entry(NamedTuple):
    """One finding of the list."""

    level: str
    number: str
    place: str
    entry: str
    head: str
    message: str
    quote: str
    fix: str


@dataclass(frozen=True, slots=True)
class _Article:
    """One document of the report; ``prefix`` begins the ids of its findings."""

    prefix: str
    result: CheckResult
    document: Document
    index: LineIndex

    @property
    def lines(self) -> Iterator[Iterator[MarkedPiece]]:
        return marked_lines(self.document.text, self.result.findings, self.prefix)

    @property
    def entries(self) -> Iterator[_Entry]:
        for number, finding in enumerate(self.result.findings, 1):
            line = self.index.place(finding.span.start).line
            yield _Entry(
                finding.severity.value,
                str(number),
                f"{self.prefix}-t{number}",
                f"{self.prefix}-f{number}",
                f"{finding.severity.label} · {finding.rule} · 第{line}行",
                finding.message,
                clipped(finding.quote, _MAX_QUOTE) if finding.quote.strip() else "",
                clipped(fix_label(finding.fix), _MAX_QUOTE) if finding.fix is not None else "",
            )


def render_html(
    results: Sequence[CheckResult], documents: Sequence[Document], *, cohort: Cohort | None = None
) -> str:
    """The report over all documents; ``documents`` are in the order of ``results``."""
    pairs = enumerate(zip(results, documents, strict=True), 1)
    return render(
        "results/report.html",
        articles=[_Article(f"d{n}", r, d, LineIndex(d.text)) for n, (r, d) in pairs],
        counts=severity_counts(results),
        cohort=None if cohort is None else CohortView(cohort),
    )
