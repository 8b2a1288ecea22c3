"""Draft a report from a fact sheet: plan, write, read back, put together."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from app.core.document import Document
from app.core.draft import Draft, DraftSection, LengthResult, Usage
from app.core.errors import ConfigError
from app.core.facts import FactSheet
from app.drafting.events import OnEvent, SectionDone, SectionStarted, SectionText
from app.drafting.plan.edit import require_complete
from app.drafting.plan.planner import plan
from app.drafting.plan.types import Plan
from app.drafting.prose.assemble import assemble, title_of
from app.drafting.prose.composer import Composer, Phrases
from app.drafting.prose.length import LONGEST, SHORTEST, Fitter, count_chars
from app.drafting.prose.phrase_book import load_phrase_book
from app.drafting.prose.phrases import PhraseSource, past_phrases
from app.drafting.verify import verify, written_or_verbatim
from app.language.view import TextView
from app.report.profile import Profile, load_profile
from app.report.recognise import recognise_profile

if TYPE_CHECKING:
    from app.drafting.model.client import ModelOptions
    from app.knowledge.store import KnowledgeStore
    from app.services.draft_model import DryRun, ModelWriter
    from app.settings import Settings

AUTO = "auto"
_COMPOSER = "composer"
_MODEL = "model"
_BRIEF_BELOW = 0.95


@dataclass(frozen=True, slots=True)
class DraftWish:
    """What the writer wants beside the facts.

    ``length`` is the number of characters wanted, 0 for whatever it comes to. ``plan`` is the
    writer's own. ``is_fresh`` has the model write what an earlier, broken-off run had written.
    """

    profile: str = AUTO
    length: int = 0
    plan: Plan | None = None
    is_offline: bool = False
    is_fresh: bool = False


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
    wish: DraftWish | None = None,
) -> Draft:
    """Draft the whole report.

    Without a model in ``settings``, or with ``offline``, the composer writes it. ``store`` lends
    wording of past reports. ``on_event`` is called from this thread, in the report's order.
    ``options`` overrides how the model is called; ``wish``, where given, stands in place of
    ``profile_name`` and ``offline``.

    A draft with a model that was broken off goes on where it stopped.

    Raises:
        InputError: the plan does not hold every fact once.
        ConfigError: the profile, the length or the model's address is wrong, or something would
            leave the office that must not.
        ModelError: the model answered for no section at all, or the draft was cancelled.
        KnowledgeError: the knowledge base cannot be read.
    """
    started = time.monotonic()
    wish = wish or DraftWish(profile_name, is_offline=offline)
    job = _Job(sheet, wish, settings, store=store, options=options, cancel=cancel)
    if job.has_model:
        writer = job.writer()
        sections = writer.write(on_event)
        usage = writer.usage
    else:
        writer = None
        sections = _compose(job.layout, job.composer(), on_event)
        usage = Usage()
    sections, length = job.fit(sections)
    usage = replace(usage, seconds=time.monotonic() - started)
    model = settings.model if writer and writer.has_written else ""
    draft = finish(job.told, job.profile.name, sections, model=model, usage=usage)
    if writer:
        writer.finish()
    left_out = tuple(fact.id for fact in job.layout.left_out)
    uses = {fact.id: draft.fact_uses.get(fact.id, ()) for fact in sheet.facts}
    return replace(draft, length=length, left_out=left_out, fact_uses=uses)


def dry_run(
    sheet: FactSheet,
    *,
    settings: "Settings",
    store: "KnowledgeStore | None" = None,
    options: "ModelOptions | None" = None,
    wish: DraftWish | None = None,
) -> "DryRun":
    """Everything :func:`draft_report` would send, and where; nothing is sent.

    Raises:
        ConfigError: no model is configured, or as :func:`draft_report`.
        InputError: the plan does not hold every fact once.
    """
    if not settings.model and options is None:
        raise ConfigError(
            "没有配置模型，起草时什么都不会发送；要看会发送什么，请用 --model 写明模型名称，"
            "并设置 OPENAI_BASE_URL。",
            on_page="没有配置模型，起草时什么都不会发送。",
        )
    job = _Job(sheet, wish or DraftWish(), settings, store=store, options=options)
    return job.writer().dry_run()


class _Job:
    """One draft: what it is made of, each worked out once."""

    def __init__(
        self,
        sheet: FactSheet,
        wish: DraftWish,
        settings: "Settings",
        *,
        store: "KnowledgeStore | None" = None,
        options: "ModelOptions | None" = None,
        cancel: Event | None = None,
    ) -> None:
        self._wish, self._settings, self._store = wish, settings, store
        self._options, self._cancel = options, cancel
        _require_length(wish.length)
        self.profile = choose_profile(sheet, wish.profile)
        self.layout = wish.plan or plan(sheet, self.profile)
        require_complete(self.layout, sheet)
        dropped = {fact.id for fact in self.layout.left_out}
        self.told = replace(sheet, facts=tuple(f for f in sheet.facts if f.id not in dropped))
        self._phrases: Phrases = past_phrases(_sources(store), self.profile) if store else {}
        usual = self._usual_length() if wish.length else 0
        self._is_brief = wish.length < _BRIEF_BELOW * usual
        self._is_ample = wish.length > usual

    @property
    def has_model(self) -> bool:
        """True where the model is to write."""
        return bool(self._settings.model) and not self._wish.is_offline

    def composer(self) -> Composer:
        """A composer that has not written anything yet."""
        return Composer(
            self.told, phrases=self._phrases, is_brief=self._is_brief, is_ample=self._is_ample
        )

    def writer(self) -> "ModelWriter":
        """The model's writer; openai and langchain are imported here and not before."""
        from app.services.draft_model import ModelWriter, retriever  # noqa: PLC0415

        retrieve = retriever(self._store, self.profile, self.told) if self._store else None
        return ModelWriter(
            self.told,
            self.layout,
            self.composer(),
            self._settings,
            options=self._options,
            retrieve=retrieve,
            cancel=self._cancel,
            is_fresh=self._wish.is_fresh,
        )

    def fit(
        self, sections: Sequence[DraftSection]
    ) -> tuple[tuple[DraftSection, ...], LengthResult | None]:
        """The sections in the length asked for."""
        if not self._wish.length:
            return tuple(sections), None
        keys = {s.key: [b.key for b in s.blocks] or [s.key] for s in self.layout.sections}
        return fitter(self.told, keys).fit(sections, self._wish.length)

    def _usual_length(self) -> int:
        sections = Composer(self.told, phrases=self._phrases).compose(self.layout)
        return count_chars(assemble(self.told, sections))


