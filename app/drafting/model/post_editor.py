"""Make a model's answer hold: cut what no fact holds, put back what it left out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.core.draft import DraftSentence, Origin
from app.core.facts import Fact, FactSheet
from app.drafting.model.cleaning import clean_answer, copied_run, strip_outcomes
from app.drafting.prose.composer import Composer
from app.evidence.ground import GroundedSentence, ground_with
from app.evidence.sheet import Evidence

_COPIED_CHARS = 20
_MAX_ROUNDS = 4
_ECHO_CHARS = 5

# Neither markup nor foreign words belong into a report, unless a fact brings them.
_LATIN = re.compile(r"[A-Za-z]{2,}")
_MARKUP = re.compile(r"[<>＜＞{}\[\]\\|^~#=@$`\x00-\x1f\u200b-\u200f\u202a-\u202e\ufeff]")
_HOLDER = DraftSentence("", ("?",))  # holds the place of sentences that are being repaired

Repair = Callable[[str, Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class EditedSentences:
    """Sentences that hold; ``cut`` counts those taken out, ``added`` the facts put back."""

    sentences: tuple[DraftSentence, ...]
    cut: int = 0
    repaired: int = 0
    added: int = 0


@dataclass(slots=True)
class PostEditor:
    """Grounds the answer for one group of facts."""

    sheet: FactSheet
    facts: tuple[Fact, ...]
    composer: Composer
    passages: tuple[str, ...] = ()
    passage_ids: tuple[str, ...] = ()
    title: str = ""
    _evidence: Evidence = field(init=False)

    def __post_init__(self) -> None:
        self._evidence = Evidence(self.sheet, self.facts)

    def is_told(self, answer: str) -> bool:
        """True where an answer, however far it has come, tells every fact whole."""
        text = "".join(clean_answer(answer).splitlines())
        return not ground_with(self._evidence, text).unused

    def facts_of(self, text: str) -> tuple[Fact, ...]:
        """The facts that sentences speak of, in the order of the group."""
        found = {i for s in ground_with(self._evidence, text).sentences for i in s.facts}
        return tuple(fact for fact in self.facts if fact.id in found) or self.facts

    def mend(self, answer: str, repair: Repair | None = None) -> EditedSentences:
        """The answer's sound sentences, the others repaired once or cut, missing facts added."""
        text = "".join(clean_answer(answer).splitlines())
        kept: list[DraftSentence] = []
        pending: list[GroundedSentence] = []
        cut = 0
        for sentence in self._read(text):
            if self._is_sound(sentence):
                kept.append(self._take(sentence, Origin.MODEL))
            elif trimmed := self._trimmed(sentence):
                kept.append(self._take(trimmed, Origin.REPAIRED))
            elif sentence.complaints and repair and sentence.facts:
                pending.append(sentence)
                kept.append(_HOLDER)
            else:
                cut += 1
        # What the sound sentences tell already is not worth a second call.
        missing = set(self._missing([s for s in kept if s is not _HOLDER]))
        wanted = [s for s in pending if missing & set(s.facts)]
        repaired = 0
        if wanted and repair:
            kept, repaired = self._repair(kept, wanted, repair)
        cut += len(pending) - repaired
        sentences, dropped = self._drop_repeats([s for s in kept if s is not _HOLDER])
        sentences, added = self._complete(sentences)
        return EditedSentences(tuple(sentences), cut + dropped, repaired, added)

    def _trimmed(self, sentence: GroundedSentence) -> GroundedSentence | None:
        """The sentence without the clauses complained of, where those tell nothing of a fact."""
        if not sentence.complaints or not sentence.facts:
            return None
        pieces = list(re.finditer(r"[^，；。]+[，；。]?", sentence.text))
        kept = [
            piece.group(0)
            for piece in pieces
            if not any(
                piece.start() < c.span.end and c.span.start < piece.end()
                for c in sentence.complaints
            )
        ]
        if not kept or len(kept) == len(pieces):
            return None
        text = "".join(kept).rstrip("，；。") + "。"
        found = ground_with(self._evidence, text, strict=True).sentences
        if len(found) != 1 or not self._is_sound(found[0]):
            return None
        is_whole = set(self._whole_facts(text)) >= set(sentence.facts)
        return found[0] if is_whole else None

    def _whole_facts(self, text: str) -> tuple[str, ...]:
        """Ids of the facts that a text tells whole."""
        unused = {fact.id for fact in ground_with(self._evidence, text).unused}
        return tuple(fact.id for fact in self.facts if fact.id not in unused)

    def _read(self, text: str) -> tuple[GroundedSentence, ...]:
        stripped = "".join(
            self._without_unit(strip_outcomes(s.text))
            for s in ground_with(self._evidence, text).sentences
        )
        return ground_with(self._evidence, stripped, strict=True).sentences

    def _without_unit(self, sentence: str) -> str:
        """Not every sentence of a report begins with its year and unit, or with the title."""
        sentence = re.sub(r"^[^，。；\d]{0,40}——+", "", sentence)
        for piece in (self.title, *self.title.split("，")):
            if piece and len(piece) >= _ECHO_CHARS:
                sentence = re.sub(rf"{re.escape(piece)}(?:方面)?[，：、]", "", sentence, count=1)
        sheet = self.sheet
        unit = f"{re.escape(sheet.unit)}|{self.composer.subject}"
        head = rf"^(?:{sheet.year}年(?:度|以来)?，?)?(?:{unit})，?"
        rest = re.sub(head, "", sentence)
        if rest == sentence:
            rest = re.sub(rf"^{sheet.year}年(?:度|以来)?，", "", sentence)
        return "全年" + rest if rest != sentence and rest.startswith("共") else rest

    def _is_sound(self, sentence: GroundedSentence) -> bool:
        if sentence.complaints or not sentence.facts or not sentence.text.endswith("。"):
            return False
        allowed = tuple(fact.shown for fact in self.facts)
        known = "".join((*allowed, self.sheet.unit))
        if any(word not in known for word in _LATIN.findall(sentence.text)):
            return False
        if _MARKUP.search(sentence.text) and sentence.text.rstrip("。") not in known:
            return False
        return not copied_run(sentence.text, self.passages, allowed=allowed, size=_COPIED_CHARS)

    def _take(self, sentence: GroundedSentence, origin: Origin) -> DraftSentence:
        return DraftSentence(sentence.text, sentence.facts, self.passage_ids, origin)

    def _repair(
        self, kept: list[DraftSentence], pending: list[GroundedSentence], repair: Repair
    ) -> tuple[list[DraftSentence], int]:
        complaints = [c.message for s in pending for c in s.complaints]
        answer = repair("\n".join(s.text for s in pending), tuple(dict.fromkeys(complaints)))
        text = "".join(clean_answer(answer).splitlines())
        sound = [self._take(s, Origin.REPAIRED) for s in self._read(text) if self._is_sound(s)]
        out: list[DraftSentence] = []
        is_placed = False
        for sentence in kept:
            if sentence is not _HOLDER:
                out.append(sentence)
            elif not is_placed:
                out += sound
                is_placed = True
        return out, min(len(sound), len(pending))

    def _drop_repeats(self, sentences: list[DraftSentence]) -> tuple[list[DraftSentence], int]:
        """Leave out a sentence that tells nothing the ones before it did not tell."""
        out: list[DraftSentence] = []
        for sentence in sentences:
            if set(sentence.facts) & set(self._missing(out)):
                out.append(sentence)
        return out, len(sentences) - len(out)

    def _missing(self, sentences: Sequence[DraftSentence]) -> tuple[str, ...]:
        text = "".join(s.text for s in sentences)
        return tuple(fact.id for fact in ground_with(self._evidence, text).unused)

    def _complete(self, sentences: list[DraftSentence]) -> tuple[list[DraftSentence], int]:
        """Tell every fact that is not wholly told; a half-told one is told anew in its place."""
        for _ in range(_MAX_ROUNDS):
            missing = set(self._missing(sentences))
            half = [s for s in sentences if s.facts and set(s.facts) <= missing]
            if not half:
                break
            sentences = [s for s in sentences if s not in half]
        missing_facts = [f for f in self.facts if f.id in set(self._missing(sentences))]
        # A sentence that tells a whole fact and half of another would tell that half twice.
        mixed = {f.id for f in missing_facts}
        shared = [s for s in sentences if mixed & set(s.facts)]
        if shared:
            sentences = [s for s in sentences if s not in shared]
            missing_ids = set(self._missing(sentences))
            missing_facts = [f for f in self.facts if f.id in missing_ids]
        order = {fact.id: index for index, fact in enumerate(self.facts)}
        for new, fact in zip(
            self.composer.sentences_for(missing_facts), missing_facts, strict=True
        ):
            at = next(
                (
                    index
                    for index, old in enumerate(sentences)
                    if old.facts and min(order[i] for i in old.facts if i in order) > order[fact.id]
                ),
                len(sentences),
            )
            sentences.insert(at, new)
        return sentences, len(missing_facts)
