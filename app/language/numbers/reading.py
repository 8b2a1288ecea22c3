"""A number while it is being read: plain offsets, made into a ``Quantity`` once it is complete."""

from dataclasses import dataclass
from decimal import Decimal

from app.core.document import Span
from app.core.quantity import Qualifier, Quantity, QuantityKind
from app.language.numbers.qualifiers import prefix_of, suffix_at

_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(slots=True)
class Reading:
    """The fields of a :class:`Quantity` with offsets in place of spans."""

    start: int
    end: int
    number_start: int
    number_end: int
    kind: QuantityKind
    value: Decimal = _ZERO
    unit: str = ""
    qualifier: Qualifier = Qualifier.EXACT
    precision: Decimal = _ONE
    high: Decimal | None = None
    indicator: str = ""
    scope: str = ""
    paired: Span | None = None
    scale: Decimal = _ONE

    def take_in_qualifiers(self, text: str) -> None:
        """Reach out over 约, 近, 余, 以上 and the like round the number."""
        prefix = prefix_of(text, self.start)
        if prefix is not None:
            self.start -= prefix.length
            if self.qualifier is Qualifier.EXACT:
                self.qualifier = prefix.qualifier
        suffix = suffix_at(text, self.end)
        if suffix is not None:
            self.end += suffix.length
            if self.qualifier is Qualifier.EXACT:
                self.qualifier = suffix.qualifier

    def quantity(self) -> Quantity:
        """The finished quantity."""
        span = Span(self.start, self.end)
        is_bare = self.start == self.number_start and self.end == self.number_end
        return Quantity(
            span,
            span if is_bare else Span(self.number_start, self.number_end),
            self.kind,
            self.value,
            self.unit,
            self.qualifier,
            self.precision,
            self.high,
            self.indicator,
            self.scope,
            self.paired,
            self.scale,
        )


def named(start: int, end: int, kind: QuantityKind, value: Decimal = _ZERO) -> Reading:
    """A number that is named, not reckoned with."""
    return Reading(start, end, start, end, kind, value)
