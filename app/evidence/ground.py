"""Read a draft back: every figure, date, name and claim must be held by a fact.

Works on any text, whoever wrote it, so the guarantee does not depend on the model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.document import Span
from app.core.facts import Fact, FactSheet
from app.evidence.sentence import PLACEHOLDER, ToldFacts, own_counts, reader_of
from app.evidence.sheet import (
    Evidence,
)
from app.language.claims import (
    Complaint,
    claim_complaints,
    event_complaints,
    name_complaints,
)
from app.language.held import bare
from app.language.structure.sentences import sentences

_LABEL = re.compile(
    r"(?:(?<=[，。；：\n])|^)(?:[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}(?:是|、|要))"
)


@dataclass(frozen=True, slots=True)
class GroundedSentence:
    """One sentence with the facts it tells and what it says without one."""

    span: Span
    text: str
    facts: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounding:
    """What reading a text back found. ``unused`` are facts not, or not wholly, told."""

    sentences: tuple[GroundedSentence, ...]
    unused: tuple[Fact, ...] = ()

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """Every complaint, in text order."""
        return tuple(c for s in self.sentences for c in s.complaints)

    @property
    def unsourced(self) -> tuple[str, ...]:
        """What stands in the text without a fact, as printed."""
        return tuple(c.quote for c in self.complaints)


def ground(
    text: str, sheet: FactSheet, *, facts: Sequence[Fact] = (), strict: bool = False
) -> Grounding:
    """Tie every sentence of ``text`` to the facts behind it and complain of all that has none.

    ``facts`` are those the text should tell (default: all of the sheet); figures of the others
    do not count as held. ``strict`` also reports events and outcomes that no fact speaks of.
    """
    return ground_with(Evidence(sheet, tuple(facts)), text, strict=strict)


def ground_with(evidence: Evidence, text: str, *, strict: bool = False) -> Grounding:
    """``ground`` against facts already prepared."""
    told = ToldFacts()
    out = tuple(_grounded(evidence, text, told, strict=strict))
    return Grounding(out, _unused(evidence, text, told))


def ground_sentences(evidence: Evidence, text: str) -> tuple[GroundedSentence, ...]:
    """The sentences alone, of a text that need not tell all facts."""
    return tuple(_grounded(evidence, text, ToldFacts(), strict=False))


def _grounded(
    evidence: Evidence, text: str, told: ToldFacts, *, strict: bool
) -> Iterator[GroundedSentence]:
    counts = own_counts(text)
    for span in sentences(text):
        sentence = span.of(text)
        reader = reader_of(evidence, sentence)
        complaints = list(reader.figures(counts))
        if not PLACEHOLDER.fullmatch(sentence.strip()):
            plain = PLACEHOLDER.sub(lambda m: "　" * len(m.group(0)), sentence)
            complaints += name_complaints(plain, evidence.bare_names)
            complaints += claim_complaints(plain, evidence.held)
            if strict:
                complaints += event_complaints(_unlabelled(plain), evidence.held)
        used = reader.facts_used(told)
        if complaints and evidence.holds_verbatim(sentence):
            complaints = []
        complaints.sort(key=lambda c: (c.span.start, c.span.end))
        moved = tuple(
            Complaint(c.span.shift(span.start), c.quote, c.kind, c.message) for c in complaints
        )
        yield GroundedSentence(span, sentence, used, moved)


def unused_facts(evidence: Evidence, text: str) -> tuple[Fact, ...]:
    """The facts that a text does not, or not wholly, tell; what else it says is not looked at."""
    told = ToldFacts()
    for span in sentences(text):
        reader_of(evidence, span.of(text)).facts_used(told)
    return _unused(evidence, text, told)


def _unused(evidence: Evidence, text: str, told: "ToldFacts") -> tuple[Fact, ...]:
    plain = bare(text)
    return tuple(e.fact for e in evidence.entries if not told.is_told(e) and e.bare not in plain)


def _unlabelled(sentence: str) -> str:
    return _LABEL.sub(lambda m: "，" * len(m.group(0)), sentence)
