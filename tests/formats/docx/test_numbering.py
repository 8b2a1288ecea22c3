import pytest

from app.formats import read_bytes
from app.formats.docx.numbering import to_counting
from tests.formats.word import docx, para


def level(index: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, more: str = "") -> str:
    return (
        f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{more}'
    )


def item(text: str, index: int = 0, num: int = 1) -> str:
    return para(text, f'<w:numPr><w:ilvl w:val="{index}"/><w:numId w:val="{num}"/></w:numPr>')


HOUSE = (
    level(0, "japaneseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
)


def lines(body: str, **parts: str) -> list[str]:
    return read_bytes(docx(body, **parts), "a.docx").text.split("\n")[:-1]


def test_headings_are_numbered_as_on_the_page() -> None:
    body = (
        item("做法") + item("组织", 1) + item("排查", 1) + item("细处", 2)
        + item("打算") + item("计划", 1)
    )  # fmt: skip
    expected = ["一、做法", "（一）组织", "（二）排查", "1.细处", "二、打算", "（一）计划"]
    assert lines(body, numbering=numbering(*HOUSE)) == expected


def test_a_label_belongs_to_no_run() -> None:
    document = read_bytes(docx(item("做法"), numbering=numbering(*HOUSE)), "a.docx")
    assert document.text == "一、做法\n"
    assert [r.span.of(document.text) for r in document.runs] == ["做法"]


def test_a_label_does_not_run_into_a_number() -> None:
    body = item("甲") + item("甲", 1) + item("5万元到位", 2)
    assert lines(body, numbering=numbering(*HOUSE))[-1] == "1. 5万元到位"


def test_styles_number_headings() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        "</w:pPr></w:style>"
        '<w:style w:type="paragraph" w:styleId="2"><w:basedOn w:val="1"/></w:style>'
    )
    levels = numbering(
        level(0, "japaneseCounting", "%1、", '<w:pStyle w:val="1"/>'),
        level(1, "japaneseCounting", "（%2）", '<w:pStyle w:val="2"/>'),
    )
    body = (
        para("做法", '<w:pStyle w:val="1"/>')
        + para("组织", '<w:pStyle w:val="2"/>')
        + para("不编号", '<w:pStyle w:val="1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )
    expected = ["一、做法", "（一）组织", "不编号"]
    assert lines(body, styles=styles, numbering=levels) == expected


def test_a_second_list_starts_again_where_it_says_so() -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = item("甲") + item("乙") + item("丙", num=3) + item("丁", num=2) + item("戊", num=2)
    expected = ["一、甲", "二、乙", "三、丙", "一、丁", "二、戊"]
    assert lines(body, numbering=numbering(*HOUSE, more=again)) == expected


def test_levels_may_go_on_counting() -> None:
    levels = numbering(
        level(0, "decimal", "%1."), level(1, "decimal", "(%2)", '<w:lvlRestart w:val="0"/>')
    )
    body = item("甲") + item("子", 1) + item("乙") + item("丑", 1)
    assert lines(body, numbering=levels) == ["1.甲", "(1)子", "2.乙", "(2)丑"]


def test_legal_numbering_is_decimal() -> None:
    levels = numbering(
        level(0, "japaneseCounting", "第%1章"), level(1, "decimal", "%1.%2", "<w:isLgl/>")
    )
    assert lines(item("总则") + item("目的", 1), numbering=levels) == ["第一章 总则", "1.1 目的"]


@pytest.mark.parametrize(
    ("form", "third"),
    [
        ("decimal", "3"), ("decimalZero", "03"), ("upperRoman", "III"), ("lowerLetter", "c"),
        ("chineseCountingThousand", "三"), ("ideographDigital", "三"),
        ("chineseLegalSimplified", "叁"), ("decimalEnclosedCircle", "③"),
        ("decimalFullWidth", "３"), ("ideographTraditional", "丙"), ("none", ""),
    ],
)  # fmt: skip
def test_number_forms(form: str, third: str) -> None:
    body = item("甲") + item("乙") + item("丙")
    assert lines(body, numbering=numbering(level(0, form, "%1）")))[-1] == f"{third}）丙"


def test_bullets_are_shown() -> None:
    assert lines(item("甲"), numbering=numbering(level(0, "bullet", "\uf0b7"))) == ["• 甲"]


def test_unknown_lists_number_nothing() -> None:
    assert lines(item("甲", num=9) + item("乙", 99), numbering=numbering(*HOUSE)) == ["甲", "乙"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (105, "一百零五"),
     (110, "一百一十"), (1001, "一千零一"), (10000, "10000"), (0, "〇")],
)  # fmt: skip
def test_counting(number: int, text: str) -> None:
    assert to_counting(number) == text
