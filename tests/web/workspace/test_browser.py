"""Real clicks at the writers' desk in Chromium."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from openpyxl import load_workbook

from tests.web.auth.office import PASSWORDS, add_everyone
from tests.web.conftest import Watched, free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.browser

FACTS = """单位：临溪县云渡镇
年度：2025
类型：乡镇
日期：2025年12月18日

- 全年排查矛盾纠纷192件，化解188件
- 检查企业246家次，发现隐患337处，整改333处
- 举办法治讲座33场，发放宣传资料近1万份
- 存在问题：河东社区停车场旺季车位不够
- 下一步：增设临时停车点2处
"""


def _take(page: "Page", facts: str = FACTS) -> None:
    page.fill("#draft-facts textarea", facts)
    page.click("#draft-take")
    page.wait_for_selector("#desk-table tr[data-row='4']")


def _draft(page: "Page", facts: str = FACTS) -> None:
    _take(page, facts)
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)


def _saved(page: "Page") -> None:
    page.wait_for_selector("#desk-saved:has-text('已自动保存')")


def _section(page: "Page", key: str) -> "Locator":
    return page.locator(f"section[data-key={key}]")


def _edit(page: "Page", key: str, more: str) -> None:
    section = _section(page, key)
    section.get_by_role("button", name="编辑").click()
    section.locator("textarea").press("Control+End")
    section.locator("textarea").press_sequentially(more)
    page.wait_for_timeout(800)
    _saved(page)


def _more(page: "Page", key: str, name: str) -> None:
    _section(page, key).locator("summary", has_text="更多").click()
    _section(page, key).get_by_role("button", name=name, exact=True).click()


def test_pasted_facts_become_a_table_with_figures_and_parts(watched: Watched) -> None:
    page = watched.page
    _take(page, FACTS + "- 全年排查矛盾纠纷195件\n")
    first = page.locator("#desk-table tr[data-row='0']")
    assert first.locator(".figure").all_inner_texts() == ["192件", "188件"]
    assert "化解" in first.locator("select option").first.inner_text()
    told = page.inner_text("#desk-contradictions")
    assert "192件" in told
    assert "195件" in told
    page.get_by_role("button", name="F6", exact=True).click()
    assert page.evaluate("document.activeElement.value") == "全年排查矛盾纠纷195件"
    page.get_by_role("button", name="删掉要点 6").click()
    page.wait_for_function("!document.querySelector('#desk-contradictions ul')")
    page.get_by_role("button", name="撤销").click()
    page.wait_for_selector("#desk-contradictions ul")
    page.locator(".fact-text").nth(5).fill("组织消防演练11场")
    page.wait_for_selector("#desk-table tr[data-row='5'] .figure:has-text('11场')")
    page.locator("#desk-table tr[data-row='2'] select").select_option("-")
    _saved(page)
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)
    paper = page.inner_text("#draft-paper")
    assert "11场" in paper
    assert "33场" not in paper
    watched.require_clean()


def test_a_section_is_edited_checked_fixed_and_taken_back(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    _edit(page, "disputes", "另外，，排查了99999件。")
    page.wait_for_selector("#desk-side .finding:has-text('99999件')")
    page.wait_for_selector("#desk-side .finding:has-text('LA02')")
    page.locator("#desk-side .finding", has_text="99999件").first.click()
    chosen = page.evaluate(
        "(() => { const t = document.activeElement;"
        " return t.value.slice(t.selectionStart, t.selectionEnd); })()"
    )
    assert "99999件" in chosen
    box = _section(page, "disputes").locator("textarea").bounding_box()
    pane = page.locator("#draft-paper").bounding_box()
    assert box is not None
    assert pane is not None
    assert pane["y"] < box["y"] + box["height"] < pane["y"] + pane["height"]
    page.locator("#desk-side li", has_text="LA02").locator(".fix-button").click()
    page.wait_for_function(
        "!document.querySelector('section[data-key=disputes] textarea').value.includes('，，')"
    )
    page.keyboard.press("Escape")
    _section(page, "disputes").get_by_role("button", name="完成").wait_for(state="detached")
    assert "没有出处的 1 处" in page.inner_text("#draft-status")
    assert "99999件" in _section(page, "disputes").locator("mark.nofact").inner_text()
    page.locator("#desk-side .finding", has_text="99999件").first.click()
    assert "99999件" in page.evaluate("getSelection().toString()")
    _more(page, "disputes", "看版本（3）")
    page.wait_for_selector("#desk-side .versions li:nth-child(3)")
    assert "采纳核查意见" in page.inner_text("#desk-side .versions li:nth-child(1)")
    last = page.locator("#desk-side .versions li").nth(2)
    last.locator("summary").click()
    assert "99999件" in last.locator(".new mark").inner_text()
    last.get_by_role("button", name="恢复这一版").click()
    page.wait_for_selector("#draft-status :text('没有出处的 0 处')")
    assert "99999件" not in _section(page, "disputes").inner_text()
    watched.require_clean()


def test_sentences_tell_their_facts_to_mouse_and_keyboard(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    sentence = _section(page, "disputes").locator(".sentence.held").first
    sentence.hover()
    page.wait_for_selector("#desk-tip:not([hidden])")
    assert "排查矛盾纠纷192件" in page.inner_text("#desk-tip")
    page.mouse.move(5, 5)
    page.wait_for_selector("#desk-tip", state="hidden")
    text = _section(page, "disputes").locator(".text")
    text.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        if "192件" in page.inner_text("#desk-tip"):
            break
    assert "F1" in page.inner_text("#desk-tip")
    page.keyboard.press("Enter")
    page.wait_for_selector("section[data-key=disputes] textarea.editor")
    watched.require_clean()


def test_rewriting_locking_and_the_outline(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    before = _section(page, "disputes").locator(".text").inner_text()
    _section(page, "disputes").locator("summary", has_text="改写").click()
    _section(page, "disputes").get_by_role("button", name="更充实").click()
    page.wait_for_function(
        "n => document.querySelector('section[data-key=disputes] .text').innerText.length > n",
        arg=len(before),
    )
    fuller = _section(page, "disputes").locator(".text").inner_text()
    _section(page, "disputes").get_by_role("button", name="锁定").click()
    page.wait_for_selector("section[data-key=disputes].locked")
    assert _section(page, "disputes").get_by_role("button", name="编辑").is_disabled()
    _more(page, "plans", "上移")
    page.wait_for_function(
        "[...document.querySelectorAll('section[data-key]')].at(-1).dataset.key == 'problems'"
    )
    _more(page, "disputes", "改标题")
    page.fill("dialog input", "化解矛盾纠纷")
    page.keyboard.press("Enter")
    page.wait_for_selector("section[data-key=disputes] h3:has-text('化解矛盾纠纷')")
    _more(page, "disputes", "在后面添一部分")
    page.fill("dialog input", "特色工作")
    page.keyboard.press("Enter")
    page.wait_for_selector("section[data-key=own-1]")
    _edit(page, "own-1", "打造“河畔议事”品牌。")
    page.keyboard.press("Escape")
    _more(page, "plans", "不要这一部分")
    page.locator("dialog").get_by_role("button", name="连同 1 条要点一起不写").click()
    page.wait_for_selector("section[data-key=plans]", state="detached")
    select = page.locator("tr[data-row='4'] select")
    assert "一起不写" in str(select.evaluate("one => one.selectedOptions[0].text"))
    page.get_by_role("button", name="恢复“").click()
    page.wait_for_selector("section[data-key=plans]")
    assert select.input_value() == "plans"
    _more(page, "plans", "不要这一部分")
    page.locator("dialog").get_by_role("button", name="取消").click()
    _more(page, "plans", "不要这一部分")
    page.locator("dialog").get_by_role("button", name="要点留下，改写在别的部分").click()
    page.wait_for_selector("[data-note=paper] :text('要点F5写在“')")
    assert page.locator("section[data-key=plans]").count() == 0
    page.get_by_role("button", name="恢复“").click()
    page.wait_for_selector("section[data-key=plans]")
    _saved(page)
    page.click("#step-facts")
    page.click("#draft-run")
    page.wait_for_selector("#draft-stop", state="hidden")
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)
    assert _section(page, "disputes").locator(".text").inner_text() == fuller
    watched.require_clean()


def _download(page: "Page", button: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(f"#{button}")
        if "word" in button:  # a draft of five facts lacks some parts
            page.locator("dialog").get_by_role("button", name="仍要下载").click()
    return waiting.value.path().read_bytes()


def test_every_form_can_be_taken_away(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    page.locator("#desk-title textarea").fill("临溪县云渡镇2025年度平安建设工作总结")
    page.wait_for_timeout(700)
    _saved(page)
    word = docx.Document(io.BytesIO(_download(page, "draft-word")))
    texts = [p.text for p in word.paragraphs]
    assert texts[0] == "临溪县云渡镇2025年度平安建设工作总结"
    assert texts[-1] == "2025年12月18日"
    book = load_workbook(io.BytesIO(_download(page, "draft-sources-file")))
    rows = list(book["数据来源表"].iter_rows(min_row=2, values_only=True))
    assert ("192件", "F1") in {(r[2], r[4]) for r in rows}
    assert _download(page, "draft-markdown").decode().startswith("# 临溪县云渡镇2025年度")
    page.click("#draft-more summary")
    assert "192件" in _download(page, "draft-text").decode("utf-8-sig")
    page.click("#draft-more summary")
    appended = docx.Document(io.BytesIO(_download(page, "draft-word-sources")))
    assert appended.tables[0].cell(0, 2).text == "数字"
    page.click("#step-facts")
    template = load_workbook(io.BytesIO(_download(page, "draft-template")))
    assert template["要点"]["C5"].value == "要点"
    watched.require_clean()


def test_drafts_are_listed_copied_shared_and_removed(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    page.click("#desk-list-button")
    row = page.locator("#desk-list tr", has_text="云渡镇2025年").first
    row.get_by_role("button", name="共享").click()
    page.wait_for_selector("#desk-list .notice:has-text('取稿码')")
    code = page.inner_text("#desk-list .notice").partition("取稿码：")[2].partition("。")[0]
    row.get_by_role("button", name="复制到下一年").click()
    page.wait_for_function("document.querySelector('#draft-year input').value == '2026'")
    assert page.locator(".mark").count() == 5
    assert "上一年" in page.inner_text("#desk-basics .previous")
    page.locator(".fact-text").first.fill("全年排查矛盾纠纷205件，化解200件")
    page.wait_for_selector("tr[data-row='0'] .figure:has-text('205件')")
    assert page.locator(".mark").count() == 4
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    other = context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#draft-facts textarea")
    other.click("#desk-list-button")
    assert "还没有稿子" in other.inner_text("#desk-list")
    other.fill("#desk-list .take input", "0000")
    other.get_by_role("button", name="取稿", exact=True).click()
    other.wait_for_selector("#desk-list .notice.error:has-text('没有这个取稿码')")
    other.fill("#desk-list .take input", code)
    other.get_by_role("button", name="取稿", exact=True).click()
    other.wait_for_selector("#draft-paper :text('192件')")
    context.close()
    page.click("#desk-list-button")
    row = page.locator("#desk-list tr", has_text="云渡镇2026年").first
    row.get_by_role("button", name="删除").click()
    page.locator("dialog").get_by_role("button", name="删除", exact=True).click()
    page.wait_for_selector("#desk-list summary:has-text('回收站（1）')")
    page.click("#desk-list .trash summary")
    page.locator("#desk-list .trash").get_by_role("button", name="恢复").click()
    page.wait_for_selector("#desk-list .trash", state="detached")
    watched.require_clean()


def test_what_is_lacking_is_told_before_a_word_file_is_taken(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    _edit(page, "disputes", "另外排查了99999件。")
    page.keyboard.press("Escape")
    page.click("#draft-word")
    told = page.inner_text("dialog p")
    assert told.startswith("这份总结还有：")
    assert "没有出处的1处（“99999件”）" in told
    page.locator("dialog").get_by_role("button", name="回去改").click()
    page.wait_for_selector("dialog", state="detached", timeout=5_000)
    assert "99999件" in _download(page, "draft-markdown").decode()  # only Word is asked about
    word = docx.Document(io.BytesIO(_download(page, "draft-word")))
    assert any("99999件" in p.text for p in word.paragraphs)
    watched.require_clean()


def test_facts_of_last_year_are_marked_until_they_are_confirmed(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    page.click("#desk-list-button")
    page.locator("#desk-list tr").first.get_by_role("button", name="复制到下一年").click()
    page.wait_for_selector("#desk-waiting :text('有 5 条是去年的要点')")
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('去年的要点没有确认 5 条')", timeout=60_000)
    marks = _section(page, "disputes").locator("mark.nofact")
    assert marks.all_inner_texts() == ["192件", "188件"]
    marks.first.hover()
    page.wait_for_selector("#desk-tip:has-text('出自去年的要点F1，还没有确认')")
    page.click("#step-facts")
    page.get_by_role("button", name="要点 1 是去年的，确认沿用").click()
    page.wait_for_selector("#desk-waiting :text('有 4 条是去年的要点')")
    page.wait_for_timeout(800)
    _saved(page)
    page.click("#step-report")
    page.wait_for_selector("#draft-status :text('去年的要点没有确认 4 条')")
    assert marks.count() == 0
    page.click("#step-facts")
    page.click("#draft-confirm-all")
    page.locator("dialog").get_by_role("button", name="取消").click()
    assert page.locator(".mark").count() == 4
    page.click("#draft-confirm-all")
    page.locator("dialog").get_by_role("button", name="全部确认").click()
    page.wait_for_selector(".mark", state="detached")
    page.wait_for_timeout(800)
    _saved(page)
    page.click("#step-report")
    page.wait_for_selector("#draft-status :text('没有出处的 0 处')")
    assert "没有确认" not in page.inner_text("#draft-status")
    watched.require_clean()


CHAT = """吴晓芸(综治办) 2025-12-16 09:12
全年排查矛盾纠纷192件，化解188件
吴晓芸(综治办) 2025-12-16 09:13
走访独居老人大概77户吧
钱立新(司法所) 2025-12-16 09:20
收到
举办法治讲座33场
"""


def test_what_became_no_fact_is_shown_kept_and_taken_in(watched: Watched) -> None:
    page = watched.page
    page.fill("#draft-facts textarea", CHAT)
    page.click("#draft-take")
    page.wait_for_selector("[data-note=intake] .notice:has-text('加入了 2 条要点')")
    assert "没有写明年度，按2025年写，请核对。" in page.inner_text("[data-note=intake]")
    panel = page.locator("#desk-skipped details")
    assert panel.locator("summary").inner_text() == "没有写进要点的（4处）"
    panel.locator("summary").click()
    assert panel.locator("h4").all_inner_texts() == ["应答（1处）", "聊天的时间和发言人（3处）"]
    assert panel.locator("li").first.inner_text().split() == ["第6行", "收到", "写进要点"]
    page.reload()
    page.wait_for_selector("#desk-skipped summary:has-text('（4处）')")
    panel.locator("summary").click()
    panel.get_by_role("button", name="写进要点：收到").click()
    page.wait_for_selector("[data-note=table] :text('写进了要点表，是 F4')")
    assert page.locator(".fact-text").nth(3).input_value() == "收到"
    page.wait_for_selector("#desk-skipped details[open] summary:has-text('（3处）')")
    page.click("#draft-clear-skipped")
    page.wait_for_selector("#desk-skipped details", state="detached")
    watched.require_clean()


GROUP_LOG = """单位：临溪县云渡镇
年度：2025

