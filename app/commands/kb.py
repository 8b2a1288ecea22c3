"""``pingan kb``: manage the knowledge base of past reports."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.checking.profile import PROFILE_NAMES
from app.knowledge.corrections import Corrections
from app.knowledge.records import ReportRecord
from app.knowledge.retriever import HybridRetriever
from app.knowledge.store import KnowledgeStore
from app.services import knowledge
from app.settings import Settings, load_settings

_PATH = click.Path(path_type=Path)
_HOME = click.option("--home", type=_PATH, help="数据文件夹；默认取 PINGAN_HOME。")
_TYPE = click.Choice(PROFILE_NAMES)
_UNKNOWN = "未识别"


@contextmanager
def _opened(home: Path | None) -> Iterator[KnowledgeStore]:
    with knowledge.open_store(load_settings(home=home)) as store:
        yield store


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int, str], None]]:
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


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain aligned table that can be piped on."""
    widths = [max(_width(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


def _describe(record: ReportRecord) -> str:
    year = f"{record.year}年" if record.year else f"年度{_UNKNOWN}"
    return (
        f"{record.name}（{record.unit or f'单位{_UNKNOWN}'}，{year}，"
        f"{record.unit_type or f'类型{_UNKNOWN}'}，{record.passages}段）"
    )


@click.group(help="管理往年总结的知识库：收入、查看、检索、移除、重建。")
def kb() -> None:
    """Manage the knowledge base."""


@kb.command("add", help="收入往年总结；PATH 可以是文件（txt、md、docx、pdf）或文件夹。")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=_PATH)
@click.option("--unit", default="", help="单位名称；不写则从标题、落款和文件名识别。")
@click.option("--year", type=click.IntRange(1949, 2100), default=None, help="总结的年度。")
@click.option("--type", "unit_type", type=_TYPE, default=None, help="单位类型。")
@_HOME
def add(
    *,
    paths: tuple[Path, ...],
    unit: str,
    year: int | None,
    unit_type: str | None,
    home: Path | None,
) -> None:
    """Add files and folders."""
    corrections = Corrections(unit.strip(), year or 0, unit_type or "")
    with _opened(home) as store, _progress("收入") as report:
        summary = knowledge.add_paths(store, paths, corrections=corrections, on_progress=report)
    for label, records in (
        ("新收入", summary.taken),
        ("已更新", summary.replaced),
        ("未变化", summary.unchanged),
    ):
        for record in records:
            click.echo(f"{label}：{_describe(record)}")
    for item in summary.skipped:
        click.echo(f"未收入：{item.name}：{item.reason}")
    click.echo(
        f"共{summary.total}份：新收入{len(summary.taken)}，已更新{len(summary.replaced)}，"
        f"未变化{len(summary.unchanged)}，未收入{len(summary.skipped)}。"
    )
    if summary.skipped and summary.total == len(summary.skipped):
        raise click.exceptions.Exit(2)


@kb.command("list", help="列出知识库里的总结。")
@click.option("--unit", default="", help="只看名称里有这些字的单位。")
@click.option("--type", "unit_type", type=_TYPE, default=None, help="只看这类单位。")
@_HOME
def list_reports(unit: str, unit_type: str | None, home: Path | None) -> None:
    """List the reports."""
    with _opened(home) as store:
        records = [
            r
            for r in store.records()
            if unit in r.unit and (unit_type is None or r.unit_type == unit_type)
        ]
    if not records:
        click.echo("没有符合条件的总结，可用 pingan kb add 收入。")
        return
    rows = [
        (
            r.record_id,
            r.unit or _UNKNOWN,
            str(r.year or _UNKNOWN),
            r.unit_type or _UNKNOWN,
            str(r.passages),
            str(r.chars),
            r.name,
        )
        for r in records
    ]
    _print_table(("编号", "单位", "年度", "类型", "段落", "字数", "文件"), rows)


@kb.command("search", help="检索往年段落，并说明每段的得分。")
@click.argument("query")
@click.option(
    "-k", "count", type=click.IntRange(1, 50), default=6, show_default=True, help="条数。"
)
@click.option("--part", default="", help="部分的代号，如 safety、disputes、problems。")
@click.option("--type", "unit_type", type=_TYPE, default=None, help="优先这类单位。")
@click.option("--own-unit", default="", help="优先本单位的往年总结。")
@click.option("--exclude-unit", default="", help="不要这个单位的段落。")
@_HOME
def search(
    *,
    query: str,
    count: int,
    part: str,
    unit_type: str | None,
    own_unit: str,
    exclude_unit: str,
    home: Path | None,
) -> None:
    """Search the passages."""
    with _opened(home) as store:
        hits = HybridRetriever(store).search(
            query,
            k=count,
            part=part,
            unit_type=unit_type or "",
            own_unit=own_unit,
            exclude_unit=exclude_unit,
        )
        has_reports = bool(store.records())
    if not hits:
        click.echo(
            "没有找到相近的段落。"
            if has_reports
            else "知识库还是空的，请先用 pingan kb add 收入往年总结。"
        )
        return
    for number, hit in enumerate(hits, start=1):
        passage = hit.passage
        where = " › ".join(passage.heading_path) or "开头"
        click.echo(
            f"{number}. 得分{hit.score:.4f}｜{passage.unit or _UNKNOWN} "
            f"{passage.year or _UNKNOWN}｜{passage.part or '部分未识别'}｜{where}"
        )
        click.echo(f"   {hit.why}")
        click.echo(f"   {passage.text}\n")


@kb.command("remove", help="移除总结；WANTED 是编号、文件名或单位。")
@click.argument("wanted", metavar="WANTED…", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="不再询问。")
@_HOME
def remove(wanted: tuple[str, ...], yes: bool, home: Path | None) -> None:
    """Remove reports."""
    with _opened(home) as store:
        found = {r.record_id: r for name in wanted for r in knowledge.find_records(store, name)}
        for record in found.values():
            click.echo(_describe(record), err=True)
        if not yes:
            click.confirm(f"移除以上{len(found)}份？", abort=True, err=True)
        for record in found.values():
            store.remove(record)
    click.echo(f"已移除{len(found)}份。")


@kb.command("rebuild", help="用当前的向量器重建全部段落；中断后再次运行会接着做。")
@click.option("--reset", is_flag=True, help="知识库已损坏时：把它改名留存，另建空库。")
@_HOME
def rebuild(reset: bool, home: Path | None) -> None:
    """Rebuild the passages."""
    settings = load_settings(home=home)
    with _progress("重建") as report:
        passages, aside = knowledge.rebuild(settings, is_reset=reset, on_progress=report)
    if aside is not None:
        click.echo(f"损坏的知识库已改名为 {aside}，请用 pingan kb add 重新加入往年总结。")
    click.echo(f"重建完成，共{passages}段，向量器 {settings.embedder}。")


@kb.command("stats", help="知识库的概况。")
@_HOME
def stats(home: Path | None) -> None:
    """Show what the store holds."""
    settings: Settings = load_settings(home=home)
    with knowledge.open_store(settings) as store:
        records, passages = store.records(), store.passages()
        name, place = store.embedder.name, store.place.label
    click.echo(f"位置：{place}")
    click.echo(f"向量器：{name}")
    click.echo(f"总结：{len(records)}份，单位{len({r.unit for r in records if r.unit})}个")
    click.echo(f"段落：{len(passages)}段，共{sum(len(p.text) for p in passages)}字")
    for label, counts in (
        ("类型", Counter(r.unit_type or _UNKNOWN for r in records)),
        ("年度", Counter(str(r.year or _UNKNOWN) for r in records)),
        ("部分", Counter(p.part or _UNKNOWN for p in passages)),
    ):
        shown = "，".join(f"{key} {count}" for key, count in sorted(counts.items()))
        click.echo(f"{label}：{shown or '无'}")
