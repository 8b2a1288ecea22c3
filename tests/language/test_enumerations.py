"""Lists told in prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Span
from app.language.structure.enumerations import Enumeration, read_enumerations
from app.language.structure.sentences import paragraphs


def lists_of(text: str) -> tuple[Enumeration, ...]:
    return read_enumerations(text, paragraphs(text))


def numbers(text: str) -> list[tuple[str, list[int]]]:
    return [(e.style, [i.number for i in e.items]) for e in lists_of(text)]


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("一是定责；二是考核；三是通报。", "是"),
        ("一要快，二要准，三要稳。", "要"),
        ("一靠人防，二靠技防，三靠物防。", "靠"),
        ("第一，定责。第二，考核。第三，通报。", "第"),
        ("其一，人手少；其二，设备旧；其三，经费紧。", "其"),
        ("包括：（1）定责；（2）考核；（3）通报。", "（1）"),
        ("包括①定责②考核③通报。", "①"),
        ("包括：1.定责；2.考核；3.通报。", "1"),
        ("包括：1）定责；2）考核；3）通报。", "1）"),
        ("首先定责，其次考核，最后通报。", "首先"),
    ],
)
def test_every_style_is_read(text: str, style: str) -> None:
    assert numbers(text) == [(style, [1, 2, 3])]


def test_items_reach_to_the_next_label_or_the_end_of_the_paragraph() -> None:
    text = "主要有：一是定责；二是考核。\n下一段。"
    (found,) = lists_of(text)

    assert [item.span.of(text) for item in found.items] == ["一是定责；", "二是考核。"]
    assert [item.label for item in found.items] == ["一是", "二是"]


def test_a_list_goes_on_over_paragraphs() -> None:
    assert numbers("主要有：一是定责。\n逐级签订。\n二是考核。\n三是通报。") == [("是", [1, 2, 3])]


def test_a_list_starts_again_under_a_heading_and_in_a_new_paragraph() -> None:
    text = "一、甲\n一是定责，二是考核。\n二、乙\n一是排查，二是化解。\n一是快，二是准。"

    assert numbers(text) == [("是", [1, 2])] * 3


def test_lists_inside_a_list_are_told_apart() -> None:
    text = "一是抓巡逻：一要定人，二要定岗；二是抓调解：一要快，二要准。"

    assert sorted(numbers(text)) == [("是", [1, 2]), ("要", [1, 2]), ("要", [1, 2])]


def test_lists_of_one_style_inside_each_other_are_told_apart() -> None:
    text = "一是抓巡逻。措施有：一是定人，二是定岗，三是定责。\n二是抓调解。\n三是抓宣传。"

    assert sorted(numbers(text)) == [("是", [1, 2, 3]), ("是", [1, 2, 3])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一是定责，三是通报，四是考核。", [1, 3, 4]),
        ("一是定责，二是考核，二是通报。", [1, 2, 2]),
        ("一是定责，一是考核，二是通报。", [1, 1, 2]),
        ("二是考核，三是通报。", [2, 3]),
    ],
)
def test_wrong_numbers_are_kept_as_printed(text: str, found: list[int]) -> None:
    assert numbers(text) == [("是", found)]


def test_a_first_label_behind_a_word_counts_where_a_second_follows() -> None:
    assert numbers("镇里的做法一是定责，二是考核。") == [("是", [1, 2])]


@pytest.mark.parametrize(
    "text",
    [
        "统一是前提，之一是关键，唯一是标准，二是数字。",
        "其中一是重点。",
        "第一时间到场，第二天回访。",
        "增长3.5个百分点，2.4万人受益。",
        "（1）单独一项。",
        "最后，感谢大家。",
        "",
    ],
)
def test_what_only_looks_like_a_list_is_none(text: str) -> None:
    assert numbers(text) == []


@given(st.text(alphabet="一二三是要第，；。\n（1）①2.首先其次最后甲", max_size=120))
def test_any_text_can_be_read_and_items_lie_in_order(text: str) -> None:
    for found in lists_of(text):
        assert len(found.items) > 1
        assert found.span in Span(0, len(text))
        starts = [item.span.start for item in found.items]
        assert starts == sorted(starts)
        for item in found.items:
            assert item.label_span.of(text) == item.label
            assert item.label_span in item.span
