"""A model that writes slowly, seen through the page."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from app import resources
from tests.web.conftest import Watched, free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

_WORDS = "全镇上下坚持预防在先，把矛盾化解在萌芽状态。" * 40


class _SlowModel(BaseHTTPRequestHandler):
    """Streams a few characters at a time, for half a minute."""

    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for start in range(0, len(_WORDS), 4):
                delta = {"role": "assistant", "content": _WORDS[start : start + 4]}
                chunk = {
                    "id": "1",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "slow",
                    "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
                }
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.15)
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            return  # the reader has gone

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def slow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    model = ThreadingHTTPServer(("127.0.0.1", 0), _SlowModel)
    model.daemon_threads = True
    Thread(target=model.serve_forever, daemon=True).start()
    port = free_port()
    home: Path = tmp_path_factory.mktemp("slow") / "home"
    environment = {
        "OPENAI_BASE_URL": f"http://127.0.0.1:{model.server_port}/v1",
        "OPENAI_API_KEY": "none",
        "PINGAN_MODEL": "slow",
    }
    process = start_web(home, port, environment)
    yield f"http://127.0.0.1:{port}/"
    stop_web(process)
    model.shutdown()
    model.server_close()


def test_a_running_draft_shows_what_comes_and_can_be_stopped(
    browser: "Browser", slow_url: str
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    watched = Watched(context.new_page())
    watched.watch()
    page = watched.page
    page.goto(slow_url)
    page.wait_for_selector("#draft-facts textarea")
    assert "模型 slow（本机）" in page.inner_text("#brand")
    facts = (resources.examples_dir() / "乡镇.txt").read_text(encoding="utf-8")
    page.fill("#draft-facts textarea", facts)
    page.click("#draft-take")
    page.wait_for_selector("#desk-table tr[data-row='10']")
    page.click("#draft-outgoing")
    told = page.inner_text("dialog")
    assert "发往：http://127.0.0.1" in told
    assert "现在什么都没有发送" in told
    page.locator("dialog").get_by_role("button", name="关闭").click()
    page.click("#draft-run")
    page.wait_for_selector("#draft-paper .caret:has-text('预防在先')", timeout=30_000)
    assert "正在写第" in page.inner_text("#draft-status")
    assert page.is_disabled("#draft-word")
    box = page.locator("#draft-paper").bounding_box()
    first = page.inner_text("#draft-paper")
    page.wait_for_timeout(900)
    assert len(page.inner_text("#draft-paper")) > len(first)
    assert page.locator("#draft-paper").bounding_box() == box
    page.reload()  # the writing goes on without the page
    page.wait_for_selector("#draft-paper .caret:has-text('预防在先')", timeout=30_000)
    assert "正在写第" in page.inner_text("#draft-status")
    page.click("#draft-stop")
    page.wait_for_selector("#draft-status :text('已停止')")
    stopped = page.inner_text("#draft-paper")
    page.wait_for_timeout(900)
    assert page.inner_text("#draft-paper") == stopped
    page.click("#step-facts")
    page.select_option("#draft-mode select", label="按要点直接成文")
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('写完')", timeout=30_000)
    assert watched.errors == []
    context.close()
