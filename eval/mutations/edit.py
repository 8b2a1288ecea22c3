"""Edits of a text that carry labels, and how they are put together."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from app.core.document import Document, Span
from eval.cases import Label, TextCase


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Put ``text`` in the place of ``[start, end)``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One defect: changes of the clean text, and where (in the clean text) a finding may point.

    ``places`` is empty for a missing part, which ``quote`` names. An edit with ``is_alone`` is
    about the report as a whole and is not combined with another such one.
    """

    changes: tuple[TextEdit, ...]
    places: tuple[Span, ...] = ()
    quote: str = ""
    is_alone: bool = False
    needs_previous: bool = False


def replace_at(start: int, end: int, text: str, *places: Span) -> Edit:
    """An edit of one place, which is where the finding belongs unless ``places`` say otherwise."""
    return Edit((TextEdit(start, end, text),), places or (Span(start, end),))


def insert_at(place: int, text: str, *others: Span) -> Edit:
    """Text put in; a finding may also point at ``others``."""
    return Edit((TextEdit(place, place, text),), (Span(place, place), *others))


class CleanReport:
    """A clean report with the few facts the generators need, read by patterns of their own."""

    def __init__(self, name: str, text: str, previous: str | None = None) -> None:
        self.name = name
        self.text = text
        self.previous = previous

    @cached_property
    def lines(self) -> tuple[Span, ...]:
        """The non-empty lines."""
        return tuple(Span(*m.span()) for m in re.finditer(r"[^\n]*\S[^\n]*", self.text))

    @cached_property
    def title(self) -> Span:
        """The title, which may take two lines."""
        first, second = self.lines[:2]
        if re.match("关于|20\\d\\d年", second.of(self.text)) and "。" not in second.of(self.text):
            return first | second
        return first

    @cached_property
    def date(self) -> Span:
        """The date under the signature."""
        return self.lines[-1]

    @cached_property
    def signature(self) -> Span:
        """The unit under the report."""
        return self.lines[-2]

    @cached_property
    def body(self) -> tuple[Span, ...]:
        """The lines between title and signature that are prose: a full stop stands in them."""
        return tuple(
            line
            for line in self.lines
            if line.start >= self.title.end
            and line.end <= self.signature.start
            and line.of(self.text).rstrip().endswith("。")
        )

    @cached_property
    def year(self) -> int:
        """The year reported on: the date's, which lies in December."""
        return int(self.date.of(self.text)[:4])

    def sentences(self) -> Iterator[Span]:
        """The sentences of the body."""
        for line in self.body:
            for found in re.finditer("[^。]*。", line.of(self.text)):
                yield Span(*found.span()).shift(line.start)


Finder = Callable[[CleanReport, Random], Iterable[Edit]]


@dataclass(frozen=True, slots=True)
class DefectKind:
    """A kind of defect; a finding of any of ``rules`` at its place is the right one."""

    name: str
    title: str
    rules: tuple[str, ...]
    find: Finder


def _moved(span: Span, changes: Sequence[TextEdit]) -> Span:
    """Where a span of the clean text lies afterwards; what is put in at its edges belongs to it."""
    start, end = span.start, span.end
    for change in changes:
        growth = len(change.text) - (change.end - change.start)
        if change.end <= span.start and change.start < span.start:
            start += growth
        if change.end <= span.end:
            end += growth
    return Span(start, max(start, end))


def clash(one: Edit, other: Edit, text: str) -> bool:
    """True where two edits are about the same line, or both about the whole report."""
    if one.is_alone and other.is_alone:
        return True
    return any(
        a.start <= b.end and b.start <= a.end
        for a in _lines(one, text)
        for b in _lines(other, text)
    )


def _lines(edit: Edit, text: str) -> Iterator[Span]:
    places = [Span(c.start, c.end) for c in edit.changes]
    for place in [*places, *edit.places]:
        start = text.rfind("\n", 0, place.start) + 1
        end = text.find("\n", place.end)
        yield Span(start, len(text) if end < 0 else end)


@dataclass(frozen=True, slots=True)
class Planned:
    """An edit and the kind it is of."""

    kind: DefectKind
    edit: Edit


def build(source: CleanReport, planned: Iterable[Planned], *, case_id: str, group: str) -> TextCase:
    """Apply edits that do not clash."""
    items = tuple(planned)
    changes = sorted(
        (c for item in items for c in item.edit.changes), key=lambda c: (c.start, c.end)
    )
    pieces: list[str] = []
    last = 0
    for change in changes:
        pieces += [source.text[last : change.start], change.text]
        last = change.end
    pieces.append(source.text[last:])
    labels = tuple(
        Label(
            rules=item.kind.rules,
            spans=tuple(_moved(place, changes) for place in item.edit.places),
            quote=item.edit.quote or item.kind.title,
        )
        for item in items
    )
    touched = tuple(_moved(Span(c.start, c.end), changes) for c in changes)
    needs_previous = any(item.edit.needs_previous for item in items)
    previous = Document(source.previous) if needs_previous and source.previous else None
    return TextCase(
        id=case_id,
        group=group,
        document=Document("".join(pieces), path=case_id),
        labels=labels,
        touched=touched,
        previous=previous,
    )
