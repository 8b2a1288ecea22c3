import io

import docx as python_docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.core.document import BlockKind, Document
from app.core.errors import InputError
from app.formats import read_bytes
from app.formats.docx.runs import pieces
from app.formats.limits import DEFAULT_LIMITS
from app.formats.package import Package
from tests.formats.word import NAMESPACES, box, docx, para, run, table

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(body: str, **parts: str) -> Document:
    data = docx(body, **parts)
    document = read_bytes(data, "总结.docx")
    assert_spans_lead_back(data, document)
    return document


def assert_spans_lead_back(data: bytes, document: Document) -> None:
    """Each slice's text is what its run shows at the slice's offset; blocks tile the text."""
    with Package.open(data, "", DEFAULT_LIMITS) as package:
        roots = {part: package.xml(part) for part in {r.part for r in document.runs}}
    for piece in document.runs:
        root = roots[piece.part]
        assert root is not None
        shown = "".join(p.text for p in pieces(list(root.iter(W + "r"))[piece.run]))
        text = piece.span.of(document.text)
        assert text
        assert shown[piece.offset : piece.offset + len(text)] == text
    ends = [0, *(b.span.end for b in document.blocks)]
    assert [b.span.start for b in document.blocks] == ends[:-1]
    assert ends[-1] == len(document.text)
    for before, after in zip(document.runs, document.runs[1:], strict=False):
        assert before.span.end <= after.span.start


def test_paragraphs_are_lines() -> None:
    document = read(para("甲") + para("") + para(run("乙") + run("丙")))
    assert document.text == "甲\n\n乙丙\n"
    assert [(r.run, r.offset) for r in document.runs] == [(0, 0), (1, 0), (2, 0)]
    assert document.format == "docx"


def test_special_characters_of_a_run_count_in_its_text() -> None:
    inner = (
        "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:noBreakHyphen/><w:softHyphen/>"
        '<w:sym w:font="Wingdings" w:char="F0FE"/><w:cr/><w:t>丙</w:t></w:r>'
    )
    document = read(para(inner))
    assert document.text == "甲\t乙\n-☑\n丙\n"
    assert len(document.runs) == 1


def test_tracked_changes_read_as_accepted() -> None:
    body = para(
        run("排查")
        + f"<w:ins>{run('42')}</w:ins>"
        + "<w:del><w:r><w:delText>35</w:delText></w:r></w:del>"
        + f"<w:moveFrom>{run('旧处')}</w:moveFrom><w:moveTo>{run('件')}</w:moveTo>"
    )
    assert read(body).text == "排查42件\n"


def test_run_numbers_count_deleted_runs_too() -> None:
    document = read(para(f"<w:del>{run('删')}</w:del>" + run("留")))
    assert [(r.run, r.span.of(document.text)) for r in document.runs] == [(1, "留")]


def test_deleted_paragraph_end_joins_with_the_next_paragraph() -> None:
    mark = "<w:rPr><w:del/></w:rPr>"
    assert read(para("排查", mark) + para("42件") + para("完")).text == "排查42件\n完\n"
    assert read(para("", mark) + para("完")).text == "完\n"
    assert read(para("完") + para("尾", mark)).text == "完\n尾\n"


def test_deleted_table_row_is_gone() -> None:
    rows = (
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>" + para("删") + "</w:tc><w:tc/></w:tr>"
        "<w:tr><w:tc>" + para("甲") + "</w:tc><w:tc>" + para("乙") + "</w:tc></w:tr></w:tbl>"
    )
    assert read(rows).text == "甲\t乙\n"


def test_table_rows_are_lines_and_cells_are_parted_by_tabs() -> None:
    document = read(para("前") + table(("指标", "数量"), ("演练", "3次")) + para("后"))
    assert document.text == "前\n指标\t数量\n演练\t3次\n后\n"
    assert [b.kind for b in document.blocks] == [BlockKind.BODY, BlockKind.TABLE, BlockKind.BODY]


def test_nested_table_follows_its_row() -> None:
    inner = para("外") + table(("内一", "内二"))
    assert read(table((inner, "右"))).text == "外\t右\n内一\t内二\n"


def test_breaks_and_paragraphs_inside_a_cell_do_not_break_the_row() -> None:
    cell = para("矛盾纠纷") + para("<w:r><w:t>排查</w:t><w:br/><w:t>数</w:t></w:r>")
    assert read(table((cell, "42"))).text == "矛盾纠纷 排查 数\t42\n"