陶永康(综治办) 2025-12-16 08:40
各位，今天把全年的数报一下
陶永康(综治办) 2025-12-16 08:41
全年排查矛盾纠纷192件，化解188件
尹秋霞(司法所) 2025-12-16 08:55
收到
举办法治讲座33场
尹秋霞(司法所) 2025-12-16 08:57
调解员上门好像跑了514次，我再核实一下
骆成(应急办) 2025-12-16 09:02
[图片]
检查企业246家次，发现隐患337处，整改333处
骆成(应急办) 2025-12-16 09:03
消防演练大概11场吧
施小曼(党政办) 2025-12-16 09:10
更换办公座椅17把
"""


def test_a_pasted_chat_becomes_a_report_of_confirmed_facts(watched: Watched) -> None:
    page = watched.page
    page.fill("#draft-facts textarea", GROUP_LOG)
    page.click("#draft-take")
    page.wait_for_selector("[data-note=intake] .notice:has-text('另有 2 条写的时候还拿不准')")
    assert page.input_value("#draft-unit input") == "临溪县云渡镇"
    page.click("#desk-skipped summary")
    skipped = page.inner_text("#desk-skipped")
    assert "今天把全年的数报一下" in skipped
    assert "[图片]" in skipped
    texts = page.locator(".fact-text").evaluate_all("all => all.map((one) => one.value)")
    doubts = [n for n, text in enumerate(texts) if "514" in text or "11场" in text]
    assert page.locator("tr[data-mark=doubt]").count() == len(doubts) == 2
    assert page.locator("tr[data-row='0'] .source").inner_text() == "综治办报"
    assert page.locator(f"tr[data-row='{doubts[1]}'] .source").inner_text() == "应急办报"
    chair = texts.index("更换办公座椅17把") + 1
    page.get_by_label(f"要点 {chair} 归到哪一部分").select_option("organisation")
    page.wait_for_selector("#desk-tray .tray", state="detached")
    page.locator(".fact-text").nth(doubts[1]).fill("组织消防演练11场")
    page.wait_for_selector("[data-waiting=doubt] :text('有 1 条是拿不准的要点')")
    page.wait_for_timeout(800)
    _saved(page)
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('拿不准的要点没有确认 1 条')", timeout=60_000)
    paper = page.inner_text("#draft-paper")
    assert "17把" in _section(page, "organisation").inner_text()
    for told in ("192件", "33场", "246家次", "11场"):
        assert told in paper
    for untold in ("514", "各位", "收到", "图片", "大概"):
        assert untold not in paper
    assert "没有出处的 0 处" in page.inner_text("#draft-status")
    watched.require_clean()


def test_the_picker_offers_every_kind_of_file_that_is_read(watched: Watched) -> None:
    page = watched.page
    accepted = page.get_attribute("#draft-upload input", "accept")
    assert accepted == ".txt,.md,.csv,.tsv,.docx,.doc,.wps,.xlsx,.pdf"
    data = "指标,2025年\n排查矛盾纠纷（件）,192\n".encode("gb18030")
    page.set_input_files(
        "#draft-upload input", {"name": "台账.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.wait_for_selector("tr[data-row='0'] .figure:has-text('192件')")
    watched.require_clean()


def test_facts_that_fit_no_part_wait_in_a_tray(watched: Watched) -> None:
    page = watched.page
    _take(page, FACTS + "- 更换办公座椅17把\n- 制作文件柜标签340张\n- 接待考察团6批\n")
    tray = page.locator("#desk-tray .tray")
    assert "待归类：3 条要点" in tray.inner_text()
    assert page.locator("tr.unsure .unsure-tag:visible").count() == 3
    tray.get_by_label("要点 6 归到哪一部分").select_option("safety")
    page.wait_for_selector("#desk-tray :text('待归类：2 条要点')")
    assert page.locator("tr[data-row='5'] select").input_value() == "safety"
    tray.get_by_role("button", name="要点 7 就放在这里").click()
    page.wait_for_selector("#desk-tray :text('待归类：1 条要点')")
    assert page.locator("tr[data-row='6'] select").input_value() == "law"  # 日常工作 is told there
    page.locator("tr[data-row='7'] select").select_option("-")
    page.wait_for_selector("#desk-tray .tray", state="detached")
    assert page.locator("tr.unsure").count() == 0
    page.wait_for_timeout(800)
    _saved(page)
    page.reload()
    page.wait_for_selector("#desk-table tr[data-row='7']")
    assert tray.count() == 0
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)
    assert "17把" in _section(page, "safety").inner_text()
    assert "340张" in _section(page, "law").inner_text()
    assert "6批" not in page.inner_text("#draft-paper")
    watched.require_clean()


def test_a_doubtful_fact_is_told_only_after_it_is_confirmed(watched: Watched) -> None:
    page = watched.page
    _take(page, FACTS + "- 走访独居老人大概77户吧\n- 上户核查租房大概55户吧\n")
    told = page.inner_text("[data-note=intake]")
    assert "另有 2 条写的时候还拿不准，标在表里" in told
    box = page.locator("[data-waiting=doubt]")
    assert "有 2 条是拿不准的要点，还没有确认" in box.inner_text()
    assert "：走访独居老人大概77户吧" in box.inner_text()
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('拿不准的要点没有确认 2 条')", timeout=60_000)
    assert "77户" not in page.inner_text("#draft-paper")
    page.click("#draft-word")
    assert "没有确认的拿不准的要点2条（F6、F7）" in page.inner_text("dialog p")
    page.locator("dialog").get_by_role("button", name="回去改").click()
    page.click("#step-facts")
    box.get_by_role("button", name="F6", exact=True).click()
    assert page.evaluate("document.activeElement.value") == "走访独居老人大概77户吧"
    page.locator(".fact-text").nth(5).fill("走访独居老人77户")
    page.wait_for_selector("[data-waiting=doubt] :text('有 1 条是拿不准的要点')")
    page.get_by_role("button", name="要点 7 还拿不准，核实后点确认").click()
    page.wait_for_selector("[data-waiting]", state="detached")
    page.wait_for_timeout(800)
    _saved(page)
    page.click("#draft-run")
    page.wait_for_selector("#draft-paper :text('77户')", timeout=60_000)
    page.wait_for_selector("#draft-stop", state="hidden")
    assert "没有确认" not in page.inner_text("#draft-status")
    watched.require_clean()


def test_what_an_earlier_step_told_goes_when_the_next_begins(watched: Watched) -> None:
    page = watched.page
    page.click("#draft-run")
    page.wait_for_selector("[data-note=run] .notice.error:has-text('还没有要点')")
    page.fill("#draft-facts textarea", "排查矛盾纠纷192件\n化解188件")
    page.click("#draft-take")
    page.wait_for_selector("[data-note=intake] .notice:has-text('加入了 2 条要点')")
    assert page.locator("[data-note=run] .notice").count() == 0
    page.click("#draft-run")
    page.wait_for_selector("[data-note=run] .notice.error:has-text('填写“单位”')")
    assert page.locator("[data-note=intake] .notice").count() == 0
    page.fill("#draft-unit input", "临溪县云渡镇")
    page.wait_for_selector("[data-note=run] .notice", state="detached")
    page.fill("#draft-year input", "2025")
    page.click("#desk-list-button")
    page.fill("#desk-list .take input", "0000")
    page.get_by_role("button", name="取稿", exact=True).click()
    page.wait_for_selector("#desk-list .notice.error:has-text('没有这个取稿码')")
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text-matches('^写完')", timeout=60_000)
    assert page.locator(".notice.error:visible").count() == 0
    watched.require_clean()


def test_a_failed_save_is_told_until_it_has_been_made_good(watched: Watched) -> None:
    page = watched.page
    _take(page)
    page.locator(".fact-text").nth(0).fill("字" * 4001)
    page.wait_for_selector("[data-note=table] .notice.error:has-text('超过4000字')")
    page.click("#draft-template")  # another step: it is still not saved
    page.wait_for_timeout(800)
    assert page.locator("[data-note=table] .notice.error").count() == 1
    page.locator(".fact-text").nth(0).fill("全年排查矛盾纠纷192件")
    page.wait_for_selector("[data-note=table] .notice.error", state="detached")
    watched.require_clean()


def test_two_windows_on_one_table_are_put_together(watched: Watched) -> None:
    page = watched.page
    _take(page)
    _saved(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#desk-table tr[data-row='4']")
    page.locator(".fact-text").nth(0).fill("全年排查矛盾纠纷205件，化解200件")
    page.wait_for_selector("tr[data-row='0'] .figure:has-text('205件')")
    _saved(page)
    other.locator(".fact-text").nth(2).fill("举办法治讲座34场")
    other.wait_for_selector("[data-note=table] :text('那边的1处改动合进来了')")
    assert "205件" in other.locator(".fact-text").nth(0).input_value()
    assert "34场" in other.locator(".fact-text").nth(2).input_value()
    page.locator(".fact-text").nth(2).fill("举办法治讲座36场")
    page.wait_for_selector("[data-note=table] :text('有1条两边都改了')")
    values = [page.locator(".fact-text").nth(n).input_value() for n in (2, 3)]
    assert values == ["举办法治讲座34场", "举办法治讲座36场"]
    assert page.evaluate("document.activeElement.value") == "举办法治讲座36场"
    assert page.locator("tr[data-mark=both]").count() == 2
    page.get_by_role("button", name="删掉要点 3").click()
    page.get_by_role("button", name="要点 3 两边都改过，核对好了").click()
    page.wait_for_timeout(900)
    _saved(page)
    other.reload()
    other.wait_for_selector("#desk-table tr[data-row='4']")
    assert other.locator(".fact-text").nth(2).input_value() == "举办法治讲座36场"
    assert other.locator("tr[data-mark=both]").count() == 0
    watched.require_clean()


def test_two_writers_never_see_each_other(watched: Watched) -> None:
    page = watched.page
    _draft(page)
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    other = context.new_page()
    other.goto(page.url)
    _draft(other, FACTS.replace("云渡镇", "石桥镇").replace("192件", "77件").replace("188", "70"))
    assert "192件" not in other.inner_text("#draft-paper")
    assert "77件" not in page.inner_text("#draft-paper")
    draft = page.evaluate("JSON.parse(localStorage['pingan-desk']).id")
    other.evaluate(
        "id => localStorage['pingan-desk'] = JSON.stringify({id, step: 'report'})", draft
    )
    other.reload()
    other.wait_for_selector("#draft-facts textarea")
    assert "192件" not in other.inner_text("body")
    for visitor, mine in ((page, "云渡镇"), (other, "石桥镇")):
        visitor.reload()
        visitor.wait_for_selector("#desk-list-button:has-text('（1）')")
        visitor.click("#desk-list-button")
        assert mine in visitor.inner_text("#desk-list")
    context.close()
    assert watched.errors == []


@pytest.fixture
def own_server(tmp_path: Path) -> tuple[Path, int]:
    return tmp_path / "home", free_port()


@pytest.mark.slow
def test_a_killed_server_loses_nothing(browser: "Browser", own_server: tuple[Path, int]) -> None:
    home, port = own_server
    process = start_web(home, port)
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    try:
        page.goto(f"http://127.0.0.1:{port}/")
        _draft(page)
        _edit(page, "disputes", "镇里定期走访。")
        page.keyboard.press("Escape")
        page.click("#step-facts")
        page.locator(".fact-text").nth(2).fill("举办法治讲座34场，发放宣传资料近1万份")
        page.wait_for_selector("tr[data-row='2'] .figure:has-text('34场')")
        page.fill("#draft-facts textarea", "- 还没有加入的一条")
        page.wait_for_timeout(700)
        _saved(page)
        process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
        # what is typed while the program is away is kept as soon as it is back
        page.fill("#draft-unit input", "临溪县云渡镇平安办")
        page.wait_for_selector("#desk-saved.broken", timeout=20_000)
        process = start_web(home, port)
        page.wait_for_selector("#desk-saved:not(.broken):has-text('已自动保存')", timeout=20_000)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("tr[data-row='4']")
        assert page.input_value("#draft-unit input") == "临溪县云渡镇平安办"
        assert "34场" in page.locator(".fact-text").nth(2).input_value()
        assert page.input_value("#draft-facts textarea") == "- 还没有加入的一条"
        page.click("#step-report")
        assert "镇里定期走访" in page.inner_text("#draft-paper")
        _more(page, "disputes", "看版本（2）")
        page.wait_for_selector("#desk-side .versions li:nth-child(2)")
    finally:
        context.close()
        stop_web(process)
    assert (home / "desk.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_with_log_in_drafts_follow_the_person_not_the_browser(
    browser: "Browser", own_server: tuple[Path, int]
) -> None:
    home, port = own_server
    add_everyone(home)
    process = start_web(home, port)
    url = f"http://127.0.0.1:{port}/"
    one, other = browser.new_context(), browser.new_context()
    try:

        def visit(context: "BrowserContext", name: str) -> "Page":
            form: dict[str, str | float | bool] = {"username": name, "password": PASSWORDS[name]}
            context.request.post(f"{url}login", form=form)
            page = context.new_page()
            page.goto(url)
            page.wait_for_selector("#desk-list-button")
            page.wait_for_timeout(700)
            return page

        page = visit(one, "zhang")
        page.wait_for_selector("#draft-facts textarea")
        _take(page)
        _saved(page)
        page.close()
        assert "（1）" not in visit(one, "li").inner_text("#desk-list-button")
        page = visit(other, "zhang")
        page.click("#desk-list-button")
        page.wait_for_selector("#desk-list button.name")
        page.locator("#desk-list button.name").click()
        page.wait_for_selector("#desk-table tr[data-row='4']")
    finally:
        one.close()
        other.close()
        stop_web(process)


@pytest.mark.slow
def test_drafts_from_before_the_log_in_go_to_whoever_logs_in_first_in_that_browser(
    browser: "Browser", own_server: tuple[Path, int]
) -> None:
    home, port = own_server
    url = f"http://127.0.0.1:{port}/"
    context, other = browser.new_context(), browser.new_context()
    process = start_web(home, port)
    try:
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("#draft-facts textarea")
        _take(page)
        _saved(page)
        page.close()
        add_everyone(home)

        def visit(where: "BrowserContext", name: str) -> "Page":
            form: dict[str, str | float | bool] = {"username": name, "password": PASSWORDS[name]}
            where.request.post(f"{url}login", form=form)
            visitor = where.new_page()
            visitor.goto(url)
            visitor.wait_for_selector("#desk-list-button")
            visitor.wait_for_timeout(1000)
            return visitor

        assert "（1）" not in visit(other, "zhang").inner_text("#desk-list-button")
        first = visit(context, "li")
        assert "1 份稿子，现在归您了" in first.inner_text("[data-note=bar]")
        assert "（1）" in first.inner_text("#desk-list-button")
        first.wait_for_selector("#desk-table tr[data-row='4']")
        first.reload()
        first.wait_for_selector("#desk-table tr[data-row='4']")
        assert first.locator("[data-note=bar] .notice").count() == 0
        assert "（1）" not in visit(context, "zhang").inner_text("#desk-list-button")
    finally:
        context.close()
        other.close()
        stop_web(process)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_nothing_overflows_the_window(watched: Watched, width: int, height: int) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": height})
    _draft(page)
    menu = _section(page, "disputes").locator("details.menu").first
    menu.locator("summary").click()
    box = menu.locator(".menu-items").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    for step in ("#side-sources", "#side-versions", "#desk-list-button", "#step-facts"):
        page.click(step)
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    watched.require_clean()
