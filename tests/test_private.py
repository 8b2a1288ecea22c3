"""The data folder is for its owner alone, whoever makes it and whatever the umask."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.accounts.users import Role, UserFile
from app.core.private import make_private_folder, tighten
from app.review.store import ReviewStore
from app.services.knowledge import open_store
from app.services.lexicon import save_lexicon
from app.settings import Settings
from app.workspace.store import WorkspaceStore

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights are POSIX")
_ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def loose() -> Iterator[None]:
    """New files are for everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(home: Path) -> list[str]:
    return [str(p) for p in (home, *home.rglob("*")) if p.lstat().st_mode & 0o077]


@pytest.mark.usefixtures("loose")
def test_every_store_makes_the_folders_above_it_private(tmp_path: Path) -> None:
    def review(home: Path) -> None:
        ReviewStore(home / "review")

    def knowledge(home: Path) -> None:
        open_store(Settings(home)).close()

    def lexicon(home: Path) -> None:
        save_lexicon(Settings(home), "[固定说法]\n")

    def people(home: Path) -> None:
        UserFile(home).add("wang", "一个很长很长的密码1", Role.MANAGER)

    for number, make in enumerate((review, WorkspaceStore, lexicon, people, knowledge)):
        home = tmp_path / str(number) / "home"
        make(home)
        left = open_to_others(home)
        # Chroma writes its own files as the umask says; here nobody can reach them
        assert not [p for p in left if "/kb/chroma/" not in p], make


def test_commands_leave_nothing_open(tmp_path: Path) -> None:
    """Whatever the umask, Chroma's own files too; and tell once of what was open before."""
    home, report = tmp_path / "home", _ROOT / "knowledge_base" / "reports"
    (path,) = sorted(report.rglob("*.txt"))[:1]
    home.mkdir(mode=0o755)
    (home / "旧稿.txt").write_text("稿")
    (home / "旧稿.txt").chmod(0o644)

    words = ["-m", "app.cli", "kb", "add", str(path), "--home", str(home)]
    done = subprocess.run(
        ["sh", "-c", 'umask 000; exec "$@"', "sh", sys.executable, *words],
        cwd=_ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stderr.count("已改成只有自己能看") == 1
    assert (home / "kb" / "chroma").is_dir()
    assert open_to_others(home) == []
    assert not tighten(home)  # nothing to tell next time


def test_only_the_rights_of_others_go_and_only_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    make_private_folder(home / "a" / "b")
    for path in (home / "a" / "run", elsewhere):
        path.write_text("x")
        path.chmod(0o755)
    (home / "link").symlink_to(elsewhere)
    assert tighten(home)
    assert not tighten(home)
    assert stat.S_IMODE((home / "a" / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    assert not tighten(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
