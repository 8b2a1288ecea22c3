import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import cli
from app.core.errors import InputError
from eval.cases import compute_manifest, datasets_dir, read_manifest
from eval.gating import failures, load_gates
from eval.report import Run, Section
from eval.retrieval import scale
from eval.retrieval.judged import (
    DEV,
    HELD_OUT,
    TASK,
    Collection,
    Query,
    grade,
    load_queries,
    load_reports,
    make_collections,
)
from eval.retrieval.measures import estimate, ndcg, recall, reciprocal_rank
from eval.tasks import retrieve
from eval.tasks.retrieve import RetrieveOptions, run_retrieve

QUERY = Query("Q1", HELD_OUT, "fact", "", {"fire": 3, "emerg": 2}, "消防演练")


@pytest.fixture(scope="module")
def run() -> Run:
    return run_retrieve(RetrieveOptions(embedders=("hashed",)))


@pytest.fixture(scope="module")
def collections() -> tuple[Collection, ...]:
    return make_collections(load_reports(), load_queries())


def test_gates_hold_on_the_samples(run: Run) -> None:
    assert failures(load_gates(TASK), run.metrics) == ()


def test_every_system_has_a_gate(run: Run) -> None:
    gated = {gate.metric for gate in load_gates(TASK)}
    told = {name for name in run.metrics if name.endswith(".ndcg")}
    assert told <= gated


def test_everything_beats_chance_and_the_fusion_loses_nothing(run: Run) -> None:
    of = {name: value or 0.0 for name, value in run.metrics.items()}
    for name in ("bm25", "hashed", "hybrid_hashed"):
        assert of[f"sampled.held.{name}.ndcg"] > 5 * of["sampled.held.random.ndcg"]
    best = max(of[f"sampled.held.{name}.ndcg"] for name in ("bm25", "hashed"))
    assert of["sampled.held.hybrid_hashed.ndcg"] >= best - 0.01


def test_scores_are_told_by_query_for_comparing_runs(run: Run) -> None:
    section = run.sections[0]
    asked = {score.document for score in section.scores}
    assert len(asked) == section.metrics["sampled.held.queries"]
    of = [s.value or 0.0 for s in section.scores if s.metric == "sampled.held.bm25.ndcg"]
    assert sum(of) / len(of) == pytest.approx(section.metrics["sampled.held.bm25.ndcg"])


def test_halves_share_no_unit_and_no_query(collections: tuple[Collection, ...]) -> None:
    dev, held = collections
    assert (dev.split, held.split) == (DEV, HELD_OUT)
    units = [{report.report.info.unit for report in half.reports} for half in collections]
    assert not units[0] & units[1]
    assert not {p.text for p in dev.passages} & {p.text for p in held.passages}
    assert len(dev.queries) + len(held.queries) >= 130


def test_each_query_has_an_answer_and_a_wrong_one(collections: tuple[Collection, ...]) -> None:
    for half in collections:
        for query in half.queries:
            grades = half.grades[query.id]
            assert max(grades.values()) >= 2
            assert len(grades) < len(half.passages)


def test_there_are_queries_of_each_kind() -> None:
    queries = load_queries()
    assert len(queries) >= 80
    assert len({query.id for query in queries}) == len({query.text for query in queries}) == 140
    for kind in ("title", "fact", "para"):
        assert sum(query.kind == kind for query in queries) >= 30


def test_the_manifest_is_up_to_date() -> None:
    assert read_manifest(TASK) == compute_manifest(TASK)


def test_corpus_labels_hold_no_text() -> None:
    text = (datasets_dir(TASK) / "corpus.tsv").read_text(encoding="utf-8")
    assert not any("一" <= char <= "龥" for char in text)


def test_corpus_labels_fit_the_corpus(shared_dir: Path) -> None:
    halves = make_collections(load_reports(shared_dir / "corpus"), load_queries())
    assert [len(half.reports) for half in halves] == [10, 11]


def test_another_corpus_is_refused(tmp_path: Path) -> None:
    for row in (datasets_dir(TASK) / "corpus.tsv").read_text("utf-8").splitlines()[1:]:
        (tmp_path / f"{row.split(chr(9))[0]}.txt").write_text("别的报告。\n" * 99, "utf-8")
    with pytest.raises(InputError, match="对不上"):
        load_reports(tmp_path)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"fire": 0.5}, 3),
        ({"fire": 0.2}, 2),
        ({"emerg": 0.2}, 1),
        ({"fire": 0.1, "emerg": 0.6}, 2),
        ({"law": 1.0}, 0),
        ({}, 0),
    ],
)
def test_grades_follow_the_share_of_the_topic(shares: dict[str, float], expected: int) -> None:
    assert grade(QUERY, shares) == expected


def test_measures_of_known_rankings() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], grades) == 1.0
    assert ndcg(["x", "y"], grades) == 0.0
    assert 0 < ndcg(["c", "b", "a"], grades) < 1
    assert recall(["b", "x", "a"], grades) == 1.0
    assert recall(["c", "b"], grades) == 0.5
    assert reciprocal_rank(["x", "c", "b"], grades) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"], grades) == 0.0


def test_intervals_hold_the_mean_and_are_repeatable() -> None:
    values = [0.0, 1.0, 0.5, 0.25, 0.75] * 8
    one = estimate(values)
    assert one == estimate(values)
    assert one.low < one.value == 0.5 < one.high
    assert estimate([]).value == 0.0


def test_scale_tells_times_and_memory() -> None:
    told: list[str] = []
    marks = scale.measure_scale((40, 120), progress=told.append)
    assert [mark.passages >= size for mark, size in zip(marks, (40, 120), strict=True)]
    assert all(mark.p95_ms >= mark.median_ms > 0 < mark.ingest_ms for mark in marks)
    section = scale.scale_section(marks)
    assert len(section.tables[0].rows) == len(told) == 2
    assert section.metrics["scale.peak_mb"]


def test_synthetic_reports_are_two_years_of_a_unit() -> None:
    stock = [f"第{i}句话讲的是一件很平常的平安建设工作。" for i in range(20)]
    (one, text), (two, _), (three, _) = (scale.synthetic_report(i, stock) for i in range(3))
    assert one != two
    assert one.split("_")[1] == two.split("_")[1] != three.split("_")[1]
    assert text == scale.synthetic_report(0, stock)[1]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(*_: object) -> Run:
        return Run("检索", {}, (Section("一节", metrics={"scale.p95_ms": 99.0}),))

    monkeypatch.setattr(retrieve, "run_retrieve", fake)
    monkeypatch.setattr(retrieve, "run_scale", fake)


def test_the_command_tells_gates_and_writes_results(quick: None, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(
        cli, ["eval", "retrieve", "--scale", "-o", str(out)], standalone_mode=False
    )
    assert result.return_value == 1
    assert "闸门未过：scale.p95_ms 是99，不应超过30。" in result.stdout
    assert json.loads((out / "retrieve.json").read_text("utf-8"))["metrics"]
