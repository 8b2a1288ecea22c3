"""A person at the page over plain HTTP, as a browser or another program would be."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from app.accounts.users import Role, UserFile
from tests.web.conftest import free_port, start_web, stop_web

API = "gradio_api"
ROOT = Path(__file__).resolve().parents[3]
PASSWORDS = {name: f"夜里的灯塔照着海面-{name}" for name in ("王管", "zhang", "li", "zhao")}
ROLES = {"王管": Role.MANAGER, "zhang": Role.WRITER, "li": Role.WRITER, "zhao": Role.REVIEWER}


def add_everyone(home: Path) -> UserFile:
    people = UserFile(home)
    for name, role in ROLES.items():
        people.add(name, PASSWORDS[name], role)
    return people


@contextmanager
def running(home: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a page; at the end what visits left open is closed as well."""
    port = free_port()
    process = start_web(home, port, environment)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        close_all()
        stop_web(process)


def told_by(module: str) -> dict[str, Any]:
    """What a module prints in a process of its own: Gradio leaves event loops open."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@cache
def dumped() -> dict[str, Any]:
    """What the page and Gradio offer."""
    return told_by("tests.web.auth.access_dump")


OPEN: list[httpx.Client] = []


def close_all() -> None:
    """Close what visits left open."""
    while OPEN:
        OPEN.pop().close()


class ToldError(Exception):
    """What the page told instead of an answer."""


@dataclass
class Visit:
    """One person with one session; ``told`` keeps every message of the event stream."""

    url: str
    session: str = "s1"
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=60, trust_env=False)
        OPEN.append(self.http)

    def log_in(self, name: str, password: str = "") -> httpx.Response:
        word = password or PASSWORDS.get(name, "")
        return self.http.post("login", data={"username": name, "password": word})

    def config(self) -> dict[str, Any]:
        answer = self.http.get("config")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def function(self, elem_id: str, event: str = "") -> tuple[int, int]:
        """The index of what an element's event calls, and how many inputs it takes."""
        config = self.config()
        ids = {c["props"].get("elem_id"): c["id"] for c in config["components"]}
        for dependency in config["dependencies"]:
            for target, name in dependency["targets"]:
                if target == ids.get(elem_id) and event in ("", name):
                    return dependency["id"], len(dependency["inputs"])
        raise AssertionError(elem_id)

    def join(self, index: int, data: list[Any], event_data: Any = None) -> str:
        answer = self.http.post(
            f"{API}/queue/join",
            json={
                "data": data,
                "fn_index": index,
                "session_hash": self.session,
                "event_data": event_data,
            },
        )
        if answer.status_code != 200:
            raise ToldError(answer.text)
        event: str = answer.json()["event_id"]
        return event

    def messages(self) -> list[dict[str, Any]]:
        """Everything the session's stream tells until its jobs are done."""
        told = []
        url = f"{API}/queue/data"
        with self.http.stream("GET", url, params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    told.append(json.loads(line[6:]))
                    if told[-1]["msg"] in ("close_stream", "unexpected_error"):
                        break
        return told

    def call(self, index: int, data: list[Any], event_data: Any = None) -> list[Any]:
        """Call a function of the page as the page itself does."""
        self.join(index, data, event_data)
        for told in self.messages():
            if told["msg"] == "unexpected_error":
                raise ToldError(told["message"])
            if told["msg"] == "process_completed":
                if not told["success"]:
                    raise ToldError(told["output"].get("error") or "")
                found: list[Any] = told["output"]["data"]
                return found
        raise AssertionError("the stream ended early")

    def click(self, elem_id: str, *data: Any, event: str = "") -> list[Any]:
        """Click an element, giving the first inputs; the others are empty."""
        index, count = self.function(elem_id, event)
        return self.call(index, [*data, *[None] * (count - len(data))])

    def upload(self, name: str, content: bytes) -> str:
        answer = self.http.post(f"{API}/upload", files={"files": (name, content)})
        answer.raise_for_status()
        path: str = answer.json()[0]
        return path

    def file(self, path: str) -> httpx.Response:
        return self.http.get(f"{API}/file={path}")


def as_file(path: str) -> dict[str, Any]:
    """A file as the browser names it."""
    return {"path": path, "orig_name": Path(path).name, "meta": {"_type": "gradio.FileData"}}


def paths_in(data: Any) -> list[str]:
    """Files that an answer offers."""
    if isinstance(data, dict):
        own = [data["path"]] if isinstance(data.get("path"), str) else []
        return own + [p for v in data.values() for p in paths_in(v)]
    return [p for v in data for p in paths_in(v)] if isinstance(data, list) else []
