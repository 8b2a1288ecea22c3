"""Add, correct and remove reports so that a kill leaves either the old state or the new one.

An intent is noted, passages are written, one record upsert makes them visible and hides the version
before, what is old is deleted, and the intent is forgotten. What a killed writer left over is put
right by the next one. The caller is the only writer.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from app.core.errors import KnowledgeError
from app.knowledge.chunking import cut_report
from app.knowledge.corrections import Corrections
from app.knowledge.passage import Passage
from app.knowledge.records import (
    Added,
    NothingToCutError,
    Outcome,
    PreparedReport,
    RecordOrigin,
    ReportRecord,
    corrected_record,
    is_same_file,
    is_same_name,
    is_same_report,
    make_record,
)
from app.knowledge.storage.base import Storage
from app.knowledge.storage.refill import refill, settle
from app.knowledge.storage.state import Intent
from app.knowledge.storage.vectors import VectorCollection

REMOTE_GRACE = timedelta(hours=1)
LEASE_TIME = timedelta(minutes=10)
_TRIES = 3


def add_report(store: Storage, report: PreparedReport, origin: RecordOrigin) -> Added:
    """Add a report, replace its older version, or find it unchanged.

    Raises:
        NothingToCutError: the report holds no whole sentence.
        KnowledgeError: the store cannot be written.
    """
    same = next(iter(store.find({"content_hash": report.content_hash})), None)
    if same is not None and same.name != report.name:
        # A copy of the same text: its file name says no more than the first one's.
        report = replace(report, recognised=same.recognised)
    old = same or _find_older(store, report)
    corrections = report.corrections
    if old is not None:
        corrections = old.corrections.merged(corrections)
    record = make_record(
        report,
        corrections,
        record_id=old.record_id if old else "",
        passages=0,
        added_at=store.now().isoformat(timespec="seconds"),
        origin=origin,
    )
    if same is not None and same.report_id == record.report_id:
        return Added(Outcome.UNCHANGED, same)
    if old is None:
        record = replace(record, record_id=_free_id(store, record.report_id))
    record = _commit(store, record, report.text, old.report_id if old else "")
    return Added(Outcome.REPLACED if old else Outcome.TAKEN, record)


def edit_report(
    store: Storage, record_id: str, corrections: Corrections, *, is_reset: bool
) -> Added:
    """Put corrections on top of a report's earlier ones, or in their place with ``is_reset``.

    Raises:
        KnowledgeError: there is no such report, or the store cannot be written.
    """
    old = store.record(record_id)
    if old is None:
        raise KnowledgeError(f"知识库里已经没有编号 {record_id} 的总结，请重新查看清单。")
    before = Corrections() if is_reset else old.corrections
    record = corrected_record(old, before.merged(corrections))
    if record.report_id == old.report_id:
        if record.corrections != old.corrections:
            store.put_record(record, store.report_text(record_id))
        return Added(Outcome.UNCHANGED, record)
    record = _commit(store, record, store.report_text(record_id), old.report_id)
    return Added(Outcome.REPLACED, record)


def remove_report(store: Storage, record: ReportRecord) -> None:
    """Remove a report in whatever version it is by now; a removed sample does not come back.

    Raises:
        KnowledgeError: the store cannot be written.
    """
    present = store.record(record.record_id)
    if present is None:
        return
    intent = _begin(store, comes="", goes=present.report_id)
    if present.origin == RecordOrigin.SAMPLE:
        store.state.samples = "declined"
    store.drop_record(present.record_id)
    store.bump()
    vectors = store.vectors
    if vectors is not None:
        vectors.delete_report(present.report_id)
    store.state.end(intent)


def recover(store: Storage) -> None:
    """Undo or finish what killed writers left over; we are this machine's only writer now."""
    if store.state.is_index_lost:
        refill(store)
    for intent in store.state.intents():
        if _is_left_over(store, intent):
            _finish(store, intent)
    vectors = store.vectors
    if vectors is not None and _is_half_rebuilt(store):
        settle(store, vectors)


def has_left_over(store: Storage) -> bool:
    """True where a killed writer may have left something behind."""
    is_pending = any(_is_left_over(store, intent) for intent in store.state.intents())
    return is_pending or store.state.is_index_lost or _is_half_rebuilt(store)


