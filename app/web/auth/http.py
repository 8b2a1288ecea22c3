"""Small pieces of HTTP for the layer in front of the page: read a request, send an answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

LET_IN = "pingan.let_in"  # what the server is told when it is known who asks
COOKIE = "pingan_session"
CRASHED = "程序内部出错，这一步没有完成；请重试，仍不行请告诉维护人员。"
_MOST_FORM_BYTES = 16 * 1024
_FORM_S = 20.0  # a form is small: whoever takes longer only holds a place


class TooLargeError(Exception):
    """A request's body is longer than what is read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, whole."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Headers = ()

    async def send(self, send: Send) -> None:
        """Send it."""
        headers = [
            (b"content-type", self.content_type.encode()),
            (b"content-length", str(len(self.body)).encode()),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def sentence(status: int, text: str, headers: Headers = ()) -> Answer:
    """One sentence as plain text."""
    return Answer(status, text.encode(), headers=headers)


def json_error(status: int, text: str, headers: Headers = ()) -> Answer:
    """One sentence as the page's own functions tell it."""
    body = json.dumps({"detail": text, "error": text}, ensure_ascii=False).encode()
    return Answer(status, body, "application/json", headers)


def redirect(to: str, headers: Headers = ()) -> Answer:
    """Go on elsewhere; ``to`` is relative, so that it holds behind any proxy."""
    return Answer(303, headers=((b"location", to.encode("ascii")), *headers))


def header(scope: Scope, name: bytes) -> str:
    """The first header of that name; empty where there is none."""
    value: bytes = next((v for k, v in scope.get("headers", ()) if k == name), b"")
    return value.decode("latin-1").strip()


def cookie(scope: Scope, name: str) -> str:
    """A cookie's value; empty where there is none."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header(scope, b"cookie"))
    except CookieError:
        return ""
    found = jar.get(name)
    return found.value if found else ""


def asked_host(scope: Scope) -> str:
    """The name the page was asked for by, without the port."""
    host = header(scope, b"host").lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def client_of(scope: Scope) -> str:
    """The address of whoever asks."""
    client = scope.get("client")
    return str(client[0]) if client else "?"


def is_same_origin(scope: Scope) -> bool:
    """False where the browser says that another site made it send this request."""
    origin, site = header(scope, b"origin"), header(scope, b"sec-fetch-site")
    here = f"{scope.get('scheme', 'http')}://{header(scope, b'host')}"
    try:
        is_own = not origin or _place(origin) == _place(here)
    except ValueError:
        return False
    return is_own and site in ("", "same-origin", "none")


def _place(url: str) -> tuple[str, str | None, int]:
    """Scheme, name and port: what makes one origin."""
    told = urlsplit(url)
    return told.scheme, told.hostname, told.port or (443 if told.scheme == "https" else 80)


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body.

    Raises:
        TooLargeError: it is longer than ``limit``.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            raise TooLargeError
        if not message.get("more_body"):
            return bytes(body)


async def read_form(receive: Receive) -> dict[str, str]:
    """The fields of a small form.

    Raises:
        TooLargeError: it is larger than any.
        TimeoutError: it does not come.
    """
    async with asyncio.timeout(_FORM_S):
        body = await read_body(receive, _MOST_FORM_BYTES)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        return {}
    return dict(pairs)


def replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that hands out a body read before, then what follows."""
    is_sent = False

    async def again() -> Message:
        nonlocal is_sent
        if not is_sent:
            is_sent = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again


def set_cookie(value: str, *, is_secure: bool, max_age: int | None = None) -> bytes:
    """A cookie that no script reads and no other site sends along."""
    parts = [f"{COOKIE}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
    if max_age is not None:
        parts.append(f"Max-Age={max_age}")
    if is_secure:
        parts.append("Secure")
    return "; ".join(parts).encode("ascii")
