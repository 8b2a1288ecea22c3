"""Totals with their parts: which amounts of a text the author presents as adding up.

Reads “共181件，其中村级143件、镇级38件”, “村级143件，镇级38件，合计181件”, “181件（村级143件、
镇级38件）”, “排查42件，化解40件，剩余2件” and lists with 分别. Binding only: whether the sums are
right is for the rules to say.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.core.document import Span
from app.core.quantity import Quantity
from app.language.prefilter import places
from app.language.relations import sum_words as words
from app.language.relations.indicators import Clauses
from app.language.relations.part_groups import Amounts, PartGroup, is_alike, nearest
from app.language.relations.unmarked_sums import unmarked_groups

_TELLING = 3  # characters of a verb with its object that show what is added up


def read_part_groups(
    text: str, quantities: Sequence[Quantity], clauses: Clauses | None = None
) -> tuple[PartGroup, ...]:
    """All totals with parts, in text order."""
    reader = _Marked(text, quantities, clauses or Clauses(text))
    groups = [*reader.marked_groups(), *reader.breakdown_groups(), *unmarked_groups(reader)]
    return tuple(sorted(groups, key=lambda g: (g.span, g.marker)))


class _Marked(Amounts):
    """Groups bound by a word or sign."""

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
            alike = [q for q in wholes if is_alike(q.unit, unit) and self.is_addend(q)]
            same = [q for q in alike if q.unit == unit] or alike
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
            if not is_alike(item.unit, unit):
                continue
            gap = self.text[position : item.span.start]
            if parts and self._ends_list(gap, parts, is_process=is_process):
                break
            if item.value > whole and ("；" in gap or (parts and "，" in gap)):
                break  # a new matter with an amount of its own
            if not self.is_addend(item):
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
        if words.ADDED_TO.search(self.text, sentence, start):
            return
        index = bisect_left(self.starts, end)
        if index >= len(self.items):
            return
        whole = self.items[index]
        if whole.span.start - end > 12 or not self.is_addend(whole):
            return
        what = self.text[end : whole.span.start].strip("有计 ") if marker == "，共" else ""
        if words.BREAKS.search(self.text, end, whole.span.start):
            return
        halves = [whole]
        if index + 1 < len(self.items) and self.items[index + 1].span == whole.paired:
            halves.append(self.items[index + 1])
        for half in halves:
            before = self.before(sentence, start, bracket)
            parts = [q for q in before if q.unit == half.unit and self.is_addend(q)]
            if what:  # 签订责任状12份，…，签订责任状36份，共签订责任状48份
                parts = [q for q in parts if what in self.lead(q)]
            if len(parts) > 1 and self.is_one_list(parts, start):
                is_same = len(what) >= _TELLING
                yield PartGroup(half, tuple(parts), "共计" if is_same else marker)

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
                    yield nearest(group)

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
