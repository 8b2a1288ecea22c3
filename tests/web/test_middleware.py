import asyncio
import errno
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.core.errors import KnowledgeError
from app.core.faults import refused
from app.web.middleware import PageMiddleware, frame_html

HTML = (
    '<html lang="en"><head><meta property="og:title" content="Gradio" />\n'
    '<meta name="twitter:creator"\n content="@x" /><title>t</title></head></html>'
)


def _ask(
    host: str,
    *,
    path: str = "/",
    body: bytes = HTML.encode(),
    error: Exception | None = None,
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[MutableMapping[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if error is not None:
            raise error
        headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", host.encode())]}
    middleware = PageMiddleware(app, hosts=frozenset({"127.0.0.1", "::1"}))
    # In a thread of its own: the browser tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(middleware(scope, receive, send))).result()
    headers = dict(sent[0]["headers"])
    return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent)


def test_the_page_is_chinese_and_advertises_nobody() -> None:
    html = frame_html(HTML)
    assert 'lang="zh-CN"' in html
    assert "og:title" not in html
    assert "twitter" not in html
    assert html.index("<script>") < html.index("<title>")


def test_every_answer_forbids_what_comes_from_elsewhere() -> None:
    for path in ("/", "/assets/a.js"):
        status, headers, body = _ask("127.0.0.1:7860", path=path)
        assert status == 200
        assert b"default-src 'self'" in headers[b"content-security-policy"]
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert int(headers[b"content-length"]) == len(body)


def test_what_the_machine_refuses_is_told_in_page_and_log_instead_of_a_crash(
    caplog: pytest.LogCaptureFixture,
) -> None:
    full = OSError(errno.ENOSPC, "full", "/var/lib/pingan")
    told = refused(KnowledgeError, "稿件记录写不进去", full)
    told.__cause__ = full
    for error in (full, told):
        status, _, body = _ask("127.0.0.1", path="/people", error=error)
        assert status == 503
        assert "磁盘已满" in body.decode()
        assert "磁盘已满" in caplog.text
        caplog.clear()
    status, _, body = _ask("127.0.0.1", path="/people", error=ValueError("稿子里的话"))
    assert status == 500
    assert "稿子里的话" not in body.decode() + caplog.text


def test_only_the_page_itself_is_rewritten() -> None:
    assert _ask("127.0.0.1", path="/assets/a.js")[2] == HTML.encode()


def test_a_foreign_name_for_this_machine_is_refused() -> None:
    status, _, body = _ask("evil.example:7860")
    assert status == 421
    assert "不是本机的网页地址" in body.decode()
    assert _ask("[::1]:7860")[0] == 200
