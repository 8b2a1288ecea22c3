"""One text with its readers, each run at most once and only when it is asked for."""

from functools import cached_property
from typing import TYPE_CHECKING

from app.core.document import Document, Span
from app.core.quantity import Quantity
from app.language.names.unit import UnitInfo, describe_unit
from app.language.normalize import join_broken_lines, normalize
from app.language.numbers.quantities import read_quantities
from app.language.relations.indicators import Clauses
from app.language.structure.enumerations import Enumeration, read_enumerations
from app.language.structure.outline import Outline, read_outline
from app.language.structure.sentences import paragraphs, sentences
from app.language.structure.setting import TextSettings

if TYPE_CHECKING:
    from app.language.relations.part_groups import PartGroup


class TextView:
    """A document and all that is read from it alone; ``outline`` where it is known already."""

    def __init__(self, document: Document, *, outline: Outline | None = None) -> None:
        self.document = document
        self._outline = outline

    @property
    def text(self) -> str:
        """The document's text, exactly as read."""
        return self.document.text

    @cached_property
    def chars(self) -> frozenset[str]:
        """The characters the text is made of."""
        return frozenset(self.text)

    @cached_property
    def view(self) -> str:
        """The text with digits, punctuation and broken lines mended, as long as it was."""
        return join_broken_lines(normalize(self.text))

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        """Every non-empty line of the running text and its tables."""
        return tuple(paragraphs(self.text))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Every sentence."""
        return tuple(sentences(self.text))

    @cached_property
    def outline(self) -> Outline:
        """Title, headings, signature and date."""
        return self._outline or read_outline(self.document)

    @cached_property
    def enumerations(self) -> tuple[Enumeration, ...]:
        """Lists told in prose: 一是…二是…."""
        return read_enumerations(self.view, self.paragraphs)

    @cached_property
    def clauses(self) -> Clauses:
        """Clause and sentence bounds and time words."""
        return Clauses(self.view)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every number of the text with what it is."""
        return read_quantities(self.view, self.clauses, with_indicators=False)

    @cached_property
    def amounts(self) -> tuple[Quantity, ...]:
        """The quantities that can be reckoned with."""
        return tuple(q for q in self.quantities if q.kind.is_amount)

    @cached_property
    def amount_starts(self) -> tuple[int, ...]:
        """Where each of the amounts begins."""
        return tuple(q.span.start for q in self.amounts)

    @cached_property
    def settings(self) -> TextSettings:
        """Whose heading a place stands under, of which budget and year."""
        return TextSettings(self.view, self.outline, self.paragraphs)

    @cached_property
    def unit(self) -> UnitInfo:
        """The reporting unit, from signature, title and first lines."""
        return describe_unit(self.outline, self.text)

    @cached_property
    def part_groups(self) -> "tuple[PartGroup, ...]":
        """Totals with the parts the text gives for them."""
        from app.language.relations.sums import read_part_groups  # noqa: PLC0415  # only rules on sums pay

        return read_part_groups(self.view, self.quantities, self.clauses)
