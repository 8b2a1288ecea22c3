"""Tell quickly which of many signs a text holds."""

from collections.abc import Iterable, Iterator, Set


class Signs:
    """Literal strings that must occur before a pattern is worth running.

    Looking for each of them reads the text once per sign; the set of its characters rules most of
    them out first.
    """

    def __init__(self, signs: Iterable[str]) -> None:
        self._signs = {sign: frozenset(sign) for sign in signs}

    def present(self, text: str, chars: Set[str]) -> frozenset[str]:
        """The signs that occur in ``text``, which is made of ``chars``."""
        return frozenset(
            sign for sign, needed in self._signs.items() if needed <= chars and sign in text
        )


def places(text: str, word: str) -> Iterator[int]:
    """Where ``word`` begins in ``text``, overlapping places left out."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
