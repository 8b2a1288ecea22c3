"""Write a report with the model: work sections by the chain, the rest by the composer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from app.core import audit
from app.core.address import host_of
from app.core.draft import DraftSection, DraftSentence, Usage
from app.core.errors import ConfigError
from app.core.facts import FactSheet
from app.drafting.events import (
    ModelWaiting,
    Notice,
    OnEvent,
    SectionDone,
    SectionStarted,
    SectionText,
)
from app.drafting.model.chain import Chain, outgoing_texts
from app.drafting.model.checkpoint import Checkpoint, checkpoint_key
from app.drafting.model.client import ModelOptions, shown_address
from app.drafting.model.egress import Leak, find_leaks, guard, is_trusted
from app.drafting.model.pieces import Piece, Written, split_facts
from app.drafting.model.prompting import Prompter, Retrieve
from app.drafting.model.prompts import load_prompt
from app.drafting.plan.types import Plan, PlannedSection
from app.drafting.prose.composer import Composer, build_section
from app.drafting.verify import written_or_verbatim
from app.report.profile import PartKind, Profile
from app.services.consent import needs_consent, require_consent

if TYPE_CHECKING:
    from app.knowledge.passage import Passage
    from app.knowledge.store import KnowledgeStore
    from app.settings import Settings

SHELF_FOLDER = "drafts"
_FEWEST_FACTS = 2
_FEWEST_CHARS = 20
_LINK = re.compile(r"^(?:此外|同时|与此同时|另外|最后|其次|首先|再次|在此基础上)，")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call as it would be made: the section, the messages, and their size."""

    section: str
    system: str
    user: str
    tokens: int
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DryRun:
    """All that a draft would send, and where; nothing has been sent.

    ``is_blocked``: the guard would stop the draft because of ``leaks``; ``needs_consent``: nobody
    has yet agreed to send to ``host``.
    """

    address: str
    model: str
    is_trusted: bool
    calls: tuple[Outgoing, ...]
    leaks: tuple[Leak, ...]
    composed: tuple[str, ...]
    host: str = ""
    needs_consent: bool = False

    @property
    def is_blocked(self) -> bool:
        """True where the real draft would refuse to send."""
        return bool(self.leaks) and not self.is_trusted

    @property
    def tokens(self) -> int:
        """Prompt tokens of all calls."""
        return sum(call.tokens for call in self.calls)


def model_options(settings: "Settings") -> ModelOptions:
    """How the configured endpoint is called.

    Raises:
        ConfigError: no address is configured.
    """
    if not settings.base_url:
        raise ConfigError(
            "设了模型却没有模型地址，请设置环境变量 OPENAI_BASE_URL（如 "
            "http://127.0.0.1:8009/v1），或用 --offline 起草。",
            on_page="设了模型却没有模型的地址，请管理员补上设置。",
        )
    return ModelOptions(settings.base_url, settings.model, settings.api_key)


def record_sending(home: Path, options: ModelOptions, what: str) -> None:
    """Put down that text of somebody went to a model: where to, and how much."""
    more = f"模型 {options.model}，{what}"
    audit.record(home, audit.Deed.MODEL, to=host_of(options.base_url), more=more)


