"""Page, fonts and paragraphs of an official document by GB/T 9704—2012, on top of python-docx."""

import re
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

BODY_PT = 16  # 3号
TITLE_PT = 22  # 2号
PAGE_NUMBER_PT = 14  # 4号
LINE_TWIPS = 579  # 28.95 pt: 22 lines in the 225 mm between the margins
TITLE_LINE_TWIPS = 720
# 28 characters of 16 pt are 5.8 pt wider than the 156 mm between the margins. A character grid
# narrower than its font is read differently by different programs, a run's own spacing is not.
BODY_SPACING_TWIPS = -5
_CHAR_TWIPS = 20 * BODY_PT

SONG, XIAOBIAOSONG, FANGSONG = "宋体", "方正小标宋简体", "仿宋_GB2312"
HEI, KAI, LATIN = "黑体", "楷体_GB2312", "Times New Roman"

_TO_FILL_IN = re.compile(r"(【待(?:补充|核实)[^】]*】)")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# Word takes the second name on machines that lack the first.
_FONTS = (
    (XIAOBIAOSONG, "宋体", "02010601030101010101", "roman"),
    (FANGSONG, "仿宋", "02010609030101010101", "modern"),
    (KAI, "楷体", "02010609030101010101", "modern"),
    (HEI, "SimHei", "02010609060101010101", "modern"),
    (SONG, "SimSun", "02010600030101010101", "auto"),
)


def clean(text: str) -> str:
    """``text`` without the code points that no XML file may hold."""
    return _ILLEGAL.sub("", text)


@dataclass(frozen=True, slots=True)
class Face:
    """A font for Chinese text with its size; Latin letters and digits take the Latin font."""

    east_asia: str
    points: int = BODY_PT
    latin: str = LATIN


def _element(tag: str, **attributes: object) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _set_fonts(properties: Any, face: Face) -> None:
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, value in (
        ("ascii", face.latin),
        ("hAnsi", face.latin),
        ("eastAsia", face.east_asia),
        ("cs", face.latin),
        ("hint", "eastAsia"),
    ):
        fonts.set(qn(f"w:{name}"), value)


def _set_spacing(properties: Any) -> None:
    spacing = _element("w:spacing", val=BODY_SPACING_TWIPS)
    size = properties.find(qn("w:sz"))
    size.addprevious(spacing)


def add_run(paragraph: Paragraph, text: str, face: Face) -> None:
    """Add ``text``; what the writer still has to fill in is highlighted."""
    for piece in _TO_FILL_IN.split(clean(text)):
        if not piece:
            continue
        run = paragraph.add_run(piece)
        run.font.size = Pt(face.points)
        _set_fonts(run._r.get_or_add_rPr(), face)
        if face.points == BODY_PT:
            _set_spacing(run._r.get_or_add_rPr())
        if _TO_FILL_IN.fullmatch(piece):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _indent(paragraph: Paragraph, **values: int) -> None:
    """Set indents given in hundredths of a character, with twips for readers without those."""
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    for side, hundredths in values.items():
        indent.set(qn(f"w:{side}Chars"), str(hundredths))
        indent.set(qn(f"w:{side}"), str(round(hundredths * _CHAR_TWIPS / 100)))


def add_paragraph(document: Any, *, line_twips: int = LINE_TWIPS) -> Paragraph:
    """A paragraph with fixed line spacing and no space round it."""
    paragraph: Paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = Pt(line_twips / 20)
    layout.space_before = layout.space_after = Pt(0)
    layout.widow_control = False  # a page holds 22 lines
    return paragraph


def add_body_paragraph(document: Any, *, first_line_chars: int = 2) -> Paragraph:
    """A justified paragraph, its first line indented."""
    paragraph = add_paragraph(document)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if first_line_chars:
        _indent(paragraph, firstLine=first_line_chars * 100)
    return paragraph


def add_right_paragraph(document: Any, *, right_hundredths: int) -> Paragraph:
    """A right-aligned paragraph, indented from the right by hundredths of a character."""
    paragraph = add_paragraph(document)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _indent(paragraph, right=right_hundredths)
    return paragraph


def set_outline_level(paragraph: Paragraph, level: int) -> None:
    """Show the paragraph in Word's navigation pane (``level`` from 0)."""
    properties = paragraph._p.get_or_add_pPr()
    properties.append(_element("w:outlineLvl", val=level))


def _set_page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # The dash of the page number stands 7 mm below the text.
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(_element("w:docGrid", type="lines", linePitch=LINE_TWIPS))


def _add_page_number(footer: Any, *, is_odd: bool) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_odd else WD_ALIGN_PARAGRAPH.LEFT
    _indent(paragraph, **{"right" if is_odd else "left": 100})
    face = Face(SONG, PAGE_NUMBER_PT, SONG)
    add_run(paragraph, "— ", face)
    for kind, instruction in (
        ("begin", ""),
        ("", " PAGE "),
        ("separate", ""),
        ("", "1"),
        ("end", ""),
    ):
        run = paragraph.add_run()
        run.font.size = Pt(PAGE_NUMBER_PT)
        _set_fonts(run._r.get_or_add_rPr(), face)
        if kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))
        elif instruction.isspace() or "PAGE" in instruction:
            text = _element("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = instruction
            run._r.append(text)
        else:
            run.text = instruction
    add_run(paragraph, " —", face)


def _set_defaults(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.size = Pt(BODY_PT)
    _set_fonts(normal.element.get_or_add_rPr(), Face(FANGSONG))
    run_properties = normal.element.get_or_add_rPr()
    for old in run_properties.findall(qn("w:lang")):
        run_properties.remove(old)
    run_properties.append(_element("w:lang", val="en-US", eastAsia="zh-CN"))
    paragraph_properties = normal.element.get_or_add_pPr()
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no gap between 汉字 and digits
        paragraph_properties.insert_element_before(
            _element(tag, val=0),
            "w:bidi",
            "w:adjustRightInd",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:contextualSpacing",
            "w:jc",
            "w:rPr",
        )


def _set_font_table(document: Any) -> None:
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:panose1 w:val="{panose}"/>'
        f'<w:charset w:val="86"/><w:family w:val="{family}"/></w:font>'
        for name, other, panose, family in _FONTS
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="{namespace}">{rows}</w:fonts>'
    )
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = xml.encode()


def new_document() -> Any:
    """An empty document with the standard's page, grid, fonts and page numbers."""
    document = docx.Document()
    _set_defaults(document)
    _set_font_table(document)
    section = document.sections[0]
    _set_page(section)
    document.settings.odd_and_even_pages_header_footer = True
    _add_page_number(section.footer, is_odd=True)
    _add_page_number(section.even_page_footer, is_odd=False)
    return document
