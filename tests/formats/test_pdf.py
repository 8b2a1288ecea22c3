import io
import time
import warnings

import pypdf
import pytest
from fpdf import FPDF

from app.core.document import BlockKind
from app.core.errors import InputError
from app.formats import Limits, read_bytes
from app.formats.pdf.layout import PrintedLine, compose, in_order, join_lines, tidy
from app.formats.pdf.lines import is_page_number
from tests.formats.prints import FONT, need_font, print_report

LONG = (
    "今年以来，我局围绕平安建设目标，开展安全生产检查36次，发现隐患128处，整改126处，整改率98.4%。"
    "深入推进矛盾纠纷排查化解，全年排查矛盾纠纷42件，成功化解40件，化解率95.2%。"
)
TITLE = "青岚市档案馆2025年工作总结"


def latin_pdf(*pages: str) -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    for text in pages:
        pdf.add_page()
        if text:
            pdf.text(20, 40, text)
    return bytes(pdf.output())


def encrypted(user: str, owner: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(latin_pdf("secret words")))
    writer.encrypt(user, owner, algorithm="RC4-128")
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def test_broken_lines_become_paragraphs_again() -> None:
    need_font()
    paragraphs = [
        TITLE,
        "一、主要做法",
        LONG,
        "短段。",
        "（一）组织领导",
        LONG,
        "二、打算",
        "青岚市档案馆",
    ]
    document = read_bytes(print_report(paragraphs), "a.pdf")
    assert document.text == "\n".join(paragraphs) + "\n"
    assert document.format == "pdf"


def test_paragraphs_without_indents_are_told_by_punctuation() -> None:
    need_font()
    paragraphs = [TITLE, "一、主要做法", LONG, "二、打算"]
    document = read_bytes(print_report(paragraphs, indent=0.0), "a.pdf")
    assert document.text == "\n".join(paragraphs) + "\n"


def test_a_paragraph_goes_on_over_the_page() -> None:
    need_font()
    paragraphs = [TITLE, *[LONG] * 9]
    document = read_bytes(print_report(paragraphs, header="内部资料"), "a.pdf")
    assert document.text == "\n".join([*paragraphs, "内部资料"]) + "\n"
    assert [b.kind for b in document.blocks] == [BlockKind.BODY, BlockKind.HEADER]


def test_a_scan_is_told_from_an_empty_text() -> None:
    with pytest.raises(InputError, match=r"扫描件.*OCR.*Word"):
        read_bytes(latin_pdf("", ""), "扫描.pdf")


@pytest.mark.parametrize("damage", ["cut", "header", "xref", "streams"])
def test_damage_is_an_input_error_or_read(damage: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = latin_pdf("words on a page", "more words")
    data = {
        "cut": data[: len(data) // 3],
        "header": data[:9] + b"\xff" * 300,
        "xref": data.replace(b"startxref", b"startxxxx").replace(b"/Root", b"/Boot"),
        "streams": data.replace(b"/FlateDecode", b"/LZWDecode  "),
    }[damage]
    refusal = "坏.pdf"
    try:
        read_bytes(data, "坏.pdf")
    except InputError as error:
        refusal = str(error)
    assert "坏.pdf" in refusal
    assert capfd.readouterr().err == ""


def test_encrypted_is_refused_and_an_owner_password_is_no_obstacle() -> None:
    with pytest.raises(InputError, match="已加密"):
        read_bytes(encrypted("geheim", "owner"), "a.pdf")
    assert "secret words" in read_bytes(encrypted("", "owner"), "a.pdf").text


def test_limits_are_kept() -> None:
    data = latin_pdf("one", "two", "three")
    with pytest.raises(InputError, match="2页的上限"):
        read_bytes(data, "a.pdf", limits=Limits(max_pages=2))
    with pytest.raises(InputError, match="上限"):
        read_bytes(data, "a.pdf", limits=Limits(max_chars=5))
    with pytest.raises(InputError, match="超时"):
        read_bytes(data, "a.pdf", limits=Limits(timeout_s=-1.0))


def test_reading_leaves_warnings_as_they_were() -> None:
    before = list(warnings.filters)
    read_bytes(latin_pdf("one"), "a.pdf")
    assert list(warnings.filters) == before


def line(text: str, left: float = 0.0, *, base: float = 0.0, page: int = 0) -> PrintedLine:
    return PrintedLine(text, page, left, left + len(text) * 10.0, base, 10.0)


def test_a_full_line_goes_on_and_a_short_one_ends() -> None:
    lines = [line("一二三四五六七八九十"), line("完。"), line("一二三四五。"), line("又起。")]
    assert join_lines(lines) == ["一二三四五六七八九十完。", "一二三四五。", "又起。"]


def test_an_indent_begins_a_paragraph_even_under_a_full_line() -> None:
    lines = [
        line("首行起头三四五六七八", 20.0),
        line("一二三四五六七八九十结尾。"),
        line("第二段也有字。", 20.0),
    ]
    assert len(join_lines(lines)) == 2


def test_type_sizes_do_not_mix() -> None:
    big = PrintedLine("一二三四五六七八九十", 0, 0, 100, 0, 22.0)
    assert join_lines([big, line("正文")]) == ["一二三四五六七八九十", "正文"]


def test_running_headers_stand_at_one_height() -> None:
    pages = [
        [line("某资料", base=800, page=n), line(f"正文{'甲乙丙'[n]}。", base=700 - n, page=n),
         line(f"- {n} -", base=20, page=n)]
        for n in range(3)
    ]  # fmt: skip
    found = compose(pages)
    assert found.headers == ("某资料",)
    assert found.paragraphs == ("正文甲。", "正文乙。", "正文丙。")


def test_a_repeated_line_at_other_heights_is_text() -> None:
    pages = [[line("同一句。", base=800 - 90 * n, page=n), line("尾。", base=9)] for n in range(2)]
    assert "同一句。" in compose(pages).paragraphs


@pytest.mark.parametrize(
    "text", ["3", "— 3 —", "-12-", "第3页", "第 3 页 共 9 页", "3/9", "Page 3 of 9", "共9页 第3页"]
)
def test_page_numbers(text: str) -> None:
    assert is_page_number(text)


@pytest.mark.parametrize("text", ["3件", "第3批", "2025年", "一、3", "3.", "", "12345"])
def test_no_page_numbers(text: str) -> None:
    assert not is_page_number(text)


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("⼯作⺠生", "工作民生"),
        ("开展36 次，整改率 98.4% 。", "开展36次，整改率98.4%。"),
        ("排查 化解，", "排查化解，"),
        ("单位 次数", "单位 次数"),
        ("总  结", "总结"),
        ("a\x00b\x07", "ab"),
        ("use of AI tools", "use of AI tools"),
    ],
)
def test_tidy(printed: str, typed: str) -> None:
    assert tidy(printed) == typed


