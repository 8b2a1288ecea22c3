"""The commented words, read back by another reader, are the findings' quotes."""

import io
import itertools
import random
import subprocess
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from app.core.document import Document, Span
from app.core.finding import Finding, Fix, Related, Severity
from app.formats import read_bytes
from app.formats.docx.comments import annotate
from app.formats.docx.marks import AUTHOR
from app.formats.legacy import find_soffice
from app.services.checking import Checker
from tests.formats.docx.word_files import (
    bare,
    commented,
    comments,
    member,
    members,
    paragraph,
    references,
    run,
    squeezed,
    table,
    word_file,
)

NOW = datetime(2025, 12, 20, 9, 30)  # noqa: DTZ001  # Word keeps local time
RED = '<w:rFonts w:eastAsia="仿宋"/><w:color w:val="FF0000"/>'
BIG = '<w:b/><w:sz w:val="44"/>'


def finding(document: Document, quote: str, nth: int = 0, **extra: object) -> Finding:
    at = -1
    for _ in range(nth + 1):
        at = document.text.index(quote, at + 1)
    return at_span(document, Span(at, at + len(quote)), **extra)


def at_span(document: Document, span: Span, **extra: object) -> Finding:
    return Finding(
        "NU02",
        "part-exceeds-whole",
        Severity.ERROR,
        span,
        span.of(document.text),
        "413＋422＝835，与总数935相差100",
        **extra,  # type: ignore[arg-type]
    )


def written(data: bytes, *quotes: str) -> tuple[bytes, dict[str, str]]:
    """Comment the quotes; the new file and what its comments mark, after the common checks."""
    document = read_bytes(data, "报送稿.docx")
    return written_as(data, [finding(document, q) for q in quotes], document)


def written_as(
    data: bytes, findings: list[Finding], document: Document
) -> tuple[bytes, dict[str, str]]:
    result = annotate(data, document, findings, now=NOW)
    assert result.unplaced == ()
    assert result.comments == len(findings)
    check_untouched(data, result.data)
    ours = comments(result.data, AUTHOR)
    assert len(ours) == len(findings)
    marked: dict[str, str] = {}
    for part in ("word/document.xml", "word/footnotes.xml"):
        if part in members(result.data):
            marked |= commented(result.data, part)
            assert len(set(references(result.data, part))) == len(references(result.data, part))
    assert set(ours) <= set(marked)
    # what another program reads is the same text at the same places
    assert read_bytes(result.data, "报送稿.docx").text == document.text
    return result.data, {n: t for n, t in marked.items() if n in ours}


def check_untouched(before: bytes, after: bytes) -> None:
    old, new = members(before), members(after)
    ids = set(comments(after, AUTHOR)) - set(comments(before))
    assert set(old) <= set(new)
    for name, data in old.items():
        if name in {"[Content_Types].xml", "word/_rels/document.xml.rels", "word/comments.xml"}:
            continue
        if name.startswith("word/") and name.endswith(".xml"):
            assert bare(new[name], ids) == bare(data, set())
        else:
            assert new[name] == data


def test_the_comment_marks_exactly_the_words_across_differently_formatted_runs() -> None:
    data = word_file(
        paragraph(
            run("全年排查矛盾"), run("纠纷4", RED), run("2件，化解45件", BIG), run("，稳定。")
        )
    )
    out, marked = written(data, "排查矛盾纠纷42件，化解45件")
    assert list(marked.values()) == ["排查矛盾纠纷42件，化解45件"]
    (text,) = comments(out).values()
    assert text.startswith("【错误】NU02 分项大于总数\n413＋422＝835，与总数935相差100")


def test_words_in_table_cells_keep_their_cells() -> None:
    cells = (paragraph(run("排查")), paragraph(run("4"), run("2件", RED)))
    data = word_file(paragraph(run("附表")) + table(cells, (paragraph(run("化解XX件")), "<w:p/>")))
    _, marked = written(data, "42件", "XX件")
    assert sorted(marked.values()) == ["42件", "XX件"]


def test_a_quote_over_cells_and_paragraphs_runs_from_its_first_to_its_last_word() -> None:
    data = word_file(
        table((paragraph(run("排查42件")), paragraph(run("化解45件"))))
        + paragraph(run("第一段末尾"))
        + paragraph(run("第二段开头"))
    )
    _, marked = written(data, "42件\t化解45件", "末尾\n第二段")
    assert sorted(squeezed(t) for t in marked.values()) == ["42件化解45件", "末尾第二段"]


