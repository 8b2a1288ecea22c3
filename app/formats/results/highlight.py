"""A document's text as HTML with every finding marked at its exact place.

Overlapping findings are cut into pieces, so that the tags always nest; the text content of the
result equals the document's text, because marks that are not text are drawn by CSS.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from app.core.finding import Finding

_MAX_LABEL = 60


@dataclass(frozen=True, slots=True)
class _Mark:
    number: int
    finding: Finding


def anchor(prefix: str, number: int) -> str:
    """The id of the place of finding ``number`` (from 1) in the text."""
    return f"{prefix}-t{number}"


def entry_anchor(prefix: str, number: int) -> str:
    """The id of finding ``number`` (from 1) in the list."""
    return f"{prefix}-f{number}"


def _label(finding: Finding) -> str:
    message = finding.message
    return message if len(message) <= _MAX_LABEL else message[: _MAX_LABEL - 1] + "…"


def _place(mark: _Mark, prefix: str) -> str:
    """The numbered tick at which a finding begins; a missing part also shows its message."""
    finding = mark.finding
    is_gap = len(finding.span) == 0
    kind = "gap" if is_gap else "tick"
    note = f' data-note="{escape(_label(finding))}"' if is_gap else ""
    return (
        f'<a class="{kind} {finding.severity.value}" id="{anchor(prefix, mark.number)}" '
        f'href="#{entry_anchor(prefix, mark.number)}" data-n="{mark.number}"{note} '
        f'aria-label="{escape(f"{finding.severity.label} {mark.number}")}"></a>'
    )


def _piece(text: str, active: Sequence[_Mark]) -> str:
    if not text:
        return ""
    if not active:
        return escape(text)
    worst = max(active, key=lambda m: m.finding.severity.rank).finding.severity.value
    title = "；".join(dict.fromkeys(_label(m.finding) for m in active))
    numbers = " ".join(str(m.number) for m in active)
    return f'<mark class="{worst}" data-f="{numbers}" title="{escape(title)}">{escape(text)}</mark>'


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _render_line(
    text: str, bounds: tuple[int, int], marks: Sequence[_Mark], prefix: str, *, is_last: bool
) -> str:
    start, end = bounds
    cuts = {start, end}
    for mark in marks:
        span = mark.finding.span
        cuts.update(point for point in (span.start, span.end) if start <= point <= end)
    points = sorted(cuts)
    html: list[str] = []
    for position, point in enumerate(points):
        beginning = [m for m in marks if m.finding.span.start == point]
        html.extend(_place(m, prefix) for m in beginning)
        if position + 1 < len(points):
            stop = points[position + 1]
            active = [
                m for m in marks if m.finding.span.start < stop and m.finding.span.end > point
            ]
            html.append(_piece(text[point:stop], active))
    return "".join(html) + ("" if is_last else "\n")


def highlight(text: str, findings: Sequence[Finding], *, prefix: str = "d1") -> str:
    """One ``<div class="line">`` a line; findings are numbered from 1 in their given order."""
    marks = [_Mark(number, finding) for number, finding in enumerate(findings, 1)]
    pending = sorted(marks, key=lambda m: (m.finding.span, m.number))
    rows: list[str] = []
    open_marks: list[_Mark] = []
    cursor = 0
    for start, end in _lines(text):
        open_marks = [m for m in open_marks if m.finding.span.end > start]
        while cursor < len(pending) and pending[cursor].finding.span.start <= end:
            open_marks.append(pending[cursor])
            cursor += 1
        row = _render_line(text, (start, end), open_marks, prefix, is_last=end == len(text))
        rows.append(f'<div class="line">{row}</div>')
    return "".join(rows)


HIGHLIGHT_CSS = """
.doc-text{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9}
.doc-text .line{min-height:1.9em}
.doc-text mark{color:inherit;border-radius:2px;padding:0 1px;background:var(--mark-info,#dbeafe);
 box-shadow:inset 0 -2px 0 var(--line-info,#60a5fa)}
.doc-text mark.warning{background:var(--mark-warning,#fef3c7);
 box-shadow:inset 0 -2px 0 var(--line-warning,#d97706)}
.doc-text mark.error{background:var(--mark-error,#fee2e2);
 box-shadow:inset 0 -2px 0 var(--line-error,#dc2626)}
.doc-text a.tick,.doc-text a.gap{text-decoration:none;scroll-margin-top:5rem}
.doc-text a.tick::before,.doc-text a.gap::before{content:attr(data-n);display:inline-block;
 min-width:1.35em;padding:0 .3em;margin:0 2px;border-radius:1em;font-size:.62em;line-height:1.6em;
 text-align:center;vertical-align:.45em;color:#fff;background:#2563eb;text-indent:0}
.doc-text a.warning::before{background:#b45309}
.doc-text a.error::before{background:#b91c1c}
.doc-text a.gap::after{content:attr(data-note);font-size:.82em;color:#b91c1c;
 border:1px dashed currentColor;border-radius:4px;padding:1px 6px;text-indent:0}
.doc-text a.gap.warning::after{color:#b45309}
.doc-text a.gap.info::after{color:#1d4ed8}
.doc-text a:target::before{outline:3px solid #fbbf24}
"""
