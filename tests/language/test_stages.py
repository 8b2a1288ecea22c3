"""A report to the police is no case opened, a case opened none that was solved."""

import pytest

from app.evidence.ground import ground
from app.formats.fact_files import parse_fact_sheet
from app.language.relations.stages import is_other_stage


@pytest.mark.parametrize(
    ("clause", "fact", "is_other"),
    [
        ("全年刑事案件立案", "刑事警情37起", True),
        ("破获盗窃案件", "盗窃案件立案5起", True),
        ("全年刑事警情", "刑事警情37起", False),
        ("全年刑事案件", "刑事警情37起", False),
        ("刑事案件立案", "刑事案件37起", False),
        ("侦破", "立案5起，破案4起", False),
    ],
)
def test_stages_are_told_apart(clause: str, fact: str, *, is_other: bool) -> None:
    assert is_other_stage(clause, fact) is is_other


def test_a_draft_that_changes_the_stage_is_complained_of() -> None:
    sheet = parse_fact_sheet("单位：松陵县石桥镇\n年度：2025\n- 刑事警情37起，上年44起\n")
    assert ground("全年刑事案件立案37起，比上年的44起有所下降。", sheet).complaints
    assert not ground("全年刑事警情37起，上年44起。", sheet).complaints
