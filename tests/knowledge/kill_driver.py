"""Run by test_kill: add a report in forked children that die at given points.

Prints, for every point, what a later process finds in the store.
"""

import functools
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.knowledge.chunking import cut_passages
from app.knowledge.storage import base as store_module
from app.knowledge.storage.state import StoreState
from app.knowledge.storage.vectors import VectorCollection
from app.knowledge.store import KnowledgeStore
from app.knowledge.tokens import count_tokens
from tests.knowledge.samples import open_small, prepared, report_text

OLD = prepared(report_text(drills=6))
NEW = prepared(report_text(drills=9))
OTHER = prepared(report_text("青岚市档案馆"), name="b.txt")


def die_after(owner: type, name: str) -> None:
    """Kill this process as soon as the method has done its work."""
    method: Callable[..., object] = getattr(owner, name)

    def dying(*args: object, **kwargs: object) -> object:
        method(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(owner, name, dying)


def arm(point: str) -> None:
    """Make the next add die at ``point``."""
    if point == "first_batch_written":
        store_module._BATCH = 2
        die_after(VectorCollection, "write")
    else:
        owner, name = {
            "passages_written": (KnowledgeStore, "write_passages"),
            "record_written": (KnowledgeStore, "put_record"),
            "generation_bumped": (StoreState, "bump_generation"),
            "old_deleted": (VectorCollection, "delete_report"),
        }[point]
        die_after(owner, name)


def in_child(work: Callable[[], object]) -> tuple[bool, Any]:
    """Run ``work`` in a forked child: whether it was killed, and what it returned.

    A child that neither answers nor is killed has failed: its traceback ends the driver.
    """
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            answer = json.dumps(work()).encode()
            with os.fdopen(write_end, "wb") as pipe:
                pipe.write(answer)
        except BaseException:  # noqa: BLE001  # told, whatever it is
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not was_killed and status != 0:
        sys.exit(f"a reader or writer failed, status {status}; its traceback is above")
    return was_killed, json.loads(answer) if answer else None


def texts(store: KnowledgeStore) -> list[str]:
    """The visible passages."""
    return sorted(p.text for p in store.passages())


def finished(home: Path) -> list[str]:
    """The passages of a store to which the report was added in peace."""
    with open_small(home) as store:
        store.add(OTHER)
        store.add(NEW)
        return texts(store)


def begin(home: Path, kind: str, after: object) -> dict[str, object]:
    """Fill the store and tell how it looks before and after the report."""
    with open_small(home) as store:
        store.add(OTHER)
        if kind == "replace":
            store.add(OLD)
        return {"before": texts(store), "after": after}


def add_and_die(home: Path, point: str, kind: str) -> None:
    """Add the report and be killed."""
    with open_small(home) as store:
        if point == "old_deleted" and kind == "new":
            point = "generation_bumped"  # a new report deletes nothing
        arm(point)
        store.add(NEW)


def look(home: Path, states: Any) -> dict[str, object]:
    """What is in the store now, and after the report is added again."""
    with open_small(home) as store:
        found = texts(store)
        vectors = store.vectors
        assert vectors is not None
        state = next((name for name, wanted in states.items() if found == wanted), "between")
        leftover = vectors.count() - len(found)
        intents = len(store.state.intents())
        store.add(NEW)
        retried_texts = texts(store)
        retried = retried_texts == states["after"] and vectors.count() == len(retried_texts)
    return {
        "state": state,
        "leftover": leftover,
        "intents": intents,
        "after_retry": "after" if retried else "between",
    }


def try_point(home: Path, point: str, kind: str, states: object) -> dict[str, object]:
    """Kill a writer at one point and tell what is found."""
    was_killed, _ = in_child(lambda: add_and_die(home, point, kind))
    _, found = in_child(lambda: look(home, states))
    return {"was_killed": was_killed, "found": found}


def main() -> None:
    """Kill a writer at every point given."""
    root, points = Path(sys.argv[1]), sys.argv[2:]
    cut_passages(OLD.text, budget_tokens=100, count_tokens=count_tokens, info=OLD.info)  # warm up
    _, after = in_child(lambda: finished(root / "twin"))
    report: dict[str, object] = {}
    for kind in ("new", "replace"):
        template = root / kind
        _, states = in_child(functools.partial(begin, template, kind, after))
        for point in points:
            home = Path(shutil.copytree(template, root / f"{kind}-{point}"))
            report[f"{kind}:{point}"] = try_point(home, point, kind, states)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
