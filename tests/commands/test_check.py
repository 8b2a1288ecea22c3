"""``pingan check`` with last year's report, a knowledge base, a baseline; xlsx and sarif output."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from app import resources
from app.commands.check import check
from app.knowledge.reference_index import FILE, describe_known, write_sidecar

CURRENT = resources.reports_dir() / "2024_临溪县云渡镇.txt"
PREVIOUS = resources.reports_dir() / "2023_临溪县云渡镇.txt"
BAD = "全年接待来访135人次（其中个访58人次，集体访67人次）。\n"
FOREIGN = (
    "梧川县柏泉乡2024年平安建设工作总结\n云渡镇坚持每周排查。\n"
    "梧川县柏泉乡人民政府\n2024年12月1日\n"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "home" / "kb"
    folder.mkdir(parents=True)
    return folder


def run(*args: object) -> Result:
    return CliRunner().invoke(check, [str(a) for a in args], standalone_mode=False)


def fill(folder: Path) -> None:
    text = PREVIOUS.read_text("utf-8")
    write_sidecar(folder, [describe_known("R1", "临溪县云渡镇", 2023, "总结", text)])


def put(tmp_path: Path, text: str, name: str = "初稿.txt") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def rules(result: Result) -> set[str]:
    return {f["rule"] for f in json.loads(result.stdout)["documents"][0]["findings"]}


def test_previous_report_gives_findings_and_a_table(tmp_path: Path) -> None:
    changed = CURRENT.read_text("utf-8").replace("比上年减少14件，下降7.0%", "比上年减少24件")
    path = put(tmp_path, changed)
    result = run(path, "--previous", PREVIOUS, "--format", "json")
    assert result.return_value == 1
    assert "NU10" in rules(result)
    ledger = json.loads(result.stdout)["documents"][0]["ledger"]
    (row,) = [r for r in ledger if r["broken"]]
    assert (row["previous"], row["quoted_previous"], row["current"]) == (201, 211, 187)
    span = row["spans"]["previous"]
    assert PREVIOUS.read_text("utf-8")[span["start"] : span["end"]] == "201件"
    html = run(path, "--previous", PREVIOUS, "--format", "html").stdout
    assert "去年数对照" in html
    assert "相差10件" in html


def test_untouched_samples_are_clean_with_last_year_and_knowledge(home: Path) -> None:
    fill(home)
    result = run(CURRENT, "--previous", PREVIOUS, "--format", "json", "--fail-on", "warning")
    assert result.return_value == 0, result.stdout
    assert result.stderr == ""


def test_knowledge_base_is_used_where_there_is_one_unless_told_otherwise(
    tmp_path: Path, home: Path
) -> None:
    path = put(tmp_path, FOREIGN)
    assert "CO02" not in rules(run(path, "--format", "json"))
    fill(home)
    assert "CO02" in rules(run(path, "--format", "json"))
    assert "CO02" not in rules(run(path, "--format", "json", "--no-kb"))


def test_damaged_sidecar_warns_once_and_the_check_goes_on(tmp_path: Path, home: Path) -> None:
    (home / FILE).write_bytes(b"{broken")
    one, two = put(tmp_path, BAD, "一.txt"), put(tmp_path, BAD, "二.txt")
    result = run(one, two)
    assert result.return_value == 1
    assert result.stderr.count("单位名录") == 1
    assert "NU01" in result.stdout


def test_broken_settings_cost_only_the_comparison(tmp_path: Path, home: Path) -> None:
    (home.parent / "pingan.toml").write_text("nonsense = [", encoding="utf-8")
    result = run(put(tmp_path, BAD))
    assert result.return_value == 1
    assert result.stderr.startswith("注意：")


def test_unused_baseline_entries_are_told(tmp_path: Path) -> None:
    path = put(tmp_path, BAD)
    found = json.loads(run(path, "--format", "json").stdout)["documents"][0]["findings"]
    lines = "".join(f"{f['fingerprint']}: 已核实\n" for f in found)
    used = put(tmp_path, lines, "用上.yaml")
    clean = run(path, "--baseline", used, "--format", "json")
    assert clean.return_value == 0
    assert clean.stderr == ""
    assert json.loads(clean.stdout)["summary"]["unused_baseline"] == []
    stale = put(tmp_path, f"{lines}0123456789abcdef: 早改好了\n", "多余.yaml")
    result = run(path, "--baseline", stale, "--format", "json")
    assert "1 条没有用到" in result.stderr
    assert "0123456789abcdef" in result.stderr
    assert json.loads(result.stdout)["summary"]["unused_baseline"] == ["0123456789abcdef"]
    assert "unused_baseline" not in json.loads(run(path, "--format", "json").stdout)["summary"]


def test_xlsx_goes_to_a_file_only(tmp_path: Path) -> None:
    path, out = put(tmp_path, BAD), tmp_path / "结果.xlsx"
    refused = run(path, "--format", "xlsx")
    assert refused.exception is not None
    assert "-o" in str(refused.exception)
    assert run(path, "--format", "xlsx", "-o", out).return_value == 1
    book = load_workbook(BytesIO(out.read_bytes()))
    assert book.sheetnames == ["汇总", "发现"]
    run(CURRENT, "--previous", PREVIOUS, "--format", "xlsx", "-o", out)
    assert load_workbook(BytesIO(out.read_bytes())).sheetnames == ["汇总", "发现", "去年数对照"]


def test_sarif_goes_to_the_screen_or_a_file(tmp_path: Path) -> None:
    path, out = put(tmp_path, BAD), tmp_path / "结果.sarif"
    shown = run(path, "--format", "sarif")
    assert run(path, "--format", "sarif", "-o", out).return_value == 1
    assert json.loads(shown.stdout) == json.loads(out.read_text("utf-8"))
    assert json.loads(shown.stdout)["version"] == "2.1.0"


def test_a_profile_of_ones_own_calls_its_parts_by_their_titles(tmp_path: Path) -> None:
    profile = put(
        tmp_path,
        "name: 学校\ntitle: 学校\nparts:\n"
        "  - {key: campus, title: 校园安全, mandatory: true, headings: [校园]}\n"
        "  - {key: team, title: 教师队伍, headings: [教师]}\n",
        "学校.yaml",
    )
    report = put(tmp_path, "某校总结\n\n一、校园安全\n\n全年检查3次。\n", "a.txt")
    empty = put(tmp_path, "某校总结\n\n一、其他\n\n全年检查3次。\n", "b.txt")
    told = run("--profile", profile, "--no-kb", report, empty).output
    assert "缺少的部分：校园安全\n" in told
    assert "campus" not in told
    assert "教师队伍" not in told
