"""One bad document harms only itself: N good and one bad of each kind give N results."""

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner

from app.checking.engine import load_rules
from app.commands.check import _rendered, check
from app.core.document import Document
from app.core.errors import InputError
from app.formats import Limits, read_bytes
from app.review.service import ReviewService
from app.services import draft_work
from app.services.apart import Apart
from app.services.batch import BatchOptions, BatchResult, check_batch
from app.services.checking import Checker, CheckOptions
from app.services.cluster.worker import check_orders, code_stamp, pack
from app.services.draft_work import Order, Worked
from app.services.ingest import _Piece, _read
from app.settings import Settings
from tests.hostile import bombs
from tests.services.drafts import draft, put

GOOD = 3
NOW = datetime(2025, 12, 20, 9, 30)  # noqa: DTZ001
LIMITS = Limits(work_bytes=60 * 2**20)
_LONG = "全年排查矛盾纠纷42件，化解40件，社会大局平稳有序。\n" * 40_000
BAD: dict[str, Callable[[Path], object]] = {
    "太大.txt": lambda path: path.write_text(_LONG, encoding="utf-8"),
    "属性.docx": bombs.attributes(30_000),
    "深表.docx": bombs.nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 10_000),
    "绕圈.pdf": bombs.circular_pages,
    "断.docx": lambda path: path.write_bytes(b"PK\x03\x04broken"),
    "空.txt": lambda path: path.write_bytes(b""),
}
ODD: dict[str, Callable[[Path], object]] = {
    "两半.pdf": bombs.halves("5E73 5B89 D842 DFB7 5EFA 8BBE"),
    "半个.pdf": bombs.halves("5E73 5B89 D842 5EFA 8BBE"),
    os.fsdecode("云渡.txt".encode("gb18030")): lambda path: path.write_text(draft(6), "utf-8"),
}


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Good drafts, odd ones that are read all the same, and one bad draft of each kind."""
    folder = tmp_path / "报送"
    for number in range(GOOD):
        put(folder, f"{number}.txt", draft(number))
    for name, make in (BAD | ODD).items():
        make(folder / name)
    return folder


@pytest.fixture(scope="module")
def narrow() -> Iterator[Apart]:
    with Apart(2, limits=LIMITS) as running:
        yield running


def require_all(batch: BatchResult) -> None:
    names = [Path(r.path).name for r in batch.results]
    assert sorted(names) == sorted([*(f"{n}.txt" for n in range(GOOD)), "两半.pdf", "半个.pdf",
                                    "云渡.txt"])  # fmt: skip
    assert sorted(Path(f.path).name for f in batch.failed) == sorted(BAD)
    for failed in batch.failed:
        assert Path(failed.path).name in failed.message
        assert failed.message.endswith("。")
    read = {Path(d.path).name: d.text for d in batch.documents}
    assert read["两半.pdf"] == "平安\U00020bb7建设\n"
    assert read["半个.pdf"] == "平安�建设\n"


def test_every_other_draft_of_a_folder_is_delivered(given: Path, narrow: Apart) -> None:
    out = given.parent / "批注"
    options = BatchOptions(jobs=2, annotate=out)
    batch = check_batch([given], options, now=NOW, apart=narrow)
    require_all(batch)
    for form in ("text", "json", "html", "sarif", "xlsx"):
        kept, rendered = _rendered(batch, form, None)
        assert kept is batch
        assert isinstance(rendered, bytes) or rendered.encode()
    assert len(list(out.rglob("*.docx"))) == GOOD + len(ODD)
    assert "内存不够" in next(f.message for f in batch.failed if "太大" in f.path)


def test_the_command_writes_what_it_has_and_ends_with_two(given: Path) -> None:
    (given / "太大.txt").unlink()
    out = given.parent / "结果"
    words = [str(given), "--format", "html", "-o", str(out), "--jobs", "2"]
    result = CliRunner().invoke(check, words, standalone_mode=False)
    assert result.return_value == 2, result.stderr
    assert result.stderr.count("错误：") == len(BAD) - 1
    assert "云渡" in out.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_page_keeps_every_other_draft(given: Path, narrow: Apart) -> None:
    desk = ReviewService(Settings(given.parent / "home"), narrow)
    batch = desk.store.new_batch()
    with zipfile.ZipFile(given / "包.zip", "w") as archive:
        archive.writestr("镇.txt", draft(4))
        archive.writestr("坏.docx", b"PK\x03\x04broken")
    taken = desk.take(batch, [given])
    assert taken.count == GOOD + len(ODD) + 1
    assert len(taken.failed) == len(BAD) + 1
    files = desk.word_files(batch, now=NOW)
    assert (files.count, files.failed) == (taken.count, ())
    assert len(desk.cohort(batch).drafts) == taken.count


def odd_reader(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let drafts named 怪 do what nobody foresaw."""

    def read(data: bytes, name: str, **rest: Any) -> Document:
        if "怪" in name:
            raise error
        return read_bytes(data, name, **rest)

    monkeypatch.setattr(draft_work, "read_bytes", read)


ERRORS = [KeyError("x"), MemoryError(), UnicodeEncodeError("utf-8", "\ud842", 0, 1, "half"),
          RecursionError(), ZeroDivisionError()]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)
def test_what_nobody_foresaw_is_told_with_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for number, name in enumerate(("甲.txt", "怪.txt", "乙.txt")):
        put(tmp_path, name, draft(number))
    odd_reader(monkeypatch, error)
    batch = check_batch([tmp_path])
    assert [Path(r.path).name for r in batch.results] == ["乙.txt", "甲.txt"]
    (failed,) = batch.failed
    assert "怪.txt" in failed.message
    orders = [Order(n, draft(0).encode(), NOW, has_print=True) for n in ("甲", "怪", "乙")]
    answers = check_orders(pack(Checker(CheckOptions("乡镇"))), orders, code_stamp())
    assert [isinstance(a, Worked) for a in answers] == [True, False, True]
    words = [str(tmp_path), "--fail-on", "never"]
    assert CliRunner().invoke(check, words, standalone_mode=False).return_value == 2
    with pytest.raises(InputError, match=r"怪\.txt"):
        _read(_Piece("怪.txt", "", lambda: b"x"), getattr(draft_work, "read_bytes"))  # noqa: B009


def test_a_rule_that_runs_out_of_memory_is_no_broken_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    rules: list[Any] = [replace(r, check=cast("Any", full)) for r in load_rules()]
    monkeypatch.setattr("app.checking.engine.load_rules", lambda: rules)
    (failed,) = check_batch([put(tmp_path, "a.txt", draft(0))]).failed
    assert "内存不够" in failed.message


def test_a_draft_that_cannot_be_written_down_does_not_keep_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.formats.results.check import json as check_json

    for number, name in enumerate(("甲.txt", "怪.txt", "乙.txt")):
        put(tmp_path, name, draft(number))
    sound = check_json.document_object

    def odd(result: Any) -> dict[str, object]:
        if "怪" in result.path:
            raise ValueError("x")
        return sound(result)

    monkeypatch.setattr(check_json, "document_object", odd)
    words = [str(tmp_path), "--format", "json", "--fail-on", "never"]
    result = CliRunner().invoke(check, words, standalone_mode=False)
    assert result.return_value == 2
    assert "怪.txt" in result.stderr
    assert "甲.txt" in result.stdout
    assert "怪.txt" not in result.stdout
