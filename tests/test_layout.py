"""The rooms stay in order: no circle of imports, no crowded folder, no endless file."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_ENTRIES, MOST_LINES = 20, 400
ONE_RULE_A_FILE = ROOT / "app/checking/rules"


def _files() -> Iterator[Path]:
    for package in ("app", "eval"):
        yield from sorted((ROOT / package).rglob("*.py"))


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(source: str, modules: Mapping[str, Path]) -> Iterator[str]:
    """Every module of ours that is imported anywhere, also for the types alone."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _circle(modules: Mapping[str, Path]) -> list[str]:
    graph = {
        name: {m for m in _imported(path.read_text("utf-8"), modules) if m in modules} - {name}
        for name, path in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_of_imports() -> None:
    assert _circle({_name(path): path for path in _files()}) == []


def test_a_circle_of_types_alone_is_seen(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("def f():\n    import app.other\n", "utf-8")
    other.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.one import f\n", "utf-8"
    )
    circle = _circle({"app.one": one, "app.other": other})
    assert set(circle) == {"app.one", "app.other"}


def test_no_folder_is_crowded() -> None:
    entries: dict[Path, set[Path]] = {}
    for path in _files():
        for entry in (path, *path.parents):
            if entry.is_relative_to(ROOT / "app") and entry.name != "__init__.py":
                entries.setdefault(entry.parent, set()).add(entry)
    crowded = {
        str(folder.relative_to(ROOT)): len(found)
        for folder, found in entries.items()
        if len(found) > MOST_ENTRIES and folder != ONE_RULE_A_FILE
    }
    assert crowded == {}


def test_no_file_is_endless() -> None:
    lengths = {_name(path): len(path.read_text("utf-8").splitlines()) for path in _files()}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}
