"""The chain: a prompt, the model, and grounding for each group of facts.

Groups are drafted concurrently and handed back in the order of the report. Whatever the model
answers is grounded; a group whose call fails is written by the composer.
"""

import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event, Lock

from app.core.draft import Usage
from app.core.errors import ModelError
from app.core.facts import FactSheet
from app.drafting.events import ModelWaiting
from app.drafting.model.checkpoint import Checkpoint
from app.drafting.model.client import Caller, CancelledError, ModelOptions, Pulse
from app.drafting.model.egress import guard
from app.drafting.model.pieces import Piece, Written
from app.drafting.model.post_editor import EditedSentences, PostEditor
from app.drafting.model.prompting import FilledPrompt, Prompter, Retrieve
from app.drafting.model.prompts import load_prompt
from app.drafting.prose.composer import Composer
from app.knowledge.tokens import count_tokens

__all__ = ["Chain", "Piece", "Prompter", "Retrieve", "Written"]

# An answer tells the facts and little else: more than this is rambling, and paid for.
_CHARS_PER_FACT_CHAR = 1.7
_SPARE_CHARS = 80
_TOKENS_PER_TOKEN = 2  # other tokenizers take up to twice as many for Chinese
_SPARE_TOKENS = 60
_DONE = None
_CANCEL_POLL_S = 0.2


@dataclass(slots=True)
class _Work:
    """A piece on its way: its text as it comes, then its result."""

    future: "Future[Written]"
    deltas: "queue.SimpleQueue[str | None]" = field(default_factory=queue.SimpleQueue)


