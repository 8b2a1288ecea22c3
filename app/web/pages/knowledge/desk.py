"""What the tab 知识库 asks of the knowledge base; the vector store is loaded when it is asked."""
# ruff: noqa: PLC0415

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.audit import Deed, record
from app.core.draft import Draft
from app.core.errors import InputError, KnowledgeError
from app.knowledge.parts import parts_of
from app.web.backend import Backend, Progress

if TYPE_CHECKING:
    from app.knowledge.records import ReportRecord
    from app.knowledge.retriever import Hit
    from app.services.ingest import AddSummary
    from app.services.knowledge_view import ShownPassage, UsedSection

_FIRST_YEAR, _LAST_YEAR = 1949, 2100


@dataclass(frozen=True, slots=True)
class Listing:
    """Every report, and those that pass the filter."""

    records: "tuple[ReportRecord, ...]"
    shown: "tuple[ReportRecord, ...]"


@dataclass(frozen=True, slots=True)
class OpenReport:
    """One report with its text and its passages."""

    record: "ReportRecord"
    text: str
    passages: "tuple[ShownPassage, ...]"

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that passages stand under; empty for those before the first."""
        found = (h for s in self.passages for h in s.passage.heading_path or ("",))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Edits:
    """What the form holds. ``part`` is for the passages under ``heading``; ``None`` for neither."""

    unit: str
    year: str
    unit_type: str
    heading: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class KnowledgeDesk:
    """The knowledge base as the page uses it."""

    backend: Backend

    def listing(self, *, text: str = "", year: int = 0, unit_type: str = "") -> Listing:
        """The reports, filtered."""
        from app.services.knowledge_view import RecordFilter, filter_records

        store = self.backend.store()
        records = store.records()
        if not (text.strip() or year or unit_type):
            return Listing(records, records)
        wanted = RecordFilter(year=year, unit_type=unit_type, text=text)
        return Listing(records, filter_records(store, wanted))

    def add(self, paths: Sequence[Path], on_progress: Progress) -> "AddSummary":
        """Add files and archives; what had been done when the store failed is told as well."""
        summary = self.backend.add(paths, on_progress)
        self._record(f"收入{len(summary.taken)}份，更新{len(summary.replaced)}份")
        return summary

    def _record(self, what: str, record_id: str = "") -> None:
        record(self.backend.settings.home, Deed.KNOWLEDGE, to=record_id, more=what)

    def open(self, record_id: str) -> OpenReport:
        """One report.

        Raises:
            KnowledgeError: it has gone.
        """
        from app.services.knowledge_view import show_passages

        store = self.backend.store()
        found = store.record(record_id)
        if found is None:
            raise KnowledgeError("这份总结已经不在知识库里，请重新打开这一页。")
        return OpenReport(found, store.report_text(record_id), show_passages(store, found))

    def edit(self, record_id: str, edits: Edits) -> "ReportRecord":
        """Take over what the form says otherwise than the record.

        Raises:
            InputError: the year is none.
            KnowledgeError: the report has gone, or the store cannot be written.
        """
        from app.knowledge.corrections import Corrections, PartOf

        known = self.open(record_id).record
        said = Corrections()
        unit, year = edits.unit.strip(), _year(edits.year)
        if unit and unit != known.unit:
            said = replace(said, unit=unit)
        if year and year != known.year:
            said = replace(said, year=year)
        if edits.unit_type and edits.unit_type != known.unit_type:
            said = replace(said, unit_type=edits.unit_type)
        if edits.heading is not None and edits.part is not None:
            said = replace(said, parts=(PartOf(edits.heading, edits.part),))
        edited = self.backend.store().edit(record_id, said).record
        self._record("更正", record_id)
        return edited

    def restore(self, record_id: str) -> "ReportRecord":
        """Take every correction of a report back."""
        from app.knowledge.corrections import Corrections

        edited = self.backend.store().edit(record_id, Corrections(), is_reset=True).record
        self._record("撤销更正", record_id)
        return edited

    def remove(self, record_id: str) -> "ReportRecord":
        """Remove a report."""
        removed = self.open(record_id).record
        self.backend.store().remove(removed)
        self._record("移除", record_id)
        return removed

    def parts(self, unit_type: str) -> list[tuple[str, str | int | float]]:
        """Title and key of each part of a report of this type."""
        return [(part.title, part.key) for part in parts_of(unit_type)]

    def search(
        self, query: str, *, k: int, part: str = "", unit_type: str = "", own_unit: str = ""
    ) -> "tuple[Hit, ...]":
        """The passages nearest to ``query``."""
        retriever = self.backend.retriever
        return retriever.search(
            query, k=k, part=part, unit_type=unit_type, own_unit=own_unit.strip()
        )

    def used_by(self, draft: Draft) -> "tuple[UsedSection, ...]":
        """The passages behind a draft just written."""
        from app.services.knowledge_view import used_passages, uses_of_draft

        return used_passages(self.backend.store(), uses_of_draft(draft))

    def used_in(self, path: Path) -> "tuple[UsedSection, ...]":
        """The passages behind a saved draft.

        Raises:
            InputError: the file is no saved draft.
        """
        from app.services.knowledge_view import read_uses, used_passages

        uses = read_uses(path.read_bytes(), path.name)
        return used_passages(self.backend.store(), uses)


def _year(text: str) -> int:
    text = text.strip().removesuffix("年")
    if not text:
        return 0
    if not text.isdecimal() or not _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        raise InputError(f"年度“{text}”不对，请写四位数字，如 2024。")
    return int(text)
