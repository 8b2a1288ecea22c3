"""The facts of a section in groups that belong together, and how the groups are set out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from app.core.draft import DraftSentence
from app.core.facts import Fact
from app.drafting.plan.types import PlannedBlock, PlannedSection
from app.drafting.prose.phrase_book import PhraseBook, Topic
from app.drafting.prose.wording import has_verb_first, is_award, is_nil
from app.language.numbers.numerals import ordinal
from app.language.terms import normalise

Paragraphs = list[list[DraftSentence]]


class Form(Enum):
    """How the groups of a section are set out."""

    PLAIN = "plain"  # one paragraph
    INLINE = "inline"  # one paragraph with 一是…二是…
    PARAGRAPHS = "paragraphs"  # a paragraph each, under （一）（二）


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together in a section, with the sub-heading over them."""

    key: str
    name: str
    facts: tuple[Fact, ...]
    topic: Topic | None = None
    is_fixed: bool = False
    is_own: bool = False  # the writer's own sub-heading

    @property
    def first(self) -> Fact:
        """The fact that is told first."""
        return (self.facts if self.is_fixed else in_order(self.facts))[0]

    @property
    def inline_name(self) -> str:
        """The sub-heading behind 一是: a thing becomes 某某方面."""
        needs_noun = self.is_own and (not has_verb_first(self.name) or _NOUN.match(self.name))
        return self.name + "方面" if needs_noun and not self.name.endswith("方面") else self.name


@dataclass(frozen=True, slots=True)
class SectionLayout:
    """A work section before its groups are written out."""

    opening: DraftSentence
    groups: tuple[Group, ...]
    form: Form

    def arrange(self, written: Sequence[Sequence[DraftSentence]]) -> Paragraphs:
        """The section's paragraphs from the opening and what was written of each group."""
        if self.form is Form.PLAIN:
            return [[self.opening, *(s for group in written for s in group)]]
        inline: list[DraftSentence] = [self.opening]
        paragraphs: Paragraphs = [[self.opening]]
        for number, (group, sentences) in enumerate(zip(self.groups, written, strict=True)):
            inline += [DraftSentence(f"{ordinal(number)}是{group.inline_name}。"), *sentences]
            head = DraftSentence(f"（{ordinal(number)}）{group.name}。")
            paragraphs.append([head, *sentences])
        return [inline] if self.form is Form.INLINE else paragraphs


# These begin like verbs and are names of fields of work.
_NOUN = re.compile(
    r"(?:组织领导|组织保障|宣传教育|服务管理|管理服务|排查化解|培训|保障|检查|排查)[\u4e00-\u9fff]{0,4}$"
)


def groups_of(section: PlannedSection, phrase_book: PhraseBook) -> list[Group]:
    """The facts of a section by topic, or by part where the section tells several."""
    if section.is_fixed:
        return [_block_group(block, phrase_book, is_fixed=True) for block in section.blocks]
    if len(section.blocks) > 1:
        return _merged(
            [_block_group(block, phrase_book, is_fixed=False) for block in section.blocks]
        )
    block = section.blocks[0]
    topics = phrase_book.part(block.key).topics
    found: dict[int, list[Fact]] = {}
    place = -1
    for fact in block.facts:
        place = place if continues(fact) else topic_of(fact, topics)
        found.setdefault(place, []).append(fact)
    loose = found.pop(-1, [])
    if not found:
        return [Group(block.key, block.title, tuple(loose))]
    order = sorted(found)
    found[order[-1]] += loose
    return [
        Group(block.key, topics[index].name, tuple(found[index]), topics[index]) for index in order
    ]


def _merged(groups: Sequence[Group]) -> list[Group]:
    """Groups under one sub-heading of the writer made one, though they tell of several parts."""
    out: list[Group] = []
    for group in groups:
        same = next((i for i, g in enumerate(out) if g.is_own and g.name == group.name), -1)
        if same < 0 or not group.is_own:
            out.append(group)
        else:
            out[same] = replace(out[same], facts=(*out[same].facts, *group.facts))
    return out


def _block_group(block: PlannedBlock, phrase_book: PhraseBook, *, is_fixed: bool) -> Group:
    facts = block.facts if is_fixed else in_order(block.facts)
    topics = phrase_book.part(block.key).topics
    topic = next((t for t in topics if t.name == block.title), None)
    if topic is None and (first := topic_of(facts[0], topics)) >= 0:
        topic = topics[first]
    known = {phrase_book.part(block.key).short, *(t.name for t in topics)}
    is_own = block.title not in known
    return Group(block.key, block.title, facts, topic, is_fixed, is_own)


def topic_of(fact: Fact, topics: Sequence[Topic]) -> int:
    """The topic whose cues say most about a fact, those that stand first weighing more."""
    text = normalise(fact.shown)
    best, best_score = -1, 0.0
    for index, topic in enumerate(topics):
        score = 0.0
        for cue in topic.cues:
            at = text.find(cue)
            if at >= 0:
                score += len(cue) * (1.5 if at < 8 else 1.0 if at < 24 else 0.5)
        if score > best_score:
            best, best_score = index, score
    return best


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Totals first, then what was done, then claims that nothing happened, honours last.

    A bullet that goes on with the one before (其中…) stays behind it.
    """
    runs: list[list[Fact]] = []
    for fact in facts:
        if runs and continues(fact):
            runs[-1].append(fact)
        else:
            runs.append([fact])
    return tuple(fact for run in sorted(runs, key=lambda r: lateness(r[0])) for fact in run)


def continues(fact: Fact) -> bool:
    """True for a bullet that splits the total of the one before it."""
    return bool(_CONTINUES.match(normalise(fact.text)))


def lateness(fact: Fact) -> int:
    """Where a fact belongs: totals and what the part turns on first, honours last."""
    text = normalise(fact.text)
    if is_award(text):
        return 2
    if is_nil(text[:_NIL_REACH]):
        return 1
    if _TOTAL.match(text):
        return -2
    return -1 if _MAIN.search(text) else 0


_NIL_REACH = 14
_CONTINUES = re.compile(r"(?:其中|以上|上述|这些)(?![\u4e00-\u9fff]{0,4}(?:检查|开展))")
_MAIN = re.compile(
    r"\d[^。；]{0,14}隐患\d|^(?:全[市县区镇乡])?(?:刑事|八类)[^，。；\d]{0,8}\d|研究[^，。；\d]{0,8}平安建设"
)
# 矛盾纠纷总数154件, 全镇排查矛盾纠纷238件, 信访总量86批: what the other bullets are parts of.
_TOTAL = re.compile(
    r"[^，。；\d]{0,12}(?:总数|总量|总计|合计)[^，。；\d]{0,4}\d"
    r"|(?:全年|全[市县区镇乡]|累计|共)?(?:排查|受理|调处|化解)?(?:各类|各种)?矛盾纠纷(?:排查|调处)?\d"
    r"|全[市县区镇乡][^，。；\d]{0,10}(?:案件|警情|纠纷|事故)[^，。；\d]{0,6}\d"
)
