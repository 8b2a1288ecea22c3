"""Which figure of a sentence a change is said of: 比上年减少7件, 批次、人次分别下降…."""

import re
from collections.abc import Sequence

from app.core.quantity import Quantity, QuantityKind
from app.language.ledger.entries import LedgerEntry
from app.language.ledger.phrases import DOWN_WORDS, UP_WORDS, Indicator, read_indicator

LAST = r"(?:去年|上年|上一年|上年度|同期)(?:同期|全年|度|底)?"
AGAINST = re.compile(
    rf"(?:比|较|与|同|和)(?:前一年|{LAST})|同比|同期相比|(?:比|较|与)(?P<year>20\d\d)年"
)
_UNIT_WORDS = re.compile(r"(人次|批次|件次|家次|户次|起|件|批|宗)数?$")
_SUBJECT_NOISE = re.compile(
    r"同比|分别|均|都|也|则|又|再|再次|年|更|相|略有?|有所|大幅|明显|同步|各|共|总|的|已"
)
_MOST_EARLIER = 12


class Targets:
    """The figures a change may be said of: those of the sentence, and those before it."""

    def __init__(
        self, text: str, known: Sequence[LedgerEntry], earlier: Sequence[LedgerEntry]
    ) -> None:
        self.text = text
        self.known = known
        self.entries = earlier

    def find(self, start: int, lead: str, sizes: list[Quantity]) -> list[tuple[LedgerEntry, ...]]:
        """For each size the figures it may belong to, the likeliest first."""
        subject = _subject(lead)
        if "分别" in lead or len(sizes) > 1:
            return self._distributed(subject, len(sizes))
        if subject:
            return [self._named(start, subject)]
        return [self._nearest(sizes[0])]

    def _distributed(self, subject: str, count: int) -> list[tuple[LedgerEntry, ...]]:
        names = [n for n in re.split("[、和与及]", subject) if n]
        if len(names) == count > 1:
            return [self._by_unit(n) or self._named(-1, n) for n in names]
        tail = [e for e in self.known if e.value.kind is QuantityKind.COUNT]
        if names or len(tail) < count:
            return [()] * count
        return [(e,) for e in tail[-count:]]

    def _by_unit(self, name: str) -> tuple[LedgerEntry, ...]:
        match = _UNIT_WORDS.search(name)
        if match is None or len(name) > len(match.group()):
            return ()
        units = {match.group(1), match.group(1).replace("批次", "批")}
        return tuple(e for e in self.known if e.unit in units and not e.whole)[:1]

    def _named(self, start: int, subject: str) -> tuple[LedgerEntry, ...]:
        """The figure that a subject such as 总投入 or 人次 points back to."""
        by_unit = self._by_unit(subject)
        if by_unit:
            return by_unit
        wanted = read_indicator(subject)
        here = [e for e in reversed(self.known) if _points_to(wanted, e.key)]
        if here or start < 0:
            return tuple(here[:1])
        line = self.text.rfind("\n", 0, start) + 1
        earlier = [
            e
            for e in reversed(self.entries[-_MOST_EARLIER:])
            if e.span.start >= line and not e.whole and _points_to(wanted, e.key)
        ]
        return tuple(earlier[:1])

    def _nearest(self, size: Quantity) -> tuple[LedgerEntry, ...]:
        fitting = [e for e in reversed(self.known) if can_change_by(e, size)]
        if not fitting:
            return ()
        trailing = next((i for i, e in enumerate(fitting) if not e.whole), len(fitting))
        if trailing >= 2 and trailing < len(fitting):
            # 共56件，其中甲类30件、乙类26件，比上年下降5%: the change belongs to the outer figure
            return (fitting[trailing], *fitting[:trailing], *fitting[trailing + 1 :])
        return tuple(fitting)


def _subject(lead: str) -> str:
    """Who changed: 总投入比上年增长 tells 投入; empty where the clause names nobody."""
    match = AGAINST.search(lead)
    head = lead[: match.start()] if match else lead
    tail = lead[match.end() :] if match else ""
    direction = re.compile(rf"(?:{UP_WORDS}|{DOWN_WORDS}).*$")
    joined = direction.sub("", head) + direction.sub("", tail)
    return _SUBJECT_NOISE.sub("", joined).strip(" 、，的")


def _points_to(wanted: Indicator, key: Indicator) -> bool:
    if wanted.steps and not wanted.steps <= key.steps:
        return False
    if not wanted.matter:
        return bool(wanted.steps)
    return len(wanted.matter) >= 2 and key.matter.endswith(wanted.matter)


def can_change_by(entry: LedgerEntry, size: Quantity) -> bool:
    """True where the figure may be what the change is said of."""
    if size.kind is QuantityKind.PERCENT:
        return entry.value.kind is QuantityKind.COUNT
    if size.kind is QuantityKind.POINTS:
        return entry.value.kind is QuantityKind.PERCENT
    return entry.unit == size.unit
