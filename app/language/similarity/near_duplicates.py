"""Find paragraphs that repeat another report's once figures, years and names are masked.

A paragraph is a set of hashed five-character pieces of its masked wording. A known paragraph may
be kept as a sketch, its smallest hashes only; how many of them a paragraph holds tells how much
of the wording the two share.
"""

import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.core.document import Span
from app.language.names.finder import NameKind, locate_names
from app.language.structure.sentences import paragraphs

SHORTEST = 60
SKETCH_SIZE = 64
_PIECE = 5
_WIDTH = 2
_SHORTEST_MASKED = 40
_LONGEST = 20_000
_MIX, _BITS = 0x9E3779B1, 0xFFFFFFFF
_MOST_SAME = 16
_PROBE = 8
_DROPPED = re.compile(r"[\W\d_〇零一二两三四五六七八九十百千万亿几]+")
_LABEL = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.．、])"
)
_FORMULA = re.compile(r"(?:如下|以下)[：:。]?$|^现将|^(?:特此|专此)")
_NAMES = frozenset({NameKind.PLACE, NameKind.ORGANISATION, NameKind.PERSON})


@dataclass(frozen=True, slots=True)
class Print:
    """A paragraph's masked wording as hashes."""

    span: Span
    hashes: frozenset[int]

    def sketch(self) -> "array[int]":
        """The smallest hashes, in order."""
        return array("I", sorted(self.hashes)[:SKETCH_SIZE])


@dataclass(frozen=True, slots=True)
class KnownPrint:
    """A paragraph of another report: how many hashes it has, and all or the smallest of them."""

    size: int
    hashes: Sequence[int]
    source: int = 0
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """``print`` repeats ``known``; ``likeness`` is their Jaccard index, 0 to 1."""

    print: Print
    known: KnownPrint
    likeness: float


def mask_wording(text: str, names: Iterable[str] = ()) -> str:
    """The bare wording: without names, figures, punctuation and white space."""
    for name in sorted(set(names), key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, "")
    pieces: list[str] = []
    done = 0
    for found in locate_names(text):
        if found.kind in _NAMES:
            pieces.append(text[done : found.span.start])
            done = found.span.end
    pieces.append(text[done:])
    return _DROPPED.sub("", "".join(pieces))


def hash_wording(masked: str) -> frozenset[int]:
    """The hashes of every five-character piece."""
    data = masked.encode("utf-16-le", errors="surrogatepass")
    last = len(data) - _PIECE * _WIDTH
    crc32 = zlib.crc32
    return frozenset(
        crc32(data[at : at + _PIECE * _WIDTH]) * _MIX & _BITS for at in range(0, last + 1, _WIDTH)
    )


def read_prints(text: str, names: Iterable[str] = ()) -> Iterator[Print]:
    """The prints of all paragraphs long enough to tell; set openings are left out."""
    known = tuple(names)
    for span in paragraphs(text):
        words = _LABEL.sub("", text[span.start : min(span.end, span.start + _LONGEST)])
        if len(words) < SHORTEST or _FORMULA.search(words):
            continue
        masked = mask_wording(words, known)
        if len(masked) >= _SHORTEST_MASKED:
            yield Print(span, hash_wording(masked))


def as_known(prints: Iterable[Print], source: int = 0) -> list[KnownPrint]:
    """Prints to compare with, in full."""
    return [KnownPrint(len(p.hashes), tuple(p.hashes), source, p.span) for p in prints]


class CopyFinder:
    """Compares known paragraphs with those of one document, in time near to linear."""

    def __init__(self, prints: Iterable[Print]) -> None:
        unique: dict[frozenset[int], Print] = {}
        self._same: dict[frozenset[int], list[Print]] = {}
        for item in prints:
            unique.setdefault(item.hashes, item)
            self._same.setdefault(item.hashes, []).append(item)
        self._prints = list(unique.values())
        self._places: dict[int, list[int]] = {}
        for index, item in enumerate(self._prints):
            for value in item.hashes:
                places = self._places.setdefault(value, [])
                if len(places) < _MOST_SAME:
                    places.append(index)
        self._keys = self._places.keys()

    def find(self, known: Iterable[KnownPrint], least: float) -> list[Copy]:
        """For each paragraph its likest known one of at least ``least``."""
        best: dict[int, Copy] = {}
        for item in known:
            if self._keys.isdisjoint(item.hashes[:_PROBE]):
                continue
            shared = Counter(
                index for value in self._keys & set(item.hashes) for index in self._places[value]
            )
            for index, count in shared.most_common(2):
                likeness = _likeness(self._prints[index], item, count)
                if likeness >= least and (index not in best or likeness > best[index].likeness):
                    best[index] = Copy(self._prints[index], item, likeness)
        found = [
            Copy(twin, copy.known, copy.likeness)
            for copy in best.values()
            for twin in self._same[copy.print.hashes]
        ]
        return sorted(found, key=lambda c: c.print.span)


def _likeness(own: Print, known: KnownPrint, shared: int) -> float:
    both = shared / len(known.hashes) * known.size
    return min(1.0, both / (len(own.hashes) + known.size - both))
