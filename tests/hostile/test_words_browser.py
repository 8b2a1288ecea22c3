"""Hostile words on every tab and in every page that is handed out: text, never markup."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.gating import GateStatus, TaskRun
from eval.report import CaseEvidence, DocumentScore, PlotPoint, ReportTable, Run, Section
from eval.saved import keep_runs
from tests.hostile.words import MARKDOWN, MARKUP, TURNED
from tests.services.drafts import draft
from tests.web.conftest import Watched, free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_NAME = "<img src=x onerror=alert(5)>"
_WORDS = MARKUP + MARKDOWN


def _evaluated(home: Path) -> None:
    section = Section(
        title=f"植入缺陷{_NAME}",
        tables=(ReportTable((f"规则{_NAME}", "召回率"), ((f"NU01{_WORDS}", "1.0"),)),),
        evidence=(CaseEvidence(f"漏报{_NAME}", (f"甲：NU01：⟦全年排查{_WORDS}⟧",)),),
        metrics={"mutants.recall": 1.0},
        scores=(DocumentScore("mutants.recall", _NAME, 1.0, 4.0),),
        points=(PlotPoint(f"NU01{_NAME}", 1.0, 1.0, 24),),
    )
    gate = GateStatus("mutants.recall", 0.1, 0.9, 0.9, is_ceiling=False, reason=f"不应{_WORDS}")
    run = TaskRun("check", Run(f"核查{_NAME}", {f"模型{_NAME}": _WORDS}, (section,)), (gate,))
    keep_runs(home, [run], datetime(2025, 12, 1, 9, 30, tzinfo=UTC))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("words") / "home"
    _evaluated(home)
    port = free_port()
    process = start_web(home, port)
    yield f"http://127.0.0.1:{port}/"
    stop_web(process)


@pytest.fixture
def seen(browser: "Browser", url: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    watched = Watched(context.new_page())
    watched.watch()
    watched.page.goto(url)
    watched.page.wait_for_selector("#draft-facts textarea")
    yield watched
    context.close()


def _require_text(seen: Watched, *panes: str) -> None:
    """Nothing ran, nothing was fetched, no element was made of the words."""
    page = seen.page
    page.wait_for_timeout(300)
    for pane in panes:
        made = page.locator(f"{pane} script, {pane} img[src='x'], {pane} [onerror], "
                            f"{pane} a[href^='javascript']")  # fmt: skip
        assert made.count() == 0, pane
    seen.require_clean()


def _hostile_draft(number: int) -> str:
    bad = f"完善XX机制{_WORDS}，另有排查42件，化解45件{_WORDS}{TURNED}。"
    return draft(number, bad).replace("云渡镇", f"云渡镇{_NAME}")


def _opened_alone(seen: Watched, html: Path) -> None:
    """A page that was handed out, opened from disk like a clerk would."""
    context = seen.page.context.browser.new_context()  # type: ignore[union-attr]
    alone = Watched(context.new_page())
    alone.watch()
    alone.page.goto(html.as_uri())
    alone.page.wait_for_timeout(300)
    assert "alert(1)" in alone.page.inner_text("body")
    assert alone.page.locator("img[src='x'], [onerror], a[href^='javascript']").count() == 0
    assert "alert(1)" not in " ".join(alone.page.locator("script").all_text_contents())
    assert alone.dialogs == []
    assert alone.errors == []
    assert alone.failed == []
    context.close()


def _download(page: "Page", button: str, place: Path) -> Path:
    with page.expect_download(timeout=60_000) as waiting:
        page.click(f"#{button}")
    waiting.value.save_as(place)
    return place


def test_review_desk_and_its_page(seen: Watched, tmp_path: Path) -> None:
    page = seen.page
    files = []
    for number, name in enumerate((f"{_NAME}.txt", "乙.txt")):
        path = tmp_path / name
        path.write_text(_hostile_draft(number), encoding="utf-8")
        files.append(path)
    page.get_by_role("tab", name="审阅", exact=True).click()
    page.set_input_files("#review-file input[type=file]", files)
    page.wait_for_selector("#review-overview :text('共 2 份')", timeout=60_000)
    page.wait_for_selector("#review-table tbody tr:nth-child(2)")
    page.get_by_role("tab", name="汇总表", exact=True).click()
    page.locator("#review-table button.name").first.click()
    page.wait_for_selector("#review-paper mark")
    assert "alert(1)" in page.inner_text("#review-paper")
    _require_text(seen, "#review-table", "#review-paper", "#review-summary", "#review-overview")
    page.get_by_role("tab", name="汇总表", exact=True).click()
    _opened_alone(seen, _download(page, "review-html", tmp_path / "审阅.html"))


def test_check_page_that_is_handed_out(seen: Watched, tmp_path: Path) -> None:
    page = seen.page
    path = tmp_path / f"{_NAME}.txt"
    path.write_text(_hostile_draft(0), encoding="utf-8")
    page.get_by_role("tab", name="核查", exact=True).click()
    page.set_input_files("#check-file input[type=file]", path)
    page.wait_for_selector("#check-table table")
    _require_text(seen, "#check-table", "#check-paper", "#check-summary")
    _opened_alone(seen, _download(page, "check-html", tmp_path / "核查.html"))


def test_knowledge_base(seen: Watched, tmp_path: Path) -> None:
    page = seen.page
    path = tmp_path / f"2024{_NAME}.txt"
    text = _hostile_draft(0).replace("排查42件", f"渡船救生衣夜查{_WORDS}")
    path.write_text(text, encoding="utf-8")
    page.get_by_role("tab", name="知识库", exact=True).click()
    page.wait_for_selector("#kb-list table", timeout=90_000)
    page.set_input_files("#kb-file input[type=file]", path)
    page.wait_for_function("document.querySelector('#kb-status').innerText.includes('份')")
    page.get_by_role("tab", name="搜索", exact=True).click()
    page.fill("#kb-query textarea, #kb-query input", f"渡船救生衣夜查{_WORDS}")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kb-hits .hit")
    _require_text(seen, "#kb-list", "#kb-status", "#kb-hits")


def test_evaluation(seen: Watched) -> None:
    page = seen.page
    page.get_by_role("tab", name="评测", exact=True).click()
    page.wait_for_selector("#eval-run .verdict")
    assert "alert(1)" in page.inner_text("#eval-run")
    _require_text(seen, "#eval-run")


def test_a_draft_of_hostile_facts(seen: Watched) -> None:
    page = seen.page
    facts = f"单位：临溪县云渡镇\n年度：2025\n- 排查隐患5处{_WORDS}\n- 消防演练6场{TURNED}\n"
    page.fill("#draft-facts textarea", facts)
    page.click("#draft-run")
    page.wait_for_selector(
        "#draft-notice .notice.error, #draft-status :text('写完')", timeout=60_000
    )
    _require_text(seen, "#draft-paper", "#draft-sources", "#draft-status", "#draft-notice")
