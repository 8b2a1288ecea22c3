"""The pieces in front of the page: proxies, session names, files, the streams' end."""

import json
import os
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from app.accounts.users import Role, UserFile
from app.core.errors import ConfigError
from app.web.auth.files import FileOwners, remove_leftovers, told_paths
from app.web.auth.html import login_page, people_page, visitor_bar
from app.web.auth.http import client_of, cookie, header, is_same_origin, set_cookie
from app.web.auth.isolate import (
    API,
    NotYoursError,
    is_offered,
    own_body,
    own_path,
    own_query,
)
from app.web.auth.proxy import Proxies, clean_root_path, parse_networks
from app.web.auth.upload import _short
from app.web.auth.visitor import LOCAL_USER, LOCAL_VISITOR, SCOPE_KEY, Visitor, current_user
from app.web.server import Serving, require_login

Scope = MutableMapping[str, Any]


def scope(path: str = "/", client: str = "10.0.0.9", **headers: str) -> Scope:
    told = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in headers.items()]
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "client": (client, 5),
        "headers": told,
        "query_string": b"",
    }


# --- proxies --------------------------------------------------------------------------------

TOLD = {
    "x_forwarded_for": "1.2.3.4, 10.0.0.8",
    "x_forwarded_proto": "https",
    "x_forwarded_host": "pingan.example",
    "host": "127.0.0.1:7860",
}


def test_a_trusted_proxy_is_believed() -> None:
    asked = scope(**TOLD)
    Proxies(parse_networks(["10.0.0.0/24"])).settle(asked)
    assert (asked["scheme"], client_of(asked)) == ("https", "1.2.3.4")
    assert header(asked, b"host") == "pingan.example"
    assert header(asked, b"x-forwarded-for") == ""


def test_anybody_else_is_not() -> None:
    asked = scope(client="10.0.1.9", x_gradio_server="http://evil", **TOLD)
    proxies = Proxies(parse_networks(["10.0.0.0/24"]))
    assert proxies.is_told(asked)
    proxies.settle(asked)
    assert (asked["scheme"], client_of(asked)) == ("http", "10.0.1.9")
    assert header(asked, b"host") == "127.0.0.1:7860"
    assert not proxies.is_told(asked)


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ("9.9.9.9, 1.2.3.4", "1.2.3.4"),  # what the visitor wrote himself comes first
        ("10.0.0.7", "10.0.0.7"),
        ("nonsense, 10.0.0.7", "10.0.0.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[::1]:99", "::1"),
        ("1.2.3.4:5678", "1.2.3.4"),
        ('"[2001:db8::2]:1"', "2001:db8::2"),
        ("1.2.3.4, 10.0.0.8:80", "1.2.3.4"),
        ("1.2.3.4:5678:9", "10.0.0.9"),
        ("", "10.0.0.9"),
        ("evil", "10.0.0.9"),
    ],
)
def test_the_nearest_stranger_is_the_client(told: str, client: str) -> None:
    asked = scope(x_forwarded_for=told)
    Proxies(parse_networks(["10.0.0.0/24"])).settle(asked)
    assert client_of(asked) == client


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        (["6.6.6.6", "1.2.3.4"], "1.2.3.4"),  # a proxy that adds a line below the visitor's own
        (["6.6.6.6, 7.7.7.7", "1.2.3.4", "10.0.0.8, 10.0.0.7"], "1.2.3.4"),
        (["6.6.6.6", "evil"], "10.0.0.9"),
    ],
)
def test_all_lines_of_the_proxies_are_one_chain(lines: list[str], client: str) -> None:
    asked = scope()
    asked["headers"] += [(b"x-forwarded-for", line.encode()) for line in lines]
    asked["headers"] += [(b"x-forwarded-proto", b"http"), (b"x-forwarded-proto", b"https")]
    Proxies(parse_networks(["10.0.0.0/24"])).settle(asked)
    assert client_of(asked) == client
    assert asked["scheme"] == "https"


def test_a_path_of_the_proxy_is_taken_off() -> None:
    for path, expected in (
        ("/pingan/config", "/config"),
        ("/pingan", "/"),
        ("/config", "/config"),
        ("/pinganx", "/pinganx"),
    ):
        asked = scope(path)
        Proxies(root_path="/pingan").settle(asked)
        assert asked["path"] == expected


