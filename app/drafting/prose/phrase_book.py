"""The bank of number-free wording from which the composer takes its openings and leads."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.language.lexicons import load_lexicon


@dataclass(frozen=True, slots=True)
class Lead:
    """Words before a fact; with ``only``, before facts alone that say one of these."""

    text: str
    only: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        """True where the lead may stand before a fact told as ``text``."""
        return not self.only or any(word in text for word in self.only)


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of facts inside a part: its sub-heading, the cues that find it, leads before it."""

    name: str
    cues: tuple[str, ...]
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class PartWording:
    """What the bank offers for one part key.

    An opening is one of ``heads`` and one of ``tails``; a head alone is a short opening.
    """

    short: str
    titles: tuple[str, ...]
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    topics: tuple[Topic, ...]
    more: tuple[str, ...] = ()

    @property
    def openings(self) -> tuple[str, ...]:
        """Every opening, as a sentence."""
        return tuple(f"{head}，{tail}。" for head in self.heads for tail in self.tails)


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All wording.

    ``merged`` maps pairs of part keys to headings over both, ``merged_order`` to the order in
    which the headings name them.
    """

    stance: tuple[str, ...]
    theme: tuple[str, ...]
    report: tuple[str, ...]
    connectors: tuple[str, ...]
    problem_intro: str
    plan_intro: str
    parts: Mapping[str, PartWording]
    merged: Mapping[frozenset[str], tuple[str, ...]]
    merged_order: Mapping[frozenset[str], tuple[str, ...]]

    def part(self, key: str) -> PartWording:
        """The wording of a part; the general one where the bank does not know the key."""
        return self.parts.get(key) or self.parts["work"]

    def sentences(self) -> tuple[str, ...]:
        """Every piece of wording, for tests and for telling bank sentences from claims."""
        out = [*self.stance, *self.theme, *self.report, *self.connectors]
        for part in self.parts.values():
            out += [*part.titles, *part.openings, *part.more]
            for topic in part.topics:
                out += [topic.name, *(lead.text for lead in topic.leads)]
        for titles in self.merged.values():
            out += titles
        return tuple(out)


def pick(options: Sequence[str], seed: str) -> str:
    """One of ``options``, the same for the same seed; empty where there is none."""
    return options[zlib.crc32(seed.encode()) % len(options)] if options else ""


@lru_cache(maxsize=4)
def load_phrase_book(path: Path | None = None) -> PhraseBook:
    """The bank in ``knowledge_base/lexicons/openings.yaml``, or in ``path``.

    Raises:
        ConfigError: the file is missing or not of the expected shape.
    """
    return load_lexicon(path or "openings.yaml", _read)


def _read(data: dict[str, Any]) -> PhraseBook:
    parts = {key: _read_part(value) for key, value in data["parts"].items()}
    parts["work"]  # the fallback must be there
    return PhraseBook(
        stance=tuple(data["opening"]["stance"]),
        theme=tuple(data["opening"]["theme"]),
        report=tuple(data["opening"]["report"]),
        connectors=tuple(data["connectors"]),
        problem_intro=data["problem_intro"],
        plan_intro=data["plan_intro"],
        parts=MappingProxyType(parts),
        merged=MappingProxyType(
            {frozenset(item["keys"]): tuple(item["titles"]) for item in data["merged"]}
        ),
        merged_order=MappingProxyType(
            {frozenset(item["keys"]): tuple(item["keys"]) for item in data["merged"]}
        ),
    )


def _read_part(value: dict[str, Any]) -> PartWording:
    return PartWording(
        short=value["short"],
        titles=tuple(value["titles"]),
        heads=tuple(value["heads"]),
        tails=tuple(value["tails"]),
        topics=tuple(
            Topic(item["name"], tuple(item["cues"]), tuple(_read_lead(x) for x in item["leads"]))
            for item in value["topics"]
        ),
        more=tuple(value["more"]),
    )


def _read_lead(value: str | dict[str, Any]) -> Lead:
    if isinstance(value, str):
        return Lead(value)
    return Lead(value["text"], tuple(value["only"]))
