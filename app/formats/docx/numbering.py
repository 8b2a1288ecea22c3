"""Automatic numbering of Word: the 一、 （一） 1. that stand on the page but not in the text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from app.formats.docx.runs import symbol
from app.formats.docx.xml import W, number, switch, value

_DIGITS = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_MAX_LEVELS = 9
_MAX_LABEL = 60
_HOLE = re.compile(r"%([1-9])")


def to_counting(n: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """``21`` → ``二十一``; plain digits from ten thousand on."""
    if not 0 < n < 10_000:
        return str(n) if n else digits[0]
    text = ""
    pending_zero = False
    for power in (3, 2, 1, 0):
        digit = n // 10**power % 10
        if not digit:
            pending_zero = bool(text)
            continue
        text += (digits[0].replace("〇", "零") if pending_zero else "") + digits[digit]
        text += units[power - 1] if power else ""
        pending_zero = False
    return text[1:] if digits is _DIGITS and text.startswith("一十") else text


def _digital(n: int) -> str:
    return "".join(_DIGITS[int(d)] for d in str(n))


def _letters(n: int) -> str:
    return chr(ord("a") + (n - 1) % 26) * min((n - 1) // 26 + 1, 30) if n > 0 else ""


def _roman(n: int) -> str:
    if not 0 < n < 4000:
        return str(n)
    text = ""
    steps = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    )
    for size, letters in steps:
        text += letters * (n // size)
        n %= size
    return text


def _from(first: int, count: int) -> Callable[[int], str]:
    return lambda n: chr(first + n - 1) if 0 < n <= count else str(n)


def _cycle(letters: str) -> Callable[[int], str]:
    return lambda n: letters[(n - 1) % len(letters)]


def _full_width(n: int) -> str:
    return "".join(chr(ord(d) + 0xFEE0) for d in str(abs(n)))


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda n: f"{n:02d}",
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerLetter": _letters,
    "chineseCounting": to_counting,
    "chineseCountingThousand": to_counting,
    "japaneseCounting": to_counting,
    "taiwaneseCounting": to_counting,
    "taiwaneseCountingThousand": to_counting,
    "koreanDigital2": _digital,
    "ideographDigital": _digital,
    "japaneseDigitalTenThousand": _digital,
    "taiwaneseDigital": _digital,
    "chineseLegalSimplified": lambda n: to_counting(n, _FORMAL, "拾佰仟"),
    "ideographLegalTraditional": lambda n: to_counting(n, _FORMAL, "拾佰仟"),
    "decimalEnclosedCircle": _from(0x2460, 20),
    "decimalEnclosedCircleChinese": _from(0x2460, 20),
    "decimalEnclosedParen": _from(0x2474, 20),
    "decimalEnclosedFullstop": _from(0x2488, 20),
    "ideographEnclosedCircle": _from(0x3280, 10),
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "none": lambda _: "",
}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how its label looks and when it starts again."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    is_legal: bool = False
    is_hidden: bool = False
    restart: int | None = None
    style: str = ""
    suffix: str = "tab"


@dataclass(slots=True)
class Numbering:
    """The lists of a document, counting as its paragraphs go by."""

    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    instances: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, dict[int, Level]] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)

    def level_of_style(self, instance: str, style: str) -> int | None:
        """The level that a list ties to a paragraph style."""
        levels = self.lists.get(self.instances.get(instance, ""), {})
        return next((i for i, level in levels.items() if style and level.style == style), None)

    def label(self, instance: str, index: int) -> str:
        """Count one paragraph of the list and return the label it carries."""
        key = self.instances.get(instance)
        if key is None or not 0 <= index < _MAX_LEVELS:
            return ""
        counter = self.counters.setdefault(key, {})
        if instance not in self.started:
            self.started.add(instance)
            for level, start in self.restarts.get(instance, {}).items():
                counter.pop(level, None)
                counter[level] = start - 1
        own = self._level(instance, key, index)
        counter[index] = counter.get(index, own.start - 1) + 1
        for deeper in [i for i in counter if i > index]:
            restart = self._level(instance, key, deeper).restart
            if restart is None or (restart > 0 and index < restart):
                del counter[deeper]
        return self._render(instance, key, own, index)

    def _level(self, instance: str, key: str, index: int) -> Level:
        override = self.overrides.get(instance, {}).get(index)
        return override or self.lists.get(key, {}).get(index) or Level()

    def _render(self, instance: str, key: str, own: Level, index: int) -> str:
        if own.is_hidden:
            return ""
        if own.form == "bullet":
            return "• " if own.text else ""
        counter = self.counters[key]

        def fill(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            if at > index:
                return ""
            level = self._level(instance, key, at)
            form = "decimal" if own.is_legal and level.form != "none" else level.form
            return _FORMATS.get(form, str)(counter.get(at, level.start))

        return _HOLE.sub(fill, own.text) + (" " if own.suffix == "space" else "")


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists of ``numbering.xml``; none where the part is missing."""
    found = Numbering()
    if root is None:
        return found
    by_style: dict[str, str] = {}
    links: dict[str, str] = {}
    for abstract in root.iterfind(W + "abstractNum"):
        key = abstract.get(W + "abstractNumId", "")
        found.lists[key] = _levels(abstract)
        if name := value(abstract.find(W + "styleLink")):
            by_style[name] = key
        if name := value(abstract.find(W + "numStyleLink")):
            links[key] = name
    for key, name in links.items():
        if name in by_style:
            found.lists[key] = found.lists[by_style[name]]
    for num in root.iterfind(W + "num"):
        instance = num.get(W + "numId", "")
        key = value(num.find(W + "abstractNumId"))
        if instance == "0" or key not in found.lists:
            continue
        found.instances[instance] = key
        for override in num.iterfind(W + "lvlOverride"):
            _read_override(found, instance, override)
    return found


def _read_override(found: Numbering, instance: str, override: etree._Element) -> None:
    index = override.get(W + "ilvl", "")
    if not (index.isascii() and index.isdigit()):
        return
    start = number(override.find(W + "startOverride"))
    if start is not None:
        found.restarts.setdefault(instance, {})[int(index)] = start
    level = override.find(W + "lvl")
    if level is not None:
        found.overrides.setdefault(instance, {})[int(index)] = _level(level)


def _levels(abstract: etree._Element) -> dict[int, Level]:
    levels = {}
    for element in abstract.iterfind(W + "lvl"):
        index = element.get(W + "ilvl", "")
        if index.isascii() and index.isdigit() and int(index) < _MAX_LEVELS:
            levels[int(index)] = _level(element)
    return levels


def _level(element: etree._Element) -> Level:
    start = number(element.find(W + "start"))
    form = value(element.find(W + "numFmt"), "decimal")
    text = value(element.find(W + "lvlText"))[:_MAX_LABEL]
    if form != "bullet":
        text = "".join(symbol(ord(c), "") if "\ue000" <= c <= "\uf8ff" else c for c in text)
    return Level(
        start=1 if start is None else start,
        form=form,
        text=text,
        is_legal=bool(switch(element, "isLgl")),
        is_hidden=bool(switch(element.find(W + "rPr"), "vanish")),
        restart=number(element.find(W + "lvlRestart")),
        style=value(element.find(W + "pStyle")),
        suffix=value(element.find(W + "suff"), "tab"),
    )
