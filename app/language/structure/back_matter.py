"""The tail of a report: signature, date, and where an annex begins."""

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.document import Span

_CN = "一二三四五六七八九十"
_MASK = "XxＸ×*＊某_"
_DATE = (
    rf"(?:(?:20\d\d|20[{_MASK}]{{2}}|[{_MASK}]{{2,4}}|二[〇○零0０Oo][{_CN}〇○零]{{2}})[^\S\n]?年[^\S\n]?"
    rf"(?:[\d{_MASK}]{{1,2}}|[{_CN}]{{1,3}})[^\S\n]?月"
    rf"(?:[^\S\n]?(?:[\d{_MASK}]{{1,3}}|[{_CN}]{{1,3}})[^\S\n]?日)?"
    r"|20\d\d[-./]\d{1,2}[-./]\d{1,2})"
)
_DATE_LINE = re.compile(
    r"\n[^\S\n]{0,120}+(?P<unit>[^\n。，；：,;:\s]{2,40}?(?:[^\S\n]{0,60}+(?:[（(](?:盖章|公章|章|签章)[）)]))?)?"
    rf"[^\S\n]{{0,60}}+(?P<date>{_DATE})(?:[（(](?:盖章|公章|签章)[）)])?[^\S\n]{{0,60}}+(?=\n|\Z)"
)
_ANNEX = re.compile(
    r"\n[^\S\n]{0,40}+(?P<annex>附[^\S\n]{0,4}+[件表录图](?:[^\S\n]?[\d一二三四五六七八九]{1,2})?"
    r"(?P<stop>[^\S\n]{0,4}+[：:]?[^\S\n]{0,4}+(?=\n|\Z)|[^\S\n]?[：:]))"
)
_UNIT = re.compile(
    rf"[^\n。，；：！？,;:!?]{{0,36}}(?:局|委|委员会|办|办公室|中心|公司|集团|厂|镇|乡|街道|办事处|政府|党委"
    rf"|党组|院|校|学|馆|站|所|会|社|行|处|部|室|队|县|市|区|支部|工委|联合会|[{_MASK}]{{2,4}})"
)
_SEAL = re.compile(r"[（(]?\s*(?:盖章|公章|签章|章)\s*[）)]?")
_SEAL_TAIL = re.compile(r"[^\S\n]*[（(](?:盖章|公章|签章|章)[）)]$")
_BAD_UNIT = re.compile("截[至止]|自20|于$|在$|^[（(——]|年度$|至$|到$|日期|时间")
_PUNCTUATION = re.compile("[。；，：！？,;:!?]")
_NUMBERED = re.compile(
    r"[一二三四五六七八九十\d]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|#"
)
_ENDS_SENTENCE = "。！!？?；;”）)…"
_MAX_AFTER = 800
_MAX_SIGNATURE = 40


@dataclass(frozen=True, slots=True)
class Closing:
    """``start`` is where the running text ends, ``end`` where the closing lines end."""

    signature: Span | None
    signature_text: str
    date: Span | None
    date_text: str
    annex: Span | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    line_start: int


def _trimmed_end(text: str, position: int) -> int:
    """``position`` moved back over white space."""
    while position > 0:
        chunk = text[max(position - 4096, 0) : position]
        kept = len(chunk.rstrip())
        position -= len(chunk) - kept
        if kept:
            break
    return position


def _line_before(text: str, position: int, low: int) -> _Line | None:
    """The nearest line before ``position`` that is not blank, from ``low`` on."""
    end = _trimmed_end(text, position)
    if end <= low:
        return None
    line_start = max(text.rfind("\n", low, end) + 1, low)
    start = end - len(text[line_start:end].lstrip())
    return _Line(Span(start, end), line_start)


def _is_unit_line(text: str, line: _Line, low: int) -> bool:
    content = line.span.of(text)
    if len(content) > _MAX_SIGNATURE or _PUNCTUATION.search(content) or _NUMBERED.match(content):
        return False
    if _BAD_UNIT.search(content):
        return False
    if _UNIT.fullmatch(_SEAL_TAIL.sub("", content)):
        return True
    before = _line_before(text, line.line_start, low)
    return before is not None and text[before.span.end - 1] in _ENDS_SENTENCE


