import codecs
import os

import pytest

from app.core.errors import InputError
from app.formats import Limits, read_bytes

TEXT = "青岚市档案馆2025年平安建设工作总结\n一、主要做法\n全年开展消防演练3次，128人次参加。\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_every_office_encoding_gives_the_same_text(encoding: str) -> None:
    assert read_bytes(TEXT.encode(encoding), "总结.txt").text == TEXT


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")])
def test_big_endian_mark_is_removed(mark: bytes) -> None:
    assert read_bytes(mark, "a.txt").text == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "gb18030"])
def test_text_without_any_ascii_is_told_apart(encoding: str) -> None:
    text = "全市平安建设工作总体平稳，矛盾纠纷化解有力，群众安全感稳步提升。"
    assert read_bytes(text.encode(encoding), "a.txt").text == text


def test_line_ends_become_newlines_and_keep_offsets() -> None:
    document = read_bytes("甲\r\n乙\r丙\u2028丁\x0b戊".encode(), "a.txt")
    assert document.text == "甲\n乙\n丙\n丁\n戊"


def test_characters_beyond_the_basic_plane_count_one() -> None:
    document = read_bytes("𠮷镇\r\n甲".encode("gb18030"), "a.txt")
    assert document.text == "𠮷镇\n甲"
    assert len(document.text) == 4


def test_markdown_is_told_by_its_name() -> None:
    assert read_bytes(b"# a", "x.MD").format == "md"
    assert read_bytes(b"# a", "x.txt").format == "txt"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b" \n\t\r\n", "没有文字"),
        ("\ufeff".encode(), "没有文字"),
        (b"abc\0def", "不是文本文件"),
        (bytes(range(256)) * 20, "不是文本文件"),
        (b"\xff\xfea", "编码损坏"),
        (TEXT.encode()[:-2] + b"\xff" + TEXT.encode(), "第3行起无法按UTF-8读出"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "图片"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "压缩包"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_bytes(data, "dir/坏文件.txt")
    message = str(caught.value)
    assert "“坏文件.txt”" in message
    assert "dir" not in message
    assert message.count("。") == 1
    assert "\n" not in message


def test_random_bytes_are_no_text() -> None:
    data = os.urandom(0) + bytes((i * 131 + i // 7) % 251 + 3 for i in range(4000))
    with pytest.raises(InputError):
        read_bytes(data, "a.txt")


def test_limits_are_kept() -> None:
    with pytest.raises(InputError, match="上限"):
        read_bytes(b"a" * 101, "a.txt", limits=Limits(max_bytes=100))
    with pytest.raises(InputError, match="上限"):
        read_bytes(b"a" * 101, "a.txt", limits=Limits(max_chars=100))


def test_a_name_with_control_characters_cannot_forge_lines() -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(b"", "a\n错误\x1b[31m.txt")
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
