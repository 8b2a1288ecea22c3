"""Write a report from facts alone: no model, the same text for the same facts, nothing invented.

Openings and leads say how the work is understood, never what was done; every figure and name is
one of a fact. Past reports lend short number-free phrases, never sentences.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from app.checking.profile import PartKind
from app.core.draft import DraftSection, DraftSentence, Origin, SectionStatus
from app.core.facts import Fact, FactSheet
from app.drafting.bank import Bank, PartWording, Topic, load_bank, pick
from app.drafting.naming import ordinal, own_noun, subject_of
from app.drafting.planner import Plan, PlannedBlock, PlannedSection, fact_label
from app.drafting.wording import (
    clause,
    has_verb_first,
    is_award,
    is_nil,
    is_profile,
    strip_ordinal,
)
from app.text.terms import normalise

_INLINE_CHARS = 150
_SHORT_CHARS = 24
_FEW_FACTS = 3
# A fact that opens like this needs no purpose before it, or would make it absurd.
_OWN_LEAD = re.compile(
    r"[\u4e00-\u9fff]{1,4}的\d|坚持|针对|围绕|为|全年|聚焦|按照|未|无|今年|累计|连续|发生|现有|获|被|落实.{0,8}\d|减少|下降|将"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A number-free phrase of a past report that may lead a fact, with the passage it is from."""

    text: str
    passage: str


Phrases = Mapping[str, Sequence[Phrase]]
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


@dataclass(frozen=True, slots=True)
class Layout:
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
            inline += [DraftSentence(f"{ordinal(number)}是{group.name}。"), *sentences]
            head = DraftSentence(f"（{ordinal(number)}）{group.name}。")
            paragraphs.append([head, *sentences])
        return [inline] if self.form is Form.INLINE else paragraphs


