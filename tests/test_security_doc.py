"""Each measure that ``docs/security.md`` tells of names a test that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_named_test_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    sources: dict[str, str] = {}  # by file name: of two rooms' files with one name, both
    for path in (ROOT / "tests").rglob("test_*.py"):
        sources[path.name] = sources.get(path.name, "") + path.read_text(encoding="utf-8")
    everything = "\n".join(sources.values())
    files = re.findall(r"(test_\w+\.py)", text)
    assert len(files) > 15
    assert set(files) <= set(sources)
    for file, name in re.findall(r"(test_\w+\.py)::(test_\w+)", text):
        assert f"def {name}(" in sources[file], name
    for ending in re.findall(r"…(\w+)", text):
        assert re.search(rf"def test_\w*{ending}\(", everything), ending
