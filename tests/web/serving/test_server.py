import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands.web import web
from app.core.errors import ConfigError
from app.web.server import open_browser, require_loopback
from app.web.serving.port import Address, take_port


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_this_machine_is_served(host: str) -> None:
    require_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "office.example"])
def test_the_network_is_not_served_without_a_login(host: str) -> None:
    with pytest.raises(ConfigError, match="没有登录保护"):
        require_loopback(host)


def test_a_busy_port_names_a_free_one() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"端口 {port} 已被占用.*--port \d+"):
            take_port(Address("127.0.0.1", port))


def test_a_port_once_taken_is_kept_from_a_second_page() -> None:
    taken, address = take_port(Address("127.0.0.1", 0))
    with taken:
        assert address.port > 0
        with pytest.raises(ConfigError, match=f"端口 {address.port} 已被占用"):
            take_port(address)


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_that_is_not_this_machines_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="--host"):
        take_port(Address(host, 0))


def test_an_impossible_port_is_refused() -> None:
    with pytest.raises(ConfigError, match="端口 99999 不存在"):
        take_port(Address("127.0.0.1", 99999))


def test_the_command_refuses_the_network(tmp_path: Path) -> None:
    result = CliRunner().invoke(web, ["--host", "0.0.0.0", "--home", str(tmp_path)])
    assert isinstance(result.exception, ConfigError)
    assert "127.0.0.1" in str(result.exception)


def test_no_browser_is_opened_where_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    open_browser("http://127.0.0.1:1/")
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    open_browser("http://127.0.0.1:1/")
    assert opened == ["http://127.0.0.1:1/"]
    monkeypatch.setenv("PINGAN_NO_BROWSER", "1")
    open_browser("http://127.0.0.1:1/")
    assert len(opened) == 1


def test_addresses_are_fit_for_a_browser() -> None:
    assert Address("127.0.0.1", 7860).url == "http://127.0.0.1:7860/"
    assert Address("::1", 7860).url == "http://[::1]:7860/"
