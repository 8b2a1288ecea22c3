"""Sound files of every kind that is taken in, the same ones on every run."""

import io
import zipfile
from functools import cache

import docx
import openpyxl
from fpdf import FPDF

from app.resources import examples_dir, reports_dir
from tests.formats.prints import FONT, print_report
from tests.formats.word import box, package, para, run, table
from tests.formats.word import docx as raw_docx


@cache
def report_lines() -> tuple[str, ...]:
    """The paragraphs of a sample report that ships with the program."""
    path = sorted(reports_dir().rglob("*.txt"))[0]
    text = path.read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())[:24]


def _word_file() -> bytes:
    document = docx.Document()
    lines = report_lines()
    document.add_heading(lines[0], 1)
    for line in lines[1:10]:
        document.add_paragraph(line)
    document.add_paragraph("排查矛盾纠纷42件", style="List Number")
    grid = document.add_table(rows=2, cols=3)
    for cell, text in zip(grid.rows[0].cells, ("指标", "数量", "备注"), strict=True):
        cell.text = text
    document.sections[0].header.paragraphs[0].text = "平安建设"
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _made_word_file() -> bytes:
    lines = report_lines()
    return raw_docx(
        para(lines[0], '<w:pStyle w:val="a"/>')
        + para(lines[1], '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
        + para(run("排查42件") + box(para("框里的字")) + f"<w:del>{run('删')}</w:del>")
        + table(("指标", "数量"), ("演练", "6场"))
        + para('<w:r><w:footnoteReference w:id="2"/></w:r>' + run("化解45件。")),
        numbering='<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
        styles='<w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"/>',
        footnotes='<w:footnote w:id="2">' + para("注") + "</w:footnote>",
    )


def _pdf_file() -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    pdf.set_compression(compress=False)
    for number in range(3):
        pdf.add_page()
        pdf.multi_cell(0, 8, f"page {number} of the report, 42 cases found and 40 solved. " * 6)
    return bytes(pdf.output())


def _printed_file() -> bytes:
    return print_report(list(report_lines()[:8]), header="平安建设")


def _sheet_file() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (("单位", "云渡镇"), ("年度", 2025), ("部分", "要点"), ("反诈", "宣讲4场")):
        sheet.append(row)
    for number in range(30):
        sheet.append(("排查", f"第{number}次走访{number + 3}户"))
    book.create_sheet("备用")
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _archive_file() -> bytes:
    inner = package({"内.txt": "\n".join(report_lines()[:5])})
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("云渡镇.txt", "\n".join(report_lines()).encode()),
            ("报送/甲局.docx", _made_word_file()),
            ("报送/乙局.md", ("# 总结\n\n" + "\n\n".join(report_lines()[:6])).encode()),
            ("内.zip", inner),
            ("__MACOSX/._a", b"\0\5"),
        ):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


@cache
def sound_files() -> tuple[tuple[str, bytes], ...]:
    """Every kind of file as ``(name, content)``."""
    text = "\n".join(report_lines())
    sheets = sorted(p for p in examples_dir().rglob("*.txt") if p.stat().st_size)
    files = [
        ("总结.docx", _word_file()),
        ("报表.docx", _made_word_file()),
        ("报告.pdf", _pdf_file()),
        ("总结.txt", text.encode()),
        ("旧.txt", text.encode("gb18030")),
        ("宽.txt", text.encode("utf-16")),
        ("要点.txt", sheets[0].read_bytes() if sheets else text.encode()),
        ("要点.xlsx", _sheet_file()),
        ("报送.zip", _archive_file()),
    ]
    if FONT.is_file():
        files.append(("印刷.pdf", _printed_file()))
    return tuple(files)
