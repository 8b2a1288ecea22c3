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
from app.core.quantity import plain_number
from app.drafting.intake.material import NO_RESULT, Row, Table
from app.formats.limits import Limits
from app.formats.package import Package, damage_as_input_error
from app.formats.source import label, too_long

_MAX_ROWS = 20_000
_NODES_PER_CELL = 8  # tags and attributes
_MAX_COLUMNS = 40
_DECIMALS = re.compile(r"0\.(0+)%")

_AnyCell = Cell | MergedCell | ReadOnlyCell | EmptyCell


def read_tables(data: bytes, name: str, limits: Limits) -> list[Table]:
    """The visible sheets with their shown values; row numbers restart a sheet.

    A formula without a result, or with an error, stands as :data:`NO_RESULT`.

    Raises:
        InputError: damaged, encrypted, hostile or too large.
    """
    with damage_as_input_error(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nodes = min(limits.max_xml_nodes, limits.max_cells * _NODES_PER_CELL)
        with Package.open(data, name, replace(limits, max_xml_nodes=nodes)) as package:
            package.check_members()
        values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        try:
            tables = _tables(values, formulas, name, limits)
        finally:
            values.close()
            formulas.close()
    if not tables:
        raise InputError(f"文件{label(name)}的表格是空的，请填好单位、年度和要点再提交。")
    return tables


def _tables(values: Workbook, formulas: Workbook, name: str, limits: Limits) -> list[Table]:
    found: list[Table] = []
    chars = 0
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        twin = formulas[sheet.title]
        sheet.reset_dimensions()
        twin.reset_dimensions()
        grid = zip(sheet.iter_rows(max_col=_MAX_COLUMNS), twin.iter_rows(max_col=_MAX_COLUMNS),
                   strict=False)  # fmt: skip
        rows: list[Row] = []
        for number, (row, sources) in enumerate(grid, 1):
            if number > _MAX_ROWS:
                raise InputError(f"文件{label(name)}超过{_MAX_ROWS}行，请只留要点，删去多余的行。")
            cells = tuple(
                " ".join(_shown(cell, source).split())
                for cell, source in zip(row, sources, strict=False)
            )
            chars += sum(map(len, cells))
            if chars > limits.max_chars:
                raise too_long(name, limits)
            rows.append(Row(cells, number))
        if any(row.told for row in rows):
            found.append(Table(tuple(rows), sheet.title))
    return found


def _shown(cell: _AnyCell, source: _AnyCell) -> str:
    """A cell as Excel shows it; a formula without a result, or with an error, says so."""
    value = cell.value
    if value is None:
        is_formula = isinstance(source.value, str) and source.value.startswith("=")
        return NO_RESULT if is_formula else ""
    if getattr(cell, "data_type", "") == "e":
        return NO_RESULT
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
    return plain_number(exact)
