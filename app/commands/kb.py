"""``pingan kb``: manage the knowledge base of past reports."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from app.commands import kb_look
from app.commands.kb_common import (
    HOME,
    PATH,
    TYPE,
    UNKNOWN,
    YEAR,
    describe,
    find_one,
    opened,
    progress,
)
from app.commands.private import keep_private
from app.core.audit import Deed, record
from app.knowledge.corrections import Corrections
from app.knowledge.parts import part_title
from app.knowledge.records import Outcome
from app.services import knowledge
from app.services import knowledge_view as view
from app.services.ingest import AddSummary, IngestStoppedError, add_paths
from app.settings import Settings, load_settings


@click.group(help="管理往年总结的知识库：收入、查看、更正、检索、移除、重建。")
def kb() -> None:
    """Manage the knowledge base."""


for _command in (kb_look.list_reports, kb_look.show, kb_look.search, kb_look.used):
    kb.add_command(_command)


@kb.command(
    "add",
    help="收入往年总结；PATH 可以是文件（txt、md、docx、doc、wps、pdf）、文件夹或 zip 压缩包。",
)
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=PATH)
@click.option("--unit", default="", help="单位名称；不写则从标题、落款和文件名识别。")
@click.option("--year", type=YEAR, default=None, help="总结的年度。")
@click.option("--type", "unit_type", type=TYPE, default=None, help="单位类型。")
@HOME
def add(
    *,
    paths: tuple[Path, ...],
    unit: str,
    year: int | None,
    unit_type: str | None,
    home: Path | None,
) -> None:
    """Add files, folders and archives."""
    corrections = Corrections(unit.strip(), year or 0, unit_type or "")
    try:
        with opened(home) as store, progress("收入") as report:
            summary = add_paths(store, paths, corrections=corrections, on_progress=report)
    except IngestStoppedError as error:
        _print_summary(error.summary)
        raise
    _record(home, f"收入{len(summary.taken)}份，更新{len(summary.replaced)}份")
    _print_summary(summary)
    if summary.total and not summary.present:
        raise click.exceptions.Exit(2)


def _record(home: Path | None, what: str, record_id: str = "") -> None:
    record(load_settings(home=home).home, Deed.KNOWLEDGE, to=record_id, more=what)


def _print_summary(summary: AddSummary) -> None:
    for label, records in (
        ("新收入", summary.taken),
        ("已更新", summary.replaced),
        ("未变化", summary.unchanged),
    ):
        for one in records:
            click.echo(f"{label}：{describe(one)}")
    for label, items in (("未收入", summary.skipped), ("读不出", summary.failed)):
        for item in items:
            click.echo(f"{label}：{item.name}：{item.reason}")
    click.echo(
        f"共{summary.total}份：新收入{len(summary.taken)}，已更新{len(summary.replaced)}，"
        f"未变化{len(summary.unchanged)}，未收入{len(summary.skipped)}，"
        f"读不出{len(summary.failed)}。"
    )


@kb.command("edit", help="更正一份总结的单位、年度、类型和各标题所属部分，重新收入、重建后仍有效。")
@click.argument("wanted", metavar="WANTED")
@click.option("--unit", default="", help="正确的单位名称。")
@click.option("--year", type=YEAR, default=None, help="正确的年度。")
@click.option("--type", "unit_type", type=TYPE, default=None, help="正确的单位类型。")
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="标题=部分",
    help="某个标题下的段落属于哪一部分，可写多次；“标题=”撤销这一条。",
)
@click.option("--reset", "is_reset", is_flag=True, help="先撤销以前的全部更正。")
@HOME
def edit(
    *,
    wanted: str,
    unit: str,
    year: int | None,
    unit_type: str | None,
    parts: tuple[str, ...],
    is_reset: bool,
    home: Path | None,
) -> None:
    """Correct what was recognised."""
    corrections = Corrections(unit.strip(), year or 0, unit_type or "")
    if not corrections and not parts and not is_reset:
        raise click.UsageError("请写明要更正什么：--unit、--year、--type、--part 或 --reset。")
    with opened(home) as store:
        found = find_one(store, wanted)
        if parts:
            shown = view.show_passages(store, found)
            kind = unit_type or found.unit_type
            said = tuple(view.read_part_correction(shown, kind, item) for item in parts)
            corrections = replace(corrections, parts=said)
        edited = store.edit(found.record_id, corrections, is_reset=is_reset)
    _record(home, "撤销更正" if is_reset else "更正", found.record_id)
    label = "没有变化" if edited.outcome is Outcome.UNCHANGED else "已更正"
    click.echo(f"{label}：{describe(edited.record)}")


@kb.command("remove", help="移除总结；WANTED 是编号、文件名或单位。")
@click.argument("wanted", metavar="WANTED…", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="不再询问。")
@HOME
def remove(wanted: tuple[str, ...], yes: bool, home: Path | None) -> None:
    """Remove reports."""
    with opened(home) as store:
        found = {r.record_id: r for name in wanted for r in knowledge.find_records(store, name)}
        for one in found.values():
            click.echo(describe(one), err=True)
        if not yes:
            click.confirm(f"移除以上{len(found)}份？", abort=True, err=True)
        with store.batch():
            for one in found.values():
                store.remove(one)
                _record(home, "移除", one.record_id)
    click.echo(f"已移除{len(found)}份。")


@kb.command("rebuild", help="用当前的向量器重建全部段落；中断后再次运行会接着做。")
@click.option("--reset", is_flag=True, help="知识库已损坏时：把它改名留存，另建空库。")
@HOME
def rebuild(reset: bool, home: Path | None) -> None:
    """Rebuild the passages."""
    settings = load_settings(home=home)
    keep_private(settings.home)
    with progress("重建") as report:
        passages, aside = knowledge.rebuild(settings, is_reset=reset, on_progress=report)
    _record(home, "重建")
    if aside is not None:
        click.echo(f"损坏的知识库已改名为 {aside}，请用 pingan kb add 重新加入往年总结。")
    click.echo(f"重建完成，共{passages}段，向量器 {settings.embedder}。")


@kb.command("stats", help="知识库的概况。")
@HOME
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
        ("类型", Counter(r.unit_type or UNKNOWN for r in records)),
        ("年度", Counter(str(r.year or UNKNOWN) for r in records)),
        ("部分", Counter(part_title("", p.part) for p in passages)),
    ):
        shown = "，".join(f"{key} {count}" for key, count in sorted(counts.items()))
        click.echo(f"{label}：{shown or '无'}")
