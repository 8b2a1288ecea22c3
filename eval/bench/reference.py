"""All rules beside a text linter written in Rust (``autocorrect-py``), on the same text."""

import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time

from app.core.errors import InputError
from app.formats import read_document
from eval.bench.rules import check_text, long_reports
from eval.report import ReportTable, Section

_REPEATS = 5
_SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@dataclass(frozen=True, slots=True)
class ReferenceSpeed:
    """Characters a second on one set of texts; ``reference`` is ``None`` where it is absent."""

    title: str
    chars: int
    ours: float
    reference: float | None


def real_reports() -> tuple[str, ...]:
    """The real reports beside the checkout (or in ``PINGAN_SHARED``), where there are any."""
    folder = Path(os.environ.get("PINGAN_SHARED", _SHARED)) / "corpus"
    texts = []
    for path in sorted(folder.glob("*.txt")):
        try:
            texts.append(read_document(path).text)
        except InputError:
            continue
    return tuple(texts)


def _lint(texts: tuple[str, ...]) -> float | None:
    """Seconds the reference takes; ``None`` where it is not installed."""
    try:
        linter = import_module("autocorrect_py")
    except ImportError:
        return None
    spent = []
    for _ in range(_REPEATS):
        start = process_time()
        for text in texts:
            linter.lint_for(text, "text")
        spent.append(process_time() - start)
    return median(spent)


def _rules(texts: tuple[str, ...]) -> float:
    spent = []
    check_text(texts[0])
    for _ in range(_REPEATS):
        start = process_time()
        for text in texts:
            check_text(text)
        spent.append(process_time() - start)
    return median(spent)


def measure_beside() -> tuple[ReferenceSpeed, ...]:
    """Both on the samples and, where present, on real reports; processor time, one core."""
    sets = {"样例（4000字一份）": long_reports(), "真实总结": real_reports()}
    found = []
    for title, texts in sets.items():
        if texts:
            chars = sum(map(len, texts))
            lint = _lint(texts)
            found.append(
                ReferenceSpeed(title, chars, chars / _rules(texts), chars / lint if lint else None)
            )
    return tuple(found)


def reference_section(beside: tuple[ReferenceSpeed, ...] | None = None) -> Section:
    """The measurement as a section of a run."""
    told = beside or measure_beside()
    rows = tuple(
        (
            b.title,
            f"{b.chars:,}",
            f"{b.ours:,.0f}",
            f"{b.reference:,.0f}" if b.reference else "没有安装",
            f"{b.ours / b.reference:.2f}" if b.reference else "—",
        )
        for b in told
    )
    columns = ("文字", "字数", "全部规则（字/秒）", "autocorrect-py（字/秒）", "之比")
    metrics: dict[str, float | None] = {
        f"reference.ratio.{b.title}": b.ours / b.reference if b.reference else None for b in told
    }
    return Section(
        title="与 Rust 文字检查器 autocorrect-py 比（单核，同一次运行）",
        notes=("autocorrect-py 只查空格和标点；这里的规则另要读数字、算总数、认部分和单位。",),
        tables=(ReportTable(columns, rows),),
        metrics=metrics,
    )
