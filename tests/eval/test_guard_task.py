"""The guard stops what it must, and little else; the command measures it on any file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import cli
from app.core.errors import InputError
from eval.cases import compute_manifest, read_manifest
from eval.gating import failures, load_gates
from eval.tasks import guard
from eval.tasks.guard import TASK, run_guard


def test_gates_hold_on_the_bundled_texts_as_committed() -> None:
    assert compute_manifest(TASK) == read_manifest(TASK)
    assert failures(load_gates(TASK), run_guard().metrics) == ()


def test_a_guard_that_sees_nothing_turns_its_gate_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "find_leaks", lambda _texts: ())
    (red,) = failures(load_gates(TASK), run_guard().metrics)
    assert red.startswith("stopped.share")


def test_a_file_of_ones_own_is_told_by_kind(tmp_path: Path) -> None:
    path = tmp_path / "样例.jsonl"
    rows = [
        {"text": "电话139-5714-2068", "sensitive": True, "kind": "手机"},
        {"text": "多行\n第二行\u2028无事", "sensitive": True, "kind": "看不出"},
        {"text": "排查42件", "sensitive": False, "kind": "无害"},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    done = CliRunner().invoke(cli, ["eval", "guard", str(path)], standalone_mode=False)
    assert done.return_value == 1
    assert "拦住1/2" in done.stdout
    assert "误拦0/1" in done.stdout
    assert "看不出：多行 第二行" in done.stdout


@pytest.mark.parametrize(
    "line", ["", '{"text": "a"}', "{", '{"text":1,"sensitive":true,"kind":""}']
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "样例.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(InputError):
        run_guard(path)
