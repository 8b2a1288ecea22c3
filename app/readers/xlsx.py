"""Rows of an Excel workbook, as a fact sheet needs them."""

import datetime as dt
import io
import re
import warnings
from dataclasses import replace
from decimal import Decimal

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.workbook.workbook import Workbook

from app.core.errors import InputError
from app.readers.fact_lines import SheetLine
from app.readers.limits import Limits
from app.readers.package import Package, damage_as_input_error
from app.readers.source import label, too_long

_MAX_ROWS = 20_000
_NODES_PER_CELL = 8  # tags and attributes
_MAX_COLUMNS = 40
_DECIMALS = re.compile(r"0\.(0+)%")

_AnyCell = Cell | MergedCell | ReadOnlyCell | EmptyCell


def read_rows(data: bytes, name: str, limits: Limits) -> list[SheetLine]:
    """The rows of all visible sheets with their shown values; row numbers restart a sheet.

    Raises:
        InputError: damaged, encrypted, hostile or too large; a formula without a result.
    """
    with damage_as_input_error(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nodes = min(limits.max_xml_nodes, limits.max_cells * _NODES_PER_CELL)
        with Package.open(data, name, replace(limits, max_xml_nodes=nodes)) as package:
            package.check_members()
        values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        try:
            rows = _rows(values, formulas, name, limits)
        finally:
            values.close()
            formulas.close()
    if not rows:
        raise InputError(f"文件{label(name)}的表格是空的，请填好单位、年度和要点再提交。")
    return rows


def _rows(values: Workbook, formulas: Workbook, name: str, limits: Limits) -> list[SheetLine]:
    found: list[SheetLine] = []
    chars = 0
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        twin = formulas[sheet.title]
        sheet.reset_dimensions()
        twin.reset_dimensions()
        grid = zip(sheet.iter_rows(max_col=_MAX_COLUMNS), twin.iter_rows(max_col=_MAX_COLUMNS),
                   strict=False)  # fmt: skip
        for number, (row, sources) in enumerate(grid, 1):
            if number > _MAX_ROWS:
                raise InputError(f"文件{label(name)}超过{_MAX_ROWS}行，请只留要点，删去多余的行。")
            cells = tuple(
                _shown(cell, source, name, number)
                for cell, source in zip(row, sources, strict=False)
            )
            chars += sum(map(len, cells))
            if chars > limits.max_chars:
                raise too_long(name, limits)
            if any(cell.strip() for cell in cells):
                found.append(SheetLine(cells, number))
    return found


def _shown(cell: _AnyCell, source: _AnyCell, name: str, row: int) -> str:
    """A cell as Excel shows it."""
    value = cell.value
    if value is None:
        if isinstance(source.value, str) and source.value.startswith("="):
            raise InputError(
                f"文件{label(name)}第{row}行的公式没有计算结果，请用Excel或WPS打开并保存一次再提交。"
            )
        return ""
    if getattr(cell, "data_type", "") == "e":
        raise InputError(f"文件{label(name)}第{row}行的公式出错（{value}），请改好再提交。")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | float):
        return _number(value, str(getattr(cell, "number_format", "") or ""))
    return str(value)


def _number(value: float, number_format: str) -> str:
    """``0.973`` in a percent cell → ``97.3%``; ``2025.0`` → ``2025``."""
    exact = Decimal(repr(value))
    if "%" in number_format:
        match = _DECIMALS.search(number_format)
        places = len(match[1]) if match else 0
        return f"{exact * 100:.{places}f}%"
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
