"""From printed lines back to paragraphs: pure geometry and punctuation, no PDF library."""

import re
import statistics
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from app.formats.pdf.lines import is_page_number
from app.language.disguise import plain_form

_FINAL = ("。", "！", "？", "；", "：", "!", "?", ";", ":")
_HEADING = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]{1,3}[章节部])"
)
_CLOSERS = "，。、；：？！”’）》】〕〉…%％,.;:?!)"
_WORD = re.compile(r"[A-Za-z0-9.,%:/+-]+")
_TIDY = re.compile("[\u2e80-\u2eff\u2f00-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_HAN = "[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\u3000-\u303f“”‘’—…·]"
_AUTO_SPACE = re.compile(f"(?<={_HAN}) (?=[0-9A-Za-z.%+-])|(?<=[0-9A-Za-z.%]) (?={_HAN})")
_HAN_SPACE = re.compile(f"(?<={_HAN}) (?={_HAN})")
_SPACED_OUT = re.compile(f"{_HAN}(?: +{_HAN})+")
_PROSE = re.compile("[，。；：、]")
_MARGIN_LINES = 2
_INDENT_MIN, _INDENT_MAX = 1.4, 2.7
_RUNNING_DRIFT = 3.0
_SPACES = re.compile(" +")
_BACK, _OVER, _NEAR = 0.5, 1.5, 1.5  # of the type size


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line on a page: where it begins, where it ends (estimated), its type size, in points."""

    text: str
    page: int
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class PageText:
    """Paragraphs of the pages, and the running headers and footers taken out of them."""

    paragraphs: tuple[str, ...]
    headers: tuple[str, ...]
    footers: tuple[str, ...]


def tidy(text: str) -> str:
    """The text as a person would type it: no radicals for characters, no spacing made by layout."""
    text = _CONTROLS.sub("", text.replace("\t", " ").replace("\xa0", " "))
    text = _TIDY.sub(lambda m: unicodedata.normalize("NFKC", plain_form(m[0])), text)
    text = _AUTO_SPACE.sub("", text.rstrip(" "))
    if _PROSE.search(text):
        text = _HAN_SPACE.sub("", text)
    elif _SPACED_OUT.fullmatch(text.strip()):
        text = text.replace(" ", "")
    return text


def text_width(text: str) -> float:
    """Width in units of the type size: 1 for a Chinese character, about half for others."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def in_order(pieces: list[PrintedLine]) -> list[PrintedLine]:
    """The pieces of one line from left to right, in whatever order they were drawn.

    Marks and words of another font are often drawn apart from those round them, which leave a gap
    for each: they are put back into their gaps.
    """
    inked = [p for p in pieces if p.text.strip()]
    guests, hosts = _drawn_apart(inked)
    if not guests or not _on_one_base(inked):
        return pieces
    words = [
        (word, guest.left if at == 0 else None)
        for guest in sorted(guests, key=lambda p: p.left)
        for at, word in enumerate(guest.text.split())
    ]
    gaps = [gap for index, host in enumerate(hosts) for gap in _gaps_of(index, host)]
    chosen = _gaps_for([left for _, left in words], gaps, _NEAR * max(p.size for p in inked))
    if chosen is None:
        return sorted(inked, key=lambda p: p.left)
    parts: list[list[str]] = [[] for _ in hosts]
    done = [0] * len(hosts)
    for gap, (word, _) in zip(chosen, words, strict=True):
        parts[gap.host] += (hosts[gap.host].text[done[gap.host] : gap.start], word)
        done[gap.host] = gap.end
    return [
        replace(host, text="".join(part) + host.text[end:])
        for host, part, end in zip(hosts, parts, done, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Gap:
    """Blanks in the text of a piece, and about where on the page they begin."""

    host: int
    start: int
    end: int
    left: float


def _gaps_of(index: int, host: PrintedLine) -> Iterator[_Gap]:
    place, done = host.left, 0
    for match in _SPACES.finditer(host.text):
        place += text_width(host.text[done : match.start()]) * host.size
        done = match.start()
        yield _Gap(index, *match.span(), place)


def _drawn_apart(inked: list[PrintedLine]) -> tuple[list[PrintedLine], list[PrintedLine]]:
    """The pieces out of the line's order, marks and short words before others; and the others."""
    guests: list[PrintedLine] = []
    hosts: list[PrintedLine] = []
    weights = [0]  # of all hosts so far
    for piece in inked:
        first = bisect_right(hosts, piece.left + _BACK * piece.size, key=lambda p: p.left)
        weight = sum(c.isalnum() for c in piece.text)
        if first < len(hosts) and weights[-1] - weights[first] <= weight:
            guests += hosts[first:]
            del hosts[first:], weights[first + 1 :]
        lies_over = bool(hosts) and piece.left < hosts[-1].right - _OVER * piece.size
        if first < len(hosts) or lies_over:
            guests.append(piece)
        else:
            hosts.append(piece)
            weights.append(weights[-1] + weight)
    return guests, hosts


def _on_one_base(pieces: list[PrintedLine]) -> bool:
    bases = [p.base for p in pieces]
    return max(bases) - min(bases) <= _BACK * max(p.size for p in pieces)


def _gaps_for(lefts: list[float | None], gaps: list[_Gap], near: float) -> list[_Gap] | None:
    """For each word, in order, the gap at its place; a word whose place is unknown takes the next.

    ``None`` where a gap is missing.
    """
    chosen: list[_Gap] = []
    at = -1
    for rank, left in enumerate(lefts):
        at += 1
        last = len(gaps) - (len(lefts) - rank)
        if at > last:
            return None
        if left is not None:
            while at < last and abs(gaps[at + 1].left - left) <= abs(gaps[at].left - left):
                at += 1
            if abs(gaps[at].left - left) > near:
                return None
        chosen.append(gaps[at])
    return chosen


def compose(pages: list[list[PrintedLine]]) -> PageText:
    """Drop the page furniture and join the printed lines into paragraphs."""
    pages = [_without_numbers(page) for page in pages]
    headers = _running(pages, from_top=True)
    pages = [_without(page, headers, from_top=True) for page in pages]
    footers = _running(pages, from_top=False)
    pages = [_without(page, footers, from_top=False) for page in pages]
    lines = [line for page in pages for line in page]
    return PageText(tuple(join_lines(lines)), tuple(headers), tuple(footers))


def join_lines(lines: list[PrintedLine]) -> list[str]:
    """Paragraphs: a line goes on in the next one where only the paper's edge broke it."""
    if not lines:
        return []
    setting = _setting(lines)
    paragraphs = [lines[0].text]
    for above, below in pairwise(lines):
        if _goes_on(above, below, setting):
            paragraphs[-1] = _joined(paragraphs[-1], below.text)
        else:
            paragraphs.append(below.text)
    return paragraphs


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the text is set: its edges, and whether paragraphs and headings begin set in."""

    edge: float
    margin: float
    has_indents: bool
    indent: float
    has_indented_headings: bool


def _setting(lines: list[PrintedLine]) -> _Setting:
    size = statistics.median(line.size for line in lines)
    margin = _left_margin(lines, size)
    indented = [x for x in lines if _INDENT_MIN * size <= x.left - margin <= _INDENT_MAX * size]
    headings = [x for x in lines if _HEADING.match(x.text)]
    set_in = sum(x.left - margin > size for x in headings)
    return _Setting(
        edge=_right_edge(lines),
        margin=margin,
        has_indents=bool(indented),
        indent=statistics.median_low([x.left - margin for x in indented] or [0.0]),
        has_indented_headings=set_in * 2 > len(headings),
    )


def _goes_on(above: PrintedLine, below: PrintedLine, setting: _Setting) -> bool:
    if abs(below.size - above.size) > 0.15 * above.size:
        return False
    if not _is_full(above, below, setting):
        return False
    is_final = above.text.rstrip().endswith(_FINAL)
    offset = below.left - setting.margin
    if offset > above.size:  # a new paragraph, or a block set in further going on
        is_block = offset > _INDENT_MAX * above.size and abs(below.left - above.left) < above.size
        return is_block and not is_final and not _is_centred(above, setting)
    if is_final and _HEADING.match(below.text):
        return setting.has_indented_headings
    return setting.has_indents or not is_final


def _is_full(above: PrintedLine, below: PrintedLine, setting: _Setting) -> bool:
    """True where the first word of the next line would not have fitted at the end of this one."""
    word = _WORD.match(below.text)
    unit = word[0] if word else below.text[:1]
    rest = below.text[len(unit) :]
    unit += rest[: len(rest) - len(rest.lstrip(_CLOSERS))]
    # Widths are estimates: letters and digits differ from font to font. Where paragraphs begin
    # set in, a line at the margin goes on anyway, and only a clearly short line above ends.
    is_sure = setting.has_indents and not _is_centred(above, setting)
    slack = (2.0 if is_sure else 0.4) + 0.06 * sum(c.isascii() for c in above.text)
    needed = max(text_width(unit), 1.2)
    return above.right + (needed + slack) * above.size > setting.edge


def _is_centred(line: PrintedLine, setting: _Setting) -> bool:
    left = line.left - setting.margin
    is_paragraph = abs(left - setting.indent) < 0.2 * line.size
    is_even = abs(left - (setting.edge - line.right)) < line.size
    return left > 0.7 * line.size and is_even and not is_paragraph


def _right_edge(lines: list[PrintedLine]) -> float:
    """Where full lines end; punctuation may hang beyond it, so lines that end so count last."""
    rights = sorted(x.right for x in lines if not x.text.endswith(tuple(_CLOSERS)))
    rights = rights or sorted(x.right for x in lines)
    return rights[-1] if len(rights) < 20 else rights[int(len(rights) * 0.97)]


def _left_margin(lines: list[PrintedLine], size: float) -> float:
    """The leftmost place at which more than a stray line begins."""
    counts = Counter(round(line.left / max(size, 1.0) * 2) for line in lines)
    enough = max(1, len(lines) // 50)
    place = min(p for p, n in counts.items() if n >= enough)
    return min(x.left for x in lines if round(x.left / max(size, 1.0) * 2) == place)


def _joined(above: str, below: str) -> str:
    gap = " " if above[-1:].isascii() and below[:1].isascii() and (
        (above[-1:].isalpha() and below[:1].isalpha()) or above[-1:] in ",;:"
    ) else ""  # fmt: skip
    return above.rstrip() + gap + below.lstrip()


def _without_numbers(page: list[PrintedLine]) -> list[PrintedLine]:
    edges = [*_edge(page, from_top=True), *_edge(page, from_top=False)]
    numbers = [x for x in edges if is_page_number(x.text) and not _is_year(x.text)]
    return _less(page, numbers)


def _is_year(text: str) -> bool:
    return text.strip().isdigit() and int(text) > 1900


def _edge(page: list[PrintedLine], *, from_top: bool) -> list[PrintedLine]:
    """The outermost lines of a page, by height and not by the order in which they were drawn."""
    ordered = sorted(page, key=lambda x: -x.base)
    return ordered[:_MARGIN_LINES] if from_top else ordered[-_MARGIN_LINES:]


def _less(page: list[PrintedLine], gone: list[PrintedLine]) -> list[PrintedLine]:
    ids = {id(line) for line in gone}
    return [line for line in page if id(line) not in ids]


def _running(pages: list[list[PrintedLine]], *, from_top: bool) -> list[str]:
    """Texts that stand at the same height at the edge of at least two and most of the pages."""
    places: dict[str, list[PrintedLine]] = {}
    for page in pages:
        for line in _edge(page, from_top=from_top):
            places.setdefault(_key(line.text), []).append(line)
    found = []
    for lines in places.values():
        needed = max(2, len(pages) // 2)
        if len({x.page for x in lines}) >= needed and _same_height(lines):
            found.append(lines[0].text)
    return found


def _same_height(lines: list[PrintedLine]) -> bool:
    bases = [line.base for line in lines]
    return max(bases) - min(bases) <= _RUNNING_DRIFT


def _without(page: list[PrintedLine], texts: list[str], *, from_top: bool) -> list[PrintedLine]:
    keys = {_key(t) for t in texts}
    return _less(page, [x for x in _edge(page, from_top=from_top) if _key(x.text) in keys])


def _key(text: str) -> str:
    return re.sub(r"\s+", "", text)


def tidy_line(line: PrintedLine) -> PrintedLine:
    """The line with its text tidied and an ideographic indent turned into a left edge."""
    text = tidy(line.text)
    bare = text.lstrip(" \u3000")
    indent = text_width(text[: len(text) - len(bare)]) * line.size
    return replace(line, text=bare.rstrip(" \u3000"), left=line.left + indent)
