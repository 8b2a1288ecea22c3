"""Broken files by the thousand: read, or refused in one sentence; never a crash, never a hang."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hostile.mutants import mutant
from tests.hostile.reading import MOST_BYTES, Outcome, Worker, read_mutants, working
from tests.hostile.seeds import sound_files

_FEW, _MANY = 200, 2400
_WORKERS = 2
_SLOWEST_CPU_S = 10.0


def require_sound(outcomes: list[Outcome]) -> None:
    complaints = [c for o in outcomes if (c := o.complaint())]
    assert complaints == []
    assert max(o.cpu_s for o in outcomes) <= _SLOWEST_CPU_S
    assert max(o.peak for o in outcomes) <= MOST_BYTES


def require_both_ends(outcomes: list[Outcome]) -> None:
    """Mutants that were all refused at the door would show nothing of the rooms behind it."""
    kinds = Counter((o.how.partition(":")[0], bool(o.read)) for o in outcomes)
    for name, _ in sound_files():
        assert kinds[name, True] > 0, name
        assert kinds[name, False] > 0 or name.endswith((".zip", ".pdf")), name


def test_a_number_always_makes_the_same_file() -> None:
    assert [mutant(n).data for n in range(20)] == [mutant(n).data for n in range(20)]
    assert len({mutant(n).data for n in range(200)}) > 190


def test_the_sound_originals_are_read(tmp_path: Path) -> None:
    with working(tmp_path) as worker:
        for name, data in sound_files():
            path = tmp_path / name
            path.write_bytes(data)
            outcome = worker.ask(path=str(path))
            assert outcome.read, (name, outcome)


def test_two_hundred_broken_files(tmp_path: Path) -> None:
    require_sound(read_mutants(tmp_path, range(_FEW)))


@pytest.mark.slow
def test_thousands_of_broken_files(tmp_path: Path) -> None:
    shares = [range(_FEW + n, _FEW + _MANY, _WORKERS) for n in range(_WORKERS)]
    with ThreadPoolExecutor(_WORKERS) as pool:
        found = [o for some in pool.map(lambda s: read_mutants(tmp_path, s), shares) for o in some]
    assert len(found) >= 2000
    require_sound(found)
    require_both_ends(found)


def test_a_reader_that_hangs_or_eats_memory_is_noticed(tmp_path: Path) -> None:
    """The harness itself: what must never happen would be seen."""
    path = tmp_path / "a.txt"
    path.write_text("平安建设，排查42件。" * 200_000, encoding="utf-8")
    with working(tmp_path) as worker:
        dead = worker.ask(path=str(path), cpu_s=0.01)
        assert "died of signal" in dead.complaint()
        assert worker.ask(path=str(path), is_deep=False).read  # a new one has taken its place
    assert "not a plain sentence" in Outcome("x", refused="Traceback (most recent)").complaint()
    assert "MB" in Outcome("x", read="1字", peak=MOST_BYTES + 1).complaint()
    assert isinstance(worker, Worker)
