"""The tables of the reviewers' desk, and a connection to them that several people may hold."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.errors import KnowledgeError

FILE = "review.sqlite3"
ORIGINALS = "originals"
VERSION = 1
_WAIT_S = 20.0
_TABLES = """
CREATE TABLE batches (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL, draft TEXT NOT NULL, sha TEXT NOT NULL, path TEXT NOT NULL,
    unit TEXT NOT NULL, year INTEGER NOT NULL, profile TEXT NOT NULL, chars INTEGER NOT NULL,
    at TEXT NOT NULL, previous INTEGER, is_current INTEGER NOT NULL DEFAULT 1,
    parts TEXT NOT NULL, document TEXT NOT NULL, result TEXT NOT NULL
);
CREATE INDEX submissions_of_batch ON submissions (batch, is_current);
CREATE INDEX submissions_of_draft ON submissions (draft, id);
CREATE TABLE found (
    submission INTEGER NOT NULL, fingerprint TEXT NOT NULL, severity TEXT NOT NULL,
    rule TEXT NOT NULL, PRIMARY KEY (submission, fingerprint)
) WITHOUT ROWID;
CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    draft TEXT NOT NULL, fingerprint TEXT NOT NULL, verdict TEXT NOT NULL,
    reason TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX verdicts_of_draft ON verdicts (draft, fingerprint, id);
"""


class Database:
    """Opens a connection for each piece of work; SQLite keeps the reviewers apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE
        with self._told():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / ORIGINALS).mkdir(exist_ok=True, mode=0o700)
            if os.name == "posix":
                folder.chmod(0o700)
            # made by hand, so that no one else may read it from its first moment on
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._prepare()

    def _prepare(self) -> None:
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                db.execute("ROLLBACK")
                raise KnowledgeError(
                    f"审阅记录 {self.path} 是更新的程序写的，这个版本读不了，请升级程序。"
                )
            if version == 0:
                for statement in _TABLES.split(";\n"):
                    if statement.strip():
                        db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = FULL")  # a verdict given is on the disk
        db.execute("PRAGMA secure_delete = ON")  # what is removed leaves no words behind
        return db

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise KnowledgeError(
                f"审阅记录 {self.path} 读写不了（{error}），请检查磁盘空间和文件夹权限。"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with.

        Raises:
            KnowledgeError: the file is damaged or away.
        """
        with self._told(), closing(self._connect()) as db:
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
