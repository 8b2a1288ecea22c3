"""Amounts that are presented as adding up: the group they make and where they stand."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.core.document import Span, covering
from app.core.quantity import Quantity, QuantityKind
from app.language.relations import sum_words as words
from app.language.relations.indicators import Clauses

_MOST_ITEMS = 40
_ALIKE = {unit: f"{unit}次" for unit in "件起批场家户台"}


@dataclass(frozen=True, slots=True)
class PartGroup:
    """A total with the parts the text gives for it.

    ``marker`` is the word or sign that binds them: 其中, 合计, 共计, 总计, 总共, ，共, 分别, ：, （
    or 剩余; 按, 中 and 之中 stand for a breakdown that is announced. ``alternatives`` are other
    amounts of the unit that the list may split instead.
    """

    whole: Quantity
    parts: tuple[Quantity, ...]
    marker: str
    alternatives: tuple[Quantity, ...] = ()

    @property
    def span(self) -> Span:
        """From the total to the last part, whichever stands first."""
        return covering([self.whole.span, *(p.span for p in self.parts)])

    @property
    def total(self) -> Decimal:
        """The sum of the parts."""
        return sum((p.value for p in self.parts), Decimal(0))

    @property
    def is_exact(self) -> bool:
        """True where neither the total nor a part is approximate or a range."""
        return self.whole.is_exact and all(p.is_exact for p in self.parts)

    @property
    def tolerance(self) -> Decimal:
        """How far an honest sum may be off: half the last printed digit for every addend."""
        addends = (self.whole, *self.parts)
        if all(q.precision == 1 for q in addends):
            return Decimal(0)
        return sum((q.precision for q in addends), Decimal(0)) / 2


def is_alike(unit: str, other: str) -> bool:
    """True for one measure word, and for two that writers mix in one list: 来信46件、来访86件次."""
    return unit == other or _ALIKE.get(unit) == other or _ALIKE.get(other) == unit


def nearest(group: PartGroup) -> PartGroup:
    """The same list, bound to the amount before it that comes closest to its sum."""
    options = sorted(
        (group.whole, *group.alternatives), key=lambda q: (abs(q.value - group.total), q.span)
    )
    return replace(group, whole=options[0], alternatives=tuple(options[1:]))


class Amounts:
    """The amounts of one text that can be added up, with bracket depth and sentence bounds."""

    def __init__(self, text: str, quantities: Sequence[Quantity], clauses: Clauses) -> None:
        self.text = text
        self.items = [
            q
            for q in quantities
            if q.kind is QuantityKind.COUNT and q.unit and q.scope not in words.PREVIOUS
        ]
        self.starts = [q.span.start for q in self.items]
        self.clauses = clauses
        self.brackets = _read_brackets(text)
        self.bracket_starts = [span.start for span in self.brackets]

    def bracket_at(self, position: int) -> Span | None:
        """The innermost bracket round ``position``."""
        index = bisect_right(self.bracket_starts, position) - 1
        for span in reversed(self.brackets[max(0, index - 8) : index + 1]):
            if span.start < position < span.end:
                return span
        return None

    def before(self, start: int, end: int, bracket: Span | None) -> list[Quantity]:
        """The last amounts inside ``[start, end)`` whose innermost bracket is ``bracket``."""
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        items = self.items[max(low, high - _MOST_ITEMS) : high]
        return [q for q in items if self.bracket_at(q.span.start) == bracket]

    def after(self, start: int, end: int, bracket: Span | None) -> list[Quantity]:
        """The first amounts inside ``[start, end)`` whose innermost bracket is ``bracket``."""
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        items = self.items[low : min(high, low + _MOST_ITEMS)]
        return [q for q in items if self.bracket_at(q.span.start) == bracket]

    def is_addend(self, item: Quantity) -> bool:
        """False for a change, a mean and a base: 比上年增加12件, 人均3件, 年初预算2万元的97%."""
        start = max(self.clauses.start(item.span.start), item.span.start - 16)
        return not (
            words.COMPARED.search(self.text, start, item.span.start)
            or words.NOT_ADDED.search(self.text, start, item.span.start)
            or words.MEASURED_AGAINST.match(self.text, item.span.end)
        )

    def is_one_list(self, items: Sequence[Quantity], end: int) -> bool:
        """True where no comparison or share stands between the amounts, nor up to ``end``."""
        stops = [*(q.span.start for q in items[1:]), end]
        return not any(
            words.INTERRUPTS.search(self.text, item.span.end, stop)
            for item, stop in zip(items, stops, strict=True)
        )

    def lead(self, item: Quantity) -> str:
        """The words of its clause before an amount."""
        return self.text[self.clauses.start(item.span.start) : item.span.start]


def _read_brackets(text: str) -> list[Span]:
    """Bracket pairs by their start; an unclosed bracket is left out."""
    spans: list[Span] = []
    stack: list[int] = []
    for match in words.BRACKETS.finditer(text):
        if match.group() in "（(":
            stack.append(match.start())
        elif stack:
            spans.append(Span(stack.pop(), match.end()))
    return sorted(spans)
