"""The port a page is served on: taken once, before anything slow begins, and never let go."""

import errno
import socket
import sys
from dataclasses import dataclass, replace

from app.core.errors import ConfigError

_TRIES = 20
_BACKLOG = 2048  # uvicorn's own
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # told apart


@dataclass(frozen=True, slots=True)
class Address:
    """Where the page is served; port 0 asks for any free one."""

    host: str
    port: int
    scheme: str = "http"

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        host = _EVERYWHERE.get(self.host, self.host)
        shown = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{shown}:{self.port}/"


def take_port(address: Address) -> tuple[socket.socket, Address]:
    """A socket that listens already, and the address with its true port.

    Raises:
        ConfigError: there is no such port or address, or it is taken; the message names a free one.
    """
    if not 0 <= address.port <= 65535:
        raise ConfigError(f"端口 {address.port} 不存在，请用 1 到 65535 之间的数，例如 7860。")
    try:
        listening = _listen(address.host, address.port)
    except socket.gaierror as error:
        raise ConfigError(f"地址 {address.host} 不存在，请检查 --host。") from error
    except OSError as error:
        raise ConfigError(_reason(address, error)) from error
    return listening, replace(address, port=listening.getsockname()[1])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        taken.bind((host, port))
        taken.listen(_BACKLOG)  # a port only bound could be bound by another as well
    except BaseException:
        taken.close()
        raise
    return taken


def _reason(address: Address, error: OSError) -> str:
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {address.port}，请用 --port 换一个 1024 以上的端口。"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"本机没有地址 {address.host}，请检查 --host。"
    if error.errno != errno.EADDRINUSE:
        return f"不能在 {address.host} 的端口 {address.port} 打开网页：{error.strerror}。"
    other = next((p for p in range(address.port + 1, 65536)[:_TRIES] if _is_free(address, p)), None)
    hint = f"请改用 --port {other}" if other else "请用 --port 换一个端口"
    return f"端口 {address.port} 已被占用，可能网页已经开着，{hint}，或先关掉占用它的程序。"


def _is_free(address: Address, port: int) -> bool:
    try:
        _listen(address.host, port).close()
    except OSError:
        return False
    return True
