"""Behind a proxy: what its headers tell is believed from trusted proxies alone."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.accounts.sessions import Network, is_within
from app.core.errors import ConfigError
from app.web.auth.http import Scope, client_of

_TOLD_BY_PROXIES = frozenset(
    (
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-forwarded-server",
        b"x-gradio-server",
        b"x-real-ip",
    )
)
_SCHEMES = ("http", "https")
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](?::\d{1,5})?|(?P<four>[\d.]+):\d{1,5}")


def parse_networks(told: Iterable[str], option: str = "--trusted-proxy") -> tuple[Network, ...]:
    """Addresses or networks, as ``option`` names them.

    Raises:
        ConfigError: one of them is neither.
    """
    found = []
    for text in told:
        try:
            found.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError as error:
            raise ConfigError(
                f"{option} {text} 不是 IP 地址，请写成 10.1.2.3 或 10.1.2.0/24。"
            ) from error
    return tuple(found)


def _parts(scope: Scope, name: bytes) -> list[str]:
    """What the proxies added, the nearest last: a proxy may add to a line, or add a line."""
    lines = [v.decode("latin-1") for k, v in scope.get("headers", ()) if k == name]
    return [part.strip() for part in ",".join(lines).split(",")] if lines else [""]


def _address(told: str) -> str:
    """An address without quotes and port; empty for anything else."""
    told = told.strip('"')
    found = _WITH_PORT.fullmatch(told)
    address = (found["six"] or found["four"] or "") if found else told
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return ""
    return address


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose word is taken, and the path below which they offer the page."""

    networks: tuple[Network, ...] = ()
    root_path: str = ""

    def is_trusted(self, address: str) -> bool:
        """Whether an address is one of theirs."""
        return is_within(address, self.networks)

    def is_told(self, scope: Scope) -> bool:
        """Whether a request says that it came through a proxy."""
        return any(k in _TOLD_BY_PROXIES for k, _ in scope.get("headers", ()))

    def settle(self, scope: Scope) -> None:
        """Take over what a trusted proxy tells, then drop all such headers."""
        if self.is_trusted(client_of(scope)):
            scheme = _parts(scope, b"x-forwarded-proto")[-1].lower()
            if scheme in _SCHEMES:
                scope["scheme"] = scheme
            host = _parts(scope, b"x-forwarded-host")[-1]
            self._take_client(scope, _parts(scope, b"x-forwarded-for"))
        else:
            host = ""
        kept = [(k, v) for k, v in scope.get("headers", ()) if k not in _TOLD_BY_PROXIES]
        if host:
            kept = [(k, v) for k, v in kept if k != b"host"]
            kept.append((b"host", host.encode("latin-1")))
        scope["headers"] = kept
        path: str = scope["path"]
        if self.root_path and (path + "/").startswith(self.root_path + "/"):
            scope["path"] = path[len(self.root_path) :] or "/"
            scope["raw_path"] = scope.get("raw_path", b"")[len(self.root_path.encode()) :] or b"/"

    def _take_client(self, scope: Scope, told: list[str]) -> None:
        """The last address in the chain that is not a trusted proxy."""
        for part in reversed([p for p in told if p]):
            address = _address(part)
            if not address:
                return
            scope["client"] = (address, 0)
            if not self.is_trusted(address):
                return


def clean_root_path(told: str) -> str:
    """The path below which a proxy offers the page: empty, or ``/office/pingan``.

    Raises:
        ConfigError: it is no path.
    """
    path = "/" + told.strip().strip("/")
    if path == "/":
        return ""
    parts = path[1:].split("/")
    if not all(p and p.isascii() and p.replace("-", "").replace("_", "").isalnum() for p in parts):
        raise ConfigError(f"--root-path {told} 不对，请写成 /pingan 这样，只用字母、数字、- 和 _。")
    return path
