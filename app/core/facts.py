"""The fact ledger: what a unit says happened."""

from dataclasses import dataclass

from app.core.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Fact:
    """One bullet of a fact sheet.

    ``id`` is ``F1``, ``F2`` … in the order of the sheet. ``heading`` is the heading the writer put
    it under, empty where there is none. ``quantities`` and ``names`` are read from ``text``;
    their spans count its code points. ``line`` is the 1-based line (row for xlsx) it came from.
    """

    id: str
    text: str
    heading: str = ""
    line: int = 0
    quantities: tuple[Quantity, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactSheet:
    """A unit's facts for one year. ``unit_type`` is a profile name or empty (recognise it)."""

    unit: str
    year: int
    facts: tuple[Fact, ...]
    unit_type: str = ""
    title: str = ""
    date: str = ""
    path: str = ""