def _is_half_rebuilt(store: Storage) -> bool:
    """True where a rebuild was killed after its passages had come to count."""
    building = store.state.building
    return bool(building) and building == store.state.active and not is_leased_to_another(store)


def _is_left_over(store: Storage, intent: Intent) -> bool:
    """On a server others write at the same time: only their old intents count as left over."""
    is_ours = not store.place.is_remote or intent.owner == store.owner
    return is_ours or store.now() - intent.started > REMOTE_GRACE


def _finish(store: Storage, intent: Intent) -> None:
    vectors = store.vectors
    for report_id in (intent.comes, intent.goes):
        if vectors is not None and report_id and not store.find({"report_id": report_id}):
            vectors.delete_report(report_id)
    store.bump()
    store.state.end(intent.id)


def _find_older(store: Storage, report: PreparedReport) -> ReportRecord | None:
    """The report that a new one replaces: the same file, or a version of the same report."""
    for record in store.find({"source": report.source}):
        if is_same_file(record, report):
            return record
    info, told = report.info, report.recognised
    candidates: list[ReportRecord] = []
    # By unit alone: the store finds the few reports of a unit faster than all those of a year.
    if info.unit and info.year:
        of_unit = store.find({"unit": info.unit})
        candidates += [record for record in of_unit if record.year == info.year]
    if told.unit and told.year:
        of_unit = store.find({"recognised_unit": told.unit})
        candidates += [record for record in of_unit if record.recognised_year == told.year]
    for record in candidates:
        if is_same_report(record, report, store.report_text(record.record_id)):
            return record
    for record in store.find({"name": report.name}):
        if is_same_name(record, report, store.report_text(record.record_id)):
            return record
    return None


def _free_id(store: Storage, report_id: str) -> str:
    """A record id that no other report has."""
    record_id = report_id
    while store.record(record_id) is not None:
        record_id += "x"
    return record_id


def _begin(store: Storage, *, comes: str, goes: str) -> str:
    """Note a write, unless the passages are being rebuilt from another machine.

    First the note, then the look: whoever rebuilds first takes its lease, then looks for notes.
    """
    intent = store.state.begin(owner=store.owner, comes=comes, goes=goes, started=store.now())
    if is_leased_to_another(store):
        store.state.end(intent)
        raise KnowledgeError(
            f"另一台电脑正在重建知识库 {store.place.label}，暂时不能改动，请过几分钟再试。"
        )
    return intent


def is_leased_to_another(store: Storage) -> bool:
    """True while another machine rebuilds the passages on the server."""
    lease = store.state.lease if store.place.is_remote else None
    return lease is not None and (
        lease.owner != store.owner and store.now() - lease.beat < LEASE_TIME
    )


def _commit(store: Storage, record: ReportRecord, text: str, old_id: str) -> ReportRecord:
    passages = cut_report(text, record.info, record.report_id, record.corrections)
    if not passages:
        raise NothingToCutError(f"{record.name} 里没有成段的文字，没有收入知识库。")
    record = replace(record, passages=len(passages))
    intent = _begin(store, comes=record.report_id, goes=old_id)
    vectors = store.writable_vectors()
    store.write_passages(vectors, passages)
    store.put_record(record, text)
    if store.place.is_remote:
        vectors = _written(store, vectors, passages)
    store.bump()
    if old_id and old_id != record.report_id:
        vectors.delete_report(old_id)
    store.state.end(intent)
    return record


def _written(
    store: Storage, vectors: VectorCollection, passages: Sequence[Passage]
) -> VectorCollection:
    """Look whether the passages stand where they count; another machine may have tidied up."""
    for _ in range(_TRIES):
        present = store.writable_vectors()
        is_there = present.count_report(passages[0].report_id) == len(passages)
        if present.name == vectors.name and is_there:
            return present
        vectors = present
        store.write_passages(vectors, passages)
    raise KnowledgeError(
        f"知识库 {store.place.label} 正被另一台电脑大量改动，这一份没有写稳，请过几分钟再收入一次。"
    )
