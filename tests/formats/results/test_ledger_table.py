import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.core.document import Span
from app.core.ledger import LedgerRow
from app.formats.results.check.html import render_html
from app.formats.results.check.json import render_json
from app.formats.results.ledger_table import ledger_cells, shown_amount
from tests.formats.results import samples

BROKEN = LedgerRow(
    "排查<b>隐患",
    "处",
    Decimal(50),
    Decimal(42),
    Decimal(35),
    Span(10, 13),
    Span(20, 23),
    Span(5, 8),
    is_broken=True,
)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Decimal(629000), "元", "62.9万元"),
        (Decimal("52400000"), "元", "5240万元"),
        (Decimal("236000000"), "元", "2.36亿元"),
        (Decimal(12680), "件", "12680件"),
        (Decimal(44720), "路", "44720路"),
        (Decimal("97.30"), "%", "97.3%"),
        (None, "件", "—"),
    ],
)
def test_figures_read_as_an_office_writes_them(
    value: Decimal | None, unit: str, shown: str
) -> None:
    assert shown_amount(value, unit) == shown


@pytest.mark.parametrize(
    ("row", "last"),
    [
        (BROKEN, "相差8处"),
        (replace(BROKEN, is_implied=True), "相差约8处"),
        (replace(BROKEN, is_broken=False), "一致"),
        (replace(BROKEN, quoted_previous=None), "本年未引去年数"),
        (replace(BROKEN, previous=None), "去年报告未找到"),
    ],
)
def test_verdict(row: LedgerRow, last: str) -> None:
    assert ledger_cells(row)[-1] == last


def test_html_table_is_escaped_and_marks_breaks() -> None:
    html = render_html([replace(samples.RESULT, ledger=(BROKEN,))], [samples.DOCUMENT])
    assert "<caption>去年数对照</caption>" in html
    assert "排查&lt;b&gt;隐患" in html
    assert '<tr class="broken">' in html
    assert "去年数对照" not in render_html([samples.RESULT], [samples.DOCUMENT])


def test_json_key_is_there_only_with_last_years_report() -> None:
    with_table = json.loads(render_json([replace(samples.RESULT, ledger=(BROKEN,))]))
    assert with_table["documents"][0]["ledger"] == [
        {
            "indicator": "排查<b>隐患",
            "unit": "处",
            "previous": 50,
            "quoted_previous": 42,
            "current": 35,
            "implied": False,
            "broken": True,
            "spans": {
                "current": {"start": 10, "end": 13},
                "quoted_previous": {"start": 20, "end": 23},
                "previous": {"start": 5, "end": 8},
            },
        }
    ]
    assert "ledger" not in json.loads(render_json([samples.RESULT]))["documents"][0]
