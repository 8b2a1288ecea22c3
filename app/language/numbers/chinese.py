"""Numbers written in Chinese characters: 三十六次, 百分之九十七, 三分之二, 近百场, 二〇二四年."""

import re
from decimal import Decimal

from app.core.quantity import Qualifier, QuantityKind
from app.language.numbers.measures import UNITS, match_unit
from app.language.numbers.numerals import (
    DIGITS,
    LARGE,
    magnitude,
    parse_arabic,
    parse_chinese,
    printed_scale,
)
from app.language.numbers.qualifiers import prefix_of
from app.language.numbers.reading import Reading, named

_CN = "〇零一二两三四五六七八九十百千万亿"
_TOKEN = re.compile(rf"[几数]?[{_CN}]{{1,24}}几?(?:点[〇零一二三四五六七八九]{{1,8}})?")
_FRACTION = re.compile(
    rf"分之(?:([{_CN}]{{1,12}}(?:点[〇零一二三四五六七八九]{{1,8}})?)|([0-9０-９]{{1,9}}(?:[.．][0-9０-９]{{1,6}})?))"
)
_YEAR_TAIL = re.compile(
    r"年(?:[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?)?度?"
)
_MONTH_TAIL = re.compile(r"月(?:[一二三四五六七八九十]{1,3}日|份|底|初|末|中旬|上旬|下旬)?")
_DOUBLED = re.compile(r"翻(?:了)?([一两二三四五1-9])?番")
_TENTHS = re.compile(r"成(半)?(?:以上|多|左右)?(?![立果功员为效本熟交年绩分都就品长形套语群])")
_ONE_COUNTS = re.compile(
    r"(?:发生|无|未|没有|仅|仅有|只有|共|各|新增|增加|减少|荣获|获得|获|查处|破获|侦破|受理|接报"
    r"|每年|每月|每季度|每周|每半月)$"
)
_SET_PHRASE = re.compile(
    r"[两二三四五六七八九十]+个"
    r"(?:意识|自信|维护|确立|全面|代表|毫不动摇|必须|伟大|牢牢把握)"
)
_LISTED_UNITS = frozenset("件 个 名 次 处 户 批 宗 例 项 份 人次 场次 批次".split())
_WORD_BEFORE = re.compile(r"[\u4e00-\u9fff](?<![这那每第同统唯任另某首有])")
_ORDINAL_BEFORE = frozenset("第初周期")
_LIST_BEFORE = frozenset("\n。；：;:，,、（( \t\u3000")
_ROUND = frozenset("百千万亿")
_OPENERS = frozenset("“‘「『")
_QUOTED = re.compile(r"[“‘「『][^”’」』\n]{1,10}[”’」』]")

Result = tuple[Reading | None, int]


def read_chinese(text: str, start: int) -> Result:
    """The quantity at ``start`` (``None`` where none stands) and where to read on."""
    if text[start] == "翻":
        return _read_doubling(text, start)
    match = _TOKEN.match(text, start)
    if match is None:
        return None, start + 1
    token, end = match.group(), match.end()
    before = text[start - 1] if start else "\n"
    is_weekday = text[max(0, start - 2) : start] in ("星期", "礼拜")
    # 春节返乡期三个时段, 每周三次: what has a measure word is counted
    is_counted = before in "周期" and not is_weekday and match_unit(text, end)
    if is_weekday or (before in _ORDINAL_BEFORE and not is_counted):
        return named(start, end, QuantityKind.ORDINAL), end
    found = _read_named(text, start, token)
    if found is not None:
        return found
    return _read_count(text, start, token)


def _read_doubling(text: str, start: int) -> Result:
    match = _DOUBLED.match(text, start)
    if match is None:
        return None, start + 1
    times = match.group(1) or "一"
    power = int(times) if times.isascii() else DIGITS[times]
    reading = named(start, match.end(), QuantityKind.MULTIPLE, Decimal(2) ** power)
    reading.unit = "倍"
    return reading, match.end()


def _read_named(text: str, start: int, token: str) -> Result | None:
    """Dates, fractions and list marks; ``None`` where none of them stands."""
    end = start + len(token)
    after = text[end] if end < len(text) else "\n"
    before = text[start - 1] if start else "\n"
    if after == "年" and len(token) == 4 and all(c in DIGITS for c in token):
        match = _YEAR_TAIL.match(text, end)
        stop = match.end() if match else end + 1
        year = parse_chinese(token) or Decimal(0)
        return named(start, stop, QuantityKind.DATE, year), stop
    if after == "月" and (value := parse_chinese(token)) is not None and 1 <= value <= 12:
        match = _MONTH_TAIL.match(text, end)
        stop = match.end() if match else end + 1
        return named(start, stop, QuantityKind.DATE), stop
    if after == "分" and (match := _FRACTION.match(text, end)):
        return _read_fraction(text, start, token, match)
    if after == "成" and (match := _TENTHS.match(text, end)):
        return _read_tenths(text, start, token, match)
    if before in _LIST_BEFORE and after in "是要、）)." and parse_chinese(token) is not None:
        return named(start, end, QuantityKind.ORDINAL), end
    return None


