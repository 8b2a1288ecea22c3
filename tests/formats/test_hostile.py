"""Files that are damaged, mistaken or meant to harm."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.formats import Limits, legacy, read_bytes, read_document
from app.formats.fact_files import read_fact_sheet_bytes
from tests.formats.word import NAMESPACES, docx, package, para

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused(data: bytes, name: str = "x.docx", limits: Limits | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_bytes(data, name, limits=limits or Limits())
    message = str(caught.value)
    assert name in message
    assert message.endswith("。")
    return message


def document_xml(inner: str, before: str = "") -> bytes:
    return package({"word/document.xml": f"{before}<w:document {NAMESPACES}>{inner}</w:document>"})


def test_entities_are_refused_unread() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{i} "{"&a;" * 10}">' for i in range(9)
    )
    assert "实体" in refused(document_xml("<w:body><w:p>&a8;</w:p></w:body>", bomb + "]>"))


def test_entities_in_utf16_are_refused() -> None:
    xml = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x []><w:document {NAMESPACES}/>'
    assert "实体" in refused(package({"word/document.xml": xml.encode("utf-16")}))


def test_a_file_outside_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密")
    head = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    refused(document_xml("<w:body><w:p><w:r><w:t>&s;</w:t></w:r></w:p></w:body>", head))


def test_zip_bombs_are_refused_before_unpacking() -> None:
    data = package({"word/document.xml": b"0" * 30_000_000})
    assert len(data) < 100_000
    assert "压缩炸弹" in refused(data)


def test_sum_of_members_is_limited() -> None:
    data = docx(para("文" * 400))
    assert "压缩炸弹" in refused(data, limits=Limits(max_unzipped_bytes=300))
    assert "压缩炸弹" in refused(data, limits=Limits(max_zip_members=2))


def test_a_lying_size_does_not_help() -> None:
    data = bytearray(package({"word/document.xml": b"0" * 5_000_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    refused(bytes(data))


def test_deep_nesting_is_refused() -> None:
    depth = 5000
    body = "<w:tbl><w:tr><w:tc>" * depth + para("文") + "</w:tc></w:tr></w:tbl>" * depth
    assert "损坏" in refused(docx(body))


def test_tables_nested_as_deeply_as_xml_allows_are_read_or_refused() -> None:
    depth = 80
    body = "<w:tbl><w:tr><w:tc>" * depth + para("文") + "</w:tc></w:tr></w:tbl>" * depth
    assert read_bytes(docx(body), "a.docx").text == "文\n"


def test_endless_labels_are_cut() -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:lvlText w:val="{"长" * 9999}"/>'
        '</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    numbered = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    assert len(read_bytes(docx(para("甲", numbered), numbering=numbering), "a.docx").text) < 100


def test_encrypted_packages_are_told_as_such() -> None:
    ole = OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert "已加密" in refused(ole)
    flagged = bytearray(docx(para("文")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = flagged.index(mark)
        flagged[at + offset] |= 1
    assert "已加密" in refused(bytes(flagged))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_packages_are_damaged(share: float) -> None:
    data = docx(para("文" * 500))
    assert "损坏" in refused(data[: int(len(data) * share)])


def test_a_wrong_checksum_is_damage() -> None:
    data = bytearray(docx(para("文" * 500)))
    data[60] ^= 0xFF
    assert "损坏" in refused(bytes(data))


def test_foreign_packages_are_named() -> None:
    assert "Excel" in refused(package({"xl/workbook.xml": "<x/>"}), "表.xlsx")
    assert "演示" in refused(package({"ppt/presentation.xml": "<x/>"}), "片.pptx")
    assert "压缩包" in refused(package({"a.txt": "x"}), "包.zip")
    with zipfile.ZipFile(io.BytesIO(), "w"):
        pass
    assert "压缩包" in refused(b"PK\x05\x06" + b"\0" * 18, "空.docx")


def test_a_docx_that_is_no_zip_is_damaged() -> None:
    assert "损坏" in refused(b"\0\1\2" * 100)
    assert "损坏" in refused(zlib.compress(b"x" * 1000) + b"\0", "x.pdf")


def test_missing_parts_are_damage() -> None:
    assert "正文" in refused(document_xml(""))
    assert "损坏" in refused(package({"word/document.xml": "<w:document"}))
    loose = package({"[Content_Types].xml": "wordprocessingml"})
    assert "损坏" in refused(loose)


def test_old_files_without_a_converter_name_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "find_soffice", lambda: None)
    assert "另存为.docx" in refused(OLE + b"\0" * 600, "旧.doc")
    assert "另存为.docx" in refused(b"{\\rtf1 x}", "旧.wps")


def test_a_converter_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "soffice"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(legacy, "find_soffice", lambda: str(slow))
    assert "超时" in refused(b"{\\rtf1 x}", "旧.rtf", Limits(timeout_s=0.3))


def test_a_web_page_named_doc_is_told_as_such() -> None:
    assert "网页" in refused(b"<html><body>x</body></html>", "总结.doc")


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "文件夹"), (tmp_path / "无.txt", "找不到")):
        with pytest.raises(InputError, match=words):
            read_document(path)
    with pytest.raises(InputError):
        read_document(Path("/dev/zero"))
    with pytest.raises(InputError):
        read_document(Path("a\0b"))


def test_a_spreadsheet_with_entities_is_refused() -> None:
    data = package({"xl/workbook.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"})
    with pytest.raises(InputError, match="实体"):
        read_fact_sheet_bytes(data, "x.xlsx")


@pytest.mark.word
@pytest.mark.skipif(legacy.find_soffice() is None, reason="LibreOffice is not installed")
def test_rich_text_is_read_through_libreoffice() -> None:
    rtf = rb"{\rtf1\ansi\ansicpg936 \u24037?\u20316?\u24635?\u32467?\par 42\par}"
    document = read_bytes(rtf, "总结.rtf")
    assert document.text.split("\n")[:2] == ["工作总结", "42"]
    assert document.format == "rtf"
    assert document.runs == ()
