"""The store of past reports over Chroma.

A report is visible exactly while a record names its version: passages are written first, one
record upsert makes them visible and hides the version before, then the old ones are deleted. An
intent written before and removed afterwards tells the next open what a killed writer left over.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from app.core.errors import KnowledgeError
from app.knowledge.chroma import (
    PAGE,
    Connection,
    Place,
    RecordTable,
    damaged,
    guarded,
    inspect_folder,
)
from app.knowledge.chunking import cut_passages
from app.knowledge.embedders import Embedder
from app.knowledge.lock import LockHeldError, writer_lock
from app.knowledge.passage import Passage, ReportInfo
from app.knowledge.records import (
    Added,
    NothingToCutError,
    Origin,
    Outcome,
    PreparedReport,
    ReportRecord,
    find_older,
    free_id,
    make_record,
    make_report_id,
    passage_values,
    read_passage,
    read_record,
)
from app.knowledge.sidecar import refresh_sidecar
from app.knowledge.state import Intent, StoreState
from app.knowledge.tokens import count_tokens
from app.knowledge.vectors import VectorCollection

SCHEMA_VERSION, PASSAGE_TOKENS = 1, 320
LOCK_FILE, MARKER_FILE = "write.lock", "created.json"
LOCK_TIMEOUT_S = 30.0
_BATCH, _RETIRED_S = 64, 60.0
_REMOTE_GRACE = timedelta(hours=1)
_META, _REPORTS, _PASSAGES = "pingan_meta", "pingan_reports", "pingan_passages_"


def utc_now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


class KnowledgeStore:
    """Past reports and their passages.

    ``home`` is the program's data folder; the store lies below it, or on the Chroma server at
    ``chroma_url``. ``clock`` gives the time a report is added. ``is_rebuilding`` opens a store
    whose passages are to be replaced, whatever embedder made them and in whatever state.

    Raises:
        KnowledgeError: the store is damaged, away, or was filled by another embedder.
    """

    def __init__(
        self,
        home: Path,
        embedder: Embedder,
        *,
        chroma_url: str = "",
        clock: Callable[[], datetime] = utc_now,
        is_rebuilding: bool = False,
    ) -> None:
        self.folder = home / "kb"
        self.place = Place(self.folder / "chroma", chroma_url)
        self.embedder = embedder
        self._clock = clock
        self._is_rebuilding = is_rebuilding
        self._prepare_folder()
        self._retired: list[tuple[float, Connection]] = []
        self._connection = Connection(self.place)
        try:
            self._open_tables()
            self._recover_if_idle()
        except BaseException:
            self._connection.close()
            raise

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnowledgeError(
                f"知识库文件夹 {self.folder} 建不起来，请检查权限，或用 --home 指定别的位置。"
            ) from error
        if not self.place.is_remote:
            was_created = (self.folder / MARKER_FILE).exists()
            inspect_folder(self.place, was_created=was_created, ignore_indexes=self._is_rebuilding)

    def _open_tables(self) -> None:
        marker = self.folder / MARKER_FILE
        if not self.place.is_remote and not marker.exists():
            with self._only_writer(LOCK_TIMEOUT_S):
                self._make_tables()
                marker.write_text(json.dumps({"schema": SCHEMA_VERSION}), encoding="utf-8")
        else:
            self._make_tables()
        active = self.state.active
        self._seen = self.state.generation
        self._vectors = self.open_vectors(active) if active else None
        self.require_embedder()

    def _make_tables(self) -> None:
        self.state = StoreState(RecordTable(self._connection.client, _META, self.place))
        self._reports = RecordTable(self._connection.client, _REPORTS, self.place)

    def close(self) -> None:
        """Let the database go; the store cannot be used afterwards."""
        for _, connection in self._retired:
            connection.close()
        self._retired.clear()
        self._connection.close()

    def refresh(self) -> None:
        """Open the database anew where another program has written to it since.

        An open engine would not find what the other wrote, and could overwrite its index.
        """
        if not self.place.is_remote and self.state.generation != self._seen:
            self._reopen()

    def _reopen(self) -> None:
        now = time.monotonic()
        self._retired.append((now, self._connection))
        self._connection = Connection(self.place)
        self._open_tables()
        for retired in [r for r in self._retired if now - r[0] > _RETIRED_S]:
            self._retired.remove(retired)  # by now no thread is still reading from it
            retired[1].close()

    def __enter__(self) -> Self:
        """Use the store in a ``with`` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def _only_writer(self, timeout_s: float) -> AbstractContextManager[None]:
        return writer_lock(self.folder / LOCK_FILE, timeout_s=timeout_s)

    @contextmanager
    def locked(self, *, timeout_s: float = LOCK_TIMEOUT_S) -> Iterator[None]:
        """Be the only writer of this machine, on a fresh and recovered store.

        Raises:
            KnowledgeError: another process goes on writing for longer than ``timeout_s``.
        """
        with self._only_writer(timeout_s):
            self.refresh()
            self._recover()
            yield

    def is_ours(self, vectors: VectorCollection) -> bool:
        """True where passages were embedded by our embedder and cut by this version."""
        made = vectors.metadata
        return (made.get("embedder"), made.get("schema")) == (self.embedder.name, SCHEMA_VERSION)

    def require_embedder(self) -> None:
        """Check that the passages are ours.

        Raises:
            KnowledgeError: they are not; the message names the command that rebuilds.
        """
        if self._vectors is None or self._is_rebuilding or self.is_ours(self._vectors):
            return
        name = self._vectors.metadata.get("embedder", "")
        if name != self.embedder.name:
            raise KnowledgeError(
                f"知识库 {self.place.label} 是用向量器 {name} 建的，现在配置的是 "
                f"{self.embedder.name}，请改回原来的向量器，或运行 pingan kb rebuild 重建。"
            )
        raise KnowledgeError(
            f"知识库 {self.place.label} 是另一个版本的程序建的，请运行 pingan kb rebuild 重建。"
        )

    @property
    def vectors(self) -> VectorCollection | None:
        """The passages' collection; ``None`` before the first report."""
        active = self.state.active
        if active and (self._vectors is None or self._vectors.name != active):
            self._vectors = self.open_vectors(active)
            self.require_embedder()
        return self._vectors

    def records(self) -> tuple[ReportRecord, ...]:
        """Every report, by unit, year and name.

        Raises:
            KnowledgeError: a record is damaged.
        """
        try:
            found = [read_record(key, values) for key, values in self._reports.all().items()]
        except (KeyError, ValueError) as error:
            raise damaged(self.place, "报告登记不完整") from error
        return tuple(sorted(found, key=lambda r: (r.unit, r.year, r.name, r.record_id)))

    def report_text(self, record_id: str) -> str:
        """The cleaned text of a report; empty where there is no such report."""
        return self._reports.text(record_id)

    def passages(self, report_id: str = "") -> tuple[Passage, ...]:
        """All visible passages, or those of one report version, in order.

        Raises:
            KnowledgeError: the store cannot be read or a passage is damaged.
        """
        vectors = self.vectors
        if vectors is None:
            return ()
        live = {record.report_id for record in self.records()}
        where = {"report_id": report_id} if report_id else None
        try:
            found = [
                read_passage(key, text, values)
                for key, text, values in vectors.read(where, PAGE)
                if values.get("report_id") in live
            ]
        except (KeyError, ValueError) as error:
            raise damaged(self.place, "段落登记不完整") from error
        return tuple(sorted(found, key=lambda p: (p.report_id, p.position)))

    def add(
        self,
        report: PreparedReport,
        *,
        origin: Origin = Origin.USER,
    ) -> Added:
        """Add a report, replace its older version, or find it unchanged.

        A known text is taken again where the user's corrections differ from what is recorded.

        Raises:
            NothingToCutError: the report holds no whole sentence.
            KnowledgeError: the store cannot be written.
        """
        with self.locked():
            known = self.records()
            same = next((r for r in known if r.content_hash == report.content_hash), None)
            info = report.corrections.applied_to(same.info) if same else report.info
            if same is not None and same.info == info:
                return Added(Outcome.UNCHANGED, same)
            old = same or find_older(known, report, self.report_text)
            report_id = make_report_id(report.content_hash, info)
            passages = self.cut(report.text, info, report_id)
            if not passages:
                raise NothingToCutError(f"{report.name} 里没有成段的文字，没有收入知识库。")
            record = make_record(
                report,
                info,
                record_id=old.record_id if old else free_id(report_id, known),
                report_id=report_id,
                passages=len(passages),
                added_at=self._clock().isoformat(timespec="seconds"),
                origin=origin,
            )
            self._commit(record, passages, report.text, old.report_id if old else "")
        return Added(Outcome.REPLACED if old else Outcome.TAKEN, record)

    def cut(self, text: str, info: ReportInfo, report_id: str) -> tuple[Passage, ...]:
        """Cut a cleaned report as this store keeps it."""
        return cut_passages(
            text,
            budget_tokens=PASSAGE_TOKENS,
            count_tokens=count_tokens,
            info=info,
            report_id=report_id,
        )

    def _commit(
        self, record: ReportRecord, passages: Sequence[Passage], text: str, old_id: str
    ) -> None:
        vectors = self._writable_vectors()
        intent = self.state.begin(comes=record.report_id, goes=old_id, started=self._clock())
        self.write_passages(vectors, passages)
        self.put_record(record, text)
        self._bump()
        if old_id and old_id != record.report_id:
            vectors.delete_report(old_id)
        self.state.end(intent)

    def put_record(self, record: ReportRecord, text: str) -> None:
        """Write a record with its report's text: the moment its passages become visible."""
        self._reports.put(record.record_id, record.values(), text)

    def write_passages(self, vectors: VectorCollection, passages: Sequence[Passage]) -> None:
        """Embed passages and write them; they are visible once a record names their report."""
        for start in range(0, len(passages), _BATCH):
            batch = passages[start : start + _BATCH]
            rows = self.embedder.embed_documents([p.indexed_text for p in batch])
            vectors.write(
                [p.id for p in batch], rows, [p.text for p in batch], [*map(passage_values, batch)]
            )

    def _writable_vectors(self) -> VectorCollection:
        vectors = self.vectors
        if vectors is None:
            vectors = self._vectors = self.new_vectors()
            self.state.active = vectors.name
        return vectors

    def open_vectors(self, name: str) -> VectorCollection:
        """The collection ``name``."""
        return VectorCollection(self._connection.client, name, self.embedder, self.place)

    def new_vectors(self) -> VectorCollection:
        """An empty collection for passages of this embedder."""
        return VectorCollection(
            self._connection.client,
            _PASSAGES + uuid4().hex[:12],
            self.embedder,
            self.place,
            metadata={
                "embedder": self.embedder.name,
                "dimensions": self.embedder.dimensions,
                "schema": SCHEMA_VERSION,
            },
        )

    def activate(self, fresh: VectorCollection) -> None:
        """Let the passages of ``fresh`` count from now on, and delete all others."""
        self.state.active = fresh.name
        self._vectors = fresh
        self._bump()
        with guarded(self.place):
            for collection in self._connection.client.list_collections():
                if collection.name.startswith(_PASSAGES) and collection.name != fresh.name:
                    self._connection.client.delete_collection(collection.name)

    def remove(self, record: ReportRecord) -> None:
        """Remove a report and its passages; a removed sample does not come back."""
        with self.locked():
            intent = self.state.begin(comes="", goes=record.report_id, started=self._clock())
            if record.origin == Origin.SAMPLE:
                self.state.samples = "declined"
            self._reports.delete(record.record_id)
            self._bump()
            if self._vectors is not None:
                self._vectors.delete_report(record.report_id)
            self.state.end(intent)

    def _recover_if_idle(self) -> None:
        if self.state.intents() and not self._is_rebuilding:
            try:
                with self.locked(timeout_s=0.0):
                    pass
            except LockHeldError:
                return  # a writer is at work, and what is pending is its own

    def _recover(self) -> None:
        """Undo or finish what a killed writer left over; we are the only writer now."""
        intents = [i for i in self.state.intents() if not self.place.is_remote or self._is_stale(i)]
        if not intents:
            return
        if not self.place.is_remote:
            self._reopen()
        for intent in intents:
            self._finish(intent)

    def _bump(self) -> None:
        self._seen = self.state.bump_generation()
        refresh_sidecar(self)

    def _is_stale(self, intent: Intent) -> bool:
        return self._clock() - intent.started > _REMOTE_GRACE

    def _finish(self, intent: Intent) -> None:
        live = {record.report_id for record in self.records()}
        for report_id in (intent.comes, intent.goes):
            if self._vectors is not None and report_id and report_id not in live:
                self._vectors.delete_report(report_id)
        self._bump()
        self.state.end(intent.id)
