"""The store on a real Chroma server."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Thread

import pytest

from app.core.errors import ConfigError, KnowledgeError
from app.knowledge.chunking import cut_report
from app.knowledge.rebuild import rebuild_store
from app.knowledge.records import Outcome
from app.knowledge.storage.chroma import ServerAwayError
from app.knowledge.store import KnowledgeStore
from app.services.ingest import IngestStoppedError, add_paths
from app.services.knowledge import open_store
from app.services.reference_index import load_known
from app.settings import Settings, load_settings
from app.upkeep.health import probe_all
from tests.knowledge.samples import SMALL, prepared, report_text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ChromaServer:
    """A server process that can be killed and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--path", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        pytest.fail("the Chroma server did not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    running = ChromaServer(tmp_path / "server")
    running.start()
    yield running
    running.kill()


def open_at(home: Path, server: ChromaServer) -> KnowledgeStore:
    return KnowledgeStore(home, SMALL, chroma_url=server.url)


def folder_of(tmp_path: Path, count: int) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(count):
        text = report_text(f"临溪县第{'一二三四五六七八九'[number]}镇")
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


def require_whole(store: KnowledgeStore, reports: int) -> None:
    records = store.records()
    assert len(records) == reports
    for record in records:
        expected = cut_report(store.report_text(record.record_id), record.info, record.report_id)
        assert store.passages(record.report_id) == expected
    vectors = store.vectors
    assert vectors is not None
    assert vectors.count() == sum(record.passages for record in records)
    assert store.state.intents() == ()


def test_two_clients_that_begin_an_empty_store_at_once_lose_nothing(
    tmp_path: Path, server: ChromaServer
) -> None:
    barrier = Barrier(2)

    def write(name: str) -> None:
        with open_at(tmp_path / name, server) as store:
            barrier.wait(30)
            for number in "一二三四五":
                store.add(
                    prepared(report_text(f"临溪县{name}{number}镇"), name=f"{name}{number}.txt")
                )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ("甲", "乙")))
    with open_at(tmp_path / "c", server) as store:
        require_whole(store, 10)


def test_two_clients_that_bring_the_same_report_at_once_keep_it_once(
    tmp_path: Path, server: ChromaServer
) -> None:
    barrier = Barrier(2)

    def write(name: str) -> None:
        with open_at(tmp_path / name, server) as store:
            barrier.wait(30)
            store.add(prepared())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ("甲", "乙")))
    with open_at(tmp_path / "c", server) as store:
        require_whole(store, 1)


def test_a_client_sees_at_once_what_another_wrote(tmp_path: Path, server: ChromaServer) -> None:
    with open_at(tmp_path / "a", server) as one, open_at(tmp_path / "b", server) as other:
        assert other.records() == ()
        one.add(prepared())
        assert [p.text for p in other.passages()] == [p.text for p in one.passages()]
        other.add(prepared(report_text("青岚市档案馆"), name="b.txt"))
        require_whole(one, 2)


def test_a_server_killed_in_the_middle_of_an_ingest_loses_nothing(
    tmp_path: Path, server: ChromaServer
) -> None:
    folder = folder_of(tmp_path, 6)

    def kill_after_three(done: int, total: int, name: str) -> None:
        if done == 3:
            server.kill()

    with open_at(tmp_path / "a", server) as store:
        with pytest.raises(
            IngestStoppedError, match=r"没有应答.*已收好3份，共6份.*再运行一次"
        ) as told:
            add_paths(store, [folder], on_progress=kill_after_three, patience_s=0.0)
        assert told.value.summary.present == 3
        with pytest.raises(ServerAwayError, match=r"没有应答.*PINGAN_CHROMA_URL"):
            store.records()
        server.start()
        summary = add_paths(store, [folder])
        assert (len(summary.unchanged), len(summary.taken)) == (3, 3)
        require_whole(store, 6)