def _signature_before(text: str, position: int, low: int) -> Span | None:
    """The one or two lines with the unit's name above the date line."""
    found: Span | None = None
    for _ in range(3):
        line = _line_before(text, position, low)
        if line is None:
            break
        position = line.line_start
        if _SEAL.fullmatch(line.span.of(text)):
            continue
        if not _is_unit_line(text, line, low):
            break
        if found is not None and not _UNIT.fullmatch(line.span.of(text)):
            break
        found = line.span if found is None else line.span | found
    return found


def _signature_after(text: str, position: int) -> Span | None:
    """The unit's name where it stands below the date."""
    start = len(text) - len(text[position:].lstrip())
    end = text.find("\n", start)
    end = _trimmed_end(text, len(text) if end < 0 else end)
    if 2 < end - start <= _MAX_SIGNATURE and _UNIT.fullmatch(_SEAL_TAIL.sub("", text[start:end])):
        return Span(start, end)
    return None


def _is_in(blocks: Sequence[Span], position: int) -> bool:
    index = bisect_right(blocks, Span(position, sys.maxsize)) - 1
    return index >= 0 and position < blocks[index].end


def _pick_date(
    text: str, blocks: Sequence[Span], low: int, annex_at: int | None
) -> re.Match[str] | None:
    """The date line of the signature: the last one before the annex, or the first behind it."""
    start = max(text.rfind("\n", 0, low), 0)
    matches = [
        m
        for m in _DATE_LINE.finditer(text, start)
        if m.start("date") >= low
        and _is_in(blocks, m.start("date"))
        and not (m["unit"] and _BAD_UNIT.search(m["unit"].strip()))
    ]
    if not matches:
        return None
    if annex_at is None:
        last = matches[-1]
        return last if len(text) - last.end() <= _MAX_AFTER else None
    before = [m for m in matches if m.start() < annex_at]
    return before[-1] if before else matches[0]


def _without_date(text: str, blocks: Sequence[Span], low: int, end: int) -> Closing:
    """A text without a date line: its last line may still hold the unit's name."""
    signature = None
    line = _line_before(text, end, low)
    if line is not None and _is_in(blocks, line.span.start):
        content = _SEAL_TAIL.sub("", line.span.of(text))
        before = _line_before(text, line.line_start, low)
        if (
            2 < len(content) <= _MAX_SIGNATURE
            and not _NUMBERED.match(content)
            and _UNIT.fullmatch(content)
            and before is not None
            and text[before.span.end - 1] in _ENDS_SENTENCE
        ):
            signature = line.span
    start = _trimmed_end(text, line.line_start) if signature and line else _trimmed_end(text, end)
    signature_text = _SEAL_TAIL.sub("", signature.of(text)) if signature else ""
    stop = signature.end if signature else start
    return Closing(signature, signature_text, None, "", None, start, stop)


def read_closing(text: str, blocks: Sequence[Span], low: int) -> Closing:
    """Read signature and date behind ``low``, and the annex behind them."""
    annexes = [
        m
        for m in _ANNEX.finditer(text, max(text.rfind("\n", 0, low), 0))
        if m.start("annex") >= low and _is_in(blocks, m.start("annex"))
    ]
    date_line = _pick_date(text, blocks, low, annexes[0].start("annex") if annexes else None)
    if date_line is None:
        end = annexes[0].start("annex") if annexes else len(text)
        closing = _without_date(text, blocks, low, end)
        if not annexes:
            return closing
        return replace(closing, annex=Span(end, len(text)))
    date = Span(*date_line.span("date"))
    unit = date_line["unit"]
    signature: Span | None
    if unit:
        signature = Span(*date_line.span("unit"))
    else:
        signature = _signature_before(text, date_line.start(), low)
        signature = signature or _signature_after(text, date_line.end())
    first = min(date.start, signature.start) if signature else date.start
    last = max(date.end, signature.end) if signature else date.end
    notes = [m.start("annex") for m in annexes if first - 400 < m.start("annex") < first]
    later = [m.start("annex") for m in annexes if m.start("annex") >= last]
    annex = Span(later[0], len(text)) if later else None
    start = _trimmed_end(text, text.rfind("\n", 0, min([first, *notes])) + 1)
    return Closing(
        signature,
        "".join(_SEAL_TAIL.sub("", signature.of(text)).split()) if signature else "",
        date,
        "".join(date.of(text).split()),
        annex,
        max(start, low),
        last,
    )
