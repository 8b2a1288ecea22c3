"""A table as the appendix of an official document."""

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.formats.docx import layout

_CELL_PT = 10
_LINE_PT = 16
_CENTRED = (0, 3)


def add_appendix(
    document: Any,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
) -> None:
    """A page of its own: 附件, the title, and the table; its head is repeated on every page.

    ``columns`` are the heads with their widths in millimetres.
    """
    mark = layout.add_body_paragraph(document, first_line_chars=0)
    mark.add_run().add_break(WD_BREAK.PAGE)
    layout.add_run(mark, "附件", layout.Face(layout.HEI))
    heading = layout.add_paragraph(document, line_twips=layout.TITLE_LINE_TWIPS)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout.add_run(heading, title, layout.Face(layout.XIAOBIAOSONG, layout.TITLE_PT))
    widths = [width for _, width in columns]
    table = document.add_table(rows=0, cols=len(columns))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _set_borders(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    _add_row(table, [name for name, _ in columns], widths, is_head=True)
    for row in rows:
        _add_row(table, row, widths, is_head=False)


def _add_row(table: Any, cells: Sequence[str], widths: Sequence[int], *, is_head: bool) -> None:
    row = table.add_row()
    properties = row._tr.get_or_add_trPr()
    names = ("w:cantSplit", "w:tblHeader") if is_head else ("w:cantSplit",)
    for name in names:
        properties.append(OxmlElement(name))
    face = layout.Face(layout.HEI if is_head else layout.FANGSONG, _CELL_PT)
    for place, (cell, text, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        _leave_grid(paragraph)
        spacing = paragraph.paragraph_format
        spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        spacing.line_spacing = Pt(_LINE_PT)
        spacing.space_before = spacing.space_after = Pt(0)
        is_short = is_head or place in _CENTRED
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if is_short else WD_ALIGN_PARAGRAPH.LEFT
        layout.add_run(paragraph, text, face)


def _leave_grid(paragraph: Any) -> None:
    """Lines of a table stand closer than the 22 of a page."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(
        snap, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr"
    )


def _set_borders(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
