"""Two runs compared, kept, and told as a page that stands alone."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.formats.rendering import render
from eval.compare import compare, compare_runs
from eval.gating import GateStatus, TaskRun
from eval.html import render_html
from eval.plots import gates_plot, points_plot, share_gates
from eval.report import CaseEvidence, DocumentScore, PlotPoint, Pool, ReportTable, Run, Section
from eval.saved import from_json, keep_runs, kept_runs, read_runs, to_json, write_runs

NAMES = [f"d{i}" for i in range(12)]


def run(metric: str, values: dict[str, float | None], pool: Pool = Pool.MEAN) -> Run:
    scores = tuple(DocumentScore(metric, name, v, 10.0, pool) for name, v in values.items())
    told = [v for v in values.values() if v is not None]
    total = sum(told) if pool is Pool.SUM else sum(told) / len(told)
    return Run("核查", {"种子": "0"}, (Section("一节", metrics={metric: total}, scores=scores),))


def test_a_clear_loss_on_every_document_is_worse() -> None:
    before = run("mutants.recall", dict.fromkeys(NAMES, 0.9))
    after = run("mutants.recall", dict.fromkeys(NAMES, 0.7))
    (change,) = compare_runs(before, after)
    assert change.verdict == "变差"
    assert change.difference == pytest.approx(-0.2)
    assert change.low == pytest.approx(-0.2)
    assert change.documents == 12


def test_one_document_that_moves_both_ways_shows_nothing() -> None:
    values: dict[str, float | None] = {n: 0.5 + 0.04 * (i % 5) for i, n in enumerate(NAMES)}
    other: dict[str, float | None] = {n: 0.5 + 0.04 * ((i + 2) % 5) for i, n in enumerate(NAMES)}
    (change,) = compare_runs(run("x.recall", values), run("x.recall", other))
    assert change.verdict == "看不出差别"


def test_fewer_faults_are_better() -> None:
    before = run("plain.unsourced", dict.fromkeys(NAMES, 3.0), Pool.SUM)
    after = run("plain.unsourced", dict.fromkeys(NAMES, 1.0), Pool.SUM)
    (change,) = compare_runs(before, after)
    assert (change.before, change.after, change.verdict) == (36, 12, "变好")


def test_the_same_seed_gives_the_same_interval() -> None:
    values: dict[str, float | None] = {n: (i / 12) ** 1.7 for i, n in enumerate(NAMES)}
    before, after = run("x.recall", values), run("x.recall", dict.fromkeys(NAMES, 0.4))
    assert compare_runs(before, after) == compare_runs(before, after)
    assert compare_runs(before, after) != compare_runs(before, after, seed=7)


def test_unscored_documents_are_counted_and_left_out() -> None:
    values: dict[str, float | None] = dict.fromkeys(NAMES, 0.8)
    broken = {**values, "d0": None, "d1": None}
    (change,) = compare_runs(run("x.recall", values), run("x.recall", broken))
    assert (change.documents, change.unscored) == (10, 2)
    assert change.difference == pytest.approx(0)


def test_too_few_documents_are_not_tested() -> None:
    few: dict[str, float | None] = {"a": 0.5, "b": 0.5}
    (change,) = compare_runs(run("x.recall", few), run("x.recall", dict.fromkeys(few, 0.4)))
    assert change.verdict == "无法检验"


def test_what_differs_in_the_making_is_told() -> None:
    one = TaskRun("check", Run("核查", {"规则": "a"}, ()))
    two = TaskRun("check", Run("核查", {"规则": "b"}, ()))
    told = compare([one, TaskRun("draft", Run("起草", {}, ()))], [two])
    assert told.sections[0].notes == ("规则：甲 a；乙 b",)
    assert told.sections[1].title == "起草：只有甲评测了"


def full(value: float = 0.75) -> TaskRun:
    section = Section(
        "植入缺陷",
        (ReportTable(("规则", "召回率"), (("NU01", "0.750"), ("合计", "0.750"))),),
        (CaseEvidence("漏报", ("甲：⟦全年<b>排查</b>⟧42件", *(f"第{i}条" for i in range(300)))),),
        {"mutants.NU01.recall": value, "x": None},
        ("说明。",),
        (DocumentScore("mutants.NU01.recall", "甲", value, 4.0),),
        (PlotPoint("NU01", value, 1.0, 24), PlotPoint("NU02", 1.0, 1.0, 3)),
    )
    gates = (
        GateStatus("mutants.NU01.recall", value, 0.95, 0.9, is_ceiling=False, reason="红"),
        GateStatus("mutants.errors", 0.0, 0.0, 0.0, is_ceiling=True),
    )
    return TaskRun("check", Run("核查", {"种子": "0"}, (section,)), gates)


def test_a_run_reads_back_as_it_was() -> None:
    items = (full(), TaskRun("draft", Run("起草", {}, ())))
    assert from_json(to_json(items), name="x") == items
    assert from_json(to_json(items[:1]), name="x") == items[:1]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"task": "all"}', '{"task": "x", "title": 1}'])
def test_what_is_no_run_is_told(text: str) -> None:
    with pytest.raises(InputError, match="不是评测结果"):
        from_json(text, name="x")


def test_a_folder_of_single_tasks_is_read_together(tmp_path: Path) -> None:
    write_runs(tmp_path, [full()])
    write_runs(tmp_path, [TaskRun("draft", Run("起草", {}, ()))])
    assert [item.task for item in read_runs(tmp_path)] == ["check", "draft"]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="没有评测结果"):
        read_runs(empty)


def test_the_last_thirty_runs_are_kept(tmp_path: Path) -> None:
    start = datetime(2025, 12, 1, tzinfo=UTC)
    for minute in range(33):
        keep_runs(tmp_path, [full()], start + timedelta(minutes=minute))
    kept = list(kept_runs(tmp_path))
    assert len(kept) == 30
    assert kept[0].folder.name.startswith("20251201-003200")


def test_the_page_stands_alone_and_highlights_the_worst() -> None:
    html = render_html([full(), TaskRun("draft", Run("起草", {}, ()))])
    assert "<mark>全年&lt;b&gt;排查&lt;/b&gt;</mark>42件" in html
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", html)
    assert "default-src 'none'" in html
    assert "其余" in html
    assert html.count("<svg") == 2


def test_the_narrowest_gates_come_first() -> None:
    gates = [
        GateStatus("wide", 1.0, 1.0, 0.5, is_ceiling=False),
        GateStatus("red", 0.7, 1.0, 0.9, is_ceiling=False, reason="红"),
        GateStatus("count", 3.0, 3.0, 5.0, is_ceiling=True),
    ]
    assert [g.metric for g in share_gates(gates)] == ["red", "wide"]
    assert 'class="red"' in render("eval/plots.html", "gates", plot=gates_plot(gates))
    assert gates_plot(gates[2:]) is None


def test_perfect_rules_share_one_corner() -> None:
    plot = points_plot((PlotPoint("NU01", 1.0, 1.0, 9), PlotPoint("NU02", 0.85, 0.9, 9)))
    svg = render("eval/plots.html", "points", plot=plot)
    assert "右上角：1条规则全对" in svg
    assert ">NU02</text>" in svg
    assert ">NU01</text>" not in svg
    assert points_plot(()) is None
