"""Where in a Word file the words of a span stand, and how a run is cut there.

Only runs are touched: a run whose middle a comment begins or ends in becomes two with the same
properties. Nothing is ever placed inside another run or inside one branch of an alternative.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from lxml import etree

from app.core.document import Document, RunSlice, Span
from app.formats.docx.runs import pieces
from app.formats.docx.xml import ALTERNATE, RUN, W

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BOX = W + "txbxContent"


@dataclass(frozen=True, slots=True, order=True)
class RunPoint:
    """A place before the code point ``offset`` of the run number ``run``."""

    run: int
    offset: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a comment goes: from ``start`` to ``end`` in one part, an empty one at ``start``.

    ``is_exact`` is false where the words themselves cannot carry a comment.
    """

    part: str
    start: RunPoint
    end: RunPoint
    is_exact: bool = True


@dataclass(slots=True)
class PartRuns:
    """The runs of one part; ``fragments`` are the pieces a run has been cut into."""

    root: etree._Element
    runs: list[etree._Element] = field(default_factory=list)
    fragments: dict[int, list[tuple[int, etree._Element]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.runs = list(self.root.iter(RUN))

    def holder(self, index: int) -> etree._Element | None:
        """The outermost run or alternative that a run stands in, ``None`` where it is free."""
        found = None
        for above in self.runs[index].iterancestors():
            if above.tag in {RUN, ALTERNATE}:
                found = above
        return found

    def is_boxed(self, index: int) -> bool:
        """True inside a text box, where a word processor takes no comments."""
        return any(above.tag == _BOX for above in self.runs[index].iterancestors())

    def cut(self, points: Iterable[RunPoint]) -> None:
        """Cut the runs, so that every point lies between two elements."""
        offsets: dict[int, set[int]] = {}
        for point in points:
            offsets.setdefault(point.run, set()).add(point.offset)
        for index, wanted in offsets.items():
            if self.holder(index) is not None:
                continue
            self.fragments[index] = _cut(self.runs[index], wanted)

    def before(self, point: RunPoint) -> tuple[etree._Element, bool]:
        """The element that a mark at ``point`` goes next to; true where it goes behind it."""
        holder = self.holder(point.run)
        if holder is not None:
            return holder, False
        found = self.fragments[point.run]
        at = bisect_right(found, point.offset, key=_offset) - 1
        is_behind = found[at][0] < point.offset  # beyond the last character: nothing begins here
        return found[at][1], is_behind

    def last(self, point: RunPoint) -> etree._Element:
        """The element that ends at ``point``."""
        holder = self.holder(point.run)
        if holder is not None:
            return holder
        found = self.fragments[point.run]
        return found[max(0, bisect_left(found, point.offset, key=_offset) - 1)][1]


def _offset(fragment: tuple[int, etree._Element]) -> int:
    return fragment[0]


def _cut(run: etree._Element, offsets: Iterable[int]) -> list[tuple[int, etree._Element]]:
    """Cut a run before each offset, in one pass; its pieces with the offsets they begin at.

    Where nothing can be cut, nothing is.
    """
    wanted = sorted(offset for offset in offsets if offset > 0)
    firsts: dict[etree._Element, int] = {}
    at = 0
    for piece in pieces(run):
        inside = bisect_left(wanted, piece.offset + len(piece.text), at)
        own, at = wanted[at:inside], inside
        if own and own[0] == piece.offset:
            firsts[_child_of(run, piece.element)] = own.pop(0)
        if own and piece.element.tag == W + "t" and piece.element.getparent() is run:
            halves = _cut_text(piece.element, [offset - piece.offset for offset in own])
            firsts.update(zip(halves, own, strict=True))
    found = [(offset, _moved_behind(run, first)) for first, offset in reversed(firsts.items())]
    return [(0, run), *reversed(found)]


def _child_of(run: etree._Element, element: etree._Element) -> etree._Element:
    """The child of ``run`` that an element below it stands in."""
    while (above := element.getparent()) is not None and above is not run:
        element = above
    return element


def _cut_text(element: etree._Element, places: Sequence[int]) -> list[etree._Element]:
    """Cut the text of a ``w:t`` at the places; the elements behind it that hold the rest."""
    text = "".join(str(t) for t in element.itertext())
    if element.get(_XML_SPACE) != "preserve":
        text = text.strip(" \t\r\n")
    attributes = _attributes(element)
    for child in list(element):
        element.remove(child)
    parts = [element, *(element.makeelement(element.tag, attributes) for _ in places)]
    for part, (start, end) in zip(parts, pairwise([0, *places, len(text)]), strict=True):
        part.text = text[start:end]
        part.set(_XML_SPACE, "preserve")
    for left, right in pairwise(parts):
        left.addnext(right)
    return parts[1:]


def _moved_behind(run: etree._Element, first: etree._Element) -> etree._Element:
    """A new run behind ``run`` with its properties, its child ``first`` and all that follows."""
    right = run.makeelement(run.tag, _attributes(run))
    properties = run.find(W + "rPr")
    if properties is not None:
        right.append(deepcopy(properties))
        right[-1].tail = None
    right.extend([first, *first.itersiblings()])
    tail, run.tail = run.tail, None
    run.addnext(right)
    right.tail = tail
    return right


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.attrib.items()}


class Locator:
    """Finds the anchor of a span. ``parts`` holds the runs of every part that takes comments."""

    def __init__(self, document: Document, parts: dict[str, PartRuns], main: str) -> None:
        self._text = document.text
        self._parts = parts
        self._slices = sorted(document.runs, key=lambda s: s.span)
        self._ends = [s.span.end for s in self._slices]
        self._starts = [s.span.start for s in self._slices]
        self._main = main

    def anchor(self, span: Span) -> Anchor | None:
        """The anchor of a span; ``None`` where the whole file has no place for it."""
        if len(span) == 0:
            return self._point(span.start, is_exact=True)
        found = list(self._under(span))
        free = [s for s in found if self._is_free(s)]
        if free:
            return _range(free, span, is_exact=all(self._is_open(s) for s in free))
        held = [s for s in found if s.part in self._parts]
        if held:
            return _range(held[:1], span, is_exact=False)
        is_margin = bool(found)  # headers and footers stand behind the text: tell at its start
        return self._point(0 if is_margin else span.start, is_exact=False)

    def _under(self, span: Span) -> Iterator[RunSlice]:
        """The slices under a span, those of the first one's part only."""
        at = bisect_right(self._ends, span.start)
        part = ""
        while at < len(self._slices) and self._slices[at].span.start < span.end:
            found = self._slices[at]
            part = part or found.part
            if found.part == part:
                yield found
            at += 1

    def _is_free(self, found: RunSlice) -> bool:
        runs = self._parts.get(found.part)
        return runs is not None and not runs.is_boxed(found.run)

    def _point(self, offset: int, *, is_exact: bool) -> Anchor | None:
        """An empty anchor at ``offset``, or as near to it as the file allows."""
        at = bisect_left(self._starts, offset)
        candidates = (self._slices[at - 1 : at] if at else []) + self._slices[at : at + 1]
        touching = [
            s for s in candidates if s.span.start <= offset <= s.span.end and self._is_open(s)
        ]
        # what begins here goes before what ends here: a place belongs to its own line
        touching.sort(key=lambda s: s.span.start != offset)
        chosen = touching[0] if touching else self._nearest(at)
        if chosen is None:
            return None
        inside = min(max(offset, chosen.span.start), chosen.span.end)
        point = RunPoint(chosen.run, chosen.offset + inside - chosen.span.start)
        return Anchor(chosen.part, point, point, is_exact and bool(touching))

    def _is_open(self, found: RunSlice) -> bool:
        """True where a point can be put in: free, and in no other run."""
        return self._is_free(found) and self._parts[found.part].holder(found.run) is None

    def _nearest(self, at: int) -> RunSlice | None:
        """The first open slice behind a place, else the last one before it, in the main part."""
        if not self._usable:
            return next((s for s in self._slices if s.part == self._main), None)
        position = bisect_left(self._usable, at)
        return self._slices[self._usable[min(position, len(self._usable) - 1)]]

    @cached_property
    def _usable(self) -> list[int]:
        """Where the open slices of the main part stand."""
        own = (i for i, s in enumerate(self._slices) if s.part == self._main)
        return [i for i in own if self._is_open(self._slices[i])]


def _range(found: Sequence[RunSlice], span: Span, *, is_exact: bool) -> Anchor:
    """From the first to the last character of ``span`` that the slices hold, in file order."""
    points = []
    for piece in found:
        low = max(span.start, piece.span.start) - piece.span.start + piece.offset
        high = min(span.end, piece.span.end) - piece.span.start + piece.offset
        points.append((RunPoint(piece.run, low), RunPoint(piece.run, high)))
    return Anchor(found[0].part, min(p[0] for p in points), max(p[1] for p in points), is_exact)
