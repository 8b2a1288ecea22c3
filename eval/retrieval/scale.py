"""How the store grows: time to take in a passage, time to search, memory, by number of passages."""

import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from app.knowledge.embedders import Embedder, HashedNgramEmbedder, Vectors
from app.knowledge.records import prepare_report
from app.knowledge.retriever import HybridRetriever
from app.knowledge.store import KnowledgeStore
from app.language.structure.sentences import sentences
from eval.cases import sample_cases
from eval.report import ReportTable, Section
from eval.retrieval.judged import load_queries

SIZES = (1_000, 10_000, 100_000)
MOST_MS, MOST_GROWTH, MOST_SLOWDOWN = 30.0, 2.0, 1.2
_WINDOW = 0.2
_QUERIES = 150
_REPEATS = 3
_SECTIONS = 20
_PER_SECTION = 4
_PLACES = "云溪岭湾桥坪林泉石塘沙柳枫竹梅松河谷峰原洲港渡田垭坝滩坡湖江"
_HEADINGS = (
    "加强组织领导", "矛盾纠纷化解", "信访工作", "安全生产", "消防安全", "道路交通安全",
    "治安防控", "反诈宣传", "校园安全", "特殊人群服务管理", "法治宣传", "网格化管理",
)  # fmt: skip
_NUMERALS = "一二三四五六七八九十"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """What was measured at one size. Times are milliseconds, memory is MB."""

    passages: int
    ingest_ms: float
    first_ms: float
    median_ms: float
    p95_ms: float
    peak_mb: float


class _KnownQueries:
    """An embedder that has embedded the queries beforehand: their time is not the store's."""

    def __init__(self, inner: Embedder, queries: Sequence[str]) -> None:
        self.name, self.dimensions = inner.name, inner.dimensions
        self.rank_weight = getattr(inner, "rank_weight", 1.0)
        self._inner = inner
        self._known = {query: inner.embed_query(query) for query in queries}

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """As the embedder does."""
        return self._inner.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        """The vector that is known."""
        return self._known[text]


def _sample_sentences() -> list[str]:
    found = [
        span.of(case.document.text).strip()
        for case in sample_cases()
        for span in sentences(case.document.text)
    ]
    return sorted({text for text in found if 20 <= len(text) <= 150 and text.endswith("。")})


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = "" if tens == 0 else ("十" if tens == 1 else _NUMERALS[tens - 1] + "十")
    return digits + (_NUMERALS[ones - 1] if ones else "")


def synthetic_report(number: int, stock: Sequence[str]) -> tuple[str, str]:
    """Name and text of a made-up report: sentences of the samples in another order."""
    rng = Random(number)  # noqa: S311
    naming = Random(number // 2)  # noqa: S311  # two years of each unit
    county, town = ("".join(naming.sample(_PLACES, 3)) for _ in range(2))
    unit, year = f"{county}县{town}镇", 2023 + number % 2
    lines = [f"{unit}{year}年平安建设工作总结"]
    for section in range(1, _SECTIONS + 1):
        body = "".join(rng.sample(stock, _PER_SECTION))
        lines += [f"{_numeral(section)}、{rng.choice(_HEADINGS)}", body]
    return f"{year}_{unit}.txt", "\n".join(lines)


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _fastest(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begun = perf_counter()
        work()
        times.append(1000 * (perf_counter() - begun))
    return min(times)


def _searches(store: KnowledgeStore, texts: Sequence[str]) -> list[Callable[[], object]]:
    """Searches as the drafting asks: a part, a type and the own unit each now and then."""
    retriever = HybridRetriever(store)
    units = sorted({record.unit for record in store.records()})[:50]
    parts = ("", "disputes", "safety", "petitions")

    def search(number: int, text: str) -> Callable[[], object]:
        part, own = parts[number % len(parts)], units[number % len(units)]
        own_unit = own if number % 2 else ""
        return lambda: retriever.search(
            text, k=6, part=part, unit_type="乡镇", own_unit=own_unit, explain=False
        )

    return [search(number, text) for number, text in enumerate(texts)]


def measure_scale(
    sizes: Sequence[int] = SIZES, *, embedder: Embedder | None = None, progress: Progress = print
) -> tuple[Mark, ...]:
    """Grow one store through the sizes and measure at each."""
    texts = [query.text for query in load_queries()][:_QUERIES]
    known = _KnownQueries(embedder or HashedNgramEmbedder(), texts)
    stock = _sample_sentences()
    marks: list[Mark] = []
    with (
        TemporaryDirectory(prefix="pingan-scale-") as folder,
        KnowledgeStore(Path(folder), known) as store,
    ):
        passages, number = 0, 0
        for size in sizes:
            window_from = size - _WINDOW * size if marks else 0
            spent, taken = 0.0, 0
            with store.batch():
                while passages < size:
                    name, text = synthetic_report(number, stock)
                    number += 1
                    begun = process_time()
                    report = prepare_report(text, source=name, name=name)
                    count = store.add(report).record.passages
                    if passages >= window_from:
                        spent, taken = spent + process_time() - begun, taken + count
                    passages += count
            searches = _searches(store, texts)
            first = _fastest(searches[0], 1)
            times = sorted(_fastest(search, _REPEATS) for search in searches)
            marks.append(
                Mark(
                    passages,
                    1000 * spent / taken,
                    first,
                    times[len(times) // 2],
                    times[int(0.95 * len(times))],
                    _peak_mb(),
                )
            )
            progress(f"{passages:,}段")
    return tuple(marks)


def scale_section(marks: Sequence[Mark]) -> Section:
    """The measurement as a section of a run."""
    rows = tuple(
        (
            f"{mark.passages:,}",
            f"{mark.ingest_ms:.2f}",
            f"{mark.median_ms:.1f}",
            f"{mark.p95_ms:.1f}",
            f"{mark.first_ms:.0f}",
            f"{mark.peak_mb:,.0f}",
        )
        for mark in marks
    )
    heads = (
        "段数",
        "收入（毫秒/段）",
        "检索中位（毫秒）",
        "检索p95",
        "改动后第一次",
        "内存峰值（MB）",
    )
    last, before = marks[-1], marks[-2] if len(marks) > 1 else marks[-1]
    growth, slowdown = last.p95_ms / before.p95_ms, last.ingest_ms / before.ingest_ms
    return Section(
        title=f"规模：合成报告，逐份收入到{last.passages:,}段",
        notes=(
            f"检索p95为{last.p95_ms:.1f}毫秒（应不超过{MOST_MS:.0f}），"
            f"是{before.passages:,}段时的{growth:.2f}倍（应不超过{MOST_GROWTH:.0f}）；"
            f"收入每段用时是{before.passages:,}段时的{slowdown:.2f}倍（应不超过{MOST_SLOWDOWN}）。",
            "检索不含查询的向量计算，每条取三次中最快的一次；收入按处理器时间，取最后五分之一。",
        ),
        tables=(ReportTable(heads, rows),),
        metrics={
            "scale.p95_ms": last.p95_ms,
            "scale.p95_growth": growth,
            "scale.ingest_growth": slowdown,
            "scale.peak_mb": last.peak_mb,
        },
    )


def main() -> None:
    """Print the measurement: ``python -m eval.retrieval.scale``."""
    from eval.report import Run, render_text  # noqa: PLC0415  # only when run as a command

    sizes = tuple(int(size) for size in sys.argv[1:]) or SIZES
    marks = measure_scale(sizes, progress=lambda told: print(told, file=sys.stderr))  # noqa: T201
    print(render_text(Run("规模", {}, (scale_section(marks),))))  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
