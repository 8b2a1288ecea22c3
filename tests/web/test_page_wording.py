"""What the page shows speaks of buttons and settings, never of a command line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from app.drafting.model.client import ModelOptions, explain

_APP = Path(__file__).resolve().parents[2] / "app"
_COMMAND_LINE = re.compile(
    r"--[a-z]|(?:^|[^a-z_.-])(?:pingan|pip|chmod|chroma) [a-z]|环境变量|命令行|OPENAI_|PINGAN_"
    r"|pingan\.toml|Ctrl"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What never reaches the page, and why.
_ELSEWHERE = {
    "cli.py": "the command line itself",
    "commands/": "the command line itself",
    "checking/docs.py": "writes docs/rules.md",
    "drafting/plan/text.py": "plans as files, which only the command line reads",
    "drafting/model/prompts.py": "the shape of prompt files, for those who write them",
    "formats/results/cohort/text.py": "the text that a command prints",
    "formats/draft_files.py": "drafts as files, which only the command line reads",
    "services/cluster/": "many machines, which only the command line uses",
    "accounts/passwords.py": "passwords that nobody may choose",
    "core/audit.py": "names who acted from a command",
    "core/faults.py": "has other words for the page, held by its own tests",
    "upkeep/": "pingan doctor",
    "services/knowledge.py": "pingan kb: the page has its own",
    "settings.py": "read before the page is opened",
    "web/auth/proxy.py": "read before the page is opened",
    "web/server.py": "told where the page is started",
    "web/serving/": "told where the page is started",
    # its errors are made by ``explain``, below
    "drafting/model/client.py": "put together from parts",
}
_STRINGS = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(_APP.rglob("*.py")):
        name = path.relative_to(_APP).as_posix()
        if not name.startswith(tuple(_ELSEWHERE)):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def _docstrings(tree: ast.Module) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }


def _with_a_sentence_of_their_own(tree: ast.Module) -> set[int]:
    """The words of errors that have other words for the page."""
    return {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and any(k.arg == "on_page" for k in node.keywords)
        for argument in node.args
        for inner in ast.walk(argument)
    }


def test_no_sentence_that_may_reach_the_page_speaks_of_a_command_line() -> None:
    found = []
    for name, tree in _sources():
        passed = _docstrings(tree) | _with_a_sentence_of_their_own(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in passed
                and _CHINESE.search(node.value)
                and _COMMAND_LINE.search(node.value)
            ):
                found.append(f"{name}:{node.lineno} {node.value[:60]}")
    assert found == []


def test_no_sentence_of_the_pages_scripts_speaks_of_a_command_line() -> None:
    found = [
        f"{path.name} {text[:60]}"
        for path in sorted((_APP / "web" / "static").glob("*.js"))
        for match in _STRINGS.finditer(path.read_text(encoding="utf-8"))
        if _CHINESE.search(text := match[1] or match[2] or "") and _COMMAND_LINE.search(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["或用 --offline 起草。", "请运行 pingan kb rebuild 重建。", "请检查环境变量 OPENAI_API_KEY。"],
)
def test_the_rule_finds_a_command_line(text: str) -> None:
    assert _COMMAND_LINE.search(text)


@pytest.mark.parametrize("code", [301, 400, 401, 403, 404, 429, 500, 503])
def test_a_models_failure_is_told_on_the_page_without_a_command_line(code: int) -> None:
    request = httpx.Request("POST", "http://127.0.0.1:9/v1/chat/completions")
    answer: Any = httpx.Response(code, request=request)
    kind = openai.RateLimitError if code == 429 else openai.APIStatusError
    told = explain(
        kind("no", response=answer, body=None), ModelOptions("http://127.0.0.1:9/v1", "m")
    )
    assert not _COMMAND_LINE.search(told.on_page)
    assert not _COMMAND_LINE.search(told.what)
    assert "--offline" in str(told)


@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout("x"), httpx.ConnectError("x"), ValueError("x")],
    ids=lambda error: type(error).__name__,
)
def test_a_lost_connection_is_told_on_the_page_without_a_command_line(error: Exception) -> None:
    told = explain(error, ModelOptions("http://127.0.0.1:9/v1", "m"))
    assert not _COMMAND_LINE.search(told.on_page)
