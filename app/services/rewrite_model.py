"""The model's part in rewriting a section."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import groupby
from threading import Event
from typing import TYPE_CHECKING

from app.core.draft import DraftSentence, Usage
from app.core.facts import FactSheet
from app.drafting.events import OnEvent
from app.drafting.model.chain import AnswerLimits, Chain, outgoing_texts
from app.drafting.model.client import CancelledError, ModelOptions
from app.drafting.model.egress import guard
from app.drafting.model.pieces import Piece, is_for_model, split_facts
from app.drafting.model.post_editor import EditedSentences, PostEditor
from app.drafting.model.prompting import Prompter
from app.drafting.prose.composer import Composer
from app.services.consent import require_consent
from app.services.draft_model import model_options, record_sending

if TYPE_CHECKING:
    from app.settings import Settings

_POLL_S = 0.2


class ModelRewriter:
    """Rewrites runs of sentences, each grounded against the facts it told before."""

    def __init__(
        self,
        sheet: FactSheet,
        settings: "Settings",
        options: ModelOptions | None,
        cancel: Event,
        on_event: OnEvent | None = None,
    ) -> None:
        self._sheet = sheet
        self._settings = settings
        self._composer = Composer(sheet, is_brief=True)
        self._cancel = cancel
        self._emit: OnEvent = on_event or (lambda _: None)
        self._options = options or model_options(settings)
        prompter = Prompter(sheet, self._composer.subject)
        self._chain = Chain(
            sheet, self._composer, self._options, prompter, settings.trusted_hosts, cancel
        )
        self._cut = self._added = 0

    @property
    def model(self) -> str:
        """The model's name."""
        return self._options.model

    @property
    def usage(self) -> Usage:
        """What it cost so far."""
        return self._chain.usage

    @property
    def note(self) -> str:
        """What of the answers did not hold, in plain Chinese; empty where all did."""
        cut = f"删去模型写的没有依据或重复的{self._cut}句。" if self._cut else ""
        added = f"补写模型漏写的{self._added}条要点。" if self._added else ""
        return cut + added

    def rewrite(
        self, title: str, sentences: Sequence[DraftSentence], wish: str, stretch: float
    ) -> list[DraftSentence]:
        """The sentences in other words; the same facts, whole, and nothing else.

        Those whose facts a model must not be given stay as they are.

        Raises:
            ConfigError: something would leave the office that must not.
            ModelError: the model failed or was cancelled.
        """
        held = {fact.id for fact in self._sheet.facts if not is_for_model(fact)}
        out: list[DraftSentence] = []
        for is_held, group in groupby(sentences, lambda s: not held.isdisjoint(s.facts)):
            run = list(group)
            out += run if is_held else self._rewrite_run(title, run, wish, stretch)
        return out

    def _rewrite_run(
        self, title: str, sentences: Sequence[DraftSentence], wish: str, stretch: float
    ) -> list[DraftSentence]:
        ids = {i for s in sentences for i in s.facts}
        facts = [fact for fact in self._sheet.facts if fact.id in ids]
        out: list[DraftSentence] = []
        for piece in split_facts(0, "", title, facts):
            known = {fact.id for fact in piece.facts}
            text = "".join(s.text for s in sentences if s.facts and s.facts[0] in known)
            out += self._ask(piece, text, wish, stretch)
        return out

    def _ask(self, piece: Piece, text: str, wish: str, stretch: float) -> list[DraftSentence]:
        texts = [*outgoing_texts(self._sheet, [piece]), ("改写要求", wish), ("原文", text)]
        guard(
            texts,
            base_url=self._options.base_url,
            trusted_hosts=self._settings.trusted_hosts,
        )
        require_consent(self._settings, self._options.base_url)
        record_sending(self._settings.home, self._options, "改写一段")
        caller = self._chain.caller()
        asked = self._chain.prompter.rewrite(piece.title, piece.facts, text, wish)
        editor = PostEditor(self._sheet, piece.facts, self._composer, title=piece.title)
        is_enough = editor.is_told if stretch <= 1 else None
        told = max(text, "".join(f.text for f in piece.facts), key=len)

        def work() -> EditedSentences:
            answer = self._chain.call(caller, asked, AnswerLimits(told, is_enough, stretch))
            return editor.mend(
                answer, lambda bad, why: self._chain.repair(editor, bad, why, caller)
            )

        try:
            mended = self._watched(work)
        finally:
            self._chain.usage += Usage(calls=caller.calls)
        self._cut += mended.cut
        self._added += mended.added
        return list(mended.sentences)

    def _watched(self, work: Callable[[], EditedSentences]) -> EditedSentences:
        """Do the work elsewhere, so that a silent model can be told of and left."""
        pool = ThreadPoolExecutor(max_workers=1)
        future = pool.submit(work)
        try:
            while not wait((future,), timeout=_POLL_S).done:
                if self._cancel.is_set():
                    raise CancelledError
                if news := self._chain.pulse.news():
                    self._emit(news)
            return future.result()
        finally:
            pool.shutdown(wait=False)
