"""Documents and spans. A document is never altered after reading."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points ``[start, end)`` into ``Document.text``.

    Raises:
        ValueError: ``start`` is negative or behind ``end``.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"bad span [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def __bool__(self) -> bool:
        """A span is always true, also an empty one: it marks a place."""
        return True

    def __or__(self, other: "Span") -> "Span":
        """The smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def __contains__(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """True where the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def shift(self, offset: int) -> "Span":
        """The same span, ``offset`` code points further on."""
        return Span(self.start + offset, self.end + offset)

    def of(self, text: str) -> str:
        """The text under the span."""
        return text[self.start : self.end]


class BlockKind(StrEnum):
    """Where in the file a block of text stands."""

    BODY = "body"
    TABLE = "table"
    TEXTBOX = "textbox"
    FOOTNOTE = "footnote"
    HEADER = "header"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines of one kind; blocks are in text order and do not overlap."""

    span: Span
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class RunSlice:
    """The way back from text to a Word file: ``span`` was read from one ``w:r``.

    ``run`` counts the ``w:r`` elements of the zip member ``part`` in document order from 0;
    ``offset`` is the code point inside that run's visible text at which the slice begins.
    """

    span: Span
    part: str
    run: int
    offset: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of plain cells: where its lines stand, and its rows with merged cells repeated."""

    span: Span
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One submitted text.

    ``text`` has ``\\n`` line ends; every offset of the program counts its code points.
    ``path`` is the name shown to people; ``format`` is ``txt``, ``md``, ``docx`` or ``pdf``.
    ``blocks`` tile the text for formats that have parts beside the body, else hold one body block.
    ``tables`` are the tables of a Word file's body.
    """

    text: str
    path: str = ""
    format: str = "txt"
    blocks: tuple[Block, ...] = ()
    runs: tuple[RunSlice, ...] = field(default=(), repr=False)
    tables: tuple[Grid, ...] = field(default=(), repr=False)

    def body_spans(self) -> tuple[Span, ...]:
        """Spans of the running text; the whole text for a document without blocks."""
        if not self.blocks:
            return (Span(0, len(self.text)),)
        return tuple(b.span for b in self.blocks if b.kind is BlockKind.BODY)


def covering(spans: Iterable[Span]) -> Span:
    """The smallest span that covers all of ``spans``.

    Raises:
        ValueError: there is none.
    """
    items = list(spans)
    if not items:
        raise ValueError("no span to cover")
    return Span(min(s.start for s in items), max(s.end for s in items))
