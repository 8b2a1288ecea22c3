"""What the sentences of a text have told of each fact so far."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.evidence.sheet import Entry, date_held
from app.language.held import bare

if TYPE_CHECKING:
    from app.evidence.ground import SentenceReader

_ENOUGH = 0.5


class Told:
    """Which sentences tell of a fact, and which of its figures."""

    def __init__(self) -> None:
        self.readers: defaultdict[str, list[SentenceReader]] = defaultdict(list)
        self.begun = 0

    def add(self, entries: Iterable[Entry], reader: "SentenceReader") -> None:
        """Note that a sentence tells of some facts."""
        for entry in entries:
            self.readers[entry.fact.id].append(reader)

    def is_told(self, entry: Entry) -> bool:
        """All figures, dates and documents, and enough of the key words."""
        fact_id = entry.fact.id
        readers = self.readers.get(fact_id, [])
        if entry.figures:
            figures = {n for reader in readers for n in reader.matched.get(fact_id, ())}
            if len(figures) < len(entry.figures):
                return False
        if not all(any(word in r.sentence for r in readers) for word in entry.verbatim):
            return False
        if entry.dates:
            told_dates = {date for reader in readers for date in reader.told_dates}
            if any(not date_held(date, told_dates) for date in entry.dates):
                return False
        names = [bare(name) for name in entry.fact.names]
        if not all(any(name in r.plain for r in readers) for name in names):
            return False
        enough = _ENOUGH * len(entry.terms)
        told: frozenset[str] = frozenset()
        for reader in readers:
            if len(told) >= enough:
                break
            told |= entry.terms & reader.terms
        return len(told) >= enough
