"""A document's text as HTML with every finding marked at its exact place.

Overlapping findings are cut into pieces, so that the tags always nest; the text content of the
result equals the document's text, because marks that are not text are drawn by CSS.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from app.core.finding import Finding
from app.formats.rendering import clipped, render

_MAX_LABEL = 60


class Tick(NamedTuple):
    """The numbered place at which a finding begins; a missing part also shows its message."""

    kind: str
    number: str
    place: str
    entry: str
    name: str
    note: str


class MarkedPiece(NamedTuple):
    """Text within one line under the same findings, and what begins before it.

    ``worst`` is the severity that colours it, empty where there is no finding.
    """

    ticks: Sequence[Tick]
    text: str
    worst: str = ""
    numbers: str = ""
    title: str = ""


class _Mark(NamedTuple):
    start: int
    end: int
    number: int
    rank: int
    severity: str
    label: str
    tick: Tick


def _mark(number: int, finding: Finding, prefix: str) -> _Mark:
    start, end, severity = finding.span.start, finding.span.end, finding.severity
    label = clipped(finding.message, _MAX_LABEL)
    kind, note = (
        (f"gap {severity.value}", label) if start == end else (f"tick {severity.value}", "")
    )
    place, entry = f"{prefix}-t{number}", f"{prefix}-f{number}"
    tick = Tick(kind, str(number), place, entry, f"{severity.label} {number}", note)
    return _Mark(start, end, number, severity.rank, severity.value, label, tick)


def _pieces(text: str, start: int, end: int, marks: Sequence[_Mark]) -> Iterator[MarkedPiece]:
    """The pieces of one line; the last one is its line end."""
    points = {start, end}
    for mark in marks:
        points.update(point for point in (mark.start, mark.end) if start <= point <= end)
    cuts = sorted(points)
    for point, stop in pairwise(cuts):
        ticks = [m.tick for m in marks if m.start == point]
        active = [m for m in marks if m.start < stop and m.end > point]
        if active:
            yield MarkedPiece(
                ticks,
                text[point:stop],
                max(active, key=lambda m: m.rank).severity,
                " ".join(m.tick.number for m in active),
                "；".join(dict.fromkeys(m.label for m in active)),
            )
        else:
            yield MarkedPiece(ticks, text[point:stop])
    yield MarkedPiece([m.tick for m in marks if m.start == end], text[end : end + 1])


def marked_lines(
    text: str, findings: Sequence[Finding], prefix: str
) -> Iterator[Iterator[MarkedPiece]]:
    """The pieces of each line; findings are numbered from 1 in their given order."""
    pending = sorted(_mark(number, finding, prefix) for number, finding in enumerate(findings, 1))
    open_marks: list[_Mark] = []
    start = cursor = 0
    for line in text.split("\n"):
        end = start + len(line)
        open_marks = [m for m in open_marks if m.end > start]
        while cursor < len(pending) and pending[cursor].start <= end:
            open_marks.append(pending[cursor])
            cursor += 1
        yield _pieces(text, start, end, open_marks)
        start = end + 1


def highlight(text: str, findings: Sequence[Finding], *, prefix: str = "d1") -> str:
    """One ``<div class="line">`` a line; finding 1 is ``#<prefix>-t1``, its entry ``-f1``."""
    lines = marked_lines(text, findings, prefix)
    return render("results/findings.html", "highlight", lines=lines)
