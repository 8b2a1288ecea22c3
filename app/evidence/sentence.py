"""Read one sentence against the facts: which it tells, and what in it none of them holds."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from app.core.document import Span
from app.core.quantity import Quantity, QuantityKind
from app.evidence.compare import (
    Figure,
    figures_of,
    is_same_thing,
    is_strengthened,
    same_unit,
    same_value,
)
from app.evidence.sheet import (
    MATCHED_KINDS,
    MOST_ASKED,
    VERBATIM_KINDS,
    Evidence,
    FactEntry,
    amounts_of,
    date_held,
    quantities_of,
    read_date,
)
from app.language.claims import (
    ClaimKind,
    Complaint,
)
from app.language.held import bare
from app.language.kept import kept
from app.language.names.finder import Name, NameKind, locate_names
from app.language.relations.stages import is_other_stage
from app.language.term_index import Shared, numbers_of
from app.language.terms import key_terms, normalise

PLACEHOLDER = re.compile(r"【待(?:补充|核实)[^】\n]*】")
_YEAR_PHRASE = re.compile(r"^一年(?:来|以来|间)|^(?:近|这)一年")
_OWN_COUNT = re.compile(r"[一二三四五六七八九十]+(?=是)|（([一二三四五六七八九十]+)）")
_COUNTED = ("项", "个方面", "方面", "点", "条", "个", "大", "类")
_VAGUE_ONE = re.compile(
    r"^一(?:批|些|系列|体|线|定|把|盘|张|条|个|方|道|支|项项|件件|起起|站|手|面|步|次性|流|级|人|事|策|案|岗|日|时|刻|心|户|村|企|格|点|同)"
)
_ORDINAL_NAME = re.compile(r"第[二三四五六七八九十百\d]+(?:批|届|期|次|季度|个|名|轮|版)")
_PAUSES = "，。；：！？"
_ENOUGH_WITHOUT_FIGURES = 0.6
_MOST_SENTENCES = 500  # of a text beside two for each fact, known to one sheet's evidence
_ENOUGH_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class FigureJudgement:
    """What the facts say of one figure; ``kind`` is ``None`` where one holds it.

    ``matches`` are the figures of facts that hold it; else ``entry`` and ``index`` name the
    nearest one, where there is one with the same value.
    """

    figure: Figure
    kind: ClaimKind | None
    entry: FactEntry | None = None
    index: int = 0
    matches: tuple[tuple[FactEntry, int], ...] = ()

    @property
    def message(self) -> str:
        """In words a writer or a model can use."""
        text = self.figure.text
        if self.entry is None:
            return f"数字“{text}”在要点里没有依据"
        held = self.entry.figures[self.index].text
        if self.kind is ClaimKind.UNIT:
            return f"“{text}”的单位不对，要点里是“{held}”"
        if self.kind is ClaimKind.QUALIFIER:
            return f"“{text}”的说法不对，要点里是“{held}”"
        return f"“{text}”说的不是要点里的那件事，要点是“{_short(self.entry.text)}”"


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a clause says before a figure, and the units and places it names."""

    clause: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands in a sentence, whatever it is compared with."""

    quantities: tuple[Quantity, ...]
    amounts: tuple[Figure, ...]
    terms: frozenset[str]


def _said(sentence: str) -> _Said:
    plain = PLACEHOLDER.sub(lambda m: "　" * len(m.group(0)), sentence)
    quantities = quantities_of(plain)
    if plain == sentence:
        return _Said(quantities, amounts_of(sentence), key_terms(sentence))
    held = (q for q in quantities if q.kind in MATCHED_KINDS)
    return _Said(quantities, tuple(figures_of(sentence, held)), key_terms(sentence))


def reader_of(evidence: Evidence, sentence: str) -> "SentenceReader":
    """What reads this sentence against this evidence; asked again it knows its answers."""
    known: dict[str, SentenceReader] = evidence.read
    if sentence not in known:
        if len(known) > 2 * len(evidence.entries) + _MOST_SENTENCES:
            known.clear()  # those of texts that have been changed since
        known[sentence] = SentenceReader(evidence, sentence)
    return known[sentence]


class SentenceReader:
    """Checks one sentence against the evidence; of other sentences it knows nothing."""

    def __init__(self, evidence: Evidence, sentence: str) -> None:
        self.evidence = evidence
        self.sentence = sentence
        said = kept(("said", sentence), None, lambda: _said(sentence))
        self.quantities, self.amounts, self.terms = said.quantities, said.amounts, said.terms
        self._used: dict[int, tuple[int, tuple[FactEntry, ...]]] = {}
        self._judged: dict[tuple[object, ...], FigureJudgement] = {}

    def figures(self, counts: frozenset[int]) -> Iterator[Complaint]:
        """Complaints about figures and dates; ``counts`` are those of the text's own lists."""
        for judgement in self.judgements(counts):
            if judgement.kind is not None:
                quantity, text = judgement.figure.quantity, judgement.figure.text
                yield Complaint(quantity.span, text, judgement.kind, judgement.message)
        yield from self.dates_and_numbers
        for match in _ORDINAL_NAME.finditer(self.sentence):
            if not self.evidence.names.holds(match.group(0)):
                span = Span(*match.span())
                yield Complaint(
                    span, match.group(0), ClaimKind.FIGURE, f"要点里没有“{match.group(0)}”"
                )

    @cached_property
    def matched(self) -> Mapping[str, Set[int]]:
        """Which figures of which facts the figures of this sentence tell."""
        out: dict[str, set[int]] = {}
        for judgement in self._all_judgements:
            for entry, index in judgement.matches:
                out.setdefault(entry.fact.id, set()).add(index)
        return out

    @cached_property
    def dates_and_numbers(self) -> tuple[Complaint, ...]:
        """Complaints about dates, document numbers and codes."""
        return tuple(self._dates_and_numbers())

    def _dates_and_numbers(self) -> Iterator[Complaint]:
        for quantity in self.quantities:
            text = quantity.span.of(self.sentence)
            if quantity.kind is QuantityKind.DATE:
                if not date_held(read_date(text), self.evidence.dates):
                    yield Complaint(quantity.span, text, ClaimKind.DATE, f"要点里没有时间“{text}”")
            elif quantity.kind in VERBATIM_KINDS and not self.evidence.bare_names.holds(bare(text)):
                yield Complaint(quantity.span, text, ClaimKind.DOCUMENT, f"要点里没有“{text}”")

    @cached_property
    def plain(self) -> str:
        """The sentence without quotation marks and white space."""
        return bare(self.sentence)

    @cached_property
    def told_dates(self) -> frozenset[tuple[int, int, int]]:
        """The dates the sentence gives."""
        return frozenset(
            read_date(q.span.of(self.sentence))
            for q in self.quantities
            if q.kind is QuantityKind.DATE
        )

    def facts_used(self, told: "ToldFacts") -> tuple[str, ...]:
        """Ids of the facts this sentence tells of; also adds to what is told of them.

        Where very many facts are worded alike, those it is most like.
        """
        # This sentence goes on with a fact that one before it began.
        worded = self._worded | self._loosely_worded & told.begun
        if worded not in self._used:
            found = self.shared.closest(worded, MOST_ASKED)
            for fact_id in self.matched:
                found |= self.evidence.places[fact_id]
            self._used[worded] = (
                found,
                tuple(map(self.evidence.entries.__getitem__, numbers_of(found))),
            )
        found, used = self._used[worded]
        told.begun |= found
        told.add(used, self)
        return tuple(entry.fact.id for entry in used)

    @cached_property
    def shared(self) -> Shared:
        """How many of its key words each fact holds."""
        return self.evidence.terms.shared(self.terms)

    @cached_property
    def _worded(self) -> int:
        """The facts whose wording alone says that this sentence tells of them."""
        index, figured = self.evidence.terms, self.evidence.figured
        worded = index.worded(self.shared, 0.8, least=1) & figured
        return worded | index.worded(self.shared, _ENOUGH_WITHOUT_FIGURES, least=1) & ~figured

    @cached_property
    def _loosely_worded(self) -> int:
        return self.evidence.terms.worded(self.shared, 0.25, least=2)

    def judgements(self, counts: frozenset[int]) -> Sequence[FigureJudgement]:
        """Every figure that is held or no idiom, with what the facts say of it."""
        # An idiom needs no fact, but where a fact holds it, it is told of that fact.
        judged = self._all_judgements
        return [j for j in judged if j.kind is None or not self._is_idiom(j.figure, counts)]

    @cached_property
    def _all_judgements(self) -> Sequence[FigureJudgement]:
        stated = kept(
            ("stated", self.sentence), None, lambda: tuple(map(self._stated, self.amounts))
        )
        return [self._judge(f, its) for f, its in zip(self.amounts, stated, strict=True)]

    def _judge(self, figure: Figure, stated: "_Stated") -> FigureJudgement:
        """What the facts say of a figure; the same thing said again is looked up."""
        quantity = figure.quantity
        said = (quantity.kind, quantity.value, quantity.high, quantity.unit, quantity.qualifier)
        key = (said, figure.local, figure.role, figure.action, stated)
        if key not in self._judged:
            alike, sheet = tuple(self.evidence.same_value(figure)), self.evidence.sheet
            others = tuple(map(self.evidence.held.holds, stated.names))
            self._judged[key] = kept(
                ("judged", len(self.evidence.entries), self.sentence, quantity.span.start),
                (alike, others, sheet.unit, sheet.title),
                lambda: self._compare(figure, stated, alike),
            )
        return replace(self._judged[key], figure=figure)

    def _compare(
        self, figure: Figure, stated: "_Stated", alike: Sequence[tuple[FactEntry, int]]
    ) -> FigureJudgement:
        quantity = figure.quantity
        found = FigureJudgement(figure, ClaimKind.FIGURE)
        matches: list[tuple[FactEntry, int]] = []
        compared: dict[tuple[str, int], bool] = {}
        for entry, index in alike:
            held = entry.figures[index]
            if not same_value(held.quantity, quantity):
                continue
            if not same_unit(held.quantity, quantity):
                if found.kind is ClaimKind.FIGURE and figure.local & held.local:
                    found = FigureJudgement(figure, ClaimKind.UNIT, entry, index)
            elif is_strengthened(held.quantity, quantity):
                if found.kind in (ClaimKind.FIGURE, ClaimKind.UNIT):
                    found = FigureJudgement(figure, ClaimKind.QUALIFIER, entry, index)
            else:
                # A bullet may say the same thing a thousand times; it is compared once.
                key = (entry.fact.id, entry.things[index])
                if key not in compared:
                    is_same = is_same_thing(figure, held, entry.figures)
                    compared[key] = is_same and not self._is_anothers(stated, entry)
                if compared[key]:
                    matches.append((entry, index))
                else:
                    found = FigureJudgement(figure, ClaimKind.INDICATOR, entry, index)
        return FigureJudgement(figure, None, matches=tuple(matches)) if matches else found

    def _stated(self, figure: Figure) -> "_Stated":
        """The clause before a figure, and whom it names."""
        start = figure.quantity.span.start
        pause = max(self.sentence.rfind(mark, 0, start) for mark in _PAUSES)
        near = (n for n in self.names if pause < n.span.start and n.span.end <= start)
        return _Stated(self.sentence[pause + 1 : start], tuple(bare(n.text) for n in near))

    def _is_anothers(self, stated: "_Stated", entry: FactEntry) -> bool:
        """True where the clause names somebody that only other facts speak of, or another stage."""
        if is_other_stage(stated.clause, entry.text):
            return True
        if not stated.names:
            return False
        sheet = self.evidence.sheet
        own = bare(f"{entry.fact.heading}{entry.text}{sheet.unit}{sheet.title}")
        return any(name not in own and self.evidence.held.holds(name) for name in stated.names)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Units and places the sentence names."""
        kinds = (NameKind.ORGANISATION, NameKind.PLACE)
        return tuple(n for n in locate_names(self.sentence) if n.kind in kinds)

    def _is_idiom(self, figure: Figure, counts: frozenset[int]) -> bool:
        """一批, 一年来, and a count of this text's own list."""
        quantity, text = figure.quantity, figure.text
        rest = self.sentence[quantity.span.start : quantity.span.start + 24]
        if _YEAR_PHRASE.match(rest):
            return True
        if quantity.number_span.of(self.sentence) == "一" and quantity.value == 1:
            before = self.sentence[max(0, quantity.span.start - 3) : quantity.span.start]
            is_nil = before.endswith(("无", "没有", "未有"))
            return bool(_VAGUE_ONE.match(rest)) or is_nil
        return (
            quantity.kind is QuantityKind.COUNT
            and text[:1] in "两二三四五六七八九十"
            and quantity.unit in _COUNTED
            and quantity.value in counts
        )


