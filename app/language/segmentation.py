"""Cut a few characters into the words they most likely are.

How common a word is stands in the dictionary that jieba brings along. Its Chinese words are sorted,
so a word is looked up by bisection in the file as it lies on the disk: nothing is imported, parsed
or written, and nothing is read before the first question.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from math import inf, log
from mmap import ACCESS_READ, mmap
from pathlib import Path

from app.core.document import Span
from app.core.errors import ConfigError

_ALL = log(60_101_964)  # the counts of all words of the dictionary
_KNOWN = log(370) - _ALL  # a word that the dictionary lacks: as common as its middle ones are
_LONGEST = 8  # characters; longer words are names and sayings
_REACH = 6  # characters on either side of a place that decide how it is read
_BEFORE, _BEHIND = re.compile(r"[一-鿿]+\Z"), re.compile("[一-鿿]+")
# From so many characters on a word of the dictionary may be two that are often met together
# (切实加强, 保持稳定): it is one only where it is likelier than they are by this much (logarithm).
_PHRASE, _BOND = 4, 6.0


@dataclass(frozen=True, slots=True)
class Word:
    """``count``: how often it was met where the dictionary was made, 0 for what is no word.

    ``kind`` is its part of speech as jieba writes it (m numeral, q measure, d adverb …);
    ``is_begun``: other words begin with it.
    """

    count: int
    kind: str
    is_begun: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A text cut into words; ``score`` is the logarithm of how likely just these words are."""

    words: tuple[Span, ...]
    score: float

    def is_edge(self, place: int) -> bool:
        """True where a word ends or begins."""
        return not any(word.start < place < word.end for word in self.words)


_FIRST = "\n一 ".encode()  # before it stand a few words with letters, out of order


@lru_cache(maxsize=1)
def _dictionary() -> tuple[mmap, int]:
    """The dictionary, and where its Chinese words begin."""
    spec = find_spec("jieba")
    try:
        if spec is None or spec.origin is None:
            raise FileNotFoundError("jieba")
        with (Path(spec.origin).parent / "dict.txt").open("rb") as file:
            data = mmap(file.fileno(), 0, access=ACCESS_READ)
        return data, data.find(_FIRST) + 1
    except (OSError, ValueError) as error:
        raise ConfigError("分词词典（jieba 的 dict.txt）读不出来，请重新安装本程序。") from error


@lru_cache(maxsize=1 << 14)
def look_up(word: str) -> Word:
    """What the dictionary says of a word.

    Raises:
        ConfigError: there is no dictionary.
    """
    data, low = _dictionary()
    high = len(data)
    wanted = word.encode("utf-8", errors="surrogatepass")
    while low < high:
        middle = (low + high) // 2
        start = data.rfind(b"\n", low, middle) + 1 or low
        end = data.find(b"\n", middle, high)
        end = high if end < 0 else end
        if data[start:end] < wanted:
            low = end + 1
        else:
            high = start
    line = data[low : max(data.find(b"\n", low), low)]
    if not line.startswith(wanted):
        return Word(0, "", is_begun=False)
    name, count, kind = line.split(b" ")
    if name != wanted:
        return Word(0, "", is_begun=True)
    return Word(int(count), kind.decode(), is_begun=True)


@lru_cache(maxsize=1 << 12)
def _words_at(text: str) -> tuple[float, ...]:
    """For each length: how likely the word is with which a text begins."""
    found: list[float] = []
    for length in range(1, len(text) + 1):
        word = look_up(text[:length])
        score = log(word.count) - _ALL if word.count else -inf
        is_phrase = length >= _PHRASE and score < _in_two(text[:length]) + _BOND
        found.append(-inf if is_phrase else score)
        if not word.is_begun:
            break
    if found[0] == -inf:
        found[0] = -_ALL
    return tuple(found)


@lru_cache(maxsize=1 << 12)
def _in_two(word: str) -> float:
    """How likely a word's two parts are side by side, where it is cut best."""
    return max(cut(word[:at]).score + cut(word[at:]).score for at in range(1, len(word)))


@lru_cache(maxsize=1 << 11)
def cut(text: str, *, known: str = "", unknown: str = "") -> Cut:
    """The likeliest words of a short text, in time that grows with its length.

    ``known`` is a word that the dictionary may lack, ``unknown`` a writing that is part of no
    word, whatever the dictionary says.
    """
    size = len(text)
    best = [0.0] * (size + 1)
    ends = [size] * (size + 1)
    for start in reversed(range(size)):
        best[start] = -inf
        for end, score in _steps(text, start, known, unknown):
            if score + best[end] > best[start]:
                best[start], ends[start] = score + best[end], end
    words = []
    start = 0
    while start < size:
        words.append(Span(start, ends[start]))
        start = ends[start]
    return Cut(tuple(words), best[0])


def _steps(text: str, start: int, known: str, unknown: str) -> Iterator[tuple[int, float]]:
    """Where the words that begin here end, and how likely they are."""
    piece = text[start : start + _LONGEST]
    for length, score in enumerate(_words_at(piece), 1):
        if not unknown or unknown not in piece[:length]:
            yield start + length, score
    if known and text.startswith(known, start):
        yield start + len(known), _KNOWN


def around(text: str, span: Span) -> Span:
    """A place with the Chinese characters beside it that decide how it is read."""
    before = _BEFORE.search(text, max(0, span.start - _REACH), span.start)
    behind = _BEHIND.match(text, span.end, span.end + _REACH)
    return Span(
        before.start() if before else span.start,
        behind.end() if behind else span.end,
    )


def gain(text: str, span: Span, right: str, *, known: str = "", unknown: str = "") -> float:
    """By how much ``right`` makes a place likelier than what is written there (logarithm).

    Below zero it makes it less likely; for ``known`` and ``unknown`` see :func:`cut`.
    """
    whole = around(text, span)
    meant = text[whole.start : span.start] + right + text[span.end : whole.end]
    return cut(meant, known=known).score - cut(whole.of(text), unknown=unknown).score


def is_apart(text: str, span: Span, *, unknown: str = "") -> bool:
    """True where no word of the text reaches over an edge of a place."""
    whole = around(text, span)
    words = cut(whole.of(text), unknown=unknown)
    return all(words.is_edge(place - whole.start) for place in (span.start, span.end))
