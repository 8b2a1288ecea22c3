"""Hybrid retrieval: dense and lexical ranks fused, then weighed by part, type and unit.

Nothing is read that grows with the store: the dense side answers ids, the lexical index is mapped
from disk, and only the texts of the best candidates are fetched.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from app.knowledge.embedders import Vectors
from app.knowledge.index.lexical import LexicalView, Mask, best
from app.knowledge.index.sync import fetch_passages, synced_view
from app.knowledge.metadata import is_same_unit
from app.knowledge.passage import Passage
from app.knowledge.records import ReportRecord
from app.knowledge.similarity import overlap, shingles
from app.knowledge.storage.vectors import NearId, VectorCollection
from app.knowledge.store import KnowledgeStore

_RANK_OFFSET = 20
_LEAST_CANDIDATES = 60
_CANDIDATES_PER_HIT = 6
_NEAREST, _MORE_NEAREST, _NEAR_PER_HIT = 200, 1000, 2
# Below this weight the dense ranks only break ties: a second, deeper look would change nothing.
_DEEPER_FROM = 0.2
_OWN_CANDIDATES = 10
_OWN_WEIGHT = 1.0
_OWN_LEAST = 0.5
_SAME_PART = 1.5
_SAME_TYPE = 1.15
_OWN_LAST_YEAR = 1.3
_OWN_OLDER = 1.1
_SAME_TEXT = 0.7


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. A rank of 0 means: not among the best of that side.

    ``why`` tells in Chinese what the score is made of; ``alike`` are the passages left out because
    they say nearly the same as this better one.
    """

    passage: Passage
    score: float
    dense_rank: int = 0
    lexical_rank: int = 0
    similarity: float = 0.0
    why: str = ""
    alike: tuple[Passage, ...] = ()


@dataclass(slots=True)
class _Rank:
    dense: int = 0
    lexical: int = 0
    own: int = 0
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
class _Scored:
    """A candidate, before its text is fetched."""

    id: str
    score: float
    rank: _Rank
    why: str


@dataclass(slots=True)
class _Snapshot:
    """What is visible in one store generation."""

    generation: str
    view: LexicalView
    records: dict[str, ReportRecord]
    vectors: VectorCollection | None
    visible: Mask
    reports_of: dict[str, list[str]]
    parts: dict[str, Mask] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of_unit(self, unit: str) -> tuple[str, ...]:
        """The unit's names as they stand in the store."""
        if not unit:
            return ()
        if unit not in self.names:
            self.names[unit] = tuple(n for n in self.reports_of if is_same_unit(n, unit))
        return self.names[unit]

    def units_mask(self, names: Iterable[str]) -> Mask:
        """True at the passages of these units."""
        return self.view.mask(report for name in names for report in self.reports_of[name])

    def part_mask(self, part: str) -> Mask:
        """True at the passages of a part."""
        if part not in self.parts:
            self.parts[part] = self.view.in_part(part)
        return self.parts[part]


def _take_snapshot(store: KnowledgeStore, generation: str) -> _Snapshot:
    records = {record.report_id: record for record in store.records()}
    view = synced_view(store, {key: record.passages for key, record in records.items()})
    reports_of: dict[str, list[str]] = {}
    for report_id, record in records.items():
        reports_of.setdefault(record.unit, []).append(report_id)
    return _Snapshot(generation, view, records, store.vectors, view.mask(records), reports_of)


