"""Figures of one indicator over all units, with those that stand far from the others."""

from collections.abc import Sequence
from decimal import Decimal
from math import log10
from statistics import median

from app.checking.cohort import CohortFigure, DraftPrint
from app.core.cohort import IndicatorRow, IndicatorValue

LEAST_UNITS = 5
_FAR_SCORE = 3.5
_FAR_RATIO = 4.0  # a count has to be this many times the median, or this part of it
_FAR_POINTS = 10.0  # a rate has to be this many points away
_TO_SIGMA = 0.6745
_LEAST_SPREAD = 0.05  # of the decimal logarithm; else units that agree make any other stand out
_LEAST_POINTS = 1.0
_AROUND = 20


def compare_figures(prints: Sequence[DraftPrint], texts: Sequence[str]) -> tuple[IndicatorRow, ...]:
    """The indicators that at least five units tell, those with outliers first.

    A unit that handed in several drafts for one year counts once, with its last draft.
    """
    told: dict[tuple[str, str, int], dict[str, tuple[int, CohortFigure]]] = {}
    for number, item in enumerate(prints):
        owner = item.draft.unit or item.draft.path
        for figure in item.figures:
            key = (figure.label, figure.unit, item.draft.year)
            told.setdefault(key, {})[owner] = (number, figure)
    rows = [
        _row(key, list(found.values()), texts)
        for key, found in told.items()
        if len(found) >= LEAST_UNITS
    ]
    rows.sort(key=lambda r: (-len(r.outliers), -len(r.values), r.indicator, r.unit, r.year))
    return tuple(rows)


def _row(
    key: tuple[str, str, int], found: list[tuple[int, CohortFigure]], texts: Sequence[str]
) -> IndicatorRow:
    label, unit, year = key
    middle = median(figure.value for _, figure in found)
    is_rate = unit == "%"
    scores = _scores([figure.value for _, figure in found], is_rate=is_rate)
    values = [
        _value(number, figure, texts[number], middle, score)
        for (number, figure), score in zip(found, scores, strict=True)
    ]
    values.sort(key=lambda v: (not v.is_outlier, -v.value, v.draft))
    return IndicatorRow(label, unit, year, middle, tuple(values))


def _scores(values: Sequence[Decimal], *, is_rate: bool) -> list[float | None]:
    """Robust z-scores, counts on a logarithmic scale; ``None`` for what has no place on it."""
    scaled = [float(v) if is_rate else log10(v) if v > 0 else None for v in values]
    usable = [s for s in scaled if s is not None]
    if len(usable) < LEAST_UNITS:
        return [None] * len(values)
    middle = median(usable)
    floor = _LEAST_POINTS if is_rate else _LEAST_SPREAD
    spread = max(median(abs(s - middle) for s in usable), floor)
    return [None if s is None else _TO_SIGMA * (s - middle) / spread for s in scaled]


def _value(
    number: int, figure: CohortFigure, text: str, middle: Decimal, score: float | None
) -> IndicatorValue:
    ratio = float(figure.value / middle) if middle > 0 else None
    if figure.unit == "%":
        is_away = abs(float(figure.value - middle)) >= _FAR_POINTS
    else:
        is_away = bool(ratio) and not 1 / _FAR_RATIO < (ratio or 0) < _FAR_RATIO
    is_outlier = score is not None and abs(score) >= _FAR_SCORE and is_away
    start = max(text.rfind("\n", 0, figure.span.start) + 1, figure.span.start - _AROUND)
    quote = text[start : figure.span.end]
    return IndicatorValue(number, figure.value, figure.span, quote, ratio, score, is_outlier)
