"""One report as txt, docx and pdf gives one text."""

import io
from pathlib import Path

import docx
import pytest
from docx.shared import Pt

from app import resources
from app.core.document import Document
from app.formats import read_bytes, read_document
from tests.formats.prints import need_font, print_report

HEADER = "平安建设资料汇编"


def paragraphs_of(path: Path) -> list[str]:
    """The report's lines; indents and blank lines are layout, which the twins make otherwise."""
    return [bare for text in path.read_text("utf-8").split("\n") if (bare := text.strip("\u3000 "))]


def as_word(paragraphs: list[str]) -> Document:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = HEADER
    for text in paragraphs:
        word.add_paragraph(text).paragraph_format.first_line_indent = Pt(24)
    data = io.BytesIO()
    word.save(data)
    return read_bytes(data.getvalue(), "twin.docx")


def reports() -> list[Path]:
    return sorted(resources.reports_dir().glob("*.txt"))[::4]


@pytest.mark.parametrize("path", reports(), ids=lambda p: p.stem)
def test_twins_give_the_same_text(path: Path) -> None:
    need_font()
    paragraphs = paragraphs_of(path)
    plain = "\n".join(paragraphs) + "\n"
    assert read_bytes(plain.encode("gb18030"), "twin.txt").text == plain
    word = as_word(paragraphs)
    printed = read_bytes(print_report(paragraphs, header=HEADER), "twin.pdf")
    assert word.text == plain + HEADER + "\n"
    assert printed.text == word.text
    assert [b.kind for b in printed.blocks] == [b.kind for b in word.blocks]


def test_sample_reports_are_read_from_disk() -> None:
    path = reports()[0]
    document = read_document(path)
    assert document.path == str(path)
    assert document.text == path.read_text("utf-8")
