import os
import stat
from pathlib import Path

import pytest

from app.core import files as atomic
from app.core.errors import ExportError
from app.core.files import write_atomically


def test_writes_text_and_bytes_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", "你好\n")
    write_atomically(tmp_path / "b.bin", b"\x00\r\n")
    assert (tmp_path / "a.txt").read_bytes() == "你好\n".encode()
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\r\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "b.bin"]


def test_keeps_the_mode_and_the_link_of_an_existing_file(tmp_path: Path) -> None:
    target = tmp_path / "real.txt"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_old_content_survives_a_failed_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError, match="写不进"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("name", "reason"), [("missing/a.txt", "文件夹不存在"), ("", "文件夹")])
def test_an_unwritable_place_is_one_chinese_sentence(
    tmp_path: Path, name: str, reason: str
) -> None:
    with pytest.raises(ExportError, match=reason):
        write_atomically(tmp_path / name, "x")


def test_a_device_is_written_to_directly() -> None:
    write_atomically(Path(os.devnull), "x")
    assert not Path(os.devnull).is_file()


def test_an_undecodable_name_in_the_text_does_not_stop_the_write(tmp_path: Path) -> None:
    atomic.write_atomically(tmp_path / "a.txt", "坏\udcff名")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "坏?名"
