"""A page that stays open keeps the page sessions in use and nothing of what has been answered."""

from pathlib import Path

import pytest

from app.web.auth.files import FileOwners
from tests.web.auth.office import told_by


@pytest.mark.slow
def test_answered_calls_leave_nothing_and_old_pages_are_forgotten() -> None:
    told = told_by("tests.web.auth.memory_dump")
    assert told["is_drafted"]
    at_first, kept, forgotten = told["left"]
    names = at_first.pop("names")
    assert names > 0  # Gradio notes every file it has handed on, for good
    assert at_first == {"sessions": 1, "queues": 1, "jobs": 1}
    assert kept == {**at_first, "names": 0}
    assert forgotten == {"sessions": 0, "queues": 0, "jobs": 0, "names": 0}


def test_a_dropped_folder_is_nobodys(tmp_path: Path) -> None:
    owners = FileOwners(tmp_path)
    dropped, kept = owners.new_folder("u-1"), owners.new_folder("u-1")
    owners.grant(str(kept / "x"), "u-2")
    owners.drop(dropped)
    assert not dropped.exists()
    assert not owners.may_read(str(dropped / "x"), "u-1")
    assert owners.may_read(str(kept / "x"), "u-1")
    assert owners.may_read(str(kept / "x"), "u-2")
    assert not owners.may_read(str(kept / "x"), "u-3")
