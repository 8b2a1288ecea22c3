"""The sheets 雷同 and 指标 of the workbook, and the coloured marks of the parts."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from app.core.cohort import Cohort
from app.core.finding import CheckResult, PartStatus
from app.formats.results.cohort.text import names_of, pair_note
from app.formats.results.labels import mandatory_parts, part_titles

if TYPE_CHECKING:
    from openpyxl.styles import PatternFill

Cell = str | int | float

COPIES = "雷同"
COPIES_HEAD = (
    "甲", "乙", "雷同段数", "占甲", "占乙", "这一段相似", "说明", "甲的文字", "乙的文字",
)  # fmt: skip
FIGURES = "指标"
FIGURES_HEAD = (
    "指标", "年度", "单位", "数值", "计量单位", "中位数", "中位数的倍数", "偏离程度", "是否悬殊",
    "原文",
)  # fmt: skip
WIDTHS = {
    COPIES: (26, 26, 10, 8, 8, 12, 30, 60, 60),
    FIGURES: (24, 8, 28, 14, 10, 14, 14, 10, 10, 50),
}
_PART_MARKS = {
    PartStatus.PRESENT: "✓ 已写",
    PartStatus.THIN: "△ 偏短",
    PartStatus.MISSING: "✗ 缺少",
}
_OPTIONAL = "未写（可不写）"
_COLOURS = {
    "✓ 已写": "DFF3E5", "△ 偏短": "FDF1CD", "✗ 缺少": "FDE3E3", "悬殊": "FDE3E3",
}  # fmt: skip
_MOST_ROWS = 200_000


def part_columns(results: Sequence[CheckResult]) -> tuple[str, ...]:
    """Titles of all parts that any of the profiles used has, in order."""
    titles: dict[str, None] = {}
    for result in results:
        titles |= dict.fromkeys(part_titles(result).values())
    return tuple(titles)


def part_cells(result: CheckResult, columns: Sequence[str]) -> tuple[str, ...]:
    """The mark of each part; empty where the profile does not know it."""
    titles, required = part_titles(result), mandatory_parts(result)
    marks = {
        titles[key]: _OPTIONAL
        if status is PartStatus.MISSING and key not in required
        else _PART_MARKS[status]
        for key, status in result.parts.items()
    }
    return tuple(marks.get(title, "") for title in columns)


def copy_rows(cohort: Cohort) -> Iterable[tuple[Cell, ...]]:
    """One row for each pair of paragraphs, the pairs of drafts with most in common first."""
    written = 0
    for pair in cohort.pairs:
        first, second = names_of(cohort.drafts, pair)
        for passage in pair.passages:
            written += 1
            if written > _MOST_ROWS:
                return
            yield (
                first,
                second,
                len(pair.passages),
                f"{pair.share_first:.0%}",
                f"{pair.share_second:.0%}",
                f"{passage.likeness:.0%}",
                pair_note(cohort.drafts, pair),
                passage.first.quote,
                passage.second.quote,
            )


def figure_rows(cohort: Cohort) -> Iterable[tuple[Cell, ...]]:
    """One row a figure, indicators with outliers first."""
    written = 0
    for row in cohort.indicators:
        for value in row.values:
            written += 1
            if written > _MOST_ROWS:
                return
            yield (
                row.indicator,
                row.year or "",
                cohort.drafts[value.draft].label,
                float(value.value),
                row.unit,
                float(row.median),
                "" if value.ratio is None else round(value.ratio, 2),
                "" if value.score is None else round(abs(value.score), 1),
                "悬殊" if value.is_outlier else "",
                value.quote,
            )


def fills() -> "dict[str, PatternFill]":
    """The background for each mark."""
    from openpyxl.styles import PatternFill  # noqa: PLC0415  # loaded only for xlsx

    return {mark: PatternFill("solid", start_color=c) for mark, c in _COLOURS.items()}
