"""A kept draft as a fact sheet and a plan: the planner's, with what the writer changed."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from app.core.errors import InputError
from app.core.facts import Fact, FactSheet
from app.drafting.contradictions import Contradiction
from app.drafting.intake import make_fact
from app.drafting.plan import edit as plan_edit
from app.drafting.plan.planner import OTHER, all_parts, part_keys
from app.drafting.plan.types import Plan, PlannedSection
from app.language.kept import kept
from app.report.profile import PartKind, Profile
from app.services.planning import prepare
from app.workspace.types import (
    DOUBT,
    LEFT_OUT,
    UNCONFIRMED,
    OutlineEdits,
    WorkspaceDraft,
    WorkspaceFact,
)

_YEAR = re.compile(r"(?:19|20)\d{2}")
_NO_UNIT = "本单位"
_NO_YEAR = 2000


@dataclass(frozen=True, slots=True)
class PartChoice:
    """A section a fact can be put into."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class DraftLayout:
    """A draft laid out. ``places`` holds the section of each fact, ``-`` for one left out.

    ``plan`` is ``None`` where there are no facts; ``is_own`` tells whether the writer changed it.
    ``marks`` are the marks of the facts that nobody has confirmed; a doubtful one has no place.
    ``unsure`` are the facts that fit no part clearly, until the writer says where they belong;
    ``removed`` the sections that the writer left out.
    """

    sheet: FactSheet
    profile: str
    plan: Plan | None
    choices: tuple[PartChoice, ...]
    places: Mapping[str, str]
    contradictions: tuple[tuple[Contradiction, str], ...] = ()
    is_own: bool = False
    marks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unsure: frozenset[str] = frozenset()
    removed: tuple[PartChoice, ...] = ()

    @property
    def firm(self) -> FactSheet:
        """The sheet without the doubtful facts: what may be drafted."""
        return _firm(self.sheet, self.marks)

    @property
    def told(self) -> FactSheet:
        """The sheet without the facts that are left out or doubtful."""
        return _without(self.firm, {f for f, key in self.places.items() if key == LEFT_OUT})

    @property
    def confirmed(self) -> FactSheet:
        """The sheet without its unconfirmed facts: what a text may rest on."""
        return _without(self.sheet, self.marks.keys())

    def waiting(self, mark: str) -> tuple[str, ...]:
        """The facts with this mark of unconfirmed ones that are not left out."""
        return tuple(
            f for f, its in self.marks.items() if its == mark and self.places.get(f) != LEFT_OUT
        )


def _firm(sheet: FactSheet, marks: Mapping[str, str]) -> FactSheet:
    return _without(sheet, {f for f, mark in marks.items() if mark == DOUBT})


def _without(sheet: FactSheet, ids: Collection[str]) -> FactSheet:
    return replace(sheet, facts=tuple(f for f in sheet.facts if f.id not in ids)) if ids else sheet


def facts_of(draft: WorkspaceDraft) -> tuple[Fact, ...]:
    """The rows that say something; their ids count the rows from 1."""
    return tuple(_fact(n, row) for n, row in enumerate(draft.facts, 1) if row.text.strip())


def _fact(number: int, row: WorkspaceFact) -> Fact:
    name, said = f"F{number}", (row.text, row.heading, row.source)
    return kept(
        ("fact", name),
        said,
        lambda: make_fact(name, row.text, heading=row.heading, line=number, source=row.source),
    )


def sheet_of(draft: WorkspaceDraft) -> FactSheet:
    """The fact sheet to draft from: its rows without the doubtful ones.

    Raises:
        InputError: unit, year or facts are missing.
    """
    if not any(row.text.strip() for row in draft.facts):
        raise InputError("还没有要点，请逐条粘贴本单位今年的事实和数字，或上传要点文件。")
    if all(row.mark == DOUBT for row in draft.facts if row.text.strip()):
        raise InputError("要点都还拿不准，没有可以写的，请在要点表里核实后逐条点确认。")
    if not draft.unit.strip():
        raise InputError("还不知道是哪个单位的总结，请填写“单位”。")
    if not draft.year.strip():
        raise InputError("还不知道是哪一年的总结，请填写“年度”，例如 2025。")
    if not _YEAR.fullmatch(draft.year.strip()):
        raise InputError(f"年度“{draft.year[:20]}”不是年份，请填四位数字，例如 2025。")
    return _firm(_sheet(draft), _marks(draft))


