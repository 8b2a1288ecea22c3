"""Words and places that every exporter shows alike."""

from bisect import bisect_right
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from app.core.errors import ConfigError
from app.core.finding import CheckResult, Fix, PartStatus, Severity
from app.report.profile import load_profile

PART_LABELS = {
    PartStatus.PRESENT: "已写",
    PartStatus.THIN: "偏短",
    PartStatus.MISSING: "缺少",
}
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class Place:
    """A 1-based line and column, both counted in code points."""

    line: int
    column: int


class LineIndex:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(i + 1 for i, char in enumerate(text) if char == "\n")]
        self._text = text

    def place(self, offset: int) -> Place:
        """The line and column of a code point."""
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)

    def bounds(self, line: int) -> tuple[int, int]:
        """Start and end of a 1-based line, without its line end."""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self._text)
        return start, end


def shown_path(path: str) -> str:
    """A file name fit for any output: undecodable bytes become ``?``."""
    return path.encode("utf-8", "replace").decode("utf-8")


def part_titles(result: CheckResult) -> dict[str, str]:
    """The title of each part of the result's profile; the key itself where it has none."""
    known = result.titles
    if not known:
        with suppress(ConfigError):
            known = {part.key: part.title for part in load_profile(result.profile).parts}
    return {key: known.get(key, key) for key in result.parts}


def mandatory_parts(result: CheckResult) -> frozenset[str]:
    """Keys of the parts that the result's profile asks for; all where it is not known."""
    if result.titles:
        return result.required
    try:
        return frozenset(p.key for p in load_profile(result.profile).parts if p.mandatory)
    except ConfigError:
        return frozenset(result.parts)


def fix_label(fix: Fix) -> str:
    """What the fix would do."""
    return f"建议改为：{fix.text}" if fix.text else "建议删去"


def counts_line(results: Iterable[CheckResult]) -> str:
    """``错误 3，警告 1，提示 0`` over all ``results``."""
    items = tuple(results)
    return "，".join(
        f"{severity.label} {sum(r.count(severity) for r in items)}" for severity in SEVERITIES
    )
