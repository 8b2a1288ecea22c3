"""Write a draft out and say on stderr what came of it; shared by ``draft`` and ``rewrite``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.core.draft import Draft, SectionStatus
from app.core.errors import ConfigError
from app.core.facts import FactSheet
from app.core.files import write_atomically

if TYPE_CHECKING:
    from app.drafting.events import Event

_WAY_ON = "按 Ctrl+C 停止，写好的下次接着用；不想再等，停止后加 --offline 不用模型写。"
FORMS = ("md", "json", "docx")


def form_of(output: Path | None) -> str:
    """The format a file name asks for; Markdown where it says nothing."""
    suffix = output.suffix.lower().lstrip(".") if output else ""
    return suffix if suffix in FORMS else "md"


def check_form(form: str, output: Path | None) -> None:
    """Word files need a file name.

    Raises:
        ConfigError: there is none.
    """
    if form == "docx" and output is None:
        raise ConfigError("Word 文件不能显示在屏幕上，请用 -o 写明文件名，例如 -o 总结.docx。")


def tell_waiting(event: "Event") -> None:
    """Say on stderr that the model is silent."""
    from app.drafting.events import ModelWaiting  # noqa: PLC0415

    if isinstance(event, ModelWaiting) and event.seconds:
        click.echo(f"模型{event.seconds}秒没有回应，仍在等……{_WAY_ON}", err=True)


def report(result: Draft, *, is_told_why: bool) -> None:
    """How the draft was written, what it cost, and what is still missing.

    ``is_told_why``: the reader knows already why no model wrote it.
    """
    if result.mode == "composer":
        why = "" if is_told_why else "没有配置模型，"
        click.echo(f"{why}由要点直接成文（未用模型），用时{result.usage.seconds:.1f}秒。", err=True)
    else:
        usage = result.usage
        click.echo(
            f"模型 {result.model}：调用{usage.calls}次，输入约{usage.prompt_tokens}个词元、"
            f"输出约{usage.completion_tokens}个，用时{usage.seconds:.1f}秒。",
            err=True,
        )
    if result.length:
        length = result.length
        click.echo(length.note or f"全文{length.actual}字（要求{length.wanted}字）。", err=True)
    if result.left_out:
        click.echo(f"按计划没有写的要点：{'、'.join(result.left_out)}。", err=True)
    for note in result.notes:
        click.echo(note, err=True)
    doubtful = [s.title or "引言" for s in result.sections if s.status is SectionStatus.NEEDS_CHECK]
    if doubtful:
        click.echo(f"有要点照原文写入、请核对的部分：{'、'.join(doubtful)}。", err=True)
    if result.unsourced:
        click.echo(f"要点里找不到依据的文字：{'、'.join(result.unsourced)}，请核对。", err=True)
    todo = [s.title for s in result.sections if s.status is SectionStatus.NEEDS_INPUT]
    if todo:
        click.echo(f"还缺要点，已留出位置：{'、'.join(todo)}。", err=True)


def write_draft(result: Draft, sheet: FactSheet, form: str, output: Path | None) -> None:
    """The draft on stdout or in a file.

    Raises:
        ExportError: the file cannot be written.
    """
    if form == "docx" and output is not None:
        from app.formats.docx.report import write_report  # noqa: PLC0415

        write_report(result, output)
    else:
        if form == "json":
            from app.formats.results.draft.json import render_json  # noqa: PLC0415

            text = render_json(result, sheet)
        else:
            from app.formats.results.draft.text import render_markdown  # noqa: PLC0415

            text = render_markdown(result)
        if output is None:
            sys.stdout.write(text)
            return
        write_atomically(output, text)
    click.echo(f"总结已写入 {output}", err=True)
