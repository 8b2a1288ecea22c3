"""The retrieval task: passages judged by topic, held-out units, every embedder and the hybrid."""

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app import __version__
from app.knowledge.embedders import Embedder
from app.settings import Settings
from eval.cases import compute_manifest
from eval.report import CaseEvidence, DocumentScore, ReportTable, Run, Section
from eval.retrieval.judged import (
    HELD_OUT,
    KIND_TITLES,
    SPLIT_TITLES,
    TASK,
    Collection,
    Query,
    load_queries,
    load_reports,
    make_collections,
)
from eval.retrieval.measures import (
    DEPTH,
    MEASURE_TITLES,
    MEASURES,
    Estimate,
    estimate,
    measure,
)
from eval.retrieval.scale import SIZES, measure_scale, scale_section
from eval.retrieval.systems import (
    BM25,
    HASHED,
    RankingSystem,
    available_embedders,
    dense_system,
    filled_store,
    hybrid_system,
    lexical_system,
    random_system,
)

__all__ = ["TASK", "RetrieveOptions", "run_retrieve", "run_scale"]

Progress = Callable[[str], None]
_MISSED = 0.2


@dataclass(frozen=True, slots=True)
class RetrieveOptions:
    """What to run the task on; ``embedders`` empty measures those that are there."""

    corpus: Path | None = None
    settings: Settings | None = None
    embedders: tuple[str, ...] = ()
    with_dev: bool = True


@dataclass(frozen=True, slots=True)
class Ranked:
    """One system's measures for each query."""

    system: RankingSystem
    values: Mapping[str, Mapping[str, float]]

    def of(self, name: str, kind: str = "", queries: tuple[Query, ...] = ()) -> list[float]:
        """One measure over all queries, or over those of one kind."""
        chosen = [q.id for q in queries if q.kind == kind] if kind else list(self.values)
        return [self.values[key][name] for key in chosen]


@dataclass(frozen=True, slots=True)
class Filling:
    """How fast an embedder takes reports in."""

    name: str
    chars_per_s: float


def _silent(_: str) -> None:
    return


def _judged(collection: Collection, system: RankingSystem) -> Ranked:
    return Ranked(
        system,
        {q.id: measure(system.rank(q), collection.grades[q.id]) for q in collection.queries},
    )


def rank_all(
    collection: Collection, embedders: Mapping[str, Embedder], progress: Progress = _silent
) -> tuple[tuple[Ranked, ...], tuple[Filling, ...]]:
    """Every system over one collection."""
    ranked = [_judged(collection, random_system(collection))]
    fillings: list[Filling] = []
    for name, embedder in embedders.items():
        progress(f"{SPLIT_TITLES[collection.split]}·{name}")
        with filled_store(collection, embedder) as filled:
            fillings.append(Filling(name, filled.chars / filled.seconds))
            if len(ranked) == 1:
                ranked.append(_judged(collection, lexical_system(filled.store)))
            ranked += [
                _judged(collection, dense_system(name, filled.store)),
                _judged(collection, hybrid_system(name, filled.store)),
                _judged(collection, hybrid_system(name, filled.store, with_part=True)),
            ]
    return tuple(ranked), tuple(fillings)


def _difference(ranked: Mapping[str, Ranked], one: str, other: str) -> Estimate:
    pairs = zip(ranked[one].of("ndcg"), ranked[other].of("ndcg"), strict=True)
    return estimate([a - b for a, b in pairs])


def _gains(ranked: tuple[Ranked, ...]) -> Iterator[tuple[str, str, Estimate]]:
    """Each hybrid against the sides it is made of, query by query."""
    by_name = {item.system.name: item for item in ranked}
    for name in by_name:
        hybrid = f"hybrid_{name}"
        if hybrid in by_name:
            for single in (BM25, name):
                yield hybrid, single, _difference(by_name, hybrid, single)


def _main_table(collection: Collection, ranked: tuple[Ranked, ...]) -> ReportTable:
    heads = [*MEASURE_TITLES.values(), *(f"{t}（nDCG）" for t in KIND_TITLES.values())]
    rows = []
    for item in ranked:
        cells = [str(estimate(item.of(name))) for name in MEASURES]
        for kind in KIND_TITLES:
            values = item.of("ndcg", kind, collection.queries)
            cells.append(f"{np.mean(values):.3f}" if values else "—")
        rows.append((item.system.title, *cells))
    return ReportTable(("方法", *heads), tuple(rows))


