from app.knowledge.passage import Passage
from app.knowledge.records import ReportRecord
from app.knowledge.retriever import Hit
from app.services.ingest import AddSummary, SkippedFile
from app.web.notices import empty_state, notice, progress_bar
from app.web.pages.check import view as check_view
from app.web.pages.knowledge import view as knowledge_view
from tests.formats.results import samples

BAD = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"
RECORD = ReportRecord(
    "R1", "V1", "h", "s", f"{BAD}.txt", f"云渡镇{BAD}", 2024, "乡镇", "t", 3, 900, "2025", "user"
)


def _is_safe(html: str) -> bool:
    return BAD not in html and ESCAPED in html


def test_findings_are_escaped_and_linked() -> None:
    result, document = samples.RESULT, samples.DOCUMENT
    table = check_view.table_html(result, document, prefix="c")
    assert 'href="#c-t1"' in table
    assert 'id="c-f1"' in table
    assert "<b>多3件</b>" not in table
    assert "（应补在此处）" in table
    assert "onerror" in check_view.summary_html(result)
    assert "<img" not in check_view.summary_html(result)
    assert "<script>" not in check_view.text_html(result, document, prefix="c")
    assert "没有发现问题" in check_view.table_html(
        samples.CLEAN, samples.CLEAN_DOCUMENT, prefix="c"
    )


def test_the_knowledge_base_is_escaped() -> None:
    assert _is_safe(knowledge_view.list_html([RECORD]))
    passage = Passage("P1", f"文字{BAD}", (f"标题{BAD}",), unit=f"云渡镇{BAD}", year=2024)
    html = knowledge_view.hits_html([Hit(passage, 0.0328, 1, 2, 0.5, f"语义第1{BAD}")], "词")
    assert _is_safe(html)
    assert "得分 0.0328" in html
    assert _is_safe(knowledge_view.report_html(RECORD, f"题{BAD}\n一、矛盾化解\n文{BAD}"))
    assert _is_safe(knowledge_view.hits_html([], BAD))
    summary = AddSummary(taken=(RECORD,), skipped=(SkippedFile(f"{BAD}.txt", "空文件"),))
    html = knowledge_view.summary_html(summary)
    assert "新增 1 份，跳过 1 份。" in html
    assert _is_safe(html)


def test_stats_count_reports_units_and_passages() -> None:
    html = knowledge_view.stats_html([RECORD])
    assert "<b>1</b>份报告" in html
    assert "<b>2024</b>年度" in html
    assert "<b>3</b>个段落" in html
    assert "知识库还是空的" in knowledge_view.list_html([])


def test_small_pieces_are_escaped_and_bounded() -> None:
    assert _is_safe(notice(BAD, kind="error"))
    assert _is_safe(empty_state(BAD))
    assert _is_safe(progress_bar(BAD, 0.5))
    assert "width:100%" in progress_bar("x", 7.0)
