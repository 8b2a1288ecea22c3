"""What is said of many drafts together: who copied whom, and figures side by side."""

from dataclasses import dataclass
from decimal import Decimal

from app.core.document import Span


@dataclass(frozen=True, slots=True)
class CohortDraft:
    """One draft of a cohort; ``unit`` is empty and ``year`` 0 where the text does not tell."""

    path: str
    unit: str = ""
    year: int = 0
    title: str = ""
    chars: int = 0

    @property
    def label(self) -> str:
        """What people call it: the unit, else the title, else the file's name."""
        return self.unit or self.title or self.path.replace("\\", "/").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class CohortParagraph:
    """A paragraph of a draft."""

    span: Span
    quote: str


@dataclass(frozen=True, slots=True)
class CopiedPassage:
    """Two paragraphs that are one once figures and names are masked.

    ``likeness`` is the share (0 to 1) of their own wording that both have; wording that many
    drafts share does not count.
    """

    first: CohortParagraph
    second: CohortParagraph
    likeness: float


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two drafts, by their number in the cohort, with the paragraphs they share.

    ``share_first`` and ``share_second`` tell how much of each draft that is. ``copier`` is the
    number of the draft whose shared paragraphs still hold the other's name, ``None`` where the
    text does not give it away.
    """

    first: int
    second: int
    passages: tuple[CopiedPassage, ...]
    share_first: float
    share_second: float
    is_same_unit: bool = False
    copier: int | None = None

    @property
    def likeness(self) -> float:
        """The highest likeness of a passage."""
        return max((p.likeness for p in self.passages), default=0.0)


@dataclass(frozen=True, slots=True)
class SharedPhrase:
    """A paragraph that so many drafts have that it is a set formula, not a copy."""

    quote: str
    drafts: int


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One draft's figure. ``ratio`` is value to median, ``score`` the robust z-score."""

    draft: int
    value: Decimal
    span: Span
    quote: str
    ratio: float | None = None
    score: float | None = None
    is_outlier: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """The figures of one indicator over all units that tell it, at least five."""

    indicator: str
    unit: str
    year: int
    median: Decimal
    values: tuple[IndicatorValue, ...]

    @property
    def outliers(self) -> tuple[IndicatorValue, ...]:
        """The figures that stand far from the others."""
        return tuple(v for v in self.values if v.is_outlier)


@dataclass(frozen=True, slots=True)
class Cohort:
    """All that is said of the drafts together; pairs come with the most copied first."""

    drafts: tuple[CohortDraft, ...] = ()
    pairs: tuple[CopyPair, ...] = ()
    shared: tuple[SharedPhrase, ...] = ()
    indicators: tuple[IndicatorRow, ...] = ()
