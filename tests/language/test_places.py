import pytest

from app.language.names.places import area_chain, distinctive_names, is_area


@pytest.mark.parametrize(
    ("unit", "chain", "stands_for_a_place"),
    [
        ("临溪县云渡镇", ["临溪县", "云渡镇"], True),
        ("中共临溪县云渡镇委员会", ["临溪县", "云渡镇"], True),
        ("青岚市档案馆", ["青岚市"], False),
        ("青岚市市场监督管理局", ["青岚市"], False),
        ("沅澄市", ["沅澄市"], True),
        ("云岭公共交通有限责任公司", [], False),
        ("", [], False),
    ],
)
def test_places_of_a_units_name(unit: str, chain: list[str], stands_for_a_place: bool) -> None:
    assert [a.name for a in area_chain(unit)] == chain
    assert is_area(unit) is stands_for_a_place


@pytest.mark.parametrize(
    ("unit", "has", "lacks"),
    [
        ("临溪县云渡镇", {"临溪县云渡镇", "云渡镇"}, {"临溪县", "县云渡镇"}),
        ("临溪县市场监督管理局", {"临溪县市场监管局"}, {"市场监管局", "县市场监管局", "临溪县"}),
        ("青岚市水务集团有限公司", {"青岚市水务集团", "青岚水务集团"}, {"水务集团", "青岚市"}),
        ("云岭公共交通有限责任公司", {"云岭公共交通"}, {"公共交通"}),
        ("沅澄市", {"沅澄市"}, set()),
        ("东陵县城关镇", {"东陵县城关镇"}, {"城关镇"}),
        ("某", set(), {"某"}),
    ],
)
def test_names_that_mean_one_unit_only(unit: str, has: set[str], lacks: set[str]) -> None:
    names = set(distinctive_names(unit))
    assert has <= names
    assert not lacks & names
