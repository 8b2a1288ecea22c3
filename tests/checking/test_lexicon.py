"""The user's word list: its form, its errors, and what it changes in a check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checking.context import CheckContext, KnownUnit
from app.checking.engine import check_document
from app.checking.lexicon import EMPTY, MOST_ENTRIES, Lexicon, Typo, combined, parse_lexicon
from app.core.document import Document
from app.core.errors import ConfigError
from app.core.finding import CheckResult
from app.report.profile import load_profile

LIST = """# 本单位词表
【固定说法】
三清三建
云渡XX讲堂

[单位简称]
临溪县云渡镇人民政府 = 云渡、小镇办
【允许的名称】
云湖水库管理处
【错别字】
化减 = 化解
"""
REPORT = "云渡镇2024年平安建设工作总结\n{}\n临溪县云渡镇人民政府\n2024年12月10日\n"


def check(body: str, lexicon: Lexicon, units: tuple[KnownUnit, ...] = ()) -> CheckResult:
    document = Document(REPORT.format(body))
    ctx = CheckContext(document, load_profile("乡镇"), known_units=units, lexicon=lexicon)
    return check_document(ctx)


def rules(result: CheckResult) -> list[tuple[str, str]]:
    return [(f.rule, f.quote) for f in result.findings if not f.rule.startswith("ST")]


def test_each_section_is_read() -> None:
    lexicon = parse_lexicon(LIST, "词表.txt")
    assert dict(lexicon.phrases) == {
        "三清三建": "词表.txt 第3行",
        "云渡XX讲堂": "词表.txt 第4行",
    }
    assert lexicon.units[0].unit == "临溪县云渡镇人民政府"
    assert lexicon.units[0].short_names == ("云渡", "小镇办")
    assert list(lexicon.names) == ["云湖水库管理处"]
    assert lexicon.typos == (Typo("化减", "化解"),)


@pytest.mark.parametrize("text", ["", "# 只有说明\n\n", "【固定说法】\n【错别字】\n"])
def test_an_empty_list_changes_nothing(text: str) -> None:
    assert not parse_lexicon(text, "词表.txt")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("三清三建\n", "词表.txt 第1行：“三清三建”前面没有类别"),
        ("【固定用语】\n三清\n", "词表.txt 第1行：没有【固定用语】这一类。是不是想写【固定说法】"),
        ("【ABC】\n", "可用的有【固定说法】【单位简称】【允许的名称】【错别字】"),
        ("【错别字】\n化减 化解\n", "词表.txt 第2行：“化减 化解”应当写成“错误写法 = 正确写法”"),
        ("【错别字】\n化减 = \n", "应当写成“错误写法 = 正确写法”"),
        ("【错别字】\n化解 = 化解\n", "等号两边一样"),
        ("【错别字】\n平安 = 平安建设\n", "写对的也会报错"),
        ("【错别字】\n化减 = 化解\n化减 = 减少\n", "词表.txt 第3行：“化减”前面已写应为“化解”"),
        ("【错别字】\n的 = 地\n", "“的”应当有2到40个字"),
        ("【单位简称】\n云渡镇人民政府\n", "应当写成“单位全称 = 简称一、简称二”"),
        ("【单位简称】\n云渡镇人民政府 = 云\n", "“云”应当有2到40个字"),
        ("【固定说法】\n" + "长" * 41, "应当有2到40个字"),
        ("【固定说法】\n" + "三清三建\n" * (MOST_ENTRIES + 1), f"词表超过{MOST_ENTRIES}条"),
    ],
)
def test_a_wrong_entry_is_told_with_file_and_line(text: str, wanted: str) -> None:
    with pytest.raises(ConfigError, match="词表") as caught:
        parse_lexicon(text, "词表.txt")
    assert wanted in str(caught.value)


def test_a_set_phrase_is_no_placeholder_and_the_finding_stays_among_the_suppressed() -> None:
    body = "组织云渡XX讲堂12次，完善XX机制。"
    assert rules(check(body, EMPTY)).count(("PH01", "XX")) == 2
    result = check(body, parse_lexicon(LIST, "词表.txt"))
    assert rules(result) == [("PH01", "XX")]
    (suppressed,) = result.suppressed
    assert suppressed.reason == "词表.txt 第4行：“云渡XX讲堂”列为固定说法。"


def test_a_set_phrase_is_no_count_of_the_list_behind_it() -> None:
    body = "推进五项清理行动：一是清理楼道，二是清理飞线，三是清理占道。"
    assert [r for r, _ in rules(check(body, EMPTY))] == ["NU06"]
    assert not rules(check(body, parse_lexicon("【固定说法】\n五项清理行动", "词表.txt")))


def test_a_set_phrase_excuses_no_figure() -> None:
    body = "排查42件，化解45件。"
    lexicon = parse_lexicon("【固定说法】\n排查42件，化解45件", "词表.txt")
    assert [r for r, _ in rules(check(body, lexicon))] == ["NU02"]


def test_a_set_phrase_is_no_typo_and_own_slips_are_found_with_a_fix() -> None:
    body = "工作布署到位，全年化减矛盾12件。"
    assert rules(check(body, EMPTY)) == [("LA01", "布署")]
    text = "【固定说法】\n工作布署\n【错别字】\n化减 = 化解"
    result = check(body, parse_lexicon(text, "词表.txt"))
    assert rules(result) == [("LA01", "化减")]
    assert result.findings[0].fix is not None
    assert result.findings[0].fix.text == "化解"


BAIQUAN = KnownUnit("梧川县柏泉乡", ("梧川县柏泉乡", "柏泉乡"))


def test_a_named_neighbour_is_not_foreign() -> None:
    body = "柏泉乡坚持每周排查，柏泉乡未发生火灾。"
    assert ("CO02", "柏泉乡") in rules(check(body, EMPTY, (BAIQUAN,)))
    lexicon = parse_lexicon("【允许的名称】\n柏泉乡", "词表.txt")
    assert not rules(check(body, lexicon, (BAIQUAN,)))


def test_a_short_name_of_the_own_unit_is_not_foreign() -> None:
    other = KnownUnit("沅澄市小镇办", ("小镇办",))
    body = "小镇办坚持每周排查，始终把矛盾化解在一线。"
    assert ("CO02", "小镇办") in rules(check(body, EMPTY, (other,)))
    assert not rules(check(body, parse_lexicon(LIST, "词表.txt"), (other,)))


def test_later_lists_win() -> None:
    first = parse_lexicon("【错别字】\n化减 = 化解\n【固定说法】\n三清", "a.txt")
    second = parse_lexicon("【错别字】\n化减 = 减少", "b.txt")
    whole = combined((first, second))
    assert whole.typos == (Typo("化减", "减少"),)
    assert list(whole.phrases) == ["三清"]


@given(st.text(alphabet="【】[]=＝、#固定说法错别字单位简称允许的名\n 　ab", max_size=120))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    message = ""
    try:
        parse_lexicon(text, "词表.txt")
    except ConfigError as error:
        message = str(error)
    assert not message or message.startswith("词表.txt 第")
