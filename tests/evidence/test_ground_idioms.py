"""What would pass for a turn of phrase still counts as told where a fact holds it."""

import pytest

from app.evidence.ground import ground
from app.formats.fact_files import parse_fact_sheet


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (
            "全年排查矛盾纠纷33件，主要集中在排班、工伤、退休待遇三个方面",
            "一是抓排查。全年排查矛盾纠纷33件，主要集中在排班、工伤、退休待遇三个方面。"
            "二是抓管理。三是抓教育。",
        ),
        ("9名社区矫正对象无一人脱管漏管", "9名社区矫正对象无一人脱管漏管。"),
        ("8分钟内到场，没有一卷受潮", "8分钟内到场，没有一卷受潮。"),
    ],
)
def test_a_fact_told_word_for_word_is_told(fact: str, text: str) -> None:
    sheet = parse_fact_sheet(f"单位：松陵县石桥镇\n年度：2025\n- {fact}\n")
    found = ground(text, sheet)
    assert found.unused == ()
    assert found.complaints == ()