class HybridRetriever:
    """Searches a store; what it caches is dropped as soon as the store changes."""

    def __init__(self, store: KnowledgeStore) -> None:
        self._store = store
        self._snapshot: _Snapshot | None = None
        self._lock = Lock()

    def _current(self) -> _Snapshot:
        with self._lock:
            generation = self._store.state.generation
            if self._snapshot is None or self._snapshot.generation != generation:
                self._store.refresh()
                self._snapshot = _take_snapshot(self._store, generation)
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
        allowed = snapshot.visible
        if left_out := snapshot.of_unit(exclude_unit):
            allowed = allowed & ~snapshot.units_mask(left_out)
        if not allowed.any():
            return ()
        own = frozenset(snapshot.of_unit(own_unit))
        years = (snapshot.records[r].year for name in own for r in snapshot.reports_of[name])
        search = _Search(
            snapshot,
            query,
            self._store.embedder.embed_query(query),
            k,
            _Wanted(part, unit_type, own, max(years, default=0), explain),
            getattr(self._store.embedder, "rank_weight", 1.0),
        )
        hits: list[Hit] = []
        for pool in _pools(snapshot, allowed, part):
            found = {hit.passage.id for hit in hits}
            scored = [item for item in self._scored(search, pool) if item.id not in found]
            hits = _distinct(hits, self._fetched(scored, k), k)
            if len(hits) == k:
                break
        return tuple(hits)

    def _scored(self, search: "_Search", pool: Mask) -> list[_Scored]:
        """The candidates of a pool, best first."""
        ranks = self._ranks(search, pool)
        scored = [_weigh(search, number, rank) for number, rank in ranks.items()]
        return sorted(scored, key=lambda item: (-item.score, item.id))

    def _ranks(self, search: "_Search", pool: Mask) -> dict[int, _Rank]:
        """Ranks of every candidate in the pool, by its number."""
        view = search.snapshot.view
        count = max(_LEAST_CANDIDATES, _CANDIDATES_PER_HIT * search.k)
        ranks: dict[int, _Rank] = {}
        nearest = self._nearest(search, pool)[:count]
        for place, (number, similarity) in enumerate(nearest, start=1):
            ranks[number] = _Rank(dense=place, similarity=similarity)
        scores = view.scores(search.query)
        found = best(scores, count, pool)
        for place, number in enumerate(found, start=1):
            ranks.setdefault(number, _Rank()).lexical = place
        if search.wanted.own_units and found:
            own = pool & search.snapshot.units_mask(search.wanted.own_units)
            own &= scores >= _OWN_LEAST * scores[found[0]]
            for place, number in enumerate(best(scores, _OWN_CANDIDATES, own), start=1):
                ranks.setdefault(number, _Rank()).own = place
        return ranks

    def _nearest(self, search: "_Search", pool: Mask) -> list[tuple[int, float]]:
        """Passages of the pool by their similarity; filtered here, for Chroma's filter is slow."""
        vectors = search.snapshot.vectors
        found: list[tuple[int, float]] = []
        if vectors is None:
            return found
        is_worth_more = search.dense_weight >= _DEEPER_FROM
        for reach in (_NEAREST, _MORE_NEAREST) if is_worth_more else (_NEAREST,):
            if reach not in search.nearest:
                search.nearest[reach] = vectors.nearest_ids(search.vector, reach)
            near = search.nearest[reach]
            numbers = ((search.snapshot.view.number(n.id), n.similarity) for n in near)
            found = [(number, alike) for number, alike in numbers if number >= 0 and pool[number]]
            if len(near) < reach or len(found) >= _NEAR_PER_HIT * search.k:
                break
        return found

    def _fetched(self, scored: Sequence[_Scored], k: int) -> Iterator[Hit]:
        """Hits with their texts, as many at a time as are likely to be used."""
        size = 2 * k + 4
        for start in range(0, len(scored), size):
            batch = scored[start : start + size]
            texts = fetch_passages(self._store, [item.id for item in batch])
            for item in batch:
                if item.id in texts:
                    rank = item.rank
                    yield Hit(
                        texts[item.id],
                        item.score,
                        rank.dense,
                        rank.lexical,
                        rank.similarity,
                        item.why,
                    )


@dataclass(frozen=True, slots=True)
class _Search:
    """One search: what is asked, of what, and how much the dense side counts."""

    snapshot: _Snapshot
    query: str
    vector: Vectors
    k: int
    wanted: _Wanted
    dense_weight: float
    nearest: dict[int, tuple[NearId, ...]] = field(default_factory=dict)


def _pools(snapshot: _Snapshot, allowed: Mask, part: str) -> Iterator[Mask]:
    """Where to look: first in the part asked for, then everywhere."""
    inside = allowed & snapshot.part_mask(part) if part else allowed
    if part and inside.any():
        yield inside
    yield allowed


def _weigh(search: _Search, number: int, rank: _Rank) -> _Scored:
    """Fuse the ranks and apply the preferences."""
    wanted, key = search.wanted, search.snapshot.view.passage_id(number)
    record = search.snapshot.records[key.rpartition("-")[0]]
    fused = (
        (search.dense_weight, rank.dense),
        (1.0, rank.lexical),
        (_OWN_WEIGHT, rank.own),
    )
    score = sum(weight / (_RANK_OFFSET + place) for weight, place in fused if place)
    reasons = [
        f"语义第{rank.dense}（相似{rank.similarity:.2f}）" if rank.dense else "语义未入选",
        f"字词第{rank.lexical}" if rank.lexical else "字词未入选",
    ]
    if wanted.part and search.snapshot.part_mask(wanted.part)[number]:
        score *= _SAME_PART
        reasons.append(f"同一部分×{_SAME_PART}")
    if wanted.unit_type and record.unit_type == wanted.unit_type:
        score *= _SAME_TYPE
        reasons.append(f"同类单位×{_SAME_TYPE}")
    if record.unit in wanted.own_units:
        is_last = record.year == wanted.last_year
        score *= _OWN_LAST_YEAR if is_last else _OWN_OLDER
        if rank.own:
            reasons.append(f"本单位第{rank.own}")
        reasons.append(
            f"本单位最近一年×{_OWN_LAST_YEAR}" if is_last else f"本单位往年×{_OWN_OLDER}"
        )
    return _Scored(key, score, rank, "，".join(reasons) if wanted.is_explained else "")


def _distinct(kept: Iterable[Hit], hits: Iterable[Hit], k: int) -> list[Hit]:
    """``kept`` with those of ``hits`` that do not say the same as a better one, ``k`` in all."""
    found = list(kept)
    seen = [shingles(hit.passage.text) for hit in found]
    for hit in hits:
        pieces = shingles(hit.passage.text)
        same = next((i for i, other in enumerate(seen) if overlap(pieces, other) > _SAME_TEXT), -1)
        if same >= 0:
            found[same] = replace(found[same], alike=(*found[same].alike, hit.passage))
            continue
        found.append(hit)
        seen.append(pieces)
        if len(found) == k:
            break
    return found
