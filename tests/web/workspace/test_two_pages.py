"""Two processes of the page on one home: what one of them knows, the other knows, too."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.web.auth.office import Visit, add_everyone, close_all
from tests.web.conftest import free_port, start_web, stop_web

pytestmark = pytest.mark.slow

DRAFT = "青岚市档案馆2024年平安建设工作总结\n\n排查矛盾纠纷42件，成功化解45件。\n"


@dataclass
class _Two:
    home: Path
    urls: tuple[str, ...]
    processes: list["subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Two]:
    home = tmp_path_factory.mktemp("two") / "home"
    home.mkdir(mode=0o700)
    add_everyone(home)
    found = _Two(home, (), [])
    try:
        for _ in range(2):
            port = free_port()
            found.processes.append(start_web(home, port))
            found.urls += (f"http://127.0.0.1:{port}/",)
        yield found
    finally:
        close_all()
        for process in found.processes:
            stop_web(process)


def _both(two: _Two, name: str) -> tuple[Visit, Visit]:
    """One person who logged in at the first process and then meets the second."""
    first, second = (Visit(url) for url in two.urls)
    assert first.log_in(name).status_code == 200
    for cookie in first.http.cookies.jar:
        second.http.cookies.set(cookie.name, cookie.value or "")
    return first, second


def test_a_log_in_holds_at_every_process(two: _Two) -> None:
    first, second = _both(two, "zhang")
    assert first.http.get("config").status_code == 200
    assert second.http.get("config").status_code == 200


def test_a_log_out_holds_at_every_process(two: _Two) -> None:
    first, second = _both(two, "li")
    first.http.post("logout")
    assert first.http.get("config").status_code == 401
    assert second.http.get("config").status_code == 401


def test_guessing_is_slowed_down_across_processes(two: _Two) -> None:
    told = [Visit(two.urls[n % 2]).log_in("someone", f"猜的{n}").status_code for n in range(14)]
    assert told[:5] == [401] * 5
    assert told[-2:] == [429, 429]


def test_both_processes_work_at_the_same_time(two: _Two) -> None:
    for visit in _both(two, "zhao"):
        answer = str(visit.click("check-run", DRAFT, "auto"))
        assert "NU02" in answer
