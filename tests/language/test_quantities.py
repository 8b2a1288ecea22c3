"""The quantities reader: values, kinds, spans."""

import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core.quantity import Qualifier, Quantity, QuantityKind
from app.language.numbers import quantities
from app.language.numbers.numerals import parse_chinese
from app.language.numbers.quantities import read_quantities
from app.language.relations.indicators import Clauses


def only(text: str) -> Quantity:
    found = read_quantities(text)
    assert len(found) == 1, [q.span.of(text) for q in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("排查矛盾纠纷42件", "42", "件"),
        ("开展检查三十六次", "36", "次"),
        ("投入1.2万元", "12000", "元"),
        ("完成投资2.36亿元", "236000000", "元"),
        ("支出24,555万元", "245550000", "元"),
        ("支出24，555万元", "245550000", "元"),
        ("覆盖４００多万人", "4000000", "人"),
        ("投入1.5 亿元", "150000000", "元"),
        ("利润-9820万元", "-98200000", "元"),
        ("化解率97.3%", "97.3", "%"),
        ("合格率百分之九十七点三", "97.3", "%"),
        ("提高0.35个百分点", "0.35", "个百分点"),
        ("约占三成", "30", "%"),
        ("覆盖十二个村", "12", "个"),
        ("调解一百零五件", "105", "件"),
        ("来访86批", "86", "批"),
        ("得分95.6", "95.6", ""),
    ],
)
def test_amount_is_read(text: str, value: str, unit: str) -> None:
    found = only(text)
    assert found.value == Decimal(value)
    assert found.unit == unit
    assert found.kind.is_amount


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("印发〔2024〕6号文件", QuantityKind.DOCUMENT),
        ("接听12345热线", QuantityKind.CODE),
        ("实行24小时值班", QuantityKind.PERIOD),
        ("建设5G基站", QuantityKind.CODE),
        ("构建1+3+N体系", QuantityKind.CODE),
        ("落实“1310”部署", QuantityKind.CODE),
        ("2024年3月5日召开", QuantityKind.DATE),
        ("二〇二四年十二月二十日", QuantityKind.DATE),
        ("1—11月", QuantityKind.DATE),
        ("拨打13800138000", QuantityKind.CODE),
        ("第3批名单", QuantityKind.ORDINAL),
        ("一是健全机制", QuantityKind.ORDINAL),
        ("《2024年10项措施》", QuantityKind.TITLE),
        ("牢固树立“四个意识”", QuantityKind.SLOGAN),
        ("做到两个维护", QuantityKind.SLOGAN),
        ("监测PM2.5", QuantityKind.CODE),
        ("吸取5·16事故教训", QuantityKind.CODE),
        ("三年行动", QuantityKind.PERIOD),
        ("化解历时3年", QuantityKind.PERIOD),
    ],
)
def test_number_that_counts_nothing_is_told_apart(text: str, kind: QuantityKind) -> None:
    assert {q.kind for q in read_quantities(text)} == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "各科室一起研究",
        "数据安全",
        "三零创建",
        "四不放过",
        "万无一失",
        "一批先进",
        "统一部署",
        "百姓满意",
    ],
)
def test_idiom_is_no_quantity(text: str) -> None:
    assert not [q for q in read_quantities(text) if q.kind.is_amount]


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("约935人次", Qualifier.ABOUT),
        ("大约35人", Qualifier.ABOUT),
        ("群众约22人", Qualifier.ABOUT),
        ("场地预约22件", Qualifier.EXACT),
        ("家庭医生签约860户", Qualifier.EXACT),
        ("调解协议履约86件", Qualifier.EXACT),
        ("修订村规公约12条", Qualifier.EXACT),
        ("累计节约32万元", Qualifier.EXACT),
        ("近百场", Qualifier.UNDER),
        ("1000余份", Qualifier.OVER),
        ("30多名", Qualifier.OVER),
        ("超120家", Qualifier.OVER),
        ("不足5%", Qualifier.UNDER),
        ("10件以上", Qualifier.OVER),
        ("50人左右", Qualifier.ABOUT),
        ("商超120家", Qualifier.EXACT),
        ("最近3次", Qualifier.EXACT),
    ],
)
def test_qualifier_is_read(text: str, qualifier: Qualifier) -> None:
    assert only(text).qualifier is qualifier


def test_paired_counts_point_at_each_other() -> None:
    first, second = read_quantities("接待来访74批129人次")
    assert first.paired == second.span
    assert second.paired == first.span
    assert (first.unit, second.unit) == ("批", "人次")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("合格率63%～68%", "63", "68"), ("每次3至5件", "3", "5"), ("七八家单位", "7", "8")],
)
def test_range_has_both_ends(text: str, low: str, high: str) -> None:
    found = only(text)
    assert (found.value, found.high) == (Decimal(low), Decimal(high))


def test_one_counts_at_the_end_of_a_line_as_before_a_full_stop() -> None:
    for text in ("每季度通报一次。", "每季度通报一次", "每季度通报一次\n"):
        assert [(q.value, q.unit) for q in read_quantities(text)] == [(Decimal(1), "次")]


def test_a_count_after_a_week_or_a_season_is_no_ordinal() -> None:
    for text in ("春节返乡期三个时段", "每周三次巡查"):
        assert [q.value for q in read_quantities(text) if q.kind is QuantityKind.COUNT] == [3]
    assert not [q for q in read_quantities("星期三次日") if q.kind is QuantityKind.COUNT]


