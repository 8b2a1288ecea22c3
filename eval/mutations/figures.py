"""Sums and amounts as the generators see them: plain patterns, checked by arithmetic.

Nothing of the checker's own readers is used here: what is a complete list is decided by a
pattern and by the parts adding up exactly.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.core.document import Span
from eval.mutations.edit import CleanReport

_UNITS = (
    "人次|批次|场次|户次|家次|艘次|件次|万元|亿元|"
    "件|起|处|个|名|人|批|次|场|份|户|家|台|支|元|辆|路|所"
)
NUMBER = r"\d+(?:\.\d+)?"
_TOKEN = re.compile(rf"(?<![\d.～—-])({NUMBER})(万|亿)?({_UNITS})")
_OPENS = re.compile(
    "其中|包括|分别|合计|按[^，。；]{0,8}(?:分|划分)|分为?|从[^，。；]{0,4}看|：|评定|前者|由|，村"
)
_CLOSED = re.compile("其他|其余|其它|个访|来信|按|分别|合计|共计|评定")
_TOTAL_AFTER = re.compile("合计|共计|总计")
_GAP_HEAD = 26
_GAP_PART = 18


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure with its unit; ``figure`` is the span of the digits alone."""

    span: Span
    figure: Span
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and parts that add up to it exactly; ``is_closed`` where nothing may be left out."""

    total: Amount
    parts: tuple[Amount, ...]
    is_closed: bool

    @property
    def span(self) -> Span:
        """From the first of its figures to the last."""
        spans = [self.total.span, *(p.span for p in self.parts)]
        return Span(min(s.start for s in spans), max(s.end for s in spans))


def amounts(source: CleanReport, line: Span) -> list[Amount]:
    """Every amount of a line."""
    found = []
    for token in _TOKEN.finditer(source.text, line.start, line.end):
        unit = (token[2] or "") + token[3]
        found.append(Amount(Span(*token.span()), Span(*token.span(1)), Decimal(token[1]), unit))
    return found


def sums(source: CleanReport) -> Iterator[Sum]:
    """The complete lists of a report."""
    for line in source.body:
        found = amounts(source, line)
        for unit in sorted({a.unit for a in found}):
            same = [a for a in found if a.unit == unit]
            for index, total in enumerate(same):
                parts = _parts_after(source.text, total, same[index + 1 :])
                if parts:
                    yield parts
                    continue
                before = _parts_before(source.text, total, same[:index])
                if before:
                    yield before


def _parts_after(text: str, total: Amount, following: list[Amount]) -> Sum | None:
    taken: list[Amount] = []
    last = total
    for part in following:
        gap = text[last.span.end : part.span.start]
        if not taken:
            if len(gap) > _GAP_HEAD or gap.count("。") > 1 or not _OPENS.search(gap):
                return None
        elif len(gap) > _GAP_PART or "。" in gap:
            return None
        taken.append(part)
        last = part
        have = sum(p.value for p in taken)
        if len(taken) > 1 and have == total.value:
            told = text[total.span.end : last.span.end]
            return Sum(total, tuple(taken), bool(_CLOSED.search(told)))
        if have > total.value:
            return None
    return None


def _parts_before(text: str, total: Amount, preceding: list[Amount]) -> Sum | None:
    if len(preceding) < 2 or not _TOTAL_AFTER.search(
        text[preceding[-1].span.end : total.span.start]
    ):
        return None
    for count in range(2, len(preceding) + 1):
        parts = preceding[-count:]
        if "。" in text[parts[0].span.start : total.span.start]:
            return None
        if sum(p.value for p in parts) == total.value:
            return Sum(total, tuple(parts), is_closed=True)
    return None


def show(value: Decimal, like: str) -> str:
    """``value`` with as many decimals as ``like`` has."""
    places = len(like.partition(".")[2])
    return f"{value:.{places}f}"


def percent(part: Decimal, whole: Decimal, like: str) -> Decimal:
    """``part`` of ``whole`` in per cent, rounded as ``like`` is written."""
    places = len(like.partition(".")[2])
    return (100 * part / whole).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
