"""The records of a ledger: figures of the year, and figures of last year as quoted."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.document import Span
from app.core.quantity import Quantity
from app.language.ledger.phrases import Indicator


class QuoteKind(StrEnum):
    """How last year's figure is told."""

    EXPLICIT = "explicit"  # 去年同期42件, 由42件下降到35件
    DIFFERENCE = "difference"  # 比上年减少7件
    PERCENT = "percent"  # 比上年下降16.7%


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A figure of the report's own year.

    ``indicator`` is its one wording, ``label`` the words of the text; ``whole`` names what it is
    a part of; ``scope`` the area or period it is limited to.
    """

    indicator: str
    unit: str
    value: Quantity
    span: Span
    scope: str
    label: str
    key: Indicator
    whole: str = ""

    def is_same(self, other: "LedgerEntry") -> bool:
        """True where both tell the same indicator, in the same scope."""
        return self._is_comparable(other) and self.key.is_same(other.key)

    def is_akin(self, other: "LedgerEntry") -> bool:
        """True where they differ only in that one leaves out what is done."""
        return self._is_comparable(other) and self.key.is_akin(other.key)

    def _is_comparable(self, other: "LedgerEntry") -> bool:
        is_one_whole = not (self.whole and other.whole) or self.whole == other.whole
        return self.unit == other.unit and self.scope == other.scope and is_one_whole


@dataclass(frozen=True, slots=True)
class Quote:
    """Last year's figure as this report has it.

    ``amount`` is that figure, or the difference or percentage to it. ``entries`` are this year's
    figures it may belong to, the likeliest first; an explicit quote may stand alone with ``own``.
    """

    kind: QuoteKind
    amount: Quantity
    direction: int
    span: Span
    entries: tuple[LedgerEntry, ...] = ()
    own: LedgerEntry | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a report says of its year and of the year before."""

    entries: tuple[LedgerEntry, ...] = ()
    quotes: tuple[Quote, ...] = ()
