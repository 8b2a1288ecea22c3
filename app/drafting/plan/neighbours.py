"""Where a fact belongs that nothing in it tells: with the facts that are most like it."""

from collections.abc import Collection, Sequence

from app.core.facts import Fact
from app.language.term_index import TermIndex, bits_of, nearest
from app.language.terms import key_terms

_FEWEST_SHARED = 3


class Neighbours:
    """Where a fact belongs that no cue places.

    The part of the fact that shares most words with it, unless its label names a matter of
    its own, or of the one before it under the same heading; else none.
    """

    def __init__(self, facts: Sequence[Fact], keys: list[str], work: Collection[str]) -> None:
        self._facts = facts
        self._keys = keys
        self._work = work
        self._terms = [key_terms(fact.text) for fact in facts]
        self._index = TermIndex(self._terms)
        self._placed = bits_of(n for n, key in enumerate(keys) if key in work)
        self._headed: dict[str, int] = {}
        for number, fact in enumerate(facts):
            if fact.heading:
                self._headed[fact.heading] = self._headed.get(fact.heading, 0) | 1 << number

    def place(self, number: int, other: str) -> None:
        """Give the fact its part, ``other`` for none; those behind it may follow it."""
        key = self._keys[number] = self._part(number) or other
        if key in self._work:
            self._placed |= 1 << number

    def _part(self, number: int) -> str:
        fact = self._facts[number]
        shared = self._index.shared(() if fact.label else self._terms[number])
        near = shared.most(self._placed & shared.at_least(_FEWEST_SHARED))
        near = near or self._placed & self._headed.get(fact.heading, 0)
        return self._keys[nearest(near, number)] if near else ""
