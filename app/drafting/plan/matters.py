"""Which matter of safety work a fact is about, by its label and its subject."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.language.lexicons import any_of, load_lexicon

_TELLING_REACH = 20  # characters; further on it is one thing among others
_SUBJECT = re.compile(r"[^\d，。；：（]{0,24}")


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter; ``parts`` are the keys of the parts that tell it, the best first."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Matters:
    pattern: re.Pattern[str]
    telling: re.Pattern[str]
    by_word: dict[str, Matter]


@cache
def _matters() -> _Matters:
    return load_lexicon("matters.yaml", _read)


def _read(rows: list[dict[str, Any]]) -> _Matters:
    by_word = {
        str(word): Matter(row["name"], tuple(row["parts"]))
        for row in rows
        for word in (*row["words"], *row.get("telling", ()))
    }
    telling = [word for row in rows for word in row.get("telling", ())]
    return _Matters(re.compile(any_of(by_word)), re.compile(any_of(telling)), by_word)


def matter_of(text: str) -> Matter | None:
    """The matter named first in a label or heading, ``None`` where it names none."""
    match = _matters().pattern.search(text)
    return _matters().by_word[match[0]] if match else None


def subject_matters(text: str) -> tuple[Matter, ...]:
    """What a fact without a label may be about, the likeliest first.

    A word that tells its matter whatever is done about it stands alone, in the subject (what
    comes before the first figure or pause) or, where that names nothing, near the beginning;
    else the matters of the subject, in order.
    """
    matters = _matters()
    subject = _SUBJECT.match(text)
    named = matters.pattern.findall(subject[0]) if subject else []
    reach = len(subject[0]) if subject and named else _TELLING_REACH
    if found := matters.telling.search(text[:reach]):
        return (matters.by_word[found[0]],)
    return tuple(dict.fromkeys(matters.by_word[word] for word in named))


def part_for(matter: Matter | None, parts: Collection[str]) -> str:
    """The first of the matter's parts that a report of this kind has; empty for none."""
    if matter is None:
        return ""
    return next((key for key in matter.parts if key in parts), "")
