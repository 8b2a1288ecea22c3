"""``pingan facts``: what is read from a fact sheet."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.intake_report import tell_intake, tell_unsure
from app.core.facts import Fact, FactSheet
from app.core.quantity import QuantityKind
from app.formats.fact_files import read_fact_sheet

if TYPE_CHECKING:
    from app.services.planning import Preparation

_HIDDEN = frozenset({QuantityKind.ORDINAL, QuantityKind.SLOGAN, QuantityKind.TITLE})
_LEAST_WIDTH = 100


@click.command(help="列出要点表里读到的数字和名称，指出要点之间的矛盾；起草前先看看。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--plan", "is_plan", is_flag=True, help="改为写出起草计划，改好后交给 draft --plan。")
@click.option(
    "--profile",
    default="auto",
    show_default=True,
    metavar="auto|机关|国企|乡镇|市级|FILE",
    help="按哪一类单位归类。",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="计划写入的文件。")
def facts(file: Path, is_plan: bool, profile: str, output: Path | None) -> int:
    """Print the ledger of a fact sheet as a table, or its plan; then what does not agree."""
    from app.services.planning import prepare  # noqa: PLC0415

    sheet = read_fact_sheet(file)
    preparation = prepare(sheet, profile_name=profile)
    if is_plan or output is not None:
        _write_plan(preparation.plan_text, output)
    else:
        _print(sheet, preparation)
    tell_intake(sheet)
    tell_unsure(preparation.unsure)
    told = [preparation.told(c) for c in preparation.contradictions]
    is_err = is_plan or output is not None
    for line in told:
        click.echo(f"要点有矛盾，请核对：{line}", err=is_err)
    if not is_err and not told:
        click.echo("要点之间没有发现矛盾。")
    return 0


def _write_plan(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    from app.core.files import write_atomically  # noqa: PLC0415

    write_atomically(output, text)
    click.echo(
        f"计划已写入 {output}，改好后用 pingan draft 要点文件 --plan {output} 起草。", err=True
    )


def _print(sheet: FactSheet, preparation: "Preparation") -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from app.drafting.plan.planner import part_titles  # noqa: PLC0415

    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _LEAST_WIDTH)
    told = "表中写明" if sheet.unit_type else "自动识别"
    name = preparation.profile.name
    console.print(Text(f"单位：{sheet.unit}　年度：{sheet.year}　类型：{name}（{told}）"))
    table = Table(show_lines=False)
    for name in ("编号", "行", "部分", "要点", "数字", "名称"):
        table.add_column(name, overflow="fold")
    parts = part_titles(sheet, preparation.profile)
    for fact in sheet.facts:
        cells = (
            fact.id,
            str(fact.line or ""),
            parts[fact.id],
            fact.shown,
            _figures(fact),
            "、".join(fact.names),
        )
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    console.print(Text(f"共{len(sheet.facts)}条要点。"))


def _figures(fact: Fact) -> str:
    shown = [q.span.of(fact.text) for q in fact.quantities if q.kind not in _HIDDEN]
    return "、".join(shown)
