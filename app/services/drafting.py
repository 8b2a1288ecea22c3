"""Draft a report from a fact sheet: plan, write, read back, put together."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from app.checking.profile import PartKind, Profile, load_profile
from app.checking.recognise import recognise_profile
from app.core.document import Document
from app.core.draft import Draft, DraftSection, DraftSentence, Usage
from app.core.errors import ConfigError, PinganError
from app.core.facts import FactSheet
from app.drafting.assemble import assemble, title_of
from app.drafting.composer import Composer, build_section
from app.drafting.events import OnEvent, SectionDone, SectionStarted, SectionText
from app.drafting.phrases import Source, past_phrases
from app.drafting.planner import Plan, PlannedSection, plan
from app.text.evidence import Evidence
from app.text.grounding import Grounding, ground_with
from app.text.outline import read_outline

if TYPE_CHECKING:
    from app.drafting.chain import Chain, Piece, Retrieve, Written
    from app.drafting.model import ModelOptions
    from app.knowledge.passage import Passage
    from app.knowledge.store import KnowledgeStore
    from app.settings import Settings

AUTO = "auto"
_COMPOSER = "composer"
_MODEL = "model"
_FEWEST_TO_JOIN = 2
_LINK = re.compile(r"^(?:此外|同时|与此同时|另外|最后|其次|首先|再次|在此基础上)，")


class DraftError(PinganError):
    """The finished text does not hold: an error of this program, never of the user."""

    exit_code = 3


def draft_report(
    sheet: FactSheet,
    *,
    settings: "Settings",
    profile_name: str = AUTO,
    offline: bool = False,
    on_event: OnEvent | None = None,
    store: "KnowledgeStore | None" = None,
    cancel: Event | None = None,
    options: "ModelOptions | None" = None,
) -> Draft:
    """Draft the whole report.

    Without a model in ``settings``, or with ``offline``, the composer writes it. ``store`` lends
    wording of past reports. ``on_event`` is called from this thread, in the report's order.
    ``options`` overrides how the model is called.

    Raises:
        ConfigError: the profile or the model's address is wrong, or something would leave the
            office that must not.
        ModelError: the model answered for no section at all, or the draft was cancelled.
        KnowledgeError: the knowledge base cannot be read.
        DraftError: a fact was lost or a figure has no fact.
    """
    started = time.monotonic()
    profile = choose_profile(sheet, profile_name)
    model = "" if offline else settings.model
    layout = plan(sheet, profile)
    phrases = past_phrases(_sources(store), profile) if store else {}
    composer = Composer(sheet, phrases=phrases)
    if model:
        writer = _ModelWriter(sheet, layout, composer, settings, cancel or Event())
        writer.prepare(profile, store, options)
        sections = writer.write(on_event)
        usage = writer.usage
    else:
        sections = _compose(layout, composer, on_event)
        usage = Usage()
    usage = replace(usage, seconds=time.monotonic() - started)
    return finish(sheet, profile.name, sections, model=model, usage=usage)


def choose_profile(sheet: FactSheet, name: str) -> Profile:
    """The profile asked for, the sheet's own, or the one its unit and facts point to.

    Raises:
        ConfigError: there is no such profile.
    """
    if name != AUTO:
        return load_profile(name)
    if sheet.unit_type:
        return load_profile(sheet.unit_type)
    document = Document(
        "\n".join([title_of(sheet), "", *(fact.text for fact in sheet.facts), sheet.unit])
    )
    return load_profile(recognise_profile(document, read_outline(document)).name)


def finish(
    sheet: FactSheet,
    profile: str,
    sections: Sequence[DraftSection],
    *,
    model: str = "",
    usage: Usage | None = None,
) -> Draft:
    """Read the finished sections back and put them together.

    Raises:
        DraftError: a fact was lost, or something in the text has no fact.
    """
    evidence = Evidence(sheet)
    whole = ground_with(evidence, "\n".join(section.text for section in sections))
    _require_whole(whole)
    uses: dict[str, list[str]] = {fact.id: [] for fact in sheet.facts}
    for section in sections:
        for sentence in section.sentences:
            for fact_id in sentence.facts:
                if fact_id in uses and section.key not in uses[fact_id]:
                    uses[fact_id].append(section.key)
    lost = [fact_id for fact_id, keys in uses.items() if not keys]
    if lost:
        raise DraftError(f"起草时漏掉了要点 {'、'.join(lost)}，这是程序的错误，请联系维护人员。")
    return Draft(
        unit=sheet.unit,
        year=sheet.year,
        profile=profile,
        mode=_MODEL if model else _COMPOSER,
        model=model,
        text=assemble(sheet, sections),
        sections=tuple(sections),
        fact_uses={fact_id: tuple(keys) for fact_id, keys in uses.items()},
        unsourced=whole.unsourced,
        usage=usage or Usage(),
    )


def _require_whole(whole: Grounding) -> None:
    if whole.unused:
        named = "、".join(fact.id for fact in whole.unused)
        raise DraftError(f"起草时没有写全要点 {named}，这是程序的错误，请联系维护人员。")


def _sources(store: "KnowledgeStore") -> list[Source]:
    return [Source(p.id, p.text, p.part, p.unit) for p in store.passages()]


def _compose(
    layout: Plan, composer: Composer, on_event: OnEvent | None
) -> tuple[DraftSection, ...]:
    out: list[DraftSection] = []
    total = len(layout.sections)
    for index, planned in enumerate(layout.sections):
        if on_event:
            on_event(SectionStarted(index, total, planned.key, planned.title))
        section = composer.section(planned)
        out.append(section)
        if on_event:
            on_event(SectionText(planned.key, section.text))
            on_event(SectionDone(index, total, section))
    return tuple(out)


class _ModelWriter:
    """Writes the work sections with the chain, the rest with the composer."""

    def __init__(
        self,
        sheet: FactSheet,
        layout: Plan,
        composer: Composer,
        settings: "Settings",
        cancel: Event,
    ) -> None:
        self.sheet = sheet
        self.layout = layout
        self.composer = composer
        self.settings = settings
        self.cancel = cancel
        self._chain: Chain | None = None

    @property
    def usage(self) -> Usage:
        """What the model cost so far."""
        return self._chain.usage if self._chain else Usage()

    def prepare(
        self, profile: Profile, store: "KnowledgeStore | None", options: "ModelOptions | None"
    ) -> None:
        """Build the chain; openai and langchain are imported here and not before."""
        from app.drafting.chain import Chain  # noqa: PLC0415
        from app.drafting.model import ModelOptions  # noqa: PLC0415

        if not self.settings.base_url:
            raise ConfigError(
                "设了模型却没有模型地址，请设置环境变量 OPENAI_BASE_URL（如 "
                "http://127.0.0.1:8009/v1），或用 --offline 起草。"
            )
        self._chain = Chain(
            self.sheet,
            self.composer,
            options
            or ModelOptions(self.settings.base_url, self.settings.model, self.settings.api_key),
            _retriever(store, profile, self.sheet) if store else None,
            self.settings.trusted_hosts,
            self.cancel,
        )

    def write(self, on_event: OnEvent | None) -> tuple[DraftSection, ...]:
        """Every section in order.

        Raises:
            ModelError: the model answered for no piece at all.
        """
        assert self._chain is not None
        emit: OnEvent = on_event or (lambda _: None)
        total = len(self.layout.sections)
        pieces = [self._pieces(index, s) for index, s in enumerate(self.layout.sections)]
        results = self._chain.run([piece for group in pieces for piece in group])
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
                else:
                    written.append(item)
            failures += [item for item in written if item.error]
            successes += sum(item.error is None for item in written)
            self._require_some(failures, successes)
            section = self._section(planned, written)
            out.append(section)
            emit(SectionDone(index, total, section))
        for _ in results:  # lets the chain count its time
            pass
        if failures and not successes:
            raise failures[0].error or AssertionError
        return tuple(out)

    def _require_some(self, failures: Sequence["Written"], successes: int) -> None:
        """A key or model that is refused at the very start is reported, not worked round."""
        if failures and not successes:
            error = failures[0].error
            if error is not None and not error.retryable:
                self.cancel.set()
                raise error

    def _pieces(self, index: int, planned: PlannedSection) -> list["Piece"]:
        """The calls for a section: none where there is nothing to join."""
        from app.drafting.chain import split_facts  # noqa: PLC0415

        if planned.kind is not PartKind.WORK or len(planned.facts) < _FEWEST_TO_JOIN:
            return []
        groups = self.composer.layout(planned).groups
        facts = [fact for group in groups for fact in group.facts]
        return split_facts(index, planned.key, planned.title, facts)

    def _section(self, planned: PlannedSection, written: Sequence["Written"]) -> DraftSection:
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


def _note(items: Sequence["Written"]) -> str:
    errors = [item.error for item in items if item.error]
    notes = []
    if errors:
        notes.append(
            f"{errors[0]}这一部分{'' if len(errors) == len(items) else '有一段'}改由要点直接成文。"
        )
    cut = sum(item.mended.cut for item in items if item.mended)
    added = sum(item.mended.added for item in items if item.mended)
    if cut:
        notes.append(f"删去模型写的没有依据或重复的{cut}句。")
    if added:
        notes.append(f"补写模型漏写的{added}条要点。")
    return "".join(notes)


def _retriever(store: "KnowledgeStore", profile: Profile, sheet: FactSheet) -> "Retrieve":
    from app.knowledge.retriever import HybridRetriever  # noqa: PLC0415

    retriever = HybridRetriever(store)

    def retrieve(query: str, part: str) -> "Sequence[Passage]":
        hits = retriever.search(
            query, k=2, part=part, unit_type=profile.name, own_unit=sheet.unit, explain=False
        )
        return [hit.passage for hit in hits]

    return retrieve
