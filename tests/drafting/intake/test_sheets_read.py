import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest

from app import resources
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.drafting.intake import Row, Table, build_fact_sheet
from app.drafting.intake.sheet import NO_UNIT
from app.formats.fact_files import parse_fact_sheet, read_fact_sheet, read_fact_sheet_bytes

HEAD = "单位：临溪县云渡镇\n年度：2025\n"


def texts(sheet: FactSheet) -> list[str]:
    return [fact.text for fact in sheet.facts]


def test_header_lines_come_in_any_order_and_with_any_colon() -> None:
    sheet = parse_fact_sheet(
        "日期: 2025年12月20日\n类型：乡镇\n标题：平安建设总结\n"
        "年度:２０２５年\n单位： 临溪县云渡镇 \n- 演练3次"
    )
    assert (sheet.unit, sheet.year, sheet.unit_type) == ("临溪县云渡镇", 2025, "乡镇")
    assert (sheet.title, sheet.date) == ("平安建设总结", "2025年12月20日")


@pytest.mark.parametrize("year", ["2025", "2025年", "2025年度", "二〇二五年", " 2025 "])
def test_years(year: str) -> None:
    assert parse_fact_sheet(f"单位：甲局\n年度：{year}\n- 演练3次").year == 2025


@pytest.mark.parametrize(
    "mark", ["- ", "* ", "• ", "· ", "1. ", "1.", "12、", "（1）", "(1) ", "①", "-", ""]
)
def test_every_bullet_mark_is_taken_off(mark: str) -> None:
    assert texts(parse_fact_sheet(f"{HEAD}{mark}开展演练3次")) == ["开展演练3次"]


@pytest.mark.parametrize("text", ["1.2万件档案入库", "36次演练", "-5℃以下停工", "2025年新建3处"])
def test_numbers_are_no_marks(text: str) -> None:
    assert texts(parse_fact_sheet(HEAD + text)) == [text]


@pytest.mark.parametrize(
    "heading",
    [
        "## 矛盾化解",
        "一、矛盾化解",
        "（一）矛盾化解",
        "【矛盾化解】",
        "矛盾化解：",
        "矛盾化解",
        "- 矛盾化解：",
    ],
)
def test_headings_apply_to_the_bullets_below(heading: str) -> None:
    sheet = parse_fact_sheet(f"{HEAD}- 前面一条\n{heading}\n- 排查42件\n- 化解40件")
    assert [f.heading for f in sheet.facts] == ["", "矛盾化解", "矛盾化解"]


def test_a_heading_may_have_its_bullet_behind_it() -> None:
    sheet = parse_fact_sheet(f"{HEAD}【反诈】宣讲4场\n一、全年排查42件，化解40件。")
    assert [(f.text, f.heading) for f in sheet.facts] == [
        ("宣讲4场", ""),
        ("全年排查42件，化解40件", ""),
    ]
    assert [f.label for f in sheet.facts] == ["反诈", ""]


def test_a_header_pasted_from_a_table_is_parted_by_a_tab() -> None:
    sheet = parse_fact_sheet("单位\t云渡镇\n年度\t2025\n演练3次")
    assert (sheet.unit, sheet.year) == ("云渡镇", 2025)


def test_a_short_claim_is_no_heading() -> None:
    assert texts(parse_fact_sheet(f"{HEAD}未发生火灾\n- 排查42件")) == ["未发生火灾", "排查42件"]


def test_indented_lines_go_on_with_the_bullet() -> None:
    sheet = parse_fact_sheet(f"{HEAD}- 排查42件，\n  化解40件，\n\t化解率95.2%\n- 演练3次")
    assert texts(sheet) == ["排查42件，化解40件，化解率95.2%", "演练3次"]
    assert [f.line for f in sheet.facts] == [3, 6]


def test_evenly_indented_lines_are_bullets_of_their_own() -> None:
    assert texts(parse_fact_sheet(f"{HEAD}　　演练3次。\n　　检查5次。")) == [
        "演练3次",
        "检查5次",
    ]


def test_a_bullet_told_twice_is_kept_once() -> None:
    sheet = parse_fact_sheet(f"{HEAD}- 排查42件\n- 演练3次\n- 排查４２件。\n- 检查5次")
    assert texts(sheet) == ["排查42件", "演练3次", "检查5次"]
    assert [f.id for f in sheet.facts] == ["F1", "F2", "F3"]


def test_markdown_emphasis_and_rules_are_dropped() -> None:
    sheet = parse_fact_sheet("**单位**：云渡镇\n**年度：** 2025\n---\n- **排查**42件\n")
    assert (sheet.unit, sheet.year, texts(sheet)) == ("云渡镇", 2025, ["排查42件"])


def test_quantities_and_names_are_read_with_spans_into_the_bullet() -> None:
    (fact,) = parse_fact_sheet(f"{HEAD}- 老街社区排查矛盾纠纷42件").facts
    (amount,) = [q for q in fact.quantities if q.kind.is_amount]
    assert amount.value == Decimal(42)
    assert amount.span.of(fact.text) == "42件"
    assert fact.names == ("老街社区",)


