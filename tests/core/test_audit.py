"""What people do is put down in lines that are only ever added."""

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest

from app.core.audit import ACTOR, Actor, Deed, entries, record

ME = Actor("王管", "u-1", "10.0.0.1")


def test_a_line_tells_who_when_where_and_what(tmp_path: Path) -> None:
    record(tmp_path, Deed.ROLE, to="zhang", more="审核", actor=ME)
    (path,) = (tmp_path / "audit").iterdir()
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told.pop("time")[:7] == path.stem
    assert told == {
        "who": "王管",
        "user_id": "u-1",
        "address": "10.0.0.1",
        "what": "改角色",
        "to": "zhang",
        "more": "审核",
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_lines_are_only_added(tmp_path: Path) -> None:
    def work(i: int) -> None:
        record(tmp_path, Deed.LOGIN, to=str(i), actor=ME)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert sorted(int(e.to) for e in entries(tmp_path)) == list(range(200))


def test_the_actor_of_a_request_is_taken_along(tmp_path: Path) -> None:
    ACTOR.set(ME)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, lambda: record(tmp_path, Deed.MODEL)).result()
    ACTOR.set(None)
    record(tmp_path, Deed.MODEL)
    assert [e.who.partition(" ")[0] for e in entries(tmp_path)] == ["王管", "命令行"]


def test_a_line_that_was_cut_off_harms_no_other(tmp_path: Path) -> None:
    record(tmp_path, Deed.LOGIN, actor=ME)
    (path,) = (tmp_path / "audit").iterdir()
    with path.open("a") as file:
        file.write('{"time": "2025\n')
    record(tmp_path, Deed.LOGOUT, actor=ME)
    assert [e.what for e in entries(tmp_path)] == ["登录", "退出"]


def test_what_cannot_be_put_down_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with caplog.at_level(logging.ERROR):
        record(tmp_path, Deed.LOGIN, actor=ME)
    assert "操作记录写不进去" in caplog.text
