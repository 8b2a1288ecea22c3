"""Runs as JSON: written, kept among the user's data, read back for a page or a comparison."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.core.errors import ExportError, InputError
from app.core.files import write_atomically
from app.core.private import make_private_folder
from eval.gating import GateStatus, TaskRun
from eval.report import (
    CaseEvidence,
    DocumentScore,
    PlotPoint,
    Pool,
    ReportTable,
    Run,
    Section,
    render_markdown,
)

ALL = "all"
_KEPT = 30
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run among the user's data."""

    folder: Path
    task: str


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "notes": list(section.notes),
        "metrics": dict(section.metrics),
        "tables": [
            {"columns": list(t.columns), "rows": [list(r) for r in t.rows]} for t in section.tables
        ],
        "evidence": {e.title: list(e.lines) for e in section.evidence},
        "scores": [
            [s.metric, s.document, _rounded(s.value), s.units, s.pool.value] for s in section.scores
        ],
        "points": [
            [p.label, _rounded(p.recall), _rounded(p.precision), p.weight] for p in section.points
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _payload(item: TaskRun) -> dict[str, Any]:
    return {
        "schema_version": _SCHEMA,
        "task": item.task,
        "title": item.run.task,
        "about": dict(item.run.about),
        "metrics": {name: _rounded(value) for name, value in item.run.metrics.items()},
        "gates": [
            {
                "metric": g.metric,
                "value": _rounded(g.value),
                "committed": g.committed,
                "bound": g.bound,
                "is_ceiling": g.is_ceiling,
                "reason": g.reason,
            }
            for g in item.gates
        ],
        "sections": [_section(section) for section in item.run.sections],
    }


def to_json(items: Sequence[TaskRun]) -> str:
    """One task as itself, several as ``all``."""
    if len(items) == 1:
        return _dump(_payload(items[0]))
    metrics = {
        f"{item.task}.{name}": _rounded(value)
        for item in items
        for name, value in item.run.metrics.items()
    }
    runs = [_payload(item) for item in items]
    return _dump({"schema_version": _SCHEMA, "task": ALL, "metrics": metrics, "runs": runs})


def _dump(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str, *, name: str) -> tuple[TaskRun, ...]:
    """The runs that :func:`to_json` wrote; ``name`` is shown to people.

    Raises:
        InputError: it is no such file.
    """
    try:
        payload = json.loads(text)
        rows = payload["runs"] if payload["task"] == ALL else [payload]
        return tuple(_task_run(row) for row in rows)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InputError(
            f"{name} 不是评测结果，或者是旧版本写的；请用 pingan eval 重新评测一次。"
        ) from error


def _task_run(row: Mapping[str, Any]) -> TaskRun:
    run = Run(str(row["title"]), dict(row["about"]), tuple(map(_read_section, row["sections"])))
    return TaskRun(str(row["task"]), run, tuple(GateStatus(**gate) for gate in row["gates"]))


def _read_section(row: Mapping[str, Any]) -> Section:
    return Section(
        title=row["title"],
        tables=tuple(
            ReportTable(tuple(t["columns"]), tuple(tuple(r) for r in t["rows"]))
            for t in row["tables"]
        ),
        evidence=tuple(
            CaseEvidence(title, tuple(lines)) for title, lines in row["evidence"].items()
        ),
        metrics=dict(row["metrics"]),
        notes=tuple(row["notes"]),
        scores=tuple(
            DocumentScore(metric, document, value, units, Pool(pool))
            for metric, document, value, units, pool in row["scores"]
        ),
        points=tuple(PlotPoint(*point) for point in row["points"]),
    )


def task_of(items: Sequence[TaskRun]) -> str:
    """What the files of these runs are called."""
    return items[0].task if len(items) == 1 else ALL


def write_runs(folder: Path, items: Sequence[TaskRun]) -> None:
    """Write the runs as Markdown, JSON and a page that stands alone.

    Raises:
        ExportError: the folder cannot be made or written to.
    """
    from eval.html import render_html  # noqa: PLC0415  # only where a run is written

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"建不了文件夹 {folder}，请换个位置再试。") from error
    name = task_of(items)
    write_atomically(folder / f"{name}.md", "\n".join(render_markdown(i.run) for i in items))
    write_atomically(folder / f"{name}.html", render_html(items))
    write_atomically(folder / f"{name}.json", to_json(items))


def keep_runs(home: Path, items: Sequence[TaskRun], now: datetime) -> Path:
    """Keep the runs among the user's data; the oldest beyond thirty are let go.

    Raises:
        ExportError: they cannot be written.
    """
    checkpoint = home / "eval"
    make_private_folder(checkpoint)
    folder = checkpoint / f"{now:%Y%m%d-%H%M%S-%f}-{task_of(items)}"
    write_runs(folder, items)
    for old in list(kept_runs(home))[_KEPT:]:
        shutil.rmtree(old.folder, ignore_errors=True)
    return folder


def kept_runs(home: Path) -> Iterable[KeptRun]:
    """The runs that are kept, the latest first."""
    checkpoint = home / "eval"
    if not checkpoint.is_dir():
        return
    for folder in sorted(checkpoint.iterdir(), key=lambda p: p.name, reverse=True):
        task = folder.name.rpartition("-")[2]
        if (folder / f"{task}.json").is_file():
            yield KeptRun(folder, task)


def read_runs(path: Path) -> tuple[TaskRun, ...]:
    """The runs in a file, or in a folder that ``-o`` wrote.

    Raises:
        InputError: there are none.
    """
    file = path
    if path.is_dir():
        found = [
            p
            for name in (ALL, "check", "retrieve", "draft", "first_contact")
            if (p := path / f"{name}.json").is_file()
        ]
        if not found:
            raise InputError(f"{path} 里没有评测结果（all.json、check.json……），请换一个文件夹。")
        if found[0].stem != ALL:
            return tuple(run for p in found for run in read_runs(p))
        file = found[0]
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了评测结果 {file}，请检查路径。") from error
    return from_json(text, name=str(file))
