"""Defects of structure: missing parts, broken numbering, lines and ends."""

import re
from collections.abc import Iterator
from itertools import pairwise
from random import Random

from app.core.document import Span
from eval.mutations.edit import CleanReport, DefectKind, Edit, TextEdit, insert_at

_DIGITS = "一二三四五六七八九十"
_PROBLEMS_HEAD = re.compile(r"[一二三四五六七八九]、[^\n，。]*(?:问题|困难|不足)[^\n，。]*")
_PLANS_HEAD = re.compile(r"[一二三四五六七八九]、[^\n。]*(?:打算|考虑|计划)[^\n。]*")
_TOP = re.compile(r"(?m)^　*(?P<number>[一二三四五六七八九])、")
_SUB = re.compile(r"(?m)^　*（(?P<number>[一二三四五六七八九])）")
_ITEM = re.compile("(?<=[：；。])(?P<number>[一二三四五六七八])是")
_PROBLEM_TALK = re.compile("差距|不足|短板|薄弱|困难|问题是")
_PLAN_START = re.compile(r"下一步，|明年，|20\d\d年，[^。]{0,12}将|2025年，|2024年，")


def headings(source: CleanReport) -> list[Span]:
    """The headings of the first level."""
    return [
        line
        for line in source.lines
        if line.end <= source.signature.start and _TOP.match(source.text, line.start, line.end)
    ]


class _Tail:
    """Where a report tells its problems and plans: headed sections or bare paragraphs."""

    def __init__(self, source: CleanReport) -> None:
        self.source = source
        self.heads = headings(source)
        self.end = source.signature.start

    def section(self, head: Span) -> Span:
        """A heading with all below it."""
        after = [h.start for h in self.heads if h.start > head.start]
        return Span(head.start, min(after, default=self.end))

    def headed(self, pattern: re.Pattern[str]) -> Span | None:
        """The last section whose heading says so."""
        text = self.source.text
        fitting = [h for h in self.heads if pattern.search(text, h.start, h.end)]
        return self.section(fitting[-1]) if fitting else None

    def split(self) -> tuple[Span, Span] | None:
        """Problems and plans told in bare text: from the talk of problems to that of plans."""
        text = self.source.text
        start_plans = None
        for line in self.source.body[-6:]:
            for found in _PLAN_START.finditer(text, line.start, line.end):
                if found.start() == line.start or text[found.start() - 1] == "。":
                    start_plans = found.start()
                    break
            if start_plans is not None:
                break
        if start_plans is None:
            return None
        before = [line for line in self.source.body if line.start < start_plans]
        last = before[-1]
        talk = [line for line in before[-4:] if _PROBLEM_TALK.search(text, line.start, line.end)]
        if not talk:
            return None
        start = talk[0].start
        heads = [h.end for h in self.heads if last.start >= h.start]
        top = max(heads) + 1 if heads else start
        closing = [s for s in self.source.sentences() if s.start < start_plans]
        if talk[0] == last and not text[last.start].startswith("一是"):
            intro = [s for s in closing if s.start >= last.start and s.end <= start_plans]
            start = intro[0].start if intro else start
        if any(h.start > start for h in self.heads if h.start < start_plans):
            return None
        return Span(max(start, min(top, start)), start_plans), Span(start_plans, self.end)


def renumbered(source: CleanReport, after: int) -> tuple[TextEdit, ...]:
    """Headings of the first level behind ``after``, each one lower."""
    changes = []
    for found in _TOP.finditer(source.text, after):
        place = Span(*found.span("number"))
        lower = _DIGITS[_DIGITS.index(found["number"]) - 1]
        changes.append(TextEdit(place.start, place.end, lower))
    return tuple(changes)


def _is_combined(source: CleanReport, section: Span) -> bool:
    head = section.of(source.text).split("\n", maxsplit=1)[0]
    return bool(re.search("打算|考虑|计划", head) and re.search("问题|困难|不足", head))


