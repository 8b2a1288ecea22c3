"""What a report says against its fact sheet: figures, claims and the facts it leaves out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.checking.parts import PartState
from app.core.document import Span
from app.core.facts import Fact, FactSheet
from app.core.finding import PartStatus
from app.core.quantity import QuantityKind
from app.evidence.compare import Figure, is_like, same_unit
from app.evidence.derive import is_derived, is_rounded
from app.evidence.sentence import FigureJudgement, SentenceReader, own_counts, reader_of
from app.evidence.sheet import MOST_ASKED, FactEntry, evidence_of, read_date
from app.language.claims import ClaimKind, Complaint, claim_complaints, quoted_complaints
from app.language.term_index import numbers_of
from app.language.view import TextView
from app.report.profile import PartKind, Profile

_LONG = 600
_MOST_CHARS = 100_000  # no report is as long; hostile texts are
_TOLD_IN_WORDS = 0.5
_TOLD_BESIDE_FIGURES = 0.7
_NEAR_FACTS = 0.34
_MOST_OPERANDS = 40
_MARK = re.compile("[，；、]")
_PERIOD_IDIOM = re.compile(r"^(?:7[×*xX])?24个?小时|^365天|^一年|^全年")
_EVENT_NAME = re.compile(
    r"^(?:专项|集中|主题|系列)?(?:行动|活动|会议|工程|战役|演练|培训|大会|竞赛)"
)
_LIST_BEFORE = re.compile(r"((?:[\u4e00-\u9fff]{1,8}、){1,9}[\u4e00-\u9fff]{1,8})$")
_ANNOUNCED = re.compile("(?:方面|环节|层面|维度|关口)|[^，。；：]{0,8}：")
_AIM = re.compile(r"力争|争取|争创|努力|确保|目标|创建|申报|下一?步|明年|将要?")
_NUMERALS = "一二两三四五六七八九十"
_SAME_MEASURE = tuple(
    frozenset(group.split())
    for group in (
        "件 起 宗 例", "处 个 条 项 点", "人 名 位", "次 场 场次 期 回 轮", "户 家", "台 套 部 个",
        "支 个", "份 册 张", "批 批次", "路 个", "人次 人", "段 个", "间 个", "辆 台", "对 件",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unsourced:
    """A figure, date or document number that no fact holds."""

    span: Span
    text: str
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Altered:
    """A figure at the place of a fact's own: ``held`` is what the fact says."""

    span: Span
    text: str
    fact: Fact
    held: str
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Untold:
    """A fact of which the report says nothing, and where it belongs."""

    fact: Fact
    place: Span


@dataclass(frozen=True, slots=True)
class Support:
    """Everything in which report and facts differ, in text order."""

    unsourced: tuple[Unsourced, ...]
    altered: tuple[Altered, ...]
    untold: tuple[Untold, ...]
    claims: tuple[Complaint, ...]


@dataclass(slots=True)
class _Sentence:
    span: Span
    reader: SentenceReader
    judgements: list[FigureJudgement]
    held: list[Figure] = field(default_factory=list)
    entries: list[FactEntry] = field(default_factory=list)
    open: list[FigureJudgement] = field(default_factory=list)


def read_support(
    view: TextView, sheet: FactSheet, profile: Profile, parts: Mapping[str, PartState]
) -> Support:
    """Compare a report, of whose parts one knows where they are, with the facts it should tell."""
    return _Reader(view, sheet, profile, parts).read()


