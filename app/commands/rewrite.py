"""``pingan rewrite``: one section of a draft in other words."""

from pathlib import Path

import click

from app.commands.consent import SEND_TO, confirm_sending
from app.commands.draft_output import FORMS, check_form, form_of, tell_waiting, write_draft
from app.core.errors import ConfigError
from app.drafting.rewriting import RewriteTool, find_section
from app.formats.draft_files import read_draft
from app.services.rewriting import Rewrite, restore_section, rewrite_section
from app.settings import load_settings

_PATH = click.Path(path_type=Path)
_TOOLS = tuple(tool.value for tool in RewriteTool if tool is not RewriteTool.FREE)


@click.command(
    help="改写总结的一个部分；DRAFT 是 pingan draft 写出的 JSON。要点一条不少，也不添新的事。"
)
@click.argument("draft", metavar="DRAFT", type=_PATH)
@click.option("--section", required=True, metavar="序号|标题", help="改写哪一部分。")
@click.option("--tool", type=click.Choice(_TOOLS), help="怎样改写。")
@click.option("--wish", metavar="要求", help="用自己的话说怎样改写（需要模型）。")
@click.option("--undo", is_flag=True, help="恢复成上一次改写以前的写法。")
@SEND_TO
@click.option("--offline", is_flag=True, help="不用模型。")
@click.option("--model", metavar="M", help="模型名称；默认取 PINGAN_MODEL。")
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="结果的格式；不写时看 -o 的后缀，默认 md。"
)
@click.option("-o", "--output", type=_PATH, help="结果写入的文件；不写则显示在屏幕上。")
def rewrite(
    draft: Path,
    section: str,
    tool: str | None,
    wish: str | None,
    undo: bool,
    send_to: str | None,
    offline: bool,
    model: str | None,
    form: str | None,
    output: Path | None,
) -> int:
    """Rewrite one section; its earlier text stays in the JSON."""
    if sum((tool is not None, wish is not None, undo)) != 1:
        raise ConfigError("请写明怎样改写：--tool 更简练、--wish 自己的要求、--undo，三者选一。")
    form = form or form_of(output)
    check_form(form, output)
    found, sheet = read_draft(draft)
    if undo:
        result = restore_section(found, sheet, section)
    else:
        kind = RewriteTool(tool) if tool else RewriteTool.FREE
        wanted = Rewrite(section, kind, wish or "", is_offline=offline)
        settings = load_settings(model=model, send_to=send_to)
        if settings.model and not offline:
            text = find_section(found, section).text
            confirm_sending(
                settings, lambda: f"改写时会发送这一部分、有关的要点和改写要求：\n{text}"
            )
        result = rewrite_section(found, sheet, wanted, settings=settings, on_event=tell_waiting)
    changed = find_section(result, section)
    click.echo(f"已改写“{changed.title or '引言'}”。{changed.note}", err=True)
    write_draft(result, sheet, form, output)
    return 0
