"""The plain reader of figures that drafts are measured with."""

from decimal import Decimal

import pytest

from eval.draft_cases import draft_cases
from eval.reading import figures, plain, read_one


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("排查192件", "192", "件", ""),
        ("排查１，２０４件", "1204", "件", ""),
        ("投入5200余万元", "52000000", "元", "余"),
        ("约4200人次", "4200", "人次", "约"),
        ("四十二次", "42", "次", ""),
        ("一万余小时", "10000", "小时", "余"),
        ("满意率九成七", "97", "%", ""),
        ("下降四成", "40", "%", ""),
        ("持证率百分之百", "100", "%", ""),
        ("提高1.3个百分点", "1.3", "个百分点", ""),
        ("2.36亿元", "236000000", "元", ""),
        ("安检36.5万户", "365000", "户", ""),
    ],
)
def test_a_figure_is_read(text: str, value: str, unit: str, bound: str) -> None:
    (found,) = figures(plain(text))
    assert (found.value, found.unit, found.bound) == (Decimal(value), unit, bound)


@pytest.mark.parametrize(
    "text",
    [
        "一是抓排查",
        "（二）抓整改",
        "1. 抓排查",
        "- **2. 抓整改",
        "四个意识",
        "第一书记",
        "“八五”普法",
        "村（社区）两委",
    ],
)
def test_what_counts_nothing_is_no_figure(text: str) -> None:
    assert figures(plain(text)) == ()


def test_both_ends_of_a_range_have_the_unit() -> None:
    assert [(f.value, f.unit) for f in figures("进驻部门5至8家")] == [
        (Decimal(5), "家"),
        (Decimal(8), "家"),
    ]


def test_one_of_something_is_told_apart() -> None:
    (found,) = figures("一名工作人员")
    assert found.is_loose


def test_people_may_be_told_with_another_measure_word() -> None:
    assert read_one("86名").fits(read_one("86人"))
    assert not read_one("86件").fits(read_one("86人"))
    assert not read_one("近86人").fits(read_one("86人"))


@pytest.mark.parametrize("case", draft_cases(), ids=lambda case: case.id)
def test_the_labels_name_every_figure_of_their_bullets(case: object) -> None:
    from eval.draft_cases import DraftCase

    assert isinstance(case, DraftCase)
    for bullet in case.bullets:
        text = plain(bullet.text)
        for name in case.names:
            text = text.replace(name, "□")
        read = {(f.value, f.unit, f.bound) for f in figures(text) if not f.is_loose}
        told = {(t.figure.value, t.figure.unit, t.figure.bound) for t in bullet.figures}
        assert read == told, bullet.text
