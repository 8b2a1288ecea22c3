import io
from dataclasses import replace

import docx
import pytest
from openpyxl import load_workbook

from app.core.draft import Draft
from app.core.facts import FactSheet
from app.formats.fact_files import parse_fact_sheet
from app.formats.results.sources_table import NO_SOURCE, render_word, render_xlsx, source_rows
from app.services.drafting import draft_report
from app.settings import Settings

HOSTILE = '=HYPERLINK("http://x","y")'
FACTS = """单位：临溪县云渡镇
年度：2025
类型：乡镇
- 全年排查矛盾纠纷192件，化解188件
- 检查企业246家次，发现隐患337处，整改333处
- 存在问题：河东社区停车场旺季车位不够
- 下一步：增设临时停车点2处
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, FactSheet]:
    sheet = parse_fact_sheet(FACTS)
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    return draft_report(sheet, settings=settings, offline=True), sheet


def test_every_figure_stands_beside_its_fact(made: tuple[Draft, FactSheet]) -> None:
    rows = source_rows(*made)
    found = {(r.figure, r.fact_id) for r in rows}
    assert {("192件", "F1"), ("188件", "F1"), ("337处", "F2"), ("2处", "F4")} <= found
    assert all(r.fact_id for r in rows)
    assert [r.number for r in rows] == list(range(1, len(rows) + 1))
    assert all(r.figure in r.sentence for r in rows)


def test_a_figure_without_a_fact_is_told(made: tuple[Draft, FactSheet]) -> None:
    draft, sheet = made
    first = draft.sections[1]
    changed = replace(first, text="另外化解99999件。", sentences=())
    rows = source_rows(replace(draft, sections=(changed,)), sheet)
    assert [(r.figure, r.fact_id) for r in rows] == [("99999件", "")]
    book = load_workbook(io.BytesIO(render_xlsx(replace(draft, sections=(changed,)), sheet)))
    cell = book["数据来源表"]["F2"]
    assert cell.value == NO_SOURCE
    assert cell.fill.fgColor.rgb == "FFFDE3E3"


def test_no_cell_is_ever_a_formula(made: tuple[Draft, FactSheet]) -> None:
    draft, sheet = made
    facts = tuple(replace(f, text=f"{HOSTILE}{f.text}", heading="@x") for f in sheet.facts)
    sections = tuple(replace(s, title=f"+{s.title}", text=f"={s.text}") for s in draft.sections)
    book = load_workbook(
        io.BytesIO(render_xlsx(replace(draft, sections=sections), replace(sheet, facts=facts)))
    )
    assert book.sheetnames == ["数据来源表", "要点去向"]
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@"))


def test_where_each_fact_went_is_told(made: tuple[Draft, FactSheet]) -> None:
    draft, sheet = made
    uses = {**draft.fact_uses, "F3": ()}
    book = load_workbook(io.BytesIO(render_xlsx(replace(draft, fact_uses=uses), sheet)))
    told = {r[0]: r[3] for r in book["要点去向"].iter_rows(min_row=2, values_only=True)}
    assert told["F3"] == "没有写进总结"
    assert told["F4"] == "下一步工作打算"


def test_the_appendix_follows_the_report(made: tuple[Draft, FactSheet]) -> None:
    document = docx.Document(io.BytesIO(render_word(*made)))
    texts = [p.text for p in document.paragraphs]
    assert texts.index("数据来源表") > texts.index("临溪县云渡镇")
    table = document.tables[0]
    assert [c.text for c in table.rows[0].cells] == ["序号", "所在部分", "数字", "要点", "要点原文"]
    assert ("192件、188件", "F1") in {(r.cells[2].text, r.cells[3].text) for r in table.rows}


def test_who_reported_a_fact_has_a_column_where_anybody_did(made: tuple[Draft, FactSheet]) -> None:
    draft, sheet = made
    told = replace(sheet, facts=(replace(sheet.facts[0], source="综治办"), *sheet.facts[1:]))
    book = load_workbook(io.BytesIO(render_xlsx(draft, told)))
    for page, key, place in (("数据来源表", 4, 6), ("要点去向", 0, 4)):
        rows = list(book[page].iter_rows(values_only=True))
        assert rows[0][place] == "报送来源"
        assert {row[place] for row in rows[1:] if row[key] == "F1"} == {"综治办"}
    table = docx.Document(io.BytesIO(render_word(draft, told))).tables[0]
    assert table.cell(0, 5).text == "报送来源"
    assert {r.cells[5].text for r in table.rows if r.cells[3].text == "F1"} == {"综治办"}
