"""Copied paragraphs as a heat map and side by side, and figures by indicator, as HTML pieces.

The pieces need no script and nothing from elsewhere; the page and the stand-alone report share
them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from app.core.cohort import Cohort, CopyPair, IndicatorRow
from app.formats.rendering import render
from app.formats.results.cohort.text import names_of, pair_label, plain_number
from app.formats.results.side_by_side import Differences, differences

_MOST_ON_MAP = 40
_MOST_PAIRS = 100
_MOST_PASSAGES = 30
_MOST_INDICATORS = 60
_MOST_NEAR = 12


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair of drafts, its two squares on the map and its passages."""

    label: str
    names: tuple[str, str]
    target: str
    strength: float
    squares: tuple[tuple[int, int], ...]
    pair: CopyPair

    @property
    def passages(self) -> Iterator[Differences]:
        for passage in self.pair.passages[:_MOST_PASSAGES]:
            yield differences(passage.first.quote, passage.second.quote)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A unit's figure for an indicator."""

    told: str
    quote: str


@dataclass(frozen=True, slots=True)
class _Indicator:
    """An indicator with what the units tell of it."""

    row: IndicatorRow
    median: str
    far: tuple[_Figure, ...]
    near: tuple[_Figure, ...]


@dataclass(frozen=True, slots=True)
class CohortView:
    """A cohort as the template shows it; ``prefix`` begins the ids of the pairs."""

    cohort: Cohort
    prefix: str = "pair"
    most_pairs: int = _MOST_PAIRS
    most_near: int = _MOST_NEAR

    @property
    def weighed(self) -> list[int]:
        """The drafts that share something, those with most in common first."""
        weight: dict[int, float] = defaultdict(float)
        for pair in self.cohort.pairs:
            weight[pair.first] += pair.share_first
            weight[pair.second] += pair.share_second
        return sorted(weight, key=lambda n: (-weight[n], n))

    @property
    def names(self) -> list[str]:
        """What the drafts on the map are called."""
        return [self.cohort.drafts[n].label for n in self.weighed[:_MOST_ON_MAP]]

    @property
    def pairs(self) -> Iterator[_Pair]:
        """Every pair; one with a draft that is not on the map has no squares."""
        place = {draft: at for at, draft in enumerate(self.weighed[:_MOST_ON_MAP])}
        for number, pair in enumerate(self.cohort.pairs, 1):
            squares: tuple[tuple[int, int], ...] = ()
            if pair.first in place and pair.second in place:
                one, other = place[pair.first], place[pair.second]
                squares = ((one, other), (other, one))
            yield _Pair(
                pair_label(self.cohort.drafts, pair),
                names_of(self.cohort.drafts, pair),
                f"{self.prefix}{number}",
                0.2 + 0.8 * min(1.0, max(pair.share_first, pair.share_second)),
                squares,
                pair,
            )

    @property
    def first_pairs(self) -> Iterator[_Pair]:
        """The pairs that are shown side by side."""
        return islice(self.pairs, _MOST_PAIRS)

    @property
    def indicators(self) -> Iterator[_Indicator]:
        """The indicators in the table."""
        return map(self._indicator, self.cohort.indicators[:_MOST_INDICATORS])

    @property
    def left_out(self) -> int:
        """How many indicators the table leaves out."""
        return max(0, len(self.cohort.indicators) - _MOST_INDICATORS)

    def _indicator(self, row: IndicatorRow) -> _Indicator:
        far: list[_Figure] = []
        near: list[_Figure] = []
        for item in row.values:
            told = f"{self.cohort.drafts[item.draft].label} {plain_number(item.value)}{row.unit}"
            if item.is_outlier and item.ratio and row.unit != "%":
                told += f"（中位数的 {item.ratio:.3g} 倍）"
            (far if item.is_outlier else near).append(_Figure(told, item.quote))
        return _Indicator(row, plain_number(row.median), tuple(far), tuple(near))


def copies_html(cohort: Cohort, *, prefix: str) -> str:
    """The heat map with the pairs below it, or a sentence where nothing was copied."""
    return render("results/cohort.html", "copies_alone", view=CohortView(cohort, prefix))


def indicators_html(cohort: Cohort) -> str:
    """A table of the indicators at least five units tell, outliers marked."""
    return render("results/cohort.html", "indicators_alone", view=CohortView(cohort))
