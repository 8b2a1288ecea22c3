"""Fact sheets for the tests of drafting."""

from app.core.facts import Fact, FactSheet
from app.drafting.intake import make_fact


def fact(number: int, text: str, heading: str = "") -> Fact:
    return make_fact(f"F{number}", text, heading=heading, line=number)


def sheet_of(
    *texts: str,
    unit: str = "临溪县云渡镇",
    year: int = 2025,
    unit_type: str = "乡镇",
    date: str = "",
) -> FactSheet:
    """A sheet whose facts are F1, F2 … ; ``标题|要点`` puts a fact under a heading."""
    facts = []
    for number, text in enumerate(texts, 1):
        heading, bar, rest = text.partition("|")
        facts.append(fact(number, rest, heading) if bar else fact(number, text))
    return FactSheet(unit, year, tuple(facts), unit_type, date=date)