def test_a_frame_round_the_report_is_body_text() -> None:
    document = read(table((para("一、做法") + para("开展检查。"),)))
    assert document.text == "一、做法\n开展检查。\n"
    assert [b.kind for b in document.blocks] == [BlockKind.BODY]


def test_a_report_written_into_a_form_stays_in_paragraphs() -> None:
    long = (
        "全年开展消防安全检查十八次，发现隐患二十四处，整改二十三处，整改率百分之九十五点八。" * 2
    )
    document = read(table(("工作情况", para("一、做法") + para(long))))
    assert document.text == f"工作情况\n一、做法\n{long}\n"
    assert [b.kind for b in document.blocks] == [BlockKind.TABLE, BlockKind.BODY]


def test_text_box_is_read_once_and_in_place() -> None:
    document = read(para(run("正文") + box(para("框内"))) + para("后"))
    assert document.text == "正文\n框内\n后\n"
    kinds = [BlockKind.BODY, BlockKind.TEXTBOX, BlockKind.BODY]
    assert [b.kind for b in document.blocks] == kinds


def test_old_text_box_is_read_where_the_new_one_is_empty() -> None:
    assert read(para(box(para(""), vml=para("旧框")))).text == "\n旧框\n"


def test_hidden_text_is_left_out() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="P"><w:basedOn w:val="Q"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Q"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    body = para(
        run("见")
        + run("隐", "<w:vanish/>")
        + run("隐", '<w:rStyle w:val="H"/>')
        + run("见", '<w:vanish w:val="0"/>')
    ) + para(run("隐") + run("见", '<w:vanish w:val="false"/>'), '<w:pStyle w:val="P"/>')
    assert read(body, styles=styles).text == "见见\n见\n"


def field(instruction: str, result: str, *, close: bool = True) -> str:
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if close else ""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>{run('指令中')}"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}{end}'
    )


def test_field_instructions_are_left_out_and_results_kept() -> None:
    assert read(para(field("TOC", "目录") + run("文"))).text == "目录文\n"


def test_a_field_that_never_ends_hides_nothing() -> None:
    assert read(para(field("TOC", "目录", close=False)) + para("文")).text == "指令中目录\n文\n"


def test_wrappers_are_transparent() -> None:
    body = para(
        f"<w:hyperlink>{run('链')}</w:hyperlink><w:smartTag>{run('签')}</w:smartTag>"
        f"<w:sdt><w:sdtContent>{run('控')}</w:sdtContent></w:sdt>"
        f'<w:fldSimple w:instr="DATE">{run("域")}</w:fldSimple>'
    )
    block = f"<w:sdt><w:sdtContent>{para('块')}</w:sdtContent></w:sdt>"
    assert read(body + block).text == "链签控域\n块\n"


def test_ruby_keeps_its_base() -> None:
    ruby = (
        f"<w:r><w:ruby><w:rt>{run('lan')}</w:rt><w:rubyBase>{run('岚')}</w:rubyBase></w:ruby></w:r>"
    )
    assert read(para(ruby)).text == "岚\n"


def test_equations_are_read() -> None:
    assert read(para("<m:oMath><m:r><m:t>1+2</m:t></m:r></m:oMath>")).text == "1+2\n"


def test_notes_follow_the_body_in_order_of_reference() -> None:
    notes = (
        '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="1">{para("一注")}</w:footnote>'
        f'<w:footnote w:id="2">{para("二注")}</w:footnote>'
        f'<w:footnote w:id="3">{para("无人提及")}</w:footnote>'
    )
    ends = f'<w:endnote w:id="1">{para("尾注")}</w:endnote>'
    body = para(
        '<w:r><w:t>文</w:t><w:endnoteReference w:id="1"/></w:r>'
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:footnoteReference w:id="1"/></w:r>'
    )
    document = read(body, footnotes=notes, endnotes=ends)
    assert document.text == "文\n二注\n一注\n尾注\n"
    assert [b.kind for b in document.blocks] == [BlockKind.BODY, BlockKind.FOOTNOTE]


