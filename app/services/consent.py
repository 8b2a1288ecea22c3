"""Ask once before anything goes to a host beyond this machine, and remember the answer.

Loopback and the hosts the office trusts are not asked about. The answer holds for the host and is
kept in the data folder, in a file that its owner alone can read.
"""

import json
import os
from typing import TYPE_CHECKING

from app.core.address import host_of
from app.core.errors import ConfigError
from app.core.files import write_atomically
from app.drafting.model.egress import is_trusted

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import Settings

_FILE = "outside_hosts.json"


class ConsentError(ConfigError):
    """Nobody has yet agreed to send anything to ``host``."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"没有发送：这是第一次往外部主机 {host} 发送。请先看会发送什么（起草加 --dry-run），"
            f"同意就加 --send-to {host} 或设环境变量 PINGAN_SEND_TO={host} 再运行，以后不再问。",
            on_page=f"没有发送：这是第一次往外部主机 {host} 发送。请点“将发送什么”，看过以后点"
            "“同意发送”，再试一次；以后不再问。",
        )
        self.host = host


def needs_consent(settings: "Settings", base_url: str) -> bool:
    """True where the host is beyond this machine, not trusted, and nobody has agreed yet.

    Raises:
        ConfigError: the address is none.
    """
    host = host_of(base_url)
    return not is_trusted(base_url, settings.trusted_hosts) and host not in _agreed(settings)


def require_consent(settings: "Settings", base_url: str) -> None:
    """Stop where nobody has agreed; a host named in the settings is agreed to.

    Raises:
        ConsentError: nobody has.
        ConfigError: the address is none, or the settings name another host.
    """
    if not needs_consent(settings, base_url):
        return
    host, named = host_of(base_url), settings.send_to.strip().lower()
    if not named:
        raise ConsentError(host)
    if named != host:
        raise ConfigError(f"没有发送：同意的是发往 {named}，模型的地址却是 {host}，请核对后再试。")
    agree(settings, base_url)


def agree(settings: "Settings", base_url: str) -> None:
    """Remember that texts may go to the host of an address.

    Raises:
        ConfigError: the address is none.
        ExportError: the data folder cannot be written to.
    """
    hosts = sorted({*_agreed(settings), host_of(base_url)})
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # written anew with the same mode
    write_atomically(path, json.dumps({"hosts": hosts}, ensure_ascii=False, indent=1) + "\n")


def _agreed(settings: "Settings") -> frozenset[str]:
    """The hosts agreed to; a file that is damaged agrees to none."""
    try:
        hosts = json.loads(_path(settings).read_text(encoding="utf-8"))["hosts"]
        return frozenset(str(host) for host in hosts)
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _path(settings: "Settings") -> "Path":
    return settings.home / _FILE
