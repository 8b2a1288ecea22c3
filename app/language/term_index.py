"""Which of many texts share words with one, and how many: the same answer as comparing them all.

A set of texts is a number with one bit a text, so that a step of Python handles all texts at once
and asking one sentence of a thousand facts costs about what asking it of thirty costs.
"""

import math
from collections.abc import Iterable, Iterator, Sequence


class TermIndex:
    """The key words of many texts by the word."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        self._holding: dict[str, int] = {}
        self._sizes: dict[int, int] = {}
        number = 0
        for number, terms in enumerate(texts, 1):
            bit = 1 << (number - 1)
            self._sizes[len(terms)] = self._sizes.get(len(terms), 0) | bit
            for term in terms:
                self._holding[term] = self._holding.get(term, 0) | bit
        self.all = (1 << number) - 1
        self._asked: dict[tuple[float, int], list[tuple[int, int]]] = {}

    def shared(self, terms: Iterable[str]) -> "Shared":
        """How many of these words each text holds."""
        return Shared(self.all, [bits for t in terms if (bits := self._holding.get(t))])

    def worded(self, shared: "Shared", share: float, *, least: int = 0) -> int:
        """The texts of whose own words at least that share, and that many, are held."""
        found = 0
        for count, texts in self._by_count(share, least):
            enough = shared.at_least(count)
            if not enough:
                break
            found |= texts & enough
        return found

    def _by_count(self, share: float, least: int) -> list[tuple[int, int]]:
        """The texts by how many words of each that share comes to, the fewest first."""
        if (share, least) not in self._asked:
            counts: dict[int, int] = {}
            for size, texts in self._sizes.items():
                count = max(math.ceil(share * size), least)
                counts[count] = counts.get(count, 0) | texts
            self._asked[share, least] = sorted(counts.items())
        return self._asked[share, least]


class Shared:
    """A count a text, in binary: a row of bits for the ones, one for the twos, and so on."""

    def __init__(self, texts: int, holding: Sequence[int]) -> None:
        self._texts = texts
        self._rows: list[int] = []
        self._known: dict[int, int] = {}
        for bits in holding:
            carry = bits
            for place, row in enumerate(self._rows):
                self._rows[place], carry = row ^ carry, row & carry
                if not carry:
                    break
            if carry:
                self._rows.append(carry)

    def at_least(self, count: int) -> int:
        """The texts that hold at least so many."""
        if count <= 0:
            return self._texts
        if count not in self._known:
            self._known[count] = self._reaching(count)
        return self._known[count]

    def _reaching(self, count: int) -> int:
        if count >> len(self._rows):
            return 0
        more, same = 0, self._texts
        for place in reversed(range(len(self._rows))):
            row = self._rows[place]
            if count >> place & 1:
                same &= row
            else:
                more |= same & row
                same &= ~row
        return more | same

    def most(self, texts: int) -> int:
        """Of some texts those that share most."""
        for row in reversed(self._rows):
            texts = texts & row or texts
        return texts

    def closest(self, texts: int, most: int) -> int:
        """Of some texts those that share most; the first where several share as much."""
        if texts.bit_count() <= most:
            return texts
        found, left = 0, most
        for count in range(1 << len(self._rows), -1, -1):
            level = texts & self.at_least(count) & ~found
            if level.bit_count() >= left:
                return found | first_bits(level, left)
            found |= level
            left -= level.bit_count()
        return found


def nearest(bits: int, place: int) -> int:
    """Of the bits that are set the one nearest to a place; the one before it where two are."""
    before = (bits & ((1 << place) - 1)).bit_length() - 1
    behind = bits >> place + 1
    if not behind:
        return before
    distance = (behind & -behind).bit_length()
    return before if before >= 0 and place - before <= distance else place + distance


def first_bits(bits: int, most: int) -> int:
    """The lowest bits that are set, at most so many."""
    out = 0
    for _ in range(most):
        low = bits & -bits
        out |= low
        bits ^= low
    return out


def numbers_of(bits: int) -> Iterator[int]:
    """The places of the bits that are set, from the lowest."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def bits_of(numbers: Iterable[int]) -> int:
    """The bits at these places."""
    out = 0
    for number in numbers:
        out |= 1 << number
    return out
