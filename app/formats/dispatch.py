"""Which reader takes a file: by its first bytes, then by its name.

Each reader is imported when a file asks for it, so that text files cost no XML or PDF library.
"""
# ruff: noqa: PLC0415

import re
from pathlib import Path

from app.core.document import Document
from app.core.errors import InputError
from app.formats.limits import Limits, current_limits
from app.formats.source import barrier, check_size, label, read_limited, shown_name

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_MARK = re.compile(rb"%PDF-\d")
_WORD_XML = re.compile(rb"<\?mso-application[^>]{0,80}Word\.Document|<pkg:package[\s>]")
_HTML = re.compile(rb"\s*(?:<!doctype\s+html|<html[\s>]|mime-version:\s*1\.0)", re.IGNORECASE)
_PICTURES = (
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_OLD_WORD = (".doc", ".wps", ".dot", ".wpt")


def read_document(path: Path, *, limits: Limits | None = None) -> Document:
    """The document in a txt, md, docx or pdf file (doc, wps, rtf, odt where LibreOffice is there).

    Raises:
        InputError: the file cannot be read; the message names it and the way out.
    """
    limits = limits or current_limits()
    return read_bytes(read_limited(path, limits), str(path), limits=limits)


def read_bytes(data: bytes, name: str, *, limits: Limits | None = None) -> Document:
    """The document in ``data``; ``name`` is shown to people and its ending helps to tell the kind.

    Raises:
        InputError: the bytes cannot be read; the message names the file and the way out.
    """
    limits = limits or current_limits()
    name = shown_name(name)
    check_size(len(data), name, limits)
    with barrier(name):
        return _read(data, name, limits)


def _read(data: bytes, name: str, limits: Limits) -> Document:
    kind = sniff(data, name)
    if kind in {"txt", "md"}:
        from app.formats.text import read_plain

        return read_plain(data, name, limits, kind=kind)
    if kind == "zip":
        return _read_zip(data, name, limits)
    if kind == "pdf":
        from app.formats.pdf.reader import read_pdf

        return read_pdf(data, name, limits)
    from app.formats.legacy import read_legacy

    return read_legacy(data, name, limits, kind=kind)


def sniff(data: bytes, name: str) -> str:
    """``zip``, ``pdf``, ``ole``, ``rtf``, ``xml``, ``md`` or ``txt``.

    Raises:
        InputError: a picture, a packed archive or a saved web page.
    """
    head = data[:1024]
    if head.startswith(_ZIP):
        return "zip"
    if _PDF_MARK.search(head):
        return "pdf"
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    suffix = Path(name).suffix.lower()
    if _WORD_XML.search(head):
        return "xml"
    if head.startswith(_PICTURES) and b"\0" in head:
        raise InputError(
            f"文件{label(name)}是图片，没有可读的文字，请先识别文字（OCR）或提供Word文件。"
        )
    if head.startswith(_ARCHIVES):
        raise InputError(f"文件{label(name)}是压缩包，请先解压，再逐个提交里面的文稿。")
    if suffix in _OLD_WORD and _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise InputError(f"文件{label(name)}其实是网页内容，请用Word或WPS打开后另存为.docx再提交。")
    _refuse_wrong_kind(data, name, suffix)
    return "md" if suffix in {".md", ".markdown"} else "txt"


def _refuse_wrong_kind(data: bytes, name: str, suffix: str) -> None:
    """A file that by its ending should have begun otherwise is damaged, not text."""
    if suffix in {".docx", ".docm", ".pdf", ".xlsx", ".odt", *_OLD_WORD} and b"\0" in data:
        raise InputError(
            f"文件{label(name)}已损坏，或扩展名与内容不符，请用原来的软件打开后重新保存。"
        )


def _read_zip(data: bytes, name: str, limits: Limits) -> Document:
    from app.formats.package import package_kind

    kind = package_kind(data, name, limits)
    if kind == "docx":
        from app.formats.docx.reader import read_docx

        return read_docx(data, name, limits)
    if kind == "odt":
        from app.formats.legacy import read_legacy

        return read_legacy(data, name, limits, kind="odt")
    what = {"xlsx": "Excel表格", "pptx": "演示文稿"}.get(kind, "压缩包")
    raise InputError(f"文件{label(name)}是{what}，不是文稿，请提供.docx、.pdf、.txt或.md文件。")
