"""Small records with a text each: in a SQLite file of this machine, or on a Chroma server.

What Chroma holds of a local store is made from these records and can be made again.
"""

import json
import math
import zlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection

from app.core.database import Database, Schema
from app.knowledge.storage.chroma import (
    DATABASE_FILE,
    PAGE,
    Connection,
    Scalar,
    StoreLocation,
    damaged,
    guarded,
)

RECORDS_FILE = "records.sqlite3"
META, REPORTS = "pingan_meta", "pingan_reports"
# By these a report is looked for each time one is added.
_LOOKED_FOR = ("content_hash", "source", "unit", "recognised_unit", "name", "report_id")
RECORDS = Schema(
    RECORDS_FILE,
    (
        "CREATE TABLE records (kind TEXT NOT NULL, id TEXT NOT NULL, told TEXT NOT NULL, "
        "text TEXT NOT NULL, PRIMARY KEY (kind, id))",
        *(
            f"CREATE INDEX by_{key} ON records (kind, json_extract(told, '$.{key}'))"
            for key in _LOOKED_FOR
        ),
    ),
    "知识库的报告登记",
)
# Chroma reads every write since its last save again at each write. Records are large and few.
_HNSW = {"batch_size": 2, "sync_threshold": 2}


class RecordTable(Protocol):
    """Records by id, each with values and a text; every change is one transaction."""

    def put(self, record_id: str, values: Mapping[str, Scalar], text: str = "") -> None:
        """Write one record, over the one that was there."""

    def get(self, record_id: str) -> dict[str, Any] | None:
        """The values of one record, ``None`` where there is none."""

    def text(self, record_id: str) -> str:
        """The text of one record; empty where there is none."""

    def all(self, wanted: Mapping[str, Scalar] | None = None) -> dict[str, dict[str, Any]]:
        """Every record's values by id; only those that hold the values ``wanted``."""

    def ids_with(self, text: str) -> frozenset[str]:
        """Ids of the records whose text holds ``text``."""

    def delete(self, record_id: str) -> None:
        """Remove one record; one that is not there is no error."""


def records_database(folder: Path) -> Database:
    """The file of a local store's records below ``folder``; made where it is not there yet.

    Raises:
        KnowledgeError: it cannot be made or read, or a newer program wrote it.
    """
    return Database(folder, RECORDS)


def has_records(folder: Path) -> bool:
    """True where a local store's records are there; an empty file holds none."""
    path = folder / RECORDS_FILE
    return path.is_file() and path.stat().st_size > 0


def begin_records(folder: Path, place: StoreLocation, *, is_filled: bool) -> None:
    """Make the file of a local store's records, whole or not at all.

    What an older program kept in Chroma moves there. The caller is the only writer; ``is_filled``
    tells that there was a store here before.

    Raises:
        KnowledgeError: there was one, and its records are gone or cannot be read.
    """
    if has_records(folder):
        return
    with TemporaryDirectory(dir=folder, prefix=".records-") as name:
        database = records_database(Path(name))
        was_moved = (place.folder / DATABASE_FILE).exists() and _move_old(place, database)
        if is_filled and not was_moved:
            raise damaged(place, f"缺少 {RECORDS_FILE}")
        database.path.replace(folder / RECORDS_FILE)


def _move_old(place: StoreLocation, database: Database) -> bool:
    connection = Connection(place)
    try:
        with guarded(place):
            names = {collection.name for collection in connection.client.list_collections()}
        if REPORTS not in names:
            return False
        for kind in (META, REPORTS):
            old, new = ServerTable(connection.client, kind, place), LocalTable(database, kind)
            for record_id, values in old.all().items():
                new.put(record_id, values, old.text(record_id))
    finally:
        connection.close()
    return True


