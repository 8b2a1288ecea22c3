from app.core.draft import Draft, DraftSection, DraftSentence, SectionStatus
from app.core.facts import Fact
from app.drafting.events import SectionDone, SectionStarted, SectionText
from app.knowledge.passage import Passage
from app.knowledge.records import ReportRecord
from app.knowledge.retriever import Hit
from app.services.ingest import AddSummary, Skipped
from app.web import check_view, draft_view, knowledge_view
from app.web.draft_view import DraftView
from app.web.notices import empty_state, notice, progress_bar
from tests.exporters import samples

BAD = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"
SECTION = DraftSection(
    "work",
    f"矛盾化解{BAD}",
    f"排查42件{BAD}。【待核实：{BAD}】",
    SectionStatus.OK,
    (DraftSentence("排查42件。", ("F1",), ("P1", "P9")),),
    f"说明{BAD}",
)
EMPTY = DraftSection("problems", "问题", "【待补充：问题】", SectionStatus.NEEDS_INPUT)
DRAFT = Draft(
    "云渡镇",
    2025,
    "乡镇",
    "composer",
    "",
    f"总结{BAD}\n\n一、矛盾化解{BAD}\n{SECTION.text}\n\n二、问题\n【待补充：问题】\n\n云渡镇\n2025年12月1日\n",
    (SECTION, EMPTY),
    {"F1": ("work",), "F2": ()},
)
RECORD = ReportRecord(
    "R1", "V1", "h", "s", f"{BAD}.txt", f"云渡镇{BAD}", 2024, "乡镇", "t", 3, 900, "2025", "user"
)


def _is_safe(html: str) -> bool:
    return BAD not in html and ESCAPED in html


def test_a_report_grows_with_the_events() -> None:
    view = DraftView("总结")
    view.take(SectionStarted(0, 2, "work", "矛盾化解"))
    view.take(SectionText("work", "排查"))
    view.take(SectionText("work", "42件"))
    html = draft_view.report_html(view)
    assert "一、矛盾化解" in html
    assert '<p class="caret">排查42件</p>' in html
    assert view.told == "正在写第 1/2 部分：矛盾化解"
    assert view.share == 0.0
    view.take(SectionDone(0, 2, DraftSection("work", "化解矛盾", "排查42件。")))
    html = draft_view.report_html(view)
    assert "一、化解矛盾" in html
    assert "caret" not in html
    assert view.share == 0.5


def test_a_section_begun_anew_drops_its_preview() -> None:
    view = DraftView("总结")
    view.take(SectionStarted(0, 1, "work", "矛盾化解"))
    view.take(SectionText("work", "旧的"))
    view.take(SectionStarted(0, 1, "work", "矛盾化解"))
    assert "旧的" not in draft_view.report_html(view)


def test_drafts_and_sources_are_escaped() -> None:
    assert _is_safe(draft_view.draft_html(DRAFT))
    facts = (Fact("F1", f"排查42件{BAD}"),)
    html = draft_view.sources_html(DRAFT.sections, facts, {"P1": f"排查若干{BAD}"})
    assert _is_safe(html)
    assert html.count(ESCAPED) == 4
    assert "没有这一部分的要点" in html
    view = DraftView(f"总结{BAD}")
    view.take(SectionDone(0, 1, SECTION))
    assert _is_safe(draft_view.report_html(view))


def test_the_finished_draft_shows_headings_marks_and_ending() -> None:
    html = draft_view.draft_html(DRAFT)
    assert f"<h3>一、矛盾化解{ESCAPED}</h3>" in html
    assert '<span class="todo">【待补充：问题】</span>' in html
    assert '<p class="ending">2025年12月1日</p>' in html
    told = draft_view.told_of(DRAFT, 2)
    assert told == "写完 2 个部分 · 要点用了 1/2 条 · 没有出处的数字 0 个 · 待补充 1 处"


def test_ordinals_go_beyond_ten() -> None:
    assert [draft_view.ordinal(n) for n in (1, 10, 11, 20, 21)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
    ]


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
    assert "<script>" not in draft_view.findings_html(result, document.text)
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
    summary = AddSummary(taken=(RECORD,), skipped=(Skipped(f"{BAD}.txt", "空文件"),))
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
