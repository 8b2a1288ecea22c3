"""Find text that stands twice in a row, at the speed of big-integer arithmetic.

The text as one large integer, combined with itself shifted by ``k`` characters, shows zeros where
the two agree; a run of zeros of ``k`` characters is a piece of length ``k`` written twice.
"""

import re
from collections.abc import Iterator

from app.core.document import Span

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_WIDTH = 2
_STEP = 4096


def doubled(text: str, shortest: int, longest: int) -> Iterator[tuple[Span, int]]:
    """Yield the spans of doubled pieces with the length of the piece, shortest pieces first.

    A span covers all copies.
    """
    data = text.encode("utf-16-le", errors="surrogatepass")
    if len(data) != _WIDTH * len(text):
        data = _ASTRAL.sub("\ufffd", text).encode("utf-16-le", errors="surrogatepass")
    whole = int.from_bytes(data, "little")
    for length in range(shortest, min(longest, len(text) // 2) + 1):
        size = len(data) - _WIDTH * length
        # the shifted number is shorter: what sticks out at the top is cut off again
        same = (whole ^ (whole >> (8 * _WIDTH * length))).to_bytes(len(data), "little")[:size]
        for start, end in _zero_runs(same, length * _WIDTH):
            yield Span(start, end + length), length


def _zero_runs(same: bytes, wanted: int) -> Iterator[tuple[int, int]]:
    """Runs of zeros of at least ``wanted`` bytes, in characters."""
    needle, step = bytes(wanted), bytes(_STEP)
    position = same.find(needle)
    while position >= 0:
        start = position + position % _WIDTH
        end = start + wanted
        if end > len(same):
            return
        if any(same[start:end]):
            position = same.find(needle, position + 1)
            continue
        while same[end : end + _STEP] == step:
            end += _STEP
        while end + 1 < len(same) and not (same[end] or same[end + 1]):
            end += _WIDTH
        yield start // _WIDTH, end // _WIDTH
        position = same.find(needle, end)
