"""Write a report from facts alone: no model, the same text for the same facts, nothing invented.

Openings and leads say how the work is understood, never what was done; every figure and name is
one of a fact. Past reports lend short number-free phrases, never sentences.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from app.core.draft import DraftSection, DraftSentence, Origin, SectionStatus
from app.core.facts import Fact, FactSheet
from app.drafting.plan.groups import (
    Form,
    Group,
    Paragraphs,
    SectionLayout,
    groups_of,
    in_order,
    lateness,
    topic_of,
)
from app.drafting.plan.types import Plan, PlannedBlock, PlannedSection
from app.drafting.prose.phrase_book import PhraseBook, load_phrase_book, pick
from app.drafting.prose.points import plan_points, points_of
from app.drafting.prose.self_reference import own_noun, subject_of
from app.drafting.prose.wording import (
    has_verb_first,
    is_award,
    is_nil,
    is_profile,
    tell,
)
from app.language.kept import kept
from app.language.numbers.numerals import ordinal
from app.language.terms import key_terms, normalise
from app.report.profile import PartKind

_INLINE_CHARS = 150
_LONG_CHARS = 400
_SHORT_CHARS = 24
_FEW_FACTS = 3
_THIN_CHARS = 50
_FEWEST_TO_LINK = 3
_FOREIGN_SHARE = 0.25
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


@dataclass(slots=True)
class Composer:
    """Writes the sections of one report; remembers the wording used so that none comes twice.

    ``is_brief`` leaves out leads and links, for a report that must be short; ``is_ample`` opens
    every section with a whole sentence, for one that must be long.
    """

    sheet: FactSheet
    phrase_book: PhraseBook = field(default_factory=load_phrase_book)
    phrases: Phrases = field(default_factory=lambda: MappingProxyType({}))
    is_brief: bool = False
    is_ample: bool = False
    _used: set[str] = field(default_factory=set)
    _layouts: dict[str, SectionLayout] = field(default_factory=dict)
    _common: frozenset[str] = frozenset()
    _links: int = -1

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
                paragraphs = self._list(section, self.phrase_book.problem_intro)
            case PartKind.PLANS:
                paragraphs = self._list(section, self.phrase_book.plan_intro)
            case _:
                paragraphs = self._work(section)
        return build_section(section, paragraphs)

    def sentences_for(self, facts: Iterable[Fact]) -> list[DraftSentence]:
        """Plain sentences that tell ``facts``, to be put where a model left them out."""
        return [_sentence(_whole_year(tell(fact)), fact) for fact in facts]

    def fixed(self, plan: Plan) -> Plan:
        """The plan with the order and the sub-headings this composer would choose written down."""
        return replace(
            plan,
            sections=tuple(
                kept(("fixed", s.key), (s, self.phrase_book), partial(self._fixed, s))
                for s in plan.sections
            ),
        )

    def _fixed(self, section: PlannedSection) -> PlannedSection:
        if section.is_fixed or not section.facts:
            return replace(section, is_fixed=True)
        if section.kind is not PartKind.WORK:
            facts = section.facts
            if section.kind is PartKind.OPENING:
                facts = tuple(sorted(facts, key=lambda f: (not _tells_unit(f), lateness(f))))
            blocks: tuple[PlannedBlock, ...] = (PlannedBlock(section.key, section.title, facts),)
        else:
            blocks = tuple(
                PlannedBlock(group.key, group.name, in_order(group.facts))
                for group in groups_of(section, self.phrase_book)
            )
            if len(blocks) == 1 and blocks[0].key == section.key:
                blocks = (replace(blocks[0], title=section.title),)  # no sub-heading is shown
        facts = tuple(fact for block in blocks for fact in block.facts)
        return replace(section, facts=facts, blocks=blocks, is_fixed=True)

    def layout(self, section: PlannedSection) -> SectionLayout:
        """The opening of a work section and its facts in groups, for a model to write out."""
        if section.key not in self._layouts:
            groups = groups_of(section, self.phrase_book)
            opening = self._opening_sentence(section)
            form = self._form(section, groups)
            self._layouts[section.key] = SectionLayout(opening, tuple(groups), form)
        return self._layouts[section.key]

    def _form(self, section: PlannedSection, groups: Sequence[Group]) -> Form:
        is_one_part = len({group.key for group in groups}) == 1
        if len(groups) == 1 or (len(section.facts) <= _FEW_FACTS and is_one_part):
            return Form.PLAIN
        chars = sum(len(fact.text) for fact in section.facts)
        if chars < _INLINE_CHARS or (len(groups) == 2 and is_one_part and chars < _LONG_CHARS):
            return Form.INLINE
        return Form.PARAGRAPHS

    @property
    def subject(self) -> str:
        """What the unit calls itself: 我局, 全镇上下, 公司."""
        return subject_of(self.sheet.unit)

    def _seed(self, key: str) -> str:
        return f"{self.sheet.unit}{self.sheet.year}{key}"

    def _opening(self, section: PlannedSection) -> Paragraphs:
        stance = pick(self.phrase_book.stance, self._seed("stance")).replace(
            "{subject}", self.subject
        )
        theme = pick(self.phrase_book.theme, self._seed("theme"))
        sentences = []
        told = section.facts if section.is_fixed else sorted(section.facts, key=lateness)
        for fact in (f for f in told if _tells_unit(f)):
            text = _whole_year(tell(fact))
            sentences.append(_sentence(own_noun(self.sheet.unit) + text, fact))
        sentences.append(DraftSentence(f"{self.sheet.year}年，{stance}，{theme}。"))
        for fact in (f for f in told if not _tells_unit(f)):
            sentences.append(_sentence(self._honour(tell(fact)), fact))
        sentences.append(DraftSentence(pick(self.phrase_book.report, self._seed("report"))))
        return [sentences]

    def _honour(self, text: str) -> str:
        """An honour with the unit that got it; other results as they are."""
        if re.match(r"(?:连续[^，。]{1,4}年)?(?:被|获|荣获)", text):
            return own_noun(self.sheet.unit) + text
        return _whole_year(text)

    def _list(self, section: PlannedSection, intro: str) -> Paragraphs:
        wording = self.phrase_book.part(section.kind.value)
        opening = pick(wording.openings, self._seed(section.key)).replace("{subject}", self.subject)
        items = [(text, fact) for fact in section.facts for text in points_of(fact)]
        if section.kind is PartKind.PLANS:
            opening, items = plan_points(opening, items)
        if len(items) == 1:
            text, fact = items[0]
            lead = "主要是" if section.kind is PartKind.PROBLEMS else "重点是"
            return [[DraftSentence(opening), _sentence(lead + text, fact)]]
        is_long = any(mark in text for text, _ in items for mark in "；。")
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

    def _fits(self, phrase: Phrase, facts: Iterable[Fact], title: str = "") -> bool:
        """True where a phrase speaks of nothing but what these facts or any report may."""
        told = key_terms("，".join((title, *(fact.shown for fact in facts))))
        terms = key_terms(phrase.text)
        if not self._common:
            self._common = key_terms("，".join(self.phrase_book.sentences()))
        return len(terms - told - self._common) <= _FOREIGN_SHARE * len(terms)

    def _opening_sentence(self, section: PlannedSection) -> DraftSentence:
        """An opening that does not begin like the one of the section before.

        A short phrase of a past report may lead it; the sentence then names its passage.
        """
        key = section.blocks[0].key if section.blocks else section.key
        last = next(reversed(self._layouts.values())).opening.text[:2] if self._layouts else ""
        told = {layout.opening.text for layout in self._layouts.values()}
        known = self._openings(section)
        fresh = [t for t in known if t not in told] or list(known)
        options = [t for t in fresh if t[:2] != last] or fresh
        text = pick(options, self._seed(section.key)).replace("{subject}", self.subject)
        if not self.is_brief:
            for phrase in self.phrases.get(key, ()):
                is_dull = phrase.text[:2] in (text[:2], last) or _repeats(phrase.text, text)
                is_new = phrase.text not in self._used and not is_dull
                if is_new and self._fits(phrase, section.facts, section.title):
                    self._used.add(phrase.text)
                    return DraftSentence(phrase.text + text, (), (phrase.passage,))
        return DraftSentence(text)

    def _openings(self, section: PlannedSection) -> list[str]:
        """Short ones over little, those that speak of both parts over two, else whole ones."""
        keys = list(dict.fromkeys(block.key for block in section.blocks)) or [section.key]
        first = self.phrase_book.part(keys[0])
        if self.is_ample:
            return list(first.openings)
        if len(keys) == 2:
            second = self.phrase_book.part(keys[1]).heads
            return [
                f"{a}，{b}。"
                for a in first.heads
                for b in second
                if a[:2] == "坚持" or a[:2] != b[:2]
            ]
        if sum(len(fact.text) for fact in section.facts) < _THIN_CHARS and section.key != "results":
            return [f"{head}。" for head in first.heads]
        return list(first.openings)

    def _group(self, group: Group, opening: str = "") -> list[DraftSentence]:
        facts = group.facts if group.is_fixed else in_order(group.facts)
        out: list[DraftSentence] = []
        for index, fact in enumerate(facts):
            text = tell(fact)
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
            is_linked = any(out_.text.startswith(self.phrase_book.connectors) for out_ in out)
            if index and (is_linked or len(facts) < _FEWEST_TO_LINK):
                lead = Phrase("", "")
            else:
                lead = self._lead(group, fact, text, opening)
            passages = (lead.passage,) if lead.passage else ()
            out.append(DraftSentence(f"{lead.text}{_whole_year(text)}。", (fact.id,), passages))
        return out

    def _lead(self, group: Group, fact: Fact, text: str, opening: str) -> Phrase:
        """Words before a fact: a purpose before the first of a group, a link before another."""
        nothing = Phrase("", "")
        is_told_plainly = is_nil(text[:12]) or is_award(text) or not has_verb_first(text)
        if self.is_brief or is_told_plainly or _OWN_LEAD.match(text):
            return nothing
        if fact is not group.first:
            self._links += 1
            return Phrase(
                self.phrase_book.connectors[self._links % len(self.phrase_book.connectors)], ""
            )
        topics = self.phrase_book.part(group.key).topics
        place = topic_of(fact, topics)
        own = topics[place].leads if place >= 0 else ()
        leads = [Phrase(lead.text, "") for lead in own if lead.fits(text)]
        past = [p for p in self.phrases.get(group.key, ()) if self._fits(p, (fact,))]
        for phrase in (*leads, *past):
            is_dull = phrase.text[:2] == opening[:2] or _repeats(phrase.text, text)
            if phrase.text not in self._used and not is_dull:
                self._used.add(phrase.text)
                return phrase
        return nothing


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


def _sentence(text: str, fact: Fact) -> DraftSentence:
    return DraftSentence(text.rstrip("。；，") + "。", (fact.id,), (), Origin.COMPOSER)


def _tells_unit(fact: Fact) -> bool:
    """True for what the unit is rather than what it did."""
    return is_profile(normalise(fact.text))


def _whole_year(text: str) -> str:
    is_bare = re.match(r"(?:未|没有)(?:发生|出现)|[^，。；\d]{2,30}均未(?:发生|出现)$", text)
    return text if not is_bare or re.search(r"全年|年内|连续|今年", text) else "全年" + text


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT_CHARS and has_verb_first(text) and not is_nil(text)


def _repeats(lead: str, text: str) -> bool:
    """True where a lead would say the same word as the fact right behind it."""
    return any(lead[i : i + 4] in text for i in range(len(lead) - 3))
