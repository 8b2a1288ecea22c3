"""What one call of the model writes, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.draft import DraftSentence
from app.core.errors import ModelError
from app.core.facts import Fact
from app.drafting.mend import Mended

_MOST_FACTS = 6
_MOST_CHARS = 480
LONGEST_FACT_CHARS = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """Facts that one call writes out; ``index`` is the place of their section."""

    index: int
    part: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a piece. ``error`` tells why the composer wrote it.

    ``is_kept``: an earlier run, which broke off, had written it.
    """

    piece: Piece
    sentences: tuple[DraftSentence, ...]
    mended: Mended | None = None
    error: ModelError | None = None
    is_kept: bool = False


def split_facts(index: int, part: str, title: str, facts: Sequence[Fact]) -> list[Piece]:
    """Facts in pieces of about the same size, small enough for one call each."""
    chars = sum(min(len(fact.text), LONGEST_FACT_CHARS) for fact in facts)
    count = max(-(-len(facts) // _MOST_FACTS), -(-chars // _MOST_CHARS), 1)
    size = max(-(-len(facts) // count), 1)
    return [
        Piece(index, part, title, tuple(facts[start : start + size]))
        for start in range(0, len(facts), size)
    ]
