"""A fact sheet prepared for comparison: figures, dates, names and key words, each read once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from app.core.facts import Fact, FactSheet
from app.core.quantity import Quantity, QuantityKind
from app.evidence.compare import Figure, figures_of
from app.language.claims import HeldClaims
from app.language.held import HeldTexts, bare
from app.language.kept import kept
from app.language.numbers.quantities import read_quantities
from app.language.remember import remembered
from app.language.term_index import TermIndex, bits_of, numbers_of
from app.language.terms import remaining_terms

MATCHED_KINDS = frozenset(
    {
        QuantityKind.COUNT,
        QuantityKind.PERCENT,
        QuantityKind.POINTS,
        QuantityKind.FRACTION,
        QuantityKind.MULTIPLE,
        QuantityKind.PERIOD,
    }
)
VERBATIM_KINDS = frozenset({QuantityKind.CODE, QuantityKind.DOCUMENT})
_ENDS = "。；，、！？"
_PAUSES = "。；，、！？：（）\n"
_SHORTEST_VERBATIM = 4
MOST_ASKED = 32  # facts that one figure or sentence is compared with: no sheet has as many alike
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(frozen=True)
class Evidence:
    """A fact sheet prepared for comparison; figures are read once."""

    sheet: FactSheet
    facts: tuple[Fact, ...] = field(default=())

    @cached_property
    def entries(self) -> "tuple[FactEntry, ...]":
        """One entry a fact."""
        return tuple(map(_entry_of, self.facts or self.sheet.facts))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The wording of every fact, with the headings the writer gave."""
        return tuple(entry.wording for entry in self.entries)

    @cached_property
    def held(self) -> HeldClaims:
        """The same, without quotation marks and white space."""
        return HeldClaims(entry.bare_wording for entry in self.entries)

    @cached_property
    def terms(self) -> TermIndex:
        """The key words of every fact."""
        return TermIndex(entry.terms for entry in self.entries)

    @cached_property
    def figured(self) -> int:
        """The facts with figures, a bit each."""
        return bits_of(n for n, entry in enumerate(self.entries) if entry.figures)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each fact among the entries, by its id, a bit each."""
        out: dict[str, int] = {}
        for number, entry in enumerate(self.entries):
            out[entry.fact.id] = out.get(entry.fact.id, 0) | 1 << number
        return out

    def holds_verbatim(self, sentence: str) -> bool:
        """True for a sentence that stands in a fact as whole clauses: nothing in it is wrong."""
        plain = bare(sentence).strip(_ENDS)
        return len(plain) >= _SHORTEST_VERBATIM and _has_clauses(self._shown, plain)

    @cached_property
    def _shown(self) -> str:
        return "\n".join(entry.bare_shown for entry in self.entries)

    @cached_property
    def by_value(self) -> Mapping[Decimal, "Sequence[tuple[FactEntry, int]]"]:
        """Every figure of the facts by its value: the entry and the figure's place in it."""
        out: dict[Decimal, list[tuple[FactEntry, int]]] = {}
        for entry in self.entries:
            for index, held in enumerate(entry.figures):
                out.setdefault(held.quantity.value, []).append((entry, index))
        return out

    def same_value(self, figure: Figure) -> "Sequence[tuple[FactEntry, int]]":
        """The figures of facts with this one's value; of very many those told most alike."""
        value = figure.quantity.value
        found = self.by_value.get(value, ())
        if len(found) <= MOST_ASKED:
            return found
        if value not in self._alike:
            self._alike[value] = TermIndex(
                entry.figures[index].wide | entry.figures[index].local for entry, index in found
            )
        index = self._alike[value]
        closest = index.shared(figure.wide | figure.local).closest(index.all, MOST_ASKED)
        return [found[number] for number in numbers_of(closest)]

    @cached_property
    def _alike(self) -> dict[Decimal, TermIndex]:
        return {}

    @cached_property
    def read(self) -> dict[str, Any]:
        """What reads a sentence against it, for each that has been read."""
        return {}

    @cached_property
    def names(self) -> HeldTexts:
        """Texts whose names a draft may use."""
        sheet = self.sheet
        held = (sheet.unit, sheet.title, sheet.date, *self.texts, *(f.shown for f in sheet.facts))
        return HeldTexts(held)

    @cached_property
    def bare_names(self) -> HeldTexts:
        """The same, without quotation marks and white space."""
        return HeldTexts(bare(text) for text in self.names.texts)

    @cached_property
    def dates(self) -> frozenset[tuple[int, int, int]]:
        """Every date of the facts as (year, month, day); 0 where one is not given."""
        out: set[tuple[int, int, int]] = {(self.sheet.year, 0, 0)}
        return frozenset(
            out.union(_dates_in(self.sheet.date), *(e.all_dates for e in self.entries))
        )


