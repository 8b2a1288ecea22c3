"""On a page without log-in: the key in the link that the program shows when it starts.

Every account of a machine reaches its loopback. Whoever has the link gets a cookie for it, and
from then on the address is without the key, so that it stays in no bookmark and no history.
"""

import hmac
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from app.web.auth.html import door_page
from app.web.auth.http import (
    Asgi,
    Receive,
    Scope,
    Send,
    cookie,
    header,
    json_error,
    redirect,
    sentence,
)

_IN_LINK = "token"
_REFUSED = "请用程序启动时显示的网址打开，后面要带 ?token=…；网页重新启动过的，要用新显示的那一个。"


def new_token() -> str:
    """A key that nobody guesses."""
    return secrets.token_urlsafe(32)


def link_with(url: str, token: str) -> str:
    """The address that lets one in."""
    return f"{url}?{urlencode({_IN_LINK: token})}" if token else url


def door_file(folder: Path, link: str) -> Path:
    """A file for this account alone that leads a browser to ``link``.

    Others see with which arguments a browser is started, so these must not hold the key.
    """
    handle, name = tempfile.mkstemp(dir=folder, prefix="pingan-", suffix=".html")
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  # a handle
        file.write(door_page(link))
    return Path(name)


@dataclass(frozen=True, slots=True)
class TokenGate:
    """Lets through who has the key: in the link, the cookie it was changed for, or a header."""

    app: Asgi
    token: str = field(repr=False)
    port: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        given, rest = self._in_link(scope)
        is_page = scope["path"] in ("", "/") and scope["method"] in ("GET", "HEAD")
        if is_page and self._fits(given):
            answer = redirect(f"./?{rest}" if rest else "./", ((b"set-cookie", self._cookie()),))
            await answer.send(send)
        elif self._fits(cookie(scope, self._name)) or self._fits(_bearer(scope)):
            await self.app(scope, receive, send)
        else:
            is_read = scope["method"] in ("GET", "HEAD")
            await (sentence if is_read else json_error)(401, _REFUSED).send(send)

    @property
    def _name(self) -> str:
        # Browsers tell addresses apart by name, not by port: two pages, two cookies.
        return f"pingan_token_{self.port}"

    def _fits(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def _cookie(self) -> bytes:
        return f"{self._name}={self.token}; Path=/; HttpOnly; SameSite=Lax".encode("ascii")

    @staticmethod
    def _in_link(scope: Scope) -> tuple[str, str]:
        """The key in the address, and what else is asked for."""
        pairs = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        given = next((value for name, value in pairs if name == _IN_LINK), "")
        return given, urlencode([(k, v) for k, v in pairs if k != _IN_LINK])


def _bearer(scope: Scope) -> str:
    kind, _, given = header(scope, b"authorization").partition(" ")
    return given.strip() if kind.lower() == "bearer" else ""
