"""Start the page on one address, and prepare the knowledge base behind it."""

import ipaddress
import os
import socket
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any

from app.core.errors import ConfigError, PinganError
from app.settings import Settings
from app.web.environment import prepare_environment
from app.web.workspace import MAX_UPLOAD_BYTES, Workspace

if TYPE_CHECKING:
    import gradio as gr

    from app.web.backend import Backend, Progress

_TRIES = 20
_POLL_S = 0.2
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the page is served."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """What to type into a browser."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}/"


def require_loopback(host: str) -> None:
    """Refuse to show drafts to the whole network.

    Raises:
        ConfigError: ``host`` is anything but this machine.
    """
    try:
        is_local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = host == "localhost"
    if not is_local:
        raise ConfigError(
            f"网页没有登录保护，不能开放到 {host}，否则同一网络的人都能看到稿件；"
            "请改用 --host 127.0.0.1，只在本机打开。"
        )


def _is_free(address: Address) -> bool:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError:
            return False
    return True


def require_free_port(address: Address) -> None:
    """Check that the port can be had.

    Raises:
        ConfigError: it is taken; the message names a free one.
    """
    if not 1 <= address.port <= 65535:
        raise ConfigError(f"端口 {address.port} 不存在，请用 1 到 65535 之间的数，例如 7860。")
    if _is_free(address):
        return
    others = range(address.port + 1, min(address.port + 1 + _TRIES, 65536))
    other = next((p for p in others if _is_free(Address(address.host, p))), None)
    hint = f"请改用 --port {other}" if other else "请用 --port 换一个端口"
    raise ConfigError(
        f"端口 {address.port} 已被占用，可能网页已经开着，{hint}，或先关掉占用它的程序。"
    )


def open_browser(url: str) -> None:
    """Show the page; on a machine without a screen, do nothing."""
    is_headless = sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if not is_headless and not os.environ.get("PINGAN_NO_BROWSER"):
        webbrowser.open(url)


@dataclass
class Server:
    """A running page."""

    backend: "Backend"
    page: "gr.Blocks"
    address: Address

    def prepare(
        self,
        on_progress: "Progress",
        *,
        on_ready: Callable[[int], None],
        on_failure: Callable[[PinganError], None],
    ) -> Thread:
        """Open the knowledge base in a thread of its own, and load what the first draft needs.

        ``on_ready`` gets the number of reports.
        """

        def work() -> None:
            try:
                self.backend.prepare(on_progress)
                self.backend.warm_up()
                on_ready(len(self.backend.records()))
            except PinganError as error:
                on_failure(error)

        thread = Thread(target=work, name="prepare", daemon=True)
        thread.start()
        return thread

    def wait(self) -> None:
        """Serve until stopped from elsewhere or interrupted."""
        while self.page.is_running:
            sleep(_POLL_S)

    def close(self) -> None:
        """Stop serving and let the knowledge base go."""
        self.page.close(verbose=False)
        self.backend.close()


def _launch_options(host: str) -> dict[str, Any]:
    from starlette.middleware import Middleware  # noqa: PLC0415  # after the environment is set

    from app.web import theme  # noqa: PLC0415
    from app.web.middleware import PageMiddleware  # noqa: PLC0415

    return {
        "theme": theme.page_theme(),
        "css": theme.page_css(),
        "favicon_path": str(theme.FAVICON),
        "app_kwargs": {
            "middleware": [Middleware(PageMiddleware, hosts=frozenset({host, *_LOOPBACK}))],
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        "footer_links": [],
        "run_history": False,
        "allowed_paths": [],
        "max_file_size": MAX_UPLOAD_BYTES,
        "share": False,
        "enable_monitoring": False,
        "mcp_server": False,
        "pwa": False,
        "ssr_mode": False,
        "show_error": False,
        "quiet": True,
        "inbrowser": False,
        "prevent_thread_lock": True,
    }


def start_server(settings: Settings, address: Address) -> Server:
    """Serve the page; returns as soon as it answers.

    Raises:
        ConfigError: the address is not this machine's own, or its port is taken.
    """
    require_loopback(address.host)
    require_free_port(address)
    workspace = Workspace.create()
    prepare_environment(workspace.folder)
    from app.web.backend import Backend  # noqa: PLC0415
    from app.web.pages import build_page  # noqa: PLC0415  # imports Gradio

    backend = Backend(settings, workspace)
    page = build_page(backend)
    page.queue(default_concurrency_limit=8)
    page.launch(server_name=address.host, server_port=address.port, **_launch_options(address.host))
    return Server(backend, page, address)
