"""Chinese and Arabic numerals (GB/T 15835—2011 forms) to ``Decimal``."""

from decimal import Decimal

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
MAGNITUDES = {c: Decimal(n) for c, n in (SMALL | LARGE).items()}
_ONE_TO_TEN = "一二三四五六七八九十"
_TO_ASCII = str.maketrans("０１２３４５６７８９．－", "0123456789.-", ",，")


_ONE = Decimal(1)


def parse_arabic(text: str) -> Decimal:
    """The value of ``1,234.5`` or its full-width form.

    Raises:
        decimal.InvalidOperation: it is no number.
    """
    if text.isdecimal() and text.isascii():
        return Decimal(text)
    return Decimal(text.translate(_TO_ASCII))


def magnitude(text: str) -> Decimal:
    """The product of magnitude characters: ``万`` is 10,000, ``十万`` 100,000, empty 1."""
    value = _ONE
    for char in text:
        value *= MAGNITUDES[char]
    return value


def printed_scale(text: str) -> Decimal:
    """The 万 or 亿 that a number is printed in (3.2亿, 三百万); 1 where it is in neither."""
    large = (char for char in "亿万" if char in text)
    return MAGNITUDES.get(next(large, ""), _ONE)


def parse_chinese(text: str) -> Decimal | None:
    """The value of a Chinese numeral, ``None`` where it is not one whole number.

    Reads 三十六, 一百零五, 两千三百万, 十五, 二〇二四 (digit by digit), 三点五. Runs of two plain
    digits such as 三五 (“三五名”) are no single number.
    """
    if "点" in text:
        whole, _, decimals = text.partition("点")
        head = parse_chinese(whole)
        if head is None or not decimals or any(c not in DIGITS for c in decimals):
            return None
        return head + Decimal("0." + "".join(str(DIGITS[c]) for c in decimals))
    if not text:
        return None
    if all(c in DIGITS for c in text):
        if len(text) == 1 or len(text) >= 4 or "〇" in text:
            return Decimal("".join(str(DIGITS[c]) for c in text))
        return None
    return _parse_places(text)


def _parse_places(text: str) -> Decimal | None:
    total = section = digit = 0
    has_digit = False
    for char in text:
        if char in DIGITS:
            if has_digit and digit:
                return None
            digit, has_digit = DIGITS[char], True
        elif char in SMALL:
            section += (digit if has_digit else 1) * SMALL[char]
            digit, has_digit = 0, False
        elif char in LARGE:
            section += digit
            if not section and not total:
                section = 1
            total = (total + section) * LARGE[char] if char == "亿" else total + section * 10**4
            section, digit, has_digit = 0, 0, False
        else:
            return None
    return Decimal(total + section + digit)


def ordinal(number: int) -> str:
    """The Chinese numeral of a 0-based place."""
    number += 1
    if number <= 10:
        return _ONE_TO_TEN[number - 1]
    tens, ones = divmod(number, 10)
    head = "" if tens == 1 else _ONE_TO_TEN[tens - 1]
    return head + "十" + (_ONE_TO_TEN[ones - 1] if ones else "")
