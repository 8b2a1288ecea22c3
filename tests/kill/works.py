"""Work that acknowledges each step, and what a later process must find of it.

Run as a program: forks writers, kills them, and prints what was found after each kill.
"""

import functools
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.draft import DraftSentence
from app.core.files import write_atomically
from app.core.finding import CheckResult
from app.core.verdict import Verdict
from app.drafting.model.checkpoint import Checkpoint
from app.drafting.model.pieces import Piece, Written
from app.drafting.model.post_editor import EditedSentences
from app.review.store import ReviewStore, Submitted, draft_key
from app.services.checking import Checker, CheckOptions
from app.services.cohort import compare_drafts  # noqa: F401  # loaded before the forks
from app.workspace.store import WorkspaceStore
from app.workspace.types import WorkspaceFact
from tests.drafting.helpers import sheet_of
from tests.services.drafts import draft

Ack = Callable[[int], None]
_OWNER = "甲"
_SHEET = sheet_of("排查矛盾纠纷192件", "消防演练11次", "反诈宣讲36场")


@dataclass(frozen=True, slots=True)
class Found:
    """What there is: how far the work got, and what is wrong with it (empty: nothing)."""

    done: int
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """``write`` goes on from where it is, for ever; ``look`` tells what is there."""

    begin: Callable[[Path], None]
    write: Callable[[Path, int, Ack], None]
    look: Callable[[Path], Found]


# --- the writers' desk: autosave ---------------------------------------------------------------


def _desk_begin(home: Path) -> None:
    (home / "name").write_text(WorkspaceStore(home).create(_OWNER, title="第0稿"))


def _desk_write(home: Path, start: int, ack: Ack) -> None:
    store, name, number = WorkspaceStore(home), (home / "name").read_text(), start
    while True:
        number += 1
        facts = [WorkspaceFact(f"第{number}稿的第{n}条：排查{n}件") for n in range(40)]
        store.set_facts(_OWNER, name, facts, title=f"第{number}稿")
        ack(number)


def _desk_look(home: Path) -> Found:
    kept = WorkspaceStore(home).load(_OWNER, (home / "name").read_text())
    number = int(kept.title.removeprefix("第").removesuffix("稿"))
    is_mixed = any(not f.text.startswith(f"第{number}稿") for f in kept.facts)
    is_short = number > 0 and len(kept.facts) != 40
    return Found(number, "facts of two savings" if is_mixed or is_short else "")


# --- the reviewers' desk: verdicts and drafts handed in ----------------------------------------


@functools.cache
def _submitted(number: int) -> Submitted:
    from app.checking.cohort import read_draft_print

    checked = _checker().check_text(draft(number % 6), f"{number}.txt")
    data = f"{number}\n{checked.document.text}".encode()
    return Submitted(
        data, checked.document, checked.result, read_draft_print(checked.document).draft
    )


@functools.cache
def _checker() -> Checker:
    return Checker(CheckOptions("乡镇"))


def _review_begin(home: Path) -> None:
    store = ReviewStore(home)
    (home / "batch").write_text(store.new_batch())
    for number in range(6):
        _submitted(number)


def _review_write(home: Path, start: int, ack: Ack) -> None:
    store, batch, number = ReviewStore(home), (home / "batch").read_text(), start
    while True:
        number += 1
        if number % 4 == 0:
            store.add(batch, [_submitted(number % 6)])
        else:
            store.judge("unit:甲:2025", f"f{number}", Verdict.WAIVED, reason=f"理由{number}")
        ack(number)


def _review_look(home: Path) -> Found:
    store, batch = ReviewStore(home), (home / "batch").read_text()
    given = store.judgements("unit:甲:2025")
    numbers = sorted(int(key.removeprefix("f")) for key in given)
    last = numbers[-1] if numbers else 0
    expected = [n for n in range(1, last + 1) if n % 4]
    wrong = "" if numbers == expected else "a verdict is missing"
    if any(j.reason != f"理由{k.removeprefix('f')}" for k, j in given.items()):
        wrong = "a verdict lost its reason"
    for row in store.rows(batch):
        submission = store.open(batch, row.number)
        assert isinstance(submission.result, CheckResult)
        if not store.original(batch, row.number).decode().endswith(submission.document.text):
            wrong = "an original that is not the draft's"
        if draft_key(_submitted(int(row.path.removesuffix(".txt"))).draft) != row.draft:
            wrong = "a draft under another's name"
    handed_in = max((row.number for row in store.rows(batch)), default=0)
    return Found(max(last, 4 * handed_in), wrong)


