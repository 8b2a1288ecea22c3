"""The skeleton of a report: title, addressee, headings, signature, date, annex.

Headings are found in one pass over the line starts; the title and the signature are looked for
only at the two ends of the text. Every repeat is bounded or possessive, so hostile input costs
no more than ordinary text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from app.core.document import Document, Span
from app.language.normalize import normalize
from app.language.structure.back_matter import Closing, read_closing
from app.language.structure.front_matter import Opening, read_opening

_DIGITS = "一二三四五六七八九"
CHINESE_NUMBERS = {
    **{char: value for value, char in enumerate(_DIGITS, 1)},
    "十": 10,
    **{f"十{char}": value + 10 for value, char in enumerate(_DIGITS, 1)},
    **{f"{tens}十": value * 10 for value, tens in enumerate(_DIGITS, 1)},
    **{
        f"{tens}十{ones}": value * 10 + one
        for value, tens in enumerate(_DIGITS, 1)
        for one, ones in enumerate(_DIGITS, 1)
    },
}

_NUM = "[一二三四五六七八九十]{1,3}"
_LABEL = re.compile(
    r"\n[^\S\n]{0,40}+(?P<mark>\#{1,6}[^\S\n]{1,4}+)?(?:\*\*)?+(?P<label>"
    rf"第{_NUM}(?P<part>部分|章|篇)[、：:]?"
    rf"|{_NUM}[^\S\n]{{0,2}}+(?P<first>[、.．])"
    r"(?![一二三四五六七八九十]{1,2}(?:类|线|级|等|季|产|者|层|期|档|审))"
    rf"|[（(][^\S\n]?(?P<second>{_NUM})[^\S\n]?[）)][、.．]?"
    r"|(?P<third>\d{1,2})[^\S\n]{0,2}+[.．、](?![\d\n])"
    r"|[（(][^\S\n]?(?P<fourth>\d{1,2})[^\S\n]?[）)][、.．]?"
    r")"
    r"|\n\#{1,6}[^\S\n]{1,4}+(?P<plain>(?=\S))"
    r"|\n[^\S\n]{0,40}+(?P<known>(?=[^\n，。；]{2,24}+(?:\n|\Z))"
    r"(?:(?:20\d\d年)?(?:工作中|目前|当前)?(?:存在|主要|面临)(?:的|主要)*(?:问题|不足|困难|短板)"
    r"|(?:20\d\d年|明年|下一?步|今后|下一?阶段)的?(?:重点|主要)?(?:工作)?(?:打算|计划|思路|安排|举措|措施|设想|重点)"
    r"|主要(?:做法|工作|成效|举措|工作(?:及|和)成效)|基本情况|工作(?:开展|进展|完成)情况))"
)
_TITLE = re.compile(
    r"[^\S\n]*+(?P<title>[^\n。：:；;！？!?]{1,80})(?P<stop>[。：:；;！？!?]|\n|\Z)?"
)
_COMMA = re.compile("[，,]")
_RUN_ON_TITLE = 60
_PLAIN_STYLE = "#"


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading.

    ``level`` counts from 1 among the styles this text uses; ``style`` is ``部``, ``一``,
    ``（一）``, ``1`` or ``（1）``, and ``#`` for a heading without a number. ``span`` covers label
    and title but not the text that runs on in the same line; ``body`` reaches to the next heading
    of the same or a higher level.
    """

    level: int
    style: str
    label: str
    number: int
    title: str
    span: Span
    body: Span


@dataclass(frozen=True, slots=True)
class Outline:
    """Title, headings and closing lines; each is ``None`` or empty where the text has none."""

    title: Span | None
    title_text: str
    addressee: Span | None
    headings: tuple[Heading, ...]
    signature: Span | None
    signature_text: str
    date: Span | None
    date_text: str
    body: Span
    annex: Span | None


@dataclass(frozen=True, slots=True)
class _Raw:
    style: str
    label: str
    number: int
    title: str
    span: Span
    end: int
    depth: int


_STYLES = ("部", "一", "（一）", "1", "（1）")


