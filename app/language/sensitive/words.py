"""The words of the reader, from ``sensitive.yaml``."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.language.lexicons import any_of, load_lexicon

_LEAD = 16  # characters before a piece that may say what it is
_TAIL = 10
_STOP = re.compile("[。；，\n]")
_FILLERS = "（( 号因私公普通务的为是"  # 持E12345678号因私护照


@dataclass(frozen=True, slots=True)
class SensitiveWords:
    """Words by what they tell; ``roles`` finds the roles behind which a name must not stand."""

    surnames: frozenset[str]
    double_surnames: frozenset[str]
    surname: re.Pattern[str]
    given: frozenset[str]
    titles: frozenset[str]
    not_names: tuple[str, ...]
    roles: re.Pattern[str]
    posts: re.Pattern[str]
    behind: frozenset[str]
    cues: dict[str, re.Pattern[str]]
    labels: re.Pattern[str]
    public: re.Pattern[str]
    offices: re.Pattern[str]
    desks: re.Pattern[str]
    owners: re.Pattern[str]
    hosts: re.Pattern[str]
    buildings: re.Pattern[str]
    lines: re.Pattern[str]
    messengers: re.Pattern[str]
    plights: re.Pattern[str]
    honours: re.Pattern[str]
    callings: re.Pattern[str]
    linking: frozenset[str]
    holders: frozenset[str]
    weak: frozenset[str]
    places: frozenset[str]
    tails: frozenset[str]
    ordinary: frozenset[str]
    colleagues: re.Pattern[str]
    title_ends: tuple[str, ...]
    officers: tuple[str, ...]
    callers: tuple[str, ...]
    followers: re.Pattern[str]
    marks: dict[str, tuple[str, ...]]

    def has_cue(self, kind: str, text: str, start: int, end: int | None = None) -> bool:
        """True where a word close before a place (or right behind ``end``) tells the kind."""
        cue = self.cues[kind]
        return cue.search(_before(text, start)) is not None or (
            end is not None and cue.match(text[end : end + _TAIL].lstrip(_FILLERS)) is not None
        )

    def is_labelled(self, text: str, start: int) -> bool:
        """True where a word close before a place says that it is some other number."""
        return self.labels.search(_before(text, start)) is not None

    def is_public(self, text: str, start: int) -> bool:
        """True where a word close before a place says that everybody may know it."""
        return self.public.search(self.roles.sub("", _before(text, start))) is not None


def _before(text: str, start: int) -> str:
    """The end of the clause before a place; at the head of a line that of the line above."""
    lead = text[max(0, start - _LEAD) : start].rstrip(" \u3000\n")
    return _STOP.split(lead)[-1]


def _spaced(told: list[str]) -> str:
    """A pattern for any of the words, a blank between their characters or none."""
    return "|".join("[ \u3000]?".join(map(re.escape, w)) for w in sorted(told, key=len)[::-1])


def _line_of(owners: str, telephones: str) -> str:
    """A pattern for what owns a telephone and the word for it: 保卫科电话（, 运营部：."""
    return (
        rf"(?:{any_of(owners.split())})(?:[（(][^（）()\n]{{1,8}}[）)])?"
        rf"(?:{any_of(telephones.split())}){{0,3}}[ \u3000\t:：，,（(｜|—-]{{0,4}}\Z"
    )


def _grouped(told: list[str]) -> str:
    """A pattern for any of many words, those that begin alike tried together."""
    rests: dict[str, list[str]] = {}
    for word in told:
        rests.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{re.escape(first)}(?:{any_of(rest)})" for first, rest in rests.items())


def _chars(value: str) -> frozenset[str]:
    return frozenset("".join(value.split()))


def _read(data: Any) -> SensitiveWords:
    return SensitiveWords(
        surnames=_chars(data["surnames"]),
        double_surnames=frozenset(data["double_surnames"].split()),
        surname=re.compile(
            rf"{any_of(data['double_surnames'].split())}|[{''.join(data['surnames'].split())}]"
        ),
        given=_chars(data["given"]),
        titles=frozenset(data["titles"].split()),
        not_names=tuple(data["not_names"].split()),
        roles=re.compile(_grouped(data["roles"].split())),
        posts=re.compile(any_of(data["posts"].split())),
        behind=_chars(data["behind"]),
        cues={kind: re.compile(any_of(told.split())) for kind, told in data["cues"].items()},
        labels=re.compile(any_of(data["labels"].split())),
        public=re.compile(any_of(data["public"].split())),
        offices=re.compile(any_of(data["offices"].split())),
        desks=re.compile(any_of(data["desks"].split())),
        owners=re.compile(_line_of(data["owners"], data["telephones"])),
        hosts=re.compile(rf"[一-鿿](?:{any_of(data['hosts'].split())})[：:，,、（( \u3000]"),
        buildings=re.compile(any_of(data["buildings"].split())),
        lines=re.compile(any_of(data["lines"].split())),
        messengers=re.compile(_spaced(data["messengers"].split())),
        plights=re.compile(_grouped(data["plights"].split())),
        honours=re.compile(any_of(data["honours"].split())),
        callings=re.compile(_grouped(data["callings"].split())),
        linking=_chars(data["linking"]),
        holders=_chars(data["holders"]),
        weak=_chars(data["weak"]) | _chars(data["linking"]),
        places=_chars(data["places"]),
        tails=_chars(data["tails"]),
        ordinary=frozenset(data["ordinary"].split()),
        colleagues=re.compile(any_of(data["colleagues"].split())),
        title_ends=tuple(data["title_ends"].split()),
        followers=re.compile(any_of(data["followers"].split())),
        callers=tuple(data["callers"].split()),
        officers=tuple(data["officers"].split()),
        marks={name: tuple(told.split()) for name, told in data["marks"].items()},
    )


@lru_cache(maxsize=1)
def words() -> SensitiveWords:
    """The words, read once.

    Raises:
        ConfigError: the file is missing or damaged.
    """
    return load_lexicon("sensitive.yaml", _read)
