"""The address of a cluster's scheduler: what is written, and whether drafts may go there."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.core.address import is_loopback
from app.core.errors import ConfigError

_PLAIN, _ENCRYPTED = "tcp", "tls"


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """A scheduler's address, whole."""

    host: str
    port: int
    is_encrypted: bool

    @property
    def url(self) -> str:
        """As Dask takes it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{_ENCRYPTED if self.is_encrypted else _PLAIN}://{shown}:{self.port}"


def read_address(text: str, trusted_hosts: Sequence[str] = ()) -> ClusterAddress:
    """Read ``host:port``, ``tcp://host:port`` or ``tls://host:port``.

    Raises:
        ConfigError: it is none of these, or drafts would cross the network unencrypted to a host
            that is not trusted.
    """
    written = text.strip()
    try:
        parts = urlsplit(written if "://" in written else f"{_PLAIN}://{written}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    has_more = bool(parts.path.strip("/") or parts.query or parts.username)
    if parts.scheme not in {_PLAIN, _ENCRYPTED} or not host or not port or has_more:
        raise ConfigError(
            f"--cluster {text} 不是集群地址，请写成 主机:端口，例如 127.0.0.1:8786；"
            "加密的写成 tls://主机:端口。"
        )
    address = ClusterAddress(host, port, parts.scheme == _ENCRYPTED)
    trusted = {item.strip().lower() for item in trusted_hosts}
    if not (address.is_encrypted or is_loopback(host) or host in trusted):
        raise ConfigError(
            f"集群 {address.url} 不在本机又没有加密，稿件会明文经过网络；"
            "请改用 tls://（证书的做法见部署说明），"
            "确是隔离网段的，把这台主机写进数据文件夹里 pingan.toml 的 trusted_hosts。"
        )
    return address
