"""Real clicks through the tab 审阅 in Chromium: five drafts to annotated Word and a workbook."""

import io
import json
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from openpyxl import load_workbook

from app.review.originals import Originals
from app.review.store import ReviewStore
from tests.formats.docx.word_files import commented
from tests.services.drafts import draft, own_paragraph, put
from tests.web.conftest import Watched, free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

COPIED = own_paragraph(6)
BAD = "完善XX工作机制，另有排查42件，化解45件。"


def _word(path: Path, text: str) -> Path:
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(str(path))
    return path


def _five(folder: Path) -> list[Path]:
    """Two Word files, two texts that share a paragraph, and one in an archive."""
    with zipfile.ZipFile(folder / "补报.zip", "w") as archive:
        archive.writestr("白鹭镇.txt", draft(4, cases=12_600))
    return [
        _word(folder / "云渡镇.docx", draft(0, BAD)),
        _word(folder / "石桥镇.docx", draft(2)),
        put(folder, "柏泉镇.txt", draft(1, COPIED)),
        put(folder, "青溪镇.txt", draft(3, COPIED)),
        folder / "补报.zip",
    ]


def _upload(page: "Page", files: list[Path], count: int) -> None:
    page.get_by_role("tab", name="审阅", exact=True).click()
    page.set_input_files("#review-file input[type=file]", files)
    page.wait_for_selector(f"#review-overview :text('共 {count} 份')", timeout=60_000)
    page.wait_for_selector(f"#review-table tbody tr:nth-child({count})")


def _open(page: "Page", unit: str) -> None:
    page.get_by_role("tab", name="汇总表", exact=True).click()
    page.locator("#review-table button.name", has_text=unit).click()
    page.wait_for_selector(f"#review-summary :text('{unit}')")


def _download(page: "Page", button: str) -> bytes:
    with page.expect_download(timeout=60_000) as waiting:
        page.click(f"#{button}")
    return waiting.value.path().read_bytes()


def test_what_an_upload_told_goes_when_a_draft_is_opened(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"PK\x03\x04 no archive")
    _upload(page, [put(tmp_path, "柏泉镇.txt", draft(1)), bad], 1)
    page.wait_for_selector("#review-status .notice.error")
    page.locator("#review-table button.name").first.click()
    page.wait_for_selector("#review-status .notice", state="detached")
    watched.require_clean()


