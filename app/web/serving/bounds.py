"""What strangers may use of the server before anyone knows who they are.

A connection is a stranger's until a request on it is let in, and again once that is answered. How
long its headers take, how large they are, and how many such connections there are is bounded here:
the server has no such bounds of its own. Where there are too many, the oldest goes, so that whoever
sends whole requests is answered, also behind the same address.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as Base

from app.accounts.sessions import network_of
from app.web.auth.http import LET_IN

_HEADERS_S = 15.0  # longer than a browser leaves a connection unused, plus a slow line
_MOST_HEADER_BYTES = 32 * 2**10
_MOST_FROM_ONE = 128  # twenty people behind one address, each browser with six
_MOST_STRANGERS = 1024
_MOST_FILES = 65_536
LOOP = f"{__name__}:make_loop"  # as uvicorn wants it
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


def raise_file_limit() -> int:
    """Let this process open as many files as the system lets it; returns how many those are."""
    if sys.platform == "win32":
        return _MOST_STRANGERS * 4
    import resource  # noqa: PLC0415  # not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return most
    return most if soft == resource.RLIM_INFINITY else soft


@dataclass
class Strangers:
    """The connections of strangers, the oldest first; those of trusted proxies are not counted."""

    is_trusted: Callable[[str], bool] = lambda _: False
    most: int = _MOST_STRANGERS
    most_from_one: int = _MOST_FROM_ONE
    headers_s: float = _HEADERS_S
    _by_place: dict[str, dict["BoundedProtocol", None]] = field(default_factory=dict)
    _all: dict["BoundedProtocol", None] = field(default_factory=dict)

    def add(self, connection: "BoundedProtocol") -> None:
        """Count one; where there are too many, the oldest is closed."""
        if connection in self._all or self.is_trusted(connection.place):
            return
        here = self._by_place.setdefault(network_of(connection.place), {})
        if len(here) >= self.most_from_one:
            self._close(next(iter(here)))
        elif len(self._all) >= self.most:
            self._close(next(iter(self._all)))
        self._by_place.setdefault(network_of(connection.place), {})[connection] = None
        self._all[connection] = None

    def drop(self, connection: "BoundedProtocol") -> None:
        """Count one no longer."""
        if connection not in self._all:
            return
        del self._all[connection]
        place = network_of(connection.place)
        here = self._by_place.get(place, {})
        here.pop(connection, None)
        if not here:
            self._by_place.pop(place, None)

    def _close(self, connection: "BoundedProtocol") -> None:
        self.drop(connection)
        connection.give_up()


class BoundedProtocol(Base):
    """HTTP with bounds on what comes before a request is known."""

    strangers = Strangers()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ws_protocol_class = None  # the page needs no other protocol
        self.place = "?"
        self._got = 0
        self._is_body_over = True
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self.place = str(self.client[0]) if self.client else "?"
        self._wait()

    def _wait(self) -> None:
        self._got = 0
        if self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.strangers.headers_s, self.give_up)
            self.strangers.add(self)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def let_in(self) -> None:
        """Whoever sent the last request is known: the connection may last."""
        self.strangers.drop(self)

    def give_up(self) -> None:
        """Close what has lasted for too long."""
        self._stop_waiting()
        self.strangers.drop(self)
        self.transport.abort()

    def _feed(self, data: bytes) -> bool:
        """Whether ``data`` makes the headers of a request whole."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is before:
            return False
        self.cycle.scope[LET_IN] = self.let_in  # type: ignore[literal-required]
        return True

    def data_received(self, data: bytes) -> None:
        """Take in no more than the longest headers, until they are whole."""
        while data and self._timer is not None and self._is_body_over:
            if self.transport.is_closing():
                return
            room = _MOST_HEADER_BYTES - self._got
            if room <= 0:
                self.transport.write(_TOO_LARGE)
                self._stop_waiting()
                self.transport.close()
                return
            piece, data = data[:room], data[room:]
            self._got += len(piece)
            if self._feed(piece):
                self._stop_waiting()
        if data and not self.transport.is_closing() and self._feed(data):
            self._stop_waiting()

    def on_headers_complete(self) -> None:
        """A request is known, and its body follows."""
        self._is_body_over = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What follows belongs to another request."""
        self._is_body_over = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait again, for the next request; what is left of the old one gets no more time."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_waiting()
        self.strangers.drop(self)
        super().connection_lost(exc)


def make_loop() -> asyncio.AbstractEventLoop:
    """The usual event loop, in which a TLS handshake takes no longer than headers may."""
    from uvicorn.loops.auto import auto_loop_factory  # noqa: PLC0415  # beside its use

    loop: Any = auto_loop_factory()()
    plain = loop.create_server

    async def create_server(*args: Any, **options: Any) -> asyncio.Server:
        if options.get("ssl") is not None:
            options.setdefault("ssl_handshake_timeout", _HEADERS_S)
        server: asyncio.Server = await plain(*args, **options)
        return server

    loop.create_server = create_server
    made: asyncio.AbstractEventLoop = loop
    return made


def bounded(is_trusted: Callable[[str], bool]) -> type[BoundedProtocol]:
    """A protocol for one server; as many files may be open as the system lets this process."""
    most = min(_MOST_STRANGERS, raise_file_limit() // 4)
    strangers = Strangers(is_trusted, most=most)
    return type("Protocol", (BoundedProtocol,), {"strangers": strangers})
