"""Ask before the first sending to a host beyond this machine, and show what goes."""

import sys
from collections.abc import Callable

import click

from app.core.address import host_of
from app.core.errors import ConfigError
from app.services.consent import agree, needs_consent, require_consent
from app.settings import Settings

SEND_TO = click.option(
    "--send-to",
    metavar="主机",
    help="同意把内容发到这台外部主机，记住以后不再问；第一次发送前不写就会问。",
)


def confirm_sending(settings: Settings, shown: Callable[[], str]) -> None:
    """Go on where the host is agreed to; else show what goes and ask, or stop without a terminal.

    Raises:
        ConfigError: the user refused, or there is nobody to ask.
    """
    if not settings.base_url or not needs_consent(settings, settings.base_url):
        return
    if settings.send_to or not (sys.stdin.isatty() and sys.stderr.isatty()):
        require_consent(settings, settings.base_url)
        return
    host = host_of(settings.base_url)
    click.echo(shown(), err=True)
    if not click.confirm(f"这是第一次往外部主机 {host} 发送。同意发送以上内容吗？", err=True):
        raise ConfigError(f"没有发送：您没有同意发往 {host}。可以加 --offline，不用模型。")
    agree(settings, settings.base_url)
