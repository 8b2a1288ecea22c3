"""Set many drafts side by side: near-duplicate paragraphs, and figures that stand out.

Every paragraph is a set of hashed five-character pieces of its masked wording. Pieces that many
drafts share (set phrases, quoted formulas) are taken out first. Paragraphs that share one of
their smallest hashes are then compared exactly. Buckets are bounded, so the time grows with the
number of paragraphs, not with that of pairs of drafts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, pairwise
from typing import Any

import numpy as np

from app.checking.cohort import DraftPrint
from app.core.cohort import Cohort, CohortParagraph, CopiedPassage, CopyPair, SharedPhrase
from app.services.cohort_figures import compare_figures

LEAST_DRAFTS = 2
LIKENESS = 0.7
_SKETCH = 8  # smallest hashes of a paragraph; at a likeness of 0.7 two sketches all but surely meet
_MOST_PAIRED = 32  # paragraphs of one bucket that are all compared with one another
_LEAST_OWN = 25  # pieces of its own that a paragraph must have
_LEAST_OWN_SHARE = 0.4
_MOST_SHARED = 30
_SHOWN_FORMULA = 120
_SHORT_NAME = 3

_Array = Any  # numpy.ndarray; its types would have to be spelt out at every step


def common_from(drafts: int) -> int:
    """In how many drafts wording has to stand to count as a set phrase.

    Six in ten of a few drafts, at least four; of very many already one in ten and twenty more.
    """
    return int(max(3, min(drafts * 0.6, 20 + drafts / 10))) + 1


def compare_drafts(prints: Sequence[DraftPrint], texts: Sequence[str]) -> Cohort:
    """Compare all drafts; ``texts`` are theirs, in the same order."""
    drafts = tuple(p.draft for p in prints)
    if len(prints) < LEAST_DRAFTS:
        return Cohort(drafts)
    paragraphs = _Paragraphs.of(prints)
    own, formulas = _without_common(paragraphs, len(prints))
    copies = _copies(paragraphs, own)
    pairs = [_pair(prints, texts, key, found) for key, found in sorted(copies.items())]
    pairs.sort(key=lambda p: (p.is_same_unit, -max(p.share_first, p.share_second), p.first))
    return Cohort(
        drafts,
        tuple(pairs),
        tuple(_shared(paragraphs, formulas, prints, texts)),
        compare_figures(prints, texts),
    )


@dataclass(frozen=True, slots=True)
class _Paragraphs:
    """All paragraphs of all drafts, their hashes in one row after the other."""

    draft_of: _Array
    place_in: _Array  # the paragraph's number in its own draft
    owner: _Array  # for each hash the paragraph it belongs to
    hashes: _Array

    @classmethod
    def of(cls, prints: Sequence[DraftPrint]) -> "_Paragraphs":
        rows = [p.hashes for d in prints for p in d.paragraphs]
        counts = [len(d.paragraphs) for d in prints]
        hashes = (
            np.frombuffer(b"".join(r.tobytes() for r in rows), dtype=np.uint32)
            if rows
            else np.zeros(0, dtype=np.uint32)
        )
        return cls(
            np.repeat(np.arange(len(prints)), counts),
            np.fromiter(chain.from_iterable(map(range, counts)), dtype=np.int64, count=len(rows)),
            np.repeat(np.arange(len(rows)), [len(r) for r in rows]),
            hashes,
        )


@dataclass(frozen=True, slots=True)
class _Own:
    """The hashes that are a paragraph's own: ``rows[bounds[n]:bounds[n + 1]]``, ascending."""

    rows: _Array
    bounds: _Array
    is_usable: _Array

    def of(self, paragraph: int) -> _Array:
        return self.rows[self.bounds[paragraph] : self.bounds[paragraph + 1]]


def _without_common(paragraphs: _Paragraphs, drafts: int) -> tuple[_Own, _Array]:
    """Each paragraph's own hashes, and the paragraphs made of set phrases."""
    total = len(paragraphs.draft_of)
    draft = paragraphs.draft_of[paragraphs.owner].astype(np.uint64)
    seen: _Array = np.sort((paragraphs.hashes.astype(np.uint64) << np.uint64(32)) | draft)
    seen = seen[np.diff(seen, prepend=seen[:1] + np.uint64(1)) != 0]  # once a draft
    values = (seen >> np.uint64(32)).astype(np.uint32)
    least = common_from(drafts)
    # sorted: a hash is in so many drafts where it still stands that many places further on
    common: _Array = np.unique(
        values[: max(0, len(values) - least + 1)][_same_after(values, least)]
    )
    at: _Array = np.searchsorted(common, paragraphs.hashes)
    at[at == len(common)] = 0
    is_common: _Array = np.zeros(len(at), dtype=np.bool_)
    if len(common):
        is_common = common[at] == paragraphs.hashes
    before = np.bincount(paragraphs.owner, minlength=total)
    after = np.bincount(paragraphs.owner[~is_common], minlength=total)
    is_usable = (after >= _LEAST_OWN) & (after >= before * _LEAST_OWN_SHARE)
    bounds = np.concatenate(([0], np.cumsum(after)))
    own = _Own(paragraphs.hashes[~is_common], bounds, is_usable)
    return own, np.flatnonzero(after < before * (1 - LIKENESS))


def _same_after(values: _Array, count: int) -> _Array:
    """For each place of a sorted row whether its value stands there at least ``count`` times."""
    if len(values) < count:
        return np.zeros(0, dtype=np.bool_)
    return values[: len(values) - count + 1] == values[count - 1 :]


