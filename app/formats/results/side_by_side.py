"""Two paragraphs beside each other, what differs marked."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.formats.rendering import render

_TOKEN = re.compile(r"\d[\d.,，%]*|[A-Za-z]+|\s+|.", re.DOTALL)
_MOST_TOKENS = 1_500


@dataclass(frozen=True, slots=True)
class AlignedRun:
    """A piece of a text, and whether the other text has it as well."""

    text: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """Both texts, cut where they begin and cease to be alike."""

    first: tuple[AlignedRun, ...]
    second: tuple[AlignedRun, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both texts as HTML; ``<mark>`` holds what the other has not."""

    first: str
    second: str


def differences(first: str, second: str) -> Differences:
    """What both texts have and what one has; very long texts are not compared."""
    one, other = _TOKEN.findall(first), _TOKEN.findall(second)
    if max(len(one), len(other)) > _MOST_TOKENS:
        return Differences((AlignedRun(first, is_same=True),), (AlignedRun(second, is_same=True),))
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return Differences(
        tuple(AlignedRun("".join(one[a:b]), kind == "equal") for kind, a, b, _, _ in codes),
        tuple(AlignedRun("".join(other[a:b]), kind == "equal") for kind, _, _, a, b in codes),
    )


def compare_texts(first: str, second: str) -> SideBySide:
    """The differences as HTML."""
    both = differences(first, second)
    return SideBySide(
        render("results/cohort.html", "differences", runs=both.first),
        render("results/cohort.html", "differences", runs=both.second),
    )
