"""Fifty people at once: the slow suite runs it shortly, ``python -m tests.web.load`` for longer."""

import os
from pathlib import Path

import pytest

from tests.web.load import Told, measure, report_text

PEOPLE = 50


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_fifty_people_check_and_compose_at_once(tmp_path: Path) -> None:
    seconds = float(os.environ.get("PINGAN_LOAD_SECONDS", "75"))
    told = measure(tmp_path, people=PEOPLE, seconds=seconds, pause_s=10)
    assert told.failures == []
    assert len(told.checks) >= PEOPLE * seconds / 10 * 0.4
    assert told.share(0.95) <= told.longest_p95_s, told.as_text()
    assert told.growth_mb() <= 25, told.as_text()


def test_shares_and_growth_are_reckoned_from_what_was_measured() -> None:
    told = Told(checks=[i / 100 for i in range(100)], memory_mb=[(i, 100.0 + i) for i in range(30)])
    assert told.share(0.5) == 0.5
    assert told.share(0.95) == 0.95
    assert told.growth_mb() == 10
    assert "p95 0.95 s" in told.as_text()


def test_the_aim_is_two_seconds_on_a_machine_of_ones_own() -> None:
    assert Told().longest_p95_s == 2.0
    assert Told(others=0.5).longest_p95_s == 4.0
    assert Told(others=1.0).longest_p95_s == pytest.approx(10.0)


def test_the_text_is_as_long_as_a_report() -> None:
    assert 3600 <= len(report_text()) <= 4400
