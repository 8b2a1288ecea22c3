"""The store on a real Chroma server."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import ConfigError, KnowledgeError
from app.knowledge.retriever import HybridRetriever
from app.knowledge.store import KnowledgeStore
from tests.knowledge.samples import SMALL, prepared, report_text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the Chroma server did not start")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--path", str(tmp_path / "server")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def test_two_clients_share_a_server_and_notice_when_it_is_away(
    tmp_path: Path, server: tuple[str, subprocess.Popen[bytes]]
) -> None:
    url, process = server
    with (
        KnowledgeStore(tmp_path / "a", SMALL, chroma_url=url) as one,
        KnowledgeStore(tmp_path / "b", SMALL, chroma_url=url) as other,
    ):
        searcher = HybridRetriever(other)
        assert searcher.search("消防") == ()
        one.add(prepared())
        assert searcher.search("消防演练")
        other.add(prepared(report_text("青岚市档案馆"), name="b.txt"))
        assert len(one.records()) == 2
        assert len(one.passages()) == sum(r.passages for r in one.records())
        process.kill()
        process.wait()
        with pytest.raises(KnowledgeError, match=r"没有应答.*PINGAN_CHROMA_URL"):
            one.records()


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PINGAN_CHROMA_URL"):
        KnowledgeStore(tmp_path, SMALL, chroma_url="chroma-host")
