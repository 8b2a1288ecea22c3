"""PDF files with a text layer, through pypdf."""

import io
import logging
import struct
import time
import warnings
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import pypdf
from pypdf import Configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError
from pypdf.generic import DictionaryObject, NameObject, PdfObject, StreamObject

from app.core.document import Block, BlockKind, Document, Span
from app.core.errors import InputError
from app.formats.limits import Limits
from app.formats.pdf.layout import (
    PageText,
    PrintedLine,
    compose,
    in_order,
    text_width,
    tidy_line,
)
from app.formats.source import check_document, encodable, label, too_long

_MAX_FORM_DEPTH = 3


def read_pdf(data: bytes, name: str, limits: Limits) -> Document:
    """A PDF as a document: paragraphs rejoined, then running headers and footers once each.

    Page numbers go; characters written as radicals come back as characters.

    Raises:
        InputError: damaged, encrypted, scanned, too large or too slow.
    """
    with _damage_as_input_error(name, limits):
        pages = _printed_pages(data, name, limits)
        if not any(pages):
            raise InputError(
                f"文件{label(name)}没有文字层，可能是扫描件，请先识别文字（OCR），"
                "或直接提供Word文件。"
            )
        return check_document(_document(compose(pages), name), limits)


@contextmanager
def _damage_as_input_error(name: str, limits: Limits) -> Iterator[None]:
    """The seam through which every failure inside pypdf becomes an :class:`InputError`."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), _bounded(limits):
            warnings.simplefilter("ignore")
            yield
    except LimitReachedError as error:
        raise InputError(
            f"文件{label(name)}里的页面层次或内容超过上限，像是有意做坏的文件，已停止读取，"
            "请重新导出PDF，或直接提供Word文件。"
        ) from error
    except (FileNotDecryptedError, DependencyError) as error:
        raise _encrypted(name) from error
    except (
        PyPdfError,
        ArithmeticError,
        AssertionError,
        AttributeError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RecursionError,
        RuntimeError,
        TypeError,
        ValueError,
        struct.error,
        zlib.error,
    ) as error:
        raise InputError(
            f"文件{label(name)}已损坏或不完整，请重新导出PDF，或直接提供Word文件。"
        ) from error


def _bounded(limits: Limits) -> AbstractContextManager[Configuration]:
    """pypdf's own bounds, drawn closer; no program outside is ever asked to decode an image."""
    size = limits.max_page_bytes
    return pypdf.apply_configuration(
        disable_legacy_handling=True,
        jbig2dec_binary=None,
        array_based_stream_maximum_output_length=size,
        zlib_maximum_output_length=size,
        zlib_maximum_recovery_input_length=min(size, 5_000_000),
        lzw_maximum_output_length=size,
        run_length_maximum_output_length=size,
        brotli_maximum_output_length=size,
        stream_decoding_work_maximum_length=4 * size,
        stream_parsing_work_maximum_count=1_000_000,
        page_tree_maximum_entries=2 * limits.max_pages + 100,
        xform_maximum_invocations_per_extraction=1_000,
    )


def _count_objects(data: bytes, name: str, limits: Limits) -> None:
    """Refuse what would take minutes to list before its first page is seen."""
    most = max(data.count(b" obj"), data.count(b" n"), data.count(b" 00000 "))
    if most > limits.max_pdf_objects:
        raise InputError(
            f"文件{label(name)}里的对象超过{limits.max_pdf_objects // 10_000}万个，已停止读取，"
            "请重新导出PDF，或直接提供Word文件。"
        )


def _encrypted(name: str) -> InputError:
    return InputError(f"文件{label(name)}已加密，请先去掉密码另存，或直接提供Word文件。")


