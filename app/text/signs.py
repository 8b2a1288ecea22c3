"""Tell quickly which of many signs a text holds."""

import re
from collections.abc import Iterable, Iterator


class Signs:
    """Literal strings that must occur before a pattern is worth running.

    Looking for each of them reads the text once per sign; one search for the characters they are
    made of rules most of them out first.
    """

    def __init__(self, signs: Iterable[str]) -> None:
        self._signs = {sign: frozenset(sign) for sign in signs}
        chars = frozenset[str]().union(*self._signs.values())
        self._chars = re.compile(f"[{re.escape(''.join(sorted(chars)))}]")

    def present(self, text: str) -> frozenset[str]:
        """The signs that occur in ``text``."""
        chars = set(self._chars.findall(text))
        return frozenset(
            sign for sign, needed in self._signs.items() if needed <= chars and sign in text
        )


def places(text: str, word: str) -> Iterator[int]:
    """Where ``word`` begins in ``text``, overlapping places left out."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
