"""What the ledger reads from a sentence: this year's figures, and last year's as quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.ledger.entries import Ledger, QuoteKind
from app.language.ledger.phrases import read_indicator
from app.language.ledger.reader import read_ledger
from app.language.numbers.quantities import read_quantities


def ledger(text: str, year: int = 2024) -> Ledger:
    return read_ledger(text, read_quantities(text), year)


def quotes(text: str, year: int = 2024) -> list[tuple[str, str, str]]:
    """Kind, quoted amount, and this year's figure it belongs to."""
    return [
        (q.kind.value, q.amount.span.of(text), q.entries[0].span.of(text) if q.entries else "")
        for q in ledger(text, year).quotes
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("全年排查矛盾纠纷", "摸排各类矛盾"),
        ("成功化解矛盾纠纷", "调处矛盾纠纷"),
        ("受理群众来访", "接收来访群众"),
        ("查出火灾隐患", "排查消防隐患"),
        ("我局投入安全生产资金", "安全投入"),
        ("检查生产经营单位", "检查经营单位"),
        ("与各村签订责任书", "签订责任书"),
        ("电信网络诈骗案件立案", "电诈立案"),
        ("成功劝阻携带危险物品乘车", "劝阻携带危险物品乘车"),
    ],
)
def test_one_indicator_in_two_wordings(one: str, other: str) -> None:
    assert read_indicator(one).is_same(read_indicator(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("排查矛盾纠纷", "化解矛盾纠纷"),
        ("排查安全隐患", "排查火灾隐患"),
        ("排查重大隐患", "排查隐患"),
        ("村级化解矛盾纠纷", "化解矛盾纠纷"),
        ("城东街道排查矛盾纠纷", "排查矛盾纠纷"),
        ("组织综合演练", "组织专项演练"),
        ("新增监控探头", "监控探头"),
        ("全市排查矛盾纠纷", "全县排查矛盾纠纷"),
        ("查出隐患", "整改隐患"),
        ("开展", "组织"),
    ],
)
def test_two_indicators_stay_two(one: str, other: str) -> None:
    assert not read_indicator(one).is_same(read_indicator(other))


def test_entries_carry_indicator_unit_whole_and_scope() -> None:
    found = ledger(
        "全年排查矛盾纠纷58件，其中施工扰民18件、水费计量20件；化解56件，化解率96.6%。"
        "一季度接待来访12批30人次。"
    ).entries
    assert [(e.indicator, e.unit, e.whole, e.scope) for e in found] == [
        ("排查纠纷", "件", "", ""),
        ("施工扰民", "件", "排查纠纷", ""),
        ("水费计量", "件", "排查纠纷", ""),
        ("化解纠纷", "件", "", ""),
        ("纠纷化解率", "%", "", ""),
        ("接待来访", "批", "", "一季度"),
        ("接待来访", "人次", "", "一季度"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发案35起，比上年减少7起，下降16.7%。",
         [("difference", "7起", "35起"), ("percent", "16.7%", "35起")]),
        ("发案35起，去年同期42起。", [("explicit", "42起", "35起")]),
        ("火灾由去年的12起降至9起。", [("explicit", "12起", "9起")]),
        ("网格由46个增至48个，网格员同步配齐。", [("explicit", "46个", "48个")]),
        ("接待来访31批52人次，批次、人次分别比上年下降18.4%和22.4%。",
         [("percent", "18.4%", "31批"), ("percent", "22.4%", "52人次")]),
        ("发生事故41起、死亡27人，分别较上年下降12.8%和12.9%。",
         [("percent", "12.8%", "41起"), ("percent", "12.9%", "27人")]),
        ("受理信访12件，其中来信3件、来访9件，比上年下降25%。", [("percent", "25%", "12件")]),
        ("受理投诉1573件，其中服务态度类421件，比上年减少107件。",
         [("difference", "107件", "421件")]),
        ("办结率98%，比上年提高1.5个百分点。", [("difference", "1.5个百分点", "98%")]),
        ("安全投入52万元，其中线路改造21万元、监控扩容31万元，总投入比上年增长11.8%。",
         [("percent", "11.8%", "52万元")]),
        ("受理信访86件，较2023年的98件下降12.2%。",
         [("explicit", "98件", "86件"), ("percent", "12.2%", "86件")]),
    ],
)  # fmt: skip
def test_last_years_figure_is_read_with_its_own(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert quotes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "发案35起，环比下降10%。",
        "力争火灾起数比上年下降10%。",
        "检查企业130家，比前年增加50家。",
        "受理信访86件，较2021年的98件下降12.2%。",
        "新增监控探头120个。",
        "整改率达到98%，完成目标任务的120%。",
        "党员35名，占42.2%。",
        "近三年累计化解积案45件，比2020年增加10件。",
    ],
)
def test_other_bases_are_no_quotes_of_last_year(text: str) -> None:
    assert quotes(text) == []


def test_a_quoted_figure_may_stand_alone() -> None:
    (quote,) = ledger("上年度排查隐患210处，整改及时。").quotes
    assert quote.kind is QuoteKind.EXPLICIT
    assert quote.own is not None
    assert quote.own.indicator == "排查隐患"


_WORDS = st.sampled_from(
    "全年 去年 上年同期 比上年 减少 由 增至 排查矛盾纠纷 化解 其中 分别 12件 3批5人次 98%"
    " 1.2个百分点 ， 、 。 （ ） 和".split()
)


@given(st.lists(_WORDS, max_size=40).map("".join))
def test_every_span_lies_in_the_text_and_holds_its_figure(text: str) -> None:
    read = ledger(text)
    amounts = {q.span for q in read_quantities(text)}
    assert {e.span for e in read.entries} <= amounts
    assert {q.amount.span for q in read.quotes} <= amounts
