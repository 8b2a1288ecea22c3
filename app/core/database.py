"""A SQLite file that belongs to its owner alone, with connections that several people may hold."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import KnowledgeError
from app.core.private import make_private_folder

_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Schema:
    """The file's name, the statements that make its tables, and what people are told of it.

    ``label`` names the file in errors, ``advice`` ends them: what was lost and what to do.
    ``changes`` are the statements that lead from each version to the next, the first one's first.
    """

    file: str
    statements: tuple[str, ...]
    label: str
    advice: str
    changes: tuple[tuple[str, ...], ...] = ()

    @property
    def version(self) -> int:
        """The version that all changes lead to."""
        return 1 + len(self.changes)


class Database:
    """Opens a connection for each piece of work; SQLite keeps the people apart.

    Raises:
        KnowledgeError: the file cannot be made or read, or a newer program wrote it.
    """

    def __init__(self, folder: Path, schema: Schema) -> None:
        self.folder = folder
        self.path = folder / schema.file
        self._schema = schema
        with self.told():
            make_private_folder(folder)
            # made by hand, so that no one else may read it from its first moment on
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            if os.name == "posix":
                self.path.chmod(0o600)
            self._prepare()

    def _prepare(self) -> None:
        schema = self._schema
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > schema.version:
                db.execute("ROLLBACK")
                raise KnowledgeError(
                    f"{schema.label} {self.path} 是更新的程序写的，这个版本读不了，请升级程序。"
                )
            steps = (schema.statements, *schema.changes)[version:]
            for statement in (one for step in steps for one in step):
                db.execute(statement)
            if steps:
                db.execute(f"PRAGMA user_version = {schema.version}")
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = FULL")  # what is told as saved is on the disk
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # what is removed leaves no words behind
        return db

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what the disk or the file refuses into a sentence for people."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise KnowledgeError(
                f"{self._schema.label} {self.path} 读写不了（{error}），{self._schema.advice}"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file throughout.

        Raises:
            KnowledgeError: the file is damaged or away.
        """
        with self.told(), closing(self._connect()) as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within one transaction: all of it is kept, or nothing.

        Raises:
            KnowledgeError: the file is damaged, away or full.
        """
        with self.told(), closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
