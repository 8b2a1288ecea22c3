from app.core.document import Document, Span
from app.core.finding import CheckResult, Finding, Severity
from app.formats.results.check.text import display_width, render_text
from tests.formats.results import samples


def test_finding_shows_place_severity_rule_message_and_marked_line() -> None:
    out = render_text([samples.RESULT], [samples.DOCUMENT])
    assert "  3:3       错误  NU02  化解45件多于排查42件" in out
    assert "全年〖排查矛盾纠纷42件，化解45件〗，<script>" in out
    assert "建议改为：三" in out


def test_missing_part_marks_the_place() -> None:
    out = render_text([samples.RESULT], [samples.DOCUMENT])
    assert "  5:1       警告  ST01" in out
    assert "〖此处〗云渡镇平安办" in out


def test_summary_lines_per_document_and_in_total() -> None:
    out = render_text([samples.RESULT, samples.CLEAN], [samples.DOCUMENT, samples.CLEAN_DOCUMENT])
    assert "小结：错误 2，警告 1，提示 1，另有 1 条已豁免" in out
    assert "没有发现问题" in out
    assert out.endswith("共核查 2 份：错误 2，警告 1，提示 1\n")


def test_long_lines_are_cut_round_the_quote_by_display_width() -> None:
    text = "甲" * 300 + "乙乙" + "丙" * 300
    hit = Finding("PH01", "x", Severity.ERROR, Span(300, 302), "乙乙", "说明")
    result = CheckResult("a.txt", "机关", len(text), (hit,))
    line = next(x for x in render_text([result], [Document(text)]).splitlines() if "〖" in x)
    assert "〖乙乙〗" in line
    assert display_width(line) <= 84
    assert line.count("…") == 2


def test_quote_over_two_lines_stays_on_one_terminal_line() -> None:
    text = "第一行\n第二行"
    hit = Finding("PH01", "x", Severity.ERROR, Span(1, 6), "一行\n第二", "说明")
    out = render_text([CheckResult("a", "机关", 7, (hit,))], [Document(text)])
    assert "第〖一行／第二〗行" in out


def test_control_characters_cannot_steer_the_terminal() -> None:
    text = "红\x1b[31m字\u202e"
    hit = Finding("PH01", "x", Severity.ERROR, Span(0, 1), "红", "说\x1b明")
    out = render_text([CheckResult("a\x1b.txt", "机关", 7, (hit,))], [Document(text)])
    assert "\x1b" not in out
    assert "\u202e" not in out
