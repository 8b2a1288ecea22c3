"""Findings as an Excel workbook: 汇总, 发现; 雷同 and 指标 over several drafts.

去年数对照 is there where last year's report was given.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from app.core.cohort import Cohort
from app.core.document import Document
from app.core.finding import CheckResult, PartStatus, Severity
from app.formats.results.cohort import xlsx as cohort_xlsx
from app.formats.results.labels import (
    PART_LABELS,
    LineIndex,
    fix_label,
    mandatory_parts,
    part_titles,
    shown_path,
)
from app.formats.results.ledger_table import HEADERS, ledger_cells
from app.language.view import TextView

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_PASTED = "（粘贴的文字）"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAX_CELL = 32_000
_MAX_ROWS = 1_048_576
_SUMMARY_HEAD = (
    "文件", "单位类型", "单位", "年度", "字数", "错误", "警告", "提示", "已豁免", "缺少的部分",
    "偏短的部分",
)  # fmt: skip
_FINDINGS_HEAD = (
    "文件", "级别", "规则", "名称", "行", "列", "原文", "说明", "修改建议", "指纹", "豁免理由",
)  # fmt: skip
_WIDTHS = {
    "汇总": (40, 10, 26, 8, 8, 8, 8, 8, 8, 40, 30),
    "发现": (32, 8, 8, 22, 6, 6, 46, 60, 26, 20, 24),
    "去年数对照": (32, 36, 18, 28, 18, 20),
    **cohort_xlsx.WIDTHS,
}

_Cell = str | int | float
_PART_WIDTH = 13


def safe_cell(value: _Cell) -> _Cell:
    """Text that no spreadsheet program takes for a formula, without characters Excel refuses."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415  # loaded only for xlsx

    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value).encode("utf-8", "replace").decode("utf-8")
    if len(text) > _MAX_CELL:
        text = f"{text[:_MAX_CELL]}…"
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _summary_rows(
    results: Sequence[CheckResult], documents: Sequence[Document], parts: Sequence[str]
) -> Iterable[tuple[_Cell, ...]]:
    for result, document in zip(results, documents, strict=True):
        unit = TextView(document).unit
        titles, required = part_titles(result), mandatory_parts(result)
        missing = [
            titles[key]
            for key, status in result.parts.items()
            if status is PartStatus.MISSING and key in required
        ]
        thin = [titles[key] for key, status in result.parts.items() if status is PartStatus.THIN]
        yield (
            shown_path(result.path) or _PASTED,
            result.profile,
            unit.unit,
            unit.year or "",
            result.chars,
            *(result.count(s) for s in (Severity.ERROR, Severity.WARNING, Severity.INFO)),
            len(result.suppressed),
            "、".join(missing) or f"全部{PART_LABELS[PartStatus.PRESENT]}",
            "、".join(thin),
            *cohort_xlsx.part_cells(result, parts),
        )


def _finding_rows(
    results: Sequence[CheckResult], documents: Sequence[Document]
) -> Iterable[tuple[_Cell, ...]]:
    for result, document in zip(results, documents, strict=True):
        index = LineIndex(document.text)
        listed = [(f, "") for f in result.findings]
        listed += [(s.finding, s.reason) for s in result.suppressed]
        for finding, reason in listed:
            place = index.place(finding.span.start)
            yield (
                shown_path(result.path) or _PASTED,
                finding.severity.label,
                finding.rule,
                finding.name,
                place.line,
                place.column,
                finding.quote,
                finding.message,
                fix_label(finding.fix) if finding.fix is not None else "",
                finding.fingerprint,
                reason,
            )


def _ledger_rows(results: Sequence[CheckResult]) -> Iterable[tuple[_Cell, ...]]:
    for result in results:
        for row in result.ledger or ():
            yield (shown_path(result.path) or _PASTED, *ledger_cells(row))


def _fill(sheet: "Worksheet", head: Sequence[str], rows: Iterable[tuple[_Cell, ...]]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    colours = cohort_xlsx.fills()
    layout = Alignment(wrap_text=True, vertical="top")
    sheet.append(list(head))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(rows, 2):
        if number > _MAX_ROWS:
            break
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            # set as text: no string is ever stored as a formula
            cell.value = safe_cell(value)
            cell.alignment = layout
            if value in colours:
                cell.fill = colours[str(value)]
    widths = _WIDTHS[sheet.title]
    for column, width in enumerate((*widths, *[_PART_WIDTH] * (len(head) - len(widths))), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def render_xlsx(
    results: Sequence[CheckResult], documents: Sequence[Document], *, cohort: Cohort | None = None
) -> bytes:
    """The workbook; ``documents`` are in the order of ``results``."""
    from openpyxl import Workbook  # noqa: PLC0415  # loaded only for xlsx

    book = Workbook()
    summary = book.worksheets[0]
    summary.title = "汇总"
    parts = cohort_xlsx.part_columns(results)
    _fill(summary, (*_SUMMARY_HEAD, *parts), _summary_rows(results, documents, parts))
    _fill(book.create_sheet("发现"), _FINDINGS_HEAD, _finding_rows(results, documents))
    if cohort is not None:
        copies, figures = cohort_xlsx.COPIES, cohort_xlsx.FIGURES
        _fill(book.create_sheet(copies), cohort_xlsx.COPIES_HEAD, cohort_xlsx.copy_rows(cohort))
        _fill(book.create_sheet(figures), cohort_xlsx.FIGURES_HEAD, cohort_xlsx.figure_rows(cohort))
    if any(result.ledger is not None for result in results):
        _fill(book.create_sheet("去年数对照"), ("文件", *HEADERS), _ledger_rows(results))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
