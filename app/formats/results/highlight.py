"""A document's text as HTML with every finding marked at its exact place.

Overlapping findings are cut into pieces, so that the tags always nest; the text content of the
result equals the document's text, because marks that are not text are drawn by CSS.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.finding import Finding
from app.formats.rendering import clipped, render

_MAX_LABEL = 60


@dataclass(frozen=True, slots=True)
class _Mark:
    number: int
    finding: Finding

    @property
    def label(self) -> str:
        return clipped(self.finding.message, _MAX_LABEL)


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """Text within one line under the same findings, and the findings that begin before it."""

    text: str
    beginning: Sequence[_Mark]
    active: Sequence[_Mark]

    @property
    def worst(self) -> str:
        """The severity that colours it."""
        return max((m.finding.severity for m in self.active), key=lambda s: s.rank).value

    @property
    def labels(self) -> str:
        """What the findings say, each message once."""
        return "；".join(dict.fromkeys(m.label for m in self.active))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _pieces(text: str, bounds: tuple[int, int], marks: Sequence[_Mark]) -> Iterator[MarkedPiece]:
    start, end = bounds
    cuts = {start, end}
    for mark in marks:
        span = mark.finding.span
        cuts.update(point for point in (span.start, span.end) if start <= point <= end)
    points = sorted(cuts)
    for point, stop in zip(points, [*points[1:], end], strict=True):
        yield MarkedPiece(
            text[point:stop],
            [m for m in marks if m.finding.span.start == point],
            [m for m in marks if m.finding.span.start < stop and m.finding.span.end > point],
        )


def marked_lines(text: str, findings: Sequence[Finding]) -> Iterator[Iterator[MarkedPiece]]:
    """The pieces of each line; findings are numbered from 1 in their given order."""
    marks = [_Mark(number, finding) for number, finding in enumerate(findings, 1)]
    pending = sorted(marks, key=lambda m: (m.finding.span, m.number))
    open_marks: list[_Mark] = []
    cursor = 0
    for start, end in _lines(text):
        open_marks = [m for m in open_marks if m.finding.span.end > start]
        while cursor < len(pending) and pending[cursor].finding.span.start <= end:
            open_marks.append(pending[cursor])
            cursor += 1
        yield _pieces(text, (start, end), open_marks)


def highlight(text: str, findings: Sequence[Finding], *, prefix: str = "d1") -> str:
    """One ``<div class="line">`` a line; finding 1 is ``#<prefix>-t1``, its entry ``-f1``."""
    lines = marked_lines(text, findings)
    return render("results/findings.html", "highlight", lines=lines, prefix=prefix)
