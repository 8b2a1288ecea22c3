"""Start the page on one address, and prepare the knowledge base behind it."""

import ipaddress
import os
import socket
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING, Any

from app.core.errors import ConfigError, PinganError
from app.services.logins import Limits, Logins
from app.services.people import PeopleFile, require_private
from app.settings import Settings
from app.web.environment import limit_arenas, prepare_environment
from app.web.people_files import FileOwners, remove_leftovers
from app.web.people_login import Doorkeeper
from app.web.people_proxy import Proxies
from app.web.workspace import KEEP_SECONDS, MAX_UPLOAD_BYTES, Workspace

if TYPE_CHECKING:
    import gradio as gr

    from app.web.backend import Backend, Progress

_TRIES = 20
_POLL_S = 0.2
_MOST_SESSIONS = 1000  # open pages; beyond, the one longest untouched forgets its document
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # told apart
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the page is served."""

    host: str
    port: int
    scheme: str = "http"

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        host = _EVERYWHERE.get(self.host, self.host)
        shown = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{shown}:{self.port}/"


@dataclass(frozen=True, slots=True)
class Serving:
    """How the page is offered beyond its address."""

    proxies: Proxies = field(default_factory=Proxies)
    certificate: Path | None = None
    key: Path | None = None
    limits: Limits = field(default_factory=Limits)

    def require_sound(self) -> None:
        """Check what can be checked before anything starts.

        Raises:
            ConfigError: one half of the certificate is missing, or not there.
        """
        if (self.certificate is None) != (self.key is None):
            raise ConfigError("--ssl-cert 和 --ssl-key 要一起给：一个是证书，一个是它的私钥。")
        for path in (self.certificate, self.key):
            if path is not None and not path.is_file():
                raise ConfigError(f"找不到文件 {path}，请检查 --ssl-cert 和 --ssl-key。")
        if self.key is not None:
            require_private(self.key)


def is_loopback(host: str) -> bool:
    """True for an address that only this machine reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_loopback(host: str) -> None:
    """Refuse to show drafts to the whole network.

    Raises:
        ConfigError: ``host`` is anything but this machine.
    """
    if not is_loopback(host):
        raise ConfigError(
            f"网页没有登录保护，不能开放到 {host}，否则同一网络的人都能看到稿件；"
            "请先运行 pingan users add 用户名 --role 管理，设好登录再打开，"
            "或改用 --host 127.0.0.1，只在本机打开。"
        )


def require_login(host: str, people: PeopleFile, serving: Serving) -> None:
    """Refuse the network, and any proxy, where nobody has to log in.

    Raises:
        ConfigError: there are no users, or their file is damaged or open to others.
    """
    if people.people():
        return
    if people.exists():
        raise ConfigError(f"用户文件 {people.path} 里没有人，请先运行 pingan users add 用户名。")
    require_loopback(host)
    if serving.proxies.networks or serving.proxies.root_path:
        raise ConfigError(
            "网页没有登录保护，不能经过代理打开；请先运行 pingan users add 用户名 --role 管理，"
            "或去掉 --trusted-proxy 和 --root-path。"
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
    stopped: Event = field(default_factory=Event)

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
        self.stopped.set()
        self.page.close(verbose=False)
        self.backend.close()


def _launch_options(address: Address, serving: Serving) -> dict[str, Any]:
    from app.web import theme  # noqa: PLC0415  # after the environment is set

    options: dict[str, Any] = {
        "server_name": address.host,
        "server_port": address.port,
        "root_path": serving.proxies.root_path,
        "theme": theme.page_theme(),
        "css": theme.page_css(),
        "favicon_path": str(theme.FAVICON),
        "footer_links": [],
        "run_history": False,
        "allowed_paths": [],
        "max_file_size": MAX_UPLOAD_BYTES,
        "state_session_capacity": _MOST_SESSIONS,
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
    if serving.certificate is not None:
        options["ssl_certfile"] = str(serving.certificate)
        options["ssl_keyfile"] = str(serving.key)
        options["ssl_verify"] = False  # only for the server's own first call to itself
    return options


def start_server(settings: Settings, address: Address, serving: Serving | None = None) -> Server:
    """Serve the page; returns as soon as it answers.

    Raises:
        ConfigError: the network is to be served without log-in, or the port is taken.
    """
    serving = serving or Serving()
    serving.require_sound()
    people = PeopleFile(settings.home)
    require_login(address.host, people, serving)
    require_free_port(address)
    remove_leftovers()
    workspace = Workspace.create()
    prepare_environment(workspace.folder)
    limit_arenas()
    from app.web.backend import Backend  # noqa: PLC0415
    from app.web.pages import build_page  # noqa: PLC0415  # imports Gradio
    from app.web.people_app import Front, office_app  # noqa: PLC0415
    from app.web.people_memory import sweep_page  # noqa: PLC0415

    backend = Backend(settings, workspace)
    page = build_page(backend)
    page.queue(default_concurrency_limit=8)
    is_open = people.exists()
    door = Doorkeeper(people, Logins(settings.home, serving.limits), is_strict=is_open)
    owners = FileOwners(workspace.folder)
    hosts = None if is_open else frozenset({address.host, *_LOOPBACK})
    app = office_app(Front(page, door, owners, hosts, serving.proxies))
    page.launch(_app=app, **_launch_options(address, serving))
    server = Server(backend, page, address)

    def tidy() -> None:
        sweep_page(page, KEEP_SECONDS)
        backend.tidy()

    owners.sweep_forever(KEEP_SECONDS, server.stopped, tidy)
    return server
