"""Whose drafts a request may see: the person's who logged in, else the browser's."""

import re
import secrets
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from app.core.errors import InputError
from app.web.auth.visitor import LOCAL_USER, current_user
from app.web.middleware import Asgi, Message, Receive, Send
from app.workspace.handover import user_owner

COOKIE = "pingan_browser"
_KEPT_SECONDS = 400 * 24 * 3600  # the longest that browsers keep one
_NAME = re.compile(r"[0-9a-f]{32}")


def owner_of(request: Any) -> str:
    """The owner of the drafts a request may see.

    Raises:
        InputError: nobody is logged in and the browser keeps no cookie.
    """
    user = current_user(request)
    if user != LOCAL_USER:
        return user_owner(user)
    owner = browser_owner(request)
    if not owner:
        raise InputError("浏览器没有保存本页的 Cookie，稿子存不下来；请允许 Cookie 后刷新页面。")
    return owner


def browser_owner(request: Any) -> str:
    """The owner that the browser is while nobody has to log in; empty without a cookie."""
    name = str(getattr(request, "cookies", {}).get(COOKIE, ""))
    return f"browser:{name}" if _NAME.fullmatch(name) else ""


class BrowserMiddleware:
    """Gives each browser a name nobody can guess, and renews it at every visit of the page."""

    def __init__(self, app: Asgi) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_page = (
            scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in {"", "/"}
        )
        await self.app(scope, receive, _with_cookie(scope, send) if is_page else send)


def _with_cookie(scope: MutableMapping[str, Any], send: Send) -> Send:
    name = _name_in(scope) or secrets.token_hex(16)
    cookie = f"{COOKIE}={name}; Max-Age={_KEPT_SECONDS}; Path=/; HttpOnly; SameSite=Strict"

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
            message = {**message, "headers": headers}
        await send(message)

    return wrapped


def _name_in(scope: MutableMapping[str, Any]) -> str:
    for key, value in scope.get("headers", ()):
        if key == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                continue
            if found is not None and _NAME.fullmatch(found.value):
                return found.value
    return ""
