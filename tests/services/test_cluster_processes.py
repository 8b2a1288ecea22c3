"""A real scheduler and two real workers, each a process of its own on loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip("distributed")

ROOT = Path(__file__).resolve().parents[2]
DRAFTS = 96
_START_S = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "PINGAN_HOME": str(home), "PYTHONWARNINGS": "ignore", "HOME": str(home)}


@dataclass
class _Cluster:
    """Processes of the test's own."""

    folder: Path
    port: int
    processes: list["subprocess.Popen[bytes]"]

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        name = f"{len(self.processes)}.log"
        with (self.folder / name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"],
                cwd=ROOT,
                env=_environment(self.folder),
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def worker(self) -> "subprocess.Popen[bytes]":
        number = len(self.processes)
        local = ("--local-directory", str(self.folder / f"w{number}"))
        address = f"tcp://127.0.0.1:{self.port}"
        process = self.start("worker", address, "--nthreads", "1", "--no-nanny", *local)
        log = self.folder / f"{number}.log"
        deadline = time.monotonic() + _START_S
        while b"Registered to" not in log.read_bytes():
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            assert process.poll() is None, log.read_text(errors="replace")
            time.sleep(0.1)
        return process


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[_Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    found = _Cluster(folder, _free_port(), [])
    found.start("scheduler", "--port", str(found.port))
    try:
        yield found
    finally:
        for process in found.processes:
            process.kill()
            process.wait()


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    reports = sorted((ROOT / "knowledge_base" / "reports").glob("*.txt"))
    folder = tmp_path / "drafts"
    folder.mkdir()
    for number in range(DRAFTS):
        text = reports[number % len(reports)].read_text(encoding="utf-8")
        (folder / f"{number:03}.txt").write_text(text + "\n" * number, encoding="utf-8")
    (folder / "050坏.docx").write_bytes(b"PK\x03\x04 damaged")
    return folder


def _command(drafts: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", "check", str(drafts), "--format", "json", *more]


def _run(drafts: Path, home: Path, *more: str) -> "subprocess.CompletedProcess[bytes]":
    command = _command(drafts, *more)
    return subprocess.run(
        command, cwd=ROOT, env=_environment(home), capture_output=True, check=False, timeout=240
    )


def test_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    machines: _Cluster, drafts: Path, tmp_path: Path
) -> None:
    alone = _run(drafts, tmp_path / "home", "--jobs", "1")
    assert alone.returncode == 2  # one draft cannot be read
    victim = machines.worker()
    machines.worker()
    address = f"127.0.0.1:{machines.port}"
    with subprocess.Popen(
        _command(drafts, "--cluster", address, "-o", str(tmp_path / "out.json")),
        cwd=ROOT,
        env=_environment(tmp_path / "home"),
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        told = b""
        for line in process.stderr:
            told += line
            if "已核查 8/".encode() in line:
                victim.send_signal(signal.SIGKILL)
                victim.wait()
    assert victim.returncode == -signal.SIGKILL
    assert process.returncode == 2, told.decode()
    assert (tmp_path / "out.json").read_bytes() == alone.stdout
    assert told.count("已核查 ".encode()) == DRAFTS + 1


def test_cluster_writes_the_same_annotated_copies(
    machines: _Cluster, drafts: Path, tmp_path: Path
) -> None:
    for path in sorted(drafts.iterdir())[3:]:
        path.unlink()
    machines.worker()
    address = f"tcp://127.0.0.1:{machines.port}"
    one = _run(drafts, tmp_path, "--annotate", str(tmp_path / "one"))
    other = _run(drafts, tmp_path, "--annotate", str(tmp_path / "other"), "--cluster", address)
    assert one.stdout == other.stdout, other.stderr.decode()
    names = [sorted(p.name for p in (tmp_path / n).iterdir()) for n in ("one", "other")]
    assert names[0] == names[1]
    assert len(names[0]) == 3


def test_absent_scheduler_is_told_in_a_sentence(drafts: Path, tmp_path: Path) -> None:
    done = _run(drafts, tmp_path, "--cluster", f"127.0.0.1:{_free_port()}")
    assert done.returncode == 2
    assert done.stdout == b""
    assert "连不上集群" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_encryption_without_certificates_is_told_in_a_sentence(
    drafts: Path, tmp_path: Path
) -> None:
    done = _run(drafts, tmp_path, "--cluster", f"tls://127.0.0.1:{_free_port()}")
    assert done.returncode == 2
    assert "证书" in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1


def test_scheduler_that_dies_is_told_in_a_sentence(
    machines: _Cluster, drafts: Path, tmp_path: Path
) -> None:
    machines.worker()
    with subprocess.Popen(
        _command(drafts, "--cluster", f"127.0.0.1:{machines.port}"),
        cwd=ROOT,
        env=_environment(tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        told = b""
        for line in process.stderr:
            told += line
            if "已核查 8/".encode() in line:
                machines.processes[0].kill()
        assert process.stdout is not None
        assert process.stdout.read() == b""
    assert process.returncode == 2
    assert "断了联系" in told.decode()
    assert "Traceback" not in told.decode()