@pytest.mark.parametrize("text", ["", HEAD, HEAD + "## 只有标题\n---\n", "收到\n收到\n[图片]\n"])
def test_a_sheet_without_a_fact_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match=r"没有要点.*排查矛盾纠纷42件") as caught:
        parse_fact_sheet(text, path="dir/要点.txt")
    assert "“要点.txt”" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "unit", "year", "note"),
    [
        ("年度：2025\n- a", NO_UNIT, 2025, "没有写明单位"),
        ("单位：\n年度：2025\n- a", NO_UNIT, 2025, "没有写明单位"),
        ("单位：（填写单位名称）\n年度：2025\n- a", NO_UNIT, 2025, "没有写明单位"),
        ("云渡镇2025年平安建设素材\n- a", "云渡镇", 2025, "按文字里的名称写成“云渡镇”"),
        ("单位：甲局\n- a", "甲局", 2026, "没有写明年度，按2026年写"),
        ("单位：甲局\n- 2025年排查42件", "甲局", 2025, "没有写明年度，按2025年写"),
        ("单位：甲局\n日期：2024年12月1日\n- a", "甲局", 2024, "按2024年写"),
        (
            "吴晓芸(综治办) 2026-01-05 09:12\n排查42件\n钱立新(司法所) 2026-01-05 09:20\n收到",
            NO_UNIT,
            2025,
            "没有写明年度，按2025年写",
        ),
        ("单位：甲局\n年度：今年\n- a", "甲局", 2026, "“今年”不是四位数字"),
        (HEAD + "单位：乙局\n- a", "临溪县云渡镇", 2025, "2个不同的单位，按“临溪县云渡镇”写"),
        (HEAD + "类型：公司\n- a", "临溪县云渡镇", 2025, "类型“公司”不认识"),
    ],
)
def test_what_the_head_leaves_out_is_assumed_and_told(
    text: str, unit: str, year: int, note: str
) -> None:
    sheet = parse_fact_sheet(text, today=dt.date(2026, 11, 28))
    assert (sheet.unit, sheet.year) == (unit, year)
    assert any(note in told for told in sheet.notes)


def test_a_head_above_a_chat_is_no_message() -> None:
    chat = "吴晓芸(综治办) 2025-12-05 09:12\n排查42件\n钱立新(司法所) 2025-12-05 09:20\n收到"
    sheet = parse_fact_sheet(f"单位：云渡镇\n年度：2025\n{chat}")
    assert (sheet.unit, sheet.year, sheet.notes) == ("云渡镇", 2025, ())


@pytest.mark.parametrize(("day", "year"), [((2026, 2, 3), 2025), ((2026, 12, 20), 2026)])
def test_until_spring_a_sheet_without_a_year_is_on_the_year_before(
    day: tuple[int, int, int], year: int
) -> None:
    sheet = parse_fact_sheet("单位：甲局\n- 排查42件", today=dt.date(*day))
    assert sheet.year == year


def test_types_may_be_told_in_other_words() -> None:
    assert parse_fact_sheet(f"{HEAD}类型：国有企业\n- a").unit_type == "国企"
    assert parse_fact_sheet(f"{HEAD}- a").unit_type == ""


@pytest.mark.parametrize("name", ["机关", "国企", "乡镇", "市级"])
def test_example_sheets_are_read(name: str) -> None:
    sheet = read_fact_sheet(resources.examples_dir() / f"{name}.txt")
    assert sheet.unit_type == name
    assert len(sheet.facts) > 10
    assert all(fact.text and fact.line for fact in sheet.facts)