def _style(match: re.Match[str]) -> tuple[str, int]:
    group = match.lastgroup or ""
    label = match["label"] or ""
    if match["part"]:
        numeral = label[1 : label.index(match["part"])]
        return "部", CHINESE_NUMBERS.get(numeral, 0)
    if match["first"]:
        return "一", CHINESE_NUMBERS.get(label[:-1].strip(), 0)
    if match["second"]:
        return "（一）", CHINESE_NUMBERS.get(match["second"], 0)
    if match["third"]:
        return "1", int(match["third"])
    if match["fourth"]:
        return "（1）", int(match["fourth"])
    return _PLAIN_STYLE if group else "", 0


def _read_title(text: str, start: int) -> tuple[str, int, int]:
    """The title behind a label, its end, and where the text behind it begins."""
    match = _TITLE.match(text, start)
    if match is None:
        return "", start, start
    title = match["title"].rstrip().rstrip("*").rstrip()
    stop = match["stop"]
    if stop is None or (stop != "\n" and len(title) > _RUN_ON_TITLE):
        comma = _COMMA.search(title)
        title = title[: comma.start()] if comma else title[:_RUN_ON_TITLE]
    begin = match.start("title")
    end = begin + len(title)
    is_stopped = bool(stop) and stop not in "\n" and match.end("title") - end < 4
    return title, end, match.end() if is_stopped else end


def _read_raw(text: str, document: Document) -> list[_Raw]:
    blocks = document.body_spans()
    starts = [b.start for b in blocks]
    found: list[_Raw] = []
    padded = f"\n{text}"
    for match in _LABEL.finditer(padded):
        label = match["label"] or ""
        begin = match.start(match.lastgroup or 0) - 1 if not label else match.start("label") - 1
        if document.blocks:
            index = bisect_right(starts, begin) - 1
            if index < 0 or begin >= blocks[index].end:
                continue
        style, number = _style(match)
        title, end, after = _read_title(text, begin + len(label))
        if not label and not title:
            continue
        depth = _STYLES.index(style) if style in _STYLES else 0
        found.append(_Raw(style, label.strip(), number, title, Span(begin, end), after, depth))
    return found


def _with_levels(raw: list[_Raw], end: int, text: str) -> tuple[Heading, ...]:
    """Give each heading its level and body."""
    present = sorted({r.depth for r in raw if r.style != _PLAIN_STYLE})
    levels = {depth: rank for rank, depth in enumerate(present, 1)}
    closing = [end] * 8
    headings: list[Heading] = []
    for item in reversed(raw):
        level = 1 if item.style == _PLAIN_STYLE else min(levels[item.depth], 4)
        stop = max(item.end, min(closing[level], end))
        start = min(item.end, stop)
        while start < stop and text[start].isspace():
            start += 1
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        headings.append(
            Heading(
                level, item.style, item.label, item.number, item.title, item.span, Span(start, stop)
            )
        )
        for deeper in range(level, 8):
            closing[deeper] = item.span.start
    return tuple(reversed(headings))


def _without_markdown_title(raw: list[_Raw], opening: Opening) -> list[_Raw]:
    if opening.title is None:
        return raw
    return [r for r in raw if r.span.start >= opening.title.end]


def read_outline(document: Document) -> Outline:
    """Read title, addressee, headings, signature, date and annex of a document.

    Full-width digits and half-width punctuation are read as if they were the usual ones; texts
    of the outline show them so, spans are the document's.
    """
    text = normalize(document.text)
    raw = _read_raw(text, document)
    blocks = document.body_spans() or (Span(0, 0),)
    numbered = [r.span.start for r in raw if r.style != _PLAIN_STYLE]
    opening = read_opening(text, blocks, numbered[0] if numbered else len(text))
    raw = _without_markdown_title(raw, opening)
    low = raw[0].end if raw else opening.end
    closing: Closing = read_closing(text, blocks, low)
    raw = [r for r in raw if r.span.start < closing.start or r.span.start >= closing.end]
    body = Span(min(opening.end, closing.start), closing.start)
    inside = [r for r in raw if r.span.start < closing.start]
    annexed = [r for r in raw if r.span.start >= closing.start]
    return Outline(
        title=opening.title,
        title_text=opening.title_text,
        addressee=opening.addressee,
        headings=(
            *_with_levels(inside, closing.start, text),
            *_with_levels(annexed, len(text), text),
        ),
        signature=closing.signature,
        signature_text=closing.signature_text,
        date=closing.date,
        date_text=closing.date_text,
        body=body,
        annex=closing.annex,
    )
