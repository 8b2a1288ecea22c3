import asyncio
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.web.middleware import PageMiddleware, frame_html

HTML = (
    '<html lang="en"><head><meta property="og:title" content="Gradio" />\n'
    '<meta name="twitter:creator"\n content="@x" /><title>t</title></head></html>'
)


def _ask(
    host: str, *, path: str = "/", body: bytes = HTML.encode()
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[MutableMapping[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
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


def test_only_the_page_itself_is_rewritten() -> None:
    assert _ask("127.0.0.1", path="/assets/a.js")[2] == HTML.encode()


def test_a_foreign_name_for_this_machine_is_refused() -> None:
    status, _, body = _ask("evil.example:7860")
    assert status == 421
    assert "不是本机的网页地址" in body.decode()
    assert _ask("[::1]:7860")[0] == 200