@pytest.mark.parametrize(
    ("told", "path"), [("", ""), ("/", ""), ("pingan/", "/pingan"), ("/a/b", "/a/b")]
)
def test_root_paths(told: str, path: str) -> None:
    assert clean_root_path(told) == path


@pytest.mark.parametrize("told", ["http://x/y", "/a b", "/../x", "/平"])
def test_odd_root_paths_are_refused(told: str) -> None:
    with pytest.raises(ConfigError, match="--root-path"):
        clean_root_path(told)


def test_a_proxy_is_an_address() -> None:
    with pytest.raises(ConfigError, match="不是 IP 地址"):
        parse_networks(["proxy.example"])
    with pytest.raises(ConfigError, match="--exempt-address x "):
        parse_networks(["x"], "--exempt-address")


# --- starting -------------------------------------------------------------------------------


def test_the_network_needs_users(tmp_path: Path) -> None:
    people = UserFile(tmp_path)
    require_login("127.0.0.1", people, Serving())
    with pytest.raises(ConfigError, match=r"0\.0\.0\.0.*pingan users add.*127\.0\.0\.1"):
        require_login("0.0.0.0", people, Serving())
    people.add("王管", "夜里的灯塔照着海面呢", Role.MANAGER)
    require_login("0.0.0.0", people, Serving())


def test_a_proxy_needs_users_too(tmp_path: Path) -> None:
    for proxies in (Proxies(parse_networks(["127.0.0.1"])), Proxies(root_path="/x")):
        with pytest.raises(ConfigError, match="代理"):
            require_login("127.0.0.1", UserFile(tmp_path), Serving(proxies))


