"""Hybrid retrieval: dense and lexical ranks fused, then weighed by part, type and unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from app.knowledge.embedders import Vectors
from app.knowledge.lexical import LexicalIndex
from app.knowledge.metadata import is_same_unit
from app.knowledge.passage import Passage
from app.knowledge.similarity import overlap, shingles
from app.knowledge.store import KnowledgeStore

Mask = NDArray[np.bool_]

_RANK_OFFSET = 60
_LEAST_CANDIDATES = 40
_CANDIDATES_PER_HIT = 6
_SAME_PART = 1.5
_SAME_TYPE = 1.15
_OWN_LAST_YEAR = 1.3
_OWN_OLDER = 1.1
_SAME_TEXT = 0.7


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. A rank of 0 means: not among the best of that side.

    ``why`` tells in Chinese what the score is made of.
    """

    passage: Passage
    score: float
    dense_rank: int = 0
    lexical_rank: int = 0
    similarity: float = 0.0
    why: str = ""


@dataclass(slots=True)
class _Rank:
    dense: int = 0
    lexical: int = 0
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the search prefers."""

    part: str
    unit_type: str
    own_units: frozenset[str]
    last_year: int
    is_explained: bool


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The visible passages of one store generation."""

    generation: str
    index: LexicalIndex
    position_of: dict[str, int]
    in_part: dict[str, Mask]
    in_unit: dict[str, Mask]
    last_year: dict[str, int]

    def of_unit(self, unit: str) -> list[str]:
        """The unit's names as they stand in the store."""
        return [name for name in self.in_unit if is_same_unit(name, unit)] if unit else []


class HybridRetriever:
    """Searches a store; what it caches is dropped as soon as the store changes."""

    def __init__(self, store: KnowledgeStore) -> None:
        self._store = store
        self._snapshot: _Snapshot | None = None
        self._lock = Lock()

    def _current(self) -> _Snapshot:
        with self._lock:
            self._store.refresh()
            generation = self._store.state.generation
            if self._snapshot is None or self._snapshot.generation != generation:
                passages = self._store.passages()
                self._snapshot = _Snapshot(
                    generation,
                    LexicalIndex(passages, self._store.folder / "cache"),
                    {p.id: i for i, p in enumerate(passages)},
                    _masks([p.part for p in passages]),
                    _masks([p.unit for p in passages]),
                    _last_years(passages),
                )
            return self._snapshot

    def search(
        self,
        query: str,
        *,
        k: int = 6,
        part: str = "",
        unit_type: str = "",
        own_unit: str = "",
        exclude_unit: str = "",
        explain: bool = True,
    ) -> tuple[Hit, ...]:
        """The ``k`` best passages, best first, without near-duplicates.

        Passages of ``part`` come first; others fill up where there are too few. Passages of the
        same ``unit_type`` and of ``own_unit`` (its last year most) weigh more; those of
        ``exclude_unit`` are left out. ``explain`` fills in ``Hit.why``.

        Raises:
            KnowledgeError: the store cannot be read.
        """
        if k <= 0 or not query.strip():
            return ()
        snapshot = self._current()
        passages = snapshot.index.passages
        allowed = np.ones(len(passages), dtype=bool)
        for name in snapshot.of_unit(exclude_unit):
            allowed &= ~snapshot.in_unit[name]
        if not allowed.any():
            return ()
        ranks = self._ranks(query, snapshot, allowed, k=k, part=part)
        own = frozenset(snapshot.of_unit(own_unit))
        last_year = max((snapshot.last_year[name] for name in own), default=0)
        wanted = _Wanted(part, unit_type, own, last_year, explain)
        hits = [_weigh(passages[i], rank, wanted) for i, rank in ranks.items()]
        hits.sort(key=lambda h: (-h.score, h.passage.id))
        return _distinct(hits, k)

    def _ranks(
        self, query: str, snapshot: _Snapshot, allowed: Mask, *, k: int, part: str
    ) -> dict[int, _Rank]:
        """Dense and lexical rank of every candidate, by position."""
        count = max(_LEAST_CANDIDATES, _CANDIDATES_PER_HIT * k)
        inside = allowed & snapshot.in_part.get(part, np.zeros_like(allowed))
        ranks: dict[int, _Rank] = {}
        pools: list[tuple[Mask, dict[str, str] | None]] = []
        if part and inside.any():
            pools.append((inside, {"part": part}))
        if not part or inside.sum() < k:
            pools.append((allowed, None))
        vector = self._store.embedder.embed_query(query)
        for pool, where in pools:
            for position, similarity in self._dense(vector, snapshot, pool, count, where):
                rank = ranks.setdefault(position, _Rank())
                if not rank.dense:
                    rank.dense = 1 + sum(1 for r in ranks.values() if r.dense)
                    rank.similarity = similarity
            for position in snapshot.index.search(query, count, pool):
                rank = ranks.setdefault(position, _Rank())
                if not rank.lexical:
                    rank.lexical = 1 + sum(1 for r in ranks.values() if r.lexical)
        return ranks

    def _dense(
        self,
        vector: Vectors,
        snapshot: _Snapshot,
        pool: Mask,
        count: int,
        where: dict[str, str] | None,
    ) -> Iterable[tuple[int, float]]:
        vectors = self._store.vectors
        if vectors is None:
            return
        left_out = int((~pool).sum()) if where is None else 0
        for near in vectors.nearest(vector, count + min(left_out, 4 * count), where):
            position = snapshot.position_of.get(near.id)
            if position is not None and pool[position]:
                yield position, near.similarity


