"""``pingan draft``: a report from a fact sheet."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.consent import SEND_TO, confirm_sending
from app.commands.draft_output import check_form, form_of, report, tell_waiting, write_draft
from app.commands.intake_report import tell_intake, tell_unsure
from app.commands.private import keep_private
from app.core.facts import FactSheet
from app.drafting.prose.length import LONGEST, SHORTEST
from app.formats.fact_files import read_fact_sheet
from app.services.drafting import DraftWish, draft_report, dry_run
from app.services.planning import Preparation, prepare, read_plan_file, require_consistent
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.drafting.events import Event
    from app.knowledge.store import KnowledgeStore

_PATH = click.Path(path_type=Path)


@click.command(
    help="按要点起草总结；FACTS 是要点表、聊天记录或表格（txt、md、csv、docx、xlsx、pdf）。"
)
@click.argument("facts", metavar="FACTS", type=_PATH)
@click.option("--offline", is_flag=True, help="不用模型，直接由要点成文。")
@click.option("--model", metavar="M", help="模型名称；默认取 PINGAN_MODEL，没有就直接成文。")
@click.option(
    "--profile",
    default="auto",
    show_default=True,
    metavar="auto|机关|国企|乡镇|市级|FILE",
    help="按哪一类单位起草；auto 看要点表和单位名称。",
)
@click.option(
    "--length",
    type=click.IntRange(SHORTEST, LONGEST),
    metavar="字数",
    help="全文大约写多少字；要点撑不起时不硬凑，会说明。",
)
@click.option(
    "--plan",
    "plan_file",
    type=_PATH,
    help="按改过的计划起草；计划由 pingan facts 要点文件 --plan 得到。",
)
@click.option("--strict", is_flag=True, help="要点之间有矛盾时不起草。")
@click.option("--fresh", is_flag=True, help="不接着上次没写完的稿子，从头写。")
@SEND_TO
@click.option("--dry-run", "is_dry", is_flag=True, help="只显示会把什么发到哪里，什么都不发送。")
@click.option(
    "--format",
    "form",
    type=click.Choice(("md", "json", "docx")),
    help="结果的格式；不写时看 -o 的后缀，默认 md。",
)
@click.option("-o", "--output", type=_PATH, help="结果写入的文件；不写则显示在屏幕上。")
def draft(
    facts: Path,
    offline: bool,
    model: str | None,
    profile: str,
    length: int | None,
    plan_file: Path | None,
    strict: bool,
    fresh: bool,
    send_to: str | None,
    is_dry: bool,
    form: str | None,
    output: Path | None,
) -> int:
    """Draft a report; 0 when it is written, whatever still has to be filled in."""
    form = form or form_of(output)
    if not is_dry:
        check_form(form, output)
    sheet = read_fact_sheet(facts)
    settings = load_settings(model=model, send_to=send_to)
    keep_private(settings.home)
    is_offline = offline or not settings.model
    preparation = _prepare(sheet, profile, plan_file)
    _warn(preparation, is_strict=strict)
    tell_intake(sheet)
    tell_unsure(preparation.unsure)
    wish = DraftWish(
        profile=profile,
        length=length or 0,
        plan=preparation.plan if plan_file else None,
        is_offline=is_offline,
        is_fresh=fresh,
    )
    if is_dry:
        _show_dry_run(sheet, settings, wish, form, output)
        return 0
    if not is_offline:
        confirm_sending(settings, lambda: _dry_run_text(sheet, settings, wish, "md"))
    with _store(settings) as store, _progress() as on_event:
        result = draft_report(sheet, settings=settings, on_event=on_event, store=store, wish=wish)
    report(result, is_told_why=offline or bool(settings.model))
    told = tuple(preparation.told(c) for c in preparation.contradictions)
    unsure = tuple(fact.id for fact in preparation.unsure)
    result = replace(result, notes=(*sheet.notes, *told), unsure=unsure)
    write_draft(result, sheet, form, output)
    return 0


def _prepare(sheet: FactSheet, profile: str, plan_file: Path | None) -> Preparation:
    text = read_plan_file(plan_file) if plan_file else ""
    return prepare(sheet, profile_name=profile, plan_text=text, plan_name=f"计划文件 {plan_file}")


def _warn(preparation: Preparation, *, is_strict: bool) -> None:
    """Say what does not agree before anything is written."""
    if is_strict:
        require_consistent(preparation)
    for contradiction in preparation.contradictions:
        click.echo(f"要点有矛盾，请核对：{preparation.told(contradiction)}", err=True)
    for warning in preparation.warnings:
        click.echo(warning, err=True)


def _show_dry_run(
    sheet: FactSheet, settings: Settings, wish: DraftWish, form: str, output: Path | None
) -> None:
    if wish.is_offline and settings.model:
        click.echo("加了 --offline，由要点直接成文，什么都不会发送。", err=True)
        return
    from app.core.files import write_atomically  # noqa: PLC0415

    text = _dry_run_text(sheet, settings, wish, form)
    if output is None:
        sys.stdout.write(text)
    else:
        write_atomically(output, text)
        click.echo(f"已写入 {output}，什么都没有发送。", err=True)


def _dry_run_text(sheet: FactSheet, settings: Settings, wish: DraftWish, form: str) -> str:
    from app.commands.dry_run import show_dry_run  # noqa: PLC0415

    is_local_search = not settings.embedder.startswith("openai:")
    with _store(settings if is_local_search else None) as store:
        run = dry_run(sheet, settings=settings, store=store, wish=wish)
    return show_dry_run(run, form=form, has_remote_search=not is_local_search)


@contextmanager
def _store(settings: Settings | None) -> "Iterator[KnowledgeStore | None]":
    """The knowledge base, where there is one; drafting does not begin one."""
    if settings is None or (not settings.chroma_url and not _has_knowledge(settings)):
        yield None
        return
    from app.services.knowledge import open_store  # noqa: PLC0415  # opens Chroma

    with open_store(settings) as store:
        yield store if store.records() else None


def _has_knowledge(settings: Settings) -> bool:
    """True where the home folder holds more than unfinished drafts."""
    home = settings.home
    return home.is_dir() and any(entry.name != "drafts" for entry in home.iterdir())


@contextmanager
def _progress() -> "Iterator[_Progress]":
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    reporter = _Progress(console.is_terminal)
    with console.status("正在起草……") as status:
        reporter.update = status.update
        yield reporter


class _Progress:
    """Shows on stderr which section is being written."""

    def __init__(self, is_terminal: bool) -> None:
        self.is_terminal = is_terminal
        self.update: Callable[[str], None] = lambda _: None

    def __call__(self, event: "Event") -> None:
        from app.drafting.events import (  # noqa: PLC0415
            ModelWaiting,
            Notice,
            SectionDone,
            SectionStarted,
        )

        match event:
            case SectionStarted(index=index, total=total, title=title):
                self.update(f"正在起草 {index + 1}/{total} {title or '引言'}")
            case Notice(message=message):
                click.echo(message, err=True)
            case ModelWaiting():
                tell_waiting(event)
            case SectionDone(index=index, total=total, section=section):
                if self.is_terminal or section.note:
                    note = f"：{section.note}" if section.note else ""
                    click.echo(
                        f"已写好 {index + 1}/{total} {section.title or '引言'}{note}", err=True
                    )
            case _:
                return
