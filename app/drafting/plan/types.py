"""The plan of a report: its sections, and the facts each tells."""

from dataclasses import dataclass, field

from app.core.facts import Fact
from app.report.profile import PartKind


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """The facts of one part, under one heading of the writer where there is one."""

    key: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """One section of the report.

    ``key`` is the profile's part key; a section that merges parts carries the first one's and
    tells each in a block of its own. ``is_fixed``: the writer has set the order of the facts and
    the sub-headings, which are the titles of the blocks.
    """

    key: str
    title: str
    facts: tuple[Fact, ...]
    mandatory: bool = False
    kind: PartKind = PartKind.WORK
    blocks: tuple[PlannedBlock, ...] = ()
    part_title: str = ""
    is_fixed: bool = False

    @property
    def needs_input(self) -> bool:
        """True where a mandatory part has no fact and must be asked for."""
        return not self.facts and self.kind is not PartKind.OPENING


@dataclass(frozen=True, slots=True)
class Plan:
    """The sections in the order of the report; the opening comes first.

    ``left_out`` are the facts the writer does not want told; ``unsure`` the ids of those that
    belong nowhere clearly and stand in a neutral place until the writer says where.
    """

    sections: tuple[PlannedSection, ...]
    left_out: tuple[Fact, ...] = ()
    unsure: tuple[str, ...] = field(default=(), compare=False)

    def section_of(self, fact_id: str) -> str:
        """The key of the section that holds a fact.

        Raises:
            KeyError: no section holds it.
        """
        for section in self.sections:
            if any(fact.id == fact_id for fact in section.facts):
                return section.key
        raise KeyError(fact_id)