def test_five_drafts_become_annotated_word_files_and_a_workbook(
    watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    _upload(page, _five(tmp_path), 5)
    assert "收到 5 份" in page.inner_text("#review-status")
    marks = page.locator("#review-table tr", has_text="云渡镇").locator(".dot.missing")
    assert marks.count() >= 1
    assert "缺少" in (marks.first.get_attribute("title") or "")
    with zipfile.ZipFile(io.BytesIO(_download(page, "review-word"))) as archive:
        assert set(archive.namelist()) == {
            "批注/云渡镇.docx", "批注/石桥镇.docx", "批注/柏泉镇.docx", "批注/青溪镇.docx",
            "批注/补报/白鹭镇.docx",
        }  # fmt: skip
        assert {"XX", "42件，化解45件"} <= set(commented(archive.read("批注/云渡镇.docx")).values())
    book = load_workbook(io.BytesIO(_download(page, "review-xlsx")))
    assert book.sheetnames == ["汇总", "发现", "雷同", "指标"]
    assert book["汇总"].max_row == 6
    assert b"<svg" in _download(page, "review-html")
    data = json.loads(_download(page, "review-json"))
    assert len(data["cohort"]["pairs"]) == 1
    assert json.loads(_download(page, "review-sarif"))["version"] == "2.1.0"
    watched.require_clean()


def test_the_table_sorts_and_filters(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    _upload(page, _five(tmp_path), 5)
    names = page.locator("#review-table button.name")
    page.get_by_role("button", name="错误", exact=True).click()
    assert "云渡镇" in names.first.inner_text()
    assert page.locator("#review-table th[aria-sort=descending]").inner_text().startswith("错误")
    page.get_by_role("button", name="错误", exact=True).click()
    assert "云渡镇" in names.last.inner_text()
    page.fill("#review-words textarea, #review-words input", "柏泉")
    page.wait_for_function("document.querySelectorAll('#review-table tbody tr').length == 1")
    page.fill("#review-words textarea, #review-words input", "没有这个单位")
    page.wait_for_selector("#review-table :text('没有符合条件的文稿')")
    watched.require_clean()


def test_verdicts_are_given_kept_and_taken_into_account(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    _upload(page, _five(tmp_path), 5)
    _open(page, "云渡镇")
    assert "XX" in page.locator("#review-paper mark").first.inner_text()
    page.fill("#review-by textarea, #review-by input", "王审")
    entry = page.locator("#review-list li", has_text="PH01")
    entry.get_by_role("button", name="豁免").click()
    assert entry.locator("input.wanted").count() == 1  # no reason yet
    entry.locator("input.reason").fill("专班名称未定")
    entry.get_by_role("button", name="豁免").click()
    page.wait_for_selector("#review-list li.settled :text('豁免：专班名称未定（王审')")
    page.locator("#review-list li", has_text="NU02").get_by_role("button", name="属实").click()
    page.wait_for_selector("#review-list .tag.confirmed")
    page.get_by_role("tab", name="汇总表", exact=True).click()
    page.wait_for_selector("#review-overview :text('已判 2/')")
    with zipfile.ZipFile(io.BytesIO(_download(page, "review-word"))) as archive:
        marked = set(commented(archive.read("批注/云渡镇.docx")).values())
    assert "XX" not in marked
    assert "42件，化解45件" in marked
    # handed in again, mended: the verdict stands, and what changed is told
    _word(
        tmp_path / "云渡镇.docx", draft(0, BAD, "共接待来访135人次，其中个访58人次，集访67人次。")
    )
    page.set_input_files("#review-file input[type=file]", tmp_path / "云渡镇.docx")
    page.wait_for_selector("#review-table :text('新 1，消 0')", timeout=60_000)
    _open(page, "云渡镇")
    assert "豁免：专班名称未定" in page.inner_text("#review-list")
    assert "NU01" in page.locator("#review-list li:has(.tag.new)").inner_text()
    watched.require_clean()


def test_copies_and_figures_are_shown(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    _upload(page, _five(tmp_path), 5)
    page.get_by_role("tab", name="雷同", exact=True).click()
    page.wait_for_selector("#review-copies svg rect")
    page.locator("#review-copies svg a rect").first.click()
    page.wait_for_selector("#copies1", state="visible")
    assert COPIED[:20] in page.inner_text("#copies1")
    page.get_by_role("tab", name="指标", exact=True).click()
    page.wait_for_selector("#review-figures .far:has-text('12600件')")
    watched.require_clean()


def test_files_that_cannot_be_read_are_named_and_the_others_go_on(
    watched: Watched, tmp_path: Path
) -> None:
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04broken")
    page = watched.page
    _upload(page, [put(tmp_path, "好.txt", draft(0)), tmp_path / "坏.docx"], 1)
    told = page.inner_text("#review-status")
    assert "收到 1 份" in told
    assert "坏.docx" in told
    assert str(tmp_path.parent) not in told


def test_without_drafts_the_page_says_what_to_do(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("tab", name="审阅", exact=True).click()
    assert "一次选多份总结" in page.inner_text("#review-table")
    page.click("#review-word")
    page.wait_for_selector("#review-status .notice.error")
    assert "请先在左边上传" in page.inner_text("#review-status")
    watched.require_clean()


def test_two_visitors_have_drafts_of_their_own(watched: Watched, tmp_path: Path) -> None:
    _upload(watched.page, [put(tmp_path, "a.txt", draft(0, BAD))], 1)
    other = watched.page.context.browser
    assert other is not None
    context = other.new_context()
    page = context.new_page()
    page.goto(watched.page.url)
    page.get_by_role("tab", name="审阅", exact=True).click()
    page.wait_for_timeout(500)
    assert "还没有文稿" in page.inner_text("#review-overview")
    assert "云渡镇" not in page.inner_text("#review-table")
    context.close()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_nothing_overflows_the_window(
    watched: Watched, tmp_path: Path, width: int, height: int
) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": height})
    _upload(page, _five(tmp_path), 5)
    for name in ("逐份审阅", "雷同", "指标"):
        page.get_by_role("tab", name=name, exact=True).click()
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    _open(page, "云渡镇")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def own_server(tmp_path: Path) -> tuple[Path, int]:
    return tmp_path / "home", free_port()


@pytest.mark.slow
def test_a_killed_server_loses_no_draft_and_no_verdict(
    browser: "Browser", own_server: tuple[Path, int], tmp_path: Path
) -> None:
    home, port = own_server
    process = start_web(home, port)
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    try:
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#draft-facts textarea")
        _upload(page, [put(tmp_path, "云渡镇.txt", draft(0, BAD))], 1)
        _open(page, "云渡镇")
        page.locator("#review-list li", has_text="PH01").get_by_role("button", name="误报").click()
        page.wait_for_selector("#review-list li.settled")
        process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
        process = start_web(home, port)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#draft-facts textarea")
        page.get_by_role("tab", name="审阅", exact=True).click()
        page.wait_for_selector("#review-overview :text('共 1 份')")
        _open(page, "云渡镇")
        assert "误报" in page.locator("#review-list li.settled .tag").inner_text()
        page.click("#review-clear")
        page.wait_for_selector("#review-status :text('再点一次就删除')")
        page.wait_for_selector("#review-clear:has-text('再点一次')")
        page.click("#review-clear")
        page.wait_for_selector("#review-status :text('已从本机删除')")
    finally:
        context.close()
        stop_web(process)
    kept = ReviewStore(home / "review")  # the original goes an hour after it was cleared
    kept.originals = Originals(kept.originals.folder, lambda: time.time() + 3700)
    assert kept.collect() == 1
