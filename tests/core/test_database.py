"""Each kind of trouble with a database has its own sentence, and reading needs no write."""

import errno
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.accounts.sessions import SessionStore
from app.core.database import Database
from app.core.errors import ConfigError, KnowledgeError
from app.workspace.schema import DESK
from app.workspace.store import WorkspaceStore


@pytest.fixture
def store(tmp_path: Path) -> WorkspaceStore:
    store = WorkspaceStore(tmp_path)
    store.create("甲", title="第1稿")
    return store


def _harmless(error: BaseException) -> bool:
    """No advice that destroys anything."""
    return not any(word in str(error) for word in ("删", "reset", "重建", "损坏"))


def test_a_full_database_is_told_and_the_old_content_stays(
    store: WorkspaceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = Database._connected

    def small(self: Database, **options: object) -> sqlite3.Connection:
        db = connected(self, **options)  # type: ignore[arg-type]
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        return db

    monkeypatch.setattr(Database, "_connected", small)
    with pytest.raises(KnowledgeError, match=r"磁盘已满，这一步没有保存，.*腾出") as caught:
        store.create("甲", title="第2稿", inbox="文" * 100_000)
    assert _harmless(caught.value)
    assert [r.title for r in store.rows("甲")] == ["第1稿"]


def test_a_locked_database_is_told_and_can_still_be_read(
    store: WorkspaceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store._db._wait_s = 0.1
    with closing(sqlite3.connect(store._db.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(KnowledgeError, match="正被另一个程序占用") as caught:
            store.create("甲")
        assert _harmless(caught.value)
        assert len(store.rows("甲")) == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EROFS, "只读"), (errno.EACCES, "权限"), (errno.EMFILE, "打开的文件太多")],
)
def test_a_place_that_refuses_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(KnowledgeError, match=words) as caught:
        WorkspaceStore(tmp_path)
    assert _harmless(caught.value)


def test_a_text_in_place_of_the_database_is_proven_damage(tmp_path: Path) -> None:
    (tmp_path / DESK.file).write_text("单位：云渡镇\n" * 300)
    with pytest.raises(KnowledgeError, match="已损坏"):
        WorkspaceStore(tmp_path)
    assert (tmp_path / DESK.file).read_text().startswith("单位"), "it is left as it is"


def test_a_database_that_vanishes_is_not_replaced_by_an_empty_one(store: WorkspaceStore) -> None:
    store._db.path.unlink()
    with pytest.raises(KnowledgeError, match="不存在"):
        store.rows("甲")
    assert not store._db.path.exists()


def test_half_a_character_is_told_as_such(store: WorkspaceStore) -> None:
    with pytest.raises(KnowledgeError, match="另一种编码"):
        store.create("甲", title="\ud800")


def test_reading_does_without_what_connections_share(
    store: WorkspaceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk, where SQLite cannot make its small file."""
    connect = sqlite3.connect
    refusals = []

    class Full(sqlite3.Connection):
        is_alone = False

        def execute(self, sql: str, *args: object) -> sqlite3.Cursor:
            self.is_alone |= "EXCLUSIVE" in sql
            if sql == "PRAGMA user_version" and not self.is_alone:
                refusals.append(sql)
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = 4874  # IOERR_SHMSIZE
                raise error
            return super().execute(sql, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=Full, **k))
    assert [r.title for r in WorkspaceStore(store._db.folder).rows("甲")] == ["第1稿"]
    assert refusals


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_sessions_deleted_under_a_running_server_heal_by_themselves(tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    logins = SessionStore(tmp_path)
    old = logins.begin("u-1", 1)
    harm(logins.path)
    assert logins.find(old) is None, "everybody logs in once more"
    assert logins.reserve("甲", "10.0.0.1") == 0
    new = logins.begin("u-1", 1)
    assert logins.find(new) is not None
    assert logins.path.stat().st_mode & 0o077 == 0


def test_sessions_are_not_to_be_deleted_for_a_lock_or_a_full_disk(tmp_path: Path) -> None:
    logins = SessionStore(tmp_path)
    secret = logins.begin("u-1", 1)
    logins._db._wait_s = 0.1
    with closing(sqlite3.connect(logins.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ConfigError, match="正被别的程序占用") as caught:
            logins.begin("u-2", 1)
        assert _harmless(caught.value)
        later = SessionStore(tmp_path, clock=lambda: time.time() + 60)
        later._db._wait_s = 0.1
        assert later.find(secret) is not None, "asking counts as activity, but needs no write"
