"""A model that is silent: it is told, and whoever waits can stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app import resources
from app.drafting.events import Event, ModelWaiting
from app.drafting.model.client import CancelledError, ModelOptions, Pulse
from app.drafting.rewriting import RewriteTool
from app.formats.fact_files import read_fact_sheet
from app.services.drafting import draft_report
from app.services.rewriting import Rewrite, rewrite_section
from app.settings import Settings
from tests.drafting.server import Exchange, Reply, serve
from tests.drafting.test_chain import SHEET, faithful
from tests.drafting.test_resume import FACTS


def silent_until(let_go: threading.Event) -> Reply:
    def reply(_: Exchange) -> None:
        let_go.wait(60)

    return reply


def test_every_further_silence_is_news_once_and_its_end_too() -> None:
    pulse = Pulse(0.05)
    assert pulse.news() is None
    time.sleep(0.06)
    assert pulse.news() is not None
    assert pulse.news() is None
    pulse.beat()
    assert pulse.news() == ModelWaiting(0)
    assert pulse.news() is None


def test_a_draft_tells_that_the_model_is_silent_and_that_it_speaks_again(tmp_path: Path) -> None:
    events: list[Event] = []

    def reply(exchange: Exchange) -> None:
        if exchange.number == 1:
            time.sleep(3.3)
        faithful(exchange)

    with serve(reply) as server:
        settings = Settings(tmp_path, base_url=server.url, model="small")
        options = ModelOptions(server.url, "small", silence_s=1)
        draft_report(SHEET, settings=settings, options=options, on_event=events.append)
    waits = [e.seconds for e in events if isinstance(e, ModelWaiting)]
    assert waits[:3] == [1, 2, 3]
    assert waits[-1] == 0


def test_a_rewrite_tells_it_too_and_ends_at_once_where_it_is_stopped(tmp_path: Path) -> None:
    sheet = read_fact_sheet(resources.examples_dir() / "乡镇.txt")
    draft = draft_report(sheet, settings=Settings(tmp_path))
    section = next(s.key for s in draft.sections if any(x.facts for x in s.sentences))
    let_go, cancel = threading.Event(), threading.Event()
    waits: list[Event] = []

    def hear(event: Event) -> None:
        waits.append(event)
        cancel.set()

    with serve(silent_until(let_go)) as server:
        settings = Settings(tmp_path, base_url=server.url, model="small")
        options = ModelOptions(server.url, "small", silence_s=1)
        wish = Rewrite(section, RewriteTool.SHORTER)
        started = time.monotonic()
        with pytest.raises(CancelledError):
            rewrite_section(
                draft, sheet, wish, settings=settings, options=options, cancel=cancel, on_event=hear
            )
        assert time.monotonic() - started < 10
        let_go.set()
    assert waits == [ModelWaiting(1)]


@pytest.mark.slow
def test_the_command_line_tells_it_and_control_c_does_not_wait_for_the_model(
    tmp_path: Path,
) -> None:
    facts = tmp_path / "要点.txt"
    facts.write_text(FACTS, encoding="utf-8")
    let_go = threading.Event()
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "PINGAN_"))}
    with serve(silent_until(let_go)) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "draft", str(facts), "--model", "small"],
            env={**keep, "PINGAN_HOME": str(tmp_path / "home"), "OPENAI_BASE_URL": server.url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert process.stderr is not None
        told = next(line for line in process.stderr if "没有回应" in line)
        assert told.startswith("模型15秒没有回应，仍在等……")
        assert "Ctrl+C" in told
        assert "--offline" in told
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        process.stderr.close()
        let_go.set()
