"""Real clicks through the page in Chromium."""

import json
import time
from pathlib import Path

import docx
import pytest

from tests.web.conftest import Watched, latin_letters

pytestmark = pytest.mark.browser

FACTS = """单位：临溪县云渡镇
年度：2025
类型：乡镇

- 全年排查矛盾纠纷192件，化解188件
- 检查企业246家次，发现隐患337处，整改333处
- 存在问题：河东社区停车场旺季车位不够
- 下一步：增设临时停车点2处
"""
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>${alert(3)}{{value}}"


def _open(watched: Watched, name: str) -> None:
    watched.page.get_by_role("tab", name=name, exact=True).click()


def _draft(watched: Watched, facts: str) -> None:
    watched.page.fill("#draft-facts textarea", facts)
    watched.page.click("#draft-run")
    watched.page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)


def test_page_loads_in_chinese_and_asks_nobody_else(watched: Watched) -> None:
    page = watched.page
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.title() == "平安建设工作总结 · 起草与核查"
    for name in ("起草", "核查", "知识库"):
        _open(watched, name)
        page.wait_for_timeout(300)
        words = set(latin_letters(page.inner_text("body")))
        assert words <= {
            *("txt", "md", "csv", "tsv", "zip", "Word", "WPS", "Excel", "PDF", "JSON", "Markdown")
        }
    spoken = page.evaluate(
        "[...document.querySelectorAll('[aria-label]')].map(e => e.getAttribute('aria-label'))"
    )
    assert latin_letters(" ".join(spoken)) == []
    watched.require_clean()


def test_facts_become_a_word_file(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    page.fill("#draft-facts textarea", FACTS)
    page.click("#draft-take")
    page.wait_for_function("document.querySelector('#draft-unit input').value == '临溪县云渡镇'")
    page.click("#draft-run")
    page.wait_for_selector("#draft-paper .report h3", timeout=60_000)
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)
    paper = page.inner_text("#draft-paper")
    for figure in ("192件", "188件", "246家次", "337处", "333处"):
        assert figure in paper
    assert "没有出处的 0 处" in page.inner_text("#draft-status")
    page.click("#side-sources")
    assert "排查矛盾纠纷192件" in page.inner_text("#desk-side-body")
    with page.expect_download() as waiting:
        page.click("#draft-word")
        page.locator("dialog").get_by_role("button", name="仍要下载").click()
    waiting.value.save_as(tmp_path / "a.docx")
    assert waiting.value.suggested_filename == "临溪县云渡镇2025年平安建设工作总结.docx"
    texts = [p.text for p in docx.Document(str(tmp_path / "a.docx")).paragraphs]
    assert texts[0] == "临溪县云渡镇2025年平安建设工作总结"
    assert any("192件" in text for text in texts)
    with page.expect_download() as waiting:
        page.click("#draft-markdown")
    assert waiting.value.path().read_text(encoding="utf-8").startswith("# 临溪县云渡镇2025年")
    watched.require_clean()


def test_an_example_fills_the_form_and_can_be_drafted(watched: Watched) -> None:
    page = watched.page
    page.click("#draft-example summary")
    page.get_by_role("button", name="国企", exact=True).click()
    page.wait_for_selector("#desk-table tr[data-row='10']")
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)
    told = page.inner_text("#draft-status")
    used, total = told.partition("要点用了 ")[2].partition(" 条")[0].split("/")
    assert used == total
    watched.require_clean()


def test_an_uploaded_sheet_fills_the_form(watched: Watched, tmp_path: Path) -> None:
    document = docx.Document()
    for line in FACTS.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "要点.docx"))
    page = watched.page
    page.set_input_files("#draft-upload input[type=file]", tmp_path / "要点.docx")
    page.wait_for_selector("#desk-table tr[data-row='3']")
    assert page.locator(".fact-text").nth(3).input_value() == "下一步：增设临时停车点2处"
    assert page.input_value("#draft-unit input") == "临溪县云渡镇"
    assert page.input_value("#draft-year input") == "2025"


