import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import cli
from app.core.errors import InputError
from eval import gating
from eval.gating import Gate
from eval.report import Run, Section
from eval.saved import kept_runs, read_runs
from eval.tasks import all as everything
from eval.tasks import check


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(options: check.CheckTaskOptions, progress: check.Progress) -> Run:
        progress("句子")
        metrics = {"x": 0.5}
        return Run("核查", {"种子": str(options.seed)}, (Section("一节", metrics=metrics),))

    monkeypatch.setattr(check, "run_check", run)
    monkeypatch.setattr(gating, "load_gates", lambda task: (Gate("x", 0.5, floor=0.4, drop=0.1),))


def test_eval_tells_figures_and_gates(quick: None) -> None:
    result = CliRunner().invoke(cli, ["eval", "check", "--seed", "3"], standalone_mode=False)
    assert result.exception is None
    assert result.return_value == 0
    assert "种子：3" in result.stdout
    assert "闸门全部通过" in result.stdout
    assert "正在评测：句子" in result.stderr


def test_a_red_gate_exits_1(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gating, "load_gates", lambda task: (Gate("x", 0.9, floor=0.8),))
    result = CliRunner().invoke(cli, ["eval", "check"], standalone_mode=False)
    assert result.return_value == 1
    assert "闸门未过：x 是0.5，不应低于0.9。" in result.stdout


def test_results_are_written(quick: None, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    CliRunner().invoke(cli, ["eval", "check", "-o", str(out)], standalone_mode=False)
    assert json.loads((out / "check.json").read_text("utf-8"))["metrics"] == {"x": 0.5}
    assert (out / "check.md").read_text("utf-8").startswith("# 评测：核查")


def test_a_run_is_kept_for_the_page(quick: None) -> None:
    home = Path(os.environ["PINGAN_HOME"])
    CliRunner().invoke(cli, ["eval", "check"], standalone_mode=False)
    (kept,) = kept_runs(home)
    assert kept.task == "check"
    (item,) = read_runs(kept.folder)
    assert item.run.metrics == {"x": 0.5}


def test_two_runs_are_compared(quick: None, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        CliRunner().invoke(cli, ["eval", "check", "-o", str(folder)], standalone_mode=False)
    result = CliRunner().invoke(cli, ["eval", "diff", str(one), str(two)], standalone_mode=False)
    assert result.return_value == 0
    assert "核查：0项不同，1项相同" in result.stdout


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    args = ["eval", "diff", str(tmp_path / "x.json"), str(tmp_path)]
    result = CliRunner().invoke(cli, args, standalone_mode=False)
    assert isinstance(result.exception, InputError)
    assert "不是评测结果" in str(result.exception)


def test_all_tasks_make_one_report(
    quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run("起草", {}, (Section("二节", metrics={"x": 0.45}),))
    monkeypatch.setattr(everything, "run_all", lambda options, say: {"check": run, "draft": run})
    args = ["eval", "all", "-o", str(tmp_path)]
    result = CliRunner().invoke(cli, args, standalone_mode=False)
    assert result.return_value == 0
    told = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert told["metrics"] == {"check.x": 0.45, "draft.x": 0.45}
    assert "评测：起草" in (tmp_path / "all.html").read_text("utf-8")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["eval", "check", "--corpus", str(tmp_path / "no")])
    assert result.exit_code == 2
