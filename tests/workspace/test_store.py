import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.database import Database
from app.core.draft import DraftSentence, Origin
from app.core.errors import InputError, KnowledgeError
from app.core.facts import Skipped
from app.workspace.schema import DESK
from app.workspace.store import MOST_FACTS, MOST_SKIPPED, MOST_SKIPPED_CHARS, WorkspaceStore
from app.workspace.types import OutlineEdits, WorkspaceFact, WorkspaceSection, WorkspaceVersion

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = DraftSentence("全年排查42件。", ("F1",), ("P7",), Origin.MODEL)


@pytest.fixture
def store(tmp_path: Path) -> WorkspaceStore:
    return WorkspaceStore(tmp_path / "home")


def _written(store: WorkspaceStore, owner: str = "a") -> str:
    name = store.create(owner, unit="云渡镇", year="2025")
    store.set_facts(owner, name, [WorkspaceFact("排查42件", "矛盾", "disputes"), WorkspaceFact("")])
    version = WorkspaceVersion(0, SENTENCE.text, (SENTENCE,), "按要点成文", "少一句")
    store.add_version(owner, name, WorkspaceSection("disputes", "化解", version))
    return name


def test_a_draft_comes_back_as_it_was_kept(store: WorkspaceStore, tmp_path: Path) -> None:
    name = _written(store)
    outline = OutlineEdits(("plans",), {"law": "普法"}, {"own-1": "特色"}, ("petitions",))
    store.set("a", name, outline=outline, length=3000, previous_text="去年")
    draft = WorkspaceStore(tmp_path / "home").load("a", name)
    assert (draft.unit, draft.year, draft.length, draft.previous_text) == (
        "云渡镇", "2025", 3000, "去年",
    )  # fmt: skip
    assert draft.facts == (WorkspaceFact("排查42件", "矛盾", "disputes"), WorkspaceFact(""))
    assert draft.outline == outline
    section = draft.sections["disputes"]
    assert section.version.sentences == (SENTENCE,)
    assert (section.version.origin, section.version.note) == ("按要点成文", "少一句")


def test_what_was_skipped_is_kept_in_bounds_and_goes_with_the_draft(store: WorkspaceStore) -> None:
    name = _written(store)
    pieces = [Skipped(f"第{n}句话", "说给同事的话", n) for n in range(MOST_SKIPPED + 5)]
    long = Skipped("字" * 600, "说给同事的话", 1)
    store.change_facts("a", name, lambda facts: facts, skipped=[*pieces, long])
    kept = store.load("a", name).skipped
    assert len(kept) == MOST_SKIPPED
    assert kept[-1].text == "字" * (MOST_SKIPPED_CHARS - 1) + "…"
    assert kept[0].text == "第6句话"
    store.set_facts("a", name, [WorkspaceFact("演练11场")])
    assert len(store.load("a", name).skipped) == MOST_SKIPPED
    store.remove("a", name)
    with store._db.reading() as db:
        assert db.execute("SELECT COUNT(*) FROM skipped").fetchone()[0] == 0


def test_a_file_of_an_older_program_is_brought_up_to_date(tmp_path: Path) -> None:
    old = Database(tmp_path / "home", replace(DESK, changes=DESK.changes[:1]))
    with old.writing() as db:
        db.execute("INSERT INTO drafts (id, owner, created, updated) VALUES ('x', 'a', '', '')")
        db.execute("INSERT INTO facts VALUES ('x', 0, '', '排查42件', '', '')")
    store = WorkspaceStore(tmp_path / "home")
    assert store.load("a", "x").facts == (WorkspaceFact("排查42件"),)
    store.change_facts("a", "x", lambda facts: facts, skipped=[Skipped("收到", "应答", 2)])
    assert [s.why for s in store.load("a", "x").skipped] == ["应答"]


def test_versions_are_added_and_never_altered(store: WorkspaceStore) -> None:
    name = _written(store)
    store.add_version("a", name, WorkspaceSection("disputes", "", WorkspaceVersion(0, "改过。")))
    texts = [v.text for v in store.versions("a", name, "disputes")]
    assert texts == [SENTENCE.text, "改过。"]
    assert store.load("a", name).sections["disputes"].title == "化解"
    with (
        pytest.raises(KnowledgeError, match="稿件记录"),
        store._db.writing() as db,
    ):
        db.execute("UPDATE versions SET text = ''")