def fitter(sheet: FactSheet, parts: "dict[str, list[str]] | None" = None) -> Fitter:
    """What brings the sections of a report to a length; ``parts`` names the parts of each."""
    known = parts or {}
    parts_of: Callable[[str], Sequence[str]] = lambda key: known.get(key, [key])  # noqa: E731
    subject = Composer(sheet).subject
    return Fitter(load_phrase_book(), subject, lambda sections: assemble(sheet, sections), parts_of)


def _require_length(length: int) -> None:
    if length and not SHORTEST <= length <= LONGEST:
        raise ConfigError(f"篇幅应当在{SHORTEST}字到{LONGEST}字之间，请重新填写。")


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
        "\n".join([title_of(sheet), "", *(fact.shown for fact in sheet.facts), sheet.unit])
    )
    return load_profile(recognise_profile(TextView(document)).name)


def finish(
    sheet: FactSheet,
    profile: str,
    sections: Sequence[DraftSection],
    *,
    model: str = "",
    usage: Usage | None = None,
) -> Draft:
    """Read the finished sections back, mend what does not hold, and put them together."""
    verified = verify(sheet, sections)
    uses: dict[str, list[str]] = {fact.id: [] for fact in sheet.facts}
    for section in verified.sections:
        for sentence in section.sentences:
            for fact_id in sentence.facts:
                if fact_id in uses and section.key not in uses[fact_id]:
                    uses[fact_id].append(section.key)
    return Draft(
        unit=sheet.unit,
        year=sheet.year,
        profile=profile,
        mode=_MODEL if model else _COMPOSER,
        model=model,
        text=assemble(sheet, verified.sections),
        sections=verified.sections,
        fact_uses={fact_id: tuple(keys) for fact_id, keys in uses.items()},
        unsourced=verified.unsourced,
        usage=usage or Usage(),
    )


def _sources(store: "KnowledgeStore") -> list[PhraseSource]:
    return [PhraseSource(p.id, p.text, p.part, p.unit, p.unit_type) for p in store.passages()]


def _compose(
    layout: Plan, composer: Composer, on_event: OnEvent | None
) -> tuple[DraftSection, ...]:
    out: list[DraftSection] = []
    total = len(layout.sections)
    for index, planned in enumerate(layout.sections):
        if on_event:
            on_event(SectionStarted(index, total, planned.key, planned.title))
        section = written_or_verbatim(partial(composer.section, planned), planned)
        out.append(section)
        if on_event:
            on_event(SectionText(planned.key, section.text))
            on_event(SectionDone(index, total, section))
    return tuple(out)
