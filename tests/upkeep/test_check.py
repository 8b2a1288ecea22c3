"""``pingan doctor --data`` finds planted damage of each kind, and mends without destroying."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.accounts.sessions import SessionStore
from app.accounts.users import Role, UserFile
from app.commands.doctor import doctor
from app.review.originals import name_of
from app.review.store import ReviewStore
from app.settings import Settings
from app.upkeep.check import check_data, flaws_of, mend_data
from app.upkeep.flaws import Quarantine
from app.workspace.handover import user_owner
from app.workspace.store import WorkspaceStore
from app.workspace.types import WorkspaceFact, WorkspaceSection, WorkspaceVersion
from tests.kill.works import _submitted
from tests.knowledge.samples import prepared, report_text

OWNER = "浏览器甲"
NOW = datetime(2026, 1, 1)  # noqa: DTZ001


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with something in every store but the knowledge base."""
    home = tmp_path_factory.mktemp("sound") / "home"
    desk = WorkspaceStore(home)
    for number in range(4):
        name = desk.create(OWNER, title=f"第{number}稿")
        desk.set_facts(OWNER, name, [WorkspaceFact(f"排查{n}件" + "文" * 200) for n in range(200)])
        desk.add_version(
            OWNER, name, WorkspaceSection("k", "题", WorkspaceVersion(0, "一段文字。" * 50))
        )
    review = ReviewStore(home / "review")
    review.add(review.new_batch(), [_submitted(n) for n in range(3)])
    UserFile(home).add("王芳", "山高水长三百里路迢迢", Role.MANAGER)
    SessionStore(home).begin("u-1", 1)
    for path in home.rglob("*.sqlite*"):
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "home"))


def run(home: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(doctor, ["--data", "--home", str(home), *more], standalone_mode=False)
    assert done.exception is None, done.output
    return int(done.return_value), done.output


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_a_sound_folder_is_whole_and_left_alone(home: Path) -> None:
    before = _contents(home)
    code, told = run(home)
    assert code == 0, told
    for words in ("稿子 4 份", "文稿 3 份", "用户 1 个", "内容完好"):
        assert words in told
    assert _contents(home) == before


def _contents(home: Path) -> dict[Path, bytes]:
    files = (p for p in home.rglob("*") if p.is_file() and not p.name.endswith(("-shm", "-wal")))
    return {p: p.read_bytes() for p in files}


def _loose_facts(home: Path) -> None:
    change(home / "desk.sqlite3", "INSERT INTO facts VALUES ('无', 0, '', '排查9件', '', '', '')")


def _loose_text(home: Path) -> None:
    change(home / "desk.sqlite3", "DELETE FROM sections")


def _lost_batch(home: Path) -> None:
    change(home / "review" / "review.sqlite3", "DELETE FROM batches")


def _lost_earlier(home: Path) -> None:
    change(home / "review" / "review.sqlite3", "UPDATE submissions SET previous = 99 WHERE id = 1")


def _loose_findings(home: Path) -> None:
    change(home / "review" / "review.sqlite3", "INSERT INTO found VALUES (99, 'f', 'error', 'X')")


def _stray_original(home: Path) -> None:
    path = home / "review" / "originals" / name_of("谁的？".encode())
    path.write_text("谁的？", encoding="utf-8")
    os.utime(path, (0, 0))


def _misnamed_original(home: Path) -> None:
    one, two, *_ = sorted((home / "review" / "originals").iterdir())
    data = one.read_bytes()
    one.unlink()
    (one.parent / ("f" * 64)).write_bytes(data)
    assert two


def _open_users(home: Path) -> None:
    (home / "users.json").chmod(0o644)


def _ownerless_drafts(home: Path) -> None:
    WorkspaceStore(home).create(user_owner("u-0123456789abcdef"), title="离人")


def _text_for_sessions(home: Path) -> None:
    (home / "sessions.sqlite").write_text("不是数据库" * 500)


def _broken_index(home: Path) -> None:
    with closing(sqlite3.connect(home / "desk.sqlite3")) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'trashed, ', '') WHERE name = "
            "'drafts_of_owner'"
        )
        db.commit()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_loose_facts, "稿子不在了"),
        (_loose_text, "所在的部分不在了"),
        (_lost_batch, "批次不在了"),
        (_lost_earlier, "上一次报送不在了"),
        (_loose_findings, "核查意见的文稿不在了"),
        (_stray_original, "没有哪份文稿用到"),
        (_misnamed_original, "内容和登记的不符"),
        (_open_users, "别的用户也能读"),
        (_ownerless_drafts, "主人不在用户文件里"),
        (_text_for_sessions, "登录记录"),
        (_broken_index, "已损坏"),
    ],
)
def test_each_kind_of_damage_is_found_and_mended(
    home: Path, harm: Callable[[Path], None], words: str
) -> None:
    harm(home)
    code, told = run(home)
    assert code == 1, told
    assert words in told
    assert "--mend" in told
    code, told = run(home, "--mend")
    assert code == 0, told
    assert run(home)[0] == 0


