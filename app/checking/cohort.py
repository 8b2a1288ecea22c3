"""What one draft brings to a cohort: its paragraphs as hashes, its figures by indicator."""

from array import array
from dataclasses import dataclass
from decimal import Decimal

from app.core.cohort import CohortDraft
from app.core.document import Document, Span
from app.core.quantity import QuantityKind
from app.language.disguise import unmask
from app.language.ledger.entries import LedgerEntry
from app.language.ledger.reader import read_ledger
from app.language.similarity.near_duplicates import read_prints
from app.language.structure.outline import Outline
from app.language.view import TextView

_MOST_FIGURES = 2_000
_MOST_PARAGRAPHS = 20_000
_LONGEST_LABEL = 16


@dataclass(frozen=True, slots=True)
class ParagraphPrint:
    """A paragraph's masked wording as hashes, in order."""

    span: Span
    hashes: "array[int]"


@dataclass(frozen=True, slots=True)
class CohortFigure:
    """A figure of the draft's own year; ``label`` is the indicator in one wording."""

    label: str
    unit: str
    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class DraftPrint:
    """All that the comparison of drafts needs of one, small enough to pass between processes."""

    draft: CohortDraft
    names: tuple[str, ...]
    paragraphs: tuple[ParagraphPrint, ...]
    figures: tuple[CohortFigure, ...]


def read_draft_print(document: Document, outline: Outline | None = None) -> DraftPrint:
    """Read what a draft brings to the comparison."""
    view = TextView(document, outline=outline)
    text, unit = view.text, view.unit
    names = tuple(dict.fromkeys(n for n in (unit.unit, *unit.short_names) if n))
    paragraphs = []
    for item in read_prints(text, names):
        paragraphs.append(ParagraphPrint(item.span, array("I", sorted(item.hashes))))
        if len(paragraphs) >= _MOST_PARAGRAPHS:
            break
    return DraftPrint(
        CohortDraft(document.path, unit.unit, unit.year, view.outline.title_text, len(text)),
        names,
        tuple(paragraphs),
        _figures(view),
    )


def _figures(view: TextView) -> tuple[CohortFigure, ...]:
    """The first figure of every indicator that is told for the whole unit and the whole year."""
    shown = unmask(view.text)
    clear = TextView(Document(shown.text)) if shown else view
    found: dict[tuple[str, str], CohortFigure] = {}
    for entry in read_ledger(clear.view, clear.quantities, view.unit.year).entries:
        if _is_comparable(entry):
            key = (entry.indicator, entry.unit)
            span = shown.restore(entry.span) if shown else entry.span
            figure = CohortFigure(entry.indicator, entry.unit, entry.value.value, span)
            found.setdefault(key, figure)
        if len(found) >= _MOST_FIGURES:
            break
    return tuple(found.values())


def _is_comparable(entry: LedgerEntry) -> bool:
    if entry.scope or entry.whole or entry.value.high is not None:
        return False
    is_rate = entry.value.kind is QuantityKind.PERCENT
    is_told = is_rate or entry.key.is_definite
    return is_told and 2 <= len(entry.indicator) <= _LONGEST_LABEL
