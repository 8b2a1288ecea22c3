"""What the store keeps of each report, and how passages become Chroma metadata."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from app.core.errors import KnowledgeError
from app.knowledge.corrections import Corrections, read_corrections
from app.knowledge.metadata import describe_report, report_topic
from app.knowledge.passage import Passage, ReportInfo
from app.knowledge.similarity import overlap, shingles

_ID_CHARS = 16
_ALIKE, _MUCH_ALIKE = 0.3, 0.6


class RecordOrigin(StrEnum):
    """Who put a report into the store."""

    USER = "user"
    SAMPLE = "sample"


class Outcome(StrEnum):
    """What adding a report did."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class PreparedReport:
    """A cleaned past report ready to be stored. ``source`` names where it came from."""

    text: str
    recognised: ReportInfo
    source: str
    name: str
    content_hash: str
    corrections: Corrections = field(default_factory=Corrections)

    @property
    def info(self) -> ReportInfo:
        """What is known of the report, corrected."""
        return self.corrections.applied_to(self.recognised)


def prepare_report(
    cleaned: str, *, source: str, name: str, corrections: Corrections | None = None
) -> PreparedReport:
    """Describe a cleaned report, with the user's corrections."""
    return PreparedReport(
        cleaned,
        describe_report(cleaned, name),
        source,
        name,
        _digest(cleaned),
        corrections or Corrections(),
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()


def make_report_id(content_hash: str, info: ReportInfo, corrections: Corrections) -> str:
    """An id that changes with the content or with what is known of the report."""
    known = [content_hash, info.unit, str(info.year), info.unit_type]
    known += [piece for item in corrections.parts for piece in (item.heading, item.part)]
    return "R" + _digest(*known)[:_ID_CHARS]


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """One report in the store.

    ``record_id`` stays while the report is replaced by newer versions; ``report_id`` names the
    version whose passages are visible. ``unit``, ``year`` and ``unit_type`` are corrected;
    ``recognised_unit`` and so on are what the text itself told.
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
    origin: str = RecordOrigin.USER
    recognised_unit: str = ""
    recognised_year: int = 0
    recognised_type: str = ""
    corrections: Corrections = field(default_factory=Corrections)

    @property
    def info(self) -> ReportInfo:
        """What is known of the report."""
        return ReportInfo(self.unit, self.year, self.unit_type, self.title)

    @property
    def recognised(self) -> ReportInfo:
        """What the report says of itself, before any correction."""
        return ReportInfo(
            self.recognised_unit, self.recognised_year, self.recognised_type, self.title
        )

    def values(self) -> dict[str, str | int]:
        """The record as Chroma metadata."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        del values["record_id"]
        return {**values, "origin": str(self.origin), "corrections": self.corrections.to_json()}


@dataclass(frozen=True, slots=True)
class Added:
    """What adding one report did."""

    outcome: Outcome
    record: ReportRecord


class NothingToCutError(KnowledgeError):
    """A report without a single whole sentence."""


def make_record(
    report: PreparedReport,
    corrections: Corrections,
    *,
    record_id: str,
    passages: int,
    added_at: str,
    origin: str,
) -> ReportRecord:
    """The record of a report that is about to be stored."""
    told = report.recognised
    info = corrections.applied_to(told)
    return ReportRecord(
        record_id=record_id,
        report_id=make_report_id(report.content_hash, info, corrections),
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
        recognised_unit=told.unit,
        recognised_year=told.year,
        recognised_type=told.unit_type,
        corrections=corrections,
    )


def corrected_record(record: ReportRecord, corrections: Corrections) -> ReportRecord:
    """The record with ``corrections`` in place of those it had."""
    info = corrections.applied_to(record.recognised)
    return replace(
        record,
        report_id=make_report_id(record.content_hash, info, corrections),
        unit=info.unit,
        year=info.year,
        unit_type=info.unit_type,
        corrections=corrections,
    )


def read_record(record_id: str, values: Mapping[str, Any]) -> ReportRecord:
    """A record from Chroma metadata; one of an older program holds no corrections.

    Raises:
        KeyError, TypeError, ValueError: a field is missing or not ours.
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
        recognised_unit=str(values.get("recognised_unit", values["unit"])),
        recognised_year=int(values.get("recognised_year", values["year"])),
        recognised_type=str(values.get("recognised_type", values["unit_type"])),
        corrections=read_corrections(str(values.get("corrections", ""))),
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


def is_same_file(record: ReportRecord, report: PreparedReport) -> bool:
    """True where ``report`` is a newer state of the file that ``record`` was read from.

    A file reused for another unit or year is a report of its own.
    """
    return record.source == report.source and not _is_another(record, report)


def is_same_name(record: ReportRecord, report: PreparedReport, text: str) -> bool:
    """True for a file of the same name and much the same ``text``, brought from elsewhere."""
    is_alike = overlap(shingles(text), shingles(report.text)) >= _MUCH_ALIKE
    return record.name == report.name and is_alike and not _is_another(record, report)


def _is_another(record: ReportRecord, report: PreparedReport) -> bool:
    said, told, known = report.corrections, report.recognised, record.recognised
    is_other = _differ(said.unit, record.unit) if said.unit else _differ(told.unit, known.unit)
    is_later = _differ(said.year, record.year) if said.year else _differ(told.year, known.year)
    return is_other or is_later or report_topic(record.info) != report_topic(report.info)


def _differ(one: str | int, other: str | int) -> bool:
    return bool(one and other and one != other)


def is_same_report(record: ReportRecord, report: PreparedReport, text: str) -> bool:
    """True where ``report`` is a version of the report whose ``text`` was read from elsewhere.

    Units of one name exist in many places, so unit, year and topic must be the same and the
    wording alike.
    """
    pairs = ((record.info, report.info), (record.recognised, report.recognised))
    return (
        any(
            a.unit
            and a.year
            and (a.unit, a.year) == (b.unit, b.year)
            and report_topic(a) == report_topic(b)
            for a, b in pairs
        )
        and overlap(shingles(text), shingles(report.text)) >= _ALIKE
    )
