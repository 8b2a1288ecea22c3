"""Bring a report to the length asked for, with number-free wording as the only filler.

Longer: sentences of the bank that say how the work is understood. Shorter: those go, and the
sub-headings. A fact is never cut and never invented, so a length the facts do not carry is
missed, and the result says so.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from app.core.draft import DraftSection, DraftSentence, LengthResult, SectionStatus
from app.drafting.prose.phrase_book import PhraseBook

TOLERANCE = 0.2
SHORTEST, LONGEST = 200, 60_000
_GOAL = 0.04  # nearer than this there is nothing left to do
_MOST_EXTRA = 6  # sentences of the bank a section
_MOST_FILLER_SHARE = 2.2  # characters of filler for one character of facts
_HEAD = re.compile(
    r"(?:（[一二三四五六七八九十]{1,3}）|[一二三四五六七八九十]{1,3}是)[^，。；：]{2,40}。"
)
_LIST_ITEM = re.compile(r"^[一二三四五六七八九十]{1,3}是")

Paragraphs = list[list[DraftSentence]]
Assemble = Callable[[Sequence[DraftSection]], str]


def count_chars(text: str) -> int:
    """The length of a text as Word counts it for Chinese: every character but white space."""
    return sum(not char.isspace() for char in text)


def paragraphs_of(section: DraftSection) -> Paragraphs:
    """A section's sentences, one list a line of its text."""
    out: Paragraphs = []
    sentences = list(section.sentences)
    for line in section.text.split("\n"):
        group: list[DraftSentence] = []
        told = ""
        while sentences and len(told) < len(line):
            group.append(sentences.pop(0))
            told += group[-1].text
        out.append(group)
    return out


def with_paragraphs(section: DraftSection, paragraphs: Paragraphs) -> DraftSection:
    """The section with other sentences; empty paragraphs are left out."""
    kept = [group for group in paragraphs if group]
    text = "\n".join("".join(s.text for s in group) for group in kept)
    return replace(section, text=text, sentences=tuple(s for group in kept for s in group))


def is_head(sentence: DraftSentence) -> bool:
    """True for a sub-heading: （一）… or 一是… without a fact."""
    return not sentence.facts and bool(_HEAD.fullmatch(sentence.text))


@dataclass(slots=True)
class Fitter:
    """Lengthens or shortens the sections of one report.

    ``wording_of`` names for a section key the bank parts whose wording fits.
    """

    phrase_book: PhraseBook
    subject: str
    assemble: Assemble
    parts_of: Callable[[str], Sequence[str]]
    _added: dict[str, int] = field(default_factory=dict)

    def fit(
        self, sections: Sequence[DraftSection], wanted: int
    ) -> tuple[tuple[DraftSection, ...], LengthResult]:
        """The sections as near to ``wanted`` characters as the facts carry, and how near."""
        out = list(sections)
        size = self._size(out)
        if size < wanted * (1 - _GOAL):
            out = self._lengthen(out, wanted)
        elif size > wanted * (1 + _GOAL):
            out = self._shorten(out, wanted)
        return tuple(out), _result(wanted, self._size(out))

    def enrich(self, section: DraftSection, told: Collection[str], *, chars: int) -> DraftSection:
        """The section with up to ``chars`` more of number-free wording not yet in ``told``."""
        for text in self.wording(section.key):
            if text not in told and len(text) <= chars:
                section = self._add(section, text)
                chars -= len(text)
        return section

    def _size(self, sections: Sequence[DraftSection]) -> int:
        return count_chars(self.assemble(sections))

    def _lengthen(self, sections: list[DraftSection], wanted: int) -> list[DraftSection]:
        """Add a sentence to each section in turn, those with most facts first."""
        told = {s.text for section in sections for s in section.sentences}
        waiting = {
            section.key: [t for t in self.wording(section.key) if t not in told][:_MOST_EXTRA]
            for section in sections
            if section.status is SectionStatus.OK and section.title
        }
        facts = sum(len(s.text) for x in sections for s in x.sentences if s.facts)
        allowed = int(facts * _MOST_FILLER_SHARE)
        missing = wanted - self._size(sections)
        order = sorted(
            (i for i, s in enumerate(sections) if s.key in waiting),
            key=lambda i: (-_fact_count(sections[i]), i),
        )
        while missing > 0 and any(waiting[sections[i].key] for i in order):
            for index in order:
                texts = waiting[sections[index].key]
                if not texts or missing <= 0:
                    continue
                text = texts.pop(0)
                if text in told or len(text) > allowed or len(text) > 2 * missing:
                    continue
                told.add(text)
                sections[index] = self._add(sections[index], text)
                allowed -= len(text)
                missing -= len(text)
        return sections

    def wording(self, key: str) -> list[str]:
        """The bank's wording that fits a section, openings it did not take among it."""
        out: list[str] = []
        for part in self.parts_of(key):
            wording = self.phrase_book.part(part)
            out += [*wording.more, *(() if wording.more else wording.openings)]
        return [text.replace("{subject}", self.subject) for text in dict.fromkeys(out)]

    def _add(self, section: DraftSection, text: str) -> DraftSection:
        """Put a sentence behind the opening, at the end, or under a sub-heading, in turn."""
        paragraphs = paragraphs_of(section)
        number = self._added.get(section.key, 0)
        self._added[section.key] = number + 1
        new = DraftSentence(text)
        if section.key in ("problems", "plans"):
            paragraphs.append([new])
            return with_paragraphs(section, paragraphs)
        heads = [p for p in paragraphs if p and is_head(p[0])]
        if heads and number >= 1:
            heads[(number - 1) % len(heads)].insert(1, new)
        elif number % 2 == 0 or _LIST_ITEM.match(_last_head(paragraphs)):
            at = 1 if paragraphs[0] and not paragraphs[0][0].facts else 0
            paragraphs[0].insert(at, new)
        else:
            paragraphs[-1].append(new)
        return with_paragraphs(section, paragraphs)

    def _shorten(self, sections: list[DraftSection], wanted: int) -> list[DraftSection]:
        """Take wording without facts out: second openings first, then sub-headings, then all."""
        for is_spare in (_is_second, _is_sub_heading, _is_opening, _is_wording):
            for index in sorted(range(len(sections)), key=lambda i: (-len(sections[i].text), i)):
                surplus = self._size(sections) - wanted
                if surplus <= wanted * _GOAL:
                    return sections
                sections[index] = _without(sections[index], is_spare)
        return sections