def pieces(*drawn: tuple[str, float]) -> list[PrintedLine]:
    return [line(text, left) for text, left in drawn]


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        # one mark drawn before its line, two in one piece, two pieces, a line in several pieces
        ([("“", 30), ("落实到 三清，", 0)], "落实到“三清，"),
        ([("“ ”", 30), ("落实到 三清 等措施，", 0)], "落实到“三清”等措施，"),
        ([("“ ”“ ”", 20), ("创建 科室 家庭 活动", 0)], "创建“科室”“家庭”活动"),
        ([("落实到 三清 等措施，", 0), ("“", 30), ("”", 55)], "落实到“三清”等措施，"),
        ([("“ ”", 30), ("推行 ", 0), ("平台", 35), ("一 号", 55), ("化", 90)], "推行“平台一”号化"),
        # words of another font, and a blank that is meant
        ([("LED", 20), ("安装 屏，覆盖 全镇", 0)], "安装LED屏，覆盖 全镇"),
        # what stands apart is read from left to right
        ([("36件", 120), ("排查纠纷", 0)], "排查纠纷36件"),
        ([("“", 30), ("落实到三清，", 0)], "落实到三清，“"),
    ],
)
def test_pieces_of_a_line_are_read_by_their_place(
    drawn: list[tuple[str, float]], read: str
) -> None:
    assert "".join(p.text for p in in_order(pieces(*drawn))) == read


def test_pieces_in_order_and_lines_on_other_bases_are_left_alone() -> None:
    ordered = pieces(("全年", 0), ("36", 20), (" ", 40), ("件 次", 40))
    assert in_order(ordered) == ordered
    two_lines = [line("“", 30, base=8), line("落实到 三清，", 0)]
    assert in_order(two_lines) == two_lines


def test_many_marks_of_one_line_are_placed_in_a_moment() -> None:
    many = 20_000
    marks = [line("“", 20.0 * at) for at in range(many)]
    started = time.monotonic()
    assert in_order([*marks, line("字 " * many)])
    assert time.monotonic() - started < 5


def test_quotation_marks_drawn_apart_come_back_to_their_words() -> None:
    need_font()
    pdf = FPDF(format="A4")
    pdf.add_font("cjk", fname=str(FONT))
    pdf.add_page()
    pdf.set_font("cjk", size=16)
    em = 16 * 25.4 / 72
    for text, ems in (("“", 9), ("全镇各村各组严格落实", 0), ("两清”措施，逐户走访到位。", 10)):
        pdf.text(28 + ems * em, 40, text)
    pdf.text(28 + 4 * em, 60, "“")
    pdf.text(28 + 7 * em, 60, "”")
    pdf.text(28, 60, "推行一 一户策 做法，群众反映良好，全年平稳。")
    text = read_bytes(bytes(pdf.output()), "a.pdf").text
    assert "推行一“一户策”做法" in text
