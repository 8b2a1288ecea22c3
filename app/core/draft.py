"""Drafts: each sentence with the facts and passages behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Origin(StrEnum):
    """Who wrote a sentence."""

    MODEL = "model"
    COMPOSER = "composer"
    REPAIRED = "repaired"
    VERBATIM = "verbatim"


class SectionStatus(StrEnum):
    """``NEEDS_INPUT``: no fact for this part, so it holds 【待补充：…】 instead of prose.

    ``NEEDS_CHECK``: some facts are told in the writer's own words, since it could not be shown
    that other words hold.
    """

    OK = "ok"
    NEEDS_INPUT = "needs_input"
    NEEDS_CHECK = "needs_check"


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence, with the ids of the facts and of the past passages it rests on."""

    text: str
    facts: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    origin: Origin = Origin.COMPOSER


@dataclass(frozen=True, slots=True)
class SectionVersion:
    """What a section was before it was rewritten; ``tool`` is the rewrite that replaced it."""

    text: str
    sentences: tuple[DraftSentence, ...] = ()
    tool: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DraftSection:
    """One part of the report. ``key`` is the profile's part key; ``text`` excludes the heading.

    ``note`` tells the user what went otherwise than asked (a model that failed, a cut sentence).
    ``versions`` are the section's earlier texts, the oldest first.
    """

    key: str
    title: str
    text: str
    status: SectionStatus = SectionStatus.OK
    sentences: tuple[DraftSentence, ...] = ()
    note: str = ""
    versions: tuple[SectionVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class LengthResult:
    """The length asked for and the one reached, in characters without white space.

    ``note`` says why it was missed; empty where it was met.
    """

    wanted: int
    actual: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the model cost; zero in composer mode (``seconds`` is wall time in any mode)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole report. ``text`` is what the writer hands in: title, sections, signature, date.

    ``fact_uses`` maps each fact id to the keys of the sections that use it; ``unsourced`` lists
    figures found in the text without a fact (empty by construction, reported to prove it).
    ``left_out`` are the facts the writer took out of the plan; ``length`` is ``None`` where no
    length was asked for; ``notes`` tell the user what concerns the whole report.
    ``unsure`` are the facts that belong to no part clearly.
    """

    unit: str
    year: int
    profile: str
    mode: str  # "composer" | "model"
    model: str
    text: str
    sections: tuple[DraftSection, ...]
    fact_uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsourced: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    left_out: tuple[str, ...] = ()
    length: LengthResult | None = None
    notes: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