def test_another_owner_finds_nothing(store: WorkspaceStore) -> None:
    name = _written(store)
    assert store.rows("b") == ()
    for call in (
        lambda: store.load("b", name),
        lambda: store.set("b", name, unit="x"),
        lambda: store.set_facts("b", name, []),
        lambda: store.versions("b", name, "disputes"),
        lambda: store.trash("b", name),
        lambda: store.remove("b", name),
        lambda: store.share("b", name),
        lambda: store.lock("b", name, "disputes", is_locked=True),
        lambda: store.hide_sections("b", name, ["disputes"]),
        lambda: store.add_version("b", name, WorkspaceSection("x", "", WorkspaceVersion(0, "x"))),
    ):
        with pytest.raises(InputError, match="这份稿子已经不在了"):
            call()
    assert store.load("a", name).unit == "云渡镇"


def test_a_shared_draft_is_taken_as_a_copy(store: WorkspaceStore) -> None:
    name = _written(store)
    code = store.share("a", name)
    assert store.share("a", name) == code
    mine = store.take("b", code)
    store.add_version("b", mine, WorkspaceSection("disputes", "", WorkspaceVersion(0, "我的。")))
    assert store.load("a", name).sections["disputes"].version.text == SENTENCE.text
    assert len(store.versions("b", mine, "disputes")) == 2
    store.unshare("a", name)
    for wrong in (code, "", "x"):
        with pytest.raises(InputError, match="没有这个取稿码"):
            store.take("b", wrong)


def test_the_bin_gives_back_and_removal_leaves_no_words(
    store: WorkspaceStore, tmp_path: Path
) -> None:
    name = _written(store)
    store.trash("a", name)
    assert store.rows("a") == ()
    assert [r.id for r in store.rows("a", is_trashed=True)] == [name]
    store.trash("a", name, is_trashed=False)
    assert store.rows("a")[0].chars == len(SENTENCE.text)
    store.remove("a", name)
    with store._db.writing() as db:
        for table in ("facts", "skipped", "sections", "versions"):
            assert db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] == 0
    with store._db.reading() as db:
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(p.read_bytes() for p in (tmp_path / "home").iterdir())
    assert "排查42件".encode() not in kept


def test_old_drafts_in_the_bin_go_for_good(store: WorkspaceStore, tmp_path: Path) -> None:
    old, new = _written(store), _written(store)
    for name in (old, new):
        store.trash("a", name)
    with store._db.writing() as db:
        db.execute("UPDATE drafts SET trashed = '2020-01-01T00:00:00' WHERE id = ?", (old,))
    again = WorkspaceStore(tmp_path / "home")
    assert [r.id for r in again.rows("a", is_trashed=True)] == [new]


def test_too_much_is_refused_in_words(store: WorkspaceStore) -> None:
    name = _written(store)
    with pytest.raises(InputError, match="要点太多"):
        store.set_facts("a", name, [WorkspaceFact("x")] * (MOST_FACTS + 1))
    with pytest.raises(InputError, match="超过4000字"):
        store.set_facts("a", name, [WorkspaceFact("字" * 4001)])
    with pytest.raises(InputError, match="文字太长"):
        store.set("a", name, inbox="字" * 200_001)
    assert len(store.load("a", name).facts) == 2


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX systems")
def test_only_the_owner_of_the_machine_reads_the_file(
    store: WorkspaceStore, tmp_path: Path
) -> None:
    _written(store)
    for path in (tmp_path / "home").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").write_bytes(b"not a database, certainly not" * 50)
    with pytest.raises(KnowledgeError, match=r"已损坏.*doctor --data"):
        WorkspaceStore(tmp_path)


def test_a_file_of_a_newer_program_is_refused(store: WorkspaceStore, tmp_path: Path) -> None:
    with store._db.writing() as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(KnowledgeError, match="请升级程序"):
        WorkspaceStore(tmp_path / "home")


_WRITER = """
import sys
from pathlib import Path
from app.workspace.store import WorkspaceStore
from app.workspace.types import WorkspaceSection, WorkspaceVersion
store = WorkspaceStore(Path(sys.argv[1]))
name = store.create("a")
print(name, flush=True)
for n in range(10_000):
    store.add_version("a", name, WorkspaceSection("k", "t", WorkspaceVersion(0, f"第{n}版")))
    print(n, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_what_was_told_as_kept_survives_a_kill(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    told = [process.stdout.readline().strip() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.read().split()
    process.stdout.close()
    process.wait(20)
    kept = [v.text for v in WorkspaceStore(tmp_path).versions("a", name, "k")]
    assert kept[: len(told)] == [f"第{n}版" for n in told]
    assert len(kept) <= len(told) + 1
