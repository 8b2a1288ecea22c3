"""A real server in a process of its own, and a real browser."""

import atexit
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from app.services.knowledge import ensure_samples, open_store
from app.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
_STREAMS = re.compile(r"/queue/data|/upload_progress|/heartbeat/")


def free_port() -> int:
    """A port below those that systems give to outgoing connections, so that none takes it."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@cache
def _filled_home() -> Path:
    """A home with the sample reports, made once for all servers of this process."""
    home = Path(tempfile.mkdtemp(prefix="pingan-filled-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with open_store(Settings(home=home)) as store:
        ensure_samples(store)
    return home


def start_web(
    home: Path, port: int, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start ``pingan web`` and wait until page and knowledge base are ready."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "PINGAN_"))}
    command = [sys.executable, "-m", "app.cli", "web", "--no-open"]
    if not (home / "kb").exists():
        shutil.copytree(_filled_home() / "kb", home / "kb")
    log = home.parent / "stderr.txt"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--home", str(home)],
            cwd=ROOT,
            env={
                **kept,
                **(environment or {}),
                "PYTHONUNBUFFERED": "1",
                "TMPDIR": str(home.parent),
            },
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    assert process.stdout is not None
    for told in ("网页已打开", "知识库已就绪"):
        line = process.stdout.readline()
        if told not in line:
            stop_web(process)
        assert told in line, log.read_text()
    return process


def stop_web(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.wait(timeout=20)
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running page with the sample reports."""
    port = free_port()
    process = start_web(tmp_path_factory.mktemp("web") / "home", port)
    yield f"http://127.0.0.1:{port}/"
    stop_web(process)


@dataclass
class Watched:
    """A page and everything that went wrong on it."""

    page: "Page"
    hosts: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self) -> None:
        page = self.page
        page.on("request", lambda r: self.hosts.add(urlsplit(r.url).hostname or r.url[:5]))
        page.on(
            "requestfailed",
            # The client closes its own event streams once everything has been told.
            lambda r: None if _STREAMS.search(r.url) else self.failed.append(r.url),
        )
        page.on(
            "response",
            lambda r: self.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None,
        )
        page.on("pageerror", lambda e: self.errors.append(str(e)))

        def on_dialog(dialog: object) -> None:
            self.dialogs.append(str(dialog))
            dialog.dismiss()  # type: ignore[attr-defined]

        page.on("dialog", on_dialog)

    def require_clean(self) -> None:
        assert self.hosts <= {"127.0.0.1", "data:", "blob:"}
        assert self.failed == []
        assert self.dialogs == []
        assert self.errors == []


@pytest.fixture
def watched(browser: "Browser", server_url: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    seen = Watched(context.new_page())
    seen.watch()
    seen.page.goto(server_url)
    seen.page.wait_for_selector("#draft-facts textarea")
    yield seen
    context.close()


def latin_letters(text: str) -> list[str]:
    """Words in Latin letters, for tests that the page speaks Chinese."""
    return re.findall(r"[A-Za-z]{3,}", text)
