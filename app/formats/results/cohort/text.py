"""What is said of many drafts together, for a terminal."""

from app.core.cohort import Cohort
from app.core.quantity import plain_number
from app.formats.results.cohort.html import pair_label

_MOST = 10


def cohort_lines(cohort: Cohort) -> list[str]:
    """The pairs with most in common and the figures that stand out; empty where there are none."""
    lines: list[str] = []
    if cohort.pairs:
        lines.append(f"雷同：{len(cohort.pairs)} 对")
        lines += [f"  {pair_label(cohort.drafts, p)}" for p in cohort.pairs[:_MOST]]
        lines += _more(len(cohort.pairs))
    far = [(row, value) for row in cohort.indicators for value in row.outliers]
    if far:
        lines.append(f"与其他单位相差悬殊的数：{len(far)} 个")
        for row, value in far[:_MOST]:
            draft = cohort.drafts[value.draft]
            lines.append(
                f"  {row.indicator}：{draft.label} {plain_number(value.value)}{row.unit}，"
                f"{len(row.values)} 个单位的中位数是 {plain_number(row.median)}{row.unit}"
            )
        lines += _more(len(far))
    return lines


def _more(total: int) -> list[str]:
    return [f"  …… 其余 {total - _MOST} 个请用 --format html 或 xlsx 看"] if total > _MOST else []