def own_counts(text: str) -> frozenset[int]:
    """How long the lists of a text are: 一是…三是 makes 3."""
    numbers = [_OWN_COUNT.finditer(text)]
    found: set[int] = set()
    for matches in numbers:
        for match in matches:
            token = match.group(1) or match.group(0)
            if len(token) == 1:
                found.add("一二三四五六七八九十".index(token) + 1)
    return frozenset(found - {1})


class ToldFacts:
    """Which sentences tell of a fact, and which of its figures."""

    def __init__(self) -> None:
        self.readers: defaultdict[str, list[SentenceReader]] = defaultdict(list)
        self.begun = 0

    def add(self, entries: Iterable[FactEntry], reader: "SentenceReader") -> None:
        """Note that a sentence tells of some facts."""
        for entry in entries:
            self.readers[entry.fact.id].append(reader)

    def is_told(self, entry: FactEntry) -> bool:
        """All figures, dates and documents, and enough of the key words."""
        fact_id = entry.fact.id
        readers = self.readers.get(fact_id, [])
        if entry.figures:
            figures = {n for reader in readers for n in reader.matched.get(fact_id, ())}
            if len(figures) < len(entry.figures):
                return False
        if not all(any(word in r.sentence for r in readers) for word in entry.verbatim):
            return False
        if entry.dates:
            told_dates = {date for reader in readers for date in reader.told_dates}
            if any(not date_held(date, told_dates) for date in entry.dates):
                return False
        names = [bare(name) for name in entry.fact.names]
        if not all(any(name in r.plain for r in readers) for name in names):
            return False
        enough = _ENOUGH_WORDS * len(entry.terms)
        told: frozenset[str] = frozenset()
        for reader in readers:
            if len(told) >= enough:
                break
            told |= entry.terms & reader.terms
        return len(told) >= enough


def _short(text: str) -> str:
    text = normalise(text)
    return text if len(text) <= 40 else text[:38] + "……"
