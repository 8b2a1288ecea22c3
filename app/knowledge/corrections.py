"""What the user says of a report where the recognition was wrong."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.knowledge.passage import Passage, ReportInfo


@dataclass(frozen=True, slots=True)
class PartOf:
    """Everything under ``heading`` (empty: before the first heading) belongs to ``part``."""

    heading: str
    part: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the user says of a report; empty values leave what was recognised."""

    unit: str = ""
    year: int = 0
    unit_type: str = ""
    parts: tuple[PartOf, ...] = ()

    def __bool__(self) -> bool:
        """True where anything is corrected."""
        return bool(self.unit or self.year or self.unit_type or self.parts)

    def applied_to(self, info: ReportInfo) -> ReportInfo:
        """``info`` with the corrections put in."""
        return replace(
            info,
            unit=self.unit or info.unit,
            year=self.year or info.year,
            unit_type=self.unit_type or info.unit_type,
        )

    def merged(self, newer: "Corrections") -> "Corrections":
        """These with ``newer`` on top; an empty part there takes a heading's correction back."""
        parts = {item.heading: item.part for item in (*self.parts, *newer.parts)}
        return Corrections(
            unit=newer.unit or self.unit,
            year=newer.year or self.year,
            unit_type=newer.unit_type or self.unit_type,
            parts=tuple(PartOf(heading, part) for heading, part in parts.items() if part),
        )

    def placed(self, passages: Iterable[Passage]) -> tuple[Passage, ...]:
        """The passages with the corrected parts; the deepest heading corrected decides."""
        parts = {item.heading: item.part for item in self.parts}
        return tuple(replace(p, part=part) if (part := _part_of(p, parts)) else p for p in passages)

    def to_json(self) -> str:
        """The corrections as one line; empty where there are none."""
        return json.dumps(asdict(self), ensure_ascii=False) if self else ""


def _part_of(passage: Passage, parts: Mapping[str, str]) -> str:
    path = passage.heading_path or ("",)
    return next((parts[heading] for heading in reversed(path) if heading in parts), "")


def read_corrections(text: str) -> Corrections:
    """What :meth:`Corrections.to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: it was not written by us.
    """
    if not text:
        return Corrections()
    values: dict[str, Any] = json.loads(text)
    return Corrections(
        unit=str(values["unit"]),
        year=int(values["year"]),
        unit_type=str(values["unit_type"]),
        parts=tuple(PartOf(str(p["heading"]), str(p["part"])) for p in values["parts"]),
    )
