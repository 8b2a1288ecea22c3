from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands.kb import kb
from app.core.errors import KnowledgeError
from tests.knowledge.samples import report_text


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def run(home: Path, *args: str, answer: str = "") -> Result:
    result = CliRunner().invoke(kb, [*args, "--home", str(home)], input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "云渡镇2024.txt"
    path.write_text(report_text(), encoding="utf-8")
    return path


def test_the_whole_round(home: Path, report: Path) -> None:
    added = run(home, "add", str(report))
    assert added.exit_code == 0
    assert "新收入：云渡镇2024.txt（临溪县云渡镇，2024年，乡镇" in added.stdout
    assert "未变化1" in run(home, "add", str(report)).stdout
    listed = run(home, "list").stdout
    assert "临溪县云渡镇" in listed
    assert "没有符合条件" in run(home, "list", "--unit", "青岚").stdout
    found = run(home, "search", "消防演练", "--part", "safety", "-k", "1").stdout
    assert "烟感报警器" in found
    assert "语义第1" in found
    stats = run(home, "stats").stdout
    assert "总结：1份" in stats
    assert "safety" in stats
    assert "重建完成" in run(home, "rebuild").stdout
    removed = run(home, "remove", "云渡镇2024.txt", answer="y\n")
    assert "已移除1份" in removed.stdout
    assert "还是空的" in run(home, "search", "消防").stdout


def test_options_correct_what_was_recognised(home: Path, report: Path) -> None:
    out = run(
        home, "add", str(report), "--unit", "云渡镇", "--year", "2020", "--type", "市级"
    ).stdout
    assert "（云渡镇，2020年，市级" in out


def test_removal_can_be_declined(home: Path, report: Path) -> None:
    run(home, "add", str(report))
    assert run(home, "remove", "云渡镇2024.txt", answer="n\n").exit_code == 1
    assert "临溪县云渡镇" in run(home, "list").stdout


def test_nothing_taken_is_exit_code_2(home: Path, tmp_path: Path) -> None:
    (tmp_path / "空.txt").write_text("")
    result = run(home, "add", str(tmp_path / "空.txt"))
    assert result.exit_code == 2
    assert "未收入：空.txt" in result.stdout


def test_an_unknown_report_is_named(home: Path) -> None:
    with pytest.raises(KnowledgeError, match="不存在"):
        run(home, "remove", "不存在", "--yes")