def test_a_draft_without_facts_says_what_to_do(watched: Watched) -> None:
    watched.page.click("#draft-run")
    watched.page.wait_for_selector("#draft-notice .notice.error")
    assert "还没有要点" in watched.page.inner_text("#draft-notice")
    _open(watched, "核查")
    watched.page.click("#check-run")
    watched.page.wait_for_selector("#check-status .notice.error")
    assert "没有可核查的文字" in watched.page.inner_text("#check-status")


def test_the_page_does_not_jump_while_streaming(watched: Watched) -> None:
    page = watched.page
    page.click("#step-report")
    box = page.locator("#draft-paper").bounding_box()
    buttons = page.locator("#draft-word").bounding_box()
    page.click("#step-facts")
    _draft(watched, FACTS)
    assert page.locator("#draft-paper").bounding_box() == box
    assert page.locator("#draft-word").bounding_box() == buttons


def _bad_word_file(path: Path) -> None:
    document = docx.Document()
    for line in (
        "临溪县云渡镇2025年平安建设工作总结",
        "一、矛盾纠纷化解",
        "全年排查矛盾纠纷42件，化解45件。完善XX工作机制。",
        "二、存在的问题",
        "停车位不够，旺季秩序还需加强，部分调解员年龄偏大，法律知识更新跟不上。",
        "临溪县云渡镇人民政府",
        "2025年12月10日",
    ):
        document.add_paragraph(line)
    document.save(str(path))


def test_a_word_file_is_checked_and_its_places_are_linked(watched: Watched, tmp_path: Path) -> None:
    _bad_word_file(tmp_path / "有错.docx")
    page = watched.page
    _open(watched, "核查")
    page.set_input_files("#check-file input[type=file]", tmp_path / "有错.docx")
    page.wait_for_selector("#check-table table")
    assert "有错.docx" in page.inner_text("#check-summary")
    assert "按“乡镇”核查" in page.inner_text("#check-summary")
    marks = page.locator("#check-paper mark.error").all_inner_texts()
    assert any("XX" in mark for mark in marks)
    assert any("化解45件" in mark for mark in marks)
    table = page.inner_text("#check-table")
    assert "PH01" in table
    assert "NU02" in table
    page.locator("#check-table td a", has_text="XX").first.click()
    anchor = page.evaluate("location.hash")
    assert page.locator(f"#check-paper {anchor}").count() == 1
    with page.expect_download() as waiting:
        page.click("#check-json")
    data = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert data["documents"][0]["path"] == "有错.docx"
    with page.expect_download() as waiting:
        page.click("#check-html")
    assert "<!DOCTYPE html>" in waiting.value.path().read_text(encoding="utf-8")
    page.click("#check-profile input")
    page.get_by_role("option", name="市级", exact=True).click()
    page.wait_for_selector("#check-summary :text('按“市级”核查')")
    watched.require_clean()


def test_pasted_text_is_checked(watched: Watched) -> None:
    page = watched.page
    _open(watched, "核查")
    _open(watched, "粘贴文字")
    page.fill("#check-text textarea", "某局2025年总结\n全年排查矛盾纠纷42件，化解45件。")
    page.click("#check-run")
    page.wait_for_selector("#check-table td:has-text('NU02')")
    watched.require_clean()


