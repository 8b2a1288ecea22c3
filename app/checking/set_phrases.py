"""Set phrases with one character of the same sound in the place of another: 不断题高, 除恶务进.

``knowledge_base/lexicons/set_phrases.txt`` holds the phrases, one to a line, each with the
characters behind ``!`` that make another good phrase of it; ``homophones.txt`` holds common
characters that an input method offers for one syllable, tones left aside. Whether the other
character belongs to a word of its own (实现再就业, 形成合理布局) is told by the words round it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app import resources
from app.core.document import Span
from app.core.errors import ConfigError

_SIZE = 3
# How much likelier the phrase must be than what is written (logarithm), inside a phrase or at a
# mark, and where the other character touches what stands beside the phrase. Of 80,000 slips put
# into edited texts 99.8 and 92 % lie above; nothing in two million characters of them does.
_INSIDE, _AT_EDGE = 6.0, 12.0


@dataclass(frozen=True, slots=True)
class PhraseSlip:
    """A place in a text, and the phrase that is meant there."""

    span: Span
    right: str


@dataclass(frozen=True, slots=True)
class _Book:
    """``good``: each phrase with the characters that make another good one of it.

    ``holding``: the phrases that hold a character. ``alike``: the characters that sound like one.

    ``telling``: three neighbours, a wrong character among them, of every wrong writing.
    """

    good: dict[str, str]
    holding: dict[str, list[str]]
    alike: dict[str, str]
    telling: set[str]


def _lines(name: str) -> list[str]:
    path = resources.lexicons_dir() / name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"词表 {path.name} 读不出来，请重新安装本程序。") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@lru_cache(maxsize=1)
def _book() -> _Book:
    alike = {char: group for group in _lines("homophones.txt") for char in group}
    good = dict(line.partition("!")[::2] for line in _lines("set_phrases.txt"))
    telling: set[str] = set()
    holding: dict[str, list[str]] = {}
    for phrase in good:
        for char in set(phrase):
            holding.setdefault(char, []).append(phrase)
        if len(phrase) < _SIZE:
            raise ConfigError(f"set_phrases.txt 里的“{phrase}”太短，至少三个字。")
        for place, char in enumerate(phrase):
            at = _offset(phrase, place)
            before, behind = phrase[at:place], phrase[place + 1 : at + _SIZE]
            telling.update([f"{before}{other}{behind}" for other in alike.get(char, "")])
    right = {phrase[at : at + _SIZE] for phrase in good for at in range(len(phrase) - _SIZE + 1)}
    telling -= right
    return _Book(good, holding, alike, telling)


def _offset(phrase: str, place: int) -> int:
    """Where in a phrase the three neighbours begin by which a wrong character is looked for."""
    return min(place, len(phrase) - _SIZE)


def find_slips(text: str) -> Iterator[PhraseSlip]:
    """Every place where a phrase stands with one character of the same sound instead of its own.

    Raises:
        ConfigError: a list cannot be read.
    """
    book = _book()
    neighbours = map("".join, zip(text, text[1:], text[2:], strict=False))
    for told in book.telling.intersection(neighbours):
        for phrase, place in _meant(told):
            wrong = phrase[:place] + told[place - _offset(phrase, place)] + phrase[place + 1 :]
            start = text.find(wrong)
            while start >= 0:
                span = Span(start, start + len(wrong))
                if _is_meant(text, span, phrase, place):
                    yield PhraseSlip(span, phrase)
                start = text.find(wrong, span.end)


@lru_cache(maxsize=4096)
def _meant(told: str) -> tuple[tuple[str, int], ...]:
    """The phrases that three neighbours may be of, and the place of the wrong character."""
    return tuple(_phrases_of(told, _book()))


def _phrases_of(told: str, book: _Book) -> Iterator[tuple[str, int]]:
    near = Counter(phrase for char in told for phrase in book.holding.get(char, ()))
    for phrase in [phrase for phrase, count in near.items() if count >= _SIZE - 1]:
        others = book.good[phrase]
        for place, char in enumerate(phrase):
            at = _offset(phrase, place)
            other = told[place - at]
            if (
                other in book.alike.get(char, "")
                and other not in others
                and told == phrase[at:place] + other + phrase[place + 1 : at + _SIZE]
            ):
                yield phrase, place


def _is_meant(text: str, span: Span, phrase: str, place: int) -> bool:
    """Whether the words round a place speak for the phrase rather than for what is written."""
    from app.language.segmentation import around, gain  # noqa: PLC0415  # only with a slip to judge

    whole = around(text, span)
    is_touched = (place == 0 and whole.start < span.start) or (
        place == len(span) - 1 and whole.end > span.end
    )
    return gain(text, span, phrase, known=phrase) > (_AT_EDGE if is_touched else _INSIDE)
