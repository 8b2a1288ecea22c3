"""The wording of many facts, prepared so that a claim is looked up and not searched for."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from app.language.term_index import TermIndex
from app.language.terms import key_terms

_NOT_BARE = re.compile(r"[“”‘’「」《》\s]")


def bare(text: str) -> str:
    """A text without quotation marks and white space."""
    return _NOT_BARE.sub("", text)


class HeldTexts:
    """Texts that are looked into often; what is sought never holds a line break."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(texts)
        self._joined = "\n".join(self.texts)
        self._masks: dict[object, int] = {}

    def holds(self, words: str) -> bool:
        """True where one of the texts holds these words."""
        return bool(self.texts) and words in self._joined

    def holding(self, words: str) -> int:
        """The texts that hold these words, a bit each."""
        if words not in self._masks:
            self._masks[words] = self._find(words)
        return self._masks[words]

    def matching(self, pattern: re.Pattern[str]) -> int:
        """The texts in which a pattern is found, a bit each."""
        if pattern not in self._masks:
            found = 0
            for number, text in enumerate(self.texts):
                if pattern.search(text):
                    found |= 1 << number
            self._masks[pattern] = found
        return self._masks[pattern]

    def _find(self, words: str) -> int:
        found = 0
        at = self._joined.find(words)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            found |= 1 << number
            at = self._joined.find(words, self._starts[number] + len(self.texts[number]))
        return found

    @cached_property
    def _starts(self) -> list[int]:
        starts, place = [], 0
        for text in self.texts:
            starts.append(place)
            place += len(text) + 1
        return starts

    @cached_property
    def terms(self) -> TermIndex:
        """Their key words."""
        return TermIndex(key_terms(text) for text in self.texts)
