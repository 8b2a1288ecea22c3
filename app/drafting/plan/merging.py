"""Join thin sections of a plan with a related one."""

from collections.abc import Iterable
from dataclasses import replace

from app.drafting.plan.types import PlannedSection
from app.drafting.prose.phrase_book import PhraseBook, pick
from app.report.profile import PartKind

_FEWEST_SECTIONS = 5
_MOST_WORK_SECTIONS = 7
_THIN_FACTS = 2
_THIN_CHARS = 90


def merge_thin(
    sections: list[PlannedSection], *, phrase_book: PhraseBook, seed: str
) -> list[PlannedSection]:
    """Join thin sections with a related one until the report has a usual number of them."""
    merged = list(sections)
    while True:
        work = [s for s in merged if s.kind is PartKind.WORK and s.facts]
        total = sum(s.kind is not PartKind.OPENING for s in merged)
        is_long = len(work) > _MOST_WORK_SECTIONS
        if total <= _FEWEST_SECTIONS:
            return merged
        pair = _best_pair(work, phrase_book, is_long=is_long)
        if pair is None:
            return merged
        one, other = pair
        joined = _join(one, other, phrase_book=phrase_book, seed=seed)
        at = merged.index(one)
        merged[at] = joined
        merged.remove(other)


def _best_pair(
    work: list[PlannedSection], phrase_book: PhraseBook, *, is_long: bool
) -> tuple[PlannedSection, PlannedSection] | None:
    """The related pair with the least to tell of which one is thin (or any, when too many)."""
    best: tuple[int, int, int] | None = None
    for i, one in enumerate(work):
        for j, other in enumerate(work[i + 1 :], i + 1):
            keys = _keys((one, other))
            if len(keys) != 2 or frozenset(keys) not in phrase_book.merged:
                continue
            if not is_long and not (_is_thin(one) or _is_thin(other)):
                continue
            candidate = (_chars(one) + _chars(other), i, j)
            best = min(best, candidate) if best else candidate
    return (work[best[1]], work[best[2]]) if best else None


def _keys(sections: Iterable[PlannedSection]) -> list[str]:
    return list(dict.fromkeys(block.key for section in sections for block in section.blocks))


def _is_thin(section: PlannedSection) -> bool:
    return len(section.facts) <= _THIN_FACTS and _chars(section) < _THIN_CHARS


def _chars(section: PlannedSection) -> int:
    return sum(len(fact.text) for fact in section.facts)


def _join(
    one: PlannedSection, other: PlannedSection, *, phrase_book: PhraseBook, seed: str
) -> PlannedSection:
    """Both in one section, told in the order in which its heading names them."""
    pair = frozenset(_keys((one, other)))
    titles, order = phrase_book.merged[pair], phrase_book.merged_order[pair]
    title = pick(titles, seed + one.key + other.key)
    first, second = sorted((one, other), key=lambda s: order.index(s.blocks[0].key))
    return replace(
        first,
        title=title,
        facts=first.facts + second.facts,
        mandatory=one.mandatory or other.mandatory,
        blocks=first.blocks + second.blocks,
    )
