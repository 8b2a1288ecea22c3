"""What is said of many drafts together, as plain data: the key ``cohort`` of the JSON answer."""

from app.core.cohort import Cohort, CohortParagraph, CopiedPassage, CopyPair, IndicatorRow
from app.formats.results.controls import json_value
from app.formats.results.labels import shown_path

_DIGITS = 4


def cohort_object(cohort: Cohort) -> dict[str, object]:
    """Drafts are named by their place in ``drafts``, from 0."""
    return {
        "drafts": [
            {"path": shown_path(d.path), "unit": d.unit, "year": d.year, "title": d.title}
            for d in cohort.drafts
        ],
        "pairs": [_pair(p) for p in cohort.pairs],
        "shared": [{"quote": s.quote, "drafts": s.drafts} for s in cohort.shared],
        "indicators": [_row(r) for r in cohort.indicators],
    }


def _pair(pair: CopyPair) -> dict[str, object]:
    return {
        "first": pair.first,
        "second": pair.second,
        "paragraphs": len(pair.passages),
        "share_first": round(pair.share_first, _DIGITS),
        "share_second": round(pair.share_second, _DIGITS),
        "likeness": round(pair.likeness, _DIGITS),
        "same_unit": pair.is_same_unit,
        "copier": pair.copier,
        "passages": [_copied(p) for p in pair.passages],
    }


def _copied(passage: CopiedPassage) -> dict[str, object]:
    return {
        "likeness": round(passage.likeness, _DIGITS),
        "first": _passage(passage.first),
        "second": _passage(passage.second),
    }


def _passage(passage: CohortParagraph) -> dict[str, object]:
    return {"start": passage.span.start, "end": passage.span.end, "quote": passage.quote}


def _row(row: IndicatorRow) -> dict[str, object]:
    return {
        "indicator": row.indicator,
        "unit": row.unit,
        "year": row.year,
        "median": json_value(row.median),
        "values": [
            {
                "draft": v.draft,
                "value": json_value(v.value),
                "start": v.span.start,
                "end": v.span.end,
                "quote": v.quote,
                "ratio": None if v.ratio is None else round(v.ratio, _DIGITS),
                "score": None if v.score is None else round(v.score, 2),
                "outlier": v.is_outlier,
            }
            for v in row.values
        ],
    }
