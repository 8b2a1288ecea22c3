"""HTML of the tab 审阅: everything that comes from a draft or a reviewer is text."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.finding import PartStatus, Severity
from app.core.verdict import Verdict
from app.review.service import ReviewService
from app.review.store import Submission, SubmissionRow
from app.services.apart import Apart
from app.settings import Settings
from app.web.pages.review import view as review_view
from tests.services.drafts import draft, put

HOSTILE = "<img src=x onerror=alert(1)>${alert(2)}{{value}}"
ROW = SubmissionRow(
    number=7,
    draft="unit:x:2025",
    path="云渡镇.docx",
    unit="临溪县云渡镇人民政府",
    year=2025,
    profile="乡镇",
    chars=900,
    at="2025-12-20T09:30:00+08:00",
    parts={"work": PartStatus.PRESENT, "problems": PartStatus.MISSING},
    counts={Severity.ERROR: 2, Severity.WARNING: 1, Severity.INFO: 0},
    judged=1,
    found=3,
)


@pytest.fixture
def opened(tmp_path: Path, apart: Apart) -> Submission:
    desk = ReviewService(Settings(tmp_path / "home"), apart)
    batch = desk.store.new_batch()
    name = "<img src=x onerror=alert(1)>.txt"
    desk.take(batch, [put(tmp_path, name, draft(0, f"完善XX机制{HOSTILE}。"))])
    submission = desk.open(batch, desk.rows(batch)[0].number)
    mark = submission.result.findings[0].fingerprint
    desk.judge(submission, mark, Verdict.WAIVED, reason=HOSTILE + '" autofocus="', by=HOSTILE)
    return desk.open(batch, submission.row.number)


def test_nothing_of_a_draft_or_a_verdict_becomes_markup(opened: Submission) -> None:
    shown = [
        review_view.table_html([opened.row], 1),
        review_view.summary_html(opened),
        review_view.text_html(opened),
        review_view.list_html(opened),
    ]
    for html in shown:
        assert "<img" not in html
        assert '" autofocus="' not in html
    assert "&lt;img src=x" in shown[3]


def test_a_row_tells_counts_parts_and_opens_its_draft() -> None:
    html = review_view.table_html([ROW], 1)
    assert 'data-open="7"' in html
    assert '<span class="count error">2</span>' in html
    assert "1/3" in html
    assert "首次" in html
    changed = replace(ROW, new=1, gone=2)
    assert "新 1，消 2" in review_view.table_html([changed], 1)
    assert "无变化" in review_view.table_html([replace(ROW, new=0, gone=0)], 1)


@pytest.mark.parametrize(
    ("words", "wanted", "is_there"),
    [
        ("", "all", True),
        ("云渡 2025", "all", True),
        ("docx", "error", True),
        ("柏泉", "all", False),
        ("", "open", True),
        ("", "changed", False),
        ("", "missing", True),
    ],
)
def test_rows_are_filtered_by_words_and_by_kind(words: str, wanted: str, is_there: bool) -> None:
    row = replace(ROW, parts={"problems": PartStatus.MISSING})
    assert bool(review_view.matching([row], words, wanted)) is is_there


def test_empty_states_say_what_to_do() -> None:
    assert "上传" in review_view.table_html([], 0)
    assert "筛选" in review_view.table_html([], 3)


def test_the_list_offers_verdicts_and_a_way_back(opened: Submission) -> None:
    html = review_view.list_html(opened)
    assert html.count('aria-pressed="true"') == 1
    assert html.count('data-verdict="open"') == 1
    assert html.count('data-verdict="confirmed"') == len(opened.result.findings)