class LocalTable:
    """The records of one kind in a local store's file.

    Every method raises ``KnowledgeError`` where the file cannot be read or written.
    """

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    def put(self, record_id: str, values: Mapping[str, Scalar], text: str = "") -> None:
        """Write one record, over the one that was there."""
        told = json.dumps(dict(values), ensure_ascii=False)
        with self._database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO records (kind, id, told, text) VALUES (?, ?, ?, ?)",
                (self._kind, record_id, told, text),
            )

    def get(self, record_id: str) -> dict[str, Any] | None:
        """The values of one record, ``None`` where there is none."""
        found = self._column("told", record_id)
        return None if found is None else dict(json.loads(found))

    def text(self, record_id: str) -> str:
        """The text of one record; empty where there is none."""
        return self._column("text", record_id) or ""

    def _column(self, name: str, record_id: str) -> str | None:
        with self._database.reading() as db:
            row = db.execute(
                f"SELECT {name} FROM records WHERE kind = ? AND id = ?",  # noqa: S608  # ours
                (self._kind, record_id),
            ).fetchone()
        return None if row is None else str(row[0])

    def all(self, wanted: Mapping[str, Scalar] | None = None) -> dict[str, dict[str, Any]]:
        """Every record's values by id; only those that hold the values ``wanted``."""
        tests = "".join(f" AND json_extract(told, '$.{key}') = ?" for key in wanted or ())
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT id, told FROM records WHERE kind = ?{tests}",  # noqa: S608  # our own keys
                (self._kind, *(wanted or {}).values()),
            ).fetchall()
        return {str(row["id"]): dict(json.loads(row["told"])) for row in rows}

    def ids_with(self, text: str) -> frozenset[str]:
        """Ids of the records whose text holds ``text``."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id FROM records WHERE kind = ? AND instr(text, ?) > 0", (self._kind, text)
            ).fetchall()
        return frozenset(str(row["id"]) for row in rows)

    def delete(self, record_id: str) -> None:
        """Remove one record; one that is not there is no error."""
        with self._database.writing() as db:
            db.execute("DELETE FROM records WHERE kind = ? AND id = ?", (self._kind, record_id))


class ServerTable:
    """Records in a collection of their own, where several machines share them.

    The vectors mean nothing. Every method raises ``KnowledgeError`` where the server is away.
    """

    def __init__(self, client: Client, kind: str, place: StoreLocation) -> None:
        self._place = place
        with guarded(place):
            self._collection: Collection = client.get_or_create_collection(
                kind,
                embedding_function=None,
                configuration={"hnsw": dict(_HNSW)},  # type: ignore[arg-type]
            )

    def put(self, record_id: str, values: Mapping[str, Scalar], text: str = "") -> None:
        """Write one record in one transaction."""
        angle = zlib.crc32(record_id.encode("utf-8")) / 0xFFFFFFFF * math.tau
        with guarded(self._place):
            self._collection.upsert(
                ids=[record_id],
                embeddings=np.array([[math.cos(angle), math.sin(angle)]], dtype=np.float32),
                metadatas=[dict(values)],
                documents=[text],
            )

    def get(self, record_id: str) -> dict[str, Any] | None:
        """The values of one record, ``None`` where there is none."""
        with guarded(self._place):
            found = self._collection.get(ids=[record_id], include=["metadatas"])
        metadatas = found["metadatas"] or []
        return dict(metadatas[0]) if metadatas else None

    def text(self, record_id: str) -> str:
        """The text of one record; empty where there is none."""
        with guarded(self._place):
            found = self._collection.get(ids=[record_id], include=["documents"])
        documents = found["documents"] or []
        return documents[0] if documents else ""

    def all(self, wanted: Mapping[str, Scalar] | None = None) -> dict[str, dict[str, Any]]:
        """Every record's values by id; only those that hold the values ``wanted``."""
        records: dict[str, dict[str, Any]] = {}
        tests: list[Any] = [{key: value} for key, value in (wanted or {}).items()]
        where = {"$and": tests} if len(tests) > 1 else tests[0] if tests else None
        while True:
            with guarded(self._place):
                page = self._collection.get(
                    where=where, limit=PAGE, offset=len(records), include=["metadatas"]
                )
            metadatas = page["metadatas"] or []
            for record_id, values in zip(page["ids"], metadatas, strict=True):
                records[record_id] = dict(values or {})
            if len(page["ids"]) < PAGE:
                return records

    def ids_with(self, text: str) -> frozenset[str]:
        """Ids of the records whose text holds ``text``."""
        with guarded(self._place):
            found = self._collection.get(where_document={"$contains": text}, include=[])
        return frozenset(found["ids"])

    def delete(self, record_id: str) -> None:
        """Remove one record; one that is not there is no error."""
        with guarded(self._place):
            if self._collection.get(ids=[record_id], include=[])["ids"]:
                self._collection.delete(ids=[record_id])
