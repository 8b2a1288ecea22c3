"""The user's own word list: set phrases, names, short names of units, slips of the pen.

A plain text file of four sections, one entry a line::

    【固定说法】          words that are no counts, no placeholders and no slips, as they stand
    三清三建
    【单位简称】          a unit's full name = the short names it goes by
    临溪县云渡镇人民政府 = 云渡、小镇办
    【允许的名称】        names that are neither another unit's nor misspelt
    云湖水库管理处
    【错别字】            wrong = right
    化减 = 化解
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType

from app.core.errors import ConfigError
from app.core.finding import Finding
from app.language.names.unit import UnitInfo

PHRASES, UNITS, NAMES, TYPOS = "固定说法", "单位简称", "允许的名称", "错别字"
SECTIONS = (PHRASES, UNITS, NAMES, TYPOS)
MOST_ENTRIES = 2000
_LONGEST = 40
_SHORTEST = 2
_HEADING = re.compile(r"[\[【［](?P<name>[^\]】］]{1,20})[\]】］]$")
_EQUALS = re.compile(r"\s*(?:=|＝|→)\s*")
_BETWEEN = re.compile(r"\s*[、，,；;]\s*")
_COMMENT = ("#", "＃")
_PHRASE_RULES = ("PH", "NU06", "CO03", "CO04", "LA", "ST07")
_NAME_RULES = ("CO01", "CO02")
_COUNT_RULE = "NU06"
_LEAST_SHARED = 3

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Typo:
    """A wrong writing with the right one."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class UnitNames:
    """A unit with the short names it goes by."""

    unit: str
    short_names: tuple[str, ...]

    def means(self, unit: str) -> bool:
        """True where ``unit`` is this unit, in full, in short or without its region."""
        if unit in (self.unit, *self.short_names):
            return True
        is_long = min(len(unit), len(self.unit)) >= _LEAST_SHARED
        return is_long and (unit in self.unit or self.unit in unit)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the user added; each phrase and name leads to the file and line that holds it."""

    phrases: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    names: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    units: tuple[UnitNames, ...] = ()
    typos: tuple[Typo, ...] = ()

    def __or__(self, other: "Lexicon") -> "Lexicon":
        """Both word lists in one; ``other`` wins where the two name a wrong writing."""
        typos = {t.wrong: t for t in (*self.typos, *other.typos)}
        return Lexicon(
            MappingProxyType({**self.phrases, **other.phrases}),
            MappingProxyType({**self.names, **other.names}),
            self.units + other.units,
            tuple(typos.values()),
        )

    def __bool__(self) -> bool:
        return bool(self.phrases or self.names or self.units or self.typos)

    def short_names(self, unit: str) -> tuple[str, ...]:
        """The short names of a unit; none where the unit is not known."""
        if not unit:
            return ()
        return tuple(n for u in self.units if u.means(unit) for n in (u.unit, *u.short_names))

    def known_as(self, info: UnitInfo) -> UnitInfo:
        """The reporting unit with the short names added that the list has for it."""
        added = [n for n in self.short_names(info.unit) if n != info.unit]
        if not added:
            return info
        return replace(info, short_names=tuple(dict.fromkeys((*info.short_names, *added))))

    def excuse(self, finding: Finding, text: str) -> str | None:
        """Why a finding is none by this list; ``None`` where the list does not speak of it."""
        if finding.rule.startswith(_PHRASE_RULES):
            return _excuse(finding, text, self.phrases, PHRASES)
        if finding.rule.startswith(_NAME_RULES):
            return _excuse(finding, text, self.names, NAMES)
        return None


EMPTY = Lexicon()


def _excuse(finding: Finding, text: str, terms: Mapping[str, str], section: str) -> str | None:
    span = finding.span
    reach = span.start + 1 if finding.rule == _COUNT_RULE else span.end
    for term, where in terms.items():
        low = max(0, reach - len(term))
        at = text.find(term, low, span.start + len(term))
        if 0 <= at <= span.start:
            return f"{where}：“{term}”列为{section}。"
    return None


@dataclass(slots=True)
class _Reader:
    """A word list while it is read."""

    name: str
    phrases: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    units: list[UnitNames] = field(default_factory=list)
    typos: dict[str, Typo] = field(default_factory=dict)

    def take(self, section: str, line: str, where: str) -> None:
        if section == PHRASES:
            self.phrases[_word(line, where)] = where
        elif section == NAMES:
            self.names[_word(line, where)] = where
        elif section == UNITS:
            full, shorts = _sides(line, where, "单位全称 = 简称一、简称二")
            words = tuple(_word(n, where) for n in _BETWEEN.split(shorts) if n)
            self.units.append(UnitNames(_word(full, where), words))
        else:
            self._take_typo(line, where)

    def _take_typo(self, line: str, where: str) -> None:
        wrong, right = _sides(line, where, "错误写法 = 正确写法")
        typo = Typo(_word(wrong, where), _word(right, where, shortest=1))
        if wrong == right:
            raise ConfigError(f"{where}：“{wrong}”等号两边一样，请改正其中一边。")
        if wrong in right:
            raise ConfigError(
                f"{where}：正确写法“{right}”里含有“{wrong}”，写对的也会报错，请把错误写法写长一些。"
            )
        known = self.typos.setdefault(typo.wrong, typo)
        if known != typo:
            raise ConfigError(
                f"{where}：“{wrong}”前面已写应为“{known.right}”，这里又写“{right}”，请删去一条。"
            )


def _word(word: str, where: str, *, shortest: int = _SHORTEST) -> str:
    if not shortest <= len(word) <= _LONGEST:
        raise ConfigError(
            f"{where}：“{word[:_LONGEST]}”应当有{shortest}到{_LONGEST}个字，请改短或写全。"
        )
    return word


def _sides(line: str, where: str, form: str) -> tuple[str, str]:
    sides = _EQUALS.split(line)
    if len(sides) != 2 or not all(sides):  # left and right
        raise ConfigError(f"{where}：“{line[:_LONGEST]}”应当写成“{form}”。")
    return sides[0], sides[1]


def _section(name: str, where: str) -> str:
    name = name.strip()
    if name in SECTIONS:
        return name
    near = get_close_matches(name, SECTIONS, n=1, cutoff=0.4)
    hint = f"是不是想写【{near[0]}】？" if near else ""
    listed = "".join(f"【{s}】" for s in SECTIONS)
    raise ConfigError(f"{where}：没有【{name}】这一类。{hint}可用的有{listed}。")


def parse_lexicon(text: str, name: str) -> Lexicon:
    """Read a word list; ``name`` is the file's name in messages.

    Raises:
        ConfigError: an unknown section, an entry before the first section, or one of the wrong
            form; the message names file and line.
    """
    reader = _Reader(name)
    section = ""
    entries = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(_COMMENT):
            continue
        where = f"{name} 第{number}行"
        heading = _HEADING.match(line)
        if heading is not None:
            section = _section(heading["name"], where)
            continue
        if not section:
            raise ConfigError(
                f"{where}：“{line[:_LONGEST]}”前面没有类别，请先写一行【{PHRASES}】之类的类别。"
            )
        entries += 1
        if entries > MOST_ENTRIES:
            raise ConfigError(f"{where}：词表超过{MOST_ENTRIES}条，请删去不用的。")
        reader.take(section, line, where)
    return Lexicon(
        MappingProxyType(reader.phrases),
        MappingProxyType(reader.names),
        tuple(reader.units),
        tuple(reader.typos.values()),
    )


def combined(lists: Iterable[Lexicon]) -> Lexicon:
    """Several word lists as one; later ones win."""
    whole = EMPTY
    for one in lists:
        whole = whole | one
    return whole
