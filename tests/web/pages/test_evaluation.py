"""The tab 评测 in Chromium: the last run, an earlier one, and both compared."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.gating import GateStatus, TaskRun
from eval.report import CaseEvidence, DocumentScore, PlotPoint, ReportTable, Run, Section
from eval.saved import keep_runs
from tests.web.conftest import Watched, free_port, start_web, stop_web

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
_WHEN = datetime(2025, 12, 1, 9, 30, tzinfo=UTC)


def run(value: float, *, reason: str = "") -> TaskRun:
    scores = tuple(DocumentScore("mutants.recall", f"d{i}", value, 4.0) for i in range(6))
    section = Section(
        title="植入缺陷",
        tables=(
            ReportTable(("规则", "召回率"), (("NU01", f"{value:.3f}"), ("合计", f"{value:.3f}"))),
        ),
        evidence=(CaseEvidence("漏报", ("甲：NU01：⟦全年排查<script>alert(1)</script>⟧",)),),
        metrics={"mutants.recall": value},
        scores=scores,
        points=(PlotPoint("NU01", value, 1.0, 24),),
    )
    gates = (GateStatus("mutants.recall", value, 0.95, 0.9, is_ceiling=False, reason=reason),)
    return TaskRun("check", Run("核查", {"种子": "0"}, (section,)), gates)


@pytest.fixture
def evaluated(browser: "Browser", tmp_path: Path) -> Iterator[Watched]:
    home = tmp_path / "home"
    keep_runs(home, [run(1.0)], _WHEN)
    red = run(0.75, reason="mutants.recall 是0.75，不应低于0.9")
    keep_runs(home, [red], _WHEN + timedelta(hours=1))
    port = free_port()
    process = start_web(home, port)
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    seen = Watched(context.new_page())
    seen.watch()
    seen.page.goto(f"http://127.0.0.1:{port}/")
    seen.page.get_by_role("tab", name="评测", exact=True).click()
    seen.page.wait_for_selector("#eval-run .verdict")
    yield seen
    context.close()
    stop_web(process)


def _choose(watched: Watched, dropdown: str, text: str) -> None:
    watched.page.click(f"{dropdown} input")
    watched.page.locator("[role=option]", has_text=text).first.click()


def test_runs_are_shown_and_compared(evaluated: Watched) -> None:
    page = evaluated.page
    told = page.inner_text("#eval-run")
    assert "植入缺陷·召回率 是0.75，不应低于0.9" in told
    assert page.locator("#eval-run svg").count() == 2
    assert "alert(1)" in page.inner_text("#eval-run mark")
    _choose(evaluated, "#eval-choice", "09:30")
    page.wait_for_selector("#eval-run .verdict.ok")
    _choose(evaluated, "#eval-choice", "10:30")
    page.wait_for_selector("#eval-run .verdict.bad")
    _choose(evaluated, "#eval-other", "09:30")
    page.wait_for_selector("#eval-run :text('变差')")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    evaluated.require_clean()