class ModelWriter:
    """Writes one report; ``is_fresh`` forgets what an earlier run had written of it.

    ``has_written`` is false where nothing of the model could be used.
    """

    def __init__(
        self,
        sheet: FactSheet,
        layout: Plan,
        composer: Composer,
        settings: "Settings",
        *,
        options: ModelOptions | None = None,
        retrieve: Retrieve | None = None,
        cancel: Event | None = None,
        is_fresh: bool = False,
    ) -> None:
        self.layout = layout
        self._settings = settings
        self.composer = composer
        self._home = settings.home
        self._cancel = cancel or Event()
        self._has_failures = False
        self.has_written = True
        options = options or model_options(settings)
        prompts = [load_prompt(name).digest for name in ("section_draft", "section_repair")]
        key = checkpoint_key(
            sheet, options.base_url, options.model, str(composer.is_brief), *prompts
        )
        self._checkpoint = Checkpoint(settings.home / SHELF_FOLDER / key, sheet)
        if is_fresh:
            self._checkpoint.clear()
        self._chain = Chain(
            sheet,
            composer,
            options,
            Prompter(sheet, composer.subject, retrieve, composer.is_brief),
            settings.trusted_hosts,
            self._cancel,
            checkpoint=self._checkpoint,
        )

    @property
    def usage(self) -> Usage:
        """What the model cost so far."""
        return self._chain.usage

    def dry_run(self) -> DryRun:
        """What :meth:`write` would send.

        Raises:
            ConfigError: the address is wrong.
        """
        options, pieces = self._chain.options, self._all_pieces()
        host = host_of(options.base_url)
        calls = []
        for piece in (piece for group in pieces for piece in group):
            if not piece.sent:
                continue
            asked = self._chain.prompter.draft(replace(piece, facts=piece.sent))
            system, user = (str(m.content) for m in asked.messages)
            passages = tuple(item.id for item in asked.lent)
            calls.append(Outgoing(piece.title, system, user, asked.tokens, passages))
        flat = [piece for group in pieces for piece in group]
        return DryRun(
            shown_address(options),
            options.model,
            is_trusted(options.base_url, self._chain.trusted_hosts),
            tuple(calls),
            find_leaks(outgoing_texts(self._chain.sheet, flat)),
            tuple(
                s.title or "引言"
                for s, group in zip(self.layout.sections, pieces, strict=True)
                if not any(piece.sent for piece in group)
            ),
            host,
            needs_consent(self._settings, options.base_url),
        )

    def write(self, on_event: OnEvent | None) -> tuple[DraftSection, ...]:
        """Every section in order.

        Where the model answers and nothing of it can be used, the facts tell it all.

        Raises:
            ConsentError: nobody has agreed to send to this host.
            ModelError: the model answered for no piece at all.
        """
        emit: OnEvent = on_event or (lambda _: None)
        pieces = self._all_pieces()
        flat = [piece for group in pieces for piece in group]
        if flat:
            self._require_sendable(flat)
        if kept := self._checkpoint.count(flat):
            emit(Notice(f"接着上次没写完的稿子：模型已写好的{kept}段直接使用，只写其余部分。"))
        wanted = sum(bool(piece.sent) for piece in flat) - kept
        try:
            return self._write(pieces, self._noted(self._chain.run(flat), wanted), emit)
        except KeyboardInterrupt:
            if kept := self._checkpoint.count(flat):
                emit(Notice(f"模型已写好的{kept}段留着，再运行一次就接着写。"))
            raise

    def _write(
        self,
        pieces: list[list[Piece]],
        results: Iterator[str | ModelWaiting | Written],
        emit: OnEvent,
    ) -> tuple[DraftSection, ...]:
        total = len(self.layout.sections)
        out: list[DraftSection] = []
        failures: list[Written] = []
        successes = 0
        for index, planned in enumerate(self.layout.sections):
            emit(SectionStarted(index, total, planned.key, planned.title))
            written: list[Written] = []
            while len(written) < len(pieces[index]):
                item = next(results)
                if isinstance(item, str):
                    emit(SectionText(planned.key, item))
                elif isinstance(item, ModelWaiting):
                    emit(item)
                else:
                    written.append(item)
            failures += [item for item in written if item.error]
            successes += sum(item.error is None for item in written)
            self._require_some(failures, successes)
            section = written_or_verbatim(partial(self._section, planned, written), planned)
            out.append(section)
            emit(SectionDone(index, total, section))
        for _ in results:  # lets the chain count its time
            pass
        errors = [item.error for item in failures if item.error]
        self.has_written = not errors or successes > 0
        if not self.has_written and (away := [e for e in errors if not e.has_answered]):
            raise away[0]
        if errors:
            share = f"有{len(errors)}段" if successes else "全文"
            emit(Notice(f"{errors[0].what}{share}改由要点直接成文。"))
        self._has_failures = bool(errors)
        return tuple(out)

    def _noted(
        self, results: Iterator[str | ModelWaiting | Written], wanted: int
    ) -> Iterator[str | ModelWaiting | Written]:
        """The results; before the first, it is put down that the guard has let the calls go."""
        for index, item in enumerate(results):
            if not index and wanted > 0:
                record_sending(self._home, self._chain.options, f"起草{wanted}段")
            yield item

    def _require_sendable(self, pieces: Sequence[Piece]) -> None:
        """What must not leave is told of before anybody is asked whether the rest may."""
        chain = self._chain
        guard(
            outgoing_texts(chain.sheet, pieces),
            base_url=chain.options.base_url,
            trusted_hosts=chain.trusted_hosts,
        )
        require_consent(self._settings, chain.options.base_url)

    def finish(self) -> None:
        """Take away what was kept for going on; after failures it stays for another try."""
        if not self._has_failures:
            self._checkpoint.clear()

    def _require_some(self, failures: Sequence[Written], successes: int) -> None:
        """A key or model that is refused at the very start is reported, not worked round."""
        if failures and not successes:
            error = failures[0].error
            if error is not None and not error.retryable:
                self._cancel.set()
                raise error

    def _all_pieces(self) -> list[list[Piece]]:
        return [self._pieces(index, s) for index, s in enumerate(self.layout.sections)]

    def _pieces(self, index: int, planned: PlannedSection) -> list[Piece]:
        """The calls for a section: none where there is nothing to join."""
        chars = sum(len(fact.text) for fact in planned.facts)
        is_little = len(planned.facts) < _FEWEST_FACTS or chars < _FEWEST_CHARS
        if planned.kind is not PartKind.WORK or is_little:
            return []
        groups = self.composer.layout(planned).groups
        facts = [fact for group in groups for fact in group.facts]
        return split_facts(index, planned.key, planned.title, facts)

    def _section(self, planned: PlannedSection, written: Sequence[Written]) -> DraftSection:
        if not written:
            return self.composer.section(planned)
        layout = self.composer.layout(planned)
        group_of = {f.id: i for i, group in enumerate(layout.groups) for f in group.facts}
        groups: list[list[DraftSentence]] = [[] for _ in layout.groups]
        for item in written:
            for sentence in item.sentences:
                group = groups[min(group_of[fact_id] for fact_id in sentence.facts)]
                # “此外，” links to a sentence that now stands in another group.
                text = sentence.text if group else _LINK.sub("", sentence.text)
                group.append(replace(sentence, text=text))
        layout = replace(
            layout, groups=tuple(g for g, s in zip(layout.groups, groups, strict=True) if s)
        )
        section = build_section(planned, layout.arrange([s for s in groups if s]))
        return replace(section, note=_note(written))


def _note(items: Sequence[Written]) -> str:
    errors = [item.error for item in items if item.error]
    notes = []
    if errors:
        share = "" if len(errors) == len(items) else "有一段"
        notes.append(f"{errors[0].what}这一部分{share}改由要点直接成文。")
    cut = sum(item.mended.cut for item in items if item.mended)
    added = sum(item.mended.added for item in items if item.mended)
    if cut:
        notes.append(f"删去模型写的没有依据或重复的{cut}句。")
    if added:
        notes.append(f"补写模型漏写的{added}条要点。")
    return "".join(notes)


def retriever(store: "KnowledgeStore", profile: Profile, sheet: FactSheet) -> Retrieve:
    """Past passages for a query and a part, of like units and never of the own one."""
    from app.knowledge.retriever import HybridRetriever  # noqa: PLC0415  # loads numpy

    found = HybridRetriever(store)

    def retrieve(query: str, part: str) -> "Sequence[Passage]":
        hits = found.search(
            query, k=2, part=part, unit_type=profile.name, own_unit=sheet.unit, explain=False
        )
        return [hit.passage for hit in hits]

    return retrieve
