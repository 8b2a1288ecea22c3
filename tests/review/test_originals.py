"""One person clears a batch while another hands in: no file goes that a row names."""

import os
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from app.review.originals import KEPT_S, Originals
from app.review.store import ReviewStore, Submitted
from tests.kill.works import _submitted

ROUNDS = 24


@pytest.fixture
def store(tmp_path: Path) -> ReviewStore:
    return ReviewStore(tmp_path / "review")


class Eager(Originals):
    """Takes every file for old that is written to its end."""

    def strays(self, named: Collection[str]) -> list[Path]:
        return [p for p in Originals.strays(self, named) if "." not in p.name]


def _one(number: int) -> Submitted:
    return replace(_submitted(0), data=f"第{number}份".encode())


def _lost(store: ReviewStore, batch: str) -> list[int]:
    rows = store.rows(batch)
    with store._db.reading() as db:
        named = dict(db.execute("SELECT id, sha FROM submissions WHERE batch = ?", (batch,)))
    return [r.number for r in rows if not store.originals.has(named[r.number])]


@pytest.mark.parametrize("is_guarded", [False, True], ids=["lock alone", "with the age guard"])
def test_clearing_while_others_hand_in_loses_nothing(store: ReviewStore, is_guarded: bool) -> None:
    """Without the guard (every file counts as hours old) the write lock alone must do."""
    if not is_guarded:
        store.originals = Eager(store.originals.folder, lambda: time.time() + 3 * KEPT_S)
    done = Event()

    def clear() -> int:
        rounds = 0
        while not done.is_set():
            batch = store.new_batch()
            store.add(batch, [_one(rounds % ROUNDS)])  # the same files as the other's
            store.remove_batch(batch)
            rounds += 1
            done.wait(0.02)
        return rounds

    def hand_in(start: int) -> list[int]:
        lost: list[int] = []
        for number in range(start, ROUNDS, 2):
            batch = store.new_batch()
            store.add(batch, [_one(number), _one(number + 1000)])
            lost += _lost(store, batch)
        return lost

    with ThreadPoolExecutor(4) as pool:
        clearing = [pool.submit(clear) for _ in range(2)]
        lost = [pool.submit(hand_in, start) for start in range(2)]
        try:
            found = [one for future in lost for one in future.result()]
        finally:
            done.set()
        assert sum(future.result() for future in clearing) > 2
    assert found == []


def test_a_file_collected_between_writing_and_naming_is_written_again(
    store: ReviewStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put: Callable[[Originals, bytes], str] = Originals.put
    batch = store.new_batch()
    taken: list[str] = []

    def put_and_lose(self: Originals, data: bytes) -> str:
        name = put(self, data)
        if not taken:
            taken.append(name)
            (self.folder / name).unlink()
        return name

    monkeypatch.setattr(Originals, "put", put_and_lose)
    (number,) = store.add(batch, [_one(1)])
    assert store.original(batch, number) == _one(1).data


def test_what_is_cleared_stays_for_an_hour_since_a_backup_may_be_copying(
    store: ReviewStore,
) -> None:
    batch = store.new_batch()
    store.add(batch, [_one(1)])
    (path,) = store.originals.files()
    os.utime(path, (0, 0))  # handed in long ago
    assert store.collect() == 0
    store.remove_batch(batch)
    assert path.exists()
    assert store.collect() == 0
    os.utime(path, (0, time.time() - KEPT_S - 1))
    assert store.collect() == 1
    assert not path.exists()


def test_handing_in_again_what_waits_to_be_collected_keeps_it(store: ReviewStore) -> None:
    (number,) = store.add(batch := store.new_batch(), [_one(1)])
    assert number
    store.remove_batch(batch)
    (path,) = store.originals.files()
    os.utime(path, (0, 0))
    store.originals.put(_one(1).data)
    assert store.collect() == 0
