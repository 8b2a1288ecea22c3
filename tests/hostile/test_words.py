"""Hostile words in files, names and facts come out of the command line as mere words."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from app.commands.terminal import ShownStream, exact
from app.core.errors import InputError
from app.formats import read_bytes
from app.formats.results.controls import escape_json, show_commands
from app.web.guard import guarded
from tests.hostile.reading import ROOT
from tests.hostile.words import (
    BROKEN,
    COMMANDS,
    FORMULA,
    MARKDOWN,
    MARKUP,
    TERMINAL,
    TURNED,
    has_commands,
)

_WORDS = (MARKUP, MARKDOWN, TERMINAL, TURNED)
_PADDING = "- 消防演练6场，逐户上门讲解用火用电知识\n" * 30  # so that the file passes for text
_DRAFT = "临溪县云渡镇2025年平安建设工作总结\n一、矛盾纠纷化解\n" + "平安建设扎实推进。" * 60


def pingan(home: Path, *args: str) -> "subprocess.CompletedProcess[bytes]":
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "PINGAN_"))}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *args],
        cwd=home,
        env={**keep, "PINGAN_HOME": str(home / "home"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "草稿.txt"
    body = "".join(f"全年排查矛盾纠纷42件，化解45件{w}，完善XX机制{w}。\n" for w in _WORDS)
    path.write_text(_DRAFT + "\n" + body + "未完" * 200, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["text", "json", "sarif", "html"])
def test_what_is_printed_commands_no_terminal(tmp_path: Path, draft: Path, form: str) -> None:
    done = pingan(tmp_path, "check", str(draft), "--format", form)
    assert done.returncode == 1, done.stderr.decode()
    out = done.stdout.decode()
    assert not has_commands(out)
    assert not has_commands(done.stderr.decode())
    if form == "html":
        assert "<script>alert(1)" not in out
        assert "<img src=x" not in out


def test_json_reads_back_to_the_very_words(tmp_path: Path, draft: Path) -> None:
    text = read_bytes(draft.read_bytes(), str(draft)).text
    assert has_commands(text)
    answer = json.loads(pingan(tmp_path, "check", str(draft), "--format", "json").stdout)
    findings = answer["documents"][0]["findings"]
    assert any(has_commands(f["quote"]) for f in findings)
    for found in findings:
        assert text[found["start"] : found["end"]] == found["quote"]


def test_the_text_for_offsets_is_exact(tmp_path: Path, draft: Path) -> None:
    told = pingan(tmp_path, "check", str(draft), "--emit-text").stdout.decode()
    assert told == read_bytes(draft.read_bytes(), str(draft)).text


@pytest.mark.parametrize(
    "name", [TERMINAL + ".txt", TURNED + ".docx", "a\nERROR b.txt", "a\rb.pdf"]
)
def test_a_hostile_file_name_is_shown_not_obeyed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\0\1\2" * 300)
    for command in (["check", str(path)], ["facts", str(path)], ["kb", "add", str(path)]):
        done = pingan(tmp_path, *command)
        assert not has_commands(done.stdout.decode() + done.stderr.decode())
        assert b"Traceback" not in done.stderr
        assert done.returncode in {1, 2}
    missing = pingan(tmp_path, "check", str(tmp_path / ("无" + name)))
    assert not has_commands(missing.stderr.decode())


def test_hostile_facts_make_a_draft_without_commands(tmp_path: Path) -> None:
    sheet = tmp_path / "要点.txt"
    lines = "".join(f"- 排查隐患{n}处{w}\n" for n, w in enumerate(_WORDS, 5))
    sheet.write_text(f"单位：临溪县云渡镇\n年度：2025\n{lines}{_PADDING}", encoding="utf-8")
    for form in ("md", "json"):
        done = pingan(tmp_path, "draft", str(sheet), "--offline", "--format", form)
        assert done.returncode == 0, done.stderr.decode()
        assert not has_commands(done.stdout.decode() + done.stderr.decode())
        if form == "json":
            told = json.loads(done.stdout)
            assert any(has_commands(f["text"]) or "alert" in f["text"] for f in told["facts"])
    assert not has_commands(pingan(tmp_path, "facts", str(sheet)).stdout.decode())


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    paths = []
    for number, word in enumerate(FORMULA):
        path = tmp_path / f"{word.strip().replace('/', '_')}{number}.txt"
        path.write_text(f"{word}\n{word}排查42件，化解45件{word}。\n{_DRAFT}", encoding="utf-8")
        paths.append(str(path))
    done = pingan(tmp_path, "check", *paths, "--format", "xlsx", "-o", str(tmp_path / "表.xlsx"))
    assert done.returncode == 1, done.stderr.decode()
    book = openpyxl.load_workbook(tmp_path / "表.xlsx")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    texts = [c.value for c in cells if isinstance(c.value, str)]
    assert any("cmd|" in t for t in texts)
    assert all(c.data_type != "f" for c in cells)
    dangerous = [t for t in texts if t.lstrip("\t\r\n ").startswith(("=", "+", "@"))]
    assert [t for t in dangerous if not _is_harmless(book, t)] == []


def _is_harmless(book: openpyxl.Workbook, text: str) -> bool:
    """Stored as a string and marked as text, so that it stays one when edited or exported."""
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == text]
    return all(c.data_type == "s" for c in cells)


def test_sarif_and_json_are_valid_with_every_character_there_is(tmp_path: Path) -> None:
    path = tmp_path / "全.txt"
    odd = "".join(
        map(chr, (*range(1, 9), *range(14, 32), *range(0x7F, 0xA0), 0x2028, 0xFFFE, 0x1F600))
    )
    path.write_text(_DRAFT + f"\n排查42件，化解45件{odd}。\n" + "平" * 9000, encoding="utf-8")
    for form in ("json", "sarif"):
        done = pingan(tmp_path, "check", str(path), "--format", form)
        assert done.returncode == 1, done.stderr.decode()
        json.loads(done.stdout)


def test_a_log_line_stays_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def handler() -> None:
        raise ValueError(BROKEN + TERMINAL)

    with caplog.at_level(logging.DEBUG), pytest.raises(Exception, match="内部出错"):
        guarded(handler)()
    for record in caplog.records:
        assert "\n" not in record.getMessage()
        assert "假的日志" not in record.getMessage()


@pytest.mark.parametrize("word", [TERMINAL, BROKEN, TURNED, MARKUP])
def test_refusals_name_the_file_in_one_printable_line(word: str) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(b"\0\1" * 300, f"{word}.docx")
    assert str(caught.value).isprintable()


def test_controls_are_shown_and_json_stays_equal() -> None:
    assert not has_commands(show_commands(COMMANDS + "文\n\t"))
    assert show_commands("文\n\t字") == "文\n\t字"
    value = {"a": COMMANDS + TERMINAL + TURNED}
    shown = escape_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert not has_commands(shown)
    assert json.loads(shown) == value


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_only_the_progress_line_may_begin_anew_and_only_on_a_terminal() -> None:
    screen, pipe = _Terminal(), io.StringIO()
    for raw in (screen, pipe):
        stream = ShownStream(raw)
        stream.write("\r\x1b[K已核查 1/2 份：\x1b[2J甲.txt")
        exact(stream).write("\x1b")  # type: ignore[arg-type]
    assert screen.getvalue() == "\r\x1b[K已核查 1/2 份：�[2J甲.txt\x1b"
    assert pipe.getvalue() == "��[K已核查 1/2 份：�[2J甲.txt\x1b"
