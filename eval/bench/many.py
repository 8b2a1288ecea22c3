"""A thousand drafts in two processes, compared: time, memory, growth with their number."""

import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from eval.bench.drafts import write_drafts
from eval.bench.timing import Timing, python, run
from eval.report import ReportTable, Section

COUNTS = (500, 1000, 2000)
BAR_S = 60
BAR_BYTES = 2**30
BAR_GROWTH = 2 * 1.15
_JOBS = 2


@dataclass(frozen=True, slots=True)
class BatchTiming:
    """One number of drafts."""

    count: int
    chars: int
    timing: Timing


def measure_many(counts: tuple[int, ...] = COUNTS) -> tuple[BatchTiming, ...]:
    """Check each number of drafts in fresh processes, the comparison and the JSON included."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for count in counts:
            folder = home / str(count)
            folder.mkdir()
            chars = write_drafts(folder, count)
            out = str(home / f"{count}.json")
            command = ("-m", "app.cli", "check", str(folder), "--format", "json", "-o", out)
            timing = run(python(*command, "--jobs", str(_JOBS)), home=home, has_memory=True)
            found.append(BatchTiming(count, chars, timing))
    return tuple(found)


def _growth(batches: tuple[BatchTiming, ...]) -> list[float | None]:
    """Processor time of each over that of the one before, for twice as many drafts."""
    found: list[float | None] = [None]
    for before, now in pairwise(batches):
        ratio = now.timing.cpu_s / before.timing.cpu_s
        found.append(ratio * 2 * before.count / now.count)
    return found


def _mib(size: int | None) -> str:
    return "—" if size is None else f"{size / 2**20:,.0f}"


def many_section(batches: tuple[BatchTiming, ...] | None = None) -> Section:
    """The measurement as a section of a run."""
    told = batches or measure_many()
    growth = _growth(told)
    rows = tuple(
        (
            f"{b.count}份",
            f"{b.chars:,}",
            f"{b.timing.wall_s:.1f}",
            f"{b.timing.cpu_s:.1f}",
            _mib(b.timing.peak_bytes),
            "—" if ratio is None else f"{ratio:.2f}",
        )
        for b, ratio in zip(told, growth, strict=True)
    )
    metrics: dict[str, float | None] = {}
    for b, ratio in zip(told, growth, strict=True):
        peak = b.timing.peak_bytes
        metrics[f"many.{b.count}.wall_s"] = b.timing.wall_s
        metrics[f"many.{b.count}.peak_mib"] = None if peak is None else peak / 2**20
        metrics[f"many.{b.count}.growth"] = ratio
    columns = ("份数", "字数", "历时（秒）", "处理器（秒）", "内存峰值（MiB）", "翻一番用时倍数")
    return Section(
        title=f"多份核查（--jobs {_JOBS}，含各份对比和JSON）",
        notes=(
            f"上限：1000份{BAR_S}秒、所有进程合计1 GiB；份数翻一番，用时至多{BAR_GROWTH:.1f}倍。",
        ),
        tables=(ReportTable(columns, rows),),
        metrics=metrics,
    )
