"""The product and its tests with the network unplugged: all works, and nobody outside is asked."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.hostile.isolate import ROOT, Isolation
from tests.knowledge.samples import report_text

pytestmark = pytest.mark.slow

_SHEET = (
    "单位：临溪县云渡镇\n年度：2025\n类型：乡镇\n- 全年排查矛盾纠纷192件，化解188件\n"
    "- 消防演练11次\n- 反诈宣讲36场\n- 存在问题：年轻调解员只有5名\n- 下一步：设2处临时停车点\n"
)
_BROWSER = "page_loads or facts_become or word_file_is_checked or added_report"


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Isolation:
    isolation = Isolation.prepare(tmp_path_factory.mktemp("away"))
    sys.stderr.write(f"\n断网的办法：{'、'.join(isolation.measures)}\n")
    return isolation


def test_the_measures_notice_and_refuse_a_call(tmp_path: Path) -> None:
    isolation = Isolation.prepare(tmp_path)
    code = (
        "import socket\n"
        "for host in ('203.0.113.9', 'example.com'):\n"
        "    try:\n"
        "        socket.create_connection((host, 80), 2)\n"
        "    except OSError:\n"
        "        continue\n"
        "    raise SystemExit('it got out')\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(listener.getsockname(), 2)\n"
    )
    done = isolation.run(sys.executable, "-c", code)
    if "namespace" in isolation.measures or "library" in isolation.measures:
        assert done.returncode == 0, done.stderr
    assert any("203.0.113.9" in line for line in isolation.asked)
    assert any("example.com" in line for line in isolation.asked)
    assert not any("127.0.0.1" in line for line in isolation.asked)


def test_every_command_works_and_asks_nobody(away: Isolation, tmp_path: Path) -> None:
    (tmp_path / "要点.txt").write_text(_SHEET, encoding="utf-8")
    text = report_text().replace("化解40件", "化解45件")
    (tmp_path / "云渡镇.txt").write_text(text, encoding="utf-8")
    home = {"PINGAN_HOME": str(tmp_path / "home")}

    def pingan(*args: str) -> tuple[int, str]:
        done = away.run(sys.executable, "-m", "app.cli", *args, cwd=tmp_path, extra=home)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    assert pingan("check", "云渡镇.txt", "--format", "json")[0] == 1
    code, told = pingan("draft", "要点.txt", "--offline")
    assert (code, "192件" in told) == (0, True), told
    assert pingan("draft", "要点.txt", "--offline", "--format", "docx", "-o", "稿.docx")[0] == 0
    assert pingan("facts", "要点.txt")[0] == 0
    code, told = pingan("kb", "add", "云渡镇.txt")
    assert code == 0, told
    code, told = pingan("kb", "search", "消防演练")
    assert (code, "消防" in told) == (0, True), told
    assert pingan("kb", "stats")[0] == 0
    code, told = pingan("doctor")
    assert (code, "可以使用" in told) == (0, True), told
    assert away.asked == []


def test_an_endpoint_that_cannot_be_reached_is_a_sentence(away: Isolation, tmp_path: Path) -> None:
    endpoint = {
        "PINGAN_HOME": str(tmp_path / "home"),
        "OPENAI_BASE_URL": "http://203.0.113.9:8009/v1",
        "OPENAI_API_KEY": "sk-secret",
        "PINGAN_MODEL": "small",
    }
    alone = Isolation(away.folder, tuple(m for m in away.measures if m != "library"))
    done = alone.run(sys.executable, "-m", "app.cli", "doctor", cwd=tmp_path, extra=endpoint)
    assert done.returncode == 2, done.stderr
    assert "异常  模型：http://203.0.113.9:8009/v1" in done.stdout
    assert "--offline" in done.stdout
    for told in (done.stdout, done.stderr):
        assert "sk-secret" not in told
        assert "Traceback" not in told
    note = away.folder / "asked.txt"
    assert {line.split()[-1] for line in alone.asked} <= {"203.0.113.9"}
    note.unlink(missing_ok=True)


def test_the_evaluation_of_two_samples_asks_nobody(away: Isolation, tmp_path: Path) -> None:
    code = (
        "from app.formats import read_document\nfrom app.services.checking import Checker\n"
        "from app.resources import reports_dir\n"
        "paths = sorted(reports_dir().rglob('*.txt'))[:2]\n"
        "checked = [Checker().check(read_document(p)) for p in paths]\n"
        "print(sum(len(c.result.findings) for c in checked) >= 0, len(paths))"
    )
    done = away.run(sys.executable, "-c", code)
    assert done.stdout.split() == ["True", "2"], done.stderr
    done = away.run(sys.executable, "-m", "pytest", "-q", "tests/eval/test_check_task.py", "-x")
    assert done.returncode == 0, done.stdout[-2000:]
    assert away.asked == []


@pytest.mark.browser
def test_the_page_in_a_real_browser_asks_nobody(away: Isolation) -> None:
    """Server and browser share the namespace; the page's own tests watch every request."""
    alone = Isolation(away.folder, tuple(m for m in away.measures if m != "library"))
    done = alone.run(
        sys.executable, "-m", "pytest", "-q", "-rs", "tests/web/test_browser.py", "-k", _BROWSER,
        timeout_s=400.0, extra={"CI": os.environ.get("CI", "")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert away.asked == []


def test_the_quick_tests_of_services_and_knowledge_pass_unplugged(away: Isolation) -> None:
    done = away.run(
        sys.executable, "-m", "pytest", "-q", "-m", "not slow and not browser and not model",
        "tests/services/test_batch.py", "tests/knowledge/test_service.py",
        "tests/drafting/test_commands.py", "tests/formats/test_twins.py",
        timeout_s=400.0,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert [line for line in away.asked if not _is_invented(line)] == []
    assert json.dumps(away.asked)
    assert (ROOT / "app").is_dir()


def _is_invented(line: str) -> bool:
    """Hosts that tests name on purpose to see them refused."""
    return line.endswith((".invalid", ".example", ".test", "example.com", "example.org"))
