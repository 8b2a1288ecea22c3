"""ST03 heading-sequence — 序号不连续。

Why: a jump from 一、 to 三、 shows that a section was lost or pasted in.
Misses: a section that was lost together with its number; bullets without numbers.
False alarms: a list whose missing label stands in a picture or a table.

Reported: gaps, repeats and wrong levels in 一、（一）1.（1） and in 一是…二是…三是…. Numbering may
start again under each heading, in an annex, and in a second list; a label that stands inside a
paragraph counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Fix, Severity
from app.language.structure.enumerations import Enumeration, Item
from app.language.structure.outline import CHINESE_NUMBERS, Heading

META = RuleMeta(
    code="ST03", name="heading-sequence", severity=Severity.WARNING, summary="序号不连续"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.ST03``; ``enumerations`` false leaves 一是…二是… alone."""

    enumerations: bool = True


_NUMERALS = {value: text for text, value in CHINESE_NUMBERS.items()}
_DEPTHS = {"部": 0, "一": 1, "（一）": 2, "1": 3, "（1）": 4}
_LISTS_WITHOUT_START = frozenset({"1", "1）", "（1）"})
_DIGITS = re.compile(r"[一二三四五六七八九十]{1,3}|\d{1,2}|[①-⑳]")


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per label that is out of order."""
    annex = ctx.outline.annex
    limit = annex.start if annex else len(ctx.text)
    numbered = [h for h in ctx.outline.headings if h.style in _DEPTHS and h.number]
    for part in (
        [h for h in numbered if h.span.start < limit],
        [h for h in numbered if h.span.start >= limit],
    ):
        yield from _check_headings(ctx, part)
    if params.enumerations:
        for enumeration in ctx.enumerations:
            yield from _check_list(ctx, enumeration)


def _relabel(label: str, number: int) -> str:
    """The same kind of label with another number."""
    match = _DIGITS.search(label)
    if match is None:
        return label
    old = match.group()
    if old.isdecimal():
        new = str(number)
    elif old in CHINESE_NUMBERS:
        new = _NUMERALS.get(number, old)
    else:
        new = chr(0x2460 + number - 1)
    return label[: match.start()] + new + label[match.end() :]


def _label_span(heading: Heading) -> Span:
    return Span(heading.span.start, heading.span.start + len(heading.label))


def _siblings(headings: Sequence[Heading]) -> Iterator[tuple[Heading | None, list[Heading]]]:
    """Groups of headings of one style under one parent, with that parent."""
    groups: dict[int, list[Heading]] = {}
    parents: dict[int, Heading | None] = {}
    for heading in headings:
        depth = _DEPTHS[heading.style]
        for deeper in [d for d in groups if d > depth]:
            yield parents.pop(deeper), groups.pop(deeper)
        if depth not in groups:
            above = [d for d in groups if d < depth]
            parents[depth] = groups[max(above)][-1] if above else None
            groups[depth] = []
        groups[depth].append(heading)
    for depth, group in groups.items():
        yield parents[depth], group


def _check_headings(ctx: CheckContext, headings: Sequence[Heading]) -> Iterator[Finding]:
    reported: set[int] = set()
    for parent, group in _siblings(headings):
        last = 0
        previous: Heading | None = None
        for index, heading in enumerate(group):
            expected = last + 1
            number = heading.number
            following = group[index + 1].number if index + 1 < len(group) else None
            if number != expected and heading.span.start not in reported:
                start = previous.span.end if previous else (parent.span.end if parent else 0)
                finding = None
                if not _is_restart(number, last, following) and not _stands_between(
                    ctx.text, heading, range(expected, number), start
                ):
                    finding = _heading_finding(ctx, headings, heading, previous, following)
                if finding is not None:
                    reported.add(finding.span.start)
                    yield finding
            # one wrong label in an otherwise right row took the place of the right one
            last = expected if following == expected + 1 else number
            previous = heading


def _is_restart(number: int, last: int, following: int | None) -> bool:
    return number == 1 and last >= 2 and following != last + 2


def _stands_between(text: str, heading: Heading, numbers: range, start: int) -> bool:
    """Whether every missing label stands somewhere in the text before the heading."""
    if not numbers or len(numbers) > 20:
        return False
    labels = (_relabel(heading.label, number) for number in numbers)
    return all(text.find(label, start, heading.span.start) >= 0 for label in labels)


def _heading_finding(
    ctx: CheckContext,
    headings: Sequence[Heading],
    heading: Heading,
    previous: Heading | None,
    following: int | None,
) -> Finding | None:
    last = previous.number if previous else 0
    expected = last + 1
    related = [_label_span(previous)] if previous else []
    misplaced = _misplaced(headings, heading, previous, expected)
    if misplaced is not None:
        right = _relabel(heading.label, expected)
        return ctx.finding(
            META,
            _label_span(misplaced),
            f"“{misplaced.label}”层级不对，按前后顺序应为“{right}”。",
            related=related,
            fix=Fix(_label_span(misplaced), right),
        )
    right = _relabel(heading.label, expected)
    fix = None
    if following == expected + 1:
        fix = Fix(_label_span(heading), right)
    return ctx.finding(
        META,
        _label_span(heading),
        _explain(heading.label, heading.number, last, right, previous.label if previous else ""),
        related=related,
        evidence={"expected": expected, "found": heading.number},
        fix=fix,
    )


def _misplaced(
    headings: Sequence[Heading], heading: Heading, previous: Heading | None, expected: int
) -> Heading | None:
    """A heading of another level that holds exactly the one number missing here."""
    if previous is None or heading.number != expected + 1:
        return None
    between = [h for h in headings if previous.span.start < h.span.start < heading.span.start]
    strays = [
        h
        for index, h in enumerate(between)
        if h.number == expected
        and h.style != heading.style
        and not any(b.style == h.style and b.number == expected - 1 for b in between[:index])
    ]
    return strays[0] if len(strays) == 1 else None


def _explain(label: str, number: int, last: int, right: str, before: str) -> str:
    if last == 0:
        return f"“{label}”前面没有“{right}”，请核对序号。"
    if number == last:
        return f"序号“{label}”重复，前面已有“{before}”，这里按顺序应为“{right}”。"
    if number < last:
        return f"序号“{label}”排在“{before}”之后，按顺序应为“{right}”。"
    return f"序号从“{before}”跳到“{label}”，缺少“{right}”。"


def _check_list(ctx: CheckContext, enumeration: Enumeration) -> Iterator[Finding]:
    items = enumeration.items
    last = 0
    for index, item in enumerate(items):
        expected = last + 1
        if item.label == "最后" or (
            enumeration.style == "首先" and item.number in (last, last + 1, last + 2)
        ):
            last = max(item.number, last)
            continue
        is_open = index == 0 and enumeration.style in _LISTS_WITHOUT_START
        if item.number != expected and not is_open:
            before = items[index - 1] if index else None
            right = _relabel(item.label, expected)
            yield ctx.finding(
                META,
                item.label_span,
                _explain(item.label, item.number, last, right, before.label if before else ""),
                related=[before.label_span] if before else [],
                evidence={"expected": expected, "found": item.number},
                fix=_list_fix(ctx.text, items, index, expected),
            )
            if index + 1 < len(items) and items[index + 1].number == expected + 1:
                last = expected
                continue
        last = item.number


def _list_fix(text: str, items: Sequence[Item], index: int, expected: int) -> Fix | None:
    """Renumber from the wrong label on where the rest of the list is in order."""
    rest = items[index:]
    steps = {b.number - a.number for a, b in pairwise(rest)}
    if len(rest) > 1 and rest[1].number == expected + 1:
        rest = rest[:1]
    elif steps - {1}:
        return None
    pieces: list[str] = []
    position = rest[0].label_span.start
    for offset, item in enumerate(rest):
        pieces.append(text[position : item.label_span.start])
        pieces.append(_relabel(item.label, expected + offset))
        position = item.label_span.end
    return Fix(Span(rest[0].label_span.start, position), "".join(pieces))


EXAMPLES = (
    bad("主要抓了三项工作：一是加强巡逻，⟦三是⟧化解纠纷，四是宣传普法。"),
    bad("一是加强巡逻；二是化解纠纷；⟦二是⟧宣传普法；四是整改隐患。"),
    bad("一、组织领导\n责任到人。\n⟦三、⟧矛盾化解\n抓早抓小。\n四、安全生产\n严查隐患。"),
    bad("一、组织领导\n责任到人。\n⟦（二）⟧矛盾化解\n抓早抓小。\n三、安全生产\n严查隐患。"),
    bad("（一）消防检查。36次。\n（二）交通劝导。52次。\n⟦（二）⟧夜间巡逻。80次。"),
    good("一、组织领导\n（一）定责。\n（二）考核。\n二、安全生产\n（一）消防。\n（二）交通。"),
    good("一是加强巡逻；二是化解纠纷；三是宣传普法。"),
    near(
        "一、组织领导\n主要有：（一）定责。责任到人。\n（二）考核。按季通报。\n二、"
        "安全生产\n严查隐患。"
    ),
    near("一是抓巡逻：一要定人，二要定岗；二是抓调解：一要快，二要准，三要稳。"),
    near("1.消防检查。\n2.交通劝导。\n上述两项按月通报。\n1.责任单位自查。\n2.主管部门复查。"),
    near("一、总体情况\n平稳。\n二、主要做法\n扎实。\n附件1\n一、责任单位\n二、完成时限"),
    near("首先要定责，其次要督查，最后要考核。统一是前提，之一是关键，三是三岔路口的简称。"),
)
