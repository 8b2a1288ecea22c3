"""A writer killed at any moment leaves the store as before or after the report, never between."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_DRIVER = Path(__file__).parent / "kill_driver.py"
_POINTS = (
    "first_batch_written",
    "passages_written",
    "record_written",
    "generation_bumped",
    "old_deleted",
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(_DRIVER), str(tmp_path_factory.mktemp("kill")), *_POINTS],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PYTHONPATH": str(root), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


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