def without_frills(section: DraftSection) -> DraftSection:
    """The section without sub-headings and with no wording beyond its opening."""
    return _without(_without(section, _is_second), _is_sub_heading)


def _fact_count(section: DraftSection) -> int:
    return sum(len(s.facts) for s in section.sentences)


def _last_head(paragraphs: Paragraphs) -> str:
    return next((s.text for group in paragraphs for s in reversed(group) if is_head(s)), "")


def _is_second(index: int, sentence: DraftSentence) -> bool:
    return index > 0 and not sentence.facts and not is_head(sentence)


def _is_sub_heading(index: int, sentence: DraftSentence) -> bool:
    del index
    return is_head(sentence)


def _is_opening(index: int, sentence: DraftSentence) -> bool:
    return index == 0 and not sentence.facts and not is_head(sentence)


def _is_wording(index: int, sentence: DraftSentence) -> bool:
    del index
    return not sentence.facts and not sentence.text.startswith("现将")


def _without(section: DraftSection, is_spare: Callable[[int, DraftSentence], bool]) -> DraftSection:
    """The section without its spare sentences; a list keeps its introduction to the last."""
    if section.status is not SectionStatus.OK or not section.sentences:
        return section
    is_last_resort = is_spare is _is_wording
    has_list = any(s.facts and _LIST_ITEM.match(s.text) for s in section.sentences)
    if not section.title and not is_last_resort:
        return section
    paragraphs = paragraphs_of(section)
    kept: Paragraphs = []
    place = 0
    for group in paragraphs:
        row: list[DraftSentence] = []
        for sentence in group:
            is_needed = has_list and place == 0 and not is_last_resort
            if is_needed or not is_spare(place, sentence):
                row.append(sentence)
            place += 1
        kept.append(row)
    if is_spare is _is_sub_heading:
        kept = [[sentence for row in kept for sentence in row]]
    return with_paragraphs(section, kept)


def _result(wanted: int, actual: int) -> LengthResult:
    note = ""
    if actual > wanted * (1 + TOLERANCE):
        note = (
            f"要写{wanted}字，要点本身就要{actual}字才写得全，没有删减要点；"
            "想再短些，请先去掉几条要点。"
        )
    elif actual < wanted * (1 - TOLERANCE):
        note = f"要写{wanted}字，现有要点只够写到{actual}字，没有硬凑；补充要点后可以写得更长。"
    return LengthResult(wanted, actual, note)