def _printed_pages(data: bytes, name: str, limits: Limits) -> list[list[PrintedLine]]:
    _count_objects(data, name, limits)
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise _encrypted(name)
    if len(reader.pages) > limits.max_pages:
        raise InputError(
            f"文件{label(name)}超过{limits.max_pages}页的上限，请只导出总结正文，或拆成几份。"
        )
    until = time.monotonic() + limits.timeout_s
    pages = []
    chars = 0
    for number, page in enumerate(reader.pages):
        _simplify_encodings(page.get("/Resources"))
        collector = _LineCollector(number, name, until)
        page.extract_text(visitor_text=collector.take, visitor_operand_before=collector.check_time)
        collector.check_time()  # pypdf swallows what is raised inside a form
        lines = collector.finished()
        chars += sum(len(line.text) for line in lines)
        if chars > limits.max_chars:
            raise too_long(name, limits)
        pages.append(lines)
    return pages


def _simplify_encodings(resources: object, depth: int = 0) -> None:
    """Let composite fonts with an embedded code map be read two bytes a character.

    pypdf would read them byte by byte; their ``/ToUnicode`` maps the two-byte codes anyway.
    """
    found = _resolved(resources)
    if not isinstance(found, DictionaryObject) or depth > _MAX_FORM_DEPTH:
        return
    fonts = _resolved(found.get("/Font"))
    for entry in fonts.values() if isinstance(fonts, DictionaryObject) else ():
        font = _resolved(entry)
        if (
            isinstance(font, DictionaryObject)
            and font.get("/Subtype") == "/Type0"
            and "/ToUnicode" in font
            and isinstance(_resolved(font.get("/Encoding")), StreamObject)
        ):
            font[NameObject("/Encoding")] = NameObject("/Identity-H")
    forms = _resolved(found.get("/XObject"))
    for entry in forms.values() if isinstance(forms, DictionaryObject) else ():
        form = _resolved(entry)
        if isinstance(form, DictionaryObject) and form.get("/Subtype") == "/Form":
            _simplify_encodings(form.get("/Resources"), depth + 1)


def _resolved(value: object) -> object:
    return value.get_object() if isinstance(value, PdfObject) else value


@dataclass(slots=True)
class _LineCollector:
    """Puts the pieces that pypdf tells of back into lines with a place."""

    page: int
    name: str
    until: float
    lines: list[PrintedLine] = field(default_factory=list)
    pieces: list[PrintedLine] = field(default_factory=list)

    def take(self, text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        """Called by pypdf for each piece of text, with its matrices."""
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[2]) or 1.0
        points = abs(size) * scale or 1.0
        head, *rest = text.replace("\0", "").replace("\r", "\n").split("\n")
        self._add(head, x, y, points)
        for part in rest:
            self._close()
            self._add(part, x, y, points)

    def check_time(self, *_: object) -> None:
        """Called by pypdf before each operator.

        Raises:
            InputError: the time for this file is up.
        """
        if time.monotonic() > self.until:
            raise InputError(f"文件{label(self.name)}读取超时，请重新导出PDF，或直接提供Word文件。")

    def finished(self) -> list[PrintedLine]:
        """The lines of the page that hold text."""
        self._close()
        return self.lines

    def _add(self, text: str, x: float, y: float, size: float) -> None:
        if text:
            right = x + text_width(text) * size
            self.pieces.append(PrintedLine(text, self.page, x, right, y, size))

    def _close(self) -> None:
        pieces = in_order(self.pieces)
        inked = [p for p in pieces if p.text.strip()]
        if inked:
            line = PrintedLine(
                text="".join(p.text for p in pieces),
                page=self.page,
                left=inked[0].left,
                right=max(p.right for p in inked),
                base=inked[0].base,
                size=max(p.size for p in inked),
            )
            tidied = tidy_line(line)
            if tidied.text:
                self.lines.append(tidied)
        self.pieces.clear()


def _document(found: PageText, name: str) -> Document:
    text = ""
    blocks = []
    for kind, paragraphs in (
        (BlockKind.BODY, found.paragraphs),
        (BlockKind.HEADER, found.headers),
        (BlockKind.FOOTER, found.footers),
    ):
        if paragraphs:
            start = len(text)
            text += encodable("".join(p + "\n" for p in paragraphs))
            blocks.append(Block(Span(start, len(text)), kind))
    return Document(text=text, path=name, format="pdf", blocks=tuple(blocks))
