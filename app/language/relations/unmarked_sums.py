"""Totals and parts that no marking word binds: grades, signatures, what is left, complements."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from app.core.quantity import Quantity
from app.language.relations import sum_words as words
from app.language.relations.part_groups import Amounts, PartGroup, nearest

_MOST_PARTNERS = 6
_LEAST_DIVISION, _QUARTERS = 3, 4
_LONGEST_JOINT = 14


def unmarked_groups(amounts: Amounts) -> Iterator[PartGroup]:
    """All of them."""
    yield from _grades(amounts)
    yield from _signed(amounts)
    yield from _leftover(amounts)
    yield from _complement(amounts)
    yield from _divided(amounts)
    yield from _listed(amounts)


def _grades(amounts: Amounts) -> Iterator[PartGroup]:
    """218个村评定一级112个、二级83个、三级23个: grades from the first one on."""
    run: list[Quantity] = []
    for item in amounts.items:
        grade = _grade(amounts, item)
        if not grade and item.unit == "类":
            continue  # the name of a grade itself, read as a count
        if grade == len(run) + 1 and (not run or item.unit == run[0].unit):
            run.append(item)
            continue
        yield from _graded(amounts, run)
        run = [item] if grade == 1 else []
    yield from _graded(amounts, run)


def _graded(amounts: Amounts, run: list[Quantity]) -> Iterator[PartGroup]:
    if len(run) < 2:
        return
    floor = amounts.clauses.sentence_start(run[0].span.start)
    if amounts.clauses.sentence_start(run[-1].span.start) != floor:
        return
    before = amounts.before(floor, run[0].span.start, amounts.bracket_at(run[0].span.start))
    wholes = [q for q in before if q.unit == run[0].unit and amounts.is_addend(q)]
    if not wholes:
        return
    group = nearest(PartGroup(wholes[-1], tuple(run), "按", tuple(wholes[:-1])))
    if "其中" not in amounts.text[group.whole.span.end : run[0].span.start]:
        yield group


def _grade(amounts: Amounts, item: Quantity) -> int:
    """The rank of the grade named right before an amount; 0 where none is."""
    match = words.GRADE.search(amounts.text, max(0, item.span.start - 4), item.span.start)
    return words.GRADES.index(match.group(1)) % 5 + 1 if match else 0


def _signed(amounts: Amounts) -> Iterator[PartGroup]:
    """与14个村、9个单位、8家企业共签订责任书31份: one paper for each partner."""
    for match in words.SIGNED.finditer(amounts.text):
        index = bisect_left(amounts.starts, match.end())
        if index >= len(amounts.items) or amounts.items[index].span.start - match.end() > 2:
            continue
        run: list[Quantity] = []
        for item in reversed(amounts.items[max(0, index - _MOST_PARTNERS) : index]):
            end = run[-1].span.start if run else match.start()
            gap = amounts.text[item.span.end : end]
            joint = r"[^，。；\d]{0,14}" if not run else r"[^，。；\d]{1,14}[、和与及]"
            if item.unit not in "个家名户所人" or not re.fullmatch(joint, gap):
                break
            run.append(item)
        if len(run) > 1 and amounts.text[run[-1].span.start - 1] in "与同和":
            yield PartGroup(amounts.items[index], tuple(reversed(run)), "签订")


def _leftover(amounts: Amounts) -> Iterator[PartGroup]:
    """排查42件，化解40件，剩余2件: done and left make the whole."""
    for index, left in enumerate(amounts.items):
        clause = amounts.text[amounts.clauses.start(left.span.start) : left.span.start]
        if index < 2 or not words.LEFT.search(clause):
            continue
        sentence = amounts.clauses.sentence_start(left.span.start)
        before = [
            q
            for q in amounts.before(sentence, left.span.start, amounts.bracket_at(left.span.start))
            if q.unit == left.unit and amounts.is_addend(q)
        ]
        if len(before) < 2:
            continue
        done, whole = before[-1], before[-2]
        told = amounts.text[whole.span.end : whole.span.end + 4]  # 28项任务完成27项
        is_whole = words.WHOLE_VERB.search(amounts.lead(whole)) or words.MATTER.match(told)
        if words.DONE.search(amounts.lead(done)) and is_whole:
            yield PartGroup(whole, (done, left), "剩余")


def _complement(amounts: Amounts) -> Iterator[PartGroup]:
    """共有56名，男性34名、女性22名: two kinds that leave no third, without 其中."""
    for index, (first, second) in enumerate(pairwise(amounts.items)):
        if first.unit != second.unit or _goes_on(amounts, index + 1):
            continue
        kinds = words.COMPLEMENTS.get(_kind(amounts, first), ())
        if _kind(amounts, second) not in kinds:
            continue
        if total := _total_behind(amounts, (first, second), index + 2):
            yield PartGroup(total, (first, second), "按")
        whole = _whole_before(amounts, first, ("，", "，其中", "：", "（"))
        if whole is None or words.LEVEL.search(amounts.lead(whole)):
            continue  # 县级…36批，镇级…52批，村级…210批: one of them itself
        third = _third_kinds(amounts, index + 2, whole.value - first.value - second.value)
        sentence = amounts.clauses.sentence_start(first.span.start)
        others = amounts.before(sentence, whole.span.start, None)
        same = tuple(q for q in others if q.unit == whole.unit and amounts.is_addend(q))
        yield PartGroup(whole, (first, second, *third), "，", same)


def _third_kinds(amounts: Amounts, index: int, missing: Decimal) -> tuple[Quantity, ...]:
    """村级139起，乡级47起，移送5起: a further level, or what follows and just fills the total."""
    before = amounts.items[index - 1]
    stop = amounts.clauses.sentence_end(before.span.end)
    has_levels = bool(words.LEVEL.search(amounts.lead(before)))
    levels, others = [], []
    for item in amounts.items[index : index + _MOST_PARTNERS]:
        if item.unit != before.unit or item.span.start >= stop:
            break
        if has_levels and words.LEVEL.search(amounts.lead(item)):
            levels.append(item)
            missing -= item.value
            continue
        others.append(item)
        if missing > 0 and sum(q.value for q in others) == missing:
            return (*levels, *others)
    return tuple(levels)


def _whole_before(amounts: Amounts, first: Quantity, marks: tuple[str, ...]) -> Quantity | None:
    """The amount that only one of ``marks`` parts from the clause of ``first``."""
    lead = amounts.clauses.start(first.span.start)
    index = bisect_left(amounts.starts, lead) - 1
    if index < 0 or amounts.items[index].unit != first.unit:
        return None
    whole = amounts.items[index]
    return whole if amounts.text[whole.span.end : lead].strip(" \u3000") in marks else None


def _total_behind(amounts: Amounts, run: Sequence[Quantity], index: int) -> Quantity | None:
    """The amount at ``index`` where it sums the run up: …，全年共受理215件.

    线上受理126件，线下受理84件，共办结208件 is another matter.
    """
    if index >= len(amounts.items):
        return None
    total = amounts.items[index]
    gap = amounts.text[run[-1].span.end : total.span.start]
    if total.unit != run[-1].unit or not words.SUMMED_UP.fullmatch(gap):
        return None
    sentence = amounts.clauses.sentence_start(run[0].span.start)
    if words.ADDED_TO.search(amounts.text, sentence, run[0].span.start):
        return None
    is_same = not words.DONE.search(gap) or words.DONE.search(amounts.lead(run[0]))
    return total if is_same else None


def _divided(amounts: Amounts) -> Iterator[PartGroup]:
    """一季度58件，二季度61件，… and 县级1个、镇级16个、…: a division, its total on either side."""
    run: list[Quantity] = []
    for index, item in enumerate(amounts.items):
        if run and _continues(amounts, run, item):
            run.append(item)
            continue
        yield from _whole_of_division(amounts, run, index)
        run = [item] if words.DIVISION.search(amounts.lead(item)) else []
    yield from _whole_of_division(amounts, run, len(amounts.items))


def _continues(amounts: Amounts, run: list[Quantity], item: Quantity) -> bool:
    """True where ``item`` stands in the list of ``run``: named by the division, or joined by 、."""
    gap = amounts.text[run[-1].span.end : item.span.start]
    if item.unit != run[0].unit or len(gap) > _LONGEST_JOINT or "\n" in gap:
        return False
    if words.DIVISION.search(gap):
        return gap[0] in "，、；" and not words.BREAKS.search(gap, 1)
    return len(run) > 1 and words.NEXT_ITEM.fullmatch(gap) is not None


def _whole_of_division(amounts: Amounts, run: list[Quantity], index: int) -> Iterator[PartGroup]:
    if len(run) < (_QUARTERS if run and "季度" in amounts.lead(run[0]) else _LEAST_DIVISION):
        return
    if total := _total_behind(amounts, run, index):
        yield PartGroup(total, tuple(run), "按")
    if whole := _whole_before(amounts, run[0], ("，", "：")):
        yield PartGroup(whole, tuple(run), "按")


def _kind(amounts: Amounts, item: Quantity) -> str:
    match = words.KIND.search(amounts.lead(item))
    return match.group() if match else ""


def _goes_on(amounts: Amounts, index: int) -> bool:
    """True where the next amount stands in one list, joined by 、, with the one at ``index``."""
    if index + 1 >= len(amounts.items):
        return False
    item, following = amounts.items[index], amounts.items[index + 1]
    gap = amounts.text[item.span.end : following.span.start]
    return item.unit == following.unit and words.NEXT_ITEM.fullmatch(gap) is not None


def _listed(amounts: Amounts) -> Iterator[PartGroup]:
    """一级风险2处、二级风险14处，共有风险点16处: a list with its total behind it."""
    start = 0
    for index in range(len(amounts.items)):
        if _goes_on(amounts, index):
            continue
        run, start = amounts.items[start : index + 1], index + 1
        if len(run) > 1 and (total := _total_behind(amounts, run, start)):
            is_whole = _are_parallel([amounts.lead(part) for part in run])
            yield PartGroup(total, tuple(run), "共计" if is_whole else "，共")


def _are_parallel(leads: list[str]) -> bool:
    """进校园, 进企业, 进社区; 一级风险, 二级风险: names of one make, as of a complete division."""
    size = len(leads[-1])
    tails = [lead[-size:] for lead in leads]
    return size > 1 and any(len({tail[at] for tail in tails}) == 1 for at in (0, -1))
