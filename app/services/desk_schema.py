"""The tables of the writers' desk, in one SQLite file that belongs to its owner alone."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.errors import KnowledgeError

FILE = "desk.sqlite3"
VERSION = 1
_WAIT_S = 20.0
_STATEMENTS = (
    """
    CREATE TABLE drafts (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL DEFAULT '',
        unit TEXT NOT NULL DEFAULT '', year TEXT NOT NULL DEFAULT '',
        unit_type TEXT NOT NULL DEFAULT '', date TEXT NOT NULL DEFAULT '',
        length INTEGER NOT NULL DEFAULT 0, mode TEXT NOT NULL DEFAULT '',
        inbox TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'facts',
        model TEXT NOT NULL DEFAULT '', outline TEXT NOT NULL DEFAULT '{}',
        previous_name TEXT NOT NULL DEFAULT '', previous_text TEXT NOT NULL DEFAULT '',
        share TEXT NOT NULL DEFAULT '', rev INTEGER NOT NULL DEFAULT 0,
        created TEXT NOT NULL, updated TEXT NOT NULL, trashed TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE INDEX drafts_of_owner ON drafts (owner, trashed, updated)
    """,
    """
    CREATE TABLE facts (
        draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, pos INTEGER NOT NULL,
        heading TEXT NOT NULL, text TEXT NOT NULL, part TEXT NOT NULL, mark TEXT NOT NULL,
        PRIMARY KEY (draft, pos)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE sections (
        draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, key TEXT NOT NULL,
        title TEXT NOT NULL, is_locked INTEGER NOT NULL DEFAULT 0,
        is_shown INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (draft, key)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, key TEXT NOT NULL,
        text TEXT NOT NULL, sentences TEXT NOT NULL, origin TEXT NOT NULL, note TEXT NOT NULL,
        at TEXT NOT NULL
    )
    """,
    """
    CREATE INDEX versions_of_section ON versions (draft, key, id)
    """,
    """
    CREATE TRIGGER versions_stay BEFORE UPDATE ON versions BEGIN
        SELECT RAISE(ABORT, 'versions are never altered');
    END
    """,
)


class DeskDatabase:
    """Opens a connection for each piece of work; SQLite keeps the writers apart."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        with self._told():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # made by hand, so that no one else may read it from its first moment on
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            if os.name == "posix":
                self.path.chmod(0o600)
            self._prepare()

    def _prepare(self) -> None:
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                db.execute("ROLLBACK")
                raise KnowledgeError(
                    f"稿件记录 {self.path} 是更新的程序写的，这个版本读不了，请升级程序。"
                )
            if version == 0:
                for statement in _STATEMENTS:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = FULL")  # what is told as saved is on the disk
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # what is removed leaves no words behind
        return db

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise KnowledgeError(
                f"稿件记录 {self.path} 读写不了（{error}），这一步没有保存，"
                "请检查磁盘空间和文件夹权限后再试。"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file throughout.

        Raises:
            KnowledgeError: the file is damaged or away.
        """
        with self._told(), closing(self._connect()) as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within one transaction: all of it is kept, or nothing.

        Raises:
            KnowledgeError: the file is damaged, away or full.
        """
        with self._told(), closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
