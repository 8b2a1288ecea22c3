"""What a writer may do to a plan: move facts, add parts, leave both out.

Every function gives a new plan in which each fact still stands exactly once, in a section or
among those left out.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.core.errors import InputError
from app.core.facts import Fact, FactSheet
from app.drafting.intake.fact_types import fact_kind
from app.drafting.plan.types import Plan, PlannedBlock, PlannedSection
from app.report.profile import PartKind

_KIND_NAMES = {PartKind.PROBLEMS: "存在的问题", PartKind.PLANS: "下一步打算"}


def section_of(plan: Plan, key: str) -> PlannedSection:
    """The section with this key.

    Raises:
        InputError: there is none.
    """
    for section in plan.sections:
        if section.key == key:
            return section
    raise InputError(f"计划里没有“{key}”这一部分，请刷新后重新选择。")


def move_fact(plan: Plan, fact_id: str, to_key: str, *, before: str = "") -> Plan:
    """Put a fact into another section: before another fact there, or at the end.

    Raises:
        InputError: no such fact or section.
    """
    fact = _fact(plan, fact_id)
    section_of(plan, to_key)
    bare = _take_out(plan, fact_id)
    target = section_of(bare, to_key)
    return _put(bare, _insert(target, fact, before))


def leave_out(plan: Plan, fact_id: str) -> Plan:
    """Take a fact out of the report; it stays named among those left out.

    Raises:
        InputError: no such fact.
    """
    fact = _fact(plan, fact_id)
    bare = _take_out(plan, fact_id)
    return replace(bare, left_out=(*bare.left_out, fact))


def add_section(plan: Plan, title: str, *, position: int | None = None) -> Plan:
    """Add a section of the writer's own, still without facts.

    It stands before problems and plans unless ``position`` says otherwise.

    Raises:
        InputError: the heading is empty or more than one line.
    """
    section = PlannedSection(own_key(plan.sections), clean_title(title), (), is_fixed=True)
    closing = (PartKind.PROBLEMS, PartKind.PLANS)
    at = next((i for i, s in enumerate(plan.sections) if s.kind in closing), len(plan.sections))
    sections = list(plan.sections)
    sections.insert(at if position is None else max(0, position), section)
    return replace(plan, sections=tuple(sections))


def remove_section(plan: Plan, key: str) -> Plan:
    """Leave a section out; its facts go to those left out.

    Raises:
        InputError: no such section.
    """
    section = section_of(plan, key)
    others = tuple(s for s in plan.sections if s.key != key)
    return replace(plan, sections=others, left_out=(*plan.left_out, *section.facts))


def plan_warnings(plan: Plan, year: int) -> tuple[str, ...]:
    """Problems and plans that stand among the work done, and the other way round."""
    out: list[str] = []
    for section in plan.sections:
        for fact in section.facts:
            kind = fact_kind(fact, year)
            name = _KIND_NAMES.get(kind, "")
            if name and kind is not section.kind:
                out.append(
                    f"要点{fact.id}读起来是“{name}”，现在放在“{section.title or '引言'}”，请核对。"
                )
    return tuple(out)


def require_complete(plan: Plan, sheet: FactSheet) -> None:
    """Every fact of the sheet exactly once.

    Raises:
        InputError: a fact is missing, stands twice or is unknown.
    """
    told = [f.id for s in plan.sections for f in s.facts] + [f.id for f in plan.left_out]
    missing = [f.id for f in sheet.facts if f.id not in told]
    twice = sorted({i for i in told if told.count(i) > 1}, key=_number)
    unknown = sorted(set(told) - {f.id for f in sheet.facts}, key=_number)
    if missing:
        raise InputError(
            f"计划里少了要点 {'、'.join(missing)}，请放到某一部分下面，或者写到“不写进总结”下面。"
        )
    if twice:
        raise InputError(f"计划里要点 {'、'.join(twice)} 写了两遍，请只留一处。")
    if unknown:
        raise InputError(f"计划里的要点 {'、'.join(unknown)} 不在要点表里，请删去这几行。")


def own_key(sections: Sequence[PlannedSection], stem: str = "own") -> str:
    """A key no section has yet."""
    taken = {section.key for section in sections}
    return next(key for n in range(1, len(taken) + 2) if (key := f"{stem}-{n}") not in taken)


def clean_title(title: str) -> str:
    """A heading on one line, without its number and closing mark.

    Raises:
        InputError: nothing is left of it, or it is too long to be a heading.
    """
    text = " ".join(title.split()).strip("。；：:、#＃ ")
    if not text or len(text) > 60:
        raise InputError("部分的标题应当是一行文字，不超过60字，请改正。")
    return text


def _number(fact_id: str) -> tuple[int, str]:
    digits = fact_id[1:]
    return (int(digits), "") if digits.isdecimal() else (0, fact_id)


def _fact(plan: Plan, fact_id: str) -> Fact:
    for fact in (*(f for s in plan.sections for f in s.facts), *plan.left_out):
        if fact.id == fact_id:
            return fact
    raise InputError(f"计划里没有要点 {fact_id}，请刷新后重新选择。")


def _put(plan: Plan, section: PlannedSection) -> Plan:
    changed = tuple(section if s.key == section.key else s for s in plan.sections)
    return replace(plan, sections=changed)


def _with_blocks(section: PlannedSection, blocks: Sequence[PlannedBlock]) -> PlannedSection:
    kept = tuple(block for block in blocks if block.facts)
    facts = tuple(fact for block in kept for fact in block.facts)
    return replace(section, blocks=kept, facts=facts, is_fixed=True)


def _take_out(plan: Plan, fact_id: str) -> Plan:
    sections = []
    for section in plan.sections:
        if any(fact.id == fact_id for fact in section.facts):
            blocks = [
                replace(b, facts=tuple(f for f in b.facts if f.id != fact_id))
                for b in section.blocks
            ]
            section = _with_blocks(section, blocks)  # noqa: PLW2901  # the changed one
        sections.append(section)
    left_out = tuple(f for f in plan.left_out if f.id != fact_id)
    return replace(plan, sections=tuple(sections), left_out=left_out)


def _insert(section: PlannedSection, fact: Fact, before: str) -> PlannedSection:
    blocks = list(section.blocks)
    for number, block in enumerate(blocks):
        places = [i for i, f in enumerate(block.facts) if f.id == before]
        if places:
            facts = (*block.facts[: places[0]], fact, *block.facts[places[0] :])
            blocks[number] = replace(block, facts=facts)
            return _with_blocks(section, blocks)
    if blocks:
        blocks[-1] = replace(blocks[-1], facts=(*blocks[-1].facts, fact))
    else:
        blocks.append(PlannedBlock(section.key, section.title, (fact,)))
    return _with_blocks(section, blocks)
