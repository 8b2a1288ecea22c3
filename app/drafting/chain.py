"""The LangChain chain: retrieve | mask | prompt | model | parse, one group of facts at a time.

Groups are drafted concurrently and handed back in the order of the report. Whatever the model
answers is grounded; a group whose call fails is written by the composer.
"""

import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough

from app.core.draft import DraftSentence, Usage
from app.core.errors import ConfigError, ModelError
from app.core.facts import Fact, FactSheet
from app.drafting.composer import Composer
from app.drafting.egress import guard
from app.drafting.mend import Mended, Mender
from app.drafting.model import Caller, CancelledError, ModelOptions
from app.drafting.prompts import Rendered, load_prompt, render
from app.drafting.wording import clause
from app.knowledge.firewall import mask_passage
from app.knowledge.passage import Passage
from app.knowledge.tokens import count_tokens

_MOST_FACTS = 6
_LONGEST_FACT_CHARS = 400
_PASSAGE_CHARS = 110
_PASSAGES = 1
_CHARS_PER_FACT_CHAR = 3
_SPARE_CHARS = 300
_DONE = None
_CANCEL_POLL_S = 0.2

Retrieve = Callable[[str, str], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Facts that one call writes out; ``index`` is the place of their section."""

    index: int
    part: str
    title: str
    facts: tuple[Fact, ...]


def split_facts(index: int, part: str, title: str, facts: Sequence[Fact]) -> list[Piece]:
    """Facts in pieces of about the same size, small enough for one call each."""
    count = max(-(-len(facts) // _MOST_FACTS), 1)
    size = max(-(-len(facts) // count), 1)
    return [
        Piece(index, part, title, tuple(facts[start : start + size]))
        for start in range(0, len(facts), size)
    ]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a piece. ``error`` tells why the composer wrote it."""

    piece: Piece
    sentences: tuple[DraftSentence, ...]
    mended: Mended | None = None
    error: ModelError | None = None


@dataclass(slots=True)
class _Work:
    """A piece on its way: its text as it comes, then its result."""

    future: "Future[Written]"
    deltas: "queue.SimpleQueue[str | None]" = field(default_factory=queue.SimpleQueue)


@dataclass(slots=True)
class Chain:
    """Drafts pieces with a chat model.

    ``retrieve`` gets a query and a part key and returns past passages, best first.
    """

    sheet: FactSheet
    composer: Composer
    options: ModelOptions
    retrieve: Retrieve | None = None
    trusted_hosts: Sequence[str] = ()
    cancel: Event = field(default_factory=Event)
    sleep: Callable[[float], None] | None = None
    usage: Usage = field(default_factory=Usage)
    _lock: Lock = field(default_factory=Lock)
    _fatal: ModelError | None = None

    def run(self, pieces: Sequence[Piece]) -> Iterator[str | Written]:
        """Text as it is written, then the result, of each piece in order.

        Raises:
            ConfigError: something would leave the office that must not.
            CancelledError: the caller set ``cancel``.
        """
        self._guard(pieces)
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

    def _next(self, work: _Work) -> str | None:
        while True:
            try:
                return work.deltas.get(timeout=_CANCEL_POLL_S)
            except queue.Empty:
                if self.cancel.is_set():
                    raise CancelledError from None

    def _guard(self, pieces: Sequence[Piece]) -> None:
        texts = [("单位名称", self.sheet.unit)]
        texts += [
            (
                f"第{fact.line}行要点" if fact.line else f"要点{fact.id}",
                f"{fact.heading}\n{fact.text}",
            )
            for piece in pieces
            for fact in piece.facts
        ]
        guard(texts, base_url=self.options.base_url, trusted_hosts=self.trusted_hosts)

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
        if self._fatal:
            return self._composed(piece, self._fatal)
        short = tuple(f for f in piece.facts if len(f.text) <= _LONGEST_FACT_CHARS)
        if not short:
            return Written(piece, tuple(self.composer.sentences_for(piece.facts)))
        caller = Caller(self.options, self.cancel, self.sleep)
        try:
            mended = self._draft(replace(piece, facts=short), caller, on_delta)
        except CancelledError:
            raise
        except ModelError as error:
            if not error.retryable:
                self._fatal = error  # a wrong key or model will not become right
            return self._composed(piece, error)
        finally:
            with self._lock:
                self.usage += Usage(calls=caller.calls)
        rest = [f for f in piece.facts if f not in short]
        return Written(piece, (*mended.sentences, *self.composer.sentences_for(rest)), mended)

    def _composed(self, piece: Piece, error: ModelError) -> Written:
        return Written(piece, tuple(self.composer.sentences_for(piece.facts)), None, error)

    def _draft(
        self,
        piece: Piece,
        caller: Caller,
        on_delta: Callable[[str], None],
    ) -> Mended:
        prompt = load_prompt("section_draft")
        found: list[tuple[str, str]] = []
        prepare: Runnable[Any, list[BaseMessage]] = (
            RunnablePassthrough.assign(passages=RunnableLambda(self._retrieve))
            | RunnablePassthrough.assign(passages=RunnableLambda(self._mask))
            | RunnableLambda(lambda values: self._prompt(values, found))
        )
        messages = prepare.invoke({"piece": piece, "passages": ()}, config={"callbacks": []})
        limit = _CHARS_PER_FACT_CHAR * sum(len(f.text) for f in piece.facts) + _SPARE_CHARS
        answer = self._call(caller, prompt.params, messages, limit, on_delta)
        mender = Mender(
            self.sheet,
            piece.facts,
            self.composer,
            tuple(text for _, text in found),
            tuple(passage_id for passage_id, _ in found),
            piece.title,
        )
        return mender.mend(
            answer, lambda text, complaints: self._repair(piece, text, complaints, caller)
        )

    def _call(
        self,
        caller: Caller,
        params: Mapping[str, float],
        messages: list[BaseMessage],
        limit: int,
        on_delta: Callable[[str], None] | None,
    ) -> str:
        before = caller.calls
        answer = caller.answer(messages, params, limit_chars=limit, on_delta=on_delta)
        sent = sum(count_tokens(str(m.content)) for m in messages) * (caller.calls - before)
        with self._lock:
            self.usage += Usage(sent, count_tokens(answer))
        return answer

    def _retrieve(self, values: dict[str, Any]) -> Sequence[Passage]:
        if self.retrieve is None:
            return ()
        piece: Piece = values["piece"]
        query = piece.title + " " + " ".join(f.text for f in piece.facts)[:300]
        return self.retrieve(query, piece.part)

    def _mask(self, values: dict[str, Any]) -> list[tuple[str, str]]:
        """Passages without figures and names, cut to a few whole sentences."""
        out: list[tuple[str, str]] = []
        for passage in values["passages"][:_PASSAGES]:
            text = mask_passage(passage.text, names=(passage.unit,))
            head = text[:_PASSAGE_CHARS]
            cut = max(head.rfind("。"), head.rfind("；")) + 1
            out.append((passage.id, head[:cut] if cut else ""))
        return [(passage_id, text) for passage_id, text in out if text]

    def _prompt(self, values: dict[str, Any], found: list[tuple[str, str]]) -> list[BaseMessage]:
        piece: Piece = values["piece"]
        passages: list[tuple[str, str]] = values["passages"]
        rendered = _render(
            "section_draft",
            {
                "unit": self.sheet.unit,
                "subject": self.composer.subject,
                "year": self.sheet.year,
                "title": piece.title,
                "form": _form(piece),
                "facts": [clause(f.text) + "。" for f in piece.facts],
                "passages": [text for _, text in passages],
            },
        )
        found += passages[: rendered.kept]
        return _messages(rendered)

    def _repair(
        self,
        piece: Piece,
        text: str,
        complaints: Sequence[str],
        caller: Caller,
    ) -> str:
        """One more answer with the exact complaints; empty where that fails as well."""
        prompt = load_prompt("section_repair")
        try:
            rendered = _render(
                "section_repair",
                {
                    "facts": [clause(f.text) + "。" for f in piece.facts],
                    "draft": text,
                    "complaints": "\n".join(complaints),
                },
            )
            return self._call(caller, prompt.params, _messages(rendered), 2 * len(text) + 100, None)
        except CancelledError:
            raise
        except ModelError:
            return ""  # the sentence is cut and the composer tells its facts


def _render(name: str, values: dict[str, str | int | Sequence[str]]) -> Rendered:
    try:
        return render(load_prompt(name), values, count=count_tokens)
    except ConfigError as error:
        raise ModelError(str(error), retryable=True) from error


def _messages(rendered: Rendered) -> list[BaseMessage]:
    return [SystemMessage(rendered.system), HumanMessage(rendered.user)]


def _form(piece: Piece) -> str:
    if len(piece.facts) == 1:
        return "请把这条要点写成完整通顺的句子。"
    return f"请把以上{len(piece.facts)}条要点依次写进一段话，语句连贯，每条要点写成一句。"
