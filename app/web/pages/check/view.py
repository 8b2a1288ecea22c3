"""HTML of the tab 核查: the marked text, the table of findings, the marks of the parts."""

from typing import NamedTuple

from app.core.document import Document
from app.core.finding import CheckResult, Finding, Related, Suppression
from app.formats.rendering import clipped, render
from app.formats.results.highlight import marked_lines
from app.formats.results.labels import LineIndex, fix_label

_FILE = "web/check.html"
_MAX_QUOTE = 60
_MAX_RELATED, _MAX_RELATED_QUOTE = 3, 24


class _Entry(NamedTuple):
    """One row of the table."""

    level: str
    label: str
    rule: str
    place: str
    entry: str
    where: str
    message: str
    fix: str
    elsewhere: str


def summary_html(result: CheckResult) -> str:
    """Name, profile and counts."""
    return render(_FILE, "summary", result=result)


def text_html(result: CheckResult, document: Document, *, prefix: str) -> str:
    """The text with the findings marked."""
    lines = marked_lines(document.text, result.findings, prefix)
    return render(_FILE, "text", lines=lines)


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


def _entry(finding: Finding, number: int, index: LineIndex, prefix: str) -> _Entry:
    quote = _short(finding.quote, _MAX_QUOTE)
    where = f"：{quote}" if quote.strip() else "（应补在此处）"
    return _Entry(
        finding.severity.value,
        finding.severity.label,
        finding.rule,
        f"{prefix}-t{number}",
        f"{prefix}-f{number}",
        f"第{index.place(finding.span.start).line}行{where}",
        finding.message,
        fix_label(finding.fix) if finding.fix is not None else "",
        _elsewhere(finding.related, index),
    )


def _excused(item: Suppression, index: LineIndex) -> str:
    line = index.place(item.finding.span.start).line
    quote = _short(item.finding.quote, _MAX_RELATED_QUOTE)
    return f"第{line}行 {item.finding.rule} “{quote}”：{item.reason}"


def table_html(result: CheckResult, document: Document, *, prefix: str) -> str:
    """One row a finding; its place leads to the mark in the text. Last year's figures follow."""
    index = LineIndex(document.text)
    return render(
        _FILE,
        "table",
        entries=[_entry(f, n, index, prefix) for n, f in enumerate(result.findings, 1)],
        suppressed=[_excused(item, index) for item in result.suppressed],
        result=result,
    )