def _marks(draft: WorkspaceDraft) -> dict[str, str]:
    """The marks of the rows that nobody has confirmed."""
    return {
        f"F{n}": row.mark
        for n, row in enumerate(draft.facts, 1)
        if row.mark in UNCONFIRMED and row.text.strip()
    }


def _sheet(draft: WorkspaceDraft) -> FactSheet:
    year = draft.year.strip()
    return FactSheet(
        unit=" ".join(draft.unit.split()) or _NO_UNIT,
        year=int(year) if _YEAR.fullmatch(year) else _NO_YEAR,
        facts=facts_of(draft),
        unit_type=draft.unit_type,
        title=" ".join(draft.title.split()),
        date=" ".join(draft.date.split()),
    )


def lay_out(draft: WorkspaceDraft) -> DraftLayout:
    """The draft's sheet, plan and contradictions; works on a draft still without unit or year."""
    out = {f"F{n}": LEFT_OUT for n, row in enumerate(draft.facts, 1) if row.is_left_out}
    bare = DraftLayout(_sheet(draft), draft.unit_type, None, (), out, marks=_marks(draft))
    bare = replace(bare, removed=_removed(draft, {}))
    if not bare.firm.facts:
        return bare
    made = prepare(bare.firm)
    plan, is_own = _changed(made.plan, draft, bare.firm, made.profile)
    told = {f.id: s.key for s in plan.sections for f in s.facts}
    places = {**out, **told, **dict.fromkeys((f.id for f in plan.left_out), LEFT_OUT)}
    rows = {f.id: draft.facts[f.line - 1] for f in bare.firm.facts}
    chosen = {f for f, row in rows.items() if row.is_left_out or row.part == places[f]}
    return replace(
        bare,
        profile=made.profile.name,
        plan=plan,
        choices=_choices(plan, made.profile, draft.outline),
        places=places,
        contradictions=tuple((c, made.told(c)) for c in made.contradictions),
        is_own=is_own,
        unsure=frozenset(plan.unsure) - chosen,
        removed=_removed(draft, {p.key: p.title for p in all_parts(made.profile)}),
    )


def _removed(draft: WorkspaceDraft, titles: Mapping[str, str]) -> tuple[PartChoice, ...]:
    """The sections left out, under the names the writer knows them by."""
    written = {k: s.title for k, s in draft.sections.items() if s.title}
    known = {**titles, **written, **draft.outline.own, **draft.outline.titles}
    return tuple(PartChoice(k, known.get(k, "这一部分")) for k in draft.outline.removed)


def _choices(plan: Plan, profile: Profile, outline: OutlineEdits) -> tuple[PartChoice, ...]:
    """The sections of the plan, and the profile's parts that stand in none of them."""
    shown = [PartChoice(s.key, s.title or "引言") for s in plan.sections]
    told = {b.key for s in plan.sections for b in s.blocks} | {s.key for s in plan.sections}
    others = [
        PartChoice(p.key, p.title)
        for p in all_parts(profile)
        if p.key not in told and p.key not in outline.removed
    ]
    return (*shown, *others)


def _changed(
    plan: Plan, draft: WorkspaceDraft, sheet: FactSheet, profile: Profile
) -> tuple[Plan, bool]:
    """The plan with the writer's changes, and whether there are any."""
    outline = draft.outline
    rows = {fact.id: draft.facts[fact.line - 1] for fact in sheet.facts}
    wanted = {
        fact_id: LEFT_OUT if row.is_left_out else row.part
        for fact_id, row in rows.items()
        if row.part and row.part not in outline.removed
    }
    if outline.is_empty and not wanted:
        return plan, False
    for key, title in outline.own.items():
        plan = _with_section(plan, PlannedSection(key, title, (), is_fixed=True), ())
    order = [part.key for part in all_parts(profile)]
    for fact_id, key in wanted.items():
        plan = _moved(plan, fact_id, key, profile, order)
    for key in outline.removed:
        if any(s.key == key for s in plan.sections):
            plan = _dissolved(plan, key, sheet, profile, outline.removed)
    kept = tuple(s for s in plan.sections if not _is_void(s, outline))
    titled = tuple(
        replace(s, title=outline.titles[s.key], is_fixed=True) if s.key in outline.titles else s
        for s in kept
    )
    keys = in_order([s.key for s in titled], outline.order)
    by_key = {s.key: s for s in titled}
    return replace(plan, sections=tuple(by_key[key] for key in keys)), True


