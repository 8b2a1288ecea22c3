"""Headers for every answer, and a Chinese frame for the page's HTML."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# Gradio compiles templates in the browser, hence 'unsafe-eval'; nothing may come from elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
_BOOT = Path(__file__).resolve().parent / "static" / "boot.js"
_ADVERTS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')


def frame_html(html: str) -> str:
    """The page with Chinese as its language and without Gradio's link previews."""
    html = _ADVERTS.sub("", html)
    html = html.replace('lang="en"', 'lang="zh-CN"', 1)
    boot = _BOOT.read_text(encoding="utf-8")
    return html.replace("<head>", f"<head><script>{{\n{boot}}}</script>", 1)


def _host_of(scope: MutableMapping[str, Any]) -> str:
    value: bytes = next((v for k, v in scope.get("headers", ()) if k == b"host"), b"")
    host = value.decode("latin-1").strip().lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


async def _refuse(send: Send) -> None:
    body = "这个地址不是本机的网页地址，请用 pingan web 显示的地址打开。".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class PageMiddleware:
    """Wraps the web application; ``hosts`` are the names the page may be asked for by.

    A foreign name that resolves to this machine would let a foreign page read drafts.
    """

    def __init__(self, app: Asgi, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _host_of(scope) not in self.hosts:
            await _refuse(send)
            return
        is_page = scope["method"] == "GET" and scope["path"] in {"", "/"}
        await self.app(scope, receive, _PageSend(send).send if is_page else _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return wrapped


class _PageSend:
    """Holds the page back until it is whole, then sends it framed."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = frame_html(self._body.decode("utf-8")).encode()
        headers = [(k, v) for k, v in self._start.get("headers", ()) if k != b"content-length"]
        headers += [(b"content-length", str(len(body)).encode()), *_HEADERS]
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
