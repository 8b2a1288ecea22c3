"""Two people in two browsers: log in by keyboard, work apart, and leave."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.workspace.store import WorkspaceStore
from tests.web.auth.office import PASSWORDS, add_everyone, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = ((1366, 768), (390, 844))


@pytest.fixture(scope="module")
def office_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("people") / "home"
    add_everyone(home)
    with running(home) as url:
        yield url


def _noting(failed: list[str]) -> "Callable[[Response], None]":
    return lambda answer: failed.append(answer.url) if answer.status >= 400 else None


def log_in(page: "Page", url: str, name: str, password: str = "") -> None:
    """By keyboard alone: the first field has the focus."""
    page.goto(url)
    page.wait_for_selector("#username")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password or PASSWORDS[name])
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_people_log_in_by_keyboard_and_see_what_is_theirs(
    browser: "Browser", office_url: str, width: int, height: int
) -> None:
    shown = {
        "zhang": ["起草", "核查", "知识库"],
        "王管": ["起草", "核查", "审阅", "知识库", "评测"],
    }
    for name, tabs in shown.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        failed: list[str] = []
        log_in(page, office_url, name)
        page.wait_for_selector("#tab-check-button", state="attached")
        page.on("response", _noting(failed))
        names = [
            button.inner_text()
            for button in page.query_selector_all("button[role=tab]")
            if button.is_visible() and (button.get_attribute("id") or "").startswith("tab-")
        ]
        assert names == tabs
        assert page.inner_text("nav.who b") == name
        mode, who = page.locator(".brand .mode"), page.locator("nav.who")
        first, second = mode.bounding_box(), who.bounding_box()
        assert first is not None
        assert second is not None
        apart_across = first["x"] + first["width"] <= second["x"]
        assert apart_across or second["y"] + second["height"] <= first["y"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert failed == []
        page.get_by_role("button", name="退出").click()
        page.wait_for_selector("#username")
        context.close()


def test_a_wrong_password_is_told_where_it_happened(browser: "Browser", office_url: str) -> None:
    for java_script in (True, False):
        context = browser.new_context(java_script_enabled=java_script)
        page = context.new_page()
        page.goto(office_url)
        page.fill("#username", "li")
        page.fill("#password", "不对的密码不对的")
        page.click("text=登录 >> nth=-1")
        page.wait_for_selector(".told.error")
        assert "用户名或密码不对" in page.inner_text(".told.error")
        assert page.input_value("#username") == "li"
        assert page.input_value("#password") == ""
        context.close()


def test_two_people_check_at_once_and_see_their_own(browser: "Browser", office_url: str) -> None:
    texts = {
        "zhang": "临溪县云渡镇2025年总结\n排查42件，化解45件。",
        "zhao": "青岚市住建局2025年总结\n检查3次。",
    }
    pages: dict[str, Page] = {}
    for name in texts:
        context = browser.new_context()
        pages[name] = context.new_page()
        log_in(pages[name], office_url, name)
    for name, page in pages.items():
        page.wait_for_selector("#tab-check-button")
        page.click("#tab-check-button")
        page.get_by_role("tab", name="粘贴文字").click()
        page.fill("#check-text textarea", texts[name])
        page.click("#check-run")
    for name, page in pages.items():
        first_line = texts[name].partition("\n")[0]
        page.wait_for_function(
            "line => document.querySelector('.doc-text')?.innerText.includes(line)", arg=first_line
        )
        other = next(t for n, t in texts.items() if n != name).partition("\n")[0]
        assert other not in page.inner_text("body")
        page.context.close()


def test_a_manager_adds_somebody_without_a_script(browser: "Browser", office_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(office_url)
    page.fill("#username", "王管")
    page.fill("#password", PASSWORDS["王管"])
    page.press("#password", "Enter")
    page.goto(f"{office_url}people")
    page.fill("#name", "新来的")
    page.fill("#password", "河岸上的风车转得很慢")
    page.get_by_role("button", name="添加").click()
    assert "已添加 新来的（写稿）" in page.inner_text(".told")
    assert page.locator("tr", has_text="新来的").count() == 1
    context.close()


def test_removing_somebody_asks_first_and_hands_the_drafts_over(
    browser: "Browser", tmp_path: Path
) -> None:
    home = tmp_path / "home"
    people = add_everyone(home)
    store = WorkspaceStore(home)
    for name in ("li", "zhao"):
        person = people.by_name(name)
        assert person is not None
        store.create(f"user:{person.user_id}", unit=f"{name}的单位")
    with running(home) as url:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(url)
        page.fill("#username", "王管")
        page.fill("#password", PASSWORDS["王管"])
        page.press("#password", "Enter")

        def ask(name: str) -> None:
            page.goto(f"{url}people")
            row = page.locator("tr", has_text=name)
            row.locator("summary").click()
            row.get_by_role("button", name="去掉这个人").click()

        ask("li")
        assert "去掉 li？" in page.inner_text("h2")
        assert "有 1 份稿子，交给谁" in page.inner_text("main")
        page.click("text=不去掉，返回")
        assert page.locator("tr", has_text="li").count() == 1
        ask("li")
        page.select_option("#to", "zhang")
        page.get_by_role("button", name="去掉这个人").click()
        assert "已去掉 li。此人的1份稿子交给了 zhang" in page.inner_text(".told")
        ask("zhao")
        page.get_by_role("button", name="去掉这个人").click()
        assert "1份稿子都留着" in page.inner_text(".told")
        row = page.locator("section", has_text="离开的人留下的稿子").locator("tr", has_text="zhao")
        row.locator("select").select_option("zhang")
        row.get_by_role("button", name="交给此人").click()
        assert "zhao 的1份稿子交给了 zhang" in page.inner_text(".told")
        assert page.locator("section", has_text="离开的人留下的稿子").count() == 0
        page.fill("#name", "zhao")
        page.fill("#password", PASSWORDS["zhao"])
        page.get_by_role("button", name="添加").click()
        assert "此人以前的1份稿子都还在" in page.inner_text(".told")
        context.close()
    zhang, zhao = people.by_name("zhang"), people.by_name("zhao")
    assert zhang is not None
    assert zhao is not None
    assert [row.unit for row in store.rows(f"user:{zhang.user_id}")] == ["li的单位"]
    assert [row.unit for row in store.rows(f"user:{zhao.user_id}")] == ["zhao的单位"]


def test_an_ended_log_in_is_told_and_nothing_written_is_lost(
    browser: "Browser", office_url: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    log_in(page, office_url, "li")
    page.wait_for_selector("#tab-check-button")
    page.click("#tab-check-button")
    page.get_by_role("tab", name="粘贴文字").click()
    page.fill("#check-text textarea", "临溪县云渡镇2025年总结\n排查42件，化解45件。")
    context.clear_cookies()
    page.click("#check-run")
    page.wait_for_selector(".expired")
    assert "登录已过期" in page.inner_text(".expired")
    with context.expect_page() as opened:
        page.click(".expired a")
    window = opened.value
    window.fill("#username", "li")
    window.fill("#password", PASSWORDS["li"])
    window.press("#password", "Enter")
    window.wait_for_selector("#tab-check-button")
    assert "化解45件" in page.input_value("#check-text textarea")
    page.click("#check-run")
    page.wait_for_function("document.querySelector('.doc-text')?.innerText.includes('云渡镇')")
    context.close()
