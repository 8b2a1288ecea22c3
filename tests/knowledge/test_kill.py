"""A writer killed at any moment leaves the store as before or after the report, never between."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_DRIVER = Path(__file__).parent / "kill_driver.py"
_STEPS = Path(__file__).parent / "kill_steps.py"
_RANDOM_KILLS = 6
_SEED = int(os.environ.get("PINGAN_KILL_SEED", "4"))
_POINTS = (
    "first_batch_written",
    "passages_written",
    "record_written",
    "generation_bumped",
    "old_deleted",
)


def run_driver(driver: Path, folder: Path, *args: str) -> dict[str, Any]:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(driver), str(folder), *args],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
        env={"PYTHONPATH": str(root), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run_driver(_DRIVER, tmp_path_factory.mktemp("kill"), *_POINTS)


@pytest.fixture(scope="module")
def kills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run_driver(_STEPS, tmp_path_factory.mktemp("steps"), str(_RANDOM_KILLS), str(_SEED))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("point", _POINTS)
@pytest.mark.parametrize("kind", ["new", "replace"])
def test_a_killed_add_leaves_all_or_nothing(
    outcomes: dict[str, dict[str, Any]], point: str, kind: str
) -> None:
    outcome = outcomes[f"{kind}:{point}"]
    assert outcome["was_killed"] is True
    found = outcome["found"]
    is_committed = _POINTS.index(point) >= _POINTS.index("record_written")
    assert found["state"] == ("after" if is_committed else "before")
    assert found["leftover"] == 0
    assert found["intents"] == 0
    assert found["after_retry"] == "after"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("work", ["remove", "edit", "rebuild", "change_embedder"])
@pytest.mark.slow
def test_a_kill_after_any_step_leaves_before_or_after(kills: dict[str, Any], work: str) -> None:
    report = kills["steps"][work]
    states = [
        {key: report[name][key] for key in ("embedder", "passages")} for name in ("before", "after")
    ]
    assert len(report["outcomes"]) >= 4
    for outcome in report["outcomes"]:
        found = outcome["found"]
        assert outcome["was_killed"] is True
        assert {key: found[key] for key in ("embedder", "passages")} in states, outcome["step"]
        assert (found["leftover"], found["intents"]) == (0, 0), outcome["step"]
        assert found["counts_agree"], outcome["step"]
        assert found["sidecar"], outcome["step"]
        retried = outcome["retried"]
        assert retried["passages"] == report["after"]["passages"], outcome["step"]
        assert retried["embedder"] == report["after"]["embedder"], outcome["step"]
        assert (retried["leftover"], retried["intents"], retried["building"]) == (0, 0, "")
        assert retried["collections"] == 1 or work in {"remove", "edit"}, outcome["step"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.slow
def test_kills_at_random_moments_never_leave_half_a_report(kills: dict[str, Any]) -> None:
    assert len(kills["random"]) == _RANDOM_KILLS
    for found in kills["random"]:
        assert found["whole"], f"seed {_SEED}"
        assert found["counts_agree"]
        assert (found["leftover"], found["intents"]) == (0, 0)