def workbook(*rows: tuple[object, ...]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    return book


def saved(book: openpyxl.Workbook) -> FactSheet:
    data = io.BytesIO()
    book.save(data)
    return read_fact_sheet_bytes(data.getvalue(), "要点.xlsx")


def test_sheet_of_two_columns() -> None:
    sheet = saved(
        workbook(
            ("单位", "云渡镇"), ("年度", 2025), ("类型", "乡镇"), (None, None), ("部分", "要点"),
            ("矛盾化解", "排查42件"), (None, "化解40件"), ("反诈", "宣讲4场"),
        )
    )  # fmt: skip
    assert (sheet.unit, sheet.year, sheet.unit_type) == ("云渡镇", 2025, "乡镇")
    assert [(f.text, f.heading, f.line) for f in sheet.facts] == [
        ("排查42件", "矛盾化解", 6),
        ("化解40件", "矛盾化解", 7),
        ("宣讲4场", "反诈", 8),
    ]


def test_sheet_with_named_columns() -> None:
    sheet = saved(
        workbook(
            ("单位", "云渡镇", "年度", 2025),
            ("序号", "事项", "数量", "单位", "板块", "备注"),
            (1, "排查矛盾纠纷", 42, "件", "矛盾化解", None),
            (2, "投入资金", 23.5, "万元", "保障", "含县级补助"),
        )
    )
    assert [(f.text, f.heading) for f in sheet.facts] == [
        ("排查矛盾纠纷42件", "矛盾化解"),
        ("投入资金23.5万元（含县级补助）", "保障"),
    ]


def test_rows_without_a_header_row_are_heading_and_bullet() -> None:
    sheet = saved(workbook(("单位：云渡镇",), ("年度：2025",), ("反诈", "宣讲4场"), ("演练3次",)))
    assert [(f.text, f.heading) for f in sheet.facts] == [("宣讲4场", "反诈"), ("演练3次", "反诈")]


def test_percent_cells_read_as_shown() -> None:
    book = workbook(("单位", "云渡镇"), ("年度", 2025), ("事项", "数量"), ("化解率", 0.979))
    book.worksheets[0]["B4"].number_format = "0.0%"
    assert texts(saved(book)) == ["化解率97.9%"]


def test_hidden_sheets_are_left_out() -> None:
    book = workbook(("单位", "云渡镇"), ("年度", 2025), ("要点",), ("演练3次",))
    hidden = book.create_sheet("旧")
    hidden.append(("要点",))
    hidden.append(("演练9次",))
    hidden.sheet_state = "hidden"
    assert texts(saved(book)) == ["演练3次"]


def test_a_formula_without_a_result_is_told_and_the_rest_is_read() -> None:
    book = workbook(
        ("单位", "云渡镇"), ("年度", 2025), ("事项", "数量"), ("合计", "=1+2"), ("演练3次", None)
    )
    sheet = saved(book)
    assert [(s.text, s.line) for s in sheet.skipped if "公式" in s.why] == [
        ("合计，（公式没有结果）", 4)
    ]


def test_word_sheets_by_paragraphs_and_tables(tmp_path: Path) -> None:
    word = docx.Document()
    for text in ("单位：云渡镇", "年度：2025", "一、矛盾化解"):
        word.add_paragraph(text)
    word.add_paragraph("排查42件", style="List Bullet")
    word.add_paragraph("化解40件", style="List Number")
    table = word.add_table(rows=0, cols=2)
    for row in (("部分", "要点"), ("反诈", "宣讲4场"), ("", "劝阻5人")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = row
    word.add_paragraph("消防：")
    word.add_paragraph("演练3次", style="List Bullet")
    path = tmp_path / "要点.docx"
    word.save(str(path))
    assert [(f.text, f.heading) for f in read_fact_sheet(path).facts] == [
        ("排查42件", "矛盾化解"),
        ("化解40件", "矛盾化解"),
        ("宣讲4场", "反诈"),
        ("劝阻5人", "反诈"),
        ("演练3次", "消防"),
    ]


def test_fields_left_blank_in_a_table_are_no_facts() -> None:
    rows = [
        ("单位", "云渡镇"), ("年度", "2025"), ("类型", ""), ("", ""), ("序号", "要点"),
        ("1", "a1件"),
    ]  # fmt: skip
    sheet = build_fact_sheet([Table(tuple(Row(row, n) for n, row in enumerate(rows, 1)))])
    assert [f.text for f in sheet.facts] == ["a1件"]


def test_a_loose_sheet_may_leave_unit_and_year_out() -> None:
    sheet = parse_fact_sheet("- 排查42件", is_loose=True)
    assert (sheet.unit, sheet.year) == ("", 0)


_TABLE = """\
类别 | 指标 | 数值 | 说明
矛盾 | 受理纠纷 | 486件 | 化解481件
 | 物业纠纷 | 132件 |
治安 | 电动车被盗 | 12起 | 同比下降62.5%"""


@pytest.mark.parametrize("form", ["markdown", "pasted"])
def test_tables_in_a_text_are_read_by_their_columns(form: str) -> None:
    rows = [[cell.strip() for cell in row.split("|")] for row in _TABLE.split("\n")]
    if form == "markdown":
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|---|:--:|--:|---|")
    else:
        lines = ["\t".join(row) for row in rows]
    sheet = parse_fact_sheet(
        "\n".join(["单位：临溪县云渡镇", "年度：2025", *lines, "", "- 例会3次"])
    )
    assert [(fact.heading, fact.text) for fact in sheet.facts] == [
        ("矛盾", "受理纠纷486件，化解481件"),
        ("矛盾", "物业纠纷132件"),
        ("治安", "电动车被盗12起，同比下降62.5%"),
        ("", "例会3次"),
    ]


def test_a_table_in_markdown_without_known_columns_is_heading_and_bullet() -> None:
    sheet = parse_fact_sheet("单位：云渡镇\n年度：2025\n| 消防 | 检查9次 | 整改4处 |\n")
    assert [(fact.heading, fact.text) for fact in sheet.facts] == [("消防", "检查9次，整改4处")]


def test_a_tab_or_a_bar_in_a_bullet_makes_no_table() -> None:
    sheet = parse_fact_sheet(
        "单位：云渡镇\n年度：2025\n1.\t排查隐患30处\n- 走访\t群众20户\n- 甲|乙3件\n"
    )
    assert [fact.text for fact in sheet.facts] == ["排查隐患30处", "走访群众20户", "甲|乙3件"]