class _Reader:
    """One comparison: first what is held, then what the rest of the figures are."""

    def __init__(
        self, view: TextView, sheet: FactSheet, profile: Profile, parts: Mapping[str, PartState]
    ) -> None:
        self.view = view
        self.sheet = sheet
        self.profile = profile
        self.parts = parts
        self.evidence = evidence_of(sheet)
        self.entries = self.evidence.entries
        self.text = _running_text(view)
        self.told: dict[str, set[int]] = {entry.fact.id: set() for entry in self.entries}
        self.altered: list[Altered] = []
        self.unsourced: list[Unsourced] = []
        self.claims: list[Complaint] = []

    def read(self) -> Support:
        """The whole comparison."""
        counts = own_counts(self.text) | {len(e.items) for e in self.view.enumerations}
        plans = self._plans()
        sentences: list[_Sentence] = []
        for span in self._pieces():
            reader = reader_of(self.evidence, span.of(self.text))
            sentence = _Sentence(span, reader, list(reader.judgements(frozenset(counts))))
            self._note_held(sentence)
            sentences.append(sentence)
            self._dates(sentence)
            self._claims(sentence, is_plan=any(span.overlaps(plan) for plan in plans))
        for index, sentence in enumerate(sentences):
            if sentence.open:
                self._judge_open(sentence, sentences[max(index - 1, 0) : index + 2])
        untold = tuple(Untold(entry.fact, self._place(entry)) for entry in self._untold(sentences))
        return Support(tuple(self.unsourced), tuple(self.altered), untold, tuple(self.claims))

    def _pieces(self) -> Iterator[Span]:
        """Sentences; one of unusual length in pieces."""
        for span in self.view.sentences:
            if span.start > _MOST_CHARS:
                return
            start = span.start
            while span.end - start > _LONG:
                cut = start + _LONG
                for match in _MARK.finditer(self.text, start + _LONG // 2, start + _LONG):
                    cut = match.end()
                yield Span(start, cut)
                start = cut
            if not self.text[start : span.end].isspace() and start < span.end:
                yield Span(start, span.end)

    def _plans(self) -> list[Span]:
        return [
            span
            for part in self.profile.parts
            if part.kind is PartKind.PLANS and (span := self.parts[part.key].span) is not None
        ]

    def _note_held(self, sentence: _Sentence) -> None:
        for judgement in sentence.judgements:
            matches = judgement.matches or self._rounded(judgement.figure)
            if not matches:
                sentence.open.append(judgement)
                continue
            sentence.held.append(judgement.figure)
            for entry, index in _best(sentence.reader.terms, judgement.figure, matches):
                self.told[entry.fact.id].add(index)
                if entry not in sentence.entries:
                    sentence.entries.append(entry)

    def _rounded(self, figure: Figure) -> tuple[tuple[FactEntry, int], ...]:
        """Figures of facts that this one tells less exactly: 36件 as 30余件."""
        if figure.quantity.is_exact and figure.quantity.precision == 1:
            return ()
        return tuple(
            (entry, index)
            for entry in self._near(figure)
            for index, held in enumerate(entry.figures)
            if is_rounded(held.quantity, figure.quantity)
            and _same_measure(held, figure)
            and is_like(figure, held)
        )

    def _near(self, figure: Figure) -> list[FactEntry]:
        """Facts that share a word with the figure's own words, or with its sentence."""
        index = self.evidence.terms
        shared = index.shared(figure.local or figure.wide)
        near = shared.closest(shared.at_least(1), MOST_ASKED)
        return [self.entries[number] for number in numbers_of(near)]

    def _judge_open(self, sentence: _Sentence, nearby: Sequence[_Sentence]) -> None:
        operands = [f.quantity for s in nearby for f in s.held][:_MOST_OPERANDS]
        for s in nearby:
            for entry in s.entries[:4]:
                operands += [f.quantity for f in entry.figures if f.quantity not in operands]
        for judgement in sentence.open:
            figure = judgement.figure
            span = figure.quantity.span.shift(sentence.span.start)
            if self._is_free(figure, sentence):
                continue
            found = self._own(judgement, sentence)
            if found is not None:
                entry, index = found
                held = entry.figures[index]
                if judgement.kind is ClaimKind.UNIT and _same_measure(held, figure):
                    self.told[entry.fact.id].add(index)
                    continue
                self.told[entry.fact.id].add(index)
                self.altered.append(Altered(span, figure.text, entry.fact, held.text))
                continue
            before = sentence.reader.sentence[
                max(figure.quantity.span.start - 30, 0) : figure.quantity.span.start
            ]
            if is_derived(figure.quantity, before, operands[: 2 * _MOST_OPERANDS]):
                continue
            altered = self._moved(judgement, span)
            if altered is not None:
                self.altered.append(altered)
                continue
            self.unsourced.append(Unsourced(span, figure.text))

    def _moved(self, judgement: FigureJudgement, span: Span) -> Altered | None:
        """A fact's figure, told nowhere else, that stands on another thing here."""
        entry, index, figure = judgement.entry, judgement.index, judgement.figure
        if entry is None or judgement.kind is not ClaimKind.INDICATOR:
            return None
        if index in self.told[entry.fact.id] or not figure.wide & entry.terms:
            return None
        self.told[entry.fact.id].add(index)
        return Altered(span, figure.text, entry.fact, entry.figures[index].text, is_moved=True)

    def _is_free(self, figure: Figure, sentence: _Sentence) -> bool:
        """Figures that need no fact: 24小时值班, 镇、村、组三级, 三件事：…"""
        quantity, text = figure.quantity, figure.text
        if quantity.kind is QuantityKind.PERIOD and _PERIOD_IDIOM.match(text):
            return True
        if text[:1] not in _NUMERALS or quantity.value > 10:
            return False
        start, end = quantity.span.start, quantity.span.end
        if _ANNOUNCED.match(sentence.reader.sentence, end):
            return True
        match = _LIST_BEFORE.search(sentence.reader.sentence[max(start - 60, 0) : start])
        return match is not None and match.group(1).count("、") + 1 == quantity.value

    def _own(self, judgement: FigureJudgement, sentence: _Sentence) -> tuple[FactEntry, int] | None:
        """The figure of a fact, not told yet, in whose place this one stands."""
        figure = judgement.figure
        if judgement.entry is not None and judgement.kind in (ClaimKind.UNIT, ClaimKind.QUALIFIER):
            index = judgement.index
            if is_like(figure, judgement.entry.figures[index]):
                return judgement.entry, index
        best: tuple[float, float] = (0.0, 0.0)
        found: tuple[FactEntry, int] | None = None
        for entry in self._near(figure):
            told = self.told[entry.fact.id]
            shared = len(entry.terms & sentence.reader.terms) / max(len(entry.terms), 1)
            for index, held in enumerate(entry.figures):
                if index in told or not _comparable(held, figure):
                    continue
                likeness = _likeness(figure, held)
                if not likeness or (likeness < 0.5 and shared < _NEAR_FACTS):
                    continue
                if (likeness + shared, shared) > best:
                    best, found = (likeness + shared, shared), (entry, index)
        return found

    def _dates(self, sentence: _Sentence) -> None:
        for complaint in sentence.reader.dates_and_numbers:
            if complaint.kind is ClaimKind.DATE:
                year, month, day = read_date(complaint.quote)
                is_plain_year = not month and not day and abs(year - self.sheet.year) <= 1
                if is_plain_year or not (year or day):
                    continue
            elif "〔" not in complaint.quote:
                continue
            span = complaint.span.shift(sentence.span.start)
            is_date = complaint.kind is ClaimKind.DATE
            self.unsourced.append(Unsourced(span, complaint.quote, is_date=is_date))

    def _claims(self, sentence: _Sentence, *, is_plan: bool) -> None:
        if is_plan:
            return
        text = sentence.reader.sentence
        found = list(claim_complaints(text, self.evidence.held))
        found += [
            c
            for c in quoted_complaints(text, self.evidence.bare_names)
            if _EVENT_NAME.match(text[c.span.end : c.span.end + 4])
        ]
        last = -1
        for complaint in sorted(found, key=lambda c: (c.span.start, -c.span.end)):
            head = max(text.rfind(mark, 0, complaint.span.start) for mark in "，。；：") + 1
            is_aim = _AIM.search(text, max(head, complaint.span.start - 30), complaint.span.start)
            if head == last or is_aim:
                continue  # one word a clause is enough: 位居全县前列
            last = head
            self.claims.append(replace(complaint, span=complaint.span.shift(sentence.span.start)))

    def _untold(self, sentences: Sequence[_Sentence]) -> list[FactEntry]:
        if len(self.text) > _MOST_CHARS:
            return []  # it may be told in what was not read
        index, figured = self.evidence.terms, self.evidence.figured
        worded = index.worded(index.shared(()), 1.0)  # those without words
        for sentence in sentences:
            shared = sentence.reader.shared
            worded |= index.worded(shared, _TOLD_BESIDE_FIGURES) & figured
            worded |= index.worded(shared, _TOLD_IN_WORDS) & ~figured
        return [
            entry
            for number, entry in enumerate(self.entries)
            if not worded >> number & 1 and not self.told[entry.fact.id]
        ]

    def _place(self, entry: FactEntry) -> Span:
        """The empty span at the end of the part that tells such things."""
        fact = entry.fact
        heads = fact.heading + fact.label + fact.text[:8]
        best, where = 0, None
        for part in self.profile.parts:
            score = sum(4 for word in part.headings if word in heads)
            score += sum(1 for cue in part.cues if cue in fact.shown)
            state = self.parts[part.key]
            if score > best and state.span is not None and state.status is not PartStatus.MISSING:
                best, where = score, state.span
        end = where.end if where else self.view.outline.body.end
        end = min(end, len(self.view.text))
        while end > 0 and self.view.text[end - 1].isspace():
            end -= 1
        return Span(end, end)


def _running_text(view: TextView) -> str:
    """The view with title, headings and closing lines blanked, as long as before."""
    outline = view.outline
    spans = [s for s in (outline.title, outline.signature, outline.date) if s is not None]
    spans += [heading.span for heading in outline.headings]
    pieces: list[str] = []
    place = 0
    for span in sorted(spans):
        if span.end <= place:
            continue
        start = max(span.start, place)
        pieces += [view.view[place:start], "　" * (span.end - start)]
        place = span.end
    return "".join(pieces) + view.view[place:]


def _best(
    terms: frozenset[str], figure: Figure, matches: Sequence[tuple[FactEntry, int]]
) -> list[tuple[FactEntry, int]]:
    """The matches whose fact, and whose own words, are most like what is said here."""
    if len(matches) == 1:
        return list(matches)

    def score(match: tuple[FactEntry, int]) -> tuple[float, int]:
        entry, index = match
        share = len(entry.terms & terms) / max(len(entry.terms), 1)
        return round(share, 3), len(entry.figures[index].local & figure.local)

    top = max(score(match) for match in matches)
    return [match for match in matches if score(match) == top]


def _same_measure(one: Figure, other: Figure) -> bool:
    if same_unit(one.quantity, other.quantity):
        return True
    units = {one.quantity.unit, other.quantity.unit}
    return any(units <= group for group in _SAME_MEASURE)


def _comparable(held: Figure, figure: Figure) -> bool:
    """The same kind of quantity, told of the same step and direction."""
    if held.quantity.kind is not figure.quantity.kind or not _same_measure(held, figure):
        return False
    if held.role is not figure.role:
        return False
    return not (held.action and figure.action and held.action is not figure.action)


def _likeness(figure: Figure, held: Figure) -> float:
    """How much of the words of the shorter clause the two figures share."""
    if figure.local and held.local:
        return len(figure.local & held.local) / min(len(figure.local), len(held.local))
    return 0.5 if figure.wide & held.wide else 0.0
