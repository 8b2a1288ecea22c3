"""Changes told with both ends: 由42件下降到35件，下降16.7%; 35件，比上年减少7件，下降16.7%."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.document import Span
from app.core.quantity import Quantity, QuantityKind
from app.language.relations.indicators import Clauses

UP, DOWN = 1, -1
_MOST_ITEMS = 40
_KINDS = frozenset(
    {QuantityKind.COUNT, QuantityKind.PERCENT, QuantityKind.POINTS, QuantityKind.PERIOD}
)
# 比上年增收12万元, 少支3万元, 多发2起: what is moved grown into the verb that moves it
_MOVED = "[收支产发拨派办缴补购立破查调接亏耗员]"
_UP_WORDS = (
    "上升|增加|增长|提高|提升|增至|升至|升到|增到|扩大|增幅|净增|前移|跃升"
    f"|[增多超]{_MOVED}|多|升|增"
)
_DOWN_WORDS = (
    "下降|减少|降低|降至|降到|减至|减到|压减|压降|缩减|缩短|压缩|精简|下滑|回落|降幅|后移"
    f"|[减少降节短压]{_MOVED}|少|降|减"
)
_DIRECTION = re.compile(rf"(?P<up>{_UP_WORDS})|(?P<down>{_DOWN_WORDS})")
_FROM = re.compile(r"(?:由|从)(?:20\d{2}年)?[^，。；、：\d]{0,16}$")
_TO = re.compile(
    rf"^[^，。；：\d]{{0,14}}?(?P<word>{_UP_WORDS}|{_DOWN_WORDS}|变|调整|到|至)(?:了)?(?:到"
    rf"|至|为|成)?[^，。；：\d]{{0,4}}$"
)
_AGAINST = re.compile(
    r"(?:比|较|同比|相比|对比)[^，。；：\d]{0,12}$|(?:上年|去年|上一年|去年同期|上年同期"
    r"|同期)[^，。；：\d]{0,8}$"
)
# Whatever _AGAINST finds holds one of these characters this near.
_AGAINST_SIGN = re.compile("[比较年期]")
_FROM_REACH, _AGAINST_REACH = 20, 16
_SIZE_LEAD = re.compile(
    rf"(?:{_UP_WORDS}|{_DOWN_WORDS})(?:了|达|为|幅度|率|幅)?(?:达到|达|为|约|了)?$"
)
_BASE_BEHIND = re.compile(r"，(?:比|较)(?:上年|去年)(?:同期)?的?")
_OTHER_BASE = re.compile(
    r"环比|累计|年均|比\d|较\d|占|目标|计划|预期|五年|三年|两年"
    r"|平均|每年|递增|可比|口径|不变价|名义|实际[增下]|扣除|剔除|主要"
)
_CHANGED = re.compile("[增减升降缩扩超压涨跌多少]")
# Of a rank the lower is the better: 排名由21位上升到9位.
_RANK_UNITS = frozenset("位名")
_RANK = re.compile("排名|排位|排序|位次|名次|座次|[名位]列|[位跃]居|强|前移|后移")
_RANK_VERB = re.compile("[升移]|下降|下滑|降")


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` became ``after``; ``difference`` and ``size`` are what the text says of it.

    ``direction`` is what the words say (``UP``, ``DOWN``) or 0. ``before`` is ``None`` where only
    the difference is told. ``others`` are amounts that ``after`` might be instead.
    ``size_direction`` is what the words before ``size`` say, where they stand apart. ``is_rank``
    is true for places in an order, which rise by becoming smaller.
    """

    after: Quantity
    before: Quantity | None
    difference: Quantity | None
    size: Quantity | None
    direction: int
    span: Span
    others: tuple[Quantity, ...] = ()
    size_direction: int = 0
    is_rank: bool = False


def direction_of(text: str) -> int:
    """The direction the last such word of ``text`` tells; 0 where none does."""
    result = 0
    for match in _DIRECTION.finditer(text):
        result = UP if match.lastgroup == "up" else DOWN
    return result


def read_changes(
    text: str, quantities: Sequence[Quantity], clauses: Clauses | None = None
) -> tuple[Change, ...]:
    """All changes in text order."""
    reader = _Reader(text, quantities, clauses or Clauses(text))
    return tuple(sorted(reader.read(), key=lambda c: c.span))


