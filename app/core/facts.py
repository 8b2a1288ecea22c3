"""The fact ledger: what a unit says happened."""

from dataclasses import dataclass

from app.core.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Fact:
    """One bullet of a fact sheet.

    ``id`` is ``F1``, ``F2`` … in the order of the sheet. ``text`` is in normal form, without the
    ``label`` the writer put before it (``消防``). ``heading`` is the heading the writer put it
    under and ``source`` the department or person that reported it; empty where there is none.
    ``quantities`` and ``names`` are read from ``text``; their spans count its code points.
    ``line`` is the 1-based line (row for xlsx) it came from.
    """

    id: str
    text: str
    heading: str = ""
    line: int = 0
    quantities: tuple[Quantity, ...] = ()
    names: tuple[str, ...] = ()
    label: str = ""
    source: str = ""

    @property
    def shown(self) -> str:
        """The fact as the writer knows it, its label before it."""
        return f"{self.label}：{self.text}" if self.label else self.text


@dataclass(frozen=True, slots=True)
class Skipped:
    """A piece of what was brought that is no fact, and why, in one phrase.

    ``is_question``: the writer doubted it, and may say that it holds after all. ``source`` is as
    in :class:`Fact`.
    """

    text: str
    why: str
    line: int = 0
    is_question: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class FactSheet:
    """A unit's facts for one year. ``unit_type`` is a profile name or empty (recognise it).

    ``skipped`` is what else was brought, in its order; ``notes`` tell the writer, a sentence each,
    what was assumed in reading the sheet.
    """

    unit: str
    year: int
    facts: tuple[Fact, ...]
    unit_type: str = ""
    title: str = ""
    date: str = ""
    path: str = ""
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
