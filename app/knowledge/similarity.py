"""How much of their wording two texts share, figures left out."""

import re

_SHINGLE = 4
_NOT_WORDING = re.compile(r"[\W\d_]+")


def shingles(text: str) -> frozenset[str]:
    """Overlapping pieces of the wording."""
    plain = _NOT_WORDING.sub("", text)
    return frozenset(plain[i : i + _SHINGLE] for i in range(max(1, len(plain) - _SHINGLE + 1)))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared pieces as a share of all pieces, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0
