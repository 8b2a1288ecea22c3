"""Rewrite a section without a model: shorter, fuller, more formal; every fact stays."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from app.core.draft import Draft, DraftSection, DraftSentence, Origin, SectionVersion
from app.core.errors import InputError
from app.core.facts import Fact, FactSheet
from app.drafting.plan.types import PlannedBlock, PlannedSection
from app.drafting.prose.composer import Composer
from app.drafting.prose.length import Fitter, without_frills
from app.evidence.ground import ground_with
from app.evidence.sheet import Evidence
from app.report.profile import PartKind

_FULLER_SHARE = 0.5
_FULLER_CHARS = 90
_MOST_VERSIONS = 20
_SPOKEN = (
    ("老百姓", "群众"),
    ("大伙儿", "群众"),
    ("搞好", "做好"),
    ("搞清", "查清"),
    ("弄清", "查清"),
    ("碰到", "遇到"),
    ("马上改", "立即整改"),
    ("马上办", "及时办理"),
    ("帮一把", "给予帮助"),
    ("说清楚", "予以明确"),
    ("跑断腿", "反复奔波"),
    ("看得见、摸得着", "切实可感"),
    ("样样", "各项"),
    ("没办法", "难以"),
    ("不怎么", "不够"),
    ("多听", "广泛听取"),
    ("往前推", "有序推进"),
)


class RewriteTool(StrEnum):
    """What a section can be made."""

    SHORTER = "更简练"
    FULLER = "更充实"
    FORMAL = "更正式"
    FREE = "自定"


def find_section(draft: Draft, wanted: str) -> DraftSection:
    """The section with this key, heading, or number as printed (一, 1).

    Raises:
        InputError: there is none, or several.
    """
    titled = [s for s in draft.sections if s.title]
    wanted = wanted.strip()
    if wanted.isdecimal() and 0 < int(wanted) <= len(titled):
        return titled[int(wanted) - 1]
    exact = [s for s in draft.sections if wanted in (s.key, s.title)]
    found = exact or [s for s in titled if wanted and wanted in s.title]
    if len(found) == 1:
        return found[0]
    known = "、".join(f"{n}（{s.title}）" for n, s in enumerate(titled, 1))
    what = "不止一个部分的标题里有" if found else "没有这一部分："
    raise InputError(f"{what}“{wanted}”，请用序号指明：{known}。")


def facts_of(section: DraftSection, sheet: FactSheet) -> tuple[Fact, ...]:
    """The facts a section tells, in its order."""
    by_id = {fact.id: fact for fact in sheet.facts}
    ids = dict.fromkeys(i for s in section.sentences for i in s.facts)
    return tuple(by_id[i] for i in ids if i in by_id)


def planned_of(section: DraftSection, sheet: FactSheet) -> PlannedSection:
    """A section's place in a plan, so that the composer can write it anew."""
    facts = facts_of(section, sheet)
    kind = PartKind(section.key) if section.key in set(PartKind) else PartKind.WORK
    blocks = (PlannedBlock(section.key, section.title, facts),) if facts else ()
    return PlannedSection(section.key, section.title, facts, kind=kind, blocks=blocks)


def shorter(section: DraftSection, sheet: FactSheet) -> DraftSection:
    """The section with nothing but its opening and its facts.

    Raises:
        InputError: there is nothing to take out.
    """
    if any(s.origin is not Origin.COMPOSER for s in section.sentences):
        found = without_frills(section)
    else:
        composed = Composer(sheet, is_brief=True).section(planned_of(section, sheet))
        found = without_frills(replace(section, text=composed.text, sentences=composed.sentences))
    if len(found.text) >= len(section.text):
        raise InputError(f"“{section.title}”已经没有可以再减的话，要更短请先去掉几条要点。")
    return found


def fuller(section: DraftSection, draft: Draft, fitter: Fitter) -> DraftSection:
    """The section with more wording, and no fact that was not there.

    Raises:
        InputError: there is no wording left that fits.
    """
    told = {s.text for x in draft.sections for s in x.sentences}
    chars = max(int(len(section.text) * _FULLER_SHARE), _FULLER_CHARS)
    found = fitter.enrich(section, told, chars=chars)
    if found.text == section.text:
        raise InputError(f"“{section.title}”没有合适的话可以再添，补充要点后可以写得更充实。")
    return found


def more_formal(section: DraftSection, sheet: FactSheet) -> DraftSection | None:
    """The section with spoken words replaced; ``None`` where there is none to replace."""
    evidence = Evidence(sheet, facts_of(section, sheet))
    lost = len(ground_with(evidence, section.text).unused)
    text, sentences = section.text, section.sentences
    for spoken, written in _SPOKEN:
        if spoken not in text:
            continue
        changed = text.replace(spoken, written)
        grounding = ground_with(evidence, changed, strict=True)
        is_sound = not any(s.complaints for s in grounding.sentences)
        if is_sound and len(grounding.unused) <= lost:
            text = changed
            sentences = tuple(replace(s, text=s.text.replace(spoken, written)) for s in sentences)
    return replace(section, text=text, sentences=sentences) if text != section.text else None


def with_version(
    old: DraftSection, new: DraftSection, tool: str, *, note: str = ""
) -> DraftSection:
    """``new`` with ``old`` kept behind it."""
    version = SectionVersion(old.text, old.sentences, tool, old.note)
    versions = (*old.versions, version)[-_MOST_VERSIONS:]
    return replace(new, note=note, versions=versions)


def restored(section: DraftSection, number: int = -1) -> DraftSection:
    """The section as it was in its ``number``-th version; later ones are dropped.

    Raises:
        InputError: there is no such version.
    """
    count = len(section.versions)
    place = number + count if number < 0 else number
    if not 0 <= place < count:
        raise InputError(f"“{section.title or '引言'}”没有更早的写法可以恢复。")
    version = section.versions[place]
    return replace(
        section,
        text=version.text,
        sentences=version.sentences,
        note=version.note,
        versions=section.versions[:place],
    )


def blocks_of(paragraph: Sequence[DraftSentence]) -> list[list[DraftSentence]]:
    """Runs of sentences that tell facts, and between them the ones that do not, singly."""
    out: list[list[DraftSentence]] = []
    for sentence in paragraph:
        if sentence.facts and out and out[-1][-1].facts:
            out[-1].append(sentence)
        else:
            out.append([sentence])
    return out
