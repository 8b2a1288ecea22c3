"""Set this report's figures, and the figures of last year it quotes, against last year's report."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.core.document import Span
from app.core.ledger import LedgerRow
from app.core.quantity import Quantity, QuantityKind
from app.evidence.arithmetic import Interval, printed_interval, rounded
from app.language.ledger.entries import Ledger, LedgerEntry, Quote, QuoteKind
from app.language.ledger.phrases import Indicator
from app.language.ledger.reader import read_ledger
from app.language.names.unit import report_year
from app.language.view import TextView

_HUNDRED = Decimal(100)
# Growth of these is told at constant prices, and last year's figure is revised afterwards.
_STATISTIC = re.compile(
    "生产总值|增加值|GDP|产值|财政收入|财政支出|人均.*收入|可支配收入|固定资产投资|零售总额|进出口|税收"
)
_NOWHERE = Span(0, 0)
_MOST_SAME, _MOST_LIKE = 50, 400


@dataclass(frozen=True, slots=True)
class JudgedQuote:
    """A quote with the figure of this year it goes with and last year's own figure.

    ``quoted`` is last year's figure as the quote has it, reckoned where it is not told.
    """

    quote: Quote
    entry: LedgerEntry
    previous: LedgerEntry
    quoted: Decimal
    is_broken: bool


class Comparison:
    """Two ledgers side by side; the parts are reckoned once."""

    def __init__(self, current: Ledger, previous: Ledger) -> None:
        self._current = current
        self._previous = _Index(previous.entries)

    @cached_property
    def judged(self) -> tuple[JudgedQuote, ...]:
        """Every quote whose indicator last year's report tells, in text order."""
        return tuple(j for q in self._current.quotes if (j := self._judge(q)) is not None)

    @property
    def broken(self) -> Iterator[JudgedQuote]:
        """The quotes that last year's report contradicts, one for each figure of this year."""
        seen: set[int] = set()
        for judged in self.judged:
            if judged.is_broken and judged.entry.span.start not in seen:
                seen.add(judged.entry.span.start)
                yield judged

    def _judge(self, quote: Quote) -> JudgedQuote | None:
        if not quote.amount.is_exact:
            return None
        entries = quote.entries or ((quote.own,) if quote.own else ())
        for entry in entries:
            for previous in self._previous.same(entry) or self._previous.like(entry):
                if _is_readable(quote, entry, previous) and fits(quote, entry, previous.value):
                    return JudgedQuote(
                        quote, entry, previous, implied(quote, entry), is_broken=False
                    )
        if not entries or (quote.own is not None and quote.entries):
            return None
        first = self._previous.only(entries[0])
        if first is None or not _is_readable(quote, entries[0], first):
            return None
        if _STATISTIC.search(first.key.matter):
            return None
        return JudgedQuote(quote, entries[0], first, implied(quote, entries[0]), is_broken=True)

    def rows(self) -> tuple[LedgerRow, ...]:
        """The table, in the order of this year's report; only what both sides or a quote tell."""
        by_entry: dict[int, JudgedQuote] = {}
        for judged in self.judged:
            known = by_entry.get(judged.entry.span.start)
            if known is None or (judged.is_broken and not known.is_broken):
                by_entry[judged.entry.span.start] = judged
        unmatched = {
            q.entries[0].span.start: q for q in reversed(self._current.quotes) if q.entries
        }
        rows = [
            row
            for entry in self._current.entries
            if (row := self._row(entry, by_entry, unmatched)) is not None
        ]
        starts = {e.span.start for e in self._current.entries}
        rows += [_lone_row(j) for start, j in by_entry.items() if start not in starts]
        return tuple(sorted(rows, key=lambda r: r.current_span or r.quoted_span or _NOWHERE))

    def _row(
        self, entry: LedgerEntry, judged: dict[int, JudgedQuote], quotes: dict[int, Quote]
    ) -> LedgerRow | None:
        found = judged.get(entry.span.start)
        if found is not None:
            return _judged_row(found, entry)
        quote = quotes.get(entry.span.start)
        previous = self._previous.only(entry) if entry.key.is_definite else None
        is_told = quote is not None and quote.kind is not QuoteKind.PERCENT
        if previous is None and not is_told:
            return None
        return LedgerRow(
            entry.label,
            entry.unit,
            previous=previous.value.value if previous else None,
            quoted_previous=implied(quote, entry) if quote and previous is None else None,
            current=entry.value.value,
            current_span=entry.span,
            quoted_span=quote.amount.span if quote and previous is None else None,
            previous_span=previous.span if previous else None,
        )


def compare_reports(current: TextView, previous: TextView) -> Comparison:
    """Read both ledgers and set them side by side."""
    return Comparison(_ledger(current), _ledger(previous))


def _ledger(view: TextView) -> Ledger:
    return read_ledger(view.text, view.quantities, report_year(view.outline, view.text))


