import io
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.core.draft import Draft, DraftSection
from app.core.errors import ExportError
from app.formats.docx.report import (
    LineKind,
    read_lines,
    render_report,
    signature_indents,
    write_report,
)

TEXT = """云渡镇2024年平安建设工作总结
县委平安办：
2024年，全镇平安形势平稳。
一、矛盾化解
（一）抓排查。全年排查矛盾纠纷187件。
（二）抓化解
化解182件，群众满意度【待核实：99.1%】。
二、存在的问题
【待补充：存在的问题】
临溪县云渡镇平安办
2024年12月16日
"""


def _draft(text: str = TEXT) -> Draft:
    section = DraftSection("work", "一、矛盾化解", "")
    return Draft("云渡镇", 2024, "乡镇", "composer", "", text, (section,))


def _reopen(text: str = TEXT) -> Any:
    created = datetime(2024, 12, 16, tzinfo=UTC)
    return docx.Document(io.BytesIO(render_report(_draft(text), created=created)))


def _fonts(run: Any) -> dict[str, str]:
    fonts = run._r.rPr.find(qn("w:rFonts"))
    return {name.rpartition("}")[2]: value for name, value in fonts.attrib.items()}


def _paragraph(document: Any, start: str) -> Any:
    return next(p for p in document.paragraphs if p.text.startswith(start))


def test_lines_are_told_apart() -> None:
    kinds = [line.kind for line in read_lines(TEXT)]
    assert kinds == [
        LineKind.TITLE,
        LineKind.ADDRESSEE,
        LineKind.BODY,
        LineKind.HEADING_1,
        LineKind.HEADING_2,
        LineKind.HEADING_2,
        LineKind.BODY,
        LineKind.HEADING_1,
        LineKind.BODY,
        LineKind.SIGNATURE,
        LineKind.DATE,
    ]


def test_text_of_the_word_file_equals_the_draft() -> None:
    assert "\n".join(p.text for p in _reopen().paragraphs) + "\n" == TEXT


def test_page_is_a4_with_the_margins_of_the_standard() -> None:
    section = _reopen().sections[0]
    sizes = [section.page_width, section.page_height]
    assert [round(s.mm) for s in sizes] == [210, 297]
    margins = [
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    ]
    assert [round(m.mm) for m in margins] == [37, 35, 28, 26]
    assert Pt(22 * 28.95) <= Mm(297 - 37 - 35)


def test_every_run_names_its_chinese_font() -> None:
    document = _reopen()
    runs = [r for p in document.paragraphs for r in p.runs]
    footers = [document.sections[0].footer, document.sections[0].even_page_footer]
    runs += [r for f in footers for p in f.paragraphs for r in p.runs]
    assert all(_fonts(run)["eastAsia"] for run in runs)


def test_title_body_and_levels_have_their_fonts_and_sizes() -> None:
    document = _reopen()
    title = document.paragraphs[0]
    assert _fonts(title.runs[0])["eastAsia"] == "方正小标宋简体"
    assert title.runs[0].font.size == Pt(22)
    assert title.alignment == WD_ALIGN_PARAGRAPH.CENTER
    body = _paragraph(document, "2024年，")
    assert _fonts(body.runs[0])["eastAsia"] == "仿宋_GB2312"
    assert body.runs[0].font.size == Pt(16)
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert _fonts(_paragraph(document, "一、").runs[0])["eastAsia"] == "黑体"
    mixed = _paragraph(document, "（一）").runs
    assert [(_fonts(r)["eastAsia"], r.text) for r in mixed] == [
        ("楷体_GB2312", "（一）抓排查。"),
        ("仿宋_GB2312", "全年排查矛盾纠纷187件。"),
    ]


def test_what_is_to_be_filled_in_is_highlighted() -> None:
    marked = [
        r.text
        for p in _reopen().paragraphs
        for r in p.runs
        if r.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]
    assert marked == ["【待核实：99.1%】", "【待补充：存在的问题】"]


def test_page_numbers_stand_at_the_outer_edges() -> None:
    document = _reopen()
    assert document.settings.odd_and_even_pages_header_footer
    odd = document.sections[0].footer.paragraphs[0]
    even = document.sections[0].even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT)
    for paragraph in (odd, even):
        assert paragraph.text == "— 1 —"
        assert "PAGE" in paragraph._p.xml
        assert {(_fonts(r)["eastAsia"], r.font.size) for r in paragraph.runs} == {("宋体", Pt(14))}


def test_signature_is_centred_over_the_date() -> None:
    assert signature_indents("临溪县云渡镇平安办", "2024年12月16日") == (300, 400)
    unit, date = signature_indents(
        "临溪县云渡镇平安建设工作领导小组办公室联席会议", "2024年12月16日"
    )
    assert unit == 0
    assert date == (23 * 100 - 700) // 2
    document = _reopen()
    last = document.paragraphs[-1]
    assert last.alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert last._p.pPr.ind.get(qn("w:rightChars")) == "400"
    assert document.paragraphs[-2].paragraph_format.keep_with_next


def test_a_draft_without_signature_or_text_is_still_a_file() -> None:
    assert [p.text for p in _reopen("标题\n正文。\n").paragraphs] == ["标题", "正文。"]
    assert _reopen("").paragraphs == []


def test_code_points_no_xml_may_hold_are_dropped() -> None:
    assert _reopen("标\x00题\n正\x0b\ufffe文\ud800。").paragraphs[1].text == "正文。"


def test_fonts_have_substitutes_and_properties_name_the_unit() -> None:
    data = render_report(_draft())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        table = archive.read("word/fontTable.xml").decode()
    assert 'w:name="方正小标宋简体"><w:altName w:val="宋体"' in table
    assert docx.Document(io.BytesIO(data)).core_properties.author == "云渡镇"


def test_write_report_reports_an_unwritable_place(tmp_path: Path) -> None:
    write_report(_draft(), tmp_path / "a.docx")
    assert docx.Document(str(tmp_path / "a.docx")).paragraphs[0].text.startswith("云渡镇")
    with pytest.raises(ExportError):
        write_report(_draft(), tmp_path / "missing" / "a.docx")


@pytest.mark.word
def test_libreoffice_lays_22_lines_of_28_characters_on_a_page(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("没有安装 LibreOffice，排版测试跑不起来")
        pytest.skip("没有安装 LibreOffice")
    line = "平安建设工作总结" * 7  # 56 characters: two full lines without the indent
    text = "标题\n" + "\n".join(f"一、标题{n}\n{line * 6}。" for n in range(8))
    write_report(_draft(text), tmp_path / "a.docx")
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "a.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    page = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "2", "-layout", str(tmp_path / "a.pdf"), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = [row.strip() for row in page.splitlines() if row.strip()]
    assert rows[-1].replace(" ", "") == "—2—"
    assert len(rows) - 1 == 22
    assert max(len(row) for row in rows) == 28
    subprocess.run(
        ["pdftoppm", "-r", "40", "-png", str(tmp_path / "a.pdf"), str(tmp_path / "p")], check=True
    )
    assert len(list(tmp_path.glob("p-*.png"))) >= 2