def test_links_insertions_deletions_and_fields_stay() -> None:
    data = word_file(
        paragraph(
            run("见"),
            f'<w:hyperlink w:anchor="a">{run("平安网公示", BIG)}</w:hyperlink>',
            f'<w:ins w:id="7" w:author="甲">{run("新增31件")}</w:ins>',
            '<w:del w:id="8" w:author="甲"><w:r><w:delText>旧30件</w:delText></w:r></w:del>',
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE </w:instrText>'
            '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>',
            run("2025年"),
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        )
    )
    _, marked = written(data, "安网公", "示新增3", "31件", "1件2025")
    assert sorted(marked.values()) == sorted(["安网公", "示新增3", "31件", "1件2025"])


def test_existing_comments_are_kept_and_numbers_do_not_meet() -> None:
    body = paragraph(
        run("甲"),
        '<w:commentRangeStart w:id="4"/>',
        run("旧批注的字"),
        '<w:commentRangeEnd w:id="4"/><w:r><w:commentReference w:id="4"/></w:r>',
        run("XX件"),
    )
    old = (
        '<w:comments {root}><w:comment w:id="4" w:author="领导"><w:p><w:r><w:t>请核实</w:t></w:r>'
        "</w:p></w:comment></w:comments>"
    )
    data = word_file(body, {"comments": old})
    out, marked = written(data, "注的字X")
    assert marked == {"5": "注的字X"}
    assert commented(out)["4"] == "旧批注的字"
    assert comments(out)["4"] == "请核实"
    assert member(out, "[Content_Types].xml") == member(data, "[Content_Types].xml")


def test_overlapping_nested_and_repeated_findings_each_have_their_own_words() -> None:
    data = word_file(paragraph(run("全年排查42件，化解45件，又排查42件。")))
    document = read_bytes(data, "a.docx")
    wanted = ["排查42件，化解45件", "42件，化解45件，又", "42件", "化解"]
    found = [finding(document, q) for q in wanted] + [finding(document, "42件", 1)]
    found.append(finding(document, "42件"))
    _, marked = written_as(data, found, document)
    assert sorted(marked.values()) == sorted([*wanted, "42件", "42件"])


def test_a_missing_part_is_an_empty_place_before_its_line() -> None:
    data = word_file(paragraph(run("一、工作")) + paragraph(run("二、打算")))
    document = read_bytes(data, "a.docx")
    at = document.text.index("二、")
    out, marked = written_as(data, [at_span(document, Span(at, at))], document)
    assert list(marked.values()) == [""]
    xml = member(out, "word/document.xml").decode()
    assert xml.index("一、工作") < xml.index("commentRangeStart") < xml.index("二、打算")
    end = len(document.text)
    out, _ = written_as(data, [at_span(document, Span(end, end))], document)
    xml = member(out, "word/document.xml").decode()
    assert xml.index("commentRangeStart") > xml.index("二、打算")


def test_words_that_cannot_carry_a_comment_are_quoted_in_it() -> None:
    header = "<w:hdr {root}>" + paragraph(run("内部XX资料")) + "</w:hdr>"
    box = (
        "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>"
        f"<w:txbxContent>{paragraph(run('框里XX字'))}</w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r>"
    )
    data = word_file(paragraph(run("正文"), box), {"header": header})
    out, marked = written(data, "内部XX", "框里XX")
    assert all(text in {"", "框里XX字|"} for text in marked.values())
    told = "\n".join(comments(out).values())
    assert "页眉原文：“内部XX”" in told
    assert "文本框原文：“框里XX”" in told