def _candidates(own: _Own) -> Iterator[tuple[int, int]]:
    """Pairs of paragraphs of different drafts that share one of their smallest hashes."""
    usable = np.flatnonzero(own.is_usable)
    sketches = [own.of(int(n))[:_SKETCH] for n in usable]
    if not sketches:
        return
    values = np.concatenate(sketches)
    owners = np.repeat(usable, [len(s) for s in sketches])
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    cuts = np.flatnonzero(np.diff(values)) + 1
    starts = np.concatenate(([0], cuts))
    ends = np.concatenate((cuts, [len(values)]))
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        bucket = owners[start:end].tolist()
        if len(bucket) <= _MOST_PAIRED:
            yield from combinations(bucket, 2)
        else:  # all with the first few, and each with the next
            for lead in bucket[:_SKETCH]:
                yield from ((lead, other) for other in bucket if other > lead)
            yield from pairwise(bucket)


def _copies(
    paragraphs: _Paragraphs, own: _Own
) -> dict[tuple[int, int], list[tuple[int, int, float]]]:
    """For each pair of drafts the paragraphs they share, each with its best partner."""
    found: dict[tuple[int, int], list[tuple[int, int, float]]] = {}
    draft_of = paragraphs.draft_of.tolist()
    sets: dict[int, frozenset[int]] = {}
    done: set[tuple[int, int]] = set()

    def pieces(paragraph: int) -> frozenset[int]:
        if paragraph not in sets:
            sets[paragraph] = frozenset(own.of(paragraph).tolist())
        return sets[paragraph]

    for one, other in _candidates(own):
        pair = (one, other) if one < other else (other, one)
        drafts = (draft_of[pair[0]], draft_of[pair[1]])
        if drafts[0] == drafts[1] or pair in done:
            continue
        done.add(pair)
        first, second = pieces(pair[0]), pieces(pair[1])
        if min(len(first), len(second)) < LIKENESS * max(len(first), len(second)):
            continue
        shared = len(first & second)
        likeness = shared / (len(first) + len(second) - shared)
        if likeness >= LIKENESS:
            places = paragraphs.place_in
            found.setdefault(drafts, []).append((places[pair[0]], places[pair[1]], likeness))
    return {key: _best(items) for key, items in found.items()}


def _best(items: Iterable[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Every paragraph once, with the partner most like it."""
    firsts: set[int] = set()
    seconds: set[int] = set()
    kept = []
    for first, second, likeness in sorted(items, key=lambda i: (-i[2], i[0], i[1])):
        if first not in firsts and second not in seconds:
            firsts.add(first)
            seconds.add(second)
            kept.append((int(first), int(second), likeness))
    return sorted(kept)


def _pair(
    prints: Sequence[DraftPrint],
    texts: Sequence[str],
    key: tuple[int, int],
    found: Sequence[tuple[int, int, float]],
) -> CopyPair:
    first, second = (prints[n] for n in key)
    passages = tuple(
        CopiedPassage(
            _passage(first, texts[key[0]], one), _passage(second, texts[key[1]], other), likeness
        )
        for one, other, likeness in found
    )
    is_same = bool(first.draft.unit) and first.draft.unit == second.draft.unit
    return CopyPair(
        *key,
        passages,
        _share([p.first for p in passages], first),
        _share([p.second for p in passages], second),
        is_same_unit=is_same,
        copier=None if is_same else _copier(key, prints, passages),
    )


def _passage(draft: DraftPrint, text: str, number: int) -> CohortParagraph:
    span = draft.paragraphs[number].span
    return CohortParagraph(span, span.of(text))


def _share(passages: Sequence[CohortParagraph], draft: DraftPrint) -> float:
    return min(1.0, sum(len(p.quote) for p in passages) / max(draft.draft.chars, 1))


def _copier(
    key: tuple[int, int], prints: Sequence[DraftPrint], passages: Sequence[CopiedPassage]
) -> int | None:
    """The draft whose shared paragraphs name the other unit, where only one does."""
    first, second = (_telling_names(prints[n], prints[m]) for n, m in (key, key[::-1]))
    in_first = any(name in p.first.quote for p in passages for name in second)
    in_second = any(name in p.second.quote for p in passages for name in first)
    if in_first == in_second:
        return None
    return key[0] if in_first else key[1]


def _telling_names(draft: DraftPrint, other: DraftPrint) -> list[str]:
    """Names of a unit that are no part of the other's names."""
    return [
        n for n in draft.names if len(n) >= _SHORT_NAME and not any(n in o for o in other.names)
    ]


def _shared(
    paragraphs: _Paragraphs,
    formulas: _Array,
    prints: Sequence[DraftPrint],
    texts: Sequence[str],
) -> list[SharedPhrase]:
    """Paragraphs of set phrases, each wording once, with the number of drafts that have it."""
    starts: _Array = np.searchsorted(paragraphs.owner, formulas)
    drafts: dict[int, set[int]] = {}
    shown: dict[int, str] = {}
    for number, start in zip(formulas.tolist(), starts.tolist(), strict=True):
        draft = int(paragraphs.draft_of[number])
        key = int(paragraphs.hashes[start])
        drafts.setdefault(key, set()).add(draft)
        if key not in shown:
            place = int(paragraphs.place_in[number])
            shown[key] = _passage(prints[draft], texts[draft], place).quote[:_SHOWN_FORMULA]
    counted = Counter({key: len(found) for key, found in drafts.items()})
    least = common_from(len(prints))
    return [
        SharedPhrase(shown[key], count)
        for key, count in counted.most_common(_MOST_SHARED)
        if count >= least
    ]
