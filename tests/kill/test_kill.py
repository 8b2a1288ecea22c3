"""Writers killed at random moments: what was acknowledged is there, nothing is half-written."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.core.files import write_atomically

ROOT = Path(__file__).resolve().parents[2]
_SEED = int(os.environ.get("PINGAN_KILL_SEED", "8"))
_FEW = {"desk": 4, "review": 4, "export": 4, "shelf": 4}
_MANY = {"desk": 60, "review": 60, "export": 40, "shelf": 20}
_INGESTS = 20

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def killed(folder: Path, counts: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    wanted = [f"{name}={count}" for name, count in counts.items()]
    done = subprocess.run(
        [sys.executable, "-m", "tests.kill.works", str(folder), str(_SEED), *wanted],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return report


def require_nothing_lost(report: dict[str, list[dict[str, Any]]], counts: dict[str, int]) -> None:
    for name, outcomes in report.items():
        assert len(outcomes) == counts[name]
        for number, outcome in enumerate(outcomes):
            where = (name, number, f"seed {_SEED}", outcome)
            assert outcome["wrong"] == "", where
            assert outcome["found"] >= outcome["acknowledged"], where
            assert outcome["found"] <= outcome["acknowledged"] + 1, where
        assert outcomes[-1]["found"] > outcomes[0]["found"], name  # it went on after each kill


def test_a_few_kills(tmp_path: Path) -> None:
    require_nothing_lost(killed(tmp_path, _FEW), _FEW)


@pytest.mark.slow
def test_one_hundred_and_eighty_kills(tmp_path: Path) -> None:
    """With the twenty below: two hundred."""
    require_nothing_lost(killed(tmp_path, _MANY), _MANY)


@pytest.mark.slow
def test_twenty_kills_while_reports_are_taken_in(tmp_path: Path) -> None:
    code = (
        "import sys, json; from pathlib import Path; from tests.knowledge import kill_steps as k; "
        "print(json.dumps(k.at_random(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(_INGESTS), str(_SEED)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == _INGESTS
    for one in found:
        assert one["whole"], f"seed {_SEED}"
        assert one["counts_agree"]
        assert (one["leftover"], one["intents"]) == (0, 0)


def test_what_a_killed_export_left_is_swept_later(tmp_path: Path) -> None:
    old, young, other = (tmp_path / n for n in (".pingan-a.tmp", ".pingan-b.tmp", "a.tmp"))
    for path in (old, young, other):
        path.write_text("半份")
    long_ago = time.time() - 7200
    for path in (old, other):
        os.utime(path, (long_ago, long_ago))
    write_atomically(tmp_path / "新.txt", "整份")
    assert not old.exists()
    assert young.exists()
    assert other.exists()