def section(*references: tuple[str, str, str], more: str = "") -> str:
    inner = "".join(
        f'<w:{tag}Reference w:type="{kind}" r:id="{target}"/>' for tag, kind, target in references
    )
    return f"<w:sectPr>{inner}{more}</w:sectPr>"


def test_headers_and_footers_come_last_and_once() -> None:
    body = (
        para("", section(("header", "default", "header1"), ("footer", "default", "footer1")))
        + para("文")
        + section(("header", "default", "header2"), ("footer", "default", "footer2"))
    )
    document = read(
        body,
        header1=para("青岚市档案馆"),
        header2=para(run("青岚市") + run("档案馆")),
        footer1=para("— 1 —"),
        footer2=para("内部资料"),
    )
    assert document.text == "\n文\n青岚市档案馆\n内部资料\n"
    kinds = [BlockKind.BODY, BlockKind.HEADER, BlockKind.FOOTER]
    assert [b.kind for b in document.blocks] == kinds


def test_headers_that_no_page_shows_are_left_out() -> None:
    body = para("文") + section(("header", "first", "header1"), ("header", "even", "header2"))
    assert read(body, header1=para("首"), header2=para("偶")).text == "文\n"
    shown = para("文") + section(
        ("header", "first", "header1"), ("header", "even", "header2"), more="<w:titlePg/>"
    )
    document = read(
        shown, header1=para("首"), header2=para("偶"), settings="<w:evenAndOddHeaders/>"
    )
    assert document.text == "文\n首\n偶\n"


def test_strict_open_xml_is_read() -> None:
    strict = NAMESPACES.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert read_bytes(docx(para("文"), namespaces=strict), "a.docx").text == "文\n"


def test_spaces_that_word_does_not_keep_are_left_out() -> None:
    assert read(
        "<w:p><w:r><w:t>\n  甲 </w:t><w:t xml:space='preserve'> 乙 </w:t></w:r></w:p>"
    ).text == ("甲 乙 \n")


def test_a_file_named_txt_is_still_told_by_its_content() -> None:
    assert read_bytes(docx(para("文")), "a.txt").format == "docx"


def test_a_document_without_words_is_refused() -> None:
    with pytest.raises(InputError, match="没有文字"):
        read_bytes(docx(para("")), "a.docx")


_texts = st.text(alphabet="甲乙12，。 a𠮷", max_size=6)
_runs = st.builds(
    lambda text, kind: {
        "plain": run(text),
        "tab": f'<w:r><w:t xml:space="preserve">{text}</w:t><w:tab/><w:t>{text}</w:t></w:r>',
        "break": f"<w:r><w:br/><w:t>{text}</w:t></w:r>",
        "ins": f"<w:ins>{run(text)}</w:ins>",
        "del": f"<w:del>{run(text)}</w:del>",
        "hidden": run(text, "<w:vanish/>"),
        "box": box(para(text)),
        "field": field("PAGE", text),
        "link": f"<w:hyperlink>{run(text)}</w:hyperlink>",
    }[kind],
    _texts,
    st.sampled_from(["plain", "tab", "break", "ins", "del", "hidden", "box", "field", "link"]),
)
_marks = st.sampled_from(["", "<w:rPr><w:del/></w:rPr>", '<w:numPr><w:numId w:val="1"/></w:numPr>'])
_paras = st.builds(
    lambda runs, mark: para("".join(runs) or run("文"), mark), st.lists(_runs, max_size=4), _marks
)
_tables = st.lists(st.tuples(_paras, _paras), min_size=1, max_size=2).map(lambda r: table(*r))
NUMBERING = (
    '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="japaneseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.one_of(_paras, _tables), min_size=1, max_size=5))
def test_every_slice_leads_back_to_its_run(blocks: list[str]) -> None:
    read(para("首") + "".join(blocks), numbering=NUMBERING)


def test_the_bundled_parser_and_ours_count_the_same_runs() -> None:
    data = docx(para(run("甲") + box(para("框")) + f"<w:del>{run('删')}</w:del>" + run("乙")))
    theirs = etree.tostring(python_docx.Document(io.BytesIO(data)).element)
    document = read_bytes(data, "a.docx")
    runs = list(etree.fromstring(theirs).iter(W + "r"))
    for piece in document.runs:
        shown = "".join(p.text for p in pieces(runs[piece.run]))
        assert shown[piece.offset :].startswith(piece.span.of(document.text))
