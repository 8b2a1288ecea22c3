"""A disk that is full: one sentence, the old content whole, and work goes on once there is room."""

import errno
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ExportError
from app.core.files import write_atomically

ROOT = Path(__file__).resolve().parents[2]
_SIZE = "48m"
_WORKS = ("export", "desk", "review", "ingest", "reading")


def _mounted(folder: Path, command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with a small disk of its own mounted on ``folder``, seen by nobody else."""
    script = f'mount -t tmpfs -o size={_SIZE} none "$1" && shift && {command}'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(folder), str(folder)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@cache
def _can_mount(folder: Path) -> bool:
    return shutil.which("unshare") is not None and _mounted(folder, "true").returncode == 0


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("disk")
    if not _can_mount(folder):
        if os.environ.get("PINGAN_NEEDS_MOUNT"):
            pytest.fail("no small disk can be mounted here")
        pytest.skip("no small disk can be mounted here; the failing writers below stand in")
    done = _mounted(folder, f'"{sys.executable}" -m tests.kill.full_disk "$1"')
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("work", _WORKS)
def test_what_was_acknowledged_stays_and_work_goes_on(report: dict[str, Any], work: str) -> None:
    found = report[work]
    assert found["kept"], found
    assert found["again"], found
    assert found["sentence"].endswith("。")
    assert "磁盘" in found["sentence"]
    assert "Traceback" not in found["sentence"]


@pytest.mark.slow
def test_a_failed_export_leaves_no_litter(report: dict[str, Any]) -> None:
    assert report["export"]["litter"] == []
    assert "磁盘已满" in report["export"]["sentence"]


@pytest.mark.slow
def test_commands_tell_of_the_full_disk_and_print_what_they_can(report: dict[str, Any]) -> None:
    found = report["commands"]
    assert found["codes"] == [2, 0, 2]
    assert all("磁盘已满" in told for told in found["sentences"])
    assert found["printed"]
    assert found["drafted"]
    assert found["kept"]
    assert "磁盘" in found["doctor"]


@pytest.mark.parametrize("step", ["write", "flush", "fsync", "chmod", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_failure_at_any_step_of_an_export_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    target = tmp_path / "结果.txt"
    target.write_text("旧")

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif step in {"chmod", "replace"}:
        monkeypatch.setattr(Path, step, fail)
    else:
        opened = os.fdopen

        def failing(*args: Any, **kwargs: Any) -> Any:
            file = opened(*args, **kwargs)

            class Failing:
                def __enter__(self) -> "Failing":
                    return self

                def __exit__(self, *_: object) -> None:
                    file.close()

                def __getattr__(self, name: str) -> Any:
                    return fail if name == step else getattr(file, name)

            return Failing()

        monkeypatch.setattr(os, "fdopen", failing)
    with pytest.raises(ExportError, match="磁盘"):
        write_atomically(target, "新" * 1000)
    monkeypatch.undo()
    assert target.read_text() == "旧"
    assert [p.name for p in tmp_path.iterdir()] == ["结果.txt"]
