"""Two paragraphs beside each other, what differs marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

_TOKEN = re.compile(r"\d[\d.,，%]*|[A-Za-z]+|\s+|.", re.DOTALL)
_MOST_TOKENS = 1_500


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both texts as HTML; ``<mark>`` holds what the other has not."""

    first: str
    second: str


def compare_texts(first: str, second: str) -> SideBySide:
    """Mark what differs; very long texts are shown unmarked."""
    one, other = _TOKEN.findall(first), _TOKEN.findall(second)
    if max(len(one), len(other)) > _MOST_TOKENS:
        return SideBySide(escape(first), escape(second))
    left: list[str] = []
    right: list[str] = []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, low, high, other_low, other_high in matcher.get_opcodes():
        is_same = kind == "equal"
        left.append(_piece(one[low:high], is_same=is_same))
        right.append(_piece(other[other_low:other_high], is_same=is_same))
    return SideBySide("".join(left), "".join(right))


def _piece(tokens: Sequence[str], *, is_same: bool) -> str:
    text = escape("".join(tokens))
    return text if is_same or not text else f"<mark>{text}</mark>"
