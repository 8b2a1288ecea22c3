"""``pingan web``: the page on this machine."""

import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.commands.private import keep_private
from app.core.errors import PinganError
from app.settings import load_settings

if TYPE_CHECKING:
    from app.web.server import Serving
    from app.web.serving.port import Address


class _Bar:
    """A progress bar on stderr, begun with the first step."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None
        self._done = 0

    def step(self, done: int, total: int, _: str) -> None:
        """Show one step."""
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
            self._bar.render_progress()
        self._bar.update(done - self._done)
        self._done = done
        if done >= total:
            self._bar.render_finish()


_HELP = (
    "打开网页：起草、核查、审阅、管理知识库。按 Ctrl+C 停止。"
    "默认只在本机打开；给同一网络的人用，先用 pingan users add 添加用户，再加 --host 0.0.0.0。"
)
_NOT_ENCRYPTED = (
    "注意：没有加密（https），同一网络里的人可能截取密码；"
    "请加 --ssl-cert 和 --ssl-key，或放在有 https 的代理后面（见 docs/security.md）。"
)


@click.command(help=_HELP)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="网页的地址；有用户后才能用本机以外的。"
)
@click.option(
    "--port", default=7860, show_default=True, type=int, help="网页的端口；0 为任一空着的端口。"
)
@click.option("--home", type=click.Path(path_type=Path), help="存放知识库和稿件的文件夹。")
@click.option("--no-open", is_flag=True, help="不自动打开浏览器。")
@click.option("--ssl-cert", type=click.Path(path_type=Path), help="https 的证书文件（PEM）。")
@click.option("--ssl-key", type=click.Path(path_type=Path), help="证书的私钥文件，只能自己可读。")
@click.option(
    "--trusted-proxy", multiple=True, metavar="地址", help="代理的 IP 地址或网段，可写多次。"
)
@click.option(
    "--exempt-address",
    multiple=True,
    metavar="地址",
    help="很多人共用的出口地址或网段：输错密码只按人计，不按地址计，可写多次。",
)
@click.option("--root-path", default="", metavar="路径", help="代理把网页放在哪个路径下：/pingan。")
@click.option(
    "--no-token",
    is_flag=True,
    help="没有用户时，本机打开网页也不要网址里的 token。",
)
@click.option(
    "--idle-minutes",
    default=120,
    show_default=True,
    type=click.IntRange(5, 24 * 60),
    help="多少分钟不操作就要重新登录。",
)
@click.option(
    "--session-hours",
    default=12,
    show_default=True,
    type=click.IntRange(1, 24 * 7),
    help="登录以后最多多少小时要重新登录。",
)
def web(host: str, port: int, home: Path | None, no_open: bool, **rest: Any) -> None:
    """Serve the page until interrupted."""
    from app.accounts.users import UserFile  # noqa: PLC0415
    from app.services.log_redaction import redact_logs  # noqa: PLC0415
    from app.web.auth.token_gate import door_file, link_with  # noqa: PLC0415
    from app.web.server import (  # noqa: PLC0415
        open_browser,
        require_login,
        start_server,
    )
    from app.web.serving.log import start_log  # noqa: PLC0415
    from app.web.serving.port import Address  # noqa: PLC0415

    start_log()
    redact_logs()
    settings = load_settings(home=home)
    keep_private(settings.home)
    serving = _serving(rest)
    people = UserFile(settings.home)
    require_login(host, people, serving)
    address = Address(host, port, "https" if serving.certificate else "http")
    click.echo("正在打开网页……", err=True)
    server = start_server(settings, address, serving)
    address = server.address
    link = address.url if people.exists() else link_with(address.url, serving.token)
    click.echo(f"网页已打开：{link}（按 Ctrl+C 停止）")
    _tell_about_network(address, is_proxied=bool(serving.proxies.networks))
    bar = _Bar("首次使用，收入自带的示例总结")
    server.prepare(bar.step, on_ready=_welcome, on_failure=_report)
    if not no_open:
        is_bare = link == address.url
        open_browser(link if is_bare else door_file(server.folder, link).as_uri())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.wait()
    except KeyboardInterrupt:
        click.echo("", err=True)
    finally:
        server.close()
        click.echo("网页已关闭。", err=True)


def _serving(told: dict[str, Any]) -> "Serving":
    from app.accounts.sessions import SessionLimits  # noqa: PLC0415
    from app.web.auth.proxy import Proxies, clean_root_path, parse_networks  # noqa: PLC0415
    from app.web.auth.token_gate import new_token  # noqa: PLC0415
    from app.web.server import Serving  # noqa: PLC0415

    serving = Serving(
        token="" if told["no_token"] else new_token(),
        proxies=Proxies(parse_networks(told["trusted_proxy"]), clean_root_path(told["root_path"])),
        certificate=told["ssl_cert"],
        key=told["ssl_key"],
        exempt=parse_networks(told["exempt_address"], "--exempt-address"),
        limits=SessionLimits(
            idle_s=told["idle_minutes"] * 60.0, absolute_s=told["session_hours"] * 3600.0
        ),
    )
    serving.require_sound()
    return serving


def _tell_about_network(address: "Address", *, is_proxied: bool) -> None:
    from app.core.address import is_loopback  # noqa: PLC0415

    if is_loopback(address.host):
        return
    name = socket.gethostname()
    click.echo(
        f"同一网络的人用 {address.scheme}://{name}:{address.port}/ 打开，要先登录。", err=True
    )
    if address.scheme != "https" and not is_proxied:
        click.echo(_NOT_ENCRYPTED, err=True)


def _welcome(reports: int) -> None:
    click.echo(f"知识库已就绪：{reports} 份往年总结。")


def _report(error: PinganError) -> None:
    click.echo(f"知识库没有准备好：{error}", err=True)
