"""Without log-in, whoever has no key stays out: other accounts of this machine reach loopback."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.web.auth.token_gate import door_file, link_with
from tests.web.conftest import free_port, start_web, stop_web

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("token") / "home"


@pytest.fixture(scope="module")
def link(home: Path) -> Iterator[str]:
    process = start_web(home, free_port(), needs_token=True)
    yield process.link
    stop_web(process)


@pytest.fixture
def page(link: str) -> str:
    return link.partition("?")[0]


_ROUTES = (
    ("GET", ""), ("GET", "config"), ("GET", "gradio_api/info"), ("POST", "gradio_api/upload"),
    ("POST", "gradio_api/call/check"), ("GET", "gradio_api/file=/etc/hostname"), ("GET", "login"),
    ("POST", "gradio_api/queue/join"), ("GET", "desk"), ("GET", "theme.css"), ("GET", "nowhere"),
)  # fmt: skip


@pytest.mark.parametrize("given", ["", "?token=", "?token=wrong", "?__theme=light"])
def test_nothing_is_answered_without_the_key(page: str, given: str) -> None:
    wrong = {"authorization": "Bearer wrong", "cookie": f"pingan_token_{page[-6:-1]}=wrong"}
    for method, path in _ROUTES:
        answer = httpx.request(method, f"{page}{path}{given}", headers=wrong if given else {})
        assert answer.status_code == 401, path
        assert "token=" in answer.text
        assert "set-cookie" not in answer.headers


def test_the_link_is_changed_for_a_cookie_and_leaves_the_address(link: str, page: str) -> None:
    token = link.partition("token=")[2]
    with httpx.Client(follow_redirects=False) as client:
        first = client.get(f"{link}&__theme=light")
        assert (first.status_code, first.headers["location"]) == (303, "./?__theme=light")
        told = first.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=Lax"} <= set(told.split("; "))
        second = client.get(page)
        assert second.status_code == 200
        assert token not in second.text
        assert client.get(f"{page}config").status_code == 200


def test_a_program_shows_the_key_in_a_header(link: str, page: str) -> None:
    from gradio_client import Client  # type: ignore[import-untyped]

    token = link.partition("token=")[2]
    client = Client(page, headers={"Authorization": f"Bearer {token}"}, verbose=False)
    told = client.predict(
        text="全年排查矛盾纠纷42件，化解45件。", profile="auto", api_name="/check"
    )
    assert '"schema_version"' in told
    client.close()


def test_every_start_has_another_key_that_no_argument_holds(link: str, tmp_path: Path) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}", link)
    token = link.partition("token=")[2]
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert token not in shown
    path = door_file(tmp_path, link)
    assert path.stat().st_mode & 0o077 == 0
    assert link in path.read_text(encoding="utf-8")
    assert link_with("http://127.0.0.1:1/", "") == "http://127.0.0.1:1/"


@pytest.mark.usefixtures("link")
def test_what_a_page_keeps_is_for_its_owner_alone(home: Path) -> None:
    kept = [home, *home.rglob("*")]
    assert len(kept) > 10
    assert [p for p in kept if p.stat().st_mode & 0o077] == []
