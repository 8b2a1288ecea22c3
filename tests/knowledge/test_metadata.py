import pytest

from app.knowledge.metadata import describe_report, is_same_unit
from tests.knowledge.samples import report_text

BODY = "\n坚持预防为主，扎实做好各项工作，组织消防演练。\n一、消防安全\n我局检查商铺，整改隐患。\n"


@pytest.mark.parametrize(
    ("title", "unit", "year"),
    [
        ("青岚市住房局2023年平安建设工作总结", "青岚市住房局", 2023),
        ("2022年度云岭水务有限公司平安建设工作总结", "云岭水务有限公司", 2022),
        ("柏泉乡关于2024年度平安建设工作情况的报告", "柏泉乡", 2024),
        ("青岚市档案馆二〇二三年平安建设工作总结", "青岚市档案馆", 2023),
        ("XX局2021年平安建设工作总结", "", 2021),
        ("**镇2022年平安建设工作总结", "", 2022),
    ],
)
def test_title_tells_unit_and_year(title: str, unit: str, year: int) -> None:
    info = describe_report(title + BODY, "a.txt")
    assert (info.unit, info.year) == (unit, year)


def test_signature_qualifies_a_short_unit_name() -> None:
    text = report_text("云渡镇").replace("\n云渡镇人民政府", "\n临溪县云渡镇人民政府")
    assert describe_report(text, "a.txt").unit == "临溪县云渡镇"


def test_file_name_tells_what_the_text_does_not() -> None:
    info = describe_report(BODY.strip(), "2023_青岚市档案馆.docx")
    assert (info.unit, info.year) == ("青岚市档案馆", 2023)


def test_a_date_in_january_means_the_year_before() -> None:
    text = "平安建设工作总结" + BODY * 4 + "\n青岚市档案馆\n2025年1月8日\n"
    info = describe_report(text, "a.txt")
    assert (info.unit, info.year) == ("青岚市档案馆", 2024)


@pytest.mark.parametrize(
    ("unit", "unit_type"),
    [
        ("青岚市档案馆", "机关"),
        ("云岭水务有限公司", "国企"),
        ("临溪县云渡镇", "乡镇"),
        ("青岚市", "市级"),
    ],
)
def test_unit_type_follows_the_name(unit: str, unit_type: str) -> None:
    assert describe_report(report_text(unit), "a.txt").unit_type == unit_type


def test_unit_type_without_a_name_follows_the_wording() -> None:
    text = "我镇坚持网格化管理，全镇各村扎实开展走访。镇党委高度重视。\n" * 5
    assert describe_report(text, "a.txt").unit_type == "乡镇"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("云渡镇", "临溪县云渡镇人民政府", True),
        ("青岚市水务集团有限公司", "水务集团", True),
        ("青岚市", "青岚市档案馆", False),
        ("青岚市档案馆", "沅澄市档案馆", False),
        ("", "", False),
        ("局", "青岚市住房局", False),
    ],
)
def test_names_of_one_unit_are_recognised(one: str, other: str, is_same: bool) -> None:
    assert is_same_unit(one, other) is is_same
    assert is_same_unit(other, one) is is_same
