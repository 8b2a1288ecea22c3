"""Lists told in prose: 一是…二是…, 第一，…第二，…, （1）…（2）…, ①…②…, 首先…其次…最后….

Each style is looked for only where its first labels occur, by one regular expression without
open-ended repeats. A list continues over paragraphs, starts again under a heading, and may hold
lists of the same or another style.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.core.document import Span
from app.language.structure.outline import CHINESE_NUMBERS

_NUM = "[一二三四五六七八九十]{1,3}"
_CIRCLED = {chr(0x2460 + i): i + 1 for i in range(20)}
_ORDER = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "然后": 3}
_LAST = "最后"
_NOT_BEFORE = frozenset("之统唯专单第其十百千万同逐划归不有每某为合惟如")
_LOOK_AHEAD = 600
_MAX_OPEN = 40
# A hundred list items a page for hundreds of pages; a text with more is no report.
MOST_LABELS = 40_000

_HARD_HEADING = re.compile(
    rf"\n[^\S\n]{{0,40}}+(?:\#{{1,6}}[^\S\n]|第{_NUM}(?:部分|章|篇)|{_NUM}、|[（(]{_NUM}[）)])"
)
# a printed line may end between the number and its verb
_CHINESE = re.compile(rf"{_NUM}[\n\u3000]?[是要靠抓看]")
_CHINESE_STARTS = tuple(f"{number}{verb}" for verb in "是要靠抓看" for number in "一二")
_SIMPLE: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("第", ("第一", "第二"), re.compile(rf"第(?<![一-鿿\w].){_NUM}(?=[，、：,:])")),
    (
        "其",
        ("其一", "其二"),
        re.compile(r"其(?<![一-鿿\w].)[一二三四五六七八九十](?=[，、：是,:])"),
    ),
    ("①", ("①", "②"), re.compile("[①-⑳]")),
    ("（1）", ("（1）", "(1)"), re.compile(r"[（(](?<!\n.)\d{1,2}[）)]")),
    ("1）", ("1）", "1)"), re.compile(r"[0-9](?<=[。；;：:，,、\n\s].)\d?[）)](?![\d）)])")),
    ("1", ("1.", "1、", "1．"), re.compile(r"[0-9](?<=[。；;：:，,].)\d?[.．、](?![\d\s])")),
    (
        "首先",
        ("首先",),
        re.compile(
            r"[首其再然最](?<![一-鿿\w].)(?:(?<=首)先|(?<=其)次|(?<=再)[次者]|(?<=[然最])后)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item: ``span`` reaches from its label to the next item or the end of its paragraph."""

    label: str
    number: int
    label_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list of two or more items in text order; numbers are as printed, right or wrong.

    ``style`` is ``是``, ``要``, ``靠``, ``抓``, ``看`` (for 一是, 一要 …), ``第``, ``其``,
    ``（1）``, ``①``, ``1``, ``1）`` or ``首先``.
    """

    style: str
    items: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class _Label:
    style: str
    text: str
    number: int
    span: Span
    paragraph: Span

    @property
    def is_leading(self) -> bool:
        return self.span.start == self.paragraph.start


@dataclass(slots=True)
class _List:
    style: str
    labels: list[_Label] = field(default_factory=list)
    cap: int | None = None

    @property
    def last(self) -> _Label:
        return self.labels[-1]

    def is_done(self, label: _Label) -> bool:
        """A list told within one earlier paragraph is over when another one starts."""
        return (
            len(self.labels) > 1
            and not self.last.is_leading
            and self.last.paragraph != label.paragraph
        )


def _chinese(text: str) -> Iterator[tuple[str, str, int, Span]]:
    for match in _CHINESE.finditer(text):
        start, end = match.span()
        label = "".join(match.group().split())
        before = text[start - 1] if start else "\n"
        if "一" <= before <= "鿿":
            if len(label) != 2 or label[0] != "一" or before in _NOT_BEFORE:
                continue
            stop = text.find("\n", start, start + _LOOK_AHEAD)
            if text.find(f"二{label[-1]}", end, stop if stop >= 0 else start + _LOOK_AHEAD) < 0:
                continue
        elif before.isalnum():
            continue
        yield label[-1], label, CHINESE_NUMBERS.get(label[:-1], 0), Span(start, end)


def _number(label: str) -> int:
    if label[0] in "第其" and label not in _ORDER:
        return CHINESE_NUMBERS.get(label[1:], 0)
    if label in _CIRCLED:
        return _CIRCLED[label]
    if label in _ORDER or label == _LAST:
        return _ORDER.get(label, 0)
    return int(label.strip("（()）.．、"))


def _labels(text: str, paragraphs: Sequence[Span]) -> list[_Label]:
    found: list[tuple[str, str, int, Span]] = []
    if any(start in text for start in _CHINESE_STARTS):
        found += islice(_chinese(text), MOST_LABELS)
    for style, starts, pattern in _SIMPLE:
        if any(start in text for start in starts):
            found += (
                (style, m.group(), _number(m.group()), Span(*m.span()))
                for m in islice(pattern.finditer(text), MOST_LABELS)
            )
    labels: list[_Label] = []
    for style, label, number, span in found:
        index = bisect_right(paragraphs, span.start, key=lambda p: p.start) - 1
        if index < 0 or span.start >= paragraphs[index].end:
            continue
        item = _Label(style, label, number, span, paragraphs[index])
        if style != "（1）" or not item.is_leading:  # a leading （1） is a heading
            labels.append(item)
    labels.sort(key=lambda item: item.span.start)
    return labels


def _find_list(open_lists: list[_List], label: _Label) -> int | None:
    """Which open list the label carries on: the one it follows, else the innermost of its style."""
    same = [i for i, o in enumerate(open_lists) if o.style == label.style]
    if label.text == _LAST:
        return same[-1] if same else None
    following = [i for i in same if open_lists[i].last.number + 1 == label.number]
    for index in reversed(following):
        if open_lists[index].last.is_leading == label.is_leading:
            return index
    if following:
        return following[-1]
    return same[-1] if same and label.number != 1 else None


def _assemble(labels: Iterable[_Label], headings: Sequence[int]) -> list[_List]:
    done: list[_List] = []
    open_lists: list[_List] = []
    scope = -1
    for label in labels:
        section = bisect_right(headings, label.span.start)
        if section != scope:
            open_lists.clear()
            scope = section
        index = _find_list(open_lists, label)
        if index is None:
            if label.text == _LAST:
                continue
            open_lists = [o for o in open_lists if o.style != label.style or not o.is_done(label)]
            fresh = _List(label.style, [label])
            done.append(fresh)
            open_lists = [*open_lists[-_MAX_OPEN:], fresh]
            continue
        for closed in open_lists[index + 1 :]:
            closed.cap = closed.cap or label.span.start
        del open_lists[index + 1 :]
        open_lists[index].labels.append(label)
    return done


def _join_repeated_starts(lists: list[_List]) -> list[_List]:
    """一是…一是…二是… in one paragraph is one list whose first label stands twice."""
    joined: list[_List] = []
    taken: set[int] = set()  # by identity: comparing lists would make this quadratic
    lonely: dict[str, _List] = {}
    for item in lists:
        before = lonely.pop(item.style, None)
        if (
            before is not None
            and item.labels[0].number == 1
            and before.last.paragraph == item.labels[0].paragraph
        ):
            item.labels[:0] = before.labels
            taken.add(id(before))
        if len(item.labels) == 1 and item.labels[0].number == 1:
            lonely[item.style] = item
        joined.append(item)
    return [item for item in joined if id(item) not in taken]


def _finish(found: _List, text: str) -> Enumeration:
    items: list[Item] = []
    for label, following in zip(found.labels, [*found.labels[1:], None], strict=True):
        end = label.paragraph.end
        if following is not None and following.span.start < end:
            end = following.span.start
        elif found.cap is not None and label.span.end < found.cap < end:
            end = found.cap
        while end > label.span.end and text[end - 1].isspace():
            end -= 1
        number = label.number or (items[-1].number + 1 if items else 1)
        items.append(Item(label.text, number, label.span, Span(label.span.start, end)))
    return Enumeration(found.style, tuple(items), items[0].span | items[-1].span)


def read_enumerations(text: str, paragraphs: Iterable[Span]) -> tuple[Enumeration, ...]:
    """Every list of two items or more, in text order; ``MOST_LABELS`` of a style are read."""
    labels = _labels(text, tuple(paragraphs))
    if not labels:
        return ()
    headings = [m.start() for m in _HARD_HEADING.finditer(f"\n{text}")]
    lists = _join_repeated_starts(_assemble(labels, headings))
    found = [_finish(item, text) for item in lists if len(item.labels) > 1]
    return tuple(sorted(found, key=lambda e: e.span))
