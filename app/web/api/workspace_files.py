"""Files in and out of the writers' desk; they travel as text, nothing is left lying about."""

import base64
import binascii
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from app.core.draft import Draft
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.drafting.intake import UNIT_TYPES
from app.formats.fact_files import parse_fact_sheet
from app.web.workspace import MAX_UPLOAD_BYTES, safe_name
from app.workspace.types import DOUBT, WorkspaceDraft, WorkspaceFact

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEMPLATE_HINT = """每行写一条事实，数字照实填，例如：
全年排查矛盾纠纷192件，化解188件
检查企业246家次，发现隐患337处，整改333处
存在问题：旺季停车位不够
下一步：增设临时停车点2处
没写到的事，总结里不会出现。类别可以不填。"""
_BLANK_ROWS = 30


def uploaded(value: object) -> bytes:
    """The bytes of a file the page sends.

    Raises:
        InputError: it is empty or too large.
    """
    text = value if isinstance(value, str) else ""
    if len(text) > MAX_UPLOAD_BYTES * 4 // 3 + 4:
        raise InputError("文件超过 20 MB，没有读取，请删去图片后再试。")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("文件没有传完整，请重新选择一次。") from error
    if not data:
        raise InputError("这个文件是空的，请重新选择。")
    return data


def taken_in(kept: Sequence[WorkspaceFact], sheet: FactSheet) -> tuple[WorkspaceFact, ...]:
    """The facts with those of a sheet behind them; one that is there already is not taken twice.

    What the writer was not sure of comes in its place among them, marked.
    """
    known = {"".join(f.text.split()) for f in kept}
    told = [(f.line, WorkspaceFact(f.shown, f.heading, source=f.source)) for f in sheet.facts]
    asked = [s for s in sheet.skipped if s.is_question]
    doubts = [(s.line, WorkspaceFact(s.text, mark=DOUBT, source=s.source)) for s in asked]
    rows = [row for _, row in sorted((*told, *doubts), key=lambda placed: placed[0])]
    new = [row for row in rows if "".join(row.text.split()) not in known]
    return (*(f for f in kept if f.text.strip()), *new)


def said_by(sheet: FactSheet) -> dict[str, str]:
    """The fields of a draft that a sheet fills in."""
    said = {
        "unit": sheet.unit,
        "year": str(sheet.year) if sheet.year else "",
        "unit_type": sheet.unit_type,
        "title": sheet.title,
        "date": sheet.date,
    }
    return {name: value for name, value in said.items() if value}


def pasted_sheet(text: str, draft: WorkspaceDraft) -> FactSheet:
    """The facts in text pasted into a draft; unit and year may be missing.

    Raises:
        InputError: there are none.
    """
    if not text.strip():
        raise InputError("还没有要点，请逐条粘贴本单位今年的事实和数字，或上传要点文件。")
    return parse_fact_sheet(text, is_loose=True, **known_of(draft))


def known_of(draft: WorkspaceDraft) -> dict[str, Any]:
    """The unit and the year a draft names already."""
    year = draft.year.strip()
    is_year = len(year) == 4 and year.isascii() and year.isdigit()
    return {"unit": draft.unit.strip(), "year": int(year) if is_year else 0}


def template_file() -> dict[str, str]:
    """A workbook to fill in."""
    from openpyxl import Workbook  # noqa: PLC0415  # loaded only for xlsx
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "要点"
    for label in ("单位", "年度", "类型"):
        sheet.append((label,))
    sheet.append(())
    sheet.append(("序号", "类别", "要点"))
    for number in range(1, _BLANK_ROWS + 1):
        sheet.append((number, "", ""))
    grey = PatternFill("solid", fgColor="FFE8EDF3")
    for cell in (sheet["A1"], sheet["A2"], sheet["A3"], *sheet[5]):
        cell.font = Font(bold=True)
        cell.fill = grey
    for column, width in (("A", 8), ("B", 22), ("C", 90)):
        sheet.column_dimensions[column].width = width
    for cells in sheet.iter_rows(min_row=6):
        cells[2].alignment = Alignment(wrap_text=True, vertical="top")
    types = DataValidation("list", formula1=f'"{",".join(UNIT_TYPES)}"', allow_blank=True)
    sheet.add_data_validation(types)
    types.add("B3")
    sheet["C5"].comment = Comment(_TEMPLATE_HINT, "填写说明", height=150, width=420)
    sheet.freeze_panes = "A6"
    buffer = BytesIO()
    book.save(buffer)
    return _file("要点表模板", ".xlsx", _EXCEL, buffer.getvalue())


def export_file(kind: str, draft: Draft, sheet: FactSheet) -> dict[str, str]:
    """The report as a file.

    Raises:
        InputError: there is no such kind.
    """
    title = draft.text.split("\n", 1)[0].strip()
    match kind:
        case "word":
            from app.formats.docx.report import render_report  # noqa: PLC0415

            return _file(title, ".docx", _WORD, render_report(draft))
        case "word-sources":
            from app.formats.results.sources_table import render_word  # noqa: PLC0415

            return _file(f"{title}（附数据来源表）", ".docx", _WORD, render_word(draft, sheet))
        case "sources":
            from app.formats.results.sources_table import render_xlsx  # noqa: PLC0415

            return _file(f"{title}_数据来源表", ".xlsx", _EXCEL, render_xlsx(draft, sheet))
        case "markdown":
            from app.formats.results.draft.text import render_markdown  # noqa: PLC0415

            return _file(title, ".md", "text/markdown", render_markdown(draft).encode())
        case "text":
            return _file(title, ".txt", "text/plain", ("\ufeff" + draft.text).encode())
        case "facts":
            return _file(f"{title}_要点", ".txt", "text/plain", _facts_text(sheet).encode())
        case _:
            raise InputError("没有这种格式，请刷新页面后再试。")


def _facts_text(sheet: FactSheet) -> str:
    from app.web.sheet_text import sheet_to_text  # noqa: PLC0415

    return "\ufeff" + sheet_to_text(sheet)


def _file(stem: str, suffix: str, mime: str, data: bytes) -> dict[str, Any]:
    return {
        "name": safe_name(stem, suffix),
        "mime": mime,
        "data": base64.b64encode(data).decode("ascii"),
    }
