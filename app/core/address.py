"""What an endpoint's address says: its host, and whether that is this machine."""

import ipaddress
from urllib.parse import urlsplit

from app.core.errors import ConfigError


def host_of(base_url: str) -> str:
    """The host name of an endpoint, lower case.

    Raises:
        ConfigError: it is no http or https address.
    """
    try:
        parts = urlsplit(base_url)
        host = (parts.hostname or "").lower()
        bad_port = parts.port is not None and not 0 < parts.port < 65536
    except ValueError:
        host, bad_port, parts = "", True, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or bad_port:
        raise ConfigError(
            "模型地址不对，应当是 http://主机:端口/v1 这样的形式，请检查 OPENAI_BASE_URL。",
            on_page="模型的地址不对，应当是 http://主机:端口/v1 这样的形式，请管理员核对设置。",
        )
    return host


def is_loopback(host: str) -> bool:
    """True for this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
