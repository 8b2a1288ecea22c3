"""Characters that hide, or pose as others: none of them belongs into an official text.

What cannot be seen (zero-width characters, soft hyphens, marks that turn the writing, variation
selectors, loose accents) is left out of the view that readers get; what looks like another
character (digits of other scripts, mathematical letters, Cyrillic and Greek letters that look like
Latin ones, radicals and compatibility forms of Chinese characters) is read as that one. Full-width
and circled digits are ordinary in such texts and none of this.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.core.document import Span
from app.language.structure.cuts import Cuts, take_out


class Sort(StrEnum):
    """What a disguise is, as a user reads it."""

    ZERO_WIDTH = "零宽字符"
    SOFT_HYPHEN = "软连字符"
    TURNING = "改变书写方向的控制符"
    VARIANT = "变体选择符"
    ACCENT = "叠加在字上的符号"
    DIGIT = "别种文字的数字"
    MATHEMATICAL = "数学字母或数字"
    FOREIGN = "形似拉丁字母的外文字母"
    RADICAL = "部首或兼容汉字"


@dataclass(frozen=True, slots=True)
class Disguise:
    """A run of characters of one sort."""

    span: Span
    sort: Sort


_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_VARIANT = "\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_ZERO_WIDTH = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)
_UNSEEN = {
    Sort.ZERO_WIDTH: _ZERO_WIDTH,
    Sort.SOFT_HYPHEN: "\u00ad",
    Sort.TURNING: _TURNING,
    Sort.VARIANT: _VARIANT,
    Sort.ACCENT: "\u0300-\u034e\u0350-\u036f\u20d0-\u20dc\u20e1\u20e5-\u20f0\ufe20-\ufe2f",
}
_RADICALS = {"⺠": "民", "⺟": "母", "⻅": "见", "⻆": "角", "⻋": "车", "⻓": "长", "⻔": "门",
             "⻘": "青", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻥": "鱼",
             "⻦": "鸟", "⻨": "麦", "⻩": "黄", "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻉": "贝",
             "⻄": "西", "⻣": "骨", "⻤": "鬼", "⻁": "虎", "⺎": "兀", "⺝": "月", "⺬": "示",
             "⻇": "讠", "⻖": "阝", "⺁": "厂", "⺃": "乚"}  # fmt: skip
_RADICAL = "\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f"
_MATHEMATICAL = "\U0001d400-\U0001d7ff"
_FOREIGN = "\u0370-\u052f"
_LOOKS_LATIN = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјорсухҺһԁԌԚԛԜԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",  # this is the point
        "ABESIJKMHOPCTYXaesijopcyxhhdGQqWwABEZHIKMNOPTYXo",
        strict=True,
    )
)
# Where the ten digits of a script begin; the mathematical ones have a sort of their own.
_ZEROS = """
    660 6f0 7c0 966 9e6 a66 ae6 b66 be6 c66 ce6 d66 de6 e50 ed0 f20 1040 1090 17e0 1810 1946 19d0
    1a80 1a90 1b50 1bb0 1c40 1c50 a620 a8d0 a900 a9d0 a9f0 aa50 abf0 104a0 10d30 11066 110f0 11136
    111d0 112f0 11450 114d0 11650 116c0 11730 118e0 11950 11c50 11d50 11da0 16a60 16ac0 16b50
    1e140 1e2f0 1e950 1fbf0
"""
# Emoji and other pictures have selectors and joiners by right.
_PICTURE_JOINERS = "\u200d\ufe0e\ufe0f"


_DIGITS = {chr(int(z, 16) + n): str(n) for z in _ZEROS.split() for n in range(10)}
_POSING = {
    Sort.DIGIT: "".join(_DIGITS),
    Sort.MATHEMATICAL: _MATHEMATICAL,
    Sort.FOREIGN: _FOREIGN,
    Sort.RADICAL: _RADICAL,
}
_ANY = re.compile(f"[{''.join((*_UNSEEN.values(), *_POSING.values()))}]")
_RUN = re.compile("|".join(f"(?P<{s.name}>[{c}]+)" for s, c in {**_UNSEEN, **_POSING}.items()))


def find_disguises(text: str) -> tuple[Disguise, ...]:
    """Every run of characters that hide or pose, in order."""
    # Looking through the characters there are is ten times faster than through the text.
    seen = "" if text.isascii() else "".join(_ANY.findall("".join(set(text))))
    return tuple(_runs(text, seen)) if seen else ()


def _runs(text: str, seen: str) -> Iterator[Disguise]:
    """The runs of ``seen``, all the odd characters there are in the text."""
    for some in re.finditer(f"[{re.escape(seen)}]+", text):
        for match in _RUN.finditer(text, *some.span()):
            if found := _run(text, match):
                yield found


def _run(text: str, match: re.Match[str]) -> Disguise | None:
    sort = Sort[match.lastgroup or ""]
    span = Span(*match.span())
    if sort is Sort.FOREIGN:
        is_meant = any(c not in _LOOKS_LATIN for c in match.group())  # a word of that language
    elif sort is Sort.ACCENT:
        is_meant = "a" <= text[span.start - 1 : span.start].lower() <= "z"
    else:
        is_meant = sort in _UNSEEN and _is_of_picture(text, span)
    return None if is_meant else Disguise(span, sort)


def _is_of_picture(text: str, span: Span) -> bool:
    before = text[max(span.start - 1, 0) : span.start]
    behind = text[span.end : span.end + 1]
    is_joined = before != "" and (unicodedata.category(before)[0] == "S" or before in "‼⁉〰〽")
    is_keycap = behind == "\u20e3"
    is_tag = before >= "\U0001f000" or before in _PICTURE_JOINERS
    return all(
        (c in _PICTURE_JOINERS and (is_joined or is_keycap or is_tag))
        or ("\U000e0020" <= c <= "\U000e007f" and is_tag)
        for c in span.of(text)
    )


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A text without disguises; ``cuts`` lead back, ``None`` where every place is the same."""

    text: str
    cuts: Cuts | None

    def restore(self, span: Span) -> Span:
        """The span of the text as it was that a span of this one stands for."""
        return self.cuts.restore(span) if self.cuts else span


def unmask(text: str) -> Unmasked | None:
    """The text as it looks, with the way back; ``None`` where nothing is disguised."""
    found = find_disguises(text)
    if not found:
        return None
    pieces: list[str] = []
    done = 0
    for item in found:
        if item.sort in _POSING:
            pieces += (text[done : item.span.start], *map(plain_form, item.span.of(text)))
            done = item.span.end
    shown = "".join((*pieces, text[done:]))
    cuts = take_out(shown, (item.span for item in found if item.sort in _UNSEEN))
    return Unmasked(cuts.text if cuts else shown, cuts)


@lru_cache(maxsize=1 << 12)
def plain_form(char: str) -> str:
    """The one character that ``char`` poses as, itself where it poses as none."""
    known = _LOOKS_LATIN.get(char) or _DIGITS.get(char) or _RADICALS.get(char)
    if known:
        return known
    folded = unicodedata.normalize("NFKC", char)
    return _LOOKS_LATIN.get(folded, folded) if len(folded) == 1 else char
