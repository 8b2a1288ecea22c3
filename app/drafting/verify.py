"""Read finished sections back: what cannot be shown to hold is told in the writer's own words.

A doubt is the program's, never the writer's: the fact goes in verbatim, its section is marked to
be checked, and everything beside it stays as it was written.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.core.draft import DraftSection, DraftSentence, Origin, SectionStatus
from app.core.errors import PinganError
from app.core.facts import Fact, FactSheet
from app.drafting.plan.types import PlannedSection
from app.drafting.prose.length import Paragraphs, paragraphs_of, with_paragraphs
from app.evidence.ground import Grounding, ground_with
from app.evidence.sheet import Evidence
from app.language.numbers.numerals import ordinal

_log = logging.getLogger(__name__)
_ITEM = re.compile(r"^[一二三四五六七八九十]{1,3}是")


@dataclass(frozen=True, slots=True)
class Verified:
    """Sections that tell every fact; ``unsourced`` is what they say beside them, as printed."""

    sections: tuple[DraftSection, ...]
    unsourced: tuple[str, ...] = ()


def verify(sheet: FactSheet, sections: Sequence[DraftSection]) -> Verified:
    """Every section with its doubtful sentences told verbatim, and every fact told.

    A fact that stands in no section is put into the last one that tells work.
    """
    evidence = Evidence(sheet)
    found = ground_with(evidence, "\n".join(section.text for section in sections))
    doubtful = _doubtful(found, sections)
    told = {fact_id for section in sections for s in section.sentences for fact_id in s.facts}
    lost = [fact for fact in sheet.facts if fact.id not in told]
    if not doubtful and not lost:
        return Verified(tuple(sections), found.unsourced)
    done = [_verbatim_where(section, doubtful, sheet) for section in sections]
    if lost and done:
        done[_home(done)] = _with_facts(done[_home(done)], lost)
    whole = ground_with(evidence, "\n".join(section.text for section in done))
    return Verified(tuple(done), whole.unsourced)


def written_or_verbatim(write: Callable[[], DraftSection], planned: PlannedSection) -> DraftSection:
    """What ``write`` gives; its facts verbatim where the program fails at them."""
    try:
        return write()
    except PinganError:
        raise
    except Exception as error:  # noqa: BLE001  # one section's fault harms only that section
        _log.error("a section could not be written: %s", type(error).__name__)
        return verbatim_section(planned, "这一部分没能改写成文，要点照原文写入，请核对。")


def verbatim_section(section: PlannedSection, why: str) -> DraftSection:
    """The facts of a section as the writer wrote them, a sentence each."""
    sentences = tuple(verbatim(fact) for fact in section.facts)
    return DraftSection(
        section.key,
        section.title,
        "".join(s.text for s in sentences),
        SectionStatus.NEEDS_CHECK,
        sentences,
        why,
    )


def verbatim(fact: Fact, lead: str = "") -> DraftSentence:
    """A fact in the writer's own words, ``lead`` before it."""
    text = fact.shown.rstrip("，、；。 ")
    return DraftSentence(f"{lead}{text}。", (fact.id,), (), Origin.VERBATIM)


def _doubtful(found: Grounding, sections: Sequence[DraftSection]) -> frozenset[str]:
    """Ids of the facts that the text does not tell whole, or tells beside what no fact holds."""
    unsound = {sentence.text for sentence in found.sentences if sentence.complaints}
    doubtful = {fact.id for fact in found.unused}
    if unsound:
        for sentence in (s for section in sections for s in section.sentences if s.facts):
            is_unsound = any(text in sentence.text or sentence.text in text for text in unsound)
            if is_unsound and sentence.origin is not Origin.VERBATIM:
                doubtful.update(sentence.facts)
    return frozenset(doubtful)


def _verbatim_where(
    section: DraftSection, doubtful: frozenset[str], sheet: FactSheet
) -> DraftSection:
    """The section with each sentence that touches a doubtful fact replaced by its facts."""
    touched = [s for s in section.sentences if doubtful & set(s.facts)]
    if not touched:
        return section
    by_id = {fact.id: fact for fact in sheet.facts}
    # A fact told in several sentences goes in once, in the place of the first.
    again = {fact_id for s in touched for fact_id in s.facts}
    placed: set[str] = set()
    paragraphs: Paragraphs = []
    for paragraph in paragraphs_of(section):
        out: list[DraftSentence] = []
        for sentence in paragraph:
            if not again & set(sentence.facts):
                out.append(sentence)
                continue
            item = _ITEM.match(sentence.text)
            for fact_id in sentence.facts:
                if fact_id in by_id and fact_id not in placed:
                    placed.add(fact_id)
                    out.append(verbatim(by_id[fact_id], item[0] if item else ""))
        paragraphs.append(_renumbered(out))
    named = "、".join(_named(by_id[i]) for i in by_id if i in placed)
    note = f"下面的要点没有把握改写，照原文写入，请核对：{named}。"
    return replace(
        with_paragraphs(section, paragraphs),
        status=SectionStatus.NEEDS_CHECK,
        note=section.note + note,
    )


def _renumbered(sentences: Sequence[DraftSentence]) -> list[DraftSentence]:
    """The items of a list, which has lost or gained some, numbered from 一是 again."""
    items = [i for i, s in enumerate(sentences) if s.facts and _ITEM.match(s.text)]
    out = list(sentences)
    if len(items) < 2:
        for i in items:
            out[i] = replace(out[i], text=_ITEM.sub("", out[i].text))
        return out
    for number, i in enumerate(items):
        text = _ITEM.sub(f"{ordinal(number)}是", out[i].text)
        if number == len(items) - 1:
            text = text.rstrip("；") + ("" if text[-1:] in "。！？" else "。")
        out[i] = replace(out[i], text=text)
    return out


def _home(sections: Sequence[DraftSection]) -> int:
    """The place of the last section that has facts already, else of the last one."""
    held = [i for i, section in enumerate(sections) if any(s.facts for s in section.sentences)]
    return held[-1] if held else len(sections) - 1


def _with_facts(section: DraftSection, facts: Iterable[Fact]) -> DraftSection:
    added = [verbatim(fact) for fact in facts]
    named = "、".join(fact_id for s in added for fact_id in s.facts)
    paragraphs = [*paragraphs_of(section), added]
    return replace(
        with_paragraphs(section, paragraphs),
        status=SectionStatus.NEEDS_CHECK,
        note=f"{section.note}要点 {named} 没有安排到部分，照原文写在这里，请核对。",
    )


def _named(fact: Fact) -> str:
    return f"{fact.id}（第{fact.line}行）" if fact.line else fact.id
