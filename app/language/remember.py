"""Short texts are asked again and again: each bullet at every change of any other."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_LONGEST = 160  # a bullet or a sentence; what is longer is read anew
MOST = 2500  # texts a reader remembers: a thousand bullets; all readers together some 30 MB

Answer = TypeVar("Answer")


def remembered(read: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """A reader of a text alone that knows its last answers to short ones; they never change."""
    known = lru_cache(maxsize=MOST)(read)

    @wraps(read)
    def ask(text: str) -> Answer:
        return known(text) if len(text) <= _LONGEST else read(text)

    return ask
