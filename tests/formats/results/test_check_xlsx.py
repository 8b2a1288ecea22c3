from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from app.core.document import Document, Span
from app.core.finding import Finding, Severity
from app.core.ledger import LedgerRow
from app.formats.results.check.xlsx import render_xlsx, safe_cell
from tests.formats.results import samples

ROW = LedgerRow(
    "排查矛盾纠纷", "件", Decimal(50), Decimal(42), Decimal(35), Span(0, 3), is_broken=True
)


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_one_row_a_document_and_one_a_finding() -> None:
    found = sheets(
        render_xlsx([samples.RESULT, samples.CLEAN], [samples.DOCUMENT, samples.CLEAN_DOCUMENT])
    )
    assert list(found) == ["汇总", "发现"]
    head, first, second = found["汇总"]
    assert dict(zip(head, first, strict=True))["错误"] == 2
    assert second[:2] == ("好.txt", "机关")
    rows = found["发现"]
    assert len(rows) == 1 + len(samples.RESULT.findings) + len(samples.RESULT.suppressed)
    item = dict(zip(rows[0], rows[1], strict=True))
    assert (item["规则"], item["行"], item["列"]) == ("NU02", 3, 3)
    assert item["原文"] == samples.WHOLE.quote
    assert rows[-1][-1] == "已向县里说明"


def test_ledger_has_a_sheet_of_its_own() -> None:
    result = replace(samples.CLEAN, ledger=(ROW, replace(ROW, quoted_previous=None)))
    rows = sheets(render_xlsx([result], [samples.CLEAN_DOCUMENT]))["去年数对照"]
    assert rows[1] == ("好.txt", "排查矛盾纠纷", "50件", "42件", "35件", "相差8件")
    assert rows[2][3] == "—"


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_can_become_a_formula(lead: str) -> None:
    text = f"{lead}HYPERLINK(1)"
    finding = Finding("PH01", "n", Severity.ERROR, Span(0, len(text)), text, text)
    result = replace(
        samples.CLEAN, path=text, findings=(finding,), ledger=(replace(ROW, indicator=text),)
    )
    book = load_workbook(BytesIO(render_xlsx([result], [Document(text)])))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(lead)


def test_characters_and_lengths_excel_refuses_are_taken_out() -> None:
    assert safe_cell("甲\x00\x0b乙\ud800") == "甲乙?"
    assert len(str(safe_cell("长" * 50_000))) < 32_767
    assert safe_cell(3) == 3