def _moved(plan: Plan, fact_id: str, key: str, profile: Profile, order: Sequence[str]) -> Plan:
    """One fact where the writer wants it; a wish that makes no sense any more is let go."""
    if key == LEFT_OUT:
        return plan_edit.leave_out(plan, fact_id)
    if not any(s.key == key for s in plan.sections):
        part = next((p for p in all_parts(profile) if p.key == key), None)
        if part is None:
            return plan
        section = PlannedSection(
            key, part.title, (), part.mandatory, part.kind, (), part.title, is_fixed=True
        )
        plan = _with_section(plan, section, order)
    if any(s.key == key and any(f.id == fact_id for f in s.facts) for s in plan.sections):
        return plan
    return plan_edit.move_fact(plan, fact_id, key)


def _dissolved(
    plan: Plan, key: str, sheet: FactSheet, profile: Profile, removed: Collection[str]
) -> Plan:
    """The plan without a section, whose facts go to the remaining sections they fit best.

    Those that fit none go to a neutral one. All are unsure, for the part they fit best is gone;
    only where nothing remains are they left out.
    """
    section = plan_edit.section_of(plan, key)
    gone = {key, *removed, *(block.key for block in section.blocks)}
    rest = replace(profile, parts=tuple(p for p in profile.parts if p.key not in gone))
    homes = part_keys(sheet, rest) if section.facts else {}
    order = [part.key for part in all_parts(profile)]
    for fact in section.facts:
        told = {b.key: s.key for s in plan.sections for b in s.blocks if s.key not in removed}
        home = homes[fact.id] if homes[fact.id] in told else _neutral(plan, gone)
        if home:
            plan = _moved(plan, fact.id, told.get(home, home), profile, order)
    moved = tuple(fact.id for fact in section.facts)
    return plan_edit.remove_section(replace(plan, unsure=(*plan.unsure, *moved)), key)


def _neutral(plan: Plan, gone: Collection[str]) -> str:
    """Where a fact goes that fits no part: the other work, else the last part of work, else any."""
    if OTHER.key not in gone:
        return OTHER.key
    left = [s for s in plan.sections if s.key not in gone]
    work = [s.key for s in left if s.kind is PartKind.WORK]
    return next(iter([*reversed(work), *(s.key for s in left)]), "")


def _with_section(plan: Plan, section: PlannedSection, order: Sequence[str]) -> Plan:
    """The plan with one more section: where ``order`` says, else before problems and plans."""
    closing = (PartKind.PROBLEMS, PartKind.PLANS)
    place = {key: n for n, key in enumerate(order)}
    mine = place.get(section.key)
    at = len(plan.sections)
    for n, other in enumerate(plan.sections):
        is_later = mine is not None and place.get(other.key, -1) > mine
        if is_later or (other.kind in closing and section.kind not in closing):
            at = n
            break
    return replace(plan, sections=(*plan.sections[:at], section, *plan.sections[at:]))


def _is_void(section: PlannedSection, outline: OutlineEdits) -> bool:
    """True where a part that nobody asks for has lost its facts."""
    is_wanted = section.mandatory or section.key in outline.own
    return section.kind is PartKind.WORK and not section.facts and not is_wanted


def in_order(keys: Sequence[str], order: Sequence[str]) -> list[str]:
    """``keys`` in the writer's order; one that is not in it stands behind its neighbour."""
    out = [key for key in order if key in keys]
    for place, key in enumerate(keys):
        if key not in out:
            before = next((k for k in reversed(keys[:place]) if k in out), None)
            out.insert(out.index(before) + 1 if before else 0, key)
    return out


def only(layout: DraftLayout, keys: Sequence[str]) -> Plan:
    """The plan of some sections alone; every other fact is left out of it.

    Raises:
        InputError: none of them is planned.
    """
    plan = layout.plan or Plan(())
    chosen = tuple(s for s in plan.sections if s.key in keys)
    if not chosen:
        raise InputError("这一部分现在没有要点，请先在“要点”里给它安排要点，再重写。")
    held = {f.id for s in chosen for f in s.facts}
    return Plan(chosen, tuple(f for f in layout.firm.facts if f.id not in held))
