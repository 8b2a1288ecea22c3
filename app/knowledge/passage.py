"""A passage of a past report, and what is known of the report."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportInfo:
    """What a past report says of itself; an unknown value is empty (year: 0)."""

    unit: str = ""
    year: int = 0
    unit_type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A few whole sentences under one heading.

    ``part`` is the profile's part key, empty where no cue tells it. ``position`` counts the
    passages of the report from 0.
    """

    id: str
    text: str
    heading_path: tuple[str, ...] = ()
    part: str = ""
    unit: str = ""
    year: int = 0
    unit_type: str = ""
    report_id: str = ""
    position: int = 0

    @property
    def indexed_text(self) -> str:
        """What is embedded and indexed: the headings and the sentences."""
        return "\n".join((*self.heading_path, self.text))


def name_sources(passages: Iterable[Passage]) -> str:
    """Where passages come from, each unit and year once."""
    named = (f"{p.unit or '未识别单位'}{f' {p.year}' if p.year else ''}" for p in passages)
    return "、".join(dict.fromkeys(named))
