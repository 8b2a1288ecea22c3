"""``pingan facts``: what is read from a fact sheet."""

import sys
from pathlib import Path

import click

from app.core.facts import Fact, FactSheet
from app.core.quantity import QuantityKind
from app.readers.facts import read_fact_sheet

_HIDDEN = frozenset({QuantityKind.ORDINAL, QuantityKind.SLOGAN, QuantityKind.TITLE})
_LEAST_WIDTH = 100


@click.command(help="列出要点表里读到的数字和名称，起草前先看看有没有读错。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def facts(file: Path) -> int:
    """Print the ledger of a fact sheet as a table."""
    from app.services.drafting import choose_profile  # noqa: PLC0415

    sheet = read_fact_sheet(file)
    _print(sheet, choose_profile(sheet, "auto").name)
    return 0


def _print(sheet: FactSheet, profile: str) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _LEAST_WIDTH)
    told = "表中写明" if sheet.unit_type else "自动识别"
    console.print(Text(f"单位：{sheet.unit}　年度：{sheet.year}　类型：{profile}（{told}）"))
    table = Table(show_lines=False)
    for name in ("编号", "行", "部分", "要点", "数字", "名称"):
        table.add_column(name, overflow="fold")
    parts = _parts(sheet, profile)
    for fact in sheet.facts:
        cells = (
            fact.id,
            str(fact.line or ""),
            parts[fact.id],
            fact.text,
            _figures(fact),
            "、".join(fact.names),
        )
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    console.print(Text(f"共{len(sheet.facts)}条要点。"))


def _parts(sheet: FactSheet, profile: str) -> dict[str, str]:
    """The title of the part each fact will be told in."""
    from app.checking.profile import load_profile  # noqa: PLC0415
    from app.drafting.planner import part_titles  # noqa: PLC0415

    return part_titles(sheet, load_profile(profile))


def _figures(fact: Fact) -> str:
    shown = [q.span.of(fact.text) for q in fact.quantities if q.kind not in _HIDDEN]
    return "、".join(shown)
