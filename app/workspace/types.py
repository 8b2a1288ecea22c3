"""What the writers' desk keeps: drafts with their facts, sections and versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.core.draft import DraftSentence

LEFT_OUT = "-"
STALE = "stale"
DOUBT = "doubt"
BOTH = "both"
# The marks of rows that nobody has confirmed, and what such a row is called.
UNCONFIRMED = MappingProxyType({STALE: "去年的要点", DOUBT: "拿不准的要点"})


@dataclass(frozen=True, slots=True)
class WorkspaceFact:
    """One row of the table of facts.

    ``part`` is the key of the section chosen by the writer, empty for the planner's choice,
    ``-`` for a fact that is not to be told, ``-key`` for one that is left out with its section and
    comes back with it. ``mark`` is ``stale`` for one copied from last year,
    ``doubt`` for one that its writer was not sure of (neither is a source of anything until it is
    confirmed, and a doubtful one is not even told), ``both`` for one that two windows have changed
    at the same time. ``source`` is the department or person that reported it.
    """

    text: str
    heading: str = ""
    part: str = ""
    mark: str = ""
    source: str = ""

    @property
    def is_left_out(self) -> bool:
        """True for a fact that is not to be told."""
        return self.part.startswith(LEFT_OUT)


@dataclass(frozen=True, slots=True)
class WorkspaceSkipped:
    """A piece of what was brought that became no fact, and why. ``number`` names it."""

    number: int
    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class WorkspaceVersion:
    """A text a section has had. ``origin`` says in Chinese what made it; ``at`` when, in UTC."""

    number: int
    text: str
    sentences: tuple[DraftSentence, ...] = ()
    origin: str = ""
    note: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class WorkspaceSection:
    """A section as it stands: its newest version."""

    key: str
    title: str
    version: WorkspaceVersion
    is_locked: bool = False
    versions: int = 1


@dataclass(frozen=True, slots=True)
class OutlineEdits:
    """What the writer changed of the plan.

    ``order`` are keys in the writer's order, ``titles`` headings renamed, ``own`` sections added,
    ``removed`` sections left out.
    """

    order: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    removed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where the plan stands as the planner laid it out."""
        return not (self.order or self.titles or self.own or self.removed)


@dataclass(frozen=True, slots=True)
class WorkspaceDraft:
    """Everything kept of one draft.

    ``inbox`` is what stands in the box for pasting and is no fact yet. ``state`` is ``facts``
    (nothing written yet), ``writing``, ``stopped``, ``failed`` or ``done``. ``mode`` is ``model``
    or ``composer``; ``model`` the one that wrote the text, if one did. ``rev`` grows with every
    change. Times are ISO 8601 in UTC; ``trashed`` is empty for a draft that is not in the bin.
    """

    id: str
    title: str = ""
    unit: str = ""
    year: str = ""
    unit_type: str = ""
    date: str = ""
    length: int = 0
    mode: str = ""
    inbox: str = ""
    state: str = "facts"
    model: str = ""
    outline: OutlineEdits = field(default_factory=OutlineEdits)
    previous_name: str = ""
    previous_text: str = ""
    rev: int = 0
    created: str = ""
    updated: str = ""
    trashed: str = ""
    facts: tuple[WorkspaceFact, ...] = ()
    skipped: tuple[WorkspaceSkipped, ...] = ()
    sections: Mapping[str, WorkspaceSection] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def shown_title(self) -> str:
        """What the list of drafts calls it."""
        if self.title:
            return self.title
        if self.unit:
            return f"{self.unit}{self.year and f'{self.year}年'}平安建设工作总结"
        return "还没有写单位的稿子"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One line of the list of drafts."""

    id: str
    title: str
    unit: str
    year: str
    state: str
    facts: int
    chars: int
    updated: str
    trashed: str = ""
