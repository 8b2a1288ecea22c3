"""The tab 核查 with last year's report, a fact sheet and the unit's word list, in Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import resources
from app.services.lexicon import FILE_NAME
from tests.web.conftest import Watched, free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PREVIOUS = resources.reports_dir() / "2023_临溪县云渡镇.txt"
CURRENT = resources.reports_dir() / "2024_临溪县云渡镇.txt"
FACTS = "单位：临溪县云渡镇\n年度：2024\n\n- 全年受理群众来访38批67人次\n"
REPORT = """临溪县云渡镇2024年平安建设工作总结
一、矛盾化解
全年受理群众来访36批67人次。组织云渡XX讲堂12次，化减矛盾3件。
临溪县云渡镇人民政府
2024年12月10日
"""


def _open(watched: Watched) -> None:
    watched.page.get_by_role("tab", name="核查", exact=True).click()


def _check(watched: Watched, text: str) -> None:
    watched.page.get_by_role("tab", name="粘贴文字", exact=True).click()
    watched.page.fill("#check-text textarea", text)
    watched.page.click("#check-run")
    watched.page.wait_for_selector("#check-table table")


def _put(watched: Watched, box: str, path: Path) -> None:
    watched.page.set_input_files(f"[data-testid='{box}-upload-button']", path)


def test_a_reload_shows_the_last_check_again_and_another_tab_does_not(watched: Watched) -> None:
    page = watched.page
    _open(watched)
    page.set_input_files("#check-file input[type=file]", CURRENT)
    page.wait_for_selector("#check-table .grid, #check-table .notice.ok")
    page.click("#check-beside button")
    _put(watched, "去年总结", PREVIOUS)
    page.wait_for_selector("#check-table .ledger tr.kept")
    shown = [page.inner_text(f"#check-{part}") for part in ("summary", "paper", "table")]
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector("#draft-facts textarea")
    _open(watched)
    page.wait_for_selector("#check-table .ledger tr.kept")
    assert [page.inner_text(f"#check-{part}") for part in ("summary", "paper", "table")] == shown
    page.wait_for_function("!document.querySelector('#check-json').disabled")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("tab", name="核查", exact=True).click()
    other.wait_for_selector("#check-summary :text('还没有核查')")
    other.wait_for_timeout(1500)
    assert CURRENT.name not in other.inner_text("body")
    watched.require_clean()


def test_no_old_result_stands_beside_a_new_files_error(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    _open(watched)
    _check(watched, REPORT)
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04 no archive")
    page.set_input_files("#check-file input[type=file]", tmp_path / "坏.docx")
    page.wait_for_selector("#check-status .notice.error")
    assert "坏.docx" in page.inner_text("#check-status")
    assert "还没有核查" in page.inner_text("#check-summary")
    assert page.locator("#check-table table, #check-paper mark").count() == 0
    assert page.is_disabled("#check-json")
    page.wait_for_timeout(500)
    page.reload()  # and the one before does not come back
    page.wait_for_selector("#draft-facts textarea")
    _open(watched)
    page.wait_for_timeout(1500)
    assert page.locator("#check-table table").count() == 0
    watched.require_clean()


def test_a_file_to_compare_with_that_cannot_be_read_leaves_the_result_and_says_so(
    watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    _open(watched)
    _check(watched, REPORT)
    (tmp_path / "去年.docx").write_bytes(b"PK\x03\x04 no archive")
    page.click("#check-beside button")
    _put(watched, "去年总结", tmp_path / "去年.docx")
    page.wait_for_selector("#check-status .notice.error")
    told = page.inner_text("#check-status")
    assert "去年.docx" in told
    assert "没有拿它来对照，下面的核查结果和原来一样" in told
    assert page.locator("#check-table table").count() == 1


def test_last_years_report_adds_the_ledger_and_can_be_taken_away(watched: Watched) -> None:
    page = watched.page
    _open(watched)
    page.set_input_files("#check-file input[type=file]", CURRENT)
    page.wait_for_selector("#check-table .grid, #check-table .notice.ok")
    assert page.locator("#check-table .ledger").count() == 0
    page.click("#check-beside button")
    _put(watched, "去年总结", PREVIOUS)
    page.wait_for_selector("#check-table .ledger tr.kept")
    assert "去年数对照" in page.inner_text("#check-table")
    assert f"去年总结：{PREVIOUS.name}" in page.inner_text("#check-beside-shown")
    page.click("#check-beside-clear")
    page.wait_for_selector("#check-table .ledger", state="detached")
    assert PREVIOUS.name not in page.inner_text("#check-beside-shown")
    watched.require_clean()


def test_a_fact_sheet_given_first_is_used_for_the_next_report(
    watched: Watched, tmp_path: Path
) -> None:
    sheet = tmp_path / "要点.txt"
    sheet.write_text(FACTS, encoding="utf-8")
    page = watched.page
    _open(watched)
    page.click("#check-beside button")
    _put(watched, "要点表", sheet)
    page.wait_for_selector("#check-beside-shown :text('要点表：要点.txt')")
    _check(watched, REPORT)
    assert "SO0" in page.inner_text("#check-table")
    watched.require_clean()


def test_a_file_that_cannot_be_read_is_named_and_the_rest_stays(
    watched: Watched, tmp_path: Path
) -> None:
    wrong = tmp_path / "坏.docx"
    wrong.write_bytes(b"PK\x03\x04" + b"\0" * 60)
    page = watched.page
    _open(watched)
    _check(watched, REPORT)
    page.click("#check-beside button")
    _put(watched, "去年总结", wrong)
    page.wait_for_selector("#check-status .notice.error")
    assert "坏.docx" in page.inner_text("#check-status")
    assert page.locator("#check-table table.grid").count() == 1


@pytest.fixture
def own(browser: "Browser", tmp_path: Path) -> Iterator[Watched]:
    """A page over a home of its own, in which a word list may be kept."""
    port = free_port()
    process = start_web(tmp_path / "home", port)
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    seen = Watched(context.new_page())
    seen.watch()
    seen.page.goto(f"http://127.0.0.1:{port}/")
    seen.page.wait_for_selector("#draft-facts textarea")
    yield seen
    context.close()
    stop_web(process)


def test_the_word_list_is_kept_and_used_at_once(own: Watched, tmp_path: Path) -> None:
    page = own.page
    _open(own)
    _check(own, REPORT)
    assert "PH01" in page.inner_text("#check-table")
    page.click("#check-lexicon button")
    box = "#check-lexicon-text textarea"
    page.wait_for_function(f"document.querySelector('{box}')?.value.includes('【固定说法】')")
    page.fill(box, "【固定用语】\n云渡XX讲堂")
    page.click("#check-lexicon-save")
    page.wait_for_selector("#check-lexicon-status .notice.error")
    assert "第1行" in page.inner_text("#check-lexicon-status")
    assert not (tmp_path / "home" / FILE_NAME).exists()
    page.fill(box, "【固定说法】\n云渡XX讲堂\n【错别字】\n化减 = 化解")
    page.click("#check-lexicon-save")
    page.wait_for_selector("#check-lexicon-status .notice.ok")
    page.wait_for_selector("#check-table .suppressed")
    table = page.inner_text("#check-table")
    assert "PH01" not in table.replace(page.inner_text("#check-table .suppressed"), "")
    assert "建议改为：化解" in table
    assert (tmp_path / "home" / FILE_NAME).read_text(encoding="utf-8").startswith("【固定说法】")
    own.require_clean()
