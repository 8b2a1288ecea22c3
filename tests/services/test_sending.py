"""Whatever goes to a model is put down: who, when, where to; never what."""

import time
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from app.core.audit import ACTOR, Actor, entries
from app.core.errors import ConfigError
from app.core.facts import FactSheet
from app.web.tasks import PageTask
from app.workspace.jobs import Job, Jobs
from tests.drafting.server import serve
from tests.drafting.test_chain import SHEET, draft_at, faithful

ME = Actor("王管", "u-1", "10.0.0.1")


def test_a_draft_by_the_model_is_put_down_without_its_facts(tmp_path: Path) -> None:
    jobs, job = Jobs(), Job("draft", lambda _: None)
    with serve(faithful) as server:

        def work(_on_event: object, _cancel: Event) -> None:
            draft_at(tmp_path, server.url)

        ACTOR.set(ME)
        jobs.start("d1", job, work, lambda _: None)
        PageTask(lambda _: draft_at(tmp_path, server.url)).result()
        ACTOR.set(None)
        while jobs.is_writing("d1"):
            time.sleep(0.02)
    assert job.state == "done", job.error
    told = list(entries(tmp_path))
    assert [(e.who, e.address, e.what, e.to) for e in told] == [
        ("王管", "10.0.0.1", "送模型", "127.0.0.1")
    ] * 2
    assert all(e.more.startswith("模型 small，起草") for e in told)
    (path,) = (tmp_path / "audit").iterdir()
    text = path.read_text(encoding="utf-8")
    assert not any(fact.text[:6] in text for fact in SHEET.facts)


def test_what_the_guard_stops_is_not_put_down_as_sent(tmp_path: Path) -> None:
    secret = replace(SHEET.facts[0], text="机密★5年：排查矛盾纠纷42件，涉密文件2份")
    sheet: FactSheet = replace(SHEET, facts=(secret, *SHEET.facts[1:]))
    with pytest.raises(ConfigError):
        draft_at(tmp_path, "http://model.example:8000/v1", sheet)
    assert list(entries(tmp_path)) == []
