"""HTTP to a configured endpoint, chat or embeddings: its answer can neither hold nor fill us.

Nothing packed is taken, for it might be endless once unpacked; no other host is gone to; a proxy
of the environment is not asked for this machine itself; headers and body have so much time and so
many bytes, however slowly they come.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from app.core.address import host_of, is_loopback

_LOOK_S = 0.2
_NEW_CONNECTION = ("connect_tcp.complete", "start_tls.complete")  # httpcore's names


@dataclass(frozen=True, slots=True)
class CallLimits:
    """``timeout_s`` is for each piece and for all headers together, ``whole_s`` for the answer."""

    timeout_s: float
    whole_s: float
    connect_s: float = 8.0
    answer_bytes: int = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who waits for an answer: told of its bytes, asked whether it is still wanted."""

    must_stop: Callable[[], bool] = lambda: False
    on_bytes: Callable[[], None] = lambda: None


def make_client(base_url: str, bounds: CallLimits, watcher: Watcher | None = None) -> httpx.Client:
    """A client for one endpoint.

    Raises:
        ConfigError: it is no http or https address.
    """
    transport = httpx.HTTPTransport(
        proxy=_proxy_for(base_url),
        # A connection for each request, so that each can be cut.
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    return httpx.Client(
        transport=_Transport(transport, bounds, watcher or Watcher()),
        timeout=httpx.Timeout(bounds.timeout_s, connect=bounds.connect_s),
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
    )


def _proxy_for(base_url: str) -> str | None:
    host = host_of(base_url)
    if is_loopback(host) or proxy_bypass(host):
        return None
    found = getproxies()
    proxy = found.get(urlsplit(base_url).scheme) or found.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


class _Line:
    """The connection of one request, cut once it is late or nobody waits for it any more.

    A read gives up only when nothing at all comes; a server that drips is never silent.
    """

    def __init__(self, bounds: CallLimits, watcher: Watcher) -> None:
        self._bounds, self._watcher = bounds, watcher
        self._began = time.monotonic()
        self._until = self._began + bounds.connect_s + bounds.timeout_s
        self._socket: socket.socket | None = None
        self._is_over = Event()
        self._is_late = False
        self._is_cut = False
        Thread(target=self._watch, name="endpoint", daemon=True).start()

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """Told by the transport what it does."""
        if name.endswith(_NEW_CONNECTION):
            self._socket = info["return_value"].get_extra_info("socket")

    def headers_came(self) -> None:
        """Now the body has its time."""
        self._until = self._began + self._bounds.whole_s

    def heard(self) -> None:
        """Some bytes have come."""
        self._watcher.on_bytes()
        self._is_cut = self._is_cut or self._watcher.must_stop()

    def end(self) -> None:
        """The answer is whole, or given up."""
        self._is_over.set()

    def require_whole(self, request: httpx.Request) -> None:
        """Tell why the line was cut, where it was.

        Raises:
            httpx.ReadTimeout: its time was over.
            httpx.ReadError: nobody waits for it.
        """
        if self._is_late:
            raise httpx.ReadTimeout("too slow", request=request)
        if self._is_cut:
            raise httpx.ReadError("broken off", request=request)

    def _watch(self) -> None:
        while not self._is_over.wait(_LOOK_S):
            if time.monotonic() > self._until:
                self._is_late = True
            elif self._watcher.must_stop():
                self._is_cut = True
            if self._socket is not None and (self._is_late or self._is_cut):
                with suppress(OSError):  # closed meanwhile
                    # the plain socket's: that of TLS would wait for the other side
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Transport(httpx.BaseTransport):
    """Puts each request on a line of its own."""

    def __init__(self, inner: httpx.HTTPTransport, bounds: CallLimits, watcher: Watcher) -> None:
        self._inner, self._bounds, self._watcher = inner, bounds, watcher

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        line = _Line(self._bounds, self._watcher)
        request.extensions = {**request.extensions, "trace": line.trace}
        try:
            response = self._inner.handle_request(request)
            line.require_whole(request)
            if response.headers.get("content-encoding", "identity") != "identity":
                response.close()
                raise httpx.DecodingError("a packed answer", request=request)
        except BaseException as error:
            line.end()
            if isinstance(error, httpx.TransportError | OSError | ValueError):
                line.require_whole(request)
            raise
        line.headers_came()
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Stream(response.stream, line, request, self._bounds.answer_bytes)
        return response

    def close(self) -> None:
        self._inner.close()


class _Stream(httpx.SyncByteStream):
    """A body of no more than so many bytes that can be broken off.

    Whoever reads it further on would otherwise read an endless answer to its end.
    """

    def __init__(
        self, inner: httpx.SyncByteStream, line: _Line, request: httpx.Request, limit: int
    ) -> None:
        self._inner, self._line, self._request, self._left = inner, line, request, limit

    def __iter__(self) -> Iterator[bytes]:
        try:
            for data in self._inner:
                self._left -= len(data)
                self._line.heard()
                self._line.require_whole(self._request)
                if self._left < 0:
                    raise httpx.DecodingError("too long", request=self._request)
                yield data
        except (httpx.TransportError, OSError, ValueError):
            self._line.require_whole(self._request)
            raise
        # A line that is cut looks like an answer that has ended.
        self._line.require_whole(self._request)

    def close(self) -> None:
        self._line.end()
        self._inner.close()