def _gain_table(ranked: tuple[Ranked, ...]) -> ReportTable:
    titles = {item.system.name: item.system.title for item in ranked}
    rows = tuple(
        (titles[hybrid], titles[single], f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]")
        for hybrid, single, gain in _gains(ranked)
    )
    return ReportTable(("混合", "对比单用", f"nDCG@{DEPTH} 之差"), rows)


def _fill_table(fillings: tuple[Filling, ...]) -> ReportTable:
    rows = tuple((f.name, f"{f.chars_per_s:,.0f}") for f in fillings)
    return ReportTable(("向量器", "收入速度（字/秒，含切分和写库）"), rows)


def _missed(collection: Collection, ranked: tuple[Ranked, ...]) -> CaseEvidence:
    hybrid = next(item for item in ranked if item.system.name == f"hybrid_{HASHED}")
    lines = tuple(
        f"{q.id}（{KIND_TITLES[q.kind]}，{hybrid.values[q.id]['ndcg']:.2f}）：{q.text}"
        for q in collection.queries
        if hybrid.values[q.id]["ndcg"] < _MISSED
    )
    return CaseEvidence(f"混合检索（散列）nDCG低于{_MISSED}的查询", lines)


def collection_section(
    collection: Collection,
    ranked: tuple[Ranked, ...],
    fillings: tuple[Filling, ...],
    *,
    family: str,
) -> Section:
    """One half's tables and metrics; ``family`` begins the metrics' names."""
    prefix = f"{family}.{collection.split}"
    metrics: dict[str, float | None] = {f"{prefix}.queries": float(len(collection.queries))}
    scores: list[DocumentScore] = []
    for item in ranked:
        for name in MEASURES:
            metric = f"{prefix}.{item.system.name}.{name}"
            metrics[metric] = estimate(item.of(name)).value
            scores += [
                DocumentScore(metric, key, values[name]) for key, values in item.values.items()
            ]
    for hybrid, single, gain in _gains(ranked):
        metrics[f"{prefix}.{hybrid}.over_{single}"] = gain.value
    return Section(
        title=(
            f"{SPLIT_TITLES[collection.split]}单位：{len(collection.reports)}份报告，"
            f"{len(collection.passages)}段，{len(collection.queries)}条查询"
        ),
        notes=("方括号内是95%置信区间：按查询重抽样2,000次，种子固定。",),
        tables=(_main_table(collection, ranked), _gain_table(ranked), _fill_table(fillings)),
        evidence=(_missed(collection, ranked),),
        metrics=metrics,
        scores=tuple(scores),
    )


def _about() -> dict[str, str]:
    files = compute_manifest(TASK)
    shown = [f"{name} {value[:12]}" for name, value in files.items() if name.endswith(".tsv")]
    return {
        "版本": f"pingan {__version__}",
        "Python": platform.python_version(),
        "数据集": "；".join(shown),
    }


def run_retrieve(options: RetrieveOptions, progress: Progress = _silent) -> Run:
    """Run the whole task.

    Raises:
        InputError: the corpus is not the one that was labelled.
        ConfigError: the configured embedder lacks something.
    """
    embedders = available_embedders(options.settings)
    if options.embedders:
        embedders = {name: embedders[name] for name in options.embedders}
    collections = make_collections(load_reports(options.corpus), load_queries())
    family = "sampled" if options.corpus is None else "corpus"
    sections = [
        collection_section(collection, *rank_all(collection, embedders, progress), family=family)
        for collection in reversed(collections)
        if options.with_dev or collection.split == HELD_OUT
    ]
    return Run("检索", _about(), tuple(sections))


def run_scale(most: int, progress: Progress = _silent) -> Run:
    """Grow a store to ``most`` passages and measure on the way."""
    sizes = [size for size in SIZES if size < most] + [most]
    marks = measure_scale(sizes, progress=progress)
    return Run("检索规模", _about(), (scale_section(marks),))