def test_footnotes_carry_comments_of_their_own() -> None:
    notes = (
        '<w:footnotes {root}><w:footnote w:id="2">'
        + paragraph(run("注释里的XX件"))
        + "</w:footnote></w:footnotes>"
    )
    body = paragraph(run("正文"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run("完。"))
    _, marked = written(word_file(body, {"footnotes": notes}), "的XX件", "文完")
    assert sorted(marked.values()) == ["文完", "的XX件"]


def test_runs_with_tabs_breaks_and_trimmed_text_are_cut_between_characters() -> None:
    odd = (
        "<w:r><w:rPr><w:i/></w:rPr><w:t> 甲乙 </w:t><w:tab/><w:t>丙丁</w:t><w:br/>"
        "<w:t>戊己</w:t></w:r>"
    )
    data = word_file(paragraph(odd, run("庚")))
    out, marked = written(data, "乙\t丙", "丁\n戊", "己庚")
    assert sorted(squeezed(t) for t in marked.values()) == sorted(["乙丙", "丁戊", "己庚"])
    assert member(out, "word/document.xml").count(b"<w:i/>") == 4


def test_numbers_that_word_writes_itself_are_left_to_the_line_they_stand_in() -> None:
    numbering = (
        '<w:numbering {root}><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">'
        '<w:start w:val="3"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    item = paragraph(run("强化宣传"), properties='<w:numPr><w:numId w:val="1"/></w:numPr>')
    data = word_file(item, {"numbering": numbering})
    out, marked = written(data, "三、")
    assert list(marked.values()) == [""]
    assert "原文：“三、”" in "".join(comments(out).values())
    _, marked = written(data, "三、强化")
    assert list(marked.values()) == ["强化"]


def test_strict_files_stay_strict() -> None:
    loose = members(word_file(paragraph(run("完善XX机制"))))
    pairs = [
        (b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
         b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
         b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
    ]  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in loose.items():
            strict = content
            for old, new in pairs:
                strict = strict.replace(old, new)
            archive.writestr(name, strict)
    data = buffer.getvalue()
    document = read_bytes(data, "严格.docx")
    result = annotate(data, document, [finding(document, "XX")], now=NOW)
    for name, content in members(result.data).items():
        assert b"openxmlformats.org/wordprocessingml" not in content, name
    again = read_bytes(result.data, "严格.docx")
    assert again.text == document.text
    assert b"purl.oclc.org/ooxml/officeDocument/relationships/comments" in member(
        result.data, "word/_rels/document.xml.rels"
    )


def test_fix_and_related_words_are_told() -> None:
    data = word_file(paragraph(run("帐号共42件，另有45件")))
    document = read_bytes(data, "a.docx")
    fix = Fix(Span(0, 2), "账号")
    related = (Related(Span(8, 11), "45件"),)
    out, _ = written_as(data, [finding(document, "帐号", fix=fix, related=related)], document)
    (text,) = comments(out).values()
    assert "建议改为：账号" in text
    assert "对照：“45件”" in text


def test_a_crashed_rule_is_no_comment() -> None:
    data = word_file(paragraph(run("正文")))
    document = read_bytes(data, "a.docx")
    crash = Finding("XX00", "rule-crash", Severity.ERROR, Span(0, 0), "", "规则出错")
    assert annotate(data, document, [crash], now=NOW).comments == 0


@pytest.mark.parametrize("form", ["txt", "md", "pdf"])
def test_other_formats_become_a_commented_word_file_of_their_text(form: str) -> None:
    text = "某局总结\n\n全年\t排查42件，化解45件。\x0b𠀀XX<b>&\n"
    document = Document(text, f"稿.{form}", form)
    found = [finding(document, q) for q in ("排查42件", "𠀀XX<b>&", "全年\t排")]
    result = annotate(text.encode(), document, found, now=NOW)
    marked = commented(result.data)
    assert sorted(marked.values()) == sorted(["排查42件", "𠀀XX<b>&", "全年\t排"])
    lines = read_bytes(result.data, "稿.docx").text.splitlines()
    assert lines[0] == "某局总结"
    assert lines[2].startswith("全年\t排查42件")


def test_random_spans_over_a_rich_file_are_marked_word_for_word() -> None:
    """Spans anywhere, cut anywhere: another reader finds the quotes, and nothing else changes."""
    body = "".join(
        paragraph(
            run(f"第{n}段", BIG),
            run("排查矛盾纠纷四十二件", RED),
            f'<w:hyperlink w:anchor="b">{run("链接文字")}</w:hyperlink>',
            f'<w:ins w:id="{n}" w:author="乙">{run("插入的内容", RED)}</w:ins>',
            run("句末。"),
        )
        for n in range(1, 6)
    ) + table((paragraph(run("单元格甲")), paragraph(run("单元"), run("格乙", BIG))))
    data = word_file(body)
    document = read_bytes(data, "a.docx")
    chance = random.Random(7)
    spans: set[Span] = set()
    while len(spans) < 60:
        start = chance.randrange(len(document.text) - 1)
        spans.add(Span(start, min(len(document.text), start + chance.randint(1, 30))))
    found = [at_span(document, s) for s in sorted(spans) if s.of(document.text).strip()]
    _, marked = written_as(data, found, document)
    by_id = sorted(marked.items(), key=lambda item: int(item[0]))
    for item, (_, text) in zip(sorted(found, key=lambda f: f.span), by_id, strict=True):
        assert squeezed(text) == squeezed(item.quote)


def test_findings_of_the_checker_are_marked_in_a_word_file() -> None:
    lines = (
        "临溪县云渡镇2025年平安建设工作总结",
        "一、矛盾纠纷化解",
        "全年排查矛盾纠纷42件，化解45件。完善XX工作机制，（此处填写数据）。",
        "二、存在的问题",
        "停车位不够，旺季秩序还需加强，部分调解员年龄偏大，法律知识更新跟不上。",
        "临溪县云渡镇人民政府",
        "2025年12月10日",
    )
    cuts = itertools.cycle((3, 5, 2))
    body = ""
    for line in lines:
        pieces, at = [], 0
        while at < len(line):
            step = next(cuts)
            pieces.append(run(line[at : at + step], RED if step == 2 else ""))
            at += step
        body += paragraph(*pieces)
    data = word_file(body)
    checked = Checker().check(read_bytes(data, "云渡镇.docx"))
    found = list(checked.result.findings)
    assert {"NU02", "PH01", "PH02", "ST01"} <= {f.rule for f in found}
    _, marked = written_as(data, found, checked.document)
    assert sorted(marked.values()) == sorted(f.quote for f in found)


def test_comments_of_an_earlier_check_give_way_to_the_new_ones() -> None:
    data = word_file(paragraph(run("完善XX机制，"), run("排查42件，化解45件。", RED)))
    first, _ = written(data, "XX", "42件，化解45件")
    document = read_bytes(first, "又报.docx")
    result = annotate(first, document, [finding(document, "化解45件")], now=NOW)
    assert list(commented(result.data).values()) == ["化解45件"]
    assert len(comments(result.data)) == len(references(result.data)) == 1
    ours = set(comments(result.data))
    assert bare(member(result.data, "word/document.xml"), ours) == bare(
        member(data, "word/document.xml"), set()
    )
    clean = annotate(first, document, [], now=NOW).data
    assert (comments(clean), commented(clean), references(clean)) == ({}, {}, [])


def test_a_comment_of_ours_with_a_reply_and_those_of_people_stay() -> None:
    w14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    w15 = 'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'

    def comment(number: int, author: str, initials: str) -> str:
        return (
            f'<w:comment w:id="{number}" w:author="{author}" w:initials="{initials}">'
            f'<w:p w14:paraId="0000000{number}"><w:r><w:t>话{number}</w:t></w:r></w:p></w:comment>'
        )

    old = (
        f"<w:comments {{root}} {w14}>{comment(1, AUTHOR, '核查')}{comment(2, AUTHOR, '核查')}"
        f"{comment(3, '领导', 'L')}{comment(4, AUTHOR, '')}</w:comments>"
    )
    extended = (
        f'<w15:commentsEx {w15}><w15:commentEx w15:paraId="00000001"/>'
        '<w15:commentEx w15:paraId="00000002"/>'
        '<w15:commentEx w15:paraId="00000003" w15:paraIdParent="00000002"/></w15:commentsEx>'
    )
    body = paragraph(
        *(
            f'<w:commentRangeStart w:id="{n}"/>{run(f"字{n}")}<w:commentRangeEnd w:id="{n}"/>'
            f'<w:r><w:commentReference w:id="{n}"/></w:r>'
            for n in (1, 2, 3, 4)
        )
    )
    data = word_file(body, {"comments": old, "commentsExtended": extended})
    document = read_bytes(data, "a.docx")
    out = annotate(data, document, [finding(document, "字1")], now=NOW).data
    assert set(comments(out)) == {"2", "3", "4", "5"}
    assert commented(out) == {"2": "字2", "3": "字3", "4": "字4", "5": "字1"}
    assert b"00000001" not in member(out, "word/commentsExtended.xml")
    assert b"00000002" in member(out, "word/commentsExtended.xml")


@pytest.mark.word
@pytest.mark.skipif(find_soffice() is None, reason="LibreOffice is not installed")
def test_another_word_processor_sees_the_same_words_commented(tmp_path: Path) -> None:
    body = (
        paragraph(run("全年排查矛盾"), run("纠纷4", RED), run("2件，化解45件", BIG))
        + table((paragraph(run("单元格")), paragraph(run("XX件", RED))))
        + paragraph(f'<w:hyperlink w:anchor="a">{run("平安网公示")}</w:hyperlink>', run("完。"))
    )
    data = word_file(body)
    quotes = ["排查矛盾纠纷42件，化解45件", "XX", "网公示完"]
    out, _ = written(data, *quotes)
    (tmp_path / "in.docx").write_bytes(out)
    subprocess.run(
        [
            find_soffice() or "",
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(tmp_path / "out"),
            str(tmp_path / "in.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    again = (tmp_path / "out" / "in.docx").read_bytes()
    assert sorted(commented(again).values()) == sorted(quotes)
    assert sorted(comments(again, AUTHOR).values()) == sorted(comments(out).values())


def test_many_comments_in_one_long_run_take_as_long_as_run_and_comments_do() -> None:
    spent = []
    for count in (500, 2000):
        data = word_file(paragraph(run("全年排查矛盾纠纷42件，化解40件。" * count * 4)))
        document = read_bytes(data, "a.docx")
        spans = [Span(n * 70 + 3, n * 70 + 6) for n in range(count)]
        found = [
            Finding("NU01", "x", Severity.ERROR, s, document.text[s.start : s.end], "数")
            for s in spans
        ]
        began = time.process_time()
        assert annotate(data, document, found, now=NOW).comments == count
        spent.append(time.process_time() - began)
    assert spent[1] < 10 * spent[0]  # four times as many in a run four times as long
