"""A text laid out for a page or a screen, mended: the same words without the layout's cuts.

Characters that hide or pose as others are taken for what they look like. Text copied from a PDF
breaks every printed line, in the middle of words and figures; text typed by some hands has blanks
round every figure. These are taken out, and every place of the mended text leads back to its place
in the text as read. A text that has none is not touched.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from app.core.document import Block, Document, Span
from app.language.disguise import unmask
from app.language.structure.cuts import Cuts, take_out

_BLANK_CHARS = " \u3000\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
_BLANK = f"[{_BLANK_CHARS}]"
_HAN = "\u4e00-\u9fff"
_UNIT = "[年月日时点号件起个名人次处户万亿多余%％]"
_MEASURE = (
    "[批项条份场台套支辆艘路所家公平米里吨亩栋座门张面盏块组轮期周天小类级岁"
    "宗例篇幅本届班队对只根村镇乡街社分秒倍]"
)
# A blank between a figure and a word. A figure that begins a line may be its number.
_SPACED = re.compile(
    rf"(?<=[{_HAN}，、：；（“]){_BLANK}{{1,2}}(?=\d)"
    rf"|(?<=\d){_BLANK}{{1,2}}(?=[{_HAN}，。、；：）”%％‰])"
)
_NUMBERED_LINE = re.compile(rf"(?:^|\n)[\s#*]{{0,40}}\d{{1,3}}{_BLANK}{{1,2}}(?!{_UNIT}|\d)")
_SPREAD = re.compile(
    rf"(?<![^{_HAN}，、：；（“\n])(?P<lead>{_BLANK}{{0,2}})\d(?:{_BLANK}[\d.]){{1,8}}"
    rf"(?={_BLANK}{{0,2}}(?:{_UNIT}|{_MEASURE}))"
)
_BLANKS = re.compile(f"{_BLANK}+")
# One pattern a blank, each beginning with a sign that most texts lack.
_NEAR_FIGURE = tuple(
    (c, re.compile(rf"{c}(?:(?<=\d.)|(?<=[^\s\d].){_BLANK}?(?=\d))")) for c in _BLANK_CHARS
)

_LABEL = re.compile(
    r"[#*\-—•●◆■]|[一二三四五六七八九十]{1,3}(?:[、.．是要]|$)|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|第[一二三四五六七八九十]{1,3}[，、部章]|附件|特此"
    r"|\d{4}年\d{1,2}月\d{1,2}日\s*$"
)
_CLOSING = frozenset("。！？；：!?;:”’）】》…")
_PROSE = re.compile("[，、；。,;]")
_SHORTEST = 18
_FEWEST = 3
_MOST_LONGER = 0.2
_SAME_WIDTH = 0.7
_SLACK = 3
_HANGING = 4
_MARKS = frozenset("，、。；：！？”’）》】,.;:!?)")
_CUT_FIGURE = re.compile(
    rf"\n(?<=[\d.]\n)(?=\d{{1,9}}(?:\.\d{{1,4}})?(?:(?!年\d|月\d)[{_HAN}]|[%％])"
    r"|[件起个名人次处户万亿%％][件次元]?[，、。；（])"
)


@dataclass(frozen=True, slots=True)
class UnwrappedDocument:
    """A mended document and the way back; ``passes`` are the steps that led to it."""

    document: Document
    source: Document
    passes: tuple[Cuts, ...]

    def restore(self, span: Span) -> Span:
        """The span of the text as read that a span of the mended text stands for."""
        if span.start >= len(self.document.text):
            return Span(len(self.source.text), len(self.source.text))
        start = self._back(span.start)
        return Span(start, self._back(span.end - 1) + 1 if span.end > span.start else start)

    def _back(self, place: int) -> int:
        for cuts in reversed(self.passes):
            place = cuts.back(place)
        return place


def mend(document: Document) -> UnwrappedDocument | None:
    """The document unmasked, without hard line breaks and blanks round figures.

    ``None`` where there is nothing to mend.
    """
    first = reveal(document)
    passes = list(first.passes) if first else []
    mended = first.document if first else document
    for find in (_line_breaks, _blanks):
        cuts = take_out(mended.text, _inside(mended, find))
        if cuts is not None:
            passes.append(cuts)
            mended = _after(mended, cuts)
    return UnwrappedDocument(mended, document, tuple(passes)) if mended is not document else None


def reveal(document: Document) -> UnwrappedDocument | None:
    """The document with its layout, without what hides or poses; ``None`` where nothing does."""
    shown = unmask(document.text)
    if shown is None:
        return None
    if shown.cuts is None:
        return UnwrappedDocument(replace(document, text=shown.text, runs=()), document, ())
    return UnwrappedDocument(_after(document, shown.cuts), document, (shown.cuts,))


def _after(document: Document, cuts: Cuts) -> Document:
    return replace(document, text=cuts.text, blocks=_moved(document.blocks, cuts), runs=())


def _inside(document: Document, find: Callable[[str], Iterator[Span]]) -> Iterator[Span]:
    """What lies in the running text: tables and footers keep their layout."""
    bodies = document.body_spans() if document.blocks else ()
    starts = [b.start for b in bodies]
    for span in find(document.text):
        if document.blocks:
            index = bisect_right(starts, span.start) - 1
            if index < 0 or span.end > bodies[index].end:
                continue
        yield span


def _moved(blocks: Iterable[Block], cuts: Cuts) -> tuple[Block, ...]:
    return tuple(
        replace(b, span=Span(cuts.forth(b.span.start), cuts.forth(b.span.end))) for b in blocks
    )


# --- blanks round figures ------------------------------------------------------------------


def _blanks(text: str) -> Iterator[Span]:
    if not any(near.search(text) for sign, near in _NEAR_FIGURE if sign in text):
        return
    spans = {Span(*m.span()) for m in _SPACED.finditer(text)}
    for spread in _SPREAD.finditer(text):
        first = spread.end("lead")
        spans.update(Span(*m.span()) for m in _BLANKS.finditer(text, first, spread.end()))
    for number in _NUMBERED_LINE.finditer(text):
        spans.discard(_last_blank(number))
    yield from sorted(spans)


def _last_blank(number: re.Match[str]) -> Span:
    """The blank behind the number of a line: 1 总体情况."""
    length = len(number.group()) - len(number.group().rstrip())
    return Span(number.end() - length, number.end())


# --- hard line breaks ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def is_open(self) -> bool:
        """True where the line stops without a mark that ends a sentence or a part."""
        return self.text[-1] not in _CLOSING


def _line_breaks(text: str) -> Iterator[Span]:
    cut = _CUT_FIGURE.search(text) is not None
    lines = _lines(text)
    page = _page_of(lines)
    if page is None and not cut:
        return
    is_indented = page is not None and _has_indents(lines)
    for line, following in pairwise(lines):
        if text[line.end : following.start].count("\n") != 1:
            continue
        is_figure = cut and _CUT_FIGURE.match(text, following.start - 1) is not None
        if is_figure and _PROSE.search(line.text) and _PROSE.search(following.text):
            yield Span(line.end, following.start)
        elif page is None or not page.is_filled_by(line) or following.text[0].isspace():
            continue
        elif _LABEL.match(following.text) is None and (
            line.is_open or is_indented or following.text[0] in _MARKS
        ):
            yield Span(line.end, following.start)


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for raw in text.split("\n"):
        bare = raw.rstrip()
        if bare:
            lines.append(_Line(start, start + len(bare), bare))
        start += len(raw) + 1
    return lines


@dataclass(frozen=True, slots=True)
class _Page:
    """How wide the lines are that fill the page."""

    width: Callable[[_Line], int]
    least: int
    most: int

    def is_filled_by(self, line: _Line) -> bool:
        hanging = _HANGING if line.text[-1] in _MARKS else 0  # a mark may stand in the margin
        return self.least <= self.width(line) <= self.most + hanging


def _page_of(lines: list[_Line]) -> _Page | None:
    """Tells the lines that fill the page from others; ``None`` where no page is filled.

    A page is seen where the lines that stop in mid-sentence are equally long and hardly any line
    is longer.
    """
    stopped = [
        line
        for line in lines
        if len(line.text) >= _SHORTEST
        and line.is_open
        and _PROSE.search(line.text)
        and _LABEL.match(line.text.lstrip()) is None
    ]
    if len(stopped) < _FEWEST:
        return None
    fullest = max(
        (_fitting(stopped, _characters, 1), _fitting(stopped, _columns, _SLACK)),
        key=lambda fit: fit.lines,
    )
    longer = sum(fullest.page.width(line) > fullest.page.most for line in lines)
    is_page = fullest.lines >= max(_FEWEST, _SAME_WIDTH * len(stopped))
    return fullest.page if is_page and longer <= _MOST_LONGER * len(lines) else None


@dataclass(frozen=True, slots=True)
class _Fit:
    page: _Page
    lines: int


def _fitting(stopped: list[_Line], width: Callable[[_Line], int], slack: int) -> _Fit:
    """The page that most of the lines fill, under one way of measuring."""
    widths = Counter(width(line) for line in stopped)
    filled = {most: sum(widths[most - s] for s in range(slack + 1)) for most in widths}
    most = max(filled, key=lambda w: (filled[w], -w))
    return _Fit(_Page(width, most - slack, most), filled[most])


def _characters(line: _Line) -> int:
    return len(line.text)


def _columns(line: _Line) -> int:
    """The width on a page: a Latin letter takes half the room of a Chinese character."""
    return 2 * len(line.text) - sum(c < "\u0100" for c in line.text)


def _has_indents(lines: list[_Line]) -> bool:
    """True where paragraphs are indented, so that a line that is not goes on with one."""
    return sum(line.text[0].isspace() for line in lines) >= _FEWEST
