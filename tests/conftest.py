"""Shared fixtures: no network but loopback, a home of its own, the shared reports where present."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chromium import CHROMIUM, CHROMIUM_ARGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from app.services.apart import Apart

ROOT = Path(__file__).resolve().parent.parent


def _is_loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave the machine."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: object) -> None:
        if not _is_loopback(address):
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)  # type: ignore[arg-type]

    def guarded_ex(self: socket.socket, address: object) -> int:
        if not _is_loopback(address):
            raise AssertionError(f"a test reached for the network: {address}")
        return connect_ex(self, address)  # type: ignore[arg-type]

    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the user's own store and model settings."""
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path_factory.mktemp("home")))
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "PINGAN_MODEL", "PINGAN_EMBEDDER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def apart() -> Iterator["Apart"]:
    """A process apart, started by the first test that has work for it."""
    from app.services.apart import Apart

    with Apart(2) as running:
        yield running


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real reports beside the checkout, or ``PINGAN_SHARED``."""
    path = Path(os.environ.get("PINGAN_SHARED", ROOT.parent / "shared"))
    if not (path / "corpus").is_dir():
        pytest.skip("the labelled corpus is not beside this checkout (set PINGAN_SHARED)")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    if not (Path(CHROMIUM).exists() or shutil.which("chromium")):
        if os.environ.get("CI") == "true":
            pytest.fail("没有安装 Chromium，浏览器测试跑不起来")
        pytest.skip("没有安装 Chromium")
    from playwright.sync_api import sync_playwright  # only where it is run

    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
        running = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGS))
        yield running
        running.close()
