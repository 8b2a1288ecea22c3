"""The command line as a user meets it: exit codes, formats, messages, lazy imports."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from docs.compile_messages import CATALOGUE, compile_catalogue
from tests.conftest import ROOT

CLEAN = ROOT / "knowledge_base" / "reports" / "2024_青岚市档案馆.txt"
HEAVY = (
    "openai",
    "langchain",
    "langchain_core",
    "chromadb",
    "gradio",
    "tiktoken",
    "jinja2",
    "numpy",
    "jieba",
)
BAD = "全年接待来访135人次（其中个访58人次，集体访67人次）。\n"


def run(*args: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "初稿.txt"
    path.write_text(BAD, encoding="utf-8")
    return path


def test_clean_report_exits_0() -> None:
    result = run("check", str(CLEAN))
    assert result.returncode == 0, result.stdout
    assert result.stderr == ""


def test_error_finding_exits_1_and_explains_by_arithmetic(bad: Path) -> None:
    result = run("check", str(bad))
    assert result.returncode == 1
    assert "58＋67＝125，与总数135相差10" in result.stdout


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("error", 1), ("info", 1)])
def test_fail_on_decides_the_exit_code(bad: Path, fail_on: str, code: int) -> None:
    assert run("check", str(bad), "--fail-on", fail_on).returncode == code


def test_json_follows_the_schema(bad: Path) -> None:
    result = run("check", str(bad), "--format", "json", "--profile", "乡镇")
    data = json.loads(result.stdout)
    assert data["schema_version"] == 1
    (document,) = data["documents"]
    assert document["path"] == str(bad)
    assert document["profile"] == "乡镇"
    assert document["chars"] == len(BAD)
    assert set(document["parts"].values()) <= {"present", "thin", "missing"}
    sums = [f for f in document["findings"] if f["rule"] == "NU01"]
    assert [BAD[f["start"] : f["end"]] for f in sums] == [f["quote"] for f in sums]
    assert sums[0]["severity"] == "error"
    assert sums[0]["related"][0]["quote"] == "135人次"
    assert len(sums[0]["fingerprint"]) == 16
    assert data["summary"]


def test_html_is_written_whole(bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果.html"
    assert run("check", str(bad), "--format", "html", "-o", str(out)).returncode == 1
    html = out.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert "58＋67＝125" in html
    assert not [p for p in tmp_path.iterdir() if p not in (bad, out)]


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "空"), (b"\x00\x01\x02" * 500, "文本"), (b"PK\x03\x04broken", "损坏")],
)
def test_unreadable_file_exits_2_with_one_sentence(
    tmp_path: Path, content: bytes, word: str
) -> None:
    path = tmp_path / ("a.docx" if content[:2] == b"PK" else "a.txt")
    path.write_bytes(content)
    result = run("check", str(path))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("错误：")
    assert word in result.stderr


def test_one_unreadable_file_does_not_stop_the_others(bad: Path, tmp_path: Path) -> None:
    result = run("check", str(bad), str(tmp_path / "没有.txt"), "--format", "json")
    assert result.returncode == 2
    assert len(json.loads(result.stdout)["documents"]) == 1
    assert "没有.txt" in result.stderr


def test_several_processes_give_the_same_result(tmp_path: Path) -> None:
    for index in range(4):
        (tmp_path / f"{index}.txt").write_text(BAD * (index + 1), encoding="utf-8")
    one, two = (run("check", str(tmp_path), "--format", "json", "--jobs", n) for n in "12")
    assert one.stdout == two.stdout
    assert one.returncode == two.returncode == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("chek",), "没有命令 chek"),
        (("check",), "缺少参数"),
        (("check", "--profile", "机管", str(CLEAN)), "没有名为 机管 的模板"),
        (("check", "--format", "xml", str(CLEAN)), "可选的有"),
        (("check", "--baseline", "没有.yaml", str(CLEAN)), "没有.yaml"),
        (("check", "--facts", "没有.txt", str(CLEAN)), "没有.txt"),
    ],
)
def test_usage_error_exits_2_in_chinese(args: tuple[str, ...], message: str) -> None:
    result = run(*args)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_check_imports_nothing_heavy(bad: Path) -> None:
    code = (
        "import sys; from app.cli import main\n"
        f"sys.argv = ['pingan', 'check', {str(bad)!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted(m for m in {HEAVY!r} if m in sys.modules), file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stderr.strip() == "[]"


def test_emit_text_prints_what_offsets_count(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff第一行\r\n第二行\r\n".encode())
    assert run("check", "--emit-text", str(path)).stdout == "第一行\n第二行\n"


def test_internal_error_exits_3_without_traceback(bad: Path, tmp_path: Path) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import app.commands.check as c\n"
        "def boom(*a, **k): raise RuntimeError('secret words')\n"
        "c.check_batch = boom\n",
        encoding="utf-8",
    )
    result = run("check", str(bad), PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert result.returncode == 3
    assert "程序内部出错" in result.stderr
    assert "secret" not in result.stderr


def test_doctor_names_every_source_and_hides_the_key() -> None:
    result = run(
        "doctor",
        OPENAI_API_KEY="sk-verysecret",
        PINGAN_MODEL="m",
        OPENAI_BASE_URL="http://127.0.0.1:9/v1",
    )
    assert result.returncode == 2
    assert "环境变量 PINGAN_MODEL" in result.stdout
    assert "sk-verysecret" not in result.stdout + result.stderr
    assert "没有回答" in result.stdout


def test_message_catalogue_is_compiled() -> None:
    compiled = compile_catalogue(CATALOGUE.read_text(encoding="utf-8"))
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled
