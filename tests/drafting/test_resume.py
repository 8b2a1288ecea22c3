"""A draft that is broken off goes on where it stopped."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.drafting.events import Event, Notice
from app.drafting.model.chain import Piece, Written
from app.drafting.model.checkpoint import Checkpoint, checkpoint_key
from app.drafting.model.client import CancelledError
from app.drafting.model.post_editor import EditedSentences
from app.drafting.prose.composer import Composer
from app.services.drafting import DraftWish
from tests.drafting.helpers import sheet_of
from tests.drafting.server import Exchange, serve
from tests.drafting.test_chain import SHEET, draft_at, faithful, holds

FACTS = """单位：临溪县云渡镇
年度：2025
- 排查矛盾纠纷192件，化解188件，化解率97.9%
- 调解员到村走访纠纷当事人96人次
- 消防演练11次，约780人次参加
- 检查企业246家次，发现隐患337处
- 夜间巡逻1290次
- 刑事案件立案21起
- 反诈宣讲36场，听众2180人次
- 见面劝阻电信诈骗38人次
"""


def kept_files(home: Path) -> list[Path]:
    return sorted(home.glob("drafts/*/*.json"))


def test_killed_draft_goes_on_where_it_stopped(tmp_path: Path) -> None:
    home, sheet = tmp_path / "home", tmp_path / "要点.txt"
    sheet.write_text(FACTS, encoding="utf-8")
    hangs = threading.Event()
    reached = threading.Event()

    def reply(exchange: Exchange) -> None:
        if exchange.number == 2 and not hangs.is_set():
            reached.set()
            hangs.wait(60)
        else:
            faithful(exchange)

    with serve(reply) as server:
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "PINGAN_"))}
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "draft", str(sheet), "--model", "small"],
            env={**keep, "PINGAN_HOME": str(home), "OPENAI_BASE_URL": server.url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert reached.wait(90)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        files = kept_files(home)
        assert len(files) == 1
        assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
        assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
        hangs.set()
        before = len(server.requests)
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "draft", str(sheet), "--model", "small"],
            env={**keep, "PINGAN_HOME": str(home), "OPENAI_BASE_URL": server.url},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "已写好的1段直接使用" in done.stderr
    assert "192件" in done.stdout
    again = [r["messages"][-1]["content"] for r in server.requests[before:]]
    first = server.requests[0]["messages"][-1]["content"]
    assert again
    assert first not in again
    assert kept_files(home) == []


def test_cancelled_draft_goes_on_and_fresh_begins_anew(tmp_path: Path) -> None:
    cancel = threading.Event()

    def reply(exchange: Exchange) -> None:
        if exchange.number == 2:
            cancel.set()
            time.sleep(0.3)
        faithful(exchange)

    with serve(reply) as server, pytest.raises(CancelledError):
        draft_at(tmp_path, server.url, cancel=cancel)
    assert len(kept_files(tmp_path)) == 1
    events: list[Event] = []
    with serve(faithful) as server:
        result = draft_at(tmp_path, server.url + "", on_event=events.append)
    holds(result)
    # Another port is another endpoint, so nothing of it is used.
    assert not [e for e in events if isinstance(e, Notice)]


def test_what_failed_is_tried_again_and_only_that(tmp_path: Path) -> None:
    is_down = True

    def reply(exchange: Exchange) -> None:
        if is_down and any("演练" in text for text in exchange.facts):
            exchange.status(500)
        else:
            faithful(exchange)

    with serve(reply) as server:
        first = draft_at(tmp_path, server.url)
        assert any("改由要点" in s.note for s in first.sections)
        is_down = False
        before = len(server.requests)
        second = draft_at(tmp_path, server.url)
        assert len(server.requests) - before == 1
        assert not any("改由要点" in s.note for s in second.sections)
        holds(second)
        before = len(server.requests)
        draft_at(tmp_path, server.url)
        assert len(server.requests) - before > 1
    assert kept_files(tmp_path) == []


def test_fresh_draft_asks_for_everything_again(tmp_path: Path) -> None:
    def reply(exchange: Exchange) -> None:
        if exchange.number <= 4 and any("演练" in text for text in exchange.facts):
            exchange.status(500)
        else:
            faithful(exchange)

    with serve(reply) as server:
        draft_at(tmp_path, server.url)
        before = len(server.requests)
        draft_at(tmp_path, server.url, wish=DraftWish(is_fresh=True))
        assert len(server.requests) - before > 1


def piece() -> Piece:
    return Piece(0, "safety", "标题", SHEET.facts[:2])


def written(text: str = "") -> Written:
    sentences = tuple(Composer(SHEET).sentences_for(piece().facts))
    if text:
        sentences = (*sentences[:-1], type(sentences[0])(text, ("F2",)))
    return Written(piece(), sentences, EditedSentences(sentences))


def test_kept_piece_that_no_longer_holds_is_not_used(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "drafts" / "x", SHEET)
    checkpoint.put(written())
    kept = checkpoint.get(piece())
    assert kept is not None
    assert kept.is_kept
    checkpoint.put(written("组织消防演练12次，约780人次参加。"))
    assert checkpoint.get(piece()) is None


@pytest.mark.parametrize("data", ["", "[]", "{}", '{"sentences":[{}]}', '{"sentences":5}', "\x00"])
def test_damaged_file_is_written_anew(tmp_path: Path, data: str) -> None:
    checkpoint = Checkpoint(tmp_path / "drafts" / "x", SHEET)
    checkpoint.put(written())
    (path,) = checkpoint.folder.iterdir()
    path.write_text(data, encoding="utf-8")
    assert checkpoint.get(piece()) is None


def test_other_facts_or_model_are_another_draft() -> None:
    one = checkpoint_key(SHEET, "http://a", "m")
    assert one == checkpoint_key(SHEET, "http://a", "m")
    assert one != checkpoint_key(SHEET, "http://a", "n")
    assert one != checkpoint_key(sheet_of("签订责任书34份"), "http://a", "m")


def test_folder_that_cannot_be_written_costs_nothing_but_the_resumption(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file where the folder should be", encoding="utf-8")
    with serve(faithful) as server:
        holds(draft_at(tmp_path, server.url))