@dataclass(slots=True)
class Chain:
    """Drafts pieces with a chat model.

    ``shelf`` keeps what is written for a run that goes on after this one broke off.
    """

    sheet: FactSheet
    composer: Composer
    options: ModelOptions
    prompter: Prompter
    trusted_hosts: Sequence[str] = ()
    cancel: Event = field(default_factory=Event)
    sleep: Callable[[float], None] | None = None
    checkpoint: Checkpoint | None = None
    usage: Usage = field(default_factory=Usage)
    pulse: Pulse = field(init=False)
    _lock: Lock = field(default_factory=Lock)
    _fatal: ModelError | None = None

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.options.silence_s)

    def run(self, pieces: Sequence[Piece]) -> Iterator[str | ModelWaiting | Written]:
        """Text as it is written, then the result, of each piece in order; and long silences.

        Raises:
            ConfigError: something would leave the office that must not.
            CancelledError: the caller set ``cancel``.
        """
        guard(
            outgoing_texts(self.sheet, pieces),
            base_url=self.options.base_url,
            trusted_hosts=self.trusted_hosts,
        )
        started = time.monotonic()
        pool = ThreadPoolExecutor(max_workers=self.options.workers)
        works = [self._submit(pool, piece) for piece in pieces]
        try:
            for work in works:
                while (delta := self._next(work)) is not _DONE:
                    yield delta
                yield work.future.result()
        finally:
            if any(not work.future.done() for work in works):
                self.cancel.set()  # also when the caller stops half-way
            # A call that waits for a silent server ends with its time-out, not before.
            pool.shutdown(wait=False, cancel_futures=True)
            self.usage += Usage(seconds=time.monotonic() - started)

    def _next(self, work: _Work) -> str | ModelWaiting | None:
        while True:
            if news := self.pulse.news():
                return news
            try:
                return work.deltas.get(timeout=_CANCEL_POLL_S)
            except queue.Empty:
                if self.cancel.is_set():
                    raise CancelledError from None

    def _submit(self, pool: ThreadPoolExecutor, piece: Piece) -> _Work:
        deltas: queue.SimpleQueue[str | None] = queue.SimpleQueue()

        def job() -> Written:
            try:
                return self._write(piece, deltas.put)
            finally:
                deltas.put(_DONE)

        return _Work(pool.submit(job), deltas)

    def _write(self, piece: Piece, on_delta: Callable[[str], None]) -> Written:
        """Draft one piece; the composer stands in for a model that fails."""
        if self.cancel.is_set():
            raise CancelledError
        if self.checkpoint and (kept := self.checkpoint.get(piece)):
            return kept
        if self._fatal:
            return self._composed(piece, self._fatal)
        sent = piece.sent
        if not sent:
            return Written(piece, tuple(self.composer.sentences_for(piece.facts)))
        caller = self.caller()
        try:
            mended = self._draft(replace(piece, facts=sent), caller, on_delta)
        except CancelledError:
            raise
        except ModelError as error:
            if not error.retryable:
                self._fatal = error  # a wrong key or model will not become right
            return self._composed(piece, error)
        finally:
            with self._lock:
                self.usage += Usage(calls=caller.calls)
        rest = [f for f in piece.facts if f not in sent]
        sentences = (*mended.sentences, *self.composer.sentences_for(rest))
        written = Written(piece, sentences, mended)
        if self.checkpoint:
            self.checkpoint.put(written)
        return written

    def caller(self) -> Caller:
        """What makes one call after the other."""
        return Caller(self.options, self.cancel, self.sleep, self.pulse.beat)

    def _composed(self, piece: Piece, error: ModelError) -> Written:
        return Written(piece, tuple(self.composer.sentences_for(piece.facts)), None, error)

    def _draft(
        self, piece: Piece, caller: Caller, on_delta: Callable[[str], None]
    ) -> EditedSentences:
        asked = self.prompter.draft(piece)
        editor = PostEditor(
            self.sheet,
            piece.facts,
            self.composer,
            tuple(item.text for item in asked.lent),
            tuple(item.id for item in asked.lent),
            piece.title,
        )
        told = "".join(f.text for f in piece.facts)
        bounds = AnswerLimits(told, editor.is_told)
        answer = self.call(caller, asked, bounds, on_delta)
        return editor.mend(
            answer, lambda text, complaints: self.repair(editor, text, complaints, caller)
        )

    def call(
        self,
        caller: Caller,
        asked: FilledPrompt,
        bounds: "AnswerLimits",
        on_delta: Callable[[str], None] | None = None,
    ) -> str:
        """One answer, no longer than it need be; counted in ``usage``."""
        before = caller.calls
        answer = caller.answer(
            list(asked.messages),
            bounds.params(load_prompt(asked.name).params),
            limit_chars=bounds.chars,
            on_delta=on_delta,
            is_enough=bounds.is_enough,
        )
        with self._lock:
            self.usage += Usage(asked.tokens * (caller.calls - before), count_tokens(answer))
        return answer

    def repair(
        self, editor: PostEditor, text: str, complaints: Sequence[str], caller: Caller
    ) -> str:
        """One more answer with the exact complaints; empty where that fails as well."""
        try:
            asked = self.prompter.repair(editor.facts_of(text), text, complaints)
            return self.call(caller, asked, AnswerLimits(text))
        except CancelledError:
            raise
        except ModelError:
            return ""  # the sentence is cut and the composer tells its facts


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How long an answer about ``told`` may get; ``is_enough`` ends it as soon as it holds."""

    told: str
    is_enough: Callable[[str], bool] | None = None
    stretch: float = 1.0

    @property
    def chars(self) -> int:
        """The most characters."""
        return int(_CHARS_PER_FACT_CHAR * self.stretch * len(self.told)) + _SPARE_CHARS

    def params(self, params: Mapping[str, float]) -> dict[str, float]:
        """The prompt's own, with no more output tokens than the told text needs."""
        most = int(_TOKENS_PER_TOKEN * self.stretch * count_tokens(self.told)) + _SPARE_TOKENS
        return {
            **params,
            "max_output_tokens": min(int(params.get("max_output_tokens", most)), most),
        }


def outgoing_texts(sheet: FactSheet, pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    """Every text of the office that goes into a prompt, with where it stands."""
    texts = [("单位名称", sheet.unit)]
    for piece in pieces:
        texts.append((f"标题“{piece.title[:12]}”", piece.title))
        texts += [
            (
                f"第{fact.line}行要点" if fact.line else f"要点{fact.id}",
                f"{fact.heading}\n{fact.shown}",
            )
            for fact in piece.facts
        ]
    return texts
