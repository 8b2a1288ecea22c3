"""Compiled patterns kept beside the byte code: the same patterns, found again, and nothing else."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.patterns import cache_file, kept_patterns

ROOT = Path(__file__).resolve().parents[1]
PATTERNS = (
    (r"(?P<count>[一二三四五六七八九十]{1,3})项|(?P<half>半)数", 0),
    (r"(?i)pdf-\d", 0),
    ("[\u4e00-\u9fff]++(?<!不)安全", re.MULTILINE),
    (r"(a)(?:b)(c)?", re.ASCII | re.IGNORECASE),
)
TEXT = "三项措施，半数已办；PDF-1、网络安全，不安全。ABC"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    re.purge()


def _compile_all() -> list["re.Pattern[str]"]:
    re.purge()
    return [re.compile(pattern, flags) for pattern, flags in PATTERNS]


def test_kept_patterns_are_the_same_as_compiled_ones(tmp_path: Path) -> None:
    compiled = _compile_all()
    place = tmp_path / "kept"
    for _ in range(2):
        with kept_patterns(place, is_forced=True):
            kept = _compile_all()
        for one, other in zip(compiled, kept, strict=True):
            assert (one.pattern, one.flags) == (other.pattern, other.flags)
            assert (one.groups, one.groupindex) == (other.groups, other.groupindex)
            found = [(m.span(), m.groups(), m.lastgroup) for m in one.finditer(TEXT)]
            assert found == [(m.span(), m.groups(), m.lastgroup) for m in other.finditer(TEXT)]


def test_kept_patterns_are_not_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "kept"
    with kept_patterns(place, is_forced=True):
        _compile_all()

    def refuse(*_: object) -> None:
        raise AssertionError("compiled again")

    parser = re._parser  # type: ignore[attr-defined]
    monkeypatch.setattr(parser, "parse", refuse)
    with kept_patterns(place):
        _compile_all()


def test_patterns_outside_the_block_are_neither_kept_nor_changed(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    with kept_patterns(place, is_forced=True):
        re.compile("里面的")
    re.compile("外面的青岚市")
    with kept_patterns(place, is_forced=True):
        re.compile("里面的")
    assert "里面的".encode() in place.read_bytes()
    assert "青岚市".encode() not in place.read_bytes()


@pytest.mark.parametrize("damage", [b"", b"\0\0\0\0", b"junk" * 100, None])
def test_damaged_cache_is_passed_over_and_mended(tmp_path: Path, damage: bytes | None) -> None:
    place = tmp_path / "kept"
    with kept_patterns(place, is_forced=True):
        _compile_all()
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    with kept_patterns(place, is_forced=True):
        assert _compile_all()[0].search(TEXT)
    assert place.read_bytes() == whole


def test_unwritable_place_makes_no_difference(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with kept_patterns(tmp_path / "file" / "kept", is_forced=True):
        assert _compile_all()[0].search(TEXT)


def test_wrong_pattern_raises_as_ever(tmp_path: Path) -> None:
    with kept_patterns(tmp_path / "kept", is_forced=True), pytest.raises(re.error):
        re.compile("(")


def test_python_without_byte_code_keeps_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    with kept_patterns(tmp_path / "kept"):
        _compile_all()
    assert not (tmp_path / "kept").exists()


def _check(folder: Path, *, prefix: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(prefix), "PINGAN_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "app.cli", "check", str(folder / "a.txt"), "--format", "json"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)


def test_check_keeps_its_patterns_and_says_the_same_with_them(tmp_path: Path) -> None:
    prefix = tmp_path / "pyc"
    text = "青岚市平安建设工作总结\n\n排查矛盾纠纷42件，成功化解45件。只此一处的某某街坊。\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    first = _check(tmp_path, prefix=prefix)
    kept = list(prefix.rglob("*.patterns"))
    assert len(kept) == 1
    assert "只此一处的".encode() not in kept[0].read_bytes()
    before = kept[0].stat().st_mtime_ns
    second = _check(tmp_path, prefix=prefix)
    assert second.stdout == first.stdout
    assert second.returncode == first.returncode == 1
    assert kept[0].stat().st_mtime_ns == before


def test_cache_lies_with_the_byte_code() -> None:
    place = cache_file()
    assert place is not None
    assert place.parent.name == "__pycache__"
