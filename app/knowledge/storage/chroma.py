"""Open Chroma, embedded or as a server, and turn its failures into sentences."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import ClassVar, cast
from urllib.parse import urlsplit

import chromadb
import httpx
from chromadb.api.client import Client
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError

from app.core.errors import ConfigError, KnowledgeError
from app.core.faults import Fault, fault_of, refused
from app.core.private import make_private_folder

DATABASE_FILE = "chroma.sqlite3"
PAGE = 2000
_TIMEOUT_S = 120.0
_SEGMENT_FILES = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin")
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class StoreLocation:
    """Where a store lies: a folder of this machine, or a server when ``url`` is given.

    ``token`` is for whoever guards the server: Chroma's own asks for none.
    """

    folder: Path
    url: str = ""
    token: str = field(default="", repr=False)

    @property
    def is_remote(self) -> bool:
        """True for a Chroma server."""
        return bool(self.url)

    @property
    def label(self) -> str:
        """The name shown to people."""
        return self.url or str(self.folder)


class ServerAwayError(KnowledgeError):
    """The Chroma server does not answer; it may be back in a moment."""


class DamagedIndexError(KnowledgeError):
    """What Chroma holds is lost or broken; the reports are still there, it can be made again."""


def damaged_index(place: StoreLocation) -> DamagedIndexError:
    """The error for lost or broken passages and vectors."""
    told = f"知识库 {place.label} 的索引文件缺失或已损坏"
    return DamagedIndexError(
        f"{told}，请运行 pingan kb rebuild 重建，往年总结都还在。",
        on_page=f"{told}，请管理员重建知识库，往年总结都还在。",
    )


def damaged(place: StoreLocation, reason: str) -> KnowledgeError:
    """The error for a store that cannot be used any more, with the way out."""
    told = f"知识库 {place.label} 已损坏（{reason}）"
    return KnowledgeError(
        f"{told}，请运行 pingan kb rebuild --reset 另建新库"
        "（损坏的会改名留存），再用 pingan kb add 重新加入往年总结。",
        on_page=f"{told}，请管理员另建新库，再重新加入往年总结。",
    )


def translate(place: StoreLocation, error: Exception) -> KnowledgeError:
    """The sentence for a failure of Chroma."""
    text = str(error)
    if place.is_remote and (isinstance(error, httpx.TransportError) or "onnect" in text):
        told = f"知识库服务器 {place.url} 没有应答"
        return ServerAwayError(
            f"{told}，请确认它已启动、PINGAN_CHROMA_URL 写对了，然后再试；已经收入的不会丢失。",
            on_page=f"{told}，请管理员确认它已启动、地址没有写错，然后再试；已经收入的不会丢失。",
        )
    if place.is_remote:
        told = f"知识库服务器 {place.url} 拒绝了请求（{type(error).__name__}）"
        return KnowledgeError(
            f"{told}，请确认 PINGAN_CHROMA_URL 指的是 Chroma 服务器，或请管理员查看它的日志。",
            on_page=f"{told}，请管理员核对它的地址和日志。",
        )
    database = place.folder / DATABASE_FILE
    fault = fault_of(error, database)
    if fault in (None, Fault.MISSING, Fault.DAMAGED):
        return damaged_index(place)
    return refused(KnowledgeError, f"知识库 {place.label} 读写不了", error, path=database)


@contextmanager
def guarded(place: StoreLocation) -> Iterator[None]:
    """Raise every failure of Chroma inside the block as a ``KnowledgeError``."""
    try:
        yield
    except (
        ChromaError,
        httpx.HTTPError,
        sqlite3.Error,
        ValueError,
        RuntimeError,
        OSError,
    ) as error:
        raise translate(place, error) from error


def inspect_folder(place: StoreLocation, *, is_filled: bool) -> None:
    """Look for damage that Chroma itself would pass over in silence.

    ``is_filled`` tells that passages have been written here.

    Raises:
        DamagedIndexError: the database or an index folder is gone.
    """
    database = place.folder / DATABASE_FILE
    if not database.exists() or database.stat().st_size == 0:
        if is_filled:
            raise damaged_index(place)
        return
    try:
        # Not read-only: what a killed writer left half-written is rolled back by the first reader.
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)) as connection:
            rows = connection.execute(
                "SELECT s.id FROM segments s JOIN max_seq_id m ON m.segment_id = s.id "
                "WHERE s.scope = 'VECTOR'"
            ).fetchall()
    except sqlite3.DatabaseError as error:
        if fault_of(error, database) is Fault.LOCKED:
            return
        raise translate(place, error) from error
    for (segment,) in rows:
        folder = place.folder / str(segment)
        if not all((folder / name).is_file() for name in _SEGMENT_FILES):
            raise damaged_index(place)


class Connection:
    """A client of its own, with telemetry off.

    Chroma shares one engine among all clients of one path spelling, and an engine does not see
    the vectors that another one has written since; so each connection spells the path in its own
    way and can be replaced by a fresh one.

    Raises:
        ConfigError: the server address is wrong.
        KnowledgeError: the store is damaged or the server away.
    """

    _in_use: ClassVar[set[str]] = set()
    _guard: ClassVar[Lock] = Lock()

    def __init__(self, place: StoreLocation) -> None:
        self._place = place
        self._spelling = ""
        settings = Settings(anonymized_telemetry=False)
        if place.is_remote:
            self.client = _remote_client(place, settings)
            return
        with guarded(place):
            make_private_folder(place.folder)
            self._spelling = self._take_spelling(str(place.folder.resolve()))
            try:
                client = chromadb.PersistentClient(path=self._spelling, settings=settings)
            except BaseException:
                # Chroma keeps an engine that never started and would hand it out again.
                SharedSystemClient._identifier_to_system.pop(self._spelling, None)
                SharedSystemClient._identifier_to_refcount.pop(self._spelling, None)
                self._give_back()
                raise
        self.client = cast(Client, client)

    def _take_spelling(self, spelling: str) -> str:
        with self._guard:
            while spelling in self._in_use:
                spelling += f"{os.sep}."
            self._in_use.add(spelling)
        return spelling

    def _give_back(self) -> None:
        with self._guard:
            self._in_use.discard(self._spelling)

    def close(self) -> None:
        """Let database and connections go; Chroma's own ``close`` leaves HTTP sessions open."""
        owners = (self.client, self.client._admin_client)
        servers = [getattr(owner, "_server", None) for owner in owners]
        with guarded(self._place):
            self.client.close()
        for server in servers:
            session = getattr(server, "_session", None)
            if isinstance(session, httpx.Client):
                session.close()
        self._give_back()


def _remote_client(place: StoreLocation, settings: Settings) -> Client:
    address = urlsplit(place.url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ConfigError(
            f"PINGAN_CHROMA_URL 的值 {place.url} 不是网址，应当像 http://127.0.0.1:8000。",
            on_page=f"知识库服务器的地址 {place.url} 不是网址，请管理员核对设置。",
        )
    is_tls = address.scheme == "https"
    with guarded(place):
        client = chromadb.HttpClient(
            host=address.hostname,
            port=address.port or (443 if is_tls else 8000),
            ssl=is_tls,
            headers={"Authorization": f"Bearer {place.token}"} if place.token else None,
            settings=settings,
        )
    session = getattr(getattr(client, "_server", None), "_session", None)
    if isinstance(session, httpx.Client):
        session.timeout = httpx.Timeout(_TIMEOUT_S)  # a server that hangs is away
    return cast(Client, client)
