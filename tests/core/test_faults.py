"""Refusals of the disk, the system and SQLite are told by their numbers; defects are not hidden."""

import errno
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import ExportError, InputError, KnowledgeError
from app.core.faults import Fault, fault_of, log_line, refusal_behind, refused


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, Fault.FULL),
        (errno.EDQUOT, Fault.QUOTA),
        (errno.EROFS, Fault.READ_ONLY),
        (errno.EACCES, Fault.DENIED),
        (errno.EPERM, Fault.DENIED),
        (errno.EMFILE, Fault.MANY_FILES),
        (errno.ENFILE, Fault.MANY_FILES),
        (errno.EILSEQ, Fault.FOREIGN),
        (errno.ENAMETOOLONG, Fault.LONG_NAME),
        (errno.EIO, Fault.DISK),
        (errno.EPIPE, Fault.UNKNOWN),
    ],
)
def test_the_system_is_told_by_its_number(number: int, fault: Fault) -> None:
    error = OSError(number, os.strerror(number))
    assert fault_of(error) is fault
    told = str(refused(ExportError, "写不进 甲.txt", error))
    assert told.startswith(f"写不进 甲.txt：{fault.what}")
    assert told.endswith("。")


def _raised(db: sqlite3.Connection, statement: str) -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as caught:
        db.execute(statement)
    return caught.value


def test_sqlite_is_told_by_its_code(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db:
        db.execute("CREATE TABLE t (x)")
        db.execute("PRAGMA max_page_count = 3")
        full = _raised(db, "INSERT INTO t VALUES (zeroblob(100000))")
        db.execute("PRAGMA query_only = ON")
        assert fault_of(_raised(db, "INSERT INTO t VALUES (1)")) is Fault.READ_ONLY
        assert fault_of(_raised(db, "SELECT * FROM nowhere")) is None, "a defect of ours"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert fault_of(_raised(db, "SELECT * FROM t")) is Fault.LOCKED
    assert fault_of(full) is Fault.FULL
    (tmp_path / "text").write_text("这不是数据库" * 300)
    with closing(sqlite3.connect(tmp_path / "text")) as db:
        assert fault_of(_raised(db, "SELECT * FROM t")) is Fault.DAMAGED


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("error returned from database: (code: 13) database or disk is full", Fault.FULL),
        ("(code: 4874) disk I/O error", Fault.DISK),
        ("(code: 5) database is locked", Fault.LOCKED),
        ("(code: 26) file is not a database", Fault.DAMAGED),
        ("No space left on device (os error 28)", Fault.FULL),
        ("the disk is full of papers", None),
    ],
)
def test_what_chroma_passes_on_as_words_is_told_by_the_code_in_them(
    text: str, fault: Fault | None
) -> None:
    assert fault_of(RuntimeError(text)) is fault


def test_the_system_is_asked_why_sqlite_could_not_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "away" / "a.sqlite3"
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(path)
    assert fault_of(caught.value, path) is Fault.MISSING

    def open_files_exhausted(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "too many")

    monkeypatch.setattr(Path, "open", open_files_exhausted)
    assert fault_of(caught.value, path) is Fault.MANY_FILES


def test_a_page_is_not_told_of_commands() -> None:
    error = sqlite3.DatabaseError()
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    told = refused(KnowledgeError, "稿件记录读不出来", error)
    assert "pingan doctor --data" in str(told)
    assert "pingan" not in told.on_page


def test_a_system_that_knows_no_chinese_names_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        "结果.txt".encode("ascii")
    assert refusal_behind(caught.value) is None, "half a character in our own text"
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ascii")
    assert "PYTHONUTF8=1" in str(refusal_behind(caught.value))


def test_a_defect_stays_a_defect_and_a_log_holds_no_words_of_a_draft() -> None:
    full = OSError(errno.ENOSPC, "full", "/var/x")
    told = refusal_behind(full)
    assert told is not None
    assert "磁盘已满" in str(told)
    assert log_line(full) == str(told)
    for defect in (ValueError("x"), FileNotFoundError(2, "x", "y"), sqlite3.ProgrammingError("x")):
        assert refusal_behind(defect) is None
        assert log_line(defect) == type(defect).__name__
    kept = refused(KnowledgeError, "审阅记录写不进去", full)
    kept.__cause__ = full
    assert log_line(kept) == str(kept)
    words = InputError("“张三上访.docx”打不开")
    words.__cause__ = full
    assert log_line(words) == "InputError"