def evidence_of(sheet: FactSheet) -> Evidence:
    """A whole sheet prepared for comparison."""
    return kept(("evidence", tuple(f.id for f in sheet.facts)), sheet, lambda: Evidence(sheet))


@remembered
def quantities_of(text: str) -> tuple[Quantity, ...]:
    """The quantities of a sentence or a bullet."""
    return read_quantities(text)


@remembered
def amounts_of(text: str) -> tuple[Figure, ...]:
    """The figures of a sentence or a bullet that facts are compared by."""
    return tuple(figures_of(text, [q for q in quantities_of(text) if q.kind in MATCHED_KINDS]))


def _dates_in(text: str) -> frozenset[tuple[int, int, int]]:
    dates = (q.span.of(text) for q in quantities_of(text) if q.kind is QuantityKind.DATE)
    return frozenset(map(read_date, dates))


def _entry_of(fact: Fact) -> "FactEntry":
    return kept(("entry", fact.id), fact, lambda: FactEntry(fact))


class FactEntry:
    """One fact with its figures and key words."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.text = fact.text
        quantities = fact.quantities or read_quantities(fact.text)
        amounts = [q for q in quantities if q.kind in MATCHED_KINDS]
        self.figures = figures_of(fact.text, amounts, extra=f"{fact.heading}{fact.label}")
        self.verbatim = [q.span.of(fact.text) for q in quantities if q.kind in VERBATIM_KINDS]
        self.dates = [
            read_date(q.span.of(fact.text)) for q in quantities if q.kind is QuantityKind.DATE
        ]
        self.terms = remaining_terms(fact)
        self.bare = bare(fact.text).strip(_ENDS)
        self.bare_shown = bare(fact.shown)
        self.wording = f"{fact.heading}\n{fact.shown}"
        self.bare_wording = bare(self.wording)

    @cached_property
    def all_dates(self) -> frozenset[tuple[int, int, int]]:
        """The dates of the fact and its heading."""
        return _dates_in(self.wording)

    @cached_property
    def things(self) -> tuple[int, ...]:
        """For each figure the first one that says the same of the same thing."""
        first: dict[tuple[object, ...], int] = {}
        return tuple(
            first.setdefault((held.local, held.role, held.action), number)
            for number, held in enumerate(self.figures)
        )


def _has_clauses(text: str, clauses: str) -> bool:
    """True where ``clauses`` stand in ``text`` between pauses."""
    at = text.find(clauses)
    while at >= 0:
        end = at + len(clauses)
        if (not at or text[at - 1] in _PAUSES) and (end == len(text) or text[end] in _PAUSES):
            return True
        at = text.find(clauses, at + 1)
    return False


def read_date(text: str) -> tuple[int, int, int]:
    """Year, month and day of a printed date; 0 where it is not given."""
    text = _arabic(text)
    match = re.search(
        r"(?:((?:19|20)\d{2})\s*年?)?[\-./]?\s*(?:(\d{1,2})\s*[月\-./])?\s*(?:(\d{1,2})\s*[日号]?)?",
        text,
    )
    year, month, day = match.groups() if match else (None, None, None)
    return int(year or 0), int(month or 0), int(day or 0)


def _arabic(text: str) -> str:
    """Chinese month and day numerals as digits: 十一月二十日 → 11月20日."""

    def convert(match: re.Match[str]) -> str:
        token = match.group(0)
        if "十" not in token:
            return token.translate(_CHINESE_DIGITS)
        tens, _, ones = token.partition("十")
        head = int(tens.translate(_CHINESE_DIGITS)) if tens else 1
        tail = int(ones.translate(_CHINESE_DIGITS)) if ones else 0
        return str(head * 10 + tail)

    return re.sub(r"[〇零一二三四五六七八九十]+", convert, text)


def date_held(date: tuple[int, int, int], held: Iterable[tuple[int, int, int]]) -> bool:
    """True where a known date agrees in everything this one says."""
    year, month, day = date
    for known_year, known_month, known_day in held:
        if year and known_year and year != known_year:
            continue
        if year and not known_year and not month:
            continue
        if month and month != known_month:
            continue
        if day and day != known_day:
            continue
        return True
    return False
