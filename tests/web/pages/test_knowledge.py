"""The tab 知识库 in Chromium: archives in, filter, reading, corrections, removal, what was used."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.knowledge.samples import report_text
from tests.web.conftest import Watched

pytestmark = pytest.mark.browser

_FACTS = """单位：临溪县云渡镇
年度：2025
类型：乡镇

- 全年排查矛盾纠纷192件，化解188件
"""


def _open(watched: Watched, name: str) -> None:
    watched.page.get_by_role("tab", name=name, exact=True).click()


def _open_shelf(watched: Watched) -> None:
    _open(watched, "知识库")
    watched.page.wait_for_selector("#kb-list table", timeout=90_000)


def _add(watched: Watched, path: Path) -> str:
    page = watched.page
    page.evaluate("document.querySelector('#kb-status .outcomes')?.setAttribute('data-old', '')")
    page.set_input_files("#kb-file input[type=file]", path)
    page.wait_for_selector("#kb-status .outcomes:not([data-old])", timeout=60_000)
    return watched.page.inner_text("#kb-status")


def _open_report(watched: Watched, unit: str) -> None:
    _open(watched, "报告清单")
    watched.page.fill("#kb-filter-text input, #kb-filter-text textarea", unit)
    watched.page.wait_for_selector("#kb-list :text('符合条件的')")
    watched.page.locator("#kb-list tr[data-id]").first.click()
    watched.page.wait_for_selector(f"#kb-facts :text('{unit}')")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("各乡镇/石桥镇.txt", report_text("澄溪县石桥镇"))
        packed.writestr("各乡镇/枫林乡.txt", report_text("澄溪县枫林乡", 2022))
        packed.writestr("图<img src=x onerror=alert(1)>.png", "x")
        packed.writestr("坏.docx", b"PK\x03\x04broken")
    path = tmp_path / "一批总结.zip"
    path.write_bytes(buffer.getvalue())
    return path


def test_an_archive_is_taken_and_each_file_is_told_of(watched: Watched, archive: Path) -> None:
    _open_shelf(watched)
    told = _add(watched, archive)
    assert "跳过 1 份" in told
    assert "读不出 1 份" in told
    assert "澄溪县石桥镇，2024年，乡镇" in told
    assert "坏.docx" in told
    assert watched.page.locator("#kb-status img").count() == 0
    _open(watched, "报告清单")
    page = watched.page
    page.click("#kb-filter-year input")
    page.get_by_role("option", name="2022年", exact=True).click()
    page.wait_for_selector("#kb-list :text('符合条件的 1 份')")
    assert "枫林乡" in page.inner_text("#kb-list")
    page.fill("#kb-filter-text input, #kb-filter-text textarea", "没有这个词")
    page.wait_for_selector("#kb-list :text('没有符合条件的总结')")
    watched.require_clean()


def test_a_report_is_read_corrected_and_removed(watched: Watched, archive: Path) -> None:
    page = watched.page
    _open_shelf(watched)
    _add(watched, archive)
    _open_report(watched, "澄溪县石桥镇")
    page.wait_for_selector("#kb-report .report")
    page.get_by_text("分段（参考时看到的样子）").click()
    page.wait_for_selector("#kb-report .pieces")
    pieces = page.inner_text("#kb-report")
    assert "安全生产与消防" in pieces
    assert "参考时只看到" in pieces
    masked = page.locator("#kb-report .masked").all_inner_texts()
    assert not any(char.isdigit() for text in masked for char in text)
    assert not any("石桥" in text for text in masked)
    page.click("#kb-correct button")
    page.wait_for_timeout(2000)  # the panel is still filling itself
    page.fill("#kb-year input, #kb-year textarea", "20x3")
    page.wait_for_timeout(500)
    page.click("#kb-save")
    page.wait_for_selector("#kb-told :text('年度“20x3”不对')", timeout=60_000)
    page.fill("#kb-year input, #kb-year textarea", "2021")
    page.click("#kb-heading input")
    page.get_by_role("option", name="调解在小", exact=True).click()
    page.click("#kb-part input")
    page.get_by_role("option", name="信访工作", exact=True).click()
    page.click("#kb-save")
    page.wait_for_selector("#kb-told :text('更正已保存')")
    assert "年度 2021（原识别为 2024）" in page.inner_text("#kb-facts")
    assert "信访工作" in page.inner_text("#kb-report")
    _add(watched, archive)  # the same file again: the correction stays
    _open_report(watched, "澄溪县石桥镇")
    page.wait_for_selector("#kb-facts :text('年度 2021')")
    page.click("#kb-restore")
    page.wait_for_selector("#kb-told :text('已恢复为识别结果')")
    assert "年度 2024" in page.inner_text("#kb-facts")
    page.click("#kb-remove")
    page.click("#kb-cancel")
    page.wait_for_selector("#kb-confirm", state="hidden")
    page.click("#kb-remove")
    page.click("#kb-confirm")
    page.wait_for_selector("#kb-told :text('已移除 澄溪县石桥镇')")
    _open(watched, "报告清单")
    assert "石桥镇" not in page.inner_text("#kb-list")
    watched.require_clean()


def test_a_search_shows_what_scores_are_made_of(watched: Watched) -> None:
    page = watched.page
    _open_shelf(watched)
    _open(watched, "搜索")
    page.fill("#kb-query textarea, #kb-query input", "消防隐患排查")
    page.click("#kb-want-part input")
    page.get_by_role("option", name="安全生产与消防", exact=True).click()
    page.click("#kb-search")
    page.wait_for_selector("#kb-hits .hit")
    why = page.locator("#kb-hits .why").first.inner_text()
    for piece in ("得分", "语义", "字词", "同一部分×"):
        assert piece in why
    watched.require_clean()


def test_what_a_draft_used_is_listed(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    _open_shelf(watched)
    _open(watched, "起草参考")
    page.click("#kb-used-last")
    page.wait_for_selector("#kb-used :text('还没有起草过')")
    _open(watched, "起草")
    page.fill("#draft-facts textarea", _FACTS)
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)
    _open(watched, "知识库")
    _open(watched, "起草参考")
    page.click("#kb-used-last")
    page.wait_for_selector("#kb-used .sources")
    saved = tmp_path / "稿.json"
    section = {"title": "矛盾<b>化解", "sentences": [{"text": "。", "passages": ["R0-0000"]}]}
    saved.write_text(json.dumps({"sections": [section]}), encoding="utf-8")
    page.set_input_files("[data-testid='选以前的起草结果-upload-button']", saved)
    page.wait_for_selector("#kb-used :text('已不在知识库里')")
    assert "矛盾<b>化解" in page.inner_text("#kb-used")
    saved = tmp_path / "别的.json"
    saved.write_text("[]", encoding="utf-8")
    page.set_input_files("[data-testid='选以前的起草结果-upload-button']", saved)
    page.wait_for_selector("#kb-used :text('不是起草结果')")
    watched.require_clean()


@pytest.mark.parametrize("width", [1366, 390])
def test_no_view_overflows_the_window(watched: Watched, archive: Path, width: int) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 800})
    _open_shelf(watched)
    _add(watched, archive)
    _open_report(watched, "澄溪县枫林乡")
    page.click("#kb-correct button")
    for name in ("报告清单", "搜索", "阅读与更正", "起草参考"):
        _open(watched, name)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    watched.require_clean()
