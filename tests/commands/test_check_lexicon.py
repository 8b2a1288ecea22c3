"""``pingan check`` with the user's word lists."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands.check import check
from app.core.errors import ConfigError

TEXT = "云渡镇2024年总结\n组织云渡XX讲堂12次，化减矛盾纠纷3件。\n"


@pytest.fixture(autouse=True)
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    path = tmp_path / "初稿.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(check, [str(a) for a in args], standalone_mode=False)


def told(result: Result) -> tuple[list[str], list[str]]:
    """Quotes of the placeholders and typos found, and of those suppressed."""
    (document,) = json.loads(result.stdout)["documents"]
    found = [f["quote"] for f in document["findings"] if f["rule"] in ("PH01", "LA01")]
    return found, [s["quote"] for s in document["suppressed"]]


def test_home_list_is_always_used_and_others_add_to_it(tmp_path: Path, report: Path) -> None:
    assert told(run(report, "--format", "json")) == (["XX"], [])
    (tmp_path / "home" / "词表.txt").write_text("【固定说法】\n云渡XX讲堂\n", encoding="utf-8")
    assert told(run(report, "--format", "json")) == ([], ["XX"])
    (tmp_path / "更多.txt").write_text("【错别字】\n化减 = 化解\n", encoding="utf-8")
    options = ("--lexicon", tmp_path / "更多.txt", "--format", "json")
    assert told(run(report, *options)) == (["化减"], ["XX"])
    assert told(run(report, report, "--jobs", 2, *options)) == (["化减"], ["XX"])


def test_a_wrong_list_stops_the_check_with_its_line(tmp_path: Path, report: Path) -> None:
    wrong = tmp_path / "错.txt"
    wrong.write_text("【错字】\n化减 = 化解\n", encoding="utf-8")
    result = run(report, "--lexicon", wrong)
    assert isinstance(result.exception, ConfigError)
    assert "错.txt 第1行：没有【错字】这一类。是不是想写【错别字】？" in str(result.exception)
    assert result.stdout == ""
