"""Whatever the bytes, a reader gives a document or says in one sentence why not."""

import io
import zipfile
from functools import cache

import docx
import openpyxl
import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.document import Document
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.formats import Limits, read_bytes
from app.formats.fact_files import parse_fact_sheet, read_fact_sheet_bytes
from tests.formats.word import box, package, para, run, table
from tests.formats.word import docx as raw_docx

LIMITS = Limits(max_bytes=2**20, max_unzipped_bytes=2**22, timeout_s=20.0)
EXAMPLES = settings(
    derandomize=True, deadline=None, max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
FEW = settings(EXAMPLES, max_examples=120)


@cache
def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("平安建设工作总结", style="Heading 1")
    document.add_paragraph("排查42件", style="List Number")
    document.add_table(rows=1, cols=2).rows[0].cells[0].text = "指标"
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


@cache
def raw_word_file() -> bytes:
    return raw_docx(
        para(run("排查") + box(para("框")) + f"<w:del>{run('删')}</w:del>") + table(("甲", "乙")),
        numbering='<w:abstractNum w:abstractNumId="0"/><w:num w:numId="1"/>',
        styles='<w:style w:styleId="a"><w:basedOn w:val="a"/></w:style>',
    )


@cache
def pdf_file() -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    pdf.set_compression(compress=False)
    for number in range(2):
        pdf.add_page()
        pdf.multi_cell(0, 8, f"page {number} of the report, 42 cases found and 40 solved. " * 6)
    return bytes(pdf.output())


@cache
def sheet_file() -> bytes:
    book = openpyxl.Workbook()
    for row in (("单位", "云渡镇"), ("年度", 2025), ("部分", "要点"), ("反诈", "宣讲4场")):
        book.worksheets[0].append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@st.composite
def mutated(draw: st.DrawFn, source: bytes) -> bytes:
    """The file with a few bytes changed, cut out, doubled or swapped for numbers."""
    data = bytearray(source)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        kind = draw(st.sampled_from(["set", "cut", "double", "insert", "end"]))
        size = draw(st.integers(1, 40))
        if kind == "set" and data:
            data[at] = draw(st.integers(0, 255))
        elif kind == "cut":
            del data[at : at + size]
        elif kind == "double":
            data[at:at] = data[at : at + size]
        elif kind == "insert":
            data[at:at] = draw(
                st.sampled_from([b"\0", b"<", b"&x;", b"-1", b"9" * 12, b"\xff" * 8])
            )
        elif draw(st.integers(0, 9)) == 0:
            del data[at:]
    return bytes(data)


@st.composite
def repacked(draw: st.DrawFn, source: bytes) -> bytes:
    """A package whose members are changed inside, so that the zip itself stays sound."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        members: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    name = draw(st.sampled_from(sorted(members)))
    content = members[name]
    assert isinstance(content, bytes)
    members[name] = draw(mutated(content))
    if draw(st.integers(0, 5)) == 0:
        del members[draw(st.sampled_from(sorted(members)))]
    return package(members)


def read_or_refuse(data: bytes, name: str) -> None:
    document, refusal = None, ""
    try:
        document = read_bytes(data, name, limits=LIMITS)
    except InputError as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert bool(refusal) != isinstance(document, Document)
    if document is not None:
        assert all(b.span.end <= len(document.text) for b in document.blocks)


def facts_or_refuse(data: bytes, name: str) -> None:
    sheet, refusal = None, ""
    try:
        sheet = read_fact_sheet_bytes(data, name, limits=LIMITS)
    except InputError as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert bool(refusal) != isinstance(sheet, FactSheet)


@EXAMPLES
@given(st.one_of(mutated(word_file()), mutated(raw_word_file())))
def test_broken_word_files(data: bytes) -> None:
    read_or_refuse(data, "a.docx")


@FEW
@given(st.one_of(repacked(word_file()), repacked(raw_word_file())))
def test_word_files_with_broken_parts(data: bytes) -> None:
    read_or_refuse(data, "a.docx")


@EXAMPLES
@given(mutated(pdf_file()))
def test_broken_pdf_files(data: bytes) -> None:
    read_or_refuse(data, "a.pdf")


@EXAMPLES
@given(st.one_of(st.binary(max_size=200), mutated("平安建设，排查42件。\n".encode() * 4)))
def test_any_bytes_named_txt(data: bytes) -> None:
    if not data.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        read_or_refuse(data, "a.txt")


@FEW
@given(st.one_of(mutated(sheet_file()), repacked(sheet_file())))
def test_broken_workbooks(data: bytes) -> None:
    facts_or_refuse(data, "a.xlsx")


@EXAMPLES
@given(st.text(alphabet="单位年度：: 2025\n\t-*·#【】一、（1）甲乙。", max_size=80))
def test_any_text_as_fact_sheet(text: str) -> None:
    for head in ("", "单位：甲局\n年度：2025\n- 演练3次\n"):
        try:
            sheet = parse_fact_sheet(head + text)
        except InputError:
            continue
        assert sheet.unit
        assert [f.id for f in sheet.facts] == [f"F{n}" for n in range(1, len(sheet.facts) + 1)]
        for fact in sheet.facts:
            assert fact.text == fact.text.strip()
            assert all(name in fact.text for name in fact.names)


@pytest.mark.parametrize("make", [word_file, raw_word_file, pdf_file])
def test_the_sound_originals_are_read(make: object) -> None:
    assert callable(make)
    assert read_bytes(make(), "a.bin").text
