import json
import zipfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app.commands.kb import kb
from app.core.errors import InputError, KnowledgeError
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
    assert "安全生产与消防" in stats
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


def test_an_archive_is_added_with_a_summary(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "各镇.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("甲.txt", report_text("临溪县甲安镇"))
        packed.writestr("图.png", "x")
        packed.writestr("坏.docx", b"PK\x03\x04broken")
    out = run(home, "add", str(path)).stdout
    assert "新收入：甲.txt" in out
    assert "未收入：各镇.zip/图.png" in out
    assert "读不出：各镇.zip/坏.docx" in out
    assert "共3份：新收入1，已更新0，未变化0，未收入1，读不出1。" in out


def test_a_report_is_shown_corrected_and_restored(home: Path, report: Path) -> None:
    run(home, "add", str(report))
    shown = run(home, "show", "临溪县云渡镇", "--passages").stdout
    assert "安全生产与消防（safety）" in shown
    assert "参考时：" in shown
    out = run(home, "edit", report.name, "--year", "2021", "--part", "调解在小=信访").stdout
    assert "已更正" in out
    assert "2021年" in out
    assert "没有变化" in run(home, "edit", report.name, "--year", "2021").stdout
    assert "未变化1" in run(home, "add", str(report)).stdout
    run(home, "rebuild")
    shown = run(home, "show", report.name).stdout
    assert "2021（已更正，识别为：2024）" in shown
    assert "调解在小 已更正为 信访工作" in shown
    assert "2024年" in run(home, "edit", report.name, "--reset").stdout
    with pytest.raises(click.UsageError, match="要更正什么"):
        CliRunner().invoke(kb, ["edit", "x"], catch_exceptions=False, standalone_mode=False)


def test_a_unit_with_several_reports_asks_for_the_id(home: Path, tmp_path: Path) -> None:
    for year in (2023, 2024):
        (tmp_path / f"{year}.txt").write_text(report_text(year=year), encoding="utf-8")
    run(home, "add", str(tmp_path / "2023.txt"), str(tmp_path / "2024.txt"))
    with pytest.raises(InputError, match=r"对得上2份.*编号"):
        run(home, "show", "临溪县云渡镇")


def test_list_filters_and_speaks_json(home: Path, report: Path) -> None:
    run(home, "add", str(report))
    assert "没有符合条件" in run(home, "list", "--year", "2020").stdout
    assert "没有符合条件" in run(home, "list", "--text", "没有这个词").stdout
    (row,) = json.loads(run(home, "list", "--text", "独居老人", "--format", "json").stdout)
    assert (row["unit"], row["year"], row["corrected"]) == ("临溪县云渡镇", 2024, [])
    shown = json.loads(run(home, "show", row["id"], "--passages", "--format", "json").stdout)
    assert len(shown["passages"]) == row["passages"]
    hits = json.loads(run(home, "search", "消防", "--format", "json", "-k", "2").stdout)
    assert hits[0]["why"]


def test_what_a_draft_used_is_listed(home: Path, report: Path, tmp_path: Path) -> None:
    run(home, "add", str(report))
    (row,) = json.loads(run(home, "list", "--format", "json").stdout)
    shown = json.loads(run(home, "show", row["id"], "--passages", "--format", "json").stdout)
    names = [shown["passages"][1]["id"], "R0-0000"]
    draft = {"sections": [{"title": "甲", "sentences": [{"text": "一。", "passages": names}]}]}
    path = tmp_path / "稿.json"
    path.write_text(json.dumps(draft), encoding="utf-8")
    out = run(home, "used", str(path)).stdout
    assert "【甲】" in out
    assert "临溪县云渡镇 2024" in out
    assert "R0-0000：这一段已不在知识库里" in out
    assert "共参考2段。" in out
    (section,) = json.loads(run(home, "used", str(path), "--format", "json").stdout)
    assert [item["is_there"] for item in section["passages"]] == [True, False]
