"""``pingan draft`` and ``pingan facts`` as a user meets them."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app import resources
from app.drafting.model.cleaning import clean_answer, copied_run, strip_outcomes

SHEET = """单位：临溪县云渡镇
年度：2025
类型：乡镇
日期：2025年12月18日

- 排查矛盾纠纷192件，化解188件
- 消防演练11次，约780人次参加
- 夜间巡逻1290次
- 签订责任书34份
- 存在问题：年轻调解员只有5名
- 下一步：2026年6月底前设2处临时停车点
"""


def pingan(home: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "PINGAN_"))}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env={**keep, "PINGAN_HOME": str(home / "home"), **environment},
        check=False,
    )


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "要点.txt"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_json_has_the_documented_shape(tmp_path: Path, sheet: Path) -> None:
    done = pingan(tmp_path, "draft", str(sheet), "--offline", "--format", "json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert list(data) == [
        "schema_version", "unit", "year", "profile", "mode", "model", "text", "sections",
        "facts", "skipped", "unsourced", "usage",
    ]  # fmt: skip
    assert (data["unit"], data["year"], data["mode"]) == ("临溪县云渡镇", 2025, "composer")
    assert data["unsourced"] == []
    assert [f["id"] for f in data["facts"]] == ["F1", "F2", "F3", "F4", "F5", "F6"]
    assert all(f["used_in"] for f in data["facts"])
    keys = {s["key"] for s in data["sections"]}
    assert {key for f in data["facts"] for key in f["used_in"]} <= keys
    for section in data["sections"]:
        assert {"key", "title", "text", "status", "sentences"} <= set(section)
        assert section["text"] in data["text"]
    assert set(data["usage"]) == {"prompt_tokens", "completion_tokens", "calls", "seconds"}


def test_markdown_goes_to_stdout_and_progress_to_stderr(tmp_path: Path, sheet: Path) -> None:
    done = pingan(tmp_path, "draft", str(sheet))
    assert done.returncode == 0
    assert done.stdout.startswith("# 临溪县云渡镇2025年平安建设工作总结\n\n")
    assert "\n## 一、" in done.stdout
    assert done.stdout.endswith("2025年12月18日\n")
    assert "没有配置模型" in done.stderr


@pytest.mark.parametrize("form", ["md", "json", "docx"])
def test_file_is_written_in_the_form_of_its_suffix(tmp_path: Path, sheet: Path, form: str) -> None:
    target = tmp_path / f"总结.{form}"
    done = pingan(tmp_path, "draft", str(sheet), "--offline", "-o", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    start = {"md": b"# ", "json": b"{", "docx": b"PK"}[form]
    assert target.read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--format", "docx"], "-o"),
        (["--profile", "乡阵"], "乡镇"),
        (["-o", "没有的文件夹/总结.md"], "写不进"),
        (["--model", "small"], "OPENAI_BASE_URL"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(
    tmp_path: Path, sheet: Path, args: list[str], told: str
) -> None:
    done = pingan(tmp_path, "draft", str(sheet), *args)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_unreachable_model_writes_nothing(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    target = tmp_path / "总结.md"
    example = resources.examples_dir() / "机关.txt"
    done = pingan(
        tmp_path, "draft", str(example), "--model", "small", "-o", str(target),
        OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1", OPENAI_API_KEY="sk-secret",
    )  # fmt: skip
    assert done.returncode == 2
    assert "连不上" in done.stderr
    assert "sk-secret" not in done.stderr
    assert not target.exists()


def test_facts_lists_every_bullet_with_its_part(tmp_path: Path, sheet: Path) -> None:
    done = pingan(tmp_path, "facts", str(sheet))
    assert done.returncode == 0
    for told in ("F6", "192件、188件", "矛盾纠纷排查化解", "共6条要点"):
        assert told in done.stdout.replace("\n", "")


def test_offline_draft_imports_no_model_library(tmp_path: Path, sheet: Path) -> None:
    code = (
        "import sys; from app.cli import cli;"
        f"cli.main(['draft', {str(sheet)!r}, '--offline'], standalone_mode=False);"
        "print([m for m in ('openai','langchain_core','langchain_openai','chromadb','gradio',"
        "'tiktoken') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PINGAN_HOME": str(tmp_path / "home")},
        check=False,
    )
    assert done.stderr.rstrip().endswith("[]"), done.stderr


@pytest.mark.parametrize(
    ("answer", "prose"),
    [
        ("### 一、标题\n**排查**3件。", "排查3件。"),
        ("当然，以下是正文：\n排查3件,化解2件.", "排查3件，化解2件。"),
        ("- 排查3件。\n- 化解2件。", "排查3件。\n化解2件。"),
        ("1. 排查3件。\n2. 投入3.5万元。", "排查3件。\n投入3.5万元。"),
        ("<要点>\n排查3件。\n</要点>", "排查3件。"),
        ("<think>想</think>排查3件。", "排查3件。"),
        ("```\n排查3件。\n```", "排查3件。"),
        ("排查3件。以上内容仅供参考。希望对您有帮助！", "排查3件。"),
        ("比例为3:2,经费1,200元。", "比例为3:2，经费1,200元。"),
    ],
)
def test_answer_is_cleaned_to_prose(answer: str, prose: str) -> None:
    assert clean_answer(answer) == prose


def test_praise_of_the_outcome_is_cut_and_figures_stay() -> None:
    assert strip_outcomes("演练6次，有效提升了处置能力。") == "演练6次。"
    assert strip_outcomes("演练6次，进一步整改隐患3处。") == "演练6次，进一步整改隐患3处。"


def test_copied_run_is_found_unless_a_fact_holds_it() -> None:
    source = "坚持把矛盾纠纷排查化解作为维护稳定的基础工作来抓。"
    text = "我们" + source
    assert copied_run(text, (source,), allowed=(), size=20)
    assert not copied_run(text, (source,), allowed=(source,), size=20)


def test_length_and_plan_are_heeded_and_told_in_the_json(tmp_path: Path, sheet: Path) -> None:
    plan = tmp_path / "计划.md"
    assert pingan(tmp_path, "facts", str(sheet), "--plan", "-o", str(plan)).returncode == 0
    text = plan.read_text(encoding="utf-8").replace("- F3 夜间巡逻1290次\n", "")
    plan.write_text(text + "- F3\n", encoding="utf-8")
    done = pingan(
        tmp_path, "draft", str(sheet), "--plan", str(plan), "--length", "900", "--format", "json"
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["left_out"] == ["F3"]
    assert data["length"]["wanted"] == 900
    assert 720 <= data["length"]["actual"] <= 1080
    assert "1290" not in data["text"]
    assert "F3" in done.stderr
    whole = json.loads(pingan(tmp_path, "draft", str(sheet), "--format", "json").stdout)
    assert not {"left_out", "length", "notes"} & set(whole)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--length", "12"], "12"),
        (["--plan", "没有这个文件.md"], "没有这个文件.md"),
        (["--dry-run"], "没有配置模型"),
    ],
)
def test_wrong_wish_is_one_sentence_and_exit_2(
    tmp_path: Path, sheet: Path, args: list[str], told: str
) -> None:
    done = pingan(tmp_path, "draft", str(sheet), *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
