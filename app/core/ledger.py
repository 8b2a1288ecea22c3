"""The table that sets this year's figures against last year's report."""

from dataclasses import dataclass
from decimal import Decimal

from app.core.document import Span


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One indicator: last year's own figure, last year's as quoted now, and this year's.

    ``None`` stands where a report does not tell the figure. ``is_implied`` marks a quoted figure
    reckoned from a percentage, so only roughly known; ``is_broken`` one that last year's report
    contradicts. ``previous_span`` counts code points of last year's report.
    """

    indicator: str
    unit: str
    previous: Decimal | None = None
    quoted_previous: Decimal | None = None
    current: Decimal | None = None
    current_span: Span | None = None
    quoted_span: Span | None = None
    previous_span: Span | None = None
    is_implied: bool = False
    is_broken: bool = False