def test_a_private_key_is_private(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    with pytest.raises(ConfigError, match="一起给"):
        Serving(certificate=certificate).require_sound()
    with pytest.raises(ConfigError, match="找不到"):
        Serving(certificate=certificate, key=key).require_sound()
    certificate.touch()
    key.touch(mode=0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        Serving(certificate=certificate, key=key).require_sound()
    key.chmod(0o600)
    Serving(certificate=certificate, key=key).require_sound()


# --- session names --------------------------------------------------------------------------


def test_names_of_sessions_lie_below_the_person() -> None:
    body, _ = own_body(b'{"session_hash":"s","data":["\\u5b57"]}', f"{API}/queue/join", "u-1")
    assert json.loads(body) == {"session_hash": "u-1.s", "data": ["字"]}
    asked = scope()
    asked["query_string"] = b"session_hash=s&x=%E5%AD%97"
    assert own_query(asked, "u-1") == b"session_hash=u-1.s&x=%E5%AD%97"
    assert own_path(f"{API}/heartbeat/s", "u-1") == f"{API}/heartbeat/u-1.s"
    for name in ("u-2.s", "..", "a/b", "", None, 5, ["s"]):
        if name is None:
            continue
        with pytest.raises(NotYoursError):
            own_body(json.dumps({"session_hash": name}).encode(), f"{API}/queue/join", "u-1")


def test_a_call_without_a_session_gets_one_of_its_own() -> None:
    body, _ = own_body(b'{"data":[]}', f"{API}/call/check", "u-1")
    assert json.loads(body)["session_hash"].startswith("u-1.")


@pytest.mark.parametrize("body", [b"[]", b"1", b"{", b"[" * 100_000, b"\xff"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(NotYoursError):
        own_body(body, f"{API}/queue/join", "u-1")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/proxy=http://x"),
        ("GET", f"{API}/stream/a/b/c/playlist.m3u8"),
        ("POST", f"{API}/stream/x"),
        ("GET", "/monitoring"),
        ("GET", f"{API}/monitoring/summary"),
        ("POST", f"{API}/vibe-edit"),
        ("GET", f"{API}/vibe-code"),
        ("POST", f"{API}/process_recording"),
        ("GET", f"{API}/dev/reload"),
        ("GET", f"{API}/runs"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", f"{API}/token"),
        ("GET", f"{API}/openapi.json"),
        ("GET", f"{API}/mcp/sse"),
        ("POST", f"{API}/call/v3/check"),
        ("PUT", "/"),
        ("OPTIONS", "/"),
        ("DELETE", f"{API}/file=/x"),
        ("GET", "/docs"),
    ],
)
def test_what_the_page_does_not_need_is_not_offered(method: str, path: str) -> None:
    assert not is_offered(method, path)


# --- requests -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "is_same"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:7860"}, True),
        ({"origin": "https://127.0.0.1:7860"}, False),
        ({"origin": "http://127.0.0.1:7861"}, False),
        ({"origin": "http://127.0.0.1.evil:7860"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[bad"}, False),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], is_same: bool) -> None:
    assert is_same_origin(scope(host="127.0.0.1:7860", **headers)) is is_same


def test_cookies() -> None:
    told = set_cookie("x", is_secure=True, max_age=0).decode()
    assert told == "pingan_session=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure"
    assert cookie(scope(cookie="a=b; pingan_session=x"), "pingan_session") == "x"
    assert cookie(scope(cookie='pingan_session="'), "pingan_session") == ""


def test_without_log_in_everyone_is_local() -> None:
    class Request:
        def __init__(self, visitor: object) -> None:
            self.scope = {SCOPE_KEY: visitor}

    assert current_user(None) == current_user(Request("x")) == LOCAL_USER
    assert current_user(Request(Visitor("u-1", "a", "写稿"))) == "u-1"
    assert LOCAL_VISITOR.role == Role.MANAGER


def test_names_show_as_text() -> None:
    name = '<img src=x onerror=alert(1)>"'
    shown = login_page(told=name, name=name) + visitor_bar(Visitor("u-1", name, "写稿"))
    shown += people_page((), Visitor("u-1", name, "管理"), told=name, is_error=True)
    assert "<img" not in shown
    assert "<script" not in shown


# --- files ----------------------------------------------------------------------------------


def test_a_file_belongs_to_whoever_brought_it(tmp_path: Path) -> None:
    owners = FileOwners(tmp_path)
    mine = owners.new_folder("u-1") / "a.txt"
    mine.write_text("x")
    assert owners.may_read(str(mine), "u-1")
    assert not owners.may_read(str(mine), "u-2")
    owners.grant(str(mine), "u-2")
    assert owners.may_read(str(mine), "u-2")


def test_links_and_ways_round_lead_nowhere(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    owners = FileOwners(root)
    mine = owners.new_folder("u-1")
    (mine / "link").symlink_to(secret)
    for path in (
        str(mine / "link"),
        f"{mine}/../../secret.txt",
        str(secret),
        str(root),
        str(root / "loose.txt"),
        f"{mine}/\x00",
        f"file://{mine}/a",
        "",
    ):
        owners.grant(path, "u-1")
        assert not owners.may_read(path, "u-1"), path


def test_paths_are_found_however_deep() -> None:
    data: Any = [
        {"value": {"path": "/a"}},
        {"x": [{"path": "/b", "y": {"path": "/c"}}]},
        {"path": 5},
    ]
    assert sorted(told_paths(data)) == ["/a", "/b", "/c"]
    deep: Any = {"path": "/z"}
    for _ in range(1000):
        deep = [deep]
    assert list(told_paths(deep)) == []


def test_old_files_are_swept_away(tmp_path: Path) -> None:
    owners = FileOwners(tmp_path)
    old, new = owners.new_folder("u-1"), owners.new_folder("u-1")
    (tmp_path / "loose").write_text("x")
    past = time.time() - 1000
    for path in (old, tmp_path / "loose"):
        os.utime(path, (past, past))
    assert owners.sweep(900) == 2
    assert not old.exists()
    assert new.exists()
    assert not owners.may_read(str(old / "a"), "u-1")


def test_what_a_killed_server_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead, alive = tmp_path / "pingan-web-dead", tmp_path / "pingan-web-alive"
    for folder in (dead, alive, tmp_path / "other"):
        folder.mkdir()
        (folder / ".alive").touch()
    past = time.time() - 2 * 3600
    os.utime(dead / ".alive", (past, past))
    (tmp_path / "pingan-web-link").symlink_to(tmp_path / "other")
    assert remove_leftovers() == 1
    assert not dead.exists()
    assert alive.exists()


@pytest.mark.parametrize("name", ["字" * 300 + ".docx", "a" * 300, "a." + "b" * 300, "报告.txt"])
def test_names_of_uploads_fit(name: str) -> None:
    short = _short(name)
    assert len(short.encode()) <= 240
    assert short.endswith(Path(name).suffix[:20])
