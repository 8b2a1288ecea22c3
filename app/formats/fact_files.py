"""Fact sheets from files: text, Word, PDF, Excel, csv; their content goes to the intake."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

from app.core.document import BlockKind, Document
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.drafting.intake import Line, Row, Table, build_fact_sheet, split_text
from app.drafting.intake.material import gather
from app.formats.dispatch import read_bytes, sniff
from app.formats.limits import Limits, current_limits
from app.formats.source import (
    barrier,
    check_size,
    encodable,
    label,
    read_limited,
    shown_name,
)

_CSV = (".csv",)
_DELIMITERS = ",;，；"


def read_fact_sheet(path: Path, *, limits: Limits | None = None) -> FactSheet:
    """The fact sheet in a txt, md, csv, tsv, docx, pdf or xlsx file.

    Raises:
        InputError: unreadable, or without a fact; the message shows the way out.
    """
    limits = limits or current_limits()
    return read_fact_sheet_bytes(read_limited(path, limits), str(path), limits=limits)


def read_fact_sheet_bytes(
    data: bytes,
    name: str,
    *,
    limits: Limits | None = None,
    is_loose: bool = False,
    unit: str = "",
    year: int = 0,
) -> FactSheet:
    """The fact sheet in ``data``; ``name`` is shown to people.

    With ``is_loose`` unit and year may be missing: they are then empty and 0. Where ``unit`` or
    ``year`` is known already, it is not guessed.

    Raises:
        InputError: as :func:`read_fact_sheet`.
    """
    limits = limits or current_limits()
    name = shown_name(name)
    check_size(len(data), name, limits)
    with barrier(name):
        return build_fact_sheet(
            _material(data, name, limits),
            path=name,
            shown=f"要点文件{label(name)}",
            is_loose=is_loose,
            unit=unit,
            year=year,
        )


def parse_fact_sheet(
    text: str,
    *,
    path: str = "",
    is_loose: bool = False,
    today: dt.date | None = None,
    unit: str = "",
    year: int = 0,
) -> FactSheet:
    """The fact sheet in a text; the rest as in :func:`read_fact_sheet_bytes`.

    Raises:
        InputError: there is no fact in it.
    """
    shown = f"要点文件{label(path)}" if path else "要点"
    return build_fact_sheet(
        split_text(encodable(text)),
        path=path,
        shown=shown,
        is_loose=is_loose,
        today=today,
        unit=unit,
        year=year,
    )


def _material(data: bytes, name: str, limits: Limits) -> list[Line | Table]:
    if sniff(data, name) == "zip":
        from app.formats.package import package_kind  # noqa: PLC0415 — needs lxml

        if package_kind(data, name, limits) == "xlsx":
            from app.formats.xlsx import read_tables  # noqa: PLC0415 — needs openpyxl

            return list(read_tables(data, name, limits))
    document = read_bytes(data, name, limits=limits)
    if Path(name).suffix.lower() in _CSV:
        return [_csv_table(document.text)]
    return list(_document_material(document))


def _csv_table(text: str) -> Table:
    head = text[:4096]
    delimiter = max(_DELIMITERS, key=head.count)
    if delimiter not in head:
        delimiter = "\t"
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    rows = []
    try:
        for cells in reader:
            rows.append(Row(tuple(" ".join(c.split()) for c in cells), reader.line_num))
    except csv.Error as error:
        raise InputError(
            f"第{reader.line_num + 1}行的写法不对，请用 Excel 或 WPS 打开后另存为 .xlsx 再提交。"
        ) from error
    return Table(tuple(rows))


def _document_material(document: Document) -> list[Line | Table]:
    """Lines of the running text and text boxes, and the tables of a Word file in their places."""
    out: list[Line | Table] = []
    at = 0
    for grid in document.tables:
        number = document.text.count("\n", 0, grid.span.start) + 1
        out += gather(_lines(document, at, grid.span.start))
        rows = enumerate(grid.rows, number)
        out.append(Table(tuple(Row(cells, number) for number, cells in rows)))
        at = grid.span.end
    return [*out, *gather(_lines(document, at, len(document.text)))]


def _lines(document: Document, start: int, end: int) -> Iterator[Line]:
    """The lines between two places that people read as text."""
    wanted = {BlockKind.BODY, BlockKind.TABLE, BlockKind.TEXTBOX}
    blocks = [b.span for b in document.blocks if b.kind not in wanted]
    number = document.text.count("\n", 0, start) + 1
    for text in document.text[start:end].split("\n"):
        while blocks and start >= blocks[0].end:
            blocks.pop(0)
        if not blocks or start < blocks[0].start:
            yield Line(text, number)
        start += len(text) + 1
        number += 1