def test_nil_incident_counts_one() -> None:
    found = only("全年没有发生一起事故")
    assert (found.value, found.unit) == (Decimal(1), "起")


def test_indicator_and_scope_come_from_the_clause() -> None:
    text = "全年共排查矛盾纠纷42件，去年同期为50件。"
    now, before = read_quantities(text)
    assert now.indicator == "排查矛盾纠纷"
    assert (now.scope, before.scope) == ("", "上年")


_UNITS = st.sampled_from(["件", "人次", "%", "元", "个百分点", "起"])


@given(st.integers(0, 10**7), _UNITS)
def test_whole_number_reads_back(value: int, unit: str) -> None:
    found = only(f"共计{value}{unit}")
    assert found.value == value
    assert found.number_span.of(f"共计{value}{unit}") == str(value)


@given(
    st.decimals(min_value=0, max_value=10**6, places=2, allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "万", "亿"]),
)
def test_decimal_with_magnitude_reads_back(value: Decimal, magnitude: str) -> None:
    scale = {"": 1, "万": 10**4, "亿": 10**8}[magnitude]
    assert only(f"投入{value}{magnitude}元").value == value * scale


_ANY = st.text(
    alphabet="0123456789０９.,，〇一二两三十百千万亿几数约近余多第《》〔〕%件次年月日至—+批人",
    max_size=60,
)


@given(_ANY)
@example("0余")
@example("近近1件")
def test_spans_are_ordered_inside_and_apart(text: str) -> None:
    end = 0
    for found in read_quantities(text):
        assert end <= found.span.start < found.span.end <= len(text)
        assert found.number_span in found.span
        end = found.span.end


@pytest.mark.parametrize(
    "token", ["1", "1,", "1,234", "一", "万", "第", "《1", "1+", "（1", "1—", "百分之"]
)
def test_time_is_linear_on_hostile_text(token: str) -> None:
    def seconds(length: int) -> float:
        text = token * (length // len(token))
        start = time.process_time()
        read_quantities(text)
        return time.process_time() - start

    seconds(10_000)
    small, large = max(seconds(20_000), 0.002), min(seconds(200_000) for _ in range(3))
    assert large < small * 60, f"{small:.4f}s for 20k, {large:.4f}s for 200k"


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十五", 15),
        ("一百零五", 105),
        ("两千三百万", 23_000_000),
        ("二〇二四", 2024),
        ("一亿二千万", 120_000_000),
    ],
)
def test_chinese_numeral(numeral: str, value: int) -> None:
    assert parse_chinese(numeral) == value


@pytest.mark.parametrize("numeral", ["三五", "十四五", "点五", "一二三", ""])
def test_no_single_chinese_numeral(numeral: str) -> None:
    assert parse_chinese(numeral) is None


_BEFORE = [
    "，",
    "约",
    "近",
    "第",
    "（",
    "-",
    "“",
    "A",
    "3",
    ".",
    "〔",
    "超过",
    "检查 ",
    "计",
    "\n",
    "去年的",
]
_FIGURES = ["7", "42", "1829", "97.5", "2024", "1,234", "12345", "１２", "0.35", "110"]
_TAILS = (
    "件 件次 % ％ 人次 个百分点 余件 万元 千米 月 年 号 级 位一体 件以上 件多 件次下降 个村 "
    "%～68% —50件 件左右 批129人次 亿元 公里 步走 期工程 小时 个月 至50件 家网格 倍 成 GB m .5件 "
    "、 ） ”"
).split(" ")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(_BEFORE), st.sampled_from(_FIGURES), st.sampled_from(_TAILS)),
        min_size=1,
        max_size=6,
    )
)
def test_plain_numbers_read_the_same_in_one_step_and_the_long_way(
    pieces: list[tuple[str, str, str]],
) -> None:
    text = "".join(map("".join, pieces))

    in_one_step = read_quantities(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantities, "_read_plain", lambda text, start: None)
        the_long_way = read_quantities(text)

    assert in_one_step == the_long_way


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("投入3.75亿元", 10**8),
        ("投入37500万元", 10**4),
        ("投入3千万元", 10**4),
        ("培训二十八万人", 10**4),
        ("检查480次", 1),
        ("巡逻三百二十次", 1),
    ],
)
def test_the_magnitude_a_number_is_printed_in_is_kept(text: str, scale: int) -> None:
    assert only(text).scale == scale


def test_a_chinese_number_that_ends_in_wan_is_as_rough_as_it_is_printed() -> None:
    assert only("培训二十八万人").precision == 10**4


def test_values_behind_respectively_share_the_unit_behind_the_last() -> None:
    found = read_quantities("盗抢骗警情占比分别下降4.1、3.6和7.2个百分点，共12、13日两天。")
    assert [q.unit for q in found[:3]] == ["个百分点"] * 3
    assert found[0].kind is QuantityKind.POINTS


def test_values_with_units_of_their_own_keep_them() -> None:
    found = read_quantities("分别培训12人、13和15次")
    assert [q.unit for q in found] == ["人", "次", "次"]


def test_a_comma_inside_a_number_ends_no_clause() -> None:
    text = "收入215,430万元的81.2%"
    clauses = Clauses(text)
    assert clauses.start(text.index("的")) == 0
