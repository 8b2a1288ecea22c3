"""The store of past reports over Chroma.

A report is visible exactly while a record names its version. How versions come and go is told in
``writing``. A local store keeps its records in a file of their own; what Chroma holds of it is made
from them, and made again where a kill broke it.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from chromadb.api.client import Client

from app.core.errors import KnowledgeError
from app.core.faults import refused
from app.core.locks import LockHeldError, read_owner, writer_lock
from app.core.private import make_private_folder, write_private
from app.knowledge.chunking import PASSAGE_TOKENS, cut_passages
from app.knowledge.corrections import Corrections
from app.knowledge.embedders import Embedder
from app.knowledge.index.sync import index_passages
from app.knowledge.passage import Passage, ReportInfo
from app.knowledge.records import (
    Added,
    Origin,
    PreparedReport,
    ReportRecord,
    passage_values,
    read_passage,
    read_record,
)
from app.knowledge.reference_index import refresh_sidecar
from app.knowledge.storage import writing
from app.knowledge.storage.chroma import (
    PAGE,
    Connection,
    DamagedIndexError,
    Place,
    damaged,
    damaged_index,
    guarded,
    inspect_folder,
)
from app.knowledge.storage.state import StoreState
from app.knowledge.storage.tables import (
    META,
    REPORTS,
    LocalTable,
    ServerTable,
    Table,
    begin_records,
    has_records,
    records_database,
)
from app.knowledge.storage.vectors import VectorCollection
from app.knowledge.tokens import count_tokens

SCHEMA_VERSION, LOCK_TIMEOUT_S = 1, 30.0
LOCK_FILE, MARKER_FILE = "write.lock", "created.json"
_BATCH, _RETIRED_S = 64, 60.0
_PASSAGES = "pingan_passages_"
_FIRST = "first"


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
        chroma_token: str = "",
        clock: Callable[[], datetime] = utc_now,
        is_rebuilding: bool = False,
    ) -> None:
        self.folder = home / "kb"
        self.place = Place(self.folder / "chroma", chroma_url, chroma_token)
        self.embedder = embedder
        self._clock = clock
        self._is_rebuilding = is_rebuilding
        self._batches, self._is_untold = 0, False
        self._prepare_folder()
        self.owner = read_owner(self.folder) if self.place.is_remote else ""
        self._retired: list[tuple[float, Connection]] = []
        self._connection: Connection | None = None
        try:
            self._open_records()
            self._open_index()
            self._recover_if_idle()
        except BaseException:
            self.close()
            raise

    def _prepare_folder(self) -> None:
        try:
            make_private_folder(self.folder)
        except OSError as error:
            subject = f"知识库文件夹 {self.folder} 建不起来"
            raise refused(KnowledgeError, subject, error) from error

    def _open_records(self) -> None:
        if self.place.is_remote:
            self._connection = Connection(self.place)
            client = self._connection.client
            self._use(
                ServerTable(client, META, self.place), ServerTable(client, REPORTS, self.place)
            )
            return
        marker = self.folder / MARKER_FILE
        if not (marker.exists() and has_records(self.folder)):
            with self._only_writer(LOCK_TIMEOUT_S), guarded(self.place):
                begin_records(self.folder, self.place, is_filled=marker.exists())
                write_private(marker, json.dumps({"schema": SCHEMA_VERSION}))
        database = records_database(self.folder)
        self._use(LocalTable(database, META), LocalTable(database, REPORTS))

    def _use(self, state: Table, reports: Table) -> None:
        self.state, self._reports = StoreState(state), reports

    def _open_index(self) -> None:
        try:
            self._connect()
        except DamagedIndexError:
            if self.place.is_remote:
                raise
            with self._only_writer(LOCK_TIMEOUT_S):
                if not self._is_rebuilding and not writing.has_left_over(self):
                    raise
                self._renew_index()

    def _connect(self) -> None:
        active = self.state.active
        if not self.place.is_remote:
            inspect_folder(self.place, is_filled=bool(active))
        if self._connection is None:
            self._connection = Connection(self.place)
        self._seen = self.state.generation
        self._vectors = self.open_vectors(active) if active else None
        self.require_embedder()

    def _renew_index(self) -> None:
        """Throw away what Chroma holds of this local store and make it again from the records.

        We are the only writer now. A rebuild that is to follow does the second half itself.
        """
        self._disconnect()
        self.state.lose_index()
        with suppress(FileNotFoundError):
            shutil.rmtree(self.place.folder)
        self._connect()
        if not self._is_rebuilding:
            writing.recover(self)

    @property
    def _client(self) -> Client:
        if self._connection is None:
            raise damaged_index(self.place)
        return self._connection.client

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Let the database go; the store cannot be used afterwards."""
        for _, connection in self._retired:
            connection.close()
        self._retired.clear()
        self._disconnect()

    def refresh(self) -> None:
        """Open the database anew where another program has written to it since.

        An open engine would not find what the other wrote, and could overwrite its index.
        """
        if not self.place.is_remote and self.state.generation != self._seen:
            self._reopen()

    def _reopen(self) -> None:
        now = time.monotonic()
        if self._connection is not None:
            self._retired.append((now, self._connection))
            self._connection = None
        self._connect()
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
                f"{self.embedder.name}，请改回原来的向量器，或运行 pingan kb rebuild 重建。",
                on_page=f"知识库是用向量器 {name} 建的，现在配置的是 {self.embedder.name}，"
                "请管理员改回原来的向量器，或重建知识库。",
            )
        raise KnowledgeError(
            f"知识库 {self.place.label} 是另一个版本的程序建的，请运行 pingan kb rebuild 重建。",
            on_page=f"知识库 {self.place.label} 是另一个版本的程序建的，请管理员重建知识库。",
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
        return self.find({})

    def report_text(self, record_id: str) -> str:
        """The cleaned text of a report; empty where there is no such report."""
        return self._reports.text(record_id)

    def ids_with(self, text: str) -> frozenset[str]:
        """Ids of the reports whose cleaned text holds ``text``."""
        return self._reports.ids_with(text)

    def passages(self, report_id: str = "") -> tuple[Passage, ...]:
        """All visible passages, or those of one report version, in order."""
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
            raise damaged_index(self.place) from error
        return tuple(sorted(found, key=lambda p: (p.report_id, p.position)))

    def find(self, wanted: Mapping[str, str | int]) -> tuple[ReportRecord, ...]:
        """The reports whose record holds these values, in the order of :meth:`records`."""
        try:
            found = [read_record(key, values) for key, values in self._reports.all(wanted).items()]
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(self.place, "报告登记不完整") from error
        return tuple(sorted(found, key=lambda r: (r.unit, r.year, r.name, r.record_id)))

    def record(self, record_id: str) -> ReportRecord | None:
        """One report by its id; ``None`` where there is none."""
        values = self._reports.get(record_id)
        try:
            return None if values is None else read_record(record_id, values)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(self.place, "报告登记不完整") from error

    def add(self, report: PreparedReport, *, origin: Origin = Origin.USER) -> Added:
        """Add a report, replace its older version (also for new corrections), or find it unchanged.

        Raises:
            NothingToCutError: the report holds no whole sentence.
            KnowledgeError: the store cannot be written.
        """
        return writing.add_report(self, report, origin)

    def edit(self, record_id: str, corrections: Corrections, *, is_reset: bool = False) -> Added:
        """Correct what is known of a report; ``is_reset`` drops its earlier corrections first.

        Raises:
            KnowledgeError: there is no such report, or the store cannot be written.
        """
        return writing.edit_report(self, record_id, corrections, is_reset=is_reset)

    def remove(self, record: ReportRecord) -> None:
        """Remove a report and its passages; a removed sample does not come back.

        Raises:
            KnowledgeError: the store cannot be written.
        """
        writing.remove_report(self, record)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Tell the checker of many changes once, at the end, instead of after each."""
        self._batches += 1
        try:
            yield
        finally:
            self._batches -= 1
            if not self._batches and self._is_untold:
                with suppress(KnowledgeError):  # made up for when the store is next opened
                    self.tell_checker()

    def tell_checker(self) -> None:
        """Bring the checker's list of units and paragraphs in line with the store.

        Raises:
            KnowledgeError: the store cannot be read or the list not written.
        """
        refresh_sidecar(self)
        self._is_untold = False

    def cut(
        self,
        text: str,
        info: ReportInfo,
        report_id: str,
        corrections: Corrections | None = None,
    ) -> tuple[Passage, ...]:
        """Cut a cleaned report as this store keeps it."""
        passages = cut_passages(
            text,
            budget_tokens=PASSAGE_TOKENS,
            count_tokens=count_tokens,
            info=info,
            report_id=report_id,
        )
        return corrections.placed(passages) if corrections else passages

    def put_record(self, record: ReportRecord, text: str) -> None:
        """Write a record with its report's text: the moment its passages become visible."""
        self._reports.put(record.record_id, record.values(), text)

    def drop_record(self, record_id: str) -> None:
        """Delete a record: the moment its passages cease to be visible."""
        self._reports.delete(record_id)

    def write_passages(self, vectors: VectorCollection, passages: Sequence[Passage]) -> None:
        """Embed passages and write them; they are visible once a record names their report."""
        for start in range(0, len(passages), _BATCH):
            batch = passages[start : start + _BATCH]
            rows = self.embedder.embed_documents([p.indexed_text for p in batch])
            vectors.write(
                [p.id for p in batch], rows, [p.text for p in batch], [*map(passage_values, batch)]
            )
        index_passages(self, vectors, passages)

    def writable_vectors(self) -> VectorCollection:
        """The passages' collection, made where this is the first report."""
        vectors = self.vectors
        if vectors is None:
            # Two machines that begin one store on a server at once must begin the same one.
            vectors = self._vectors = self.new_vectors(_FIRST)
            self.require_embedder()
            self.state.active = vectors.name
        return vectors

    def open_vectors(self, name: str) -> VectorCollection:
        """The collection ``name``."""
        return VectorCollection(self._client, name, self.place)

    def new_vectors(self, name: str = "") -> VectorCollection:
        """An empty collection for passages of this embedder."""
        return VectorCollection(
            self._client,
            _PASSAGES + (name or uuid4().hex[:12]),
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
        self.bump()
        with guarded(self.place):
            for collection in self._client.list_collections():
                if collection.name.startswith(_PASSAGES) and collection.name != fresh.name:
                    self._client.delete_collection(collection.name)

    def _recover_if_idle(self) -> None:
        if writing.has_left_over(self) and not self._is_rebuilding:
            # Where a writer is at work, what is pending is its own.
            with suppress(LockHeldError), self.locked(timeout_s=0.0):
                pass

    def _recover(self) -> None:
        """Undo or finish what a killed writer left over; we are the only writer now."""
        if not writing.has_left_over(self):
            return
        try:
            if not self.place.is_remote:
                self._reopen()
            writing.recover(self)
        except DamagedIndexError:  # the kill fell into the moment in which Chroma saved
            if self.place.is_remote:
                raise
            self._renew_index()

    def bump(self) -> None:
        """Tell readers, other programs and the checker that the visible passages have changed."""
        self._seen = self.state.bump_generation()
        self._is_untold = True
        if not self._batches:
            self.tell_checker()

    def now(self) -> datetime:
        """The present time by the store's clock."""
        return self._clock()
