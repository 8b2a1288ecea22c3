"""Title, addressee, headings, signature, date and annex of a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Block, BlockKind, Document, Span
from app.language.structure.outline import Outline, read_outline

BODY = "一、组织领导\n镇党委专题研究4次。\n二、矛盾化解\n全年排查纠纷86件。"


def outline_of(text: str) -> Outline:
    return read_outline(Document(text))


def labels(text: str) -> list[tuple[int, str, int, str]]:
    return [(h.level, h.style, h.number, h.title) for h in outline_of(text).headings]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("云渡镇2024年平安建设工作总结", "云渡镇2024年平安建设工作总结"),
        ("青岚市林业局\n2024年平安建设工作总结", "青岚市林业局2024年平安建设工作总结"),
        (
            "关于青岚市林业局2024年度\n平安建设工作情况的报告",
            "关于青岚市林业局2024年度平安建设工作情况的报告",
        ),
        ("青岚市林业局2024年平安建设工作情况\n汇报", "青岚市林业局2024年平安建设工作情况汇报"),
        ("# 云渡镇2024年平安建设工作总结", "云渡镇2024年平安建设工作总结"),
        ("**云渡镇2024年平安建设工作总结**", "云渡镇2024年平安建设工作总结"),
        ("　　　云渡镇2024年平安建设工作总结（送审稿）", "云渡镇2024年平安建设工作总结（送审稿）"),
        ("青林发〔2024〕12号\n\n青岚市林业局2024年工作总结", "青岚市林业局2024年工作总结"),
        ("机密★1年\n青岚市林业局2024年工作总结", "青岚市林业局2024年工作总结"),
        ("云渡镇平安建设工作总结\n（2024年12月18日）", "云渡镇平安建设工作总结"),
        (
            "聚力源头治理，建设平安云渡\n——云渡镇2024年平安建设工作总结",
            "聚力源头治理，建设平安云渡——云渡镇2024年平安建设工作总结",
        ),
    ],
)
def test_title_is_read_from_the_first_lines(head: str, title: str) -> None:
    assert outline_of(f"{head}\n{BODY}").title_text == title


@pytest.mark.parametrize(
    "head",
    [
        "2024年，我镇认真落实平安建设各项部署，现将有关情况报告如下：",
        "今年以来，全镇上下齐心协力。",
        "各位代表：",
        "为深入推进平安建设，镇党委多次研究。",
        "",
    ],
)
def test_a_sentence_is_no_title(head: str) -> None:
    assert outline_of(f"{head}\n{BODY}").title is None


def test_levels_run_from_chinese_numerals_to_bracketed_digits() -> None:
    text = "一、甲\n（一）乙\n1.丙\n（1）丁\n2.戊\n二、己"

    assert labels(text) == [
        (1, "一", 1, "甲"),
        (2, "（一）", 1, "乙"),
        (3, "1", 1, "丙"),
        (4, "（1）", 1, "丁"),
        (3, "1", 2, "戊"),
        (1, "一", 2, "己"),
    ]


def test_only_bracketed_numerals_are_the_first_level() -> None:
    assert [level for level, *_ in labels("（一）甲。好。\n（二）乙。好。")] == [1, 1]


def test_parts_and_chapters_stand_above_numerals() -> None:
    text = "第一部分 工作情况\n一、甲\n第二部分 工作打算\n一、乙"

    assert labels(text) == [
        (1, "部", 1, "工作情况"),
        (2, "一", 1, "甲"),
        (1, "部", 2, "工作打算"),
        (2, "一", 1, "乙"),
    ]


def test_title_of_a_run_on_heading_ends_at_the_full_stop_or_colon() -> None:
    text = "（一）加强组织领导。坚持把平安建设作为大事。\n（二）化解纠纷：全年86件。"
    first, second = outline_of(text).headings

    assert (first.title, second.title) == ("加强组织领导", "化解纠纷")
    assert first.span.of(text) == "（一）加强组织领导"
    assert first.body.of(text) == "坚持把平安建设作为大事。"


def test_body_reaches_to_the_next_heading_of_the_same_level() -> None:
    text = "一、甲\n头。\n（一）乙\n尾。\n二、丙\n末。"
    first, second, _ = outline_of(text).headings

    assert first.body.of(text) == "头。\n（一）乙\n尾。"
    assert second.body.of(text) == "尾。"


@pytest.mark.parametrize(
    "line",
    ["一是加强领导。", "一、二类场所全部检查。", "2.5万人受益。", "2024年全镇平稳。"],
)
def test_lines_that_only_look_like_headings_are_none(line: str) -> None:
    assert labels(f"开头的话。\n{line}\n结尾的话。") == []


def test_markdown_and_known_headings_without_number_are_found() -> None:
    text = "# 云渡镇总结\n\n## 主要工作\n扎实。\n\n存在的问题\n人手不足。\n下一步打算\n继续。"

    assert [h.title for h in outline_of(text).headings] == ["主要工作", "存在的问题", "下一步打算"]


@pytest.mark.parametrize(
    ("tail", "unit", "date"),
    [
        ("云渡镇人民政府\n2024年12月20日", "云渡镇人民政府", "2024年12月20日"),
        (
            "　　　　云渡镇人民政府（盖章）\n　　　　二〇二四年十二月二十日",
            "云渡镇人民政府",
            "二〇二四年十二月二十日",
        ),
        ("云渡镇人民政府　2024年12月20日", "云渡镇人民政府", "2024年12月20日"),
        ("云渡镇人民政府2024年12月20日", "云渡镇人民政府", "2024年12月20日"),
        ("青岚市水务集团有限公司\n2024-12-20", "青岚市水务集团有限公司", "2024-12-20"),
        ("XX镇人民政府\n2024年X月X日", "XX镇人民政府", "2024年X月X日"),
        ("云渡镇人民政府\n2024 年 12 月 20 日", "云渡镇人民政府", "2024年12月20日"),
        (
            "中共云渡镇委员会\n云渡镇人民政府\n2024年12月20日",
            "中共云渡镇委员会云渡镇人民政府",
            "2024年12月20日",
        ),
        ("云渡镇人民政府", "云渡镇人民政府", ""),
        ("2024年12月20日", "", "2024年12月20日"),
        (
            "云渡镇人民政府\n2024年12月20日\n（联系人：镇平安办）",
            "云渡镇人民政府",
            "2024年12月20日",
        ),
    ],
)
def test_signature_and_date_are_read_from_the_last_lines(tail: str, unit: str, date: str) -> None:
    outline = outline_of(f"云渡镇2024年总结\n{BODY}\n\n{tail}\n")

    assert (outline.signature_text, outline.date_text) == (unit, date)
    assert outline.body.of(f"云渡镇2024年总结\n{BODY}\n\n{tail}\n").endswith("全年排查纠纷86件。")


@pytest.mark.parametrize(
    "tail", ["", "今后将继续努力。", "截至2024年12月20日", "工作扎实推进，群众普遍满意"]
)
def test_a_text_without_closing_lines_has_none(tail: str) -> None:
    outline = outline_of(f"云渡镇2024年总结\n{BODY}\n{tail}")

    assert outline.signature is None
    assert outline.date is None


def test_annex_behind_the_signature_is_told_apart_from_the_note_before_it() -> None:
    text = (
        f"云渡镇2024年总结\n{BODY}\n附件：1.责任表\n\n云渡镇人民政府\n2024年12月20日\n\n附件1"
        f"\n责任表\n一、甲\n"
    )
    outline = outline_of(text)

    assert outline.date_text == "2024年12月20日"
    assert outline.annex is not None
    assert outline.annex.of(text).startswith("附件1")
    assert outline.body.of(text).endswith("86件。")
    assert [h.title for h in outline.headings] == ["组织领导", "矛盾化解", "甲"]


def test_addressee_follows_the_title() -> None:
    text = f"云渡镇2024年总结\n县委平安办：\n现将情况报告如下：\n{BODY}"
    outline = outline_of(text)

    assert outline.addressee is not None
    assert outline.addressee.of(text) == "县委平安办："


def test_tables_and_footers_hold_no_headings() -> None:
    body, table = "一、甲\n好。\n", "一、表头\n二、单元格\n"
    text = body + table
    document = Document(
        text,
        blocks=(
            Block(Span(0, len(body)), BlockKind.BODY),
            Block(Span(len(body), len(text)), BlockKind.TABLE),
        ),
    )

    assert [h.title for h in read_outline(document).headings] == ["甲"]


@given(st.text(alphabet="一二、（）1.。：\n 附件2024年月日局X#*甲", max_size=200))
def test_any_text_has_an_outline_with_spans_inside_it(text: str) -> None:
    outline = outline_of(text)
    whole = Span(0, len(text))

    for span in (outline.title, outline.addressee, outline.signature, outline.date, outline.annex):
        assert span is None or span in whole
    assert outline.body in whole
    for heading in outline.headings:
        assert heading.span in whole
        assert heading.body in whole
        assert heading.span.end <= heading.body.start or not len(heading.body)
        assert 1 <= heading.level <= 4
