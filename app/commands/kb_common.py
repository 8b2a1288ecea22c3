"""What the commands of ``pingan kb`` share: the open store, progress, tables, one line a report."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.commands.private import keep_private
from app.core.errors import InputError
from app.knowledge.records import ReportRecord
from app.knowledge.store import KnowledgeStore
from app.report.profile import PROFILE_NAMES
from app.services import knowledge
from app.settings import load_settings

PATH = click.Path(path_type=Path)
HOME = click.option("--home", type=PATH, help="数据文件夹；默认取 PINGAN_HOME。")
FORMAT = click.option(
    "--format",
    "output",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="输出格式。",
)
TYPE = click.Choice(PROFILE_NAMES)
YEAR = click.IntRange(1949, 2100)
UNKNOWN = "未识别"


@contextmanager
def opened(home: Path | None) -> Iterator[KnowledgeStore]:
    """The knowledge base, as configured."""
    settings = load_settings(home=home)
    keep_private(settings.home)
    with knowledge.open_store(settings) as store:
        yield store


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on stderr."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, name="")

        def report(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=name)

        yield report


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain aligned table that can be piped on."""
    widths = [max(_width(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


def print_json(value: object) -> None:
    """Plain values as indented JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def describe(record: ReportRecord) -> str:
    """One line on a report."""
    year = f"{record.year}年" if record.year else f"年度{UNKNOWN}"
    return (
        f"{record.name}（{record.unit or f'单位{UNKNOWN}'}，{year}，"
        f"{record.unit_type or f'类型{UNKNOWN}'}，{record.passages}段）"
    )


def find_one(store: KnowledgeStore, wanted: str) -> ReportRecord:
    """The one report that an id, a file name or a unit names.

    Raises:
        KnowledgeError: there is none.
        InputError: there are several.
    """
    found = knowledge.find_records(store, wanted)
    if len(found) > 1:
        listed = "；".join(f"{r.record_id} {r.unit} {r.year or ''}".strip() for r in found[:8])
        raise InputError(f"{wanted} 对得上{len(found)}份总结，请改用编号：{listed}。")
    return found[0]


def record_values(record: ReportRecord) -> dict[str, object]:
    """A report as plain values for JSON."""
    return {
        "id": record.record_id,
        "unit": record.unit,
        "year": record.year,
        "unit_type": record.unit_type,
        "title": record.title,
        "file": record.name,
        "passages": record.passages,
        "chars": record.chars,
        "added_at": record.added_at,
        "origin": str(record.origin),
        "corrected": corrected_fields(record),
    }


def corrected_fields(record: ReportRecord) -> list[str]:
    """Names of what the user has corrected."""
    said = record.corrections
    named = {"unit": said.unit, "year": said.year, "unit_type": said.unit_type, "parts": said.parts}
    return [name for name, value in named.items() if value]
