"""``pingan draft``: a report from a fact sheet."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.core.draft import Draft, SectionStatus
from app.core.errors import ConfigError
from app.core.facts import FactSheet
from app.exporters.atomic import write_atomically
from app.readers.facts import read_fact_sheet
from app.services.drafting import choose_profile, draft_report
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.drafting.events import Event
    from app.knowledge.store import KnowledgeStore

_FORMATS = ("md", "json", "docx")
_PATH = click.Path(path_type=Path)


@click.command(help="按要点起草总结；FACTS 是要点表（txt、md、docx、xlsx）。")
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
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="结果的格式；不写时看 -o 的后缀，默认 md。",
)
@click.option("-o", "--output", type=_PATH, help="结果写入的文件；不写则显示在屏幕上。")
def draft(
    facts: Path,
    offline: bool,
    model: str | None,
    profile: str,
    form: str | None,
    output: Path | None,
) -> int:
    """Draft a report; 0 when it is written, whatever still has to be filled in."""
    form = form or _form_of(output)
    if form == "docx" and output is None:
        raise ConfigError("Word 文件不能显示在屏幕上，请用 -o 写明文件名，例如 -o 总结.docx。")
    sheet = read_fact_sheet(facts)
    settings = load_settings(model=model)
    is_offline = offline or not settings.model
    choose_profile(sheet, profile)  # a wrong name is told before anything is opened
    with _store(settings) as store, _progress() as on_event:
        result = draft_report(
            sheet,
            settings=settings,
            profile_name=profile,
            offline=is_offline,
            on_event=on_event,
            store=store,
        )
    _report(result, is_asked_offline=offline)
    _write(result, sheet, form, output)
    return 0


def _form_of(output: Path | None) -> str:
    suffix = output.suffix.lower().lstrip(".") if output else ""
    return suffix if suffix in _FORMATS else "md"


@contextmanager
def _store(settings: Settings) -> "Iterator[KnowledgeStore | None]":
    """The knowledge base, where there is one; drafting does not begin one."""
    if not settings.chroma_url and not settings.home.is_dir():
        yield None
        return
    from app.services.knowledge import open_store  # noqa: PLC0415  # opens Chroma

    with open_store(settings) as store:
        yield store if store.records() else None


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
        self._chars = 0

    def __call__(self, event: "Event") -> None:
        from app.drafting.events import SectionDone, SectionStarted, SectionText  # noqa: PLC0415

        match event:
            case SectionStarted(index=index, total=total, title=title):
                self._chars = 0
                self.update(f"正在起草 {index + 1}/{total} {title or '引言'}")
            case SectionText(delta=delta):
                self._chars += len(delta)
            case SectionDone(index=index, total=total, section=section):
                if self.is_terminal or section.note:
                    note = f"：{section.note}" if section.note else ""
                    click.echo(
                        f"已写好 {index + 1}/{total} {section.title or '引言'}{note}", err=True
                    )


def _report(result: Draft, *, is_asked_offline: bool) -> None:
    if result.mode == "composer":
        why = "" if is_asked_offline else "没有配置模型，"
        click.echo(f"{why}由要点直接成文（未用模型），用时{result.usage.seconds:.1f}秒。", err=True)
    else:
        usage = result.usage
        click.echo(
            f"模型 {result.model}：调用{usage.calls}次，输入约{usage.prompt_tokens}个词元、"
            f"输出约{usage.completion_tokens}个，用时{usage.seconds:.1f}秒。",
            err=True,
        )
    todo = [s.title for s in result.sections if s.status is SectionStatus.NEEDS_INPUT]
    if todo:
        click.echo(f"还缺要点，已留出位置：{'、'.join(todo)}。", err=True)


def _write(result: Draft, sheet: FactSheet, form: str, output: Path | None) -> None:
    if form == "docx" and output is not None:
        from app.exporters.docx_report import write_report  # noqa: PLC0415

        write_report(result, output)
    else:
        if form == "json":
            from app.exporters.draft_json import render_json  # noqa: PLC0415

            text = render_json(result, sheet)
        else:
            from app.exporters.draft_text import render_markdown  # noqa: PLC0415

            text = render_markdown(result)
        if output is None:
            sys.stdout.write(text)
            return
        write_atomically(output, text)
    click.echo(f"总结已写入 {output}", err=True)