def test_what_is_taken_out_lies_in_the_quarantine(home: Path) -> None:
    _loose_facts(home)
    _stray_original(home)
    run(home, "--mend")
    (place,) = home.glob("quarantine-*")
    (line,) = (place / "desk-facts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"] == "排查9件"
    (stray,) = (place / "originals").iterdir()
    assert stray.read_text(encoding="utf-8") == "谁的？"
    assert place.stat().st_mode & 0o077 == 0


def test_mended_rows_are_seen_again(home: Path) -> None:
    _loose_text(home)
    _ownerless_drafts(home)
    run(home, "--mend")
    desk = WorkspaceStore(home)
    name = desk.rows(OWNER)[0].id
    assert desk.load(OWNER, name).sections["k"].version.text.startswith("一段文字")
    assert [f.user_id for f in UserFile(home).former()] == ["u-0123456789abcdef"]


def test_a_missing_original_is_named_and_cannot_be_made_up(home: Path) -> None:
    next((home / "review" / "originals").iterdir()).unlink()
    for more in ((), ("--mend",)):
        code, told = run(home, *more)
        assert code == 1
        assert "1 份文稿的原文件不在了" in told
        assert "重新上传" in told


def test_an_altered_original_is_put_apart(home: Path) -> None:
    folder = home / "review" / "originals"
    path = next(iter(sorted(folder.iterdir())))
    path.write_bytes(b"altered")
    code, told = run(home, "--mend")
    assert code == 1, "the draft's own file is not to be had"
    assert "不符" in told
    (place,) = home.glob("quarantine-*")
    assert (place / "originals" / path.name).read_bytes() == b"altered"


def test_what_can_be_read_of_a_broken_file_is_saved(home: Path) -> None:
    path = home / "desk.sqlite3"
    data = bytearray(path.read_bytes())
    middle = len(data) // 4096 // 2 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)
    code, told = run(home)
    assert code == 1
    assert "已损坏" in told
    _, told = run(home, "--mend")
    assert "读出" in told
    assert run(home)[0] in (0, 1)
    kept = [WorkspaceStore(home).load(OWNER, r.id) for r in WorkspaceStore(home).rows(OWNER)]
    assert sum(len(d.facts) for d in kept) > 400, "of 800"
    (place,) = home.glob("quarantine-*")
    assert (place / "稿件记录" / "desk.sqlite3").read_bytes() == bytes(data)


def test_a_text_in_place_of_a_database_is_moved_aside(home: Path) -> None:
    (home / "desk.sqlite3").write_text("要点" * 5000)
    code, told = run(home, "--mend")
    assert code == 1
    assert "用备份恢复" in told
    (place,) = home.glob("quarantine-*")
    assert (place / "稿件记录" / "desk.sqlite3").read_text().startswith("要点")


def test_a_damaged_users_file_is_told_and_never_replaced(home: Path) -> None:
    (home / "users.json").write_text("{")
    code, told = run(home, "--mend")
    assert code == 1
    assert "用备份替换" in told
    assert (home / "users.json").read_text() == "{"


def test_a_folder_that_is_not_there_and_a_lock_cannot_be_looked_at(home: Path) -> None:
    done = CliRunner().invoke(doctor, ["--data", "--home", str(home / "none")])
    assert "没有数据文件夹" in str(done.exception)
    with closing(sqlite3.connect(home / "desk.sqlite3")) as db:
        db.execute("PRAGMA user_version = 99")
    assert run(home)[0] == 2


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from app.services.knowledge import open_store

    home = tmp_path_factory.mktemp("kb") / "home"
    with open_store(Settings(home)) as store:
        store.add(prepared())
        store.add(prepared(report_text("青岚市档案馆"), name="b.txt"))
    return home


def _no_list(home: Path) -> None:
    (home / "kb" / "units.json").unlink()


def _no_vectors(home: Path) -> None:
    shutil.rmtree(home / "kb" / "chroma")


def _unreadable_text(home: Path) -> None:
    change(home / "kb" / "records.sqlite3", "DROP INDEX by_unit")
    with closing(sqlite3.connect(home / "kb" / "records.sqlite3")) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'source', 'name') WHERE name = 'by_source'"
        )
        db.commit()


def _lost_passages(home: Path) -> None:
    from app.services.knowledge import open_store

    with open_store(Settings(home)) as store:
        vectors = store.vectors
        assert vectors is not None
        vectors.delete_report(store.records()[0].report_id)


def _ruined(home: Path) -> None:
    path = home / "kb" / "chroma" / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("harm", [_no_list, _no_vectors, _lost_passages, _ruined, _unreadable_text])
def test_the_knowledge_base_is_mended_from_its_own_texts(
    stocked: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    home = Path(shutil.copytree(stocked, tmp_path / "home"))
    settings = Settings(home)
    assert not flaws_of(check_data(settings))
    harm(home)
    areas = check_data(settings)
    assert flaws_of(areas)
    mend_data(areas, Quarantine(home, NOW))
    assert not flaws_of(check_data(settings))
