"""Start the page on one address, and prepare the knowledge base behind it."""

import os
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING

from app.accounts.sessions import Network, SessionLimits, SessionStore
from app.accounts.users import UserFile, require_private
from app.core.address import is_loopback
from app.core.errors import ConfigError, PinganError
from app.settings import Settings
from app.web.auth.authenticator import Authenticator
from app.web.auth.files import FileOwners, remove_leftovers
from app.web.auth.proxy import Proxies
from app.web.serving.environment import limit_arenas, prepare_environment
from app.web.serving.port import Address, take_port
from app.web.workspace import KEEP_SECONDS, UploadFolder

if TYPE_CHECKING:
    from socket import socket

    import gradio as gr

    from app.web.backend import Backend, Progress
    from app.web.serving.listener import Listener

_POLL_S = 0.2
_AT_ONCE = 16  # calls of one kind; most of them wait for a process apart
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Serving:
    """How the page is offered beyond its address; ``token`` is asked for where nobody logs in."""

    proxies: Proxies = field(default_factory=Proxies)
    certificate: Path | None = None
    key: Path | None = None
    limits: SessionLimits = field(default_factory=SessionLimits)
    exempt: tuple[Network, ...] = ()
    token: str = field(default="", repr=False)

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


def require_login(host: str, people: UserFile, serving: Serving) -> None:
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
    listener: "Listener"
    address: Address
    folder: Path
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
        while self.listener.is_serving:
            sleep(_POLL_S)

    def close(self) -> None:
        """Stop serving and let the knowledge base go."""
        self.stopped.set()
        self.listener.close()
        self.backend.close()


def start_server(settings: Settings, address: Address, serving: Serving | None = None) -> Server:
    """Serve the page; returns as soon as it answers.

    Raises:
        ConfigError: the network is to be served without log-in, the port cannot be had, or the
            certificate cannot be used.
    """
    serving = serving or Serving()
    serving.require_sound()
    people = UserFile(settings.home)
    require_login(address.host, people, serving)
    taken, address = take_port(address)  # before anything slow: whoever is second is told at once
    try:
        return _serve(settings, address, serving, people, taken)
    except BaseException:
        taken.close()
        raise


def _serve(
    settings: Settings, address: Address, serving: Serving, people: UserFile, taken: "socket"
) -> Server:
    remove_leftovers()
    workspace = UploadFolder.create()
    prepare_environment(workspace.folder)
    limit_arenas()
    from app.web.application import Front, office_app  # noqa: PLC0415
    from app.web.auth.memory import sweep_page  # noqa: PLC0415
    from app.web.backend import Backend  # noqa: PLC0415
    from app.web.pages.page import build_page  # noqa: PLC0415  # imports Gradio
    from app.web.serving.bounds import bounded  # noqa: PLC0415  # imports uvicorn
    from app.web.serving.listener import Listener  # noqa: PLC0415

    backend = Backend(settings, workspace)
    page = build_page(backend)
    page.queue(default_concurrency_limit=_AT_ONCE)
    is_open = people.exists()
    logins = SessionStore(settings.home, serving.limits, exempt=serving.exempt)
    door = Authenticator(people, logins, is_strict=is_open)
    owners = FileOwners(workspace.folder)
    hosts = None if is_open else frozenset({address.host, *_LOOPBACK})
    token = "" if is_open else serving.token
    app = office_app(Front(page, door, owners, hosts, serving.proxies, token, address.port))
    listener = Listener.start(
        app,
        taken,
        certificate=serving.certificate,
        key=serving.key,
        protocol=bounded(serving.proxies.is_trusted),
    )
    server = Server(backend, page, listener, address, workspace.folder)

    def tidy() -> None:
        sweep_page(page, KEEP_SECONDS)
        backend.tidy()

    owners.sweep_forever(KEEP_SECONDS, server.stopped, tidy)
    return server
