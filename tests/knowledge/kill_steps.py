"""Run by test_kill: kill a writer after every single step, and at random moments.

Prints, for every kill, what a later process finds in the store and what a second try makes of it.
"""

import functools
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chromadb.api.client import Client

from app.core.errors import KnowledgeError
from app.knowledge import reference_index as sidecar
from app.knowledge.chunking import cut_report
from app.knowledge.corrections import Corrections
from app.knowledge.embedders import HashedNgramEmbedder
from app.knowledge.rebuild import rebuild_store
from app.knowledge.storage import base as store_module
from app.knowledge.storage.tables import LocalTable
from app.knowledge.storage.vectors import VectorCollection
from app.knowledge.store import KnowledgeStore
from app.services.ingest import add_paths
from tests.knowledge.kill_driver import in_child
from tests.knowledge.samples import SMALL, open_small, prepared, report_text

OTHER = HashedNgramEmbedder(32)
FIRST = prepared()
SECOND = prepared(report_text("青岚市档案馆"), name="b.txt")
STEPS = (
    (LocalTable, "put"),
    (LocalTable, "delete"),
    (VectorCollection, "write"),
    (VectorCollection, "delete_report"),
    (Client, "delete_collection"),
    (Client, "get_or_create_collection"),
    (store_module, "write_sidecar"),
)


def die_after(step: int) -> dict[str, int]:
    """Make this process die once ``step`` writes are done; returns the counter."""
    counter = {"done": 0}

    def watched(method: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(method)
        def counting(*args: object, **kwargs: object) -> object:
            result = method(*args, **kwargs)
            counter["done"] += 1
            if counter["done"] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return counting

    for owner, name in STEPS:
        setattr(owner, name, watched(getattr(owner, name)))
    return counter


def remove(home: Path) -> None:
    """Remove the first report."""
    with open_small(home) as store:
        found = [r for r in store.records() if r.name == FIRST.name]
        for record in found:
            store.remove(record)


def edit(home: Path) -> None:
    """Correct the first report."""
    with open_small(home) as store:
        (record,) = [r for r in store.records() if r.name == FIRST.name]
        store.edit(record.record_id, Corrections(unit="青岚市水务局", year=2020))


def rebuild(home: Path) -> None:
    """Rebuild with the same embedder."""
    with KnowledgeStore(home, SMALL, is_rebuilding=True) as store:
        rebuild_store(store)


def change_embedder(home: Path) -> None:
    """Rebuild with another embedder."""
    with KnowledgeStore(home, OTHER, is_rebuilding=True) as store:
        rebuild_store(store)


WORKS: dict[str, Callable[[Path], None]] = {
    "remove": remove,
    "edit": edit,
    "rebuild": rebuild,
    "change_embedder": change_embedder,
}


def fill(home: Path) -> None:
    """The store before."""
    store_module._BATCH = 3
    with open_small(home) as store:
        store.add(FIRST)
        store.add(SECOND)


def seen(store: KnowledgeStore) -> dict[str, Any]:
    """What is in an open store, and whether anything is left over."""
    vectors = store.vectors
    assert vectors is not None
    passages = store.passages()
    names = [c.name for c in store._client.list_collections()]
    return {
        "embedder": store.embedder.name,
        "passages": sorted([p.unit, p.year, p.text] for p in passages),
        "counts_agree": sum(r.passages for r in store.records()) == len(passages),
        "leftover": vectors.count() - len(passages),
        "intents": len(store.state.intents()),
        "sidecar": sidecar.describes(store.folder, store.state.generation),
        "collections": sum(name.startswith("pingan_passages_") for name in names),
        "building": store.state.building,
    }


def look(home: Path) -> dict[str, Any]:
    """What a later process finds: with the embedder of before, else with the other."""
    try:
        with open_small(home) as store:
            return seen(store)
    except KnowledgeError:
        with KnowledgeStore(home, OTHER) as store:
            return seen(store)


def counted(home: Path, work: Callable[[Path], None]) -> int:
    """How many steps the work takes; it is done then."""
    counter = die_after(0)
    work(home)
    return counter["done"]


def killed(home: Path, work: Callable[[Path], None], step: int) -> None:
    """Do the work and die after ``step``."""
    store_module._BATCH = 3
    die_after(step)
    work(home)


def again(home: Path, work: Callable[[Path], None]) -> dict[str, Any]:
    """Do the work a second time, in peace."""
    work(home)
    return look(home)


def by_steps(root: Path) -> dict[str, Any]:
    """Kill each kind of work after each of its steps."""
    template = root / "template"
    in_child(lambda: fill(template))
    report: dict[str, Any] = {}
    for name, work in WORKS.items():
        done = Path(shutil.copytree(template, root / f"{name}-done"))
        _, before = in_child(lambda: look(template))
        _, steps = in_child(functools.partial(counted, done, work))
        _, after = in_child(functools.partial(look, done))
        outcomes = []
        for step in range(1, steps + 1):
            home = Path(shutil.copytree(template, root / f"{name}-{step}"))
            was_killed, _ = in_child(functools.partial(killed, home, work, step))
            _, found = in_child(functools.partial(look, home))
            _, retried = in_child(functools.partial(again, home, work))
            outcomes.append(
                {"step": step, "was_killed": was_killed, "found": found, "retried": retried}
            )
            shutil.rmtree(home)
        report[name] = {"before": before, "after": after, "outcomes": outcomes}
    return report


def everything(home: Path, folder: Path) -> None:
    """Add a folder, rebuild, remove every report."""
    with open_small(home) as store:
        add_paths(store, [folder])
        rebuild_store(store)
        for record in store.records():
            store.remove(record)


def whole(home: Path) -> dict[str, Any]:
    """What is in the store, by report: whether each is there whole."""
    with open_small(home) as store:
        found = seen(store)
        found["whole"] = all(
            [p.text for p in store.passages(r.report_id)]
            == [p.text for p in cut_report(store.report_text(r.record_id), r.info, r.report_id)]
            for r in store.records()
        )
        del found["passages"]
        return found


def at_random(root: Path, count: int, seed: int) -> list[dict[str, Any]]:
    """Kill add, rebuild and remove at random moments, on one store that lives on."""
    folder = root / "in"
    folder.mkdir()
    for unit in ("临溪县甲安镇", "临溪县乙安镇", "临溪县丙安镇", "青岚市档案馆"):
        (folder / f"{unit}.txt").write_text(report_text(unit), encoding="utf-8")
    home = root / "random"
    in_child(lambda: fill(home))
    started = time.monotonic()
    in_child(lambda: everything(Path(shutil.copytree(home, root / "timed")), folder))
    length = time.monotonic() - started
    moments = random.Random(seed)
    outcomes = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            everything(home, folder)
            os._exit(0)
        time.sleep(moments.uniform(0.1, 1.0) * length)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        outcomes.append(in_child(lambda: whole(home))[1])
    return outcomes


def main() -> None:
    """Print what was found."""
    root, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    report = {"steps": by_steps(root), "random": at_random(root, count, seed)}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
