import pytest

from app.core.errors import InputError
from app.web.sheet_text import SheetFields, build_sheet, read_fields, sheet_to_text

TEXT = "单位：临溪县云渡镇\n年度：2025年\n类型：乡镇\n\n# 矛盾化解\n- 排查42件\n- 化解40件\n"


def test_the_header_fills_the_fields() -> None:
    assert read_fields(TEXT) == SheetFields("临溪县云渡镇", "2025", "乡镇")
    assert read_fields("填报单位: 甲局\n- 计量单位：件\n类型：其他") == SheetFields("甲局", "", "")


def test_the_fields_win_over_the_header() -> None:
    sheet = build_sheet(TEXT, SheetFields("青岚市档案馆", "2024", "机关"))
    assert (sheet.unit, sheet.year, sheet.unit_type) == ("青岚市档案馆", 2024, "机关")
    assert [fact.text for fact in sheet.facts] == ["排查42件", "化解40件"]


def test_the_fields_stand_in_for_a_missing_header() -> None:
    sheet = build_sheet("- 排查42件", SheetFields("青岚市档案馆", "2024"))
    assert (sheet.unit, sheet.year) == ("青岚市档案馆", 2024)


@pytest.mark.parametrize(
    ("text", "fields", "told"),
    [
        ("  ", SheetFields(), "还没有要点"),
        ("- 排查42件", SheetFields(), "请填写“单位”"),
        ("- 排查42件", SheetFields("甲局"), "请填写“年度”"),
        ("- 排查42件", SheetFields("甲局", "去年"), "不是年份"),
        ("单位：甲局\n年度：2025\n", SheetFields(), "没有要点"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(text: str, fields: SheetFields, told: str) -> None:
    with pytest.raises(InputError, match=told):
        build_sheet(text, fields)


def test_a_sheet_shown_in_the_box_reads_back_the_same() -> None:
    sheet = build_sheet(TEXT, SheetFields())
    again = build_sheet(sheet_to_text(sheet), SheetFields())
    assert (again.unit, again.year, again.unit_type) == (sheet.unit, sheet.year, sheet.unit_type)
    assert [(f.heading, f.text) for f in again.facts] == [(f.heading, f.text) for f in sheet.facts]