class _Reader:
    def __init__(self, text: str, quantities: Sequence[Quantity], clauses: Clauses) -> None:
        self.text = text
        self.amounts = [q for q in quantities if q.kind in _KINDS]
        self.starts = [q.span.start for q in self.amounts]
        self.clauses = clauses
        self.brackets = [
            Span(m.start(), m.end()) for m in re.finditer(r"[（(][^（）()\n]{0,200}[）)]", text)
        ]
        self.bracket_starts = [b.start for b in self.brackets]

    def read(self) -> Iterator[Change]:
        for index, item in enumerate(self.amounts):
            if item.kind is QuantityKind.POINTS or item.high is not None:
                continue
            start = item.span.start
            lead = self.text[max(0, start - _FROM_REACH) : start]
            if ("由" in lead or "从" in lead) and _FROM.search(lead):
                yield from self._from_to(index)
            elif (
                item.kind is QuantityKind.COUNT
                and _AGAINST_SIGN.search(self.text, max(0, start - _AGAINST_REACH), start)
                and _AGAINST.search(self._clause_lead(item))
            ):
                yield from self._against(index)

    def _clause_lead(self, item: Quantity) -> str:
        return self.text[self.clauses.start(item.span.start) : item.span.start]

    def _is_inside(self, item: Quantity) -> bool:
        index = bisect_right(self.bracket_starts, item.span.start) - 1
        return index >= 0 and item.span in self.brackets[index]

    def _from_to(self, index: int) -> Iterator[Change]:
        if index + 1 >= len(self.amounts):
            return
        before, after = self.amounts[index], self.amounts[index + 1]
        link = _TO.match(self.text[before.span.end : after.span.start])
        same_unit = before.unit == after.unit or not before.unit
        if link is None or not same_unit or after.high is not None:
            return
        size = self._size(index + 2, after) or self._size_before(index)
        difference = size if size and size.kind is not QuantityKind.PERCENT else None
        percent = size if size and size.kind is QuantityKind.PERCENT else None
        if size is not None and before.kind is QuantityKind.PERCENT and percent is not None:
            percent = None  # 由95%提高到97%，提高2%: loose wording, not a wrong sum
        span = before.span | after.span | (size or after).span
        direction = direction_of(link.group("word"))
        said = 0
        told = percent or difference
        if told is not None and told.span.start > after.span.end:
            said = direction_of(self.text[after.span.end : told.span.start])
        is_rank = False
        if after.unit in _RANK_UNITS and _RANK_VERB.search(link.group("word")):
            is_rank = _RANK.search(self._clause_lead(before) + link.group()) is not None
            if not is_rank:
                direction = 0  # nothing tells whether these are places or people
        yield Change(after, before, difference, percent, direction, span, (), said, is_rank)

    def _size_before(self, index: int) -> Quantity | None:
        """比去年减少12件，由78件减少到66件: the difference told first."""
        if not index:
            return None
        size, before = self.amounts[index - 1], self.amounts[index]
        gap = self.text[size.span.end : before.span.start]
        is_bound = gap in ("，由", "，从") and _SIZE_LEAD.search(self._clause_lead(size))
        fits = size.unit == before.unit or (
            size.kind is QuantityKind.PERCENT and before.kind is QuantityKind.COUNT
        )
        return size if is_bound and fits and size.is_exact else None

    def _size(self, index: int, after: Quantity) -> Quantity | None:
        """The figure that tells how large the change is, right behind ``after``."""
        if index >= len(self.amounts):
            return None
        item = self.amounts[index]
        gap = self.text[after.span.end : item.span.start]
        if len(gap) > 16 or re.search(r"[。；：\n]", gap) or _OTHER_BASE.search(gap):
            return None
        if not _SIZE_LEAD.search(gap) or item.high is not None or not item.is_exact:
            return None
        if item.kind is QuantityKind.COUNT and item.unit != after.unit:
            return None
        return item

    def _against(self, index: int) -> Iterator[Change]:
        """The amount at ``index`` is last year's, or the difference to it."""
        item = self.amounts[index]
        lead = self._clause_lead(item)
        if _OTHER_BASE.search(lead):
            return
        candidates = self._current(index)
        if not candidates:
            return
        after, others = candidates[0], tuple(candidates[1:])
        size = self._size(index + 1, item)
        percent = size if size and size.kind is QuantityKind.PERCENT else None
        span = after.span | (percent or item).span
        if _SIZE_LEAD.search(lead):
            yield Change(after, None, item, percent, direction_of(lead[-6:]), span, others)
        elif size is not None and not self._is_changed(lead):
            gap = self.text[item.span.end : size.span.start]
            difference = None if percent else size
            percent = percent or self._share_before(index)
            yield Change(
                after, item, difference, percent, direction_of(gap), span | size.span, others
            )

    @staticmethod
    def _is_changed(lead: str) -> bool:
        """True where a verb of change stands between the base and its figure: 比上年核减."""
        base = _AGAINST.search(lead)
        return base is not None and _CHANGED.search(base.group()) is not None

    def _share_before(self, index: int) -> Quantity | None:
        """同比下降18.2%，比上年的325起减少65起: the percentage told before its base."""
        if not index:
            return None
        share, base = self.amounts[index - 1], self.amounts[index]
        gap = self.text[share.span.end : base.span.start]
        is_bound = _BASE_BEHIND.fullmatch(gap) and _SIZE_LEAD.search(self._clause_lead(share))
        fits = share.kind is QuantityKind.PERCENT and share.is_exact
        return share if is_bound and fits else None

    def _current(self, index: int) -> list[Quantity]:
        """Amounts before in the sentence that may be this year's, the likeliest first."""
        item = self.amounts[index]
        floor = self.clauses.sentence_start(item.span.start)
        floor = max(floor, self.text.rfind("主要", floor, item.span.start))  # 主要是…比上年增加
        low = max(bisect_left(self.starts, floor), index - _MOST_ITEMS)
        before = [
            q
            for q in self.amounts[low:index]
            if q.unit == item.unit and q.kind is item.kind and q.scope != "上年"
        ]
        outer = [q for q in before if not self._is_inside(q) or self._is_inside(item)]
        return [*reversed(outer), *(q for q in before if q not in outer)]
