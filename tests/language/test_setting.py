"""Whose heading a figure stands under, of which level and account."""

import pytest

from app.core.document import Document
from app.language.structure.outline import read_outline
from app.language.structure.sentences import paragraphs
from app.language.structure.setting import Setting, TextSettings

TITLE = "青岚市2025年工作报告\n"


def setting(text: str, word: str) -> Setting:
    found = TextSettings(text, read_outline(Document(text)), tuple(paragraphs(text)))
    return found.at(text.index(word))


STREETS = TITLE + (
    "一、城东街道\n（一）排查化解\n排查纠纷42件。\n二、城西街道\n（一）排查化解\n排查纠纷36件。\n"
)


def test_figures_belong_to_the_unit_whose_heading_they_stand_under() -> None:
    assert setting(STREETS, "42件").owner == "城东街道"
    assert setting(STREETS, "36件").owner == "城西街道"


def test_paragraphs_that_begin_with_units_of_one_kind_belong_to_them() -> None:
    text = TITLE + "城东街道。排查纠纷42件。\n城西街道。排查纠纷36件。\n其他工作平稳，走访18户。\n"
    assert setting(text, "36件").owner == "城西街道"
    assert setting(text, "18户").owner == ""


@pytest.mark.parametrize(
    "text",
    [
        "一、城东街道\n排查纠纷42件。\n二、下一步打算\n继续排查。\n",  # none other of its kind
        "一、加强社区治理\n排查纠纷42件。\n二、推进社区巡逻\n巡逻36次。\n",
        "我乡排查纠纷42件。\n各乡巡逻36次。\n",
    ],
)
def test_what_is_no_name_among_others_owns_nothing(text: str) -> None:
    assert setting(TITLE + text, "42件").owner == ""


BUDGETS = TITLE + (
    "一、2025年预算执行情况\n全市政府性基金预算收入42亿元，完成预算的97%。支出36亿元。\n"
    "市本级一般公共预算收入18亿元。支出17亿元。\n二、2026年预算草案\n（一）市级预算安排\n收入19亿元。\n"
)


@pytest.mark.parametrize(
    ("figure", "level", "account", "budget"),
    [
        ("36亿元", "", "政府性基金", "2025年预算执行情况"),
        ("17亿元", "市本级", "一般公共预算", "2025年预算执行情况"),
        ("19亿元", "市级", "", "市级预算安排"),
    ],
)
def test_budget_figures_have_a_level_an_account_and_a_heading(
    figure: str, level: str, account: str, budget: str
) -> None:
    assert setting(BUDGETS, figure) == Setting("", level, account, budget)


def test_levels_of_work_are_no_levels_of_a_budget() -> None:
    text = TITLE + "村级调处纠纷18件，镇级调处纠纷9件。全年调处纠纷27件。\n"
    assert setting(text, "27件") == Setting()
