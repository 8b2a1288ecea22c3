"""Whose report it is."""

import pytest

from app.core.document import Document
from app.language.names.unit import UnitInfo, describe_unit, short_names_of, unit_type_of
from app.language.structure.outline import read_outline

BODY = "一、组织领导\n专题研究4次，压实各级责任。\n二、矛盾化解\n全年排查纠纷86件。\n"


def unit_of(text: str) -> UnitInfo:
    return describe_unit(read_outline(Document(text)), text)


def test_signature_goes_before_title() -> None:
    info = unit_of(f"云渡镇2024年平安建设工作总结\n{BODY}临溪县云渡镇人民政府\n2024年12月20日\n")

    assert info.unit == "临溪县云渡镇人民政府"
    assert info.year == 2024
    assert info.unit_type == "乡镇"
    assert {"云渡镇", "云渡镇人民政府", "临溪县云渡镇"} <= set(info.short_names)


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("青岚市林业局2024年平安建设工作总结", "青岚市林业局"),
        ("关于青岚市林业局2024年度平安建设工作情况的报告", "青岚市林业局"),
        ("2024年度青岚市林业局平安建设工作总结", "青岚市林业局"),
        ("青岚市水务集团有限公司关于2024年平安建设工作情况的报告", "青岚市水务集团有限公司"),
        ("中共临溪县委政法委员会2024年平安建设工作总结", "中共临溪县委政法委员会"),
        ("云渡镇深入推进平安建设工作总结", "云渡镇"),
        ("云渡镇关于报送2024年平安建设工作总结的报告", "云渡镇"),
        ("云岭高速项目部2024年平安建设工作总结", "云岭高速项目部"),
        ("红星村2024年平安建设工作总结", "红星村"),
        ("扎实推进平安建设 维护社会稳定——云渡镇2024年平安建设工作总结", "云渡镇"),
        ("我局2024年平安建设工作总结", ""),
        ("2024年平安建设工作总结", ""),
        ("2024年全面推进平安建设工作总结", ""),
    ],
)
def test_unit_is_read_from_the_title(title: str, unit: str) -> None:
    assert unit_of(f"{title}\n{BODY}").unit == unit


def test_unit_is_read_from_the_first_sentence_where_nothing_else_tells() -> None:
    assert unit_of(f"2024年，临溪县云渡镇坚持源头治理。\n{BODY}").unit == "临溪县云渡镇"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("云渡镇2024年总结\n2023年底部署。", 2024),
        ("云渡镇二〇二四年平安建设工作总结\n扎实。", 2024),
        ("平安建设工作总结\n2024年以来，全镇平稳。", 2024),
        (f"平安建设工作总结\n{BODY}云渡镇人民政府\n2024年12月20日", 2024),
        ("平安建设工作总结\n全镇平稳。", 0),
    ],
)
def test_year_is_read_from_title_body_or_date(text: str, year: int) -> None:
    assert unit_of(text).year == year


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("青岚市林业局", "机关"),
        ("青岚市人民医院", "机关"),
        ("临溪县第一中学", "机关"),
        ("青岚市国有资产监督管理委员会", "机关"),
        ("青岚市水务集团有限公司", "国企"),
        ("青岚农商银行", "国企"),
        ("云渡镇人民政府", "乡镇"),
        ("中共柏泉乡委员会", "乡镇"),
        ("河东街道办事处", "乡镇"),
        ("中共青岚市委政法委员会", "市级"),
        ("青岚市委平安办", "市级"),
        ("临溪县云渡镇平安办", "乡镇"),
        ("临溪县", "市级"),
        ("青岚市平安建设领导小组办公室", "市级"),
        ("张三", ""),
    ],
)
def test_a_name_shows_the_type_of_unit(name: str, kind: str) -> None:
    assert unit_type_of(name) == kind


def test_short_names_hold_the_usual_abbreviations_and_declared_aliases() -> None:
    names = short_names_of("青岚市应急管理局", "青岚市应急管理局（以下简称“市应急局”）高度重视。")

    assert {"应急管理局", "市应急管理局", "青岚市应急局", "市应急局"} <= set(names)
    assert "青岚市应急管理局" not in names
    assert "水务集团" in short_names_of("青岚市水务集团有限公司")
