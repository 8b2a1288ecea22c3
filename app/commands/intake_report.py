"""What was read of a fact sheet, what was not and why, told on stderr."""

from collections import Counter
from collections.abc import Iterator, Sequence

import click

from app.core.facts import Fact, FactSheet, Skipped

_MOST_TOLD = 20
_TEXT_CHARS = 40


def tell_intake(sheet: FactSheet) -> None:
    """How many facts were read, what was assumed, what must be asked, what was left out."""
    for line in intake_lines(sheet):
        click.echo(line, err=True)


def intake_lines(sheet: FactSheet) -> Iterator[str]:
    """The same as lines; none where everything brought is a fact and nothing was assumed."""
    yield from sheet.notes
    asked = [one for one in sheet.skipped if one.is_question]
    left = [one for one in sheet.skipped if not one.is_question]
    if not asked and not left:
        return
    yield f"读到{len(sheet.facts)}条要点。"
    if asked:
        yield f"有{len(asked)}处请核实后补进要点，这次没有写："
        yield from _listed(asked)
    if left:
        counts = Counter(one.why for one in left)
        told = "、".join(f"{why}{count}处" for why, count in counts.items())
        yield f"不是要点、没有写的{len(left)}处：{told}。"


def tell_unsure(facts: Sequence[Fact]) -> None:
    """The facts that belong to no part clearly, which the writer may move."""
    if facts:
        named = "；".join(f"{fact.id} {_short(fact.shown)}" for fact in facts[:_MOST_TOLD])
        more = f"等{len(facts)}条" if len(facts) > _MOST_TOLD else ""
        click.echo(
            f"待归类（没有把握写在哪一部分，请看看放得对不对，可以用计划调整）：{named}{more}。",
            err=True,
        )


def _listed(skipped: Sequence[Skipped]) -> Iterator[str]:
    for one in skipped[:_MOST_TOLD]:
        yield f"  第{one.line}行“{_short(one.text)}”：{one.why}"
    if len(skipped) > _MOST_TOLD:
        yield f"  ……其余{len(skipped) - _MOST_TOLD}处见 --format json 的 skipped。"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _TEXT_CHARS else flat[: _TEXT_CHARS - 1] + "…"
