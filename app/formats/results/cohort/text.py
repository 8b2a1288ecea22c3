"""What is said of many drafts together, for a terminal, and names that all outputs use."""

from collections.abc import Sequence
from decimal import Decimal

from app.core.cohort import Cohort, CohortDraft, CopyPair
from app.formats.results.labels import shown_path

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


def pair_label(drafts: Sequence[CohortDraft], pair: CopyPair) -> str:
    """``甲镇 与 乙镇：4 段雷同，占前者 31%、后者 29%``, and who copied where it shows."""
    first, second = names_of(drafts, pair)
    told = (
        f"{first} 与 {second}：{len(pair.passages)} 段雷同，占前者 {pair.share_first:.0%}、"
        f"后者 {pair.share_second:.0%}，最高相似 {pair.likeness:.0%}"
    )
    return told + (f"；{note}" if (note := pair_note(drafts, pair)) else "")


def pair_note(drafts: Sequence[CohortDraft], pair: CopyPair) -> str:
    """Who copied from whom, as far as the text gives it away."""
    if pair.is_same_unit:
        return "同一单位的两份"
    if pair.copier is None:
        return ""
    first, second = names_of(drafts, pair)
    copier, source = (first, second) if pair.copier == pair.first else (second, first)
    return f"{copier}的文中留有{source}的名称，可能是前者抄后者"


def names_of(drafts: Sequence[CohortDraft], pair: CopyPair) -> tuple[str, str]:
    """What the two drafts are called; their files where both are called alike."""
    first, second = drafts[pair.first], drafts[pair.second]
    if first.label != second.label:
        return first.label, second.label
    if first.year != second.year:
        return f"{first.label}（{first.year}年）", f"{second.label}（{second.year}年）"
    return shown_path(first.path), shown_path(second.path)


def plain_number(value: Decimal) -> str:
    """A figure without needless zeros or exponents."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
