"""The page asks before anything goes to an outside host, and shows what goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Watched, free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_FACTS = "单位：云渡镇\n年度：2025\n- 签订平安建设责任书34份\n- 党委会专题研究平安建设7次\n"


@pytest.fixture
def outside_url(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    environment = {
        "OPENAI_BASE_URL": "http://model.example.invalid/v1",
        "OPENAI_API_KEY": "none",
        "PINGAN_MODEL": "big",
    }
    process = start_web(tmp_path / "home", port, environment)
    yield f"http://127.0.0.1:{port}/"
    stop_web(process)


def test_nothing_goes_before_the_dialog_is_agreed_to(
    browser: "Browser", outside_url: str, tmp_path: Path
) -> None:
    watched = Watched(browser.new_context(viewport={"width": 1366, "height": 768}).new_page())
    page = watched.page
    page.goto(outside_url)
    page.fill("#draft-facts textarea", _FACTS)
    page.click("#draft-take")
    page.wait_for_selector("#desk-table tr[data-row='1']")
    page.click("#draft-run")
    page.wait_for_selector("text=这是第一次往外部主机 model.example.invalid 发送", timeout=30_000)
    assert not (tmp_path / "home" / "outside_hosts.json").exists()
    page.click("#step-facts")
    page.click("#draft-outgoing")
    told = page.inner_text("dialog")
    assert "还没有往 model.example.invalid 发送过" in told
    assert "现在什么都没有发送" in told
    page.click("#draft-agree")
    page.wait_for_selector("text=已同意往 model.example.invalid 发送")
    assert (tmp_path / "home" / "outside_hosts.json").exists()
    page.click("#draft-outgoing")
    assert page.locator("#draft-agree").count() == 0
