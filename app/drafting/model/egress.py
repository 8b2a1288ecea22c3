"""Nothing that must not leave the office is sent to a model beyond it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.address import host_of, is_loopback
from app.core.errors import ConfigError
from app.language.sensitive import read_sensitive


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must not be sent: what it is, and where it stands with its middle hidden."""

    kind: str
    where: str
    shown: str


def find_leaks(texts: Iterable[tuple[str, str]]) -> tuple[Leak, ...]:
    """Secrecy marks and personal data in ``(where, text)`` pairs."""
    found = (
        Leak(str(item.kind), where, item.shown)
        for where, text in texts
        for item in read_sensitive(text)
    )
    return tuple(dict.fromkeys(found))


def is_trusted(base_url: str, trusted_hosts: Sequence[str]) -> bool:
    """True where drafts may go unguarded: loopback and the hosts the office trusts."""
    host = host_of(base_url)
    return is_loopback(host) or host in {item.strip().lower() for item in trusted_hosts}


def guard(
    texts: Iterable[tuple[str, str]], *, base_url: str, trusted_hosts: Sequence[str] = ()
) -> None:
    """Stop before anything is sent that must not be.

    Raises:
        ConfigError: the endpoint is beyond this machine, not trusted, and a text holds a secrecy
            mark or personal data; the message names where, never the data itself.
    """
    if is_trusted(base_url, trusted_hosts):
        return
    leaks = find_leaks(texts)
    if not leaks:
        return
    named = "、".join(f"{leak.where}的{leak.kind}（{leak.shown}）" for leak in leaks[:4])
    more = f"等{len(leaks)}处" if len(leaks) > 4 else ""
    told = f"没有发送：{named}{more}不能发到外部模型 {host_of(base_url)}。请删去后再起草，"
    raise ConfigError(
        f"{told}或用 --offline 起草，或在 pingan.toml 的 trusted_hosts 里写明信任这台主机。",
        on_page=f"{told}或把“写法”选为“按要点直接成文”，或请管理员在设置里写明信任这台主机。",
    )
