"""Read every number of a Chinese text and tell what it is.

One pass: a character-class search finds each candidate, small anchored patterns then tell what
stands there. No pattern has nested unbounded repeats, so time is linear in the text's length.
Forms follow GB/T 15835—2011 (出版物上数字用法).
"""

import re
from bisect import bisect_right
from decimal import Decimal

from app.core.document import Span
from app.core.quantity import Qualifier, Quantity, QuantityKind
from app.language.numbers.chinese import read_chinese
from app.language.numbers.measures import UNITS, match_unit, unit_pattern
from app.language.numbers.numerals import magnitude, parse_arabic, printed_scale
from app.language.numbers.qualifiers import LAST_OF_PREFIXES
from app.language.numbers.reading import Reading, named
from app.language.relations.indicators import Clauses

_D = "0-9０-９"
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_START = re.compile(rf"[{_D}〇零一二两三四五六七八九十百千万亿几数翻]")
_NUMBER = re.compile(
    rf"(?:[{_D}]{{1,3}}(?:[,，][{_D}]{{3}}){{1,4}}(?![{_D}])|[{_D}]{{1,30}})(?:[.．][{_D}]{{1,12}})?"
)
_TAIL = re.compile(r"[ \u3000]{0,2}([余多几]?)([十百千万亿]{0,3})([余多]?)[ \u3000]{0,2}")
_DATE = re.compile(
    rf"(?:[12１２][{_D}]{{3}})(?:"
    rf"[-./][{_D}]{{1,2}}[-./][{_D}]{{1,2}}(?![{_D}])"
    rf"|[ ]?年(?:[ ]?[{_D}]{{1,2}}[ ]?月(?:[ ]?[{_D}]{{1,2}}[ ]?日)?份?)?度?"
    rf"|[—－～~\-至到](?:[12][{_D}])?[{_D}]{{2}}(?:学?年度?))"
    rf"|[{_D}]{{1,2}}[ ]?月(?:[ ]?[{_D}]{{1,2}}[ ]?[日号]|份|底|初|末|中旬|上旬|下旬)?"
    rf"|[{_D}]{{1,2}}[—－～~\-至到][{_D}]{{1,2}}月份?"
    rf"|[{_D}]{{1,2}}日(?!常|均|益|语)"
    rf"|[{_D}]{{1,2}}[:：][{_D}]{{2}}(?![{_D}])"
)
_DOCUMENT = re.compile(
    rf"[〔\[［【(（](?:19|20)[{_D}]{{2}}[〕\]］】)）][ ]?(?:第[ ]?)?[{_D}]{{0,5}}[ ]?号?"
)
_CHAIN = re.compile(rf"[{_D}]{{1,4}}(?:[+＋×xX*·•/][{_D}A-Za-z]{{1,4}}){{1,8}}")
_WORD = re.compile(rf"[{_D}A-Za-z.\-_/]{{1,40}}")
_PHONE = re.compile(r"1[3-9]\d{9}(?!\d)|\d{17}[\dXx]|0\d{2,3}-\d{7,8}(?!\d)|\d{12,30}")
_RANGE_GAP = re.compile(rf"[—－～~\-]{{1,2}}(?=[{_D}])|[至到](?=[{_D}])")
_LATIN_UNIT = re.compile(r"(?:km|kg|mm|cm|kW|MW|GB|TB|MB|m²|㎡|m|t|h)(?![A-Za-z])")
_LIST_MARK = re.compile(r"[.．、](?![0-9０-９])|[)）\]］](?=[^，。；、\s])")
_CODE_TAIL = re.compile(r"[号级届]|期工程")
_HOTLINES = frozenset(
    """
    110 114 119 120 122 12110 12301 12305 12309 12310 12313 12314 12315 12316 12317 12318 12319
    12320 12321 12322 12323 12325 12328 12329 12333 12336 12337 12338 12339 12340 12345 12348
    12350 12351 12355 12356 12358 12361 12363 12365 12366 12367 12368 12369 12371 12377 12378
    12380 12381 12385 12386 12388 12389 12393 12395 96110 10086 10000 10010
    """.split()
)
_RUN = re.compile(rf"[{_D}]{{1,30}}")
_SHORTEST_PHONE = 11
_GOES_ON = frozenset(" 年月日号-./—－～~至到:：+＋×xX*·•")
_OPENERS = frozenset("“‘「『")
_CLOSERS = frozenset("”’」』")
# Most numbers are a plain one with its measure word and nothing that bends its meaning on either
# side. They are read in one step; everything else goes the long way, to the same result.
_PLAIN = re.compile(
    rf"([0-9]{{1,9}}(?:\.[0-9]{{1,4}})?)((?>{unit_pattern('年月日周余多几十百千万亿号级届期')}))"
    r"(?![余多以左上下—－～~\-至到])"
)
_NOT_BEFORE_PLAIN = frozenset(".-_－−/〔[［【(（第 " + "".join(_OPENERS)) | LAST_OF_PREFIXES
# A thousand pages of figures; a text with more is no report.
MOST_QUANTITIES = 60_000
_ONE = Decimal(1)
_PERCENT_UNITS = frozenset("%％")
_JOINTS = frozenset("、和与及")
_RESPECTIVELY_REACH = 12
_TITLE = re.compile(r"《[^《》\n]{1,80}》")


