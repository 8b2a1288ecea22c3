"""Files built to exhaust the machine, to lead out of their archive or to run something."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import ConfigError, InputError
from app.formats import Limits, read_bytes
from app.formats.archive import open_archive
from app.formats.docx.comments import annotate
from app.formats.limits import (
    DEFAULT_LIMITS,
    ArchiveLimits,
    current_limits,
    limit_names,
    limits_from,
)
from app.services.checking import Checker, CheckOptions
from app.settings import load_limits
from tests.formats.word import para
from tests.hostile import bombs
from tests.hostile.reading import ROOT, Worker, working

_MANY = "内容过多"
_BOMB = "压缩炸弹"
_ENTITY = "实体"
_LIMIT = "上限"
_LINE = para("全年排查矛盾纠纷42件，化解")


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with working(tmp_path_factory.mktemp("worker")) as running:
        yield running


def _case(name: str, make: bombs.Make, words: str, *, is_slow: bool = False) -> object:
    marks = [pytest.mark.slow] if is_slow else []
    return pytest.param(name, make, words, id=name + ":" + words, marks=marks)


REFUSED = [
    _case(
        "深表.docx", bombs.nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 10_000), "损坏"
    ),
    _case("深链.docx", bombs.nested("<w:hyperlink>", "</w:hyperlink>", 10_000), "损坏"),
    _case("空段.docx", bombs.empty_paragraphs(8_000_000), _MANY, is_slow=True),
    _case("空段少.docx", bombs.empty_paragraphs(600_000), _MANY),
    _case("属性.docx", bombs.attributes(2_000_000), _MANY),
    _case("三百属性.docx", bombs.attributes(300), "250个以上的属性"),
    _case("属性.xlsx", bombs.crowded_cell(30_000), "250个以上的属性"),
    _case("宽表.docx", bombs.wide_table(300_000), _MANY),
    _case("长段.docx", bombs.long_run(60_000_000), _BOMB, is_slow=True),
    _case("大笑.docx", bombs.laughing, _ENTITY),
    _case("膨胀.docx", bombs.swollen, _ENTITY),
    _case("外部实体.docx", bombs.outside_entity, _ENTITY),
    _case("外部类型.docx", bombs.outside_dtd, _ENTITY),
    _case("百万格.xlsx", bombs.cells(25_000, 40), _MANY),
    _case("宽格.xlsx", bombs.cells(1000, 1000), _MANY),
    _case("字串.xlsx", bombs.strings(7_000_000), _MANY, is_slow=True),
    _case("远格.xlsx", bombs.far_cell, "20000行"),
    _case("零.zip", bombs.zeros, _BOMB, is_slow=True),
    _case("重叠.zip", bombs.overlapping, _BOMB),
    _case("拥挤.zip", bombs.crowded, "5000个"),
    _case("二百兆.txt", bombs.repeated("平安".encode(), 200), "200MB"),
    _case("字多.txt", bombs.repeated("平安建".encode(), 49), "500万字"),
    _case("控制符.txt", bombs.repeated(b"\x01", 19), "不是文本"),
    _case("空字节.txt", bombs.repeated(b"\0", 49), "500万字"),
    _case("绕圈.pdf", bombs.circular_pages, "损坏"),
    _case("成倍.pdf", bombs.doubling_pages, _LIMIT),
    _case("深页.pdf", bombs.deep_pages, _LIMIT),
    _case("巨表.pdf", bombs.huge_xref, _LIMIT),
    _case("长表.pdf", bombs.long_xref, "30万个"),
    _case("碎物.pdf", bombs.tiny_objects, "30万个"),
    _case("压表.pdf", bombs.packed_xref, "损坏"),
    _case("三千页.pdf", bombs.many_pages(3000), "2000页"),
    _case("画满.pdf", bombs.content_bomb, _LIMIT),
    _case("三压.pdf", bombs.packed_twice, _LIMIT),
    _case("多字.pdf", bombs.many_texts, _LIMIT),
    _case("码表.pdf", bombs.code_map, _LIMIT),
    _case("括号.pdf", bombs.deep_arrays, "损坏"),
    _case("加密.pdf", bombs.locked_pdf, "加密"),
]


@pytest.mark.parametrize(("name", "make", "words"), REFUSED)
def test_is_refused_in_a_sentence_that_names_the_reason(
    tmp_path: Path, worker: Worker, name: str, make: bombs.Make, words: str
) -> None:
    make(tmp_path / name)
    outcome = worker.ask(path=str(tmp_path / name))
    assert outcome.complaint() == ""
    assert words in outcome.refused
    assert name in outcome.refused


READ = [
    _case("二百属性.docx", bombs.attributes(200, _LINE), "16字"),
    _case("十万段.docx", bombs.paragraphs(100_000), "2688890字"),
    _case("百万字.docx", bombs.long_run(1_000_000), "字"),
    _case("样式圈.docx", bombs.style_circle, "字"),
    _case("八十层.docx", bombs.nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 80), "字"),
    _case("表绕圈.pdf", bombs.xref_circle, "29字"),
    _case("套图.pdf", bombs.doubling_forms, "字"),
    _case("一千九百页.pdf", bombs.many_pages(1900), "29字"),
]


@pytest.mark.parametrize(("name", "make", "words"), READ)
def test_is_read_within_bounds(
    tmp_path: Path, worker: Worker, name: str, make: bombs.Make, words: str
) -> None:
    make(tmp_path / name)
    outcome = worker.ask(path=str(tmp_path / name), is_deep=False)
    assert outcome.complaint() == ""
    assert words in outcome.read


def test_archives_in_archives_are_not_opened(tmp_path: Path, worker: Worker) -> None:
    bombs.nested_zips(tmp_path / "套.zip")
    outcome = worker.ask(path=str(tmp_path / "套.zip"))
    assert outcome.complaint() == ""
    assert outcome.read.count("不再展开") == 10


def test_names_that_lead_out_are_left_out_and_said_so(tmp_path: Path) -> None:
    bombs.leading_out(tmp_path / "外.zip")
    with open_archive(tmp_path / "外.zip") as archive:
        assert archive.names == ("好.txt",)
        told = [s.reason for s in archive.skipped]
    assert sum("指到了压缩包之外" in t for t in told) == 5
    assert sum("指向别处的链接" in t for t in told) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["外.zip"]


def test_macros_are_neither_run_nor_fetched_and_stay_with_the_file(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, make in (("宏.docm", bombs.macro_word), ("宏.docx", bombs.macro_word)):
        make(tmp_path / name)
        outcome = worker.ask(path=str(tmp_path / name))
        assert outcome.complaint() == ""
        assert outcome.read == "57字"
    bombs.macro_book(tmp_path / "宏.xlsx")
    assert worker.ask(path=str(tmp_path / "宏.xlsx")).read == "1条"
    monkeypatch.setattr(socket, "socket", None)  # a linked template is asked for by nobody
    data = (tmp_path / "宏.docm").read_bytes()
    document = read_bytes(data, "宏.docm")
    assert "AutoOpen" not in document.text
    result = Checker(CheckOptions("乡镇")).check(document).result
    from datetime import datetime

    annotate(data, document, result.findings, now=datetime(2025, 12, 1))  # noqa: DTZ001


def test_scripts_in_a_pdf_are_not_even_text(tmp_path: Path, worker: Worker) -> None:
    bombs.script_pdf(tmp_path / "脚本.pdf")
    assert worker.ask(path=str(tmp_path / "脚本.pdf")).read == "85字"
    document = read_bytes((tmp_path / "脚本.pdf").read_bytes(), "脚本.pdf")
    assert "alert" not in document.text
    assert "calc" not in document.text


def test_the_bounds_can_be_set_by_the_office(tmp_path: Path) -> None:
    config = tmp_path / "pingan.toml"
    config.write_text(
        "[limits]\nmax_bytes = 1000\nmax_pages = 3\ntimeout_s = 1.5\narchive_max_members = 7\n"
    )
    limits, archive = limits_from(load_limits(config))
    assert (limits.max_bytes, limits.max_pages, limits.timeout_s) == (1000, 3, 1.5)
    assert limits.max_chars == DEFAULT_LIMITS.max_chars
    assert (archive.max_members, archive.max_member_bytes) == (7, 1000)
    with pytest.raises(InputError, match="超过0MB的上限"):
        read_bytes(b"x" * 2000, "a.txt", limits=limits)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limits]\nmax_page = 3\n", "是不是想写 max_page"),
        ("[limits]\nmax_pages = 0\n", "max_pages 应当是大于 0"),
        ("[limits]\nmax_pages = 2.5\n", "max_pages 应当是大于 0"),
        ("[limits]\nmax_pages = 'x'\n", "一行一个"),
        ("limits = 3\n", "一行一个"),
    ],
)
def test_a_wrong_bound_is_named(tmp_path: Path, text: str, words: str) -> None:
    config = tmp_path / "pingan.toml"
    config.write_text(text)
    with pytest.raises(ConfigError, match=words):
        limits_from(load_limits(config))


def test_without_a_file_the_bounds_are_ours() -> None:
    assert current_limits() == DEFAULT_LIMITS == Limits()


def test_every_bound_is_documented_with_its_value() -> None:
    told = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    own = {
        name: getattr(DEFAULT_LIMITS, name)
        for name in limit_names()
        if hasattr(DEFAULT_LIMITS, name)
    }
    packed = {f"archive_{f}": getattr(ArchiveLimits(), f) for f in ArchiveLimits.__slots__}
    for name, value in (own | packed).items():
        shown = f"{value:,}" if isinstance(value, int) else f"{value:g}"
        assert f"| `{name}` | {shown} |" in told, name
