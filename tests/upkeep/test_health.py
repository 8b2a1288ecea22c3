"""``pingan doctor`` says what is missing and what to do next."""

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.knowledge import tokens
from app.settings import Settings
from app.upkeep import health
from app.upkeep.health import Probe, probe_all


def probes(home: Path, **values: str) -> dict[str, Probe]:
    return {p.name: p for p in probe_all(Settings(home, **values))}  # type: ignore[arg-type]


def require_advice(probe: Probe, *words: str) -> None:
    assert not probe.is_well
    assert probe.advice.endswith("。")
    for word in words:
        assert word in probe.detail + probe.advice


def test_everything_well_is_no_fault_and_leaves_nothing_behind(tmp_path: Path) -> None:
    found = probes(tmp_path / "home" / "deeper")
    assert not any(p.is_fault for p in found.values()), found
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    require_advice(probes(tmp_path / "file" / "home")["数据文件夹"], "PINGAN_HOME")


@pytest.mark.parametrize(("free", "is_fault"), [(10 * 2**20, True), (500 * 2**20, False)])
def test_little_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, is_fault: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    probe = probes(tmp_path)["磁盘空间"]
    require_advice(probe, "MB", "清理磁盘")
    assert probe.is_fault is is_fault


def test_missing_office_and_fonts_are_hints_not_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "find_soffice", lambda: None)
    empty = tmp_path / "fc-list"
    empty.write_text("#!/bin/sh\n")
    empty.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    found = probes(tmp_path)
    require_advice(found["旧格式（doc、wps）"], "LibreOffice", "docx")
    require_advice(found["中文字体"], "fonts-noto-cjk")
    assert not any(p.is_fault for p in found.values())
    assert found["中文字体"].label == "提示"


def test_a_token_table_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> int:
        raise ValueError("Unknown encoding")

    monkeypatch.setattr(tokens, "count_tokens", gone)
    require_advice(probes(tmp_path)["字词计数表"], "重新安装")


def test_a_missing_component_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "find_spec", lambda n: None if n == "pypdf" else find_spec(n))
    require_advice(probes(tmp_path)["程序组件"], "pypdf", "make run")


def test_an_encoding_that_is_not_utf8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ascii")
    require_advice(probes(tmp_path)["文字编码"], "PYTHONUTF8")


def test_a_wrong_bound_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path))
    (tmp_path / "pingan.toml").write_text("[limits]\nmax_page = 1\n")
    require_advice(probes(tmp_path)["文件上限"], "max_pages")
    (tmp_path / "pingan.toml").write_text("[limits]\nmax_pages = 9\n")
    assert "PDF 9 页" in probes(tmp_path)["文件上限"].detail


@contextmanager
def silence() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_model_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_TIMEOUT_S", 0.2)
    with silence() as port:
        url = f"http://user:pass@127.0.0.1:{port}/v1"
        probe = probes(tmp_path, model="m", base_url=url, api_key="sk-secret")["模型"]
    require_advice(probe, "没有回答", "--offline")
    assert "pass" not in probe.detail
    assert "sk-secret" not in probe.detail + probe.advice
    assert probe.is_fault


def test_the_key_is_not_carried_to_another_address(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        target = f"http://localhost:{other.getsockname()[1]}/v1/models"

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(9999)
                head = f"HTTP/1.1 302 x\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
                connection.sendall(head.encode())

        helper = threading.Thread(target=answer)
        helper.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        probe = probes(tmp_path, model="m", base_url=url, api_key="sk-secret")["模型"]
        helper.join(10)
        other.settimeout(0.2)
        with pytest.raises(TimeoutError):
            other.accept()
    require_advice(probe, "没有跟去")


def test_an_embedder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_TIMEOUT_S", 0.2)
    with silence() as port:
        url = f"http://127.0.0.1:{port}/v1"
        probe = probes(tmp_path, embedder="openai:e", base_url=url)["检索向量"]
    require_advice(probe, "hashed")
    monkeypatch.setattr(health, "find_spec", lambda _: None)
    require_advice(probes(tmp_path, embedder="e5")["检索向量"], "pingan[e5]")


def test_the_command_tells_the_outcome(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "doctor"], capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "可以使用" in done.stdout
    assert "异常" not in done.stdout