def read_quantities(
    text: str, clauses: Clauses | None = None, *, with_indicators: bool = True
) -> tuple[Quantity, ...]:
    """Every number of ``text`` in order, told apart as what it is.

    Spans do not overlap; reading stops after ``MOST_QUANTITIES``. Only items whose
    ``kind.is_amount`` may be reckoned with. ``clauses`` are the text's, where the caller has them;
    a caller that reads the words round a number itself can do without indicators.
    """
    found: list[Reading] = []
    position = 0
    while len(found) < MOST_QUANTITIES and (match := _START.search(text, position)) is not None:
        start = match.start()
        reading: Reading | None
        if text[start] in _DIGITS:
            reading = _read_arabic(text, start)
            position = start + 1
        else:
            reading, position = read_chinese(text, start)
        if reading is not None:
            if found and reading.start < found[-1].end:
                reading.start = found[-1].end  # 近 or 上 that belongs to the number before
            position = reading.end
            found.append(reading)
    _share_units(text, found)
    clauses = clauses or Clauses(text)
    _complete(text, found, clauses)
    if with_indicators:
        _name(found, clauses)
    return tuple(reading.quantity() for reading in found)


def _read_named(text: str, start: int) -> Reading | None:
    """Dates, document numbers, telephone numbers, codes such as 1+3+N or PM2.5."""
    before = text[start - 1] if start else "\n"
    if (before.isascii() and before.isalpha()) or (
        before in ".-_" and start > 1 and text[start - 2].isascii() and text[start - 2].isalnum()
    ):
        word = _WORD.match(text, start)
        return named(start, word.end() if word else start + 1, QuantityKind.CODE)
    if before in "〔[［【(（":
        document = _DOCUMENT.match(text, start - 1)
        if document and (before in "〔[［" or document.group().endswith("号")):
            return named(start - 1, document.end(), QuantityKind.DOCUMENT)
    digits = _RUN.match(text, start)
    after = digits.end() if digits else start
    if (after - start >= _SHORTEST_PHONE or text.startswith("0", start)) and (
        match := _PHONE.match(text, start)
    ):
        return named(start, match.end(), QuantityKind.CODE)
    # Most numbers are followed by a measure word; only these signs can go on in a date or chain.
    if text[after : after + 1] in _GOES_ON:
        if match := _DATE.match(text, start):
            return _read_date(text, start, match.end())
        if match := _CHAIN.match(text, start):
            return named(start, match.end(), QuantityKind.CODE)
    return None


def _read_date(text: str, start: int, end: int) -> Reading:
    year = text[start : start + 4]
    value = Decimal(int(year)) if year.isdecimal() and len(year) == 4 else Decimal(0)
    return named(start, end, QuantityKind.DATE, value)


