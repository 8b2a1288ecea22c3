"""Every answer has the headers that keep the page safe: each route, whoever asks."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.web.auth.office import API, Visit, add_everyone, dumped, running

WANTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OPEN = {"/favicon.ico", "/robots.txt", "/login"}
OWN = ["/", "/login", "/logout", "/account", "/people", "/nowhere", "/../etc/passwd", "//evil"]
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
STREAMS = ("/heartbeat/", "/queue/data", "/dev/reload", "/upload_progress")


def gradio_paths() -> list[str]:
    """Every path that Gradio's application knows, the variable parts filled in."""
    found: list[str] = dumped()["paths"]
    return found


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("headers") / "home"
    add_everyone(home)
    with running(home) as address:
        yield address.rstrip("/")


def require_headers(answer: httpx.Response, told: str) -> None:
    for name, value in WANTED.items():
        assert answer.headers.get_list(name) == [value], (told, name)
    policies = answer.headers.get_list("content-security-policy")
    assert len(policies) == 1, told
    assert "frame-ancestors 'none'" in policies[0]
    assert re.match(r"default-src '(?:self|none)'", policies[0])
    assert not re.search(r"\d", answer.headers.get("server", "")), told
    assert "access-control-allow-origin" not in answer.headers, told
    if answer.status_code >= 400 or "/gradio_api/" in told:
        assert answer.headers["cache-control"] == "no-store", told


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    with client.stream(method, path) as answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            answer.read()
        return answer


def test_strangers_get_headers_and_nothing_else(url: str) -> None:
    paths = gradio_paths()
    assert len(paths) > 60
    assert f"/{API}/queue/join" in paths
    with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        for path in [*paths, *OWN]:
            for method in METHODS:
                answer = ask(client, method, path)
                told = f"{method} {path} {answer.status_code}"
                require_headers(answer, told)
                if path not in OPEN:
                    assert answer.status_code in {303, 401, 403, 404, 405}, told


def test_so_do_people_who_are_logged_in(url: str) -> None:
    visit = Visit(f"{url}/")
    visit.log_in("王管")
    for path in [*gradio_paths(), *OWN]:
        if path == "/logout":
            continue
        for method in ("GET", "POST", "OPTIONS"):
            answer = ask(visit.http, method, url + path)
            told = f"{method} {path} {answer.status_code}"
            require_headers(answer, told)
            assert answer.status_code < 500 or path.endswith(
                ("/run/x", "/api/x", "/call/x", "join")
            )
            if answer.status_code == 500:
                assert "Traceback" not in answer.text, told


def test_a_foreign_origin_gets_no_permission(url: str) -> None:
    with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
        answer = client.options(f"/{API}/queue/join", headers=asked)
        require_headers(answer, "preflight")
        assert answer.status_code == 403


def test_what_the_server_cannot_read_shows_no_details(url: str) -> None:
    visit = Visit(f"{url}/")
    visit.log_in("王管")
    for body in (b"{", b"[]", b'{"data":[],"fn_index":99999,"session_hash":"a"}', b"\xff"):
        answer = visit.http.post(f"{API}/queue/join", content=body)
        require_headers(answer, "odd body")
        assert "/site-packages/" not in answer.text
        assert "Traceback" not in answer.text
