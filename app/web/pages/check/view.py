"""HTML of the tab 核查: the marked text, the table of findings, the marks of the parts."""

from dataclasses import dataclass

from app.core.document import Document
from app.core.finding import CheckResult, Finding, Related
from app.formats.rendering import clipped, render
from app.formats.results.highlight import marked_lines
from app.formats.results.labels import LineIndex

_FILE = "web/check.html"
_MAX_QUOTE = 60
_MAX_RELATED, _MAX_RELATED_QUOTE = 3, 24


@dataclass(frozen=True, slots=True)
class _Entry:
    """A finding in the list; ``reason`` is why it was excused."""

    finding: Finding
    line: int
    quote: str
    elsewhere: str = ""
    reason: str = ""


def summary_html(result: CheckResult) -> str:
    """Name, profile and counts."""
    return render(_FILE, "summary", result=result)


def text_html(result: CheckResult, document: Document, *, prefix: str) -> str:
    """The text with the findings marked."""
    lines = marked_lines(document.text, result.findings)
    return render(_FILE, "text", lines=lines, prefix=prefix)


def _short(quote: str, limit: int) -> str:
    return clipped(quote.replace("\n", " "), limit)


def _elsewhere(related: tuple[Related, ...], index: LineIndex) -> str:
    """Where the other places stand that a finding speaks of."""
    places = [
        f"第{index.place(r.span.start).line}行“{_short(r.quote, _MAX_RELATED_QUOTE)}”"
        for r in related[:_MAX_RELATED]
        if r.quote.strip()
    ]
    more = "等" if places and len(related) > _MAX_RELATED else ""
    return "、".join(places) + more


def table_html(result: CheckResult, document: Document, *, prefix: str) -> str:
    """One row a finding; its place leads to the mark in the text. Last year's figures follow."""
    index = LineIndex(document.text)
    entries = [
        _Entry(
            f,
            index.place(f.span.start).line,
            _short(f.quote, _MAX_QUOTE),
            elsewhere=_elsewhere(f.related, index),
        )
        for f in result.findings
    ]
    suppressed = [
        _Entry(
            s.finding,
            index.place(s.finding.span.start).line,
            _short(s.finding.quote, _MAX_RELATED_QUOTE),
            reason=s.reason,
        )
        for s in result.suppressed
    ]
    return render(
        _FILE, "table", entries=entries, suppressed=suppressed, result=result, prefix=prefix
    )