def _is_list_mark(text: str, start: int, end: int) -> bool:
    """True for ``1.``, ``（1）``, ``[1]``, ``2、`` where a list or note mark can stand."""
    before = text[start - 1] if start else "\n"
    if end - start > 2 or end >= len(text):
        return False
    if before in "（([［" and text[end] in "）)]］":
        return True
    return before in "\n。；：;: \t\u3000" and _LIST_MARK.match(text, end) is not None


def _read_plain(text: str, start: int) -> Reading | None:
    """``42件``, ``97.5%``: a number and its measure word with nothing else to tell."""
    before = text[start - 1] if start else "\n"
    if before in _NOT_BEFORE_PLAIN or (before.isascii() and before.isalpha()):
        return None
    match = _PLAIN.match(text, start)
    if match is None:
        return None
    digits, unit = match.groups()
    return Reading(
        start,
        match.end(),
        start,
        match.end(1),
        UNITS[unit],
        Decimal(digits),
        "%" if unit in _PERCENT_UNITS else unit,
        precision=_precision(digits),
    )


def _read_arabic(text: str, start: int) -> Reading | None:
    plain = _read_plain(text, start)
    if plain is not None:
        return plain
    found = _read_named(text, start)
    if found is not None:
        return found
    digits = _NUMBER.match(text, start)
    return _read_number(text, start, digits.group()) if digits else None


def _read_number(text: str, start: int, digits: str) -> Reading:
    end = start + len(digits)
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    if (
        before == "第"
        or text[max(0, start - 2) : start] == "第 "
        or _is_list_mark(text, start, end)
    ):
        return named(start, end, QuantityKind.ORDINAL)
    if after.isascii() and after.isalpha() and not _LATIN_UNIT.match(text, end):
        word = _WORD.match(text, start)
        return named(start, word.end() if word else end, QuantityKind.CODE)
    if before in _OPENERS and after in _CLOSERS:
        return named(start, end, QuantityKind.CODE)
    if _CODE_TAIL.match(text, end):
        return named(start, end, QuantityKind.ORDINAL)
    return _read_amount(text, start, digits)


def _read_amount(text: str, start: int, digits: str) -> Reading:
    number_start, is_negative = _sign(text, start)
    end = start + len(digits)
    tail = _TAIL.match(text, end)
    over, scale, over_after = tail.groups() if tail else ("", "", "")
    number_end = end + len(tail.group().rstrip(" \u3000")) if tail and scale else end
    unit_at = tail.end() if tail else end
    if over and not scale and not (match_unit(text, unit_at)):
        over, unit_at, number_end = "", end, end
    value = parse_arabic(digits) * magnitude(scale)
    high: Decimal | None = None
    second_scale = ""
    gap = _RANGE_GAP.match(text, unit_at)
    if gap and (second := _NUMBER.match(text, gap.end())):
        second_tail = _TAIL.match(text, second.end())
        second_scale = second_tail.group(2) if second_tail else ""
        high = parse_arabic(second.group()) * magnitude(second_scale)
        if not scale:
            value *= magnitude(second_scale)
        unit_at = second_tail.end() if second_tail else second.end()
        number_end = second.end() + len(second_scale)
        if not match_unit(text, unit_at):
            return named(start, number_end, QuantityKind.CODE)
    unit = match_unit(text, unit_at) or _latin_unit(text, unit_at)
    if not unit:
        return _unitless(text, Span(start, number_end), digits, scale)
    reading = Reading(
        number_start,
        unit_at + len(unit),
        number_start,
        number_end,
        UNITS.get(unit, QuantityKind.COUNT),
        -value if is_negative else value,
        "%" if unit in _PERCENT_UNITS else unit,
        Qualifier.OVER if over or over_after else Qualifier.EXACT,
        _precision(digits) * magnitude(scale),
        high,
        scale=printed_scale(scale or second_scale),
    )
    if reading.kind is QuantityKind.PERCENT:
        _take_in_range(text, reading)
    reading.take_in_qualifiers(text)
    return reading


