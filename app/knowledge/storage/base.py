"""Past reports over Chroma: what lies where, who reads it, and the single writes.

A report is visible exactly while a record names its version. A local store keeps its records in a
file of their own; what Chroma holds of it is made from them.
"""

import json
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
from app.core.files import write_private, writer_lock
from app.core.private import make_private_folder
from app.knowledge.embedders import Embedder
from app.knowledge.index.lexical import LexicalIndex, make_entry
from app.knowledge.passage import Passage
from app.knowledge.records import (
    ReportRecord,
    passage_values,
    read_passage,
    read_record,
)
from app.knowledge.reference_index import KnownReport, describe_known, load_sidecar, write_sidecar
from app.knowledge.storage.chroma import (
    PAGE,
    Connection,
    StoreLocation,
    damaged,
    damaged_index,
    guarded,
    inspect_folder,
)
from app.knowledge.storage.state import StoreState, read_owner
from app.knowledge.storage.tables import (
    META,
    REPORTS,
    LocalTable,
    RecordTable,
    ServerTable,
    begin_records,
    has_records,
    records_database,
)
from app.knowledge.storage.vectors import VectorCollection

SCHEMA_VERSION, LOCK_TIMEOUT_S = 1, 30.0
LOCK_FILE, MARKER_FILE = "write.lock", "created.json"
_BATCH, _RETIRED_S = 64, 60.0
_PASSAGES = "pingan_passages_"
_FIRST = "first"
LEXICAL_FOLDER = "lexical"


def utc_now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


class Storage:
    """Past reports and their passages: opened, read, and written piece by piece.

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
        self.place = StoreLocation(self.folder / "chroma", chroma_url, chroma_token)
        self.embedder = embedder
        self._clock = clock
        self._is_rebuilding = is_rebuilding
        self._batches, self._is_untold = 0, False
        self._prepare_folder()
        self.owner = read_owner(self.folder) if self.place.is_remote else ""
        self._retired: list[tuple[float, Connection]] = []
        self._connection: Connection | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        self._open_records()

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

    def _use(self, state: RecordTable, reports: RecordTable) -> None:
        self.state, self._reports = StoreState(state), reports

    def _connect(self) -> None:
        active = self.state.active
        if not self.place.is_remote:
            inspect_folder(self.place, is_filled=bool(active))
        if self._connection is None:
            self._connection = Connection(self.place)
        self._seen = self.state.generation
        self._vectors = self.open_vectors(active) if active else None
        self.require_embedder()

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

    def tell_checker(self, *, is_whole: bool = False) -> None:
        """Bring the checker's list of units and paragraphs in line with the store.

        The caller is the only writer. Only new versions are described, all of them where
        ``is_whole``; what a killed writer or an older program left out is made up for.

        Raises:
            KnowledgeError: the store cannot be read or the list not written.
        """
        generation = self.state.generation  # before the records: a later change shows as such
        known: dict[str, KnownReport] = {}
        if not is_whole:
            with suppress(KnowledgeError):
                known = {report.id: report for report in load_sidecar(self.folder)}
        reports = [known.get(r.report_id) or self._described(r) for r in self.records()]
        write_sidecar(self.folder, reports, generation)
        self._is_untold = False

    def _described(self, record: ReportRecord) -> KnownReport:
        text = self.report_text(record.record_id)
        return describe_known(record.report_id, record.unit, record.year, record.title, text)

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
        self.index_passages(vectors, passages)

    def index_of(self, vectors: VectorCollection) -> LexicalIndex:
        """The lexical index of a collection of passages."""
        return LexicalIndex(self.folder / LEXICAL_FOLDER / vectors.name)

    def index_passages(self, vectors: VectorCollection, passages: Sequence[Passage]) -> None:
        """Index all passages of one report version that were just written to ``vectors``."""
        if passages:
            with suppress(KnowledgeError):  # made up for before the next search
                self.index_of(vectors).add([make_entry(passages)])

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

    def bump(self) -> None:
        """Tell readers, other programs and the checker that the visible passages have changed."""
        self._seen = self.state.bump_generation()
        self._is_untold = True
        if not self._batches:
            self.tell_checker()

    def now(self) -> datetime:
        """The present time by the store's clock."""
        return self._clock()
