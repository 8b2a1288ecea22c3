"""Findings as one HTML file that stands alone: no script, font or style from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.cohort import Cohort
from app.core.document import Document
from app.core.finding import CheckResult, Finding
from app.formats.rendering import render
from app.formats.results.cohort.html import CohortView
from app.formats.results.highlight import MarkedPiece, marked_lines
from app.formats.results.labels import LineIndex, severity_counts


@dataclass(frozen=True, slots=True)
class _Article:
    """One document of the report; ``prefix`` begins the ids of its findings."""

    prefix: str
    result: CheckResult
    document: Document
    index: LineIndex

    @property
    def lines(self) -> Iterator[Iterator[MarkedPiece]]:
        return marked_lines(self.document.text, self.result.findings)

    def line(self, finding: Finding) -> int:
        return self.index.place(finding.span.start).line


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