# --- an export ---------------------------------------------------------------------------------


def _export_begin(home: Path) -> None:
    write_atomically(home / "结果.json", _payload(0))


def _payload(number: int) -> str:
    body = json.dumps({"number": number, "text": "平安" * 40_000})
    return body + "\n" + hashlib.sha256(body.encode()).hexdigest()


def _export_write(home: Path, start: int, ack: Ack) -> None:
    number = start
    while True:
        number += 1
        write_atomically(home / "结果.json", _payload(number))
        ack(number)


def _export_look(home: Path) -> Found:
    body, _, digest = (home / "结果.json").read_text().partition("\n")
    if hashlib.sha256(body.encode()).hexdigest() != digest:
        return Found(0, "half a file")
    named = [
        p for p in home.iterdir() if not p.name.startswith(".pingan-") and p.name != "结果.json"
    ]
    return Found(json.loads(body)["number"], f"left over: {named}" if named else "")


# --- the pieces of an unfinished draft ---------------------------------------------------------


def _piece(number: int) -> Piece:
    return Piece(number % 60, "safety", f"第{number}段", _SHEET.facts)


def _written(number: int) -> Written:
    sentences = tuple(DraftSentence(f"{f.text}。", (f.id,)) for f in _SHEET.facts)
    return Written(_piece(number), sentences, EditedSentences(sentences, 0, 0, number))


def _shelf_write(home: Path, start: int, ack: Ack) -> None:
    checkpoint, number = Checkpoint(home / "shelf", _SHEET), start
    while True:
        number += 1
        checkpoint.put(_written(number))
        ack(number)


def _shelf_look(home: Path) -> Found:
    checkpoint, number = Checkpoint(home / "shelf", _SHEET), 0
    while (kept := checkpoint.get(_piece(number + 1))) is not None:
        number += 1
        if kept.mended is None or kept.mended.added != number:
            return Found(number, "another piece's text")
    for path in (home / "shelf").glob("*.json"):
        json.loads(path.read_text())
    return Found(number)


WORKS = {
    "desk": Work(_desk_begin, _desk_write, _desk_look),
    "review": Work(_review_begin, _review_write, _review_look),
    "export": Work(_export_begin, _export_write, _export_look),
    "shelf": Work(lambda home: None, _shelf_write, _shelf_look),
}


def _killed(work: Work, home: Path, start: int, dice: random.Random) -> int:
    """Fork a writer and kill it; the last step it acknowledged."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            work.write(home, start, lambda n: void(os.write(write_end, b"%d\n" % n)))
        finally:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as acks:
        wanted, last, began = dice.randrange(8), start, time.monotonic()
        for _ in range(wanted):
            last = int(acks.readline())
        step_s = (time.monotonic() - began) / max(wanted, 1)
        time.sleep(dice.uniform(0.0, min(step_s, 0.2)) if wanted else dice.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)
        for line in acks:  # what was acknowledged before the blow fell
            last = int(line)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), status
    return last


def void(_: object) -> None:
    """Let a value go."""


def in_child(look: Callable[[], Found]) -> Found:
    """What a process of its own finds."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            found = look()
            os.write(write_end, json.dumps([found.done, found.wrong]).encode())
        except BaseException as error:  # noqa: BLE001  # told to the test
            os.write(write_end, json.dumps([0, repr(error)]).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        done, wrong = json.loads(pipe.read())
    os.waitpid(child, 0)
    return Found(done, wrong)


def kill_often(name: str, home: Path, count: int, seed: int) -> list[dict[str, Any]]:
    """Kill a writer so many times on one store that lives on."""
    work, dice = WORKS[name], random.Random(f"{name}-{seed}")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    work.begin(home)
    start, outcomes = 0, []
    for _ in range(count):
        acknowledged = _killed(work, home, start, dice)
        found = in_child(functools.partial(work.look, home))
        outcomes.append({"acknowledged": acknowledged, "found": found.done, "wrong": found.wrong})
        start = max(found.done, acknowledged)
    return outcomes


def main() -> None:
    """``works.py FOLDER SEED NAME=COUNT…``."""
    root, seed = Path(sys.argv[1]), int(sys.argv[2])
    wanted = dict(item.split("=") for item in sys.argv[3:])
    report = {n: kill_often(n, root / n, int(count), seed) for n, count in wanted.items()}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