def problems_missing(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The problems are not told anywhere."""
    tail = _Tail(source)
    section = tail.headed(_PROBLEMS_HEAD)
    if section is not None and not _is_combined(source, section):
        cut = (TextEdit(section.start, section.end, ""), *renumbered(source, section.end))
        yield Edit(cut, quote="存在的问题", is_alone=True)
        return
    split = tail.split()
    if split is None:
        return
    changes = [TextEdit(split[0].start, split[0].end, "")]
    if section is not None:
        head_end = source.text.index("\n", section.start)
        head = source.text[section.start : head_end]
        changes.append(TextEdit(section.start, head_end, f"{head[:2]}下一步工作打算"))
    yield Edit(tuple(changes), quote="存在的问题", is_alone=True)


def plans_missing(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The plans are not told anywhere."""
    tail = _Tail(source)
    section = tail.headed(_PLANS_HEAD)
    if section is not None and not _is_combined(source, section):
        cut = (TextEdit(section.start, section.end, ""), *renumbered(source, section.end))
        yield Edit(cut, quote="下一步打算", is_alone=True)
        return
    split = tail.split()
    if split is None:
        return
    changes = [TextEdit(split[1].start, split[1].end, "\n\n")]
    if section is not None:
        head_end = source.text.index("\n", section.start)
        head = source.text[section.start : head_end]
        changes.append(TextEdit(section.start, head_end, f"{head[:2]}存在的问题"))
    yield Edit(tuple(changes), quote="下一步打算", is_alone=True)


def problems_thin(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The problems are told in half a sentence."""
    section = _Tail(source).headed(_PROBLEMS_HEAD)
    if section is None or _is_combined(source, section):
        return
    head_end = source.text.index("\n", section.start)
    change = TextEdit(head_end + 1, section.end, "工作中还有一些不足。\n\n")
    yield Edit((change,), (section,), is_alone=True)


def title_missing(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The report begins with its text."""
    place = source.title
    following = source.lines[2 if "\n" in place.of(source.text) else 1]
    change = TextEdit(0, following.start, "")
    yield Edit((change,), quote="missing title", is_alone=True)


def signature_missing(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Neither unit nor date at the end, or only one of them."""
    for start, end in (
        (source.signature.start, len(source.text)),
        (source.signature.start, source.date.start),
        (source.date.start, len(source.text)),
    ):
        yield Edit((TextEdit(start, end, ""),), quote="missing signature", is_alone=True)


def _renumber(found: list[re.Match[str]], index: int, number: str, *places: re.Match[str]) -> Edit:
    spot = found[index]
    start, end = spot.span("number")
    around = [Span(*m.span()) for m in (spot, *places)]
    return Edit((TextEdit(start, end, number),), tuple(around))


def _runs(source: CleanReport, pattern: re.Pattern[str]) -> Iterator[list[re.Match[str]]]:
    """Numberings that rise one by one from the first."""
    run: list[re.Match[str]] = []
    for found in pattern.finditer(source.text, source.title.end, source.signature.start):
        number = _DIGITS.index(found["number"])
        if number == 0 or number != len(run):
            if len(run) > 1:
                yield run
            run = []
        if number == len(run):
            run.append(found)
    if len(run) > 1:
        yield run


def _repeated(source: CleanReport, pattern: re.Pattern[str]) -> Iterator[Edit]:
    for run in _runs(source, pattern):
        for index in range(1, len(run)):
            yield _renumber(run, index, run[index - 1]["number"], run[index - 1])


def _skipped(source: CleanReport, pattern: re.Pattern[str]) -> Iterator[Edit]:
    """From some heading on every number is one too high."""
    for run in _runs(source, pattern):
        for index in range(1, len(run)):
            changes = tuple(
                TextEdit(*m.span("number"), _DIGITS[_DIGITS.index(m["number"]) + 1])
                for m in run[index:]
            )
            yield Edit(changes, (Span(*run[index - 1].span()), Span(*run[index].span())))


def _swapped(source: CleanReport, pattern: re.Pattern[str]) -> Iterator[Edit]:
    for run in _runs(source, pattern):
        for one, other in pairwise(run[1:]):
            changes = (
                TextEdit(*one.span("number"), other["number"]),
                TextEdit(*other.span("number"), one["number"]),
            )
            yield Edit(changes, (Span(*one.span()), Span(*other.span())))


def heading_repeated(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Two headings with one number."""
    yield from _repeated(source, _TOP)


def heading_skipped(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """A number is left out."""
    yield from _skipped(source, _TOP)


def heading_swapped(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Two headings the wrong way round."""
    yield from _swapped(source, _TOP)


def subheading_repeated(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Two headings of the second level with one number."""
    yield from _repeated(source, _SUB)


def subheading_skipped(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """A number of the second level is left out."""
    yield from _skipped(source, _SUB)


def item_repeated(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """一是…一是…三是."""
    yield from _repeated(source, _ITEM)


def item_skipped(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """一是…三是."""
    yield from _skipped(source, _ITEM)


def broken_line(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A line break in the middle of a sentence."""
    for line in source.body:
        inner = line.of(source.text)
        spots = [
            m.end() for m in re.finditer("[\u4e00-\u9fff]{4}(?=[\u4e00-\u9fff]{4})", inner[30:-30])
        ]
        if spots:
            place = line.start + 30 + rng.choice(spots)
            yield insert_at(place, "\n", Span(place - 6, place + 6))


def unfinished(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A paragraph that ends in mid-sentence."""
    for line in source.body:
        inner = line.of(source.text)
        commas = [m.start() for m in re.finditer("，", inner)]
        if not commas or inner.count("。") < 2:
            continue
        cut = line.start + commas[-1] + rng.choice((1, 3, 4))
        if cut < line.end - 4:
            yield Edit((TextEdit(cut, line.end, ""),), (Span(max(line.start, cut - 8), line.end),))


KINDS = (
    DefectKind("part-problems", "删去存在的问题", ("ST01",), problems_missing),
    DefectKind("part-plans", "删去下一步打算", ("ST01",), plans_missing),
    DefectKind("part-thin", "问题一笔带过", ("ST02", "ST01"), problems_thin),
    DefectKind("title-missing", "删去标题", ("ST04",), title_missing),
    DefectKind("signature-missing", "删去落款", ("ST05",), signature_missing),
    DefectKind("heading-repeated", "一级标题重号", ("ST03",), heading_repeated),
    DefectKind("heading-skipped", "一级标题跳号", ("ST03",), heading_skipped),
    DefectKind("heading-swapped", "一级标题颠倒", ("ST03",), heading_swapped),
    DefectKind("subheading-repeated", "二级标题重号", ("ST03",), subheading_repeated),
    DefectKind("subheading-skipped", "二级标题跳号", ("ST03",), subheading_skipped),
    DefectKind("item-repeated", "一是二是重号", ("ST03",), item_repeated),
    DefectKind("item-skipped", "一是二是跳号", ("ST03",), item_skipped),
    DefectKind("line-broken", "句中断行", ("ST06",), broken_line),
    DefectKind("unfinished", "段落没写完", ("ST07",), unfinished),
)
