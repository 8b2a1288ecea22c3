"""Hidden and posing characters are read past, told of once, and never moved."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Span
from app.formats import read_bytes
from app.formats.fact_files import parse_fact_sheet
from app.language.disguise import Sort, find_disguises, unmask
from app.services.checking import Checker

ODD = "\u200b\u00ad\u2060\ufe0f\u202e𝟒٤ХΑ⼯\u0301"


@pytest.mark.parametrize(
    ("text", "shown", "sort"),
    [
        ("排查4\u200b2件", "排查42件", Sort.ZERO_WIDTH),
        ("排查4\ufeff2件", "排查42件", Sort.ZERO_WIDTH),
        ("机\u00ad制", "机制", Sort.SOFT_HYPHEN),
        ("\u202e领导\u202c", "领导", Sort.TURNING),
        ("葛\U000e0100村", "葛村", Sort.VARIANT),
        ("平\u0301安", "平安", Sort.ACCENT),
        ("排查٤٢件", "排查42件", Sort.DIGIT),
        ("排查𝟒𝟐件", "排查42件", Sort.MATHEMATICAL),
        ("完善ХХ机制", "完善XX机制", Sort.FOREIGN),
        ("⼯作", "工作", Sort.RADICAL),
    ],
)
def test_each_sort_is_told_and_read_as_it_looks(text: str, shown: str, sort: Sort) -> None:
    unmasked = unmask(text)
    assert unmasked is not None
    assert unmasked.text == shown
    assert {item.sort for item in find_disguises(text)} == {sort}


@pytest.mark.parametrize(
    "text", ["整改１２处，①巡查", "与Москва交流", "α射线", "☑️ 1️⃣ 👨‍👩‍👧", "cafe\u0301", "36㎡、Ⅱ级"]
)
def test_ordinary_signs_are_left_alone(text: str) -> None:
    assert unmask(text) is None


@given(st.text(alphabet=f"排查42件。\n{ODD}", max_size=40), st.data())
def test_places_lead_back_to_the_same_character(text: str, data: st.DataObject) -> None:
    unmasked = unmask(text)
    if unmasked is None or not unmasked.text:
        return
    at = data.draw(st.integers(0, len(unmasked.text) - 1))
    span = unmasked.restore(Span(at, at + 1))
    back = unmask(span.of(text))
    assert (back.text if back else span.of(text)) == unmasked.text[at]


def _found(text: str) -> dict[str, list[str]]:
    checked = Checker().check(read_bytes(text.encode(), "稿.txt"))
    found: dict[str, list[str]] = {}
    for item in checked.result.findings:
        assert item.quote == item.span.of(checked.document.text)
        found.setdefault(item.rule, []).append(item.quote)
    return found


def test_rules_speak_through_them_and_one_finding_tells_of_them(tmp_path: Path) -> None:
    body = "临溪县云渡镇2025年平安建设工作总结\n一、矛盾纠纷化解\n{}\n" + "平安建设扎实推进。" * 40
    plain = _found(body.format("排查矛盾纠纷42件，化解45件，完善XX机制，来电13957142068。"))
    odd = _found(
        body.format(
            "排查矛盾纠纷4\u200b2件，化解𝟒\u00ad5件，完善ХХ机制，来电139\u20605714\u200b2068。"
        )
    )
    assert len(odd.pop("PH04")) == 1
    assert {rule: len(quotes) for rule, quotes in odd.items()} == {
        rule: len(quotes) for rule, quotes in plain.items()
    }
    assert odd["SE01"] == ["139\u20605714\u200b2068"]
    assert odd["PH01"] == ["ХХ"]


def test_a_fact_is_read_as_it_looks_and_the_sheet_says_so() -> None:
    sheet = parse_fact_sheet("单位：云渡镇\n年度：2025\n- 排查纠纷4\u200b2件，化解𝟒𝟎件\n")
    assert sheet.facts[0].text == "排查纠纷42件，化解40件"
    assert "1行" in sheet.notes[0]