def _take_in_range(text: str, reading: Reading) -> None:
    """63%～68%: the second half carries its own sign."""
    gap = _RANGE_GAP.match(text, reading.end)
    if reading.high is not None or not gap or gap.group() in "至到":
        return
    second = _NUMBER.match(text, gap.end())
    if second and text[second.end() : second.end() + 1] in _PERCENT_UNITS:
        reading.high = parse_arabic(second.group())
        reading.end = second.end() + 1


def _unitless(text: str, span: Span, digits: str, scale: str) -> Reading:
    if not scale:
        if digits in _HOTLINES:
            return named(span.start, span.end, QuantityKind.CODE)
        if len(digits) == 4 and digits.isdecimal() and 1949 <= int(digits) <= 2099:
            return _read_date(text, span.start, span.end)
    reading = named(span.start, span.end, QuantityKind.COUNT, parse_arabic(digits))
    reading.value *= magnitude(scale)
    reading.precision = _precision(digits) * magnitude(scale)
    reading.scale = printed_scale(scale)
    reading.take_in_qualifiers(text)
    return reading


def _latin_unit(text: str, start: int) -> str:
    match = _LATIN_UNIT.match(text, start)
    return match.group() if match else ""


def _sign(text: str, start: int) -> tuple[int, bool]:
    """Where the number begins, its minus sign taken in; a hyphen between digits is no sign."""
    if not start or text[start - 1] not in "-－−":
        return start, False
    before = text[start - 2] if start > 1 else "\n"
    if before in _DIGITS or (before.isascii() and before.isalpha()):
        return start, False
    return start - 1, True


def _precision(digits: str) -> Decimal:
    if digits.isdecimal():
        return _ONE
    _, point, decimals = digits.replace("．", ".").partition(".")
    return Decimal(1).scaleb(-len(decimals)) if point else Decimal(1)


def _share_units(text: str, found: list[Reading]) -> None:
    """分别下降4.1、3.6和7.2个百分点: the unit behind the last value is that of all."""
    if "分别" not in text:
        return
    run: list[Reading] = []
    for reading in found:
        if run and text[run[-1].end : reading.start] not in _JOINTS:
            run = []
        if reading.kind is not QuantityKind.COUNT and not reading.unit:
            run = []
            continue
        run.append(reading)
        if not reading.unit or len(run) == 1:
            continue
        start = run[0].start
        if "分别" in text[max(0, start - _RESPECTIVELY_REACH) : start]:
            for other in (r for r in run if not r.unit):
                other.kind, other.unit = reading.kind, reading.unit
        run = []


def _complete(text: str, found: list[Reading], clauses: Clauses) -> None:
    """Add what only the surroundings tell: titles, pairs, indicator and scope."""
    titles = [m.span() for m in _TITLE.finditer(text)]
    title_starts = [start for start, _ in titles]
    before: Reading | None = None
    for reading in found:
        if titles:
            index = bisect_right(title_starts, reading.start) - 1
            if index >= 0 and reading.end <= titles[index][1]:
                reading.kind = QuantityKind.TITLE
                before = None
                continue
        if reading.kind.is_amount:
            reading.scope = clauses.scope(reading.start)
            if before is not None and before.end == reading.start:
                _pair(before, reading)
        before = reading


def _name(found: list[Reading], clauses: Clauses) -> None:
    """Give each amount the phrase that says what it counts; both halves of a pair have one."""
    floor = 0
    phrase = ""
    for reading in found:
        if reading.kind.is_amount:
            if reading.paired is None or reading.paired.start > reading.start:
                phrase = clauses.indicator(reading.start, floor)
            reading.indicator = phrase
        floor = reading.end


def _pair(first: Reading, second: Reading) -> None:
    """74批129人次: two counts that touch and have different units."""
    if (
        first.kind is second.kind is QuantityKind.COUNT
        and first.unit
        and second.unit
        and first.unit != second.unit
    ):
        first.paired = Span(second.start, second.end)
        second.paired = Span(first.start, first.end)
