"""The guard's evaluation: what is stopped that must not leave, and what is stopped in vain."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.core.errors import InputError
from app.drafting.model.egress import find_leaks
from eval.cases import datasets_dir, digest, read_json_lines
from eval.report import CaseEvidence, ReportTable, Run, Section

TASK = "guard"
_DATA = "guard.jsonl"
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class GuardCase:
    """A text that must be stopped, or must not; ``kinds`` are what the guard finds in it."""

    text: str
    is_sensitive: bool
    kind: str
    kinds: tuple[str, ...]

    @property
    def is_wrong(self) -> bool:
        """True where it is not stopped and should be, or the other way round."""
        return self.is_sensitive != bool(self.kinds)


def read_cases(path: Path) -> tuple[GuardCase, ...]:
    """The texts of a file of ``{"text", "sensitive", "kind"}`` lines, each put to the guard.

    Raises:
        InputError: the file cannot be read or a line lacks one of the three.
    """
    cases = []
    for number, row in enumerate(read_json_lines(path), start=1):
        match row:
            case {"text": str(text), "sensitive": bool(is_sensitive), "kind": str(kind)}:
                found = dict.fromkeys(leak.kind for leak in find_leaks([("正文", text)]))
                cases.append(GuardCase(text, is_sensitive, kind, tuple(found)))
            case _:
                raise InputError(
                    f"{path} 第{number}条要有 text（文字）、sensitive（true 或 false）和 kind"
                    "（种类），请补全后再试。"
                )
    if not cases:
        raise InputError(f"{path} 里没有样例，请每行写一个 JSON 对象。")
    return tuple(cases)


def run_guard(file: Path | None = None) -> Run:
    """Run on a file, by default on the bundled one.

    Raises:
        InputError: as :func:`read_cases`.
    """
    path = file or datasets_dir(TASK) / _DATA
    cases = read_cases(path)
    about = {"版本": f"pingan {__version__}", "数据集": f"{path.name} {digest(path)[:12]}"}
    return Run("外发检查", about, (_section(cases),))


def _section(cases: Sequence[GuardCase]) -> Section:
    sensitive = [case for case in cases if case.is_sensitive]
    harmless = [case for case in cases if not case.is_sensitive]
    missed = [case for case in sensitive if case.is_wrong]
    false = [case for case in harmless if case.is_wrong]
    metrics: dict[str, float | None] = {}
    if sensitive:
        metrics["stopped.share"] = 1 - len(missed) / len(sensitive)
    if harmless:
        metrics["harmless.stopped_share"] = len(false) / len(harmless)
    return Section(
        title="外发检查",
        notes=(
            f"该拦的拦住{len(sensitive) - len(missed)}/{len(sensitive)}，"
            f"不该拦的误拦{len(false)}/{len(harmless)}。",
        ),
        tables=(_table(cases),),
        evidence=(
            CaseEvidence("没有拦住", tuple(f"{c.kind}：{_shown(c.text)}" for c in missed)),
            CaseEvidence(
                "误拦", tuple(f"{c.kind}：{_shown(c.text)}（{'、'.join(c.kinds)}）" for c in false)
            ),
        ),
        metrics=metrics,
    )


def _table(cases: Sequence[GuardCase]) -> ReportTable:
    counts = Counter((case.is_sensitive, case.kind) for case in cases)
    wrong = Counter((case.is_sensitive, case.kind) for case in cases if case.is_wrong)
    rows = tuple(
        (kind, "该拦" if is_sensitive else "不该拦", str(count), str(wrong[is_sensitive, kind]))
        for (is_sensitive, kind), count in sorted(counts.items(), reverse=True)
    )
    return ReportTable(("种类", "该不该拦", "条数", "错"), rows)


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
