"""``pingan web``: the page on this machine."""

import signal
import sys
from pathlib import Path
from typing import Any

import click

from app.core.errors import PinganError
from app.settings import load_settings


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


@click.command(help="在本机打开网页：起草、核查、管理知识库。按 Ctrl+C 停止。")
@click.option("--host", default="127.0.0.1", show_default=True, help="网页的地址，只能是本机。")
@click.option("--port", default=7860, show_default=True, type=int, help="网页的端口。")
@click.option("--home", type=click.Path(path_type=Path), help="存放知识库和稿件的文件夹。")
@click.option("--no-open", is_flag=True, help="不自动打开浏览器。")
def web(host: str, port: int, home: Path | None, no_open: bool) -> None:
    """Serve the page until interrupted."""
    from app.web.server import (  # noqa: PLC0415
        Address,
        open_browser,
        require_free_port,
        require_loopback,
        start_server,
    )

    settings = load_settings(home=home)
    address = Address(host, port)
    require_loopback(host)
    require_free_port(address)
    click.echo("正在打开网页……", err=True)
    server = start_server(settings, address)
    click.echo(f"网页已打开：{address.url}（按 Ctrl+C 停止）")
    bar = _Bar("首次使用，收入自带的示例总结")
    server.prepare(bar.step, on_ready=_welcome, on_failure=_report)
    if not no_open:
        open_browser(address.url)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.wait()
    except KeyboardInterrupt:
        click.echo("", err=True)
    finally:
        server.close()
        click.echo("网页已关闭。", err=True)


def _welcome(reports: int) -> None:
    click.echo(f"知识库已就绪：{reports} 份往年总结。")


def _report(error: PinganError) -> None:
    click.echo(f"知识库没有准备好：{error}", err=True)
