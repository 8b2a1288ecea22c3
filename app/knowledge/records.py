"""What the store keeps of each report, and how passages become Chroma metadata."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.core.errors import KnowledgeError
from app.knowledge.metadata import describe_report, report_topic
from app.knowledge.passage import Passage, ReportInfo
from app.knowledge.similarity import overlap, shingles

_ID_CHARS = 16
_ALIKE = 0.3


class Origin(StrEnum):
    """Who put a report into the store."""

    USER = "user"
    SAMPLE = "sample"


class Outcome(StrEnum):
    """What adding a report did."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the user says of a report; empty values leave what was recognised."""

    unit: str = ""
    year: int = 0
    unit_type: str = ""

    def applied_to(self, info: ReportInfo) -> ReportInfo:
        """``info`` with the corrections put in."""
        return replace(
            info,
            unit=self.unit or info.unit,
            year=self.year or info.year,
            unit_type=self.unit_type or info.unit_type,
        )


@dataclass(frozen=True, slots=True)
class PreparedReport:
    """A cleaned past report ready to be stored. ``source`` names where it came from."""

    text: str
    info: ReportInfo
    source: str
    name: str
    content_hash: str
    corrections: Corrections = field(default_factory=Corrections)


def prepare_report(
    cleaned: str, *, source: str, name: str, corrections: Corrections | None = None
) -> PreparedReport:
    """Describe a cleaned report, with the user's corrections."""
    corrections = corrections or Corrections()
    info = corrections.applied_to(describe_report(cleaned, name))
    return PreparedReport(cleaned, info, source, name, _digest(cleaned), corrections)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()


def make_report_id(content_hash: str, info: ReportInfo) -> str:
    """An id that changes with the content or with what is known of the report."""
    return "R" + _digest(content_hash, info.unit, str(info.year), info.unit_type)[:_ID_CHARS]


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """One report in the store.

    ``record_id`` stays while the report is replaced by newer versions; ``report_id`` names the
    version whose passages are visible.
    """

    record_id: str
    report_id: str
    content_hash: str
    source: str
    name: str
    unit: str
    year: int
    unit_type: str
    title: str
    passages: int
    chars: int
    added_at: str
    origin: str = Origin.USER

    @property
    def info(self) -> ReportInfo:
        """What is known of the report."""
        return ReportInfo(self.unit, self.year, self.unit_type, self.title)

    def values(self) -> dict[str, str | int]:
        """The record as Chroma metadata."""
        values = asdict(self)
        del values["record_id"]
        values["origin"] = str(self.origin)
        return values


@dataclass(frozen=True, slots=True)
class Added:
    """What adding one report did."""

    outcome: Outcome
    record: ReportRecord


class NothingToCutError(KnowledgeError):
    """A report without a single whole sentence."""


def make_record(
    report: PreparedReport,
    info: ReportInfo,
    *,
    record_id: str,
    report_id: str,
    passages: int,
    added_at: str,
    origin: Origin,
) -> ReportRecord:
    """The record of a report that is about to be stored."""
    return ReportRecord(
        record_id=record_id,
        report_id=report_id,
        content_hash=report.content_hash,
        source=report.source,
        name=report.name,
        unit=info.unit,
        year=info.year,
        unit_type=info.unit_type,
        title=info.title,
        passages=passages,
        chars=len(report.text),
        added_at=added_at,
        origin=origin,
    )


def read_record(record_id: str, values: Mapping[str, Any]) -> ReportRecord:
    """A record from Chroma metadata.

    Raises:
        KeyError: a field is missing.
    """
    return ReportRecord(
        record_id=record_id,
        report_id=str(values["report_id"]),
        content_hash=str(values["content_hash"]),
        source=str(values["source"]),
        name=str(values["name"]),
        unit=str(values["unit"]),
        year=int(values["year"]),
        unit_type=str(values["unit_type"]),
        title=str(values["title"]),
        passages=int(values["passages"]),
        chars=int(values["chars"]),
        added_at=str(values["added_at"]),
        origin=str(values["origin"]),
    )


def passage_values(passage: Passage) -> dict[str, str | int]:
    """A passage's Chroma metadata."""
    return {
        "report_id": passage.report_id,
        "position": passage.position,
        "part": passage.part,
        "unit": passage.unit,
        "year": passage.year,
        "unit_type": passage.unit_type,
        "headings": json.dumps(passage.heading_path, ensure_ascii=False),
    }


def read_passage(passage_id: str, text: str, values: Mapping[str, Any]) -> Passage:
    """A passage from Chroma's text and metadata.

    Raises:
        KeyError, ValueError: the metadata are not ours.
    """
    return Passage(
        id=passage_id,
        text=text,
        heading_path=tuple(str(item) for item in json.loads(values["headings"])),
        part=str(values["part"]),
        unit=str(values["unit"]),
        year=int(values["year"]),
        unit_type=str(values["unit_type"]),
        report_id=str(values["report_id"]),
        position=int(values["position"]),
    )


def find_older(
    known: Sequence[ReportRecord], report: PreparedReport, read_text: Callable[[str], str]
) -> ReportRecord | None:
    """The report that a new one replaces: the same file, or a version of the same report.

    Units of one name exist in many places, so unit, year and topic must be the same and the
    wording alike. A file reused for another unit or year replaces nothing.
    """
    info = report.info
    for record in known:
        is_other = (record.unit and info.unit and record.unit != info.unit) or (
            record.year and info.year and record.year != info.year
        )
        if record.source == report.source and not is_other:
            return record
    for record in known:
        if (
            info.unit
            and info.year
            and (record.unit, record.year) == (info.unit, info.year)
            and report_topic(record.info) == report_topic(info)
            and overlap(shingles(read_text(record.record_id)), shingles(report.text)) >= _ALIKE
        ):
            return record
    return None


def free_id(report_id: str, known: Sequence[ReportRecord]) -> str:
    """A record id that no other report has."""
    taken = {record.record_id for record in known}
    record_id = report_id
    while record_id in taken:
        record_id += "x"
    return record_id
