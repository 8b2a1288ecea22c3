"""The outermost layer: headers for every answer, and a Chinese frame for the page's HTML."""

import gzip
import logging
import re

from app.core.faults import log_line, refusal_behind
from app.web.auth.html import page_head, visitor_bar
from app.web.auth.http import (
    CRASHED,
    Answer,
    Asgi,
    Message,
    Receive,
    Scope,
    Send,
    header,
    host_of,
    json_error,
    sentence,
)
from app.web.auth.proxy import Proxies
from app.web.auth.visitor import LOCAL_VISITOR, SCOPE_KEY, Visitor

__all__ = ["Asgi", "Message", "PageMiddleware", "Receive", "Send", "frame_html"]

_log = logging.getLogger(__name__)
# Gradio compiles templates in the browser, hence 'unsafe-eval'; nothing may come from elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'self'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # not "no-referrer": forms would then name no origin, and be taken for foreign ones
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
)
_OURS = frozenset(name for name, _ in _HEADERS)
_SAME_FOR_ALL = ("/assets/", "/static/", "/svelte/", "/favicon.ico", "/robots.txt")
_KEEP_AWAY = (b"cache-control", b"no-store")
_ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")
_ADVERTS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
_BODY = re.compile(r"<body[^>]*>")
_NOT_HERE = "这个地址不是本机的网页地址，请用程序启动时显示的地址打开。"
_NO_PROXY = (
    "网页没有设登录，不能经过代理给别人打开；请管理员先在服务器上添加用户，并写明代理的地址。"
)


def frame_html(html: str, visitor: Visitor = LOCAL_VISITOR) -> str:
    """The page with Chinese as its language and without Gradio's link previews.

    Whoever is logged in finds name and way out at its top, and not what the role may not use.
    """
    html = _ADVERTS.sub("", html)
    html = html.replace('lang="en"', 'lang="zh-CN"', 1)
    is_known, hidden = visitor is not LOCAL_VISITOR, ""
    if is_known:
        from app.web.auth.access import hidden_css  # noqa: PLC0415  # imports Gradio

        hidden, bar = hidden_css(visitor.role), visitor_bar(visitor)
        html = _BODY.sub(lambda found: found[0] + bar, html, count=1)
    return html.replace("<head>", page_head(is_known=is_known, hidden=hidden), 1)


def failure(scope: Scope, error: Exception) -> Answer:
    """What is answered where a request cannot be: the sentence, if there is one to be told."""
    told = refusal_behind(error)
    status, text = (503, told.on_page) if told else (500, CRASHED)
    wants_page = scope["method"] == "GET" and "text/html" in header(scope, b"accept")
    return sentence(status, text) if wants_page else json_error(status, text)


class PageMiddleware:
    """Wraps the web application; ``hosts`` are the names the page may be asked for by.

    A foreign name that resolves to this machine would let a foreign page read drafts. With
    ``hosts`` as ``None`` any name will do: log-in keeps foreign pages out, since a browser sends
    the log-in of one name to no other.
    """

    def __init__(
        self, app: Asgi, *, hosts: frozenset[str] | None, proxies: Proxies | None = None
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.proxies = proxies or Proxies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # the page needs no other protocol; the server closes the connection
        is_through_proxy = self.proxies.is_told(scope)
        self.proxies.settle(scope)
        sender = _HeaderSend(scope, send)
        if self.hosts is not None and host_of(scope) not in self.hosts:
            await sentence(421, _NOT_HERE).send(sender.send)
        elif self.hosts is not None and is_through_proxy:
            await sentence(403, _NO_PROXY).send(sender.send)
        else:
            await self._answer(scope, receive, sender)

    async def _answer(self, scope: Scope, receive: Receive, sender: "_HeaderSend") -> None:
        is_page = scope["method"] == "GET" and scope["path"] in {"", "/"}
        page = _PageSend(scope, sender.send) if is_page else None
        if is_page:  # it is changed before it is sent, so it must arrive as it is
            scope["headers"] = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        try:
            await self.app(scope, receive, page.send if page else sender.send)
        except Exception as error:  # noqa: BLE001  # the page's outermost frame
            _log.error("request failed: %s", log_line(error))
            if not sender.has_started:
                await failure(scope, error).send(sender.send)


class _HeaderSend:
    """Adds the headers that every answer has."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self.has_started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            message = {**message, "headers": self._headers(message)}
        await self._send(message)

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        told = [(bytes(k).lower(), bytes(v)) for k, v in message.get("headers", ())]
        kept = [(k, v) for k, v in told if k not in _OURS]
        has_own_policy = any(
            k == b"content-security-policy" and v.startswith(b"default-src 'none'") for k, v in kept
        )
        if not has_own_policy:
            kept.append((b"content-security-policy", _POLICY.encode()))
        is_same = self._scope["path"].startswith(_SAME_FOR_ALL) and message["status"] < 400
        if not is_same:
            kept = [(k, v) for k, v in kept if k != b"cache-control"] + [_KEEP_AWAY]
        if self._scope.get("scheme") == "https":
            kept.append(_ONLY_HTTPS)
        return [*kept, *_HEADERS]


class _PageSend:
    """Holds the page back until it is whole, then sends it framed."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._takes_gzip = "gzip" in header(scope, b"accept-encoding")
        self._start: Message = {}
        self._body = bytearray()

    def _is_page(self) -> bool:
        kinds = dict(self._start.get("headers", ()))
        is_html = kinds.get(b"content-type", b"").startswith(b"text/html")
        return is_html and self._start["status"] == 200 and SCOPE_KEY in self._scope

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body, start = bytes(self._body), self._start
        if self._is_page():
            body = frame_html(body.decode("utf-8"), self._scope[SCOPE_KEY]).encode()
            headers = [(k, v) for k, v in start.get("headers", ()) if k != b"content-length"]
            if self._takes_gzip:
                body = gzip.compress(body, 5, mtime=0)
                headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
            start = {**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})