class _Index:
    """Last year's figures by what they count."""

    def __init__(self, entries: Sequence[LedgerEntry]) -> None:
        self._by_matter: dict[tuple[str, str, str], list[LedgerEntry]] = {}
        self._by_unit: dict[str, list[LedgerEntry]] = {}
        self._same: dict[tuple[str, str, str, Indicator, str], list[LedgerEntry]] = {}
        self._like: dict[tuple[str, Indicator], list[LedgerEntry]] = {}
        for entry in entries:
            if entry.key.is_definite:
                self._by_unit.setdefault(entry.unit, []).append(entry)
                place = self._by_matter.setdefault(_place(entry), [])
                if len(place) < _MOST_SAME:
                    place.append(entry)

    def same(self, entry: LedgerEntry) -> list[LedgerEntry]:
        """Figures of the same indicator; of akin ones only where there is no other."""
        asked = (*_place(entry), entry.key, entry.whole)
        if asked not in self._same:
            self._same[asked] = self._find_same(entry)
        return self._same[asked]

    def _find_same(self, entry: LedgerEntry) -> list[LedgerEntry]:
        candidates = self._by_matter.get(_place(entry), [])
        same = [e for e in candidates if e.is_same(entry)]
        exact = [e for e in same if e.key == entry.key and e.whole == entry.whole]
        return exact or same or [e for e in candidates if e.is_akin(entry)]

    def like(self, entry: LedgerEntry) -> list[LedgerEntry]:
        """Figures that may be the same indicator, told more narrowly or in another scope."""
        asked = (entry.unit, entry.key)
        if asked not in self._like:
            nearby = self._by_unit.get(entry.unit, [])[:_MOST_LIKE]
            self._like[asked] = [e for e in nearby if e.key.is_like(entry.key)]
        return self._like[asked]

    def only(self, entry: LedgerEntry) -> LedgerEntry | None:
        """The one figure of the same indicator; ``None`` where last year tells several values."""
        same = self.same(entry)
        if not same or any(e.value.value != same[0].value.value for e in same):
            return None
        return same[0]


def _place(entry: LedgerEntry) -> tuple[str, str, str]:
    return entry.unit, entry.scope, entry.key.core


def _is_readable(quote: Quote, entry: LedgerEntry, previous: LedgerEntry) -> bool:
    is_reckoned = quote.kind is not QuoteKind.EXPLICIT
    return previous.value.is_exact and (not is_reckoned or entry.value.is_exact)


def fits(quote: Quote, entry: LedgerEntry, previous: Quantity) -> bool:
    """True where last year's figure agrees with the quote, rounding and truncation respected."""
    base = printed_interval(previous)
    if quote.kind is QuoteKind.EXPLICIT:
        same = quote.amount.value == previous.value
        return same or (
            quote.amount.precision != previous.precision
            and printed_interval(quote.amount).overlaps(base)
        )
    now = printed_interval(entry.value)
    if quote.kind is QuoteKind.DIFFERENCE:
        moved = printed_interval(quote.amount)
        if quote.direction > 0:
            return Interval(now.low - moved.high, now.high - moved.low).overlaps(base)
        return Interval(now.low + moved.low, now.high + moved.high).overlaps(base)
    return _fits_share(quote, now, base)


def _fits_share(quote: Quote, now: Interval, base: Interval) -> bool:
    if base.low <= 0:
        return False
    size = quote.amount
    ends = [
        (n - b) / b * _HUNDRED * quote.direction
        for n in (now.low, now.high)
        for b in (base.low, base.high)
    ]
    printed = Interval(size.value - size.precision / 2, size.value + size.precision)
    return Interval(min(ends), max(ends)).overlaps(printed)


def implied(quote: Quote, entry: LedgerEntry) -> Decimal:
    """Last year's figure as the quote has it."""
    amount, now = quote.amount.value, entry.value.value
    if quote.kind is QuoteKind.EXPLICIT:
        return amount
    if quote.kind is QuoteKind.DIFFERENCE:
        return now - amount * quote.direction
    share = 1 + amount * quote.direction / _HUNDRED
    if share <= 0:
        return Decimal(0)
    is_count = entry.value.kind is QuantityKind.COUNT
    step = max(entry.value.precision, Decimal(1)) if is_count else entry.value.precision
    return rounded(now / share / step, Decimal(1)) * step


def _judged_row(judged: JudgedQuote, entry: LedgerEntry) -> LedgerRow:
    return LedgerRow(
        entry.label,
        entry.unit,
        previous=judged.previous.value.value,
        quoted_previous=judged.quoted,
        current=entry.value.value,
        current_span=entry.span,
        quoted_span=judged.quote.amount.span,
        previous_span=judged.previous.span,
        is_implied=judged.quote.kind is QuoteKind.PERCENT,
        is_broken=judged.is_broken,
    )


def _lone_row(judged: JudgedQuote) -> LedgerRow:
    """A figure of last year quoted without this year's."""
    return LedgerRow(
        judged.entry.label,
        judged.entry.unit,
        previous=judged.previous.value.value,
        quoted_previous=judged.quoted,
        quoted_span=judged.quote.amount.span,
        previous_span=judged.previous.span,
        is_broken=judged.is_broken,
    )
