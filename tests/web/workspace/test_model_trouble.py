"""A model that refuses or is silent: the page says so, and goes on without it where wanted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

import pytest

from app import resources
from tests.drafting.server import Exchange, serve
from tests.web.conftest import free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
_GO_ON = "改用按要点直接成文，接着写"


@dataclass
class Model:
    """An endpoint that answers ``status``; with 200 it is silent from its second call on."""

    url: str = ""
    status: int = 401
    calls: int = 0
    let_go: Event = field(default_factory=Event)

    def answer(self, exchange: Exchange) -> None:
        self.calls += 1
        if self.status != 200:
            exchange.status(self.status)
        elif self.calls == 1:
            exchange.stream("".join(f"{fact}。" for fact in exchange.facts))
        else:
            self.let_go.wait(60)


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    found = Model()
    with serve(found.answer) as server:
        found.url = server.url
        yield found
        found.let_go.set()


@pytest.fixture(scope="module")
def url(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    environment = {
        "OPENAI_BASE_URL": model.url,
        "OPENAI_API_KEY": "sk-wrong",
        "PINGAN_MODEL": "small",
    }
    process = start_web(tmp_path_factory.mktemp("trouble") / "home", port, environment)
    yield f"http://127.0.0.1:{port}/"
    stop_web(process)


@pytest.fixture
def page(browser: "Browser", url: str) -> Iterator["Page"]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#draft-facts textarea")
    facts = (resources.examples_dir() / "乡镇.txt").read_text(encoding="utf-8")
    page.fill("#draft-facts textarea", facts)
    page.click("#draft-take")
    page.wait_for_selector("#desk-table tr[data-row='10']")
    yield page
    context.close()


@pytest.mark.parametrize(
    ("status", "told"), [(401, "不认可密钥"), (403, "不许用模型"), (404, "没有模型")]
)
def test_a_refusal_is_told_and_the_rest_is_written_without_the_model(
    page: "Page", model: Model, status: int, told: str
) -> None:
    model.status = status
    page.click("#draft-run")
    notice = page.locator("[data-note=paper] .notice.error")
    notice.wait_for(timeout=30_000)
    sentence = notice.inner_text()
    assert model.url in sentence
    assert told in sentence
    assert f"（{status}）" in sentence
    assert "请管理员核对" in sentence
    assert "sk-wrong" not in sentence
    assert "--" not in sentence
    before = page.locator("#draft-paper .text:not(.unwritten)").all_inner_texts()
    page.reload()  # it is told again, and the way out with it
    notice.wait_for(timeout=30_000)
    page.get_by_role("button", name=_GO_ON).click()
    page.wait_for_selector("#draft-status :text-matches('^写完')", timeout=30_000)
    assert notice.count() == 0
    written = page.locator("#draft-paper .text:not(.unwritten)").all_inner_texts()
    assert [text for text in before if text not in written] == []
    assert page.locator("#draft-paper .text.unwritten").count() == 0
    assert "要点用了 24/24 条" in page.inner_text("#draft-status")


def _wait_for_silence(page: "Page", model: Model) -> None:
    model.status, model.calls = 200, 0
    model.let_go.clear()
    page.click("#draft-run")
    page.wait_for_selector("[data-note=paper] :text('模型15秒没有回应，仍在等……')", timeout=40_000)


@pytest.mark.slow
def test_a_silent_model_is_told_after_fifteen_seconds_and_can_be_done_without(
    page: "Page", model: Model
) -> None:
    _wait_for_silence(page, model)
    before = page.locator("#draft-paper .text:not(:has(.caret))").all_inner_texts()
    page.get_by_role("button", name=_GO_ON).click()
    page.wait_for_selector("#draft-status :text-matches('^写完')", timeout=30_000)
    assert page.locator("[data-note=paper] .notice").count() == 0
    assert "要点用了 24/24 条" in page.inner_text("#draft-status")
    written = page.locator("#draft-paper .text").all_inner_texts()
    done = [text for text in before if "还没有写" not in text]
    assert len(done) >= 2
    assert [text for text in done if text not in written] == []
    model.let_go.set()


@pytest.mark.slow
def test_a_silent_model_need_not_be_waited_for(page: "Page", model: Model) -> None:
    _wait_for_silence(page, model)
    page.locator("[data-note=paper]").get_by_role("button", name="停止").click()
    page.wait_for_selector("#draft-status :text('已停止')", timeout=5_000)
    assert page.locator("[data-note=paper] .notice:has-text('没有回应')").count() == 0
    model.let_go.set()
