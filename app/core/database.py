"""A SQLite file that belongs to its owner alone, with connections that several people may hold."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import KnowledgeError, PinganError
from app.core.faults import Fault, fault_of, refused
from app.core.private import make_private_folder

_WAIT_S = 20.0
_NOT_SAVED = "这一步没有保存"
# Where reading fails for one of these, another way of reading would fail as well.
_HOPELESS = frozenset((Fault.LOCKED, Fault.DAMAGED, Fault.MISSING, Fault.DENIED, Fault.MANY_FILES))


@dataclass(frozen=True, slots=True)
class Schema:
    """The file's name, the statements that make its tables, and what people are told of it.

    ``label`` names the file in errors, which are of the kind ``error``. ``changes`` are the
    statements that lead from each version to the next, the first one's first. A file that
    ``is_renewable`` holds nothing anybody would miss: it is made anew where it has gone.
    """

    file: str
    statements: tuple[str, ...]
    label: str
    changes: tuple[tuple[str, ...], ...] = ()
    error: type[PinganError] = KnowledgeError
    is_renewable: bool = False

    @property
    def version(self) -> int:
        """The version that all changes lead to."""
        return 1 + len(self.changes)


class Database:
    """Opens a connection for each piece of work; SQLite keeps the people apart.

    A file that is there and up to date is opened without a write, so that a full disk lets one
    read what there is.

    Raises:
        PinganError: the file cannot be made or read, or a newer program wrote it.
    """

    def __init__(self, folder: Path, schema: Schema, *, wait_s: float = _WAIT_S) -> None:
        self.folder = folder
        self.path = folder / schema.file
        self._schema = schema
        self._wait_s = wait_s
        with self.told("打不开"):
            self._make()

    def _make(self) -> None:
        if not self.path.exists():
            make_private_folder(self.folder)
            # made by hand, so that no one else may read it from its first moment on
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        if os.name == "posix" and self.path.stat().st_mode & 0o077:
            self.path.chmod(0o600)
        with closing(self._connected_for_reading()) as db:
            version = _version(db)
        if version > self._schema.version:
            raise self._schema.error(
                f"{self._schema.label} {self.path} 是更新的程序写的，这个版本读不了，请升级程序。"
            )
        if version < self._schema.version:
            self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        schema = self._schema
        with closing(self._connected()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            steps = (schema.statements, *schema.changes)[_version(db) :]
            for statement in (one for step in steps for one in step):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {schema.version}")
            db.execute("COMMIT")

    def _connected(self, *, options: str = "mode=rw", is_alone: bool = False) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?{options}"  # no file is made by the way
        db = sqlite3.connect(address, uri=True, timeout=self._wait_s, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            if is_alone:
                db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA synchronous = FULL")  # what is told as saved is on the disk
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")  # what is removed leaves no words behind
            _version(db)  # looks into the file: what cannot be read is told here
        except BaseException:
            db.close()
            raise
        return db

    def _connected_for_reading(self) -> sqlite3.Connection:
        """A connection that needs no room on the disk.

        What SQLite shares among connections takes a small file. Where there is no room for it,
        nobody else holds the database either, and it can be read alone; where nothing may be
        written at all, as it lies there.
        """
        try:
            return self._connected()
        except sqlite3.OperationalError as error:
            fault = fault_of(error, self.path)
            if fault in _HOPELESS:
                raise
            with suppress(sqlite3.OperationalError):
                return self._connected(is_alone=True)
            log = self.path.with_name(f"{self.path.name}-wal")
            if fault is not Fault.READ_ONLY or (log.exists() and log.stat().st_size):
                raise  # somebody may write, or the newest state is in the log
            return self._connected(options="immutable=1")

    def _heal(self) -> None:
        """Make a file that holds nothing of lasting worth anew, where it has gone meanwhile."""
        if not self._schema.is_renewable:
            return
        if not self.path.exists():
            for end in ("-wal", "-shm"):  # of the file that has gone
                self.path.with_name(f"{self.path.name}{end}").unlink(missing_ok=True)
            self._make()
        elif not self.path.stat().st_size:
            self._make()

    @contextmanager
    def told(self, what: str = "读写不了", then: str = "") -> Iterator[None]:
        """Turn what the disk or the file refuses into a sentence for people."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeEncodeError) as error:
            schema = self._schema
            subject = f"{schema.label} {self.path} {what}"
            raise refused(schema.error, subject, error, path=self.path, then=then) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file throughout.

        Raises:
            PinganError: the file is damaged or away.
        """
        with self.told("读不出来"):
            self._heal()
            with closing(self._connected_for_reading()) as db:
                db.execute("BEGIN")
                yield db

    @contextmanager
    def single_steps(self) -> Iterator[sqlite3.Connection]:
        """A connection on which every statement is kept by itself.

        Raises:
            PinganError: the file is damaged, away or full.
        """
        with self.told("读写不了"):
            self._heal()
            with closing(self._connected()) as db:
                yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within one transaction: all of it is kept, or nothing.

        Raises:
            PinganError: the file is damaged, away or full.
        """
        with self.told("写不进去", _NOT_SAVED):
            self._heal()
            with closing(self._connected()) as db:
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                except BaseException:
                    if db.in_transaction:  # SQLite gives up by itself on a full disk
                        db.execute("ROLLBACK")
                    raise
                db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)
