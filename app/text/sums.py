"""Totals with their parts: which amounts of a text the author presents as adding up.

Reads “共181件，其中村级143件、镇级38件”, “村级143件，镇级38件，合计181件”, “181件（村级143件、
镇级38件）”, “排查42件，化解40件，剩余2件” and lists with 分别. Binding only: whether the sums are
right is for the rules to say.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from app.core.document import Span, covering
from app.core.quantity import Quantity, QuantityKind
from app.text import sum_words as words
from app.text.indicators import Clauses
from app.text.signs import places

_MOST_ITEMS = 40
_MOST_PARTNERS = 6


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


def read_part_groups(
    text: str, quantities: Sequence[Quantity], clauses: Clauses | None = None
) -> tuple[PartGroup, ...]:
    """All totals with parts, in text order."""
    reader = _Reader(text, quantities, clauses or Clauses(text))
    groups = [
        *reader.marked_groups(),
        *reader.breakdown_groups(),
        *reader.graded_groups(),
        *reader.signed_groups(),
        *reader.leftover_groups(),
        *reader.complement_groups(),
    ]
    return tuple(sorted(groups, key=lambda g: (g.span, g.marker)))


def _nearest(group: PartGroup) -> PartGroup:
    """The same list, bound to the amount before it that comes closest to its sum."""
    options = sorted(
        (group.whole, *group.alternatives), key=lambda q: (abs(q.value - group.total), q.span)
    )
    return replace(group, whole=options[0], alternatives=tuple(options[1:]))


class _Reader:
    """The amounts of one text with bracket depth and sentence bounds."""

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

    def marked_groups(self) -> Iterator[PartGroup]:
        """Groups bound by a word or sign."""
        if len(self.items) < 2:
            return
        for match in words.MARKER.finditer(self.text):
            word = match.group()
            if word in words.HEADS:
                yield from self._after_marker(match.start(), match.end())
            elif word in words.TOTALS:
                yield from self._total_behind(match.start(), match.end(), word)
            elif word == "分别":
                yield from self._respectively(match.start(), match.end())
            elif word in "（(":
                yield from self._in_bracket(match.start())
            else:
                yield from self._after_colon(match.start())

    def _after_marker(self, start: int, end: int) -> Iterator[PartGroup]:
        bracket = self.bracket_at(start)
        if bracket is not None:
            wholes = self._just_before(bracket.start)
            stop = bracket.end
        else:
            sentence = self.clauses.sentence_start(start)
            wholes = self.before(sentence, start, None)
            stop = self.clauses.sentence_end(start)
            if not wholes and not self.text[sentence:start].strip("，,、 \u3000"):
                wholes = self._previous_sentence(sentence)
        if not wholes:
            return
        following = self.text.find("其中", end, stop)
        if following >= 0 and self.bracket_at(following) == bracket:
            stop = following
        yield from self._groups(wholes, end, stop, bracket, "其中")

    def _previous_sentence(self, start: int) -> list[Quantity]:
        if not start or self.text[start - 1] == "\n":
            return []
        return self.before(self.clauses.sentence_start(start - 1), start, None)

    def _just_before(self, position: int) -> list[Quantity]:
        """The amount that ends at ``position``, with its other half (74批129人次)."""
        index = bisect_left(self.starts, position) - 1
        if index < 0:
            return []
        last = self.items[index]
        if position - last.span.end > 2 or "\n" in self.text[last.span.end : position]:
            return []
        is_pair = index > 0 and last.paired == self.items[index - 1].span
        return [self.items[index - 1], last] if is_pair else [last]

    def _in_bracket(self, start: int) -> Iterator[PartGroup]:
        bracket = self.bracket_at(start + 1)
        if bracket is None or bracket.start != start or "其中" in bracket.of(self.text):
            return
        if words.PARTIAL_BRACKET.match(self.text, start + 1):
            return
        wholes = self._just_before(start)
        yield from self._groups(wholes, start + 1, bracket.end, bracket, "（")

    def _after_colon(self, start: int) -> Iterator[PartGroup]:
        wholes = self._just_before(start)
        stop = self.clauses.sentence_end(start)
        for group in self._groups(wholes, start + 1, stop, self.bracket_at(start), "："):
            if len(group.parts) > 1:
                yield group

    def _groups(
        self, wholes: list[Quantity], start: int, stop: int, bracket: Span | None, marker: str
    ) -> Iterator[PartGroup]:
        candidates = self.after(start, stop, bracket)
        for unit in dict.fromkeys(q.unit for q in candidates[:2]):
            same = [q for q in wholes if q.unit == unit and self._is_addend(q)]
            if not same:
                continue
            parts = self._list(candidates, unit, start, same[-1].value)
            if not parts or (marker == "（" and len(parts) < 2):
                continue
            yield PartGroup(same[-1], tuple(parts), marker, tuple(same[:-1]))

    def _list(
        self, candidates: list[Quantity], unit: str, start: int, whole: Decimal
    ) -> list[Quantity]:
        """The amounts of ``unit`` that stand in one list from ``start`` on."""
        parts: list[Quantity] = []
        position = start
        is_process = False
        for item in candidates:
            if item.unit != unit:
                continue
            gap = self.text[position : item.span.start]
            if parts and self._ends_list(gap, parts, is_process=is_process):
                break
            if "；" in gap and item.value > whole:
                break  # a new matter with an amount of its own
            if not self._is_addend(item):
                continue
            if not parts:
                is_process = bool(words.DONE.search(gap) or words.LEFT.search(gap))
            parts.append(item)
            position = item.span.end
        return parts

    def _ends_list(self, gap: str, parts: list[Quantity], *, is_process: bool) -> bool:
        if words.STOP.search(gap):
            return True
        if not is_process and words.NEXT_STEP.search(gap):
            return True
        if "；" not in gap:
            return False
        # A semicolon goes on only in a list that semicolons made from the first part on.
        return len(parts) > 1 and "；" not in self.text[parts[0].span.end : parts[1].span.start]

    def _total_behind(self, start: int, end: int, marker: str) -> Iterator[PartGroup]:
        bracket = self.bracket_at(start)
        sentence = max(self.clauses.sentence_start(start), bracket.start if bracket else 0)
        index = bisect_left(self.starts, end)
        if index >= len(self.items):
            return
        whole = self.items[index]
        if whole.span.start - end > (12 if marker != "，共" else 2):
            return
        if words.BREAKS.search(self.text, end, whole.span.start):
            return
        halves = [whole]
        if index + 1 < len(self.items) and self.items[index + 1].span == whole.paired:
            halves.append(self.items[index + 1])
        for half in halves:
            before = self.before(sentence, start, bracket)
            parts = [q for q in before if q.unit == half.unit and self._is_addend(q)]
            if len(parts) > 1:
                yield PartGroup(half, tuple(parts), marker)

    def _is_addend(self, item: Quantity) -> bool:
        start = max(self.clauses.start(item.span.start), item.span.start - 16)
        return not words.COMPARED.search(self.text, start, item.span.start)

    def _respectively(self, start: int, end: int) -> Iterator[PartGroup]:
        bracket = self.bracket_at(start)
        sentence = self.clauses.sentence_start(start)
        before = self.before(sentence, start, bracket)
        if before and "其中" in self.text[before[-1].span.end : start]:
            return
        clause = self.text[self.clauses.start(start) : start]
        if words.YEARS.search(clause) or words.COMPARED.search(clause):
            return
        candidates = self.after(end, self.clauses.sentence_end(start), bracket)
        if not candidates:
            return
        unit = candidates[0].unit
        parts = self._values(candidates, unit)
        wholes = [q for q in before if q.unit == unit]
        if len(parts) > 1 and wholes:
            yield PartGroup(wholes[-1], tuple(parts), "分别", tuple(wholes[:-1]))
        elif len(parts) > 1 and len(parts) < len(candidates):
            total = candidates[len(parts)]
            gap = self.text[parts[-1].span.end : total.span.start]
            if total.unit == unit and words.SUMMED_UP.fullmatch(gap):
                yield PartGroup(total, tuple(parts), "共计")

    def _values(self, candidates: list[Quantity], unit: str) -> list[Quantity]:
        """The bare values behind 分别: only 、, 和, ， stand between them."""
        parts: list[Quantity] = []
        for item in candidates:
            if item.unit != unit:
                break
            if parts:
                gap = self.text[parts[-1].span.end : item.span.start]
                if len(gap.strip("、，,和与及 为是")) > 0:
                    break
            parts.append(item)
        return parts

    def breakdown_groups(self) -> Iterator[PartGroup]:
        """按类型分，A5件、B6件 and 已化解的92件中，A74件，B18件: totals told before."""
        for head in self._breakdowns():
            if "其中" in head.of(self.text) or self.bracket_at(head.start) is not None:
                continue
            within = self.after(head.start, head.end, None)
            stop = self.clauses.sentence_end(head.start)
            wholes = within or self._told_before(head.start)
            marker = "按"
            if within:
                marker = "之中" if within[-1].span.end == head.end - len(words.AMONG) else "中"
            for group in self._groups(wholes, head.end, stop, None, marker):
                if len(group.parts) > 1:
                    yield _nearest(group)

    def _breakdowns(self) -> Iterator[Span]:
        """Where a breakdown is announced: 按类型分，; 已化解的92件中，; 126件中，."""
        for match in words.BY_KIND.finditer(self.text):
            yield Span(*match.span())
        for at in places(self.text, words.AMONG):
            end = at + len(words.AMONG)
            if self.text.startswith("其中", end):
                continue
            found = words.OF_THESE.search(self.text, max(0, end - words.OF_THESE_REACH), end)
            last = bisect_left(self.starts, at) - 1
            if found is not None:
                yield Span(found.start(), end)
            elif last >= 0 and self.items[last].span.end == at:
                yield Span(self.starts[last], end)

    def _told_before(self, position: int) -> list[Quantity]:
        """Amounts of the paragraph before ``position``, in this sentence and the two before."""
        floor = position
        for _ in range(3):
            if floor and self.text[floor - 1] != "\n":
                floor = self.clauses.sentence_start(max(0, floor - 1))
        return self.before(floor, position, None)

    def graded_groups(self) -> Iterator[PartGroup]:
        """218个村评定一级112个、二级83个、三级23个: grades from the first one on."""
        run: list[Quantity] = []
        for item in self.items:
            grade = self._grade(item)
            if not grade and item.unit == "类":
                continue  # the name of a grade itself, read as a count
            if grade == len(run) + 1 and (not run or item.unit == run[0].unit):
                run.append(item)
                continue
            yield from self._graded(run)
            run = [item] if grade == 1 else []
        yield from self._graded(run)

    def _graded(self, run: list[Quantity]) -> Iterator[PartGroup]:
        if len(run) < 2:
            return
        floor = self.clauses.sentence_start(run[0].span.start)
        if self.clauses.sentence_start(run[-1].span.start) != floor:
            return
        before = self.before(floor, run[0].span.start, self.bracket_at(run[0].span.start))
        wholes = [q for q in before if q.unit == run[0].unit and self._is_addend(q)]
        if wholes and "其中" not in self.text[wholes[-1].span.end : run[0].span.start]:
            yield _nearest(PartGroup(wholes[-1], tuple(run), "按", tuple(wholes[:-1])))

    def _grade(self, item: Quantity) -> int:
        """The rank of the grade named right before an amount; 0 where none is."""
        match = words.GRADE.search(self.text, max(0, item.span.start - 4), item.span.start)
        return words.GRADES.index(match.group(1)) % 5 + 1 if match else 0

    def signed_groups(self) -> Iterator[PartGroup]:
        """与14个村、9个单位、8家企业共签订责任书31份: one paper for each partner."""
        for match in words.SIGNED.finditer(self.text):
            index = bisect_left(self.starts, match.end())
            if index >= len(self.items) or self.items[index].span.start - match.end() > 2:
                continue
            run: list[Quantity] = []
            for item in reversed(self.items[max(0, index - _MOST_PARTNERS) : index]):
                end = run[-1].span.start if run else match.start()
                gap = self.text[item.span.end : end]
                joint = r"[^，。；\d]{0,14}" if not run else r"[^，。；\d]{1,14}[、和与及]"
                if item.unit not in "个家名户所人" or not re.fullmatch(joint, gap):
                    break
                run.append(item)
            if len(run) > 1 and self.text[run[-1].span.start - 1] in "与同和":
                yield PartGroup(self.items[index], tuple(reversed(run)), "签订")

    def leftover_groups(self) -> Iterator[PartGroup]:
        """排查42件，化解40件，剩余2件: done and left make the whole."""
        for index, left in enumerate(self.items):
            clause = self.text[self.clauses.start(left.span.start) : left.span.start]
            if index < 2 or not words.LEFT.search(clause):
                continue
            sentence = self.clauses.sentence_start(left.span.start)
            before = [
                q
                for q in self.before(sentence, left.span.start, self.bracket_at(left.span.start))
                if q.unit == left.unit and self._is_addend(q)
            ]
            if len(before) < 2:
                continue
            done, whole = before[-1], before[-2]
            if words.DONE.search(self._lead(done)) and words.WHOLE_VERB.search(self._lead(whole)):
                yield PartGroup(whole, (done, left), "剩余")

    def complement_groups(self) -> Iterator[PartGroup]:
        """共有56名，男性34名、女性22名: two kinds that leave no third, without 其中."""
        for first, second in pairwise(self.items):
            if first.unit != second.unit:
                continue
            kinds = words.COMPLEMENTS.get(self._kind(first))
            if kinds is None or self._kind(second) not in kinds:
                continue
            lead = self.clauses.start(first.span.start)
            index = bisect_left(self.starts, lead) - 1
            if index < 0 or self.items[index].unit != first.unit:
                continue
            whole = self.items[index]
            if self.text[whole.span.end : lead].strip(" \u3000") in ("，", "，其中", "：", "（"):
                yield PartGroup(whole, (first, second), "，")

    def _kind(self, item: Quantity) -> str:
        match = words.KIND.search(self._lead(item))
        return match.group() if match else ""

    def _lead(self, item: Quantity) -> str:
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