def test_a_server_that_comes_back_soon_is_waited_for(tmp_path: Path, server: ChromaServer) -> None:
    folder = folder_of(tmp_path, 4)
    threads: list[Thread] = []

    def restart(done: int, total: int, name: str) -> None:
        if done == 2:
            server.kill()
            threads.append(Thread(target=server.start))
            threads[0].start()

    with open_at(tmp_path / "a", server) as store:
        summary = add_paths(store, [folder], on_progress=restart, patience_s=60.0)
        threads[0].join()
        assert len(summary.taken) == 4
        require_whole(store, 4)


def _broken_off(store: KnowledgeStore, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Add a report and stop after ``name``, as a kill would."""

    class Killed(BaseException):
        pass

    method: Callable[..., object] = getattr(KnowledgeStore, name)

    def dying(*args: object, **kwargs: object) -> None:
        method(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(KnowledgeStore, name, dying)
        with pytest.raises(Killed):
            store.add(prepared())


@pytest.mark.parametrize("step", ["write_passages", "put_record"])
def test_what_a_killed_client_left_is_put_right_when_it_comes_back(
    tmp_path: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with open_at(tmp_path / "a", server) as store:
        _broken_off(store, monkeypatch, step)
    with open_at(tmp_path / "b", server) as other:
        assert len(other.state.intents()) == 1  # perhaps still at work: not another's to touch
    with open_at(tmp_path / "a", server) as store:
        require_whole(store, 1 if step == "put_record" else 0)
        store.add(prepared())
        require_whole(store, 1)


def test_nobody_writes_while_another_machine_rebuilds(tmp_path: Path, server: ChromaServer) -> None:
    with open_at(tmp_path / "a", server) as one, open_at(tmp_path / "b", server) as other:
        one.add(prepared())
        refused: list[str] = []

        def write(done: int, total: int, name: str) -> None:
            with pytest.raises(KnowledgeError, match="正在重建") as told:
                other.add(prepared(report_text("青岚市档案馆"), name="b.txt"))
            refused.append(str(told.value))

        rebuild_store(one, write)
        assert len(refused) == 1
        added = other.add(prepared(report_text("青岚市档案馆"), name="b.txt"))
        assert added.outcome is Outcome.TAKEN
        require_whole(one, 2)


def test_the_checker_learns_what_another_machine_added(
    tmp_path: Path, server: ChromaServer
) -> None:
    settings = [
        Settings(home=tmp_path / name, embedder="hashed", chroma_url=server.url) for name in "ab"
    ]
    with open_store(settings[0]) as one:
        one.add(prepared())
    with open_store(settings[1]) as other:
        assert [u.unit for u in load_known(other.folder).units] == ["临溪县云渡镇"]


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PINGAN_CHROMA_URL"):
        KnowledgeStore(tmp_path, SMALL, chroma_url="chroma-host")


def test_a_server_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ServerAwayError, match=r"没有应答"):
        KnowledgeStore(tmp_path, SMALL, chroma_url=f"http://127.0.0.1:{free_port()}")


def test_every_request_shows_the_token(tmp_path: Path) -> None:
    """To whoever guards the server, and in no sentence."""
    seen: list[str] = []

    class Guard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"] or "")
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    guard = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
    thread = Thread(target=guard.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{guard.server_port}"
    settings = load_settings(
        {"PINGAN_CHROMA_URL": url, "PINGAN_CHROMA_TOKEN": "geheim"}, home=tmp_path
    )
    try:
        with pytest.raises(KnowledgeError) as caught:
            open_store(settings)
        (probe,) = [p for p in probe_all(settings) if p.name == "知识库"]
    finally:
        guard.shutdown()
        guard.server_close()
        thread.join()
    assert len(seen) > 1
    assert set(seen) == {"Bearer geheim"}
    assert probe.is_fault
    assert "密钥不对" in probe.detail
    assert "PINGAN_CHROMA_TOKEN" in probe.advice
    assert "geheim" not in f"{caught.value}{probe}{settings!r}"
