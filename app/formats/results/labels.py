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
PART_SIGNS = {PartStatus.PRESENT: "✓", PartStatus.THIN: "△", PartStatus.MISSING: "✗"}
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class LineColumn:
    """A 1-based line and column, both counted in code points."""

    line: int
    column: int


class LineIndex:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(i + 1 for i, char in enumerate(text) if char == "\n")]
        self._text = text

    def place(self, offset: int) -> LineColumn:
        """The line and column of a code point."""
        line = bisect_right(self._starts, offset)
        return LineColumn(line, offset - self._starts[line - 1] + 1)

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


@dataclass(frozen=True, slots=True)
class PartMarks:
    """``told``: the parts that are told or have to be; ``spare``: titles of those left out."""

    told: tuple[tuple[str, PartStatus], ...]
    spare: tuple[str, ...]


def part_marks(result: CheckResult) -> PartMarks:
    """One mark a part by its title; optional parts not told are only named."""
    required, titles = mandatory_parts(result), part_titles(result)
    spare = [k for k, s in result.parts.items() if s is PartStatus.MISSING and k not in required]
    told = tuple((titles[k], s) for k, s in result.parts.items() if k not in spare)
    return PartMarks(told, tuple(titles[key] for key in spare))


def fix_label(fix: Fix) -> str:
    """What the fix would do."""
    return f"建议改为：{fix.text}" if fix.text else "建议删去"


def severity_counts(results: Iterable[CheckResult]) -> tuple[tuple[Severity, int], ...]:
    """How many findings ``results`` have of each severity, the worst first."""
    items = tuple(results)
    return tuple((s, sum(r.count(s) for r in items)) for s in SEVERITIES)


def counts_line(results: Iterable[CheckResult]) -> str:
    """``错误 3，警告 1，提示 0`` over all ``results``."""
    return "，".join(f"{severity.label} {n}" for severity, n in severity_counts(results))
