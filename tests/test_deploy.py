"""The files under ``deploy/``: they name options, cookies and folders that there are."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
import yaml

from app.commands.web import web
from app.review.originals import name_of
from app.review.store import ReviewStore
from app.web.auth.http import COOKIE
from app.workspace.store import WorkspaceStore
from tests.kill.works import _submitted

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
_HARDENING = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "CapabilityBoundingSet=",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
    "UMask=0077",
)


def _options(command: list[str]) -> None:
    """Fail where ``pingan web`` has no such option."""
    known = {name for param in web.params for name in param.opts}
    written = [part for part in command if part.startswith("--")]
    assert set(written) <= known, set(written) - known


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_units_are_hardened_and_bounded(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert set(_HARDENING) <= set(lines)
    assert any(line.startswith("MemoryMax=") for line in lines)
    (user,) = [line for line in lines if line.startswith("User=")]
    assert user != "User=root"
    writable = [line for line in lines if line.startswith("ReadWritePaths=")]
    assert all(line.startswith("ReadWritePaths=/var/lib/pingan") for line in writable)


def test_units_give_options_that_there_are() -> None:
    unit = (DEPLOY / "systemd" / "pingan@.service").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    parts = shlex.split(command)
    assert parts[:2] == ["/opt/pingan/bin/pingan", "web"]
    _options(parts)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_units_are_understood(tmp_path: Path) -> None:
    for unit in UNITS:
        text = re.sub(r"/opt/pingan/bin/\w+", "/bin/true", unit.read_text(encoding="utf-8"))
        name = unit.name.replace("@", "@7861")
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["systemd-analyze", "verify", str(tmp_path / name)],
            capture_output=True,
            text=True,
            check=False,
        )
        told = [line for line in done.stderr.splitlines() if unit.name.partition("@")[0] in line]
        assert not told


def test_compose_file_needs_no_registry_and_no_privileges() -> None:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert told["networks"]["inside"]["internal"] is True
    for name, service in told["services"].items():
        assert "/" not in service["image"], name
        assert service["pull_policy"] == "never"
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["mem_limit"]
        if service["image"] == "pingan":
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
            assert "ports" not in service
    _options(told["services"]["page1"]["command"][2:])
    assert told["services"]["page1"]["command"][:2] == ["pingan", "web"]


def test_image_is_built_from_what_is_named_by_digest_and_hash() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = text.splitlines()
    assert "FROM ${BASE_IMAGE}" in lines
    assert "ARG BASE_IMAGE" in lines  # no default: whoever builds names it
    (check,) = re.findall(r"(case .+? esac)", text)
    for image, code in (("python:3.11-slim", 1), ("python@sha256:" + "0" * 64, 0)):
        done = subprocess.run(["sh", "-c", check], env={"BASE_IMAGE": image}, check=False)
        assert done.returncode == code, image
    for command in re.findall(r"pip install (.+?)(?:&&|$)", text, re.MULTILINE):
        assert "--no-deps" in command, command
        assert "--require-hashes" in command or command.rstrip().endswith(" ."), command


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-compose.conf"])
def test_proxy_keeps_a_person_with_one_process(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert f"map $cookie_{COOKIE} $pingan_visitor" in text
    assert "hash $pingan_visitor consistent;" in text
    assert "proxy_buffering         off;" in text
    assert "proxy_set_header X-Forwarded-For   $remote_addr;" in text


def test_the_token_for_chroma_is_in_no_readable_file_and_goes_no_further() -> None:
    text = (DEPLOY / "nginx-chroma.conf").read_text(encoding="utf-8")
    assert "map $http_authorization $pingan_has_token" in text
    assert "include /etc/nginx/pingan-chroma-token;" in text
    assert "return 401;" in text
    assert 'proxy_set_header Authorization "";' in text
    assert "proxy_pass http://127.0.0.1:8000;" in text
    assert "server_name chroma.example" in text


def _backup(home: Path, target: Path) -> Path:
    command = ["bash", str(DEPLOY / "pingan-backup.sh"), str(home), str(target)]
    environment = {"PATH": "/usr/bin:/bin", "PINGAN_PYTHON": sys.executable}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("pingan-*.tar.gz")
    assert str(made) in done.stdout
    assert list(target.iterdir()) == [made]
    return made


def test_backup_holds_what_is_only_in_the_log_of_a_database(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    draft = WorkspaceStore(home).create("zhang", title="总结")
    (home / "词表.txt").write_text("[固定说法]\n", encoding="utf-8")
    (home / "write.lock").write_text("")
    database = home / "desk.sqlite3"
    with sqlite3.connect(database) as writer:  # open: what it wrote is in the log yet
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE drafts SET title = '改过的' WHERE id = ?", (draft,))
        writer.commit()
        assert (home / "desk.sqlite3-wal").stat().st_size > 0
        made = _backup(home, tmp_path / "backup")
    writer.close()
    with tarfile.open(made) as archive:
        archive.extractall(tmp_path / "restored", filter="data")
    restored = tmp_path / "restored" / "home"
    assert sorted(p.name for p in restored.iterdir()) == ["desk.sqlite3", "词表.txt"]
    (row,) = WorkspaceStore(restored).rows("zhang")
    assert row.title == "改过的"
    assert made.stat().st_mode & 0o077 == 0


def test_backup_of_nothing_is_told(tmp_path: Path) -> None:
    command = ["bash", str(DEPLOY / "pingan-backup.sh"), str(tmp_path / "none"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "没有数据文件夹" in done.stderr


def test_a_backup_while_people_work_has_every_file_its_rows_name(tmp_path: Path) -> None:
    """Handing in and clearing go on; what was cleared long after it came is still copied."""
    home, done = tmp_path / "home", Event()
    store = ReviewStore(home / "review")
    long_ago = time.time() - 7200
    for number in range(400):  # so that copying takes a while
        data = f"{number}".encode() * 5000
        (store.originals.folder / name_of(data)).write_bytes(data)

    def work(number: int) -> int:
        rounds = 0
        while not done.is_set():
            batch = store.new_batch()
            data = f"{number}-{rounds}".encode() * 50
            store.add(batch, [replace(_submitted(0), data=data)])
            os.utime(store.originals.folder / name_of(data), (long_ago, long_ago))
            if rounds % 3:
                store.remove_batch(batch)
            rounds += 1
            done.wait(0.01)
        return rounds

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(work, number) for number in range(2)]
        time.sleep(0.5)
        try:
            made = _backup(home, tmp_path / "backup")
        finally:
            done.set()
        assert all(future.result() > 3 for future in working)
    _, told = _restored(made)
    assert re.search(r"审阅：文稿 [1-9]", told)
    assert "原文件不在了" not in told


def _restored(made: Path) -> tuple[int, str]:
    """What the trial of a backup says."""
    done = subprocess.run(
        ["bash", str(DEPLOY / "pingan-restore-test.sh"), str(made)],
        env={"PATH": "/usr/bin:/bin", "PINGAN_PYTHON": sys.executable, "PYTHONUTF8": "1"},
        cwd=DEPLOY.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode or "可以恢复" in done.stdout
    return done.returncode, done.stdout


def test_a_backup_that_lacks_files_is_found_out_before_it_is_needed(tmp_path: Path) -> None:
    store = ReviewStore(tmp_path / "home" / "review")
    store.add(store.new_batch(), [_submitted(0)])
    code, told = _restored(_backup(tmp_path / "home", tmp_path / "one"))
    assert (code, "内容完好" in told) == (0, True)
    next(store.originals.files()).unlink()
    code, told = _restored(_backup(tmp_path / "home", tmp_path / "two"))
    assert (code, "1 份文稿的原文件不在了" in told) == (1, True)