def _masks(values: Sequence[str]) -> dict[str, Mask]:
    """For each value, at which positions it stands."""
    array = np.asarray(values, dtype=object)
    return {value: np.asarray(array == value, dtype=bool) for value in set(values)}


def _last_years(passages: Iterable[Passage]) -> dict[str, int]:
    """The newest year of each unit."""
    years: dict[str, int] = {}
    for passage in passages:
        years[passage.unit] = max(passage.year, years.get(passage.unit, 0))
    return years


def _weigh(passage: Passage, rank: _Rank, wanted: _Wanted) -> Hit:
    """Fuse the two ranks and apply the preferences."""
    score = sum(1.0 / (_RANK_OFFSET + r) for r in (rank.dense, rank.lexical) if r)
    reasons = [
        f"语义第{rank.dense}（相似{rank.similarity:.2f}）" if rank.dense else "语义未入选",
        f"字词第{rank.lexical}" if rank.lexical else "字词未入选",
    ]
    if wanted.part and passage.part == wanted.part:
        score *= _SAME_PART
        reasons.append(f"同一部分×{_SAME_PART}")
    if wanted.unit_type and passage.unit_type == wanted.unit_type:
        score *= _SAME_TYPE
        reasons.append(f"同类单位×{_SAME_TYPE}")
    if passage.unit in wanted.own_units:
        is_last = passage.year == wanted.last_year
        score *= _OWN_LAST_YEAR if is_last else _OWN_OLDER
        reasons.append(
            f"本单位最近一年×{_OWN_LAST_YEAR}" if is_last else f"本单位往年×{_OWN_OLDER}"
        )
    return Hit(
        passage,
        score,
        rank.dense,
        rank.lexical,
        rank.similarity,
        "，".join(reasons) if wanted.is_explained else "",
    )


def _distinct(hits: Iterable[Hit], k: int) -> tuple[Hit, ...]:
    """The first ``k`` hits that do not say the same as a better one."""
    kept: list[Hit] = []
    seen: list[frozenset[str]] = []
    for hit in hits:
        pieces = shingles(hit.passage.text)
        if any(overlap(pieces, other) > _SAME_TEXT for other in seen):
            continue
        kept.append(hit)
        seen.append(pieces)
        if len(kept) == k:
            break
    return tuple(kept)