@dataclass(slots=True)
class Composer:
    """Writes the sections of one report; remembers the leads used so that none comes twice."""

    sheet: FactSheet
    bank: Bank = field(default_factory=load_bank)
    phrases: Phrases = field(default_factory=lambda: MappingProxyType({}))
    _used: set[str] = field(default_factory=set)

    def compose(self, plan: Plan) -> tuple[DraftSection, ...]:
        """Every section of the plan, the opening first."""
        return tuple(self.section(section) for section in plan.sections)

    def section(self, section: PlannedSection) -> DraftSection:
        """One section; a mandatory part without facts becomes 【待补充：…】."""
        if section.needs_input:
            return needs_input(section)
        match section.kind:
            case PartKind.OPENING:
                paragraphs = self._opening(section)
            case PartKind.PROBLEMS:
                paragraphs = self._list(section, self.bank.problem_intro)
            case PartKind.PLANS:
                paragraphs = self._list(section, self.bank.plan_intro)
            case _:
                paragraphs = self._work(section)
        return build_section(section, paragraphs)

    def sentences_for(self, facts: Iterable[Fact]) -> list[DraftSentence]:
        """Plain sentences that tell ``facts``, to be put where a model left them out."""
        return [_sentence(_whole_year(clause(fact.text)), fact) for fact in facts]

    def layout(self, section: PlannedSection) -> Layout:
        """The opening of a work section and its facts in groups, for a model to write out."""
        groups = _groups(section, self.bank)
        wording = self.bank.part(section.blocks[0].key if section.blocks else section.key)
        opening = DraftSentence(self._opening_sentence(section, wording))
        return Layout(opening, tuple(groups), self._form(section, groups))

    def _form(self, section: PlannedSection, groups: Sequence[Group]) -> Form:
        if len(groups) == 1 or (len(section.facts) <= _FEW_FACTS and len(section.blocks) == 1):
            return Form.PLAIN
        chars = sum(len(fact.text) for fact in section.facts)
        if chars < _INLINE_CHARS or (len(groups) == 2 and len(section.blocks) == 1):
            return Form.INLINE
        return Form.PARAGRAPHS

    @property
    def subject(self) -> str:
        """What the unit calls itself: 我局, 全镇上下, 公司."""
        return subject_of(self.sheet.unit)

    def _seed(self, key: str) -> str:
        return f"{self.sheet.unit}{self.sheet.year}{key}"

    def _opening(self, section: PlannedSection) -> Paragraphs:
        stance = pick(self.bank.stance, self._seed("stance")).replace("{subject}", self.subject)
        theme = pick(self.bank.theme, self._seed("theme"))
        sentences = []
        told = sorted(section.facts, key=_late)
        for fact in (f for f in told if is_profile(normalise(f.text))):
            text = _whole_year(clause(fact.text))
            sentences.append(_sentence(own_noun(self.sheet.unit) + text, fact))
        sentences.append(DraftSentence(f"{self.sheet.year}年，{stance}，{theme}。"))
        for fact in (f for f in told if not is_profile(normalise(f.text))):
            sentences.append(_sentence(self._honour(clause(fact.text)), fact))
        sentences.append(DraftSentence(pick(self.bank.report, self._seed("report"))))
        return [sentences]

    def _honour(self, text: str) -> str:
        """An honour with the unit that got it; other results as they are."""
        if re.match(r"(?:连续[^，。]{1,4}年)?(?:被|获|荣获)", text):
            return own_noun(self.sheet.unit) + text
        return _whole_year(text)

    def _list(self, section: PlannedSection, intro: str) -> Paragraphs:
        wording = self.bank.part(section.kind.value)
        opening = pick(wording.openings, self._seed(section.key)).replace("{subject}", self.subject)
        items = [(_item(fact), fact) for fact in section.facts]
        if section.kind is PartKind.PLANS:
            opening, items = _lift_time(opening, items)
        if len(items) == 1:
            text, fact = items[0]
            lead = "主要是" if section.kind is PartKind.PROBLEMS else "重点做好以下方面："
            return [[DraftSentence(opening), _sentence(lead + text, fact)]]
        is_long = any("；" in text or "。" in text for text, _ in items)
        if not is_long:
            opening = opening.removesuffix("。") + "，" + intro
        mark = "。" if is_long else "；"
        out: list[DraftSentence] = []
        for number, (text, fact) in enumerate(items):
            is_last = number == len(items) - 1
            body = f"{ordinal(number)}是{text}{'。' if is_last else mark}"
            out.append(DraftSentence(body, (fact.id,)))
        head = opening
        return [[DraftSentence(head), *out]]

    def _work(self, section: PlannedSection) -> Paragraphs:
        layout = self.layout(section)
        written = [self._group(group, layout.opening.text) for group in layout.groups]
        return layout.arrange(written)

    def _opening_sentence(self, section: PlannedSection, wording: PartWording) -> str:
        text = pick(wording.openings, self._seed(section.key))
        return text.replace("{subject}", self.subject)

    def _group(self, group: Group, opening: str = "") -> list[DraftSentence]:
        facts = sorted(group.facts, key=_late)
        out: list[DraftSentence] = []
        for index, fact in enumerate(facts):
            text = clause(fact.text)
            previous = out[-1] if out else None
            if (
                previous
                and _is_short(previous.text)
                and _is_short(text)
                and len(previous.facts) == 1
            ):
                joined = previous.text.removesuffix("。") + "；" + text + "。"
                out[-1] = DraftSentence(joined, (*previous.facts, fact.id), previous.passages)
                continue
            lead = self._lead(group, index, text, opening)
            passages = (lead.passage,) if lead.passage else ()
            out.append(DraftSentence(f"{lead.text}{_whole_year(text)}。", (fact.id,), passages))
        return out

    def _lead(self, group: Group, index: int, text: str, opening: str) -> Phrase:
        """Words before a fact: a purpose before the first of a group, a link before some others."""
        nothing = Phrase("", "")
        if is_nil(text[:12]) or is_award(text) or not has_verb_first(text):
            return nothing
        if index == 0:
            if _OWN_LEAD.match(text):
                return nothing
            leads = [Phrase(lead, "") for lead in group.topic.leads] if group.topic else []
            for phrase in (*leads, *self.phrases.get(group.key, ())):
                is_dull = phrase.text[:2] == opening[:2]
                if (
                    phrase.text not in self._used
                    and not is_dull
                    and not _repeats(phrase.text, text)
                ):
                    self._used.add(phrase.text)
                    return phrase
            return nothing
        if index % 2 == 1 and not _OWN_LEAD.match(text):
            return Phrase(self.bank.connectors[(index // 2) % len(self.bank.connectors)], "")
        return nothing


def compose(
    sheet: FactSheet, plan: Plan, *, bank: Bank | None = None, phrases: Phrases | None = None
) -> tuple[DraftSection, ...]:
    """Write every section of ``plan`` without a model."""
    return Composer(sheet, bank or load_bank(), phrases or MappingProxyType({})).compose(plan)


def needs_input(section: PlannedSection) -> DraftSection:
    """The section of a mandatory part for which there is no fact."""
    name = section.part_title or section.title
    text = f"【待补充：{name}】"
    return DraftSection(
        section.key,
        section.title,
        text,
        SectionStatus.NEEDS_INPUT,
        (DraftSentence(text),),
        f"要点里没有“{name}”的内容，请补充要点后重新起草。",
    )


def build_section(
    section: PlannedSection, paragraphs: Sequence[Sequence[DraftSentence]], note: str = ""
) -> DraftSection:
    """A section whose text is its sentences, one paragraph a line."""
    lines = ["".join(s.text for s in sentences) for sentences in paragraphs if sentences]
    flat = tuple(sentence for sentences in paragraphs for sentence in sentences)
    return DraftSection(section.key, section.title, "\n".join(lines), SectionStatus.OK, flat, note)


def _groups(section: PlannedSection, bank: Bank) -> list[Group]:
    """The facts of a section by topic, or by part where the section tells several."""
    if len(section.blocks) > 1:
        return [_block_group(block, bank) for block in section.blocks]
    block = section.blocks[0]
    topics = bank.part(block.key).topics
    found: dict[int, list[Fact]] = {}
    for fact in block.facts:
        found.setdefault(_topic_of(fact, topics), []).append(fact)
    loose = found.pop(-1, [])
    if not found:
        return [Group(block.key, block.title, tuple(loose))]
    order = sorted(found)
    found[order[-1]] += loose
    return [
        Group(block.key, topics[index].name, tuple(found[index]), topics[index]) for index in order
    ]


def _block_group(block: PlannedBlock, bank: Bank) -> Group:
    topics = bank.part(block.key).topics
    first = _topic_of(block.facts[0], topics)
    return Group(block.key, block.title, block.facts, topics[first] if first >= 0 else None)


def _topic_of(fact: Fact, topics: Sequence[Topic]) -> int:
    """The topic whose cues say most about a fact, those that stand first weighing more."""
    text = normalise(fact.text)
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


def _item(fact: Fact) -> str:
    _, text = fact_label(fact.text)
    return strip_ordinal(text).rstrip("。；，")


def _lift_time(opening: str, items: list[tuple[str, Fact]]) -> tuple[str, list[tuple[str, Fact]]]:
    """Say 明年 or the coming year once, before the list, where every item begins with it."""
    items = [(re.sub(r"^下一?步，?(?:将)?", "", text), fact) for text, fact in items]
    starts = {m.group(0) if (m := _TIME.match(text)) else "" for text, _ in items}
    if len(starts) == 1 and len(items) > 1 and (start := starts.pop()):
        opening = opening.replace("下一步", start, 1)
        items = [(re.sub(r"^[，将]+", "", text[len(start) :]), fact) for text, fact in items]
    return opening, items


_TIME = re.compile(r"^(?:明年|来年|20\d\d年)(?![\d上下底前一二三四春夏秋冬])")


def _sentence(text: str, fact: Fact) -> DraftSentence:
    return DraftSentence(text.rstrip("。；，") + "。", (fact.id,), (), Origin.COMPOSER)


def _late(fact: Fact) -> int:
    """Claims that nothing happened and honours close a paragraph."""
    text = normalise(fact.text)
    if is_award(text):
        return 2
    return 1 if is_nil(text[:14]) else 0


def _whole_year(text: str) -> str:
    return "全年" + text if re.match(r"(?:未|没有)(?:发生|出现)", text) else text


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT_CHARS and has_verb_first(text) and not is_nil(text)


def _repeats(lead: str, text: str) -> bool:
    """True where a lead would say the same word as the fact right behind it."""
    return any(lead[i : i + 4] in text for i in range(len(lead) - 3))
