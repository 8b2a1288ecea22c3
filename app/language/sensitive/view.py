"""The text as the reader sees it: unmasked, in half width, every digit an ASCII digit."""

import re
import unicodedata
from dataclasses import dataclass

from app.core.document import Span
from app.language.disguise import Unmasked, unmask

#: What may stand between the digits of one number.
SEPARATORS = (
    " \t\u00a0\u3000\u2000-\u200a\u202f.,·•・‧∙_/~()（），．。－＿\u2010-\u2015\u2212\u2500\u30fc-"
)
_HAN_DIGITS = str.maketrans(
    "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两OoIl", "000123456789112345678920011"
)
_DIGIT = "0-9零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两OoIl"
NUMERALS = f"[{_DIGIT}]"
_SPELLED = re.compile(
    rf"(?:(?<![A-Za-z])|(?![OoIl]))[{_DIGIT}](?:[{SEPARATORS}]{{0,2}}[{_DIGIT}]){{6,}}"
)
_LETTERS = re.compile("[OoIl]")
_LETTER_SHARE = 3
_KEPT = frozenset("，（）：；！？．－＿")
_WIDE = {chr(0xFF01 + n): chr(0x21 + n) for n in range(94) if chr(0xFF01 + n) not in _KEPT}


@dataclass(frozen=True, slots=True)
class View:
    """``text`` in half width; in ``digits`` the numerals of spelled numbers are digits as well.

    Both are as long as the unmasked text; ``restore`` leads to the text as it was.
    """

    text: str
    digits: str
    unmasked: Unmasked | None

    def restore(self, span: Span) -> Span:
        """The span of the text as it was."""
        return self.unmasked.restore(span) if self.unmasked else span


def view_of(text: str) -> View:
    """The view of a text."""
    unmasked = unmask(text)
    seen = unmasked.text if unmasked else text
    if table := {ord(char): plain for char in set(seen) if (plain := _plain(char))}:
        seen = seen.translate(table)
    return View(seen, _SPELLED.sub(_as_digits, seen), unmasked)


def _plain(char: str) -> str:
    """The ASCII character that a wide character or a digit of any kind stands for."""
    if char <= "\x7f":
        return ""
    digit = unicodedata.digit(char, None)
    return _WIDE.get(char, "") if digit is None else str(digit)


def _as_digits(match: re.Match[str]) -> str:
    run = match.group()
    if len(_LETTERS.findall(run)) * _LETTER_SHARE > len(run):
        return run
    return run.translate(_HAN_DIGITS)