def test_an_added_report_is_found_and_can_be_read(watched: Watched, tmp_path: Path) -> None:
    text = (
        "澄溪县白鹭镇2024年平安建设工作总结\n"
        "一、水上安全\n"
        "镇里组织渔政、海事和村干部联合开展渡船救生衣夜查行动，逐船登记，逐人签字，"
        "对不按规定穿戴救生衣的当场劝返，全年没有发生水上事故。\n"
        "二、存在的问题\n"
        "沿江村夜间巡查力量还不足，部分渡口照明需要改善。\n"
        "澄溪县白鹭镇平安办\n2024年12月10日\n"
    )
    (tmp_path / "2024_白鹭镇.txt").write_text(text, encoding="utf-8")
    (tmp_path / "空.txt").write_text("", encoding="utf-8")
    page = watched.page
    _open(watched, "知识库")
    page.wait_for_selector("#kb-list table", timeout=90_000)
    page.set_input_files(
        "#kb-file input[type=file]", [tmp_path / "2024_白鹭镇.txt", tmp_path / "空.txt"]
    )
    page.wait_for_selector("#kb-status :text('跳过 1 份')", timeout=60_000)
    assert "空.txt" in page.inner_text("#kb-status")
    assert "白鹭镇" in page.inner_text("#kb-list")
    _open(watched, "搜索")
    page.fill("#kb-query textarea, #kb-query input", "渡船救生衣夜查")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kb-hits .hit")
    first = page.locator("#kb-hits .hit").first.inner_text()
    assert "白鹭镇" in first
    assert "得分" in first
    _open(watched, "阅读与更正")
    page.click("#kb-choice input")
    page.get_by_role("option", name="白鹭镇").click()
    page.wait_for_selector("#kb-report :text('救生衣夜查行动')")
    watched.require_clean()


def test_hostile_facts_and_file_names_are_shown_as_text(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    facts = FACTS.replace("云渡镇\n", f"云渡镇{HOSTILE}\n") + f"- 排查隐患5处{HOSTILE}\n"
    page.fill("#draft-facts textarea", facts)
    page.click("#draft-run")
    page.wait_for_selector(
        "#draft-notice .notice.error, #draft-status :text('写完')", timeout=60_000
    )
    name = tmp_path / "<img src=x onerror=alert(4)>.txt"
    name.write_text(f"总结{HOSTILE}\n排查42件，化解45件{HOSTILE}。\n", encoding="utf-8")
    _open(watched, "核查")
    page.set_input_files("#check-file input[type=file]", name)
    page.wait_for_selector("#check-table table")
    assert HOSTILE in page.inner_text("#check-paper")
    page.wait_for_timeout(300)
    assert page.locator("#check-paper img, #check-paper script, #draft-paper img").count() == 0
    assert "onerror" in page.inner_text("#check-summary")
    watched.require_clean()


def test_a_file_that_cannot_be_read_is_one_sentence(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04broken")
    page = watched.page
    _open(watched, "核查")
    page.set_input_files("#check-file input[type=file]", tmp_path / "坏.docx")
    page.wait_for_selector("#check-status .notice.error")
    told = page.inner_text("#check-status")
    assert "坏.docx" in told
    assert "Traceback" not in told
    assert str(tmp_path.parent) not in told


def test_files_the_page_refuses_are_refused_in_chinese(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "a.exe").write_bytes(b"MZ")
    page = watched.page
    _open(watched, "核查")
    page.set_input_files("#check-file input[type=file]", tmp_path / "a.exe")
    page.wait_for_selector(".toast-body :text('不是这里能读的文件')")
    assert "没有完成" in page.inner_text(".toast-body")


def test_two_visitors_do_not_see_each_other(watched: Watched) -> None:
    _draft(watched, FACTS)
    other = watched.page.context.browser
    assert other is not None
    context = other.new_context()
    page = context.new_page()
    page.goto(watched.page.url)
    page.wait_for_selector("#draft-facts textarea")
    assert page.input_value("#draft-facts textarea") == ""
    assert "192件" not in page.inner_text("#draft-paper")
    context.close()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_nothing_overflows_the_window(watched: Watched, width: int, height: int) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": height})
    for name in ("起草", "核查", "知识库"):
        _open(watched, name)
        if name == "核查":
            page.click("#check-sample")
            page.wait_for_selector("#check-table table")
        time.sleep(0.3)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    watched.require_clean()
