"""Tables: each row a statement with its year, unit, rate and department; nothing goes silently."""

import io

import docx
import openpyxl
import pytest

from app.core.facts import FactSheet
from app.formats.fact_files import parse_fact_sheet, read_fact_sheet_bytes

HEAD = "单位：临溪县云渡镇\n年度：2025\n"


def sheet_of(*rows: str, head: str = HEAD) -> FactSheet:
    """A sheet with a table, cells parted by ``|`` and pasted as tabs."""
    lines = ("\t".join(cell.strip() for cell in row.split("|")) for row in rows)
    return parse_fact_sheet(head + "\n".join(lines))


def texts(sheet: FactSheet) -> list[str]:
    return [fact.text for fact in sheet.facts]


@pytest.mark.parametrize(
    ("head", "row", "text"),
    [
        ("事项|单位|上年|今年", "夜间巡查|次|412|436", "夜间巡查上年412次，今年436次"),
        ("指标|2024年|2025年", "刑事警情（起）|43|38", "刑事警情2024年43起，2025年38起"),
        ("指标|数值", "化解率|0.973", "化解率97.3%"),
        ("指标|单位|数值", "化解率|%|0.973", "化解率97.3%"),
        ("指标|单位|数值", "满意率|%|97.3", "满意率97.3%"),
        ("指标|今年|上年|同比", "警情（起）|21|23|-8.7%", "警情今年21起，上年23起，同比下降8.7%"),
        ("指标|今年|上年|同比", "警情（起）|21|23|-0.087", "警情今年21起，上年23起，同比下降8.7%"),
        ("指标|今年|上年|增减", "警情（起）|26|23|3", "警情今年26起，上年23起，比上年增加3起"),
        ("序号|工作项目|数量|单位|备注", "1|反诈宣传|42|场|含校园6场", "反诈宣传42场（含校园6场）"),
        ("部门|任务|完成数|单位", "司法所|法律援助|75|件", "司法所法律援助75件"),
        ("村|排查数（件）|化解率", "上河村|42|97.6%", "上河村排查数42件，化解率97.6%"),
        (
            "项目|2024年|2025年|备注",
            "外来车辆登记|5120|4876|辆",
            "外来车辆登记2024年5120辆，2025年4876辆",
        ),
        ("项目|数量|电话", "网格员|64|0000-7701001", "网格员64"),
        ("月份|排查（件）|化解（件）", "1月|12|11", "1月排查12件，化解11件"),
    ],
)
def test_a_row_is_told_with_what_its_columns_say(head: str, row: str, text: str) -> None:
    assert texts(sheet_of(head, row)) == [text]


def test_two_levels_of_a_head_make_one_name() -> None:
    sheet = sheet_of(
        "村（社区）|矛盾调解（件）||巡逻（次）|", "|上年|本年|上年|本年", "柳湾村|46|52|310|365"
    )
    assert texts(sheet) == ["柳湾村矛盾调解上年46件，本年52件，巡逻上年310次，本年365次"]


def test_a_row_of_parts_goes_on_with_its_total() -> None:
    sheet = sheet_of("项目|2024年|2025年", "隐患（处）|73|96", "其中：电气类（处）|28|41")
    assert texts(sheet) == ["隐患2024年73处，2025年96处，其中电气类2024年28处，2025年41处"]


def test_a_unit_over_the_table_holds_for_rows_without_one() -> None:
    assert texts(sheet_of("|||单位：次", "项目|数量", "防火巡查|1460")) == ["防火巡查1460次"]


def test_this_years_figure_that_is_missing_is_asked_for() -> None:
    sheet = sheet_of("项目|单位|上年|本年", "夜巡|次|702|730", "群众来访|批次|88|")
    assert texts(sheet) == ["夜巡上年702次，本年730次"]
    (asked,) = [s for s in sheet.skipped if s.is_question]
    assert "群众来访" in asked.text
    assert "本年没有填" in asked.why


def test_titles_notes_and_who_filled_it_in_are_no_facts() -> None:
    sheet = sheet_of(
        "望川街道2025年度平安建设统计表",
        "填报单位：望川街道|填报人：尤佳|电话：0000-1234567",
        "项目|数量|单位",
        "夜巡|730|次",
        "群众来访||",
        "填报人：尤佳|审核：卓凡",
        "说明：截至11月底。",
        head="",
    )
    assert (sheet.unit, sheet.year, texts(sheet)) == ("望川街道", 2025, ["夜巡730次"])
    skipped = "".join(s.text for s in sheet.skipped)
    for piece in ("统计表", "尤佳", "0000-1234567", "群众来访", "卓凡", "截至11月底"):
        assert piece in skipped


def test_several_tables_and_worksheets_are_each_read_by_their_heads() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (
        ["云渡镇2025年台账"], ["指标", "今年"], ["夜巡（次）", 730], [], ["人员装备"],
        ["项目", "数量", "说明"], ["网格员（人）", 64, "在册"],
    ):  # fmt: skip
        page.append(row)
    book.create_sheet("亮点").append(["推行“楼栋长”模式"])
    data = io.BytesIO()
    book.save(data)
    sheet = read_fact_sheet_bytes(data.getvalue(), "台账.xlsx")
    assert [(f.text, f.heading) for f in sheet.facts] == [
        ("夜巡730次", ""),
        ("网格员64人，在册", "人员装备"),
        ("推行“楼栋长”模式", ""),
    ]


def test_merged_cells_of_a_word_table_stand_for_each_row() -> None:
    word = docx.Document()
    word.add_paragraph("云渡镇2025年平安建设统计表")
    table = word.add_table(rows=4, cols=4)
    cells = [
        ("村", "纠纷（件）", "", "备注"),
        ("", "排查", "化解", ""),
        ("上河村", "42", "41", ""),
        ("大坪村", "38", "38", "含并入的村"),
    ]
    for row, told in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, told, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    data = io.BytesIO()
    word.save(data)
    assert texts(read_fact_sheet_bytes(data.getvalue(), "表.docx")) == [
        "上河村纠纷排查42件，化解41件",
        "大坪村纠纷排查38件，化解38件（含并入的村）",
    ]


def test_a_csv_in_the_encoding_of_excel_is_a_table() -> None:
    data = "科室,项目,单位,上年,本年\n司法所,普法讲座,场,26,31\n".encode("gb18030")
    sheet = read_fact_sheet_bytes(data, "表.csv", is_loose=True)
    assert texts(sheet) == ["司法所普法讲座上年26场，本年31场"]
    assert sheet.facts[0].source == "司法所"


def test_names_and_figures_in_turn_are_one_statement() -> None:
    assert texts(sheet_of("执法人员|58人|持证率|99.2%")) == ["执法人员58人，持证率99.2%"]