def _read_fraction(text: str, start: int, token: str, match: re.Match[str]) -> Result:
    end = match.end()
    base = parse_chinese(token)
    top = parse_chinese(match.group(1)) if match.group(1) else parse_arabic(match.group(2))
    if base is None or top is None or not base:
        return None, end
    numeral = match.group(1) or match.group(2)
    _, point, decimals = numeral.replace("．", ".").replace("点", ".").partition(".")
    precision = Decimal(1).scaleb(-len(decimals)) if point else Decimal(1)
    is_percent = base == 100
    reading = named(
        start,
        end,
        QuantityKind.PERCENT if is_percent else QuantityKind.FRACTION,
        top if is_percent else top / base * 100,
    )
    reading.unit, reading.precision = "%", precision
    reading.take_in_qualifiers(text)
    return reading, end


def _read_tenths(text: str, start: int, token: str, match: re.Match[str]) -> Result:
    value = parse_chinese(token)
    if value is None or not 1 <= value <= 10:
        return None, match.end()
    tenths = value * 10 + (5 if match.group(1) else 0)
    end = match.start() + 1 + len(match.group(1) or "")
    reading = named(start, end, QuantityKind.FRACTION, tenths)
    reading.unit, reading.precision = "%", Decimal(10)
    reading.take_in_qualifiers(text)
    return reading, reading.end


def _read_count(text: str, start: int, token: str) -> Result:
    end = start + len(token)
    over = text[end : end + 1] if text[end : end + 1] in ("余", "多") else ""
    unit = match_unit(text, end + len(over))
    if over and not unit:
        over, unit = "", match_unit(text, end)
    value, high, qualifier = _value(token)
    if not unit or value is None:
        return None, end
    has_prefix = prefix_of(text, start) is not None
    if token[0] in _ROUND and not (has_prefix or over):
        return None, end
    if token == "二":  # 二次供水, 二级: with a measure word two is 两  # noqa: S105
        return None, end
    if value == 1 and not _counts_one(text, start, end + len(unit), unit):
        return None, end
    kind = UNITS[unit]
    if _is_slogan(text, start):
        kind = QuantityKind.SLOGAN
    reading = Reading(
        start,
        end + len(over) + len(unit),
        start,
        end,
        kind,
        value,
        unit,
        Qualifier.OVER if over else qualifier,
        magnitude(token[-1]) if token[-1] in LARGE else Decimal(1),
        high,
        scale=printed_scale(token),
    )
    reading.take_in_qualifiers(text)
    return reading, reading.end


def _counts_one(text: str, start: int, end: int, unit: str) -> bool:
    """True where 一 counts (没有发生一起, 来信一件、来访五件), not where it is idiom (一起研究)."""
    if _ONE_COUNTS.search(text, max(0, start - 4), start):
        return True
    is_listed = text[end : end + 1] in ("", "\n", "、", "；", "，", "。", "）")
    return is_listed and unit in _LISTED_UNITS and _WORD_BEFORE.match(text, start - 1) is not None


def _value(token: str) -> tuple[Decimal | None, Decimal | None, Qualifier]:
    """Value, upper end and qualifier of a numeral such as 三十六, 几十, 十几 or 三五."""
    if token[0] in "几数":
        return parse_chinese(token[1:]), None, Qualifier.ABOUT
    if token.endswith("几"):
        return parse_chinese(token[:-1]), None, Qualifier.OVER
    value = parse_chinese(token)
    if value is None and len(token) == 2 and all(c in DIGITS for c in token):
        low, high = DIGITS[token[0]], DIGITS[token[1]]
        if 0 < low < high:
            return Decimal(low), Decimal(high), Qualifier.ABOUT
    return value, None, Qualifier.EXACT


def _is_slogan(text: str, start: int) -> bool:
    """True for “三个结合” in quotes and for set phrases such as 四个意识."""
    if start and text[start - 1] in _OPENERS and _QUOTED.match(text, start - 1):
        return True
    return _SET_PHRASE.match(text, start) is not None
