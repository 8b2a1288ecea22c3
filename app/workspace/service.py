"""The writers' desk: drafts kept on disk, written in the background, read back at every change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from app.core.draft import Draft, DraftSection, Origin
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.drafting.events import OnEvent
from app.drafting.rewriting import RewriteTool
from app.evidence.ground import unused_facts
from app.evidence.sheet import Evidence
from app.language.kept import Looks
from app.services.consent import require_consent
from app.services.drafting import DraftWish, draft_report, dry_run
from app.services.rewriting import Rewrite, rewrite_section
from app.workspace.jobs import Job, Jobs, Progress
from app.workspace.outline import OutlineService
from app.workspace.plan import lay_out, only, sheet_of
from app.workspace.store import WorkspaceStore
from app.workspace.types import (
    WorkspaceDraft,
    WorkspaceSection,
    WorkspaceVersion,
)
from app.workspace.view import (
    Check,
    WorkspaceView,
    draft_of,
    find_section,
    section_draft,
    view_of,
)

if TYPE_CHECKING:
    from app.knowledge.store import KnowledgeStore
    from app.services.draft_model import DryRun
    from app.settings import Settings

BY_HAND = "手工修改"
_COMPOSER = "composer"


class WorkspaceService(OutlineService):
    """One per server; every call names the owner.

    ``check`` checks a text; ``open_knowledge`` gives the knowledge base that lends wording.
    """

    def __init__(
        self,
        settings: "Settings",
        *,
        check: Check,
        open_knowledge: "Callable[[], KnowledgeStore | None]",
    ) -> None:
        self.settings = settings
        super().__init__(WorkspaceStore(settings.home))
        self.jobs = Jobs()
        self._looks = Looks()
        self._check = check
        self._open_knowledge = open_knowledge

    # --- looking ---------------------------------------------------------------------------

    def view(self, owner: str, name: str) -> WorkspaceView:
        """The draft laid out, read back and checked.

        Raises:
            InputError: this owner has no such draft.
        """
        draft = self._load(owner, name)
        with self._looks.at(name):
            return view_of(draft, self._check)

    def report(self, owner: str, name: str) -> tuple[Draft, FactSheet]:
        """The report and the facts it may rest on, for the exporters.

        Raises:
            InputError: nothing is written yet.
        """
        view = view_of(self.store.load(owner, name))
        if not view.text:
            raise InputError("还没有正文可以导出，请先点“起草”。")
        return draft_of(view), view.layout.confirmed

    def forget(self, name: str) -> None:
        """Nobody works on the draft for now: what is known of its last look is let go."""
        self._looks.forget(name)

    def facts(self, owner: str, name: str) -> FactSheet:
        """All facts, confirmed or not."""
        return lay_out(self.store.load(owner, name)).sheet

    def _load(self, owner: str, name: str) -> WorkspaceDraft:
        """The draft; one that was being written when the program ended counts as stopped."""
        draft = self.store.load(owner, name)
        if draft.state == "writing" and not self.jobs.is_writing(name):
            return replace(draft, state="stopped")
        return draft

    # --- writing ---------------------------------------------------------------------------

    def write(self, owner: str, name: str, keys: Sequence[str] = ()) -> None:
        """Begin to write the report, or only the sections named; locked ones stay as they are.

        Raises:
            InputError: unit, year or facts are missing, all sections are locked, or the draft is
                being written already.
        """
        draft = self.store.load(owner, name)
        sheet_of(draft)
        layout = lay_out(draft)
        held = {k for k, s in draft.sections.items() if s.is_locked}
        wanted = [s.key for s in (layout.plan.sections if layout.plan else ())]
        if keys:
            wanted = [k for k in keys if k in wanted] or list(keys)
        wanted = [k for k in wanted if k not in held]
        if not wanted:
            raise InputError("各部分都锁定了，没有可以重写的；请先解锁要重写的部分。")
        is_own = bool(keys or held)
        plan = only(layout, wanted) if is_own else layout.plan if layout.is_own else None
        is_offline = draft.mode == _COMPOSER or not self.settings.model
        wish = DraftWish(
            profile=layout.profile,
            length=0 if is_own else draft.length,
            plan=plan,
            is_offline=is_offline,
        )
        self._begin(owner, draft, wish, _Errand(tuple(wanted), is_whole=not keys))

    def go_on(self, owner: str, name: str) -> None:
        """Write without the model what it has left unwritten; all that is written stays.

        Raises:
            InputError: nothing was begun, or the model's writing cannot be ended.
        """
        self.store.load(owner, name)
        self.jobs.end(name)
        job = self.jobs.last(name)
        if job is None:
            raise InputError("这份稿子没有正在写的部分，请点“重新起草”，或逐个“写这一部分”。")
        if job.state == "done":
            return
        if job.again:
            job.again()
            return
        draft = self.store.load(owner, name)
        layout = lay_out(draft)
        left = job.left
        plan = only(layout, left) if left else None
        wish = DraftWish(profile=layout.profile, plan=plan, is_offline=True)
        self._begin(owner, draft, wish, _Errand(job.keys, job.is_whole, left))

    def _begin(self, owner: str, draft: WorkspaceDraft, wish: DraftWish, errand: "_Errand") -> None:
        name, settings = draft.id, self.settings
        sheet = sheet_of(draft)
        model = "" if wish.is_offline else settings.model
        origin = f"模型起草（{model}）" if model else "按要点成文"
        kept: dict[str, str] = {}

        def keep(section: DraftSection) -> None:
            kept[section.key] = section.text
            self.store.add_version(owner, name, _kept(section, origin), title=section.title)

        def work(on_event: OnEvent, cancel: Event) -> None:
            if errand.is_done:
                return
            done = draft_report(
                sheet,
                settings=settings,
                on_event=on_event,
                store=self._open_knowledge(),
                cancel=cancel,
                wish=wish,
            )
            changed = [s for s in done.sections if kept.get(s.key) != s.text]
            versions = [_kept(s, f"{origin}，调整篇幅") for s in changed]
            self.store.add_versions(owner, name, versions)
            if done.length and done.length.note:
                job.notes.append(done.length.note)

        def end(state: str) -> None:
            if state == "done":
                self._settle(owner, name, errand)
            if errand.is_whole:
                self.store.set(owner, name, state=state)

        job = Job("draft", keep, errand.keys, errand.is_whole, has_model=bool(model))
        if self.jobs.is_writing(name):
            raise InputError("这份稿子正在写，请等写完，或者先点“停止”。")
        if errand.is_whole:
            self.store.set(owner, name, state="writing")
        self.jobs.start(name, job, work, end)

    def _settle(self, owner: str, name: str, errand: "_Errand") -> None:
        """After all was written: who wrote it; a whole report holds its sections and no others."""
        draft = self.store.load(owner, name)
        by_model = any(
            sentence.origin is not Origin.COMPOSER
            for section in draft.sections.values()
            for sentence in section.version.sentences
        )
        self.store.set(owner, name, model=self.settings.model if by_model else "")
        if errand.is_whole:
            others = [k for k, s in draft.sections.items() if not s.is_locked]
            gone = [k for k in others if k not in errand.keys]
            self.store.hide_sections(owner, name, gone)

    def rewrite(
        self,
        owner: str,
        name: str,
        key: str,
        tool: RewriteTool,
        instruction: str = "",
        *,
        is_offline: bool = False,
    ) -> None:
        """Begin to rewrite one section: shorter, fuller, more formal, or as told.

        Raises:
            InputError: no such section, it is locked, or the draft is being written already.
        """
        draft = self.store.load(owner, name)
        view = view_of(draft)
        section = _unlocked(view, key)
        told = _wholly_told(view, section)
        one = replace(
            draft_of(view),
            sections=(section,),
            fact_uses={f.id: (key,) for f in told.facts},
        )
        is_offline = is_offline or draft.mode == _COMPOSER or not self.settings.model
        wish = Rewrite(key, tool, instruction, is_offline)

        def work(on_event: OnEvent, cancel: Event) -> None:
            done = rewrite_section(
                one, told, wish, settings=self.settings, cancel=cancel, on_event=on_event
            )
            new = next(s for s in done.sections if s.key == key)
            self.store.add_version(owner, name, _kept(new, f"改写：{wish.label}"))

        job = Job("rewrite", lambda _: None, has_model=not is_offline)
        if tool is not RewriteTool.FREE:
            job.again = lambda: self.rewrite(owner, name, key, tool, is_offline=True)
        self.jobs.start(name, job, work, lambda _: None)

    def stop(self, owner: str, name: str) -> None:
        """Let the writing end."""
        self.store.load(owner, name)
        self.jobs.stop(name)

    def progress(self, owner: str, name: str) -> Progress | None:
        """How far the writing is."""
        self.store.load(owner, name)
        return self.jobs.progress(name)

    def outgoing(self, owner: str, name: str) -> "DryRun":
        """What writing the report would send to the model; nothing is sent.

        Raises:
            ConfigError: no model is configured.
            InputError: unit, year or facts are missing.
        """
        draft = self.store.load(owner, name)
        sheet = sheet_of(draft)
        layout = lay_out(draft)
        wish = DraftWish(
            profile=layout.profile,
            length=draft.length,
            plan=layout.plan if layout.is_own else None,
        )
        return dry_run(sheet, settings=self.settings, store=self._open_knowledge(), wish=wish)

    def agree(self, host: str) -> None:
        """Texts may go to the outside host that was shown.

        Raises:
            ConfigError: the model is at another host by now.
        """
        require_consent(replace(self.settings, send_to=host), self.settings.base_url)

    # --- one section by hand ---------------------------------------------------------------

    def edit(self, owner: str, name: str, key: str, text: str, *, origin: str = BY_HAND) -> None:
        """Keep a text the writer has changed; the same text again is no new version.

        Raises:
            InputError: no such section.
        """
        draft = self.store.load(owner, name)
        tidy = "\n".join(
            line.rstrip() for line in text.replace("\r", "").split("\n") if line.strip()
        )
        with self._looks.at(name):
            view = find_section(view_of(draft), key)
        old = view.section
        if old and old.version.text == tidy:
            return
        sentences = section_draft(view).sentences if old else ()
        version = WorkspaceVersion(0, tidy, sentences, origin)
        self.store.add_version(owner, name, WorkspaceSection(key, view.title, version))

    def fix(self, owner: str, name: str, key: str, fingerprint: str) -> None:
        """Put in the words a finding offers.

        Raises:
            InputError: the text has changed since.
        """
        view = self.view(owner, name)
        placed = next(
            (p for p in view.findings if p.finding.fingerprint == fingerprint and p.section == key),
            None,
        )
        if placed is None or placed.finding.fix is None or not placed.is_fixable:
            raise InputError("这一条对应的文字已经改过，请看最新的核查意见。")
        fix, text = placed.finding.fix, find_section(view, key).text
        shift = placed.span.start - placed.finding.span.start
        low, high = fix.span.start + shift, fix.span.end + shift
        if low < 0 or high > len(text) or fix.span.of(view.text) != text[low:high]:
            raise InputError("这处修改跨了两个部分，不能自动改，请手工修改。")
        new = text[:low] + fix.text + text[high:]
        self.edit(owner, name, key, new, origin=f"采纳核查意见（{placed.finding.rule}）")

    def restore(self, owner: str, name: str, key: str, number: int) -> None:
        """Make an earlier version the newest.

        Raises:
            InputError: no such version.
        """
        found = next((v for v in self.store.versions(owner, name, key) if v.number == number), None)
        if found is None:
            raise InputError("没有这一版，请重新打开“历史版本”。")
        title = find_section(view_of(self.store.load(owner, name)), key).title
        version = replace(found, origin=f"恢复：{found.origin}", at="")
        self.store.add_version(owner, name, WorkspaceSection(key, title, version))


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a piece of writing is for: its sections, and those ``left`` where others are written."""

    keys: tuple[str, ...]
    is_whole: bool
    left: tuple[str, ...] | None = None

    @property
    def is_done(self) -> bool:
        """True where everything is written already."""
        return self.left == ()


def _kept(section: DraftSection, origin: str) -> WorkspaceSection:
    version = WorkspaceVersion(0, section.text, section.sentences, origin, section.note)
    return WorkspaceSection(section.key, section.title, version)


def _unlocked(view: WorkspaceView, key: str) -> DraftSection:
    found = find_section(view, key)
    if found.section is None:
        raise InputError("这一部分还没有写，请先起草。")
    if found.section.is_locked:
        raise InputError("这一部分锁定了，请先解锁再改写。")
    return section_draft(found)


def _wholly_told(view: WorkspaceView, section: DraftSection) -> FactSheet:
    """The facts that a section tells in full; those the writer has shortened are let be."""
    sheet = view.layout.firm
    used = {f for s in section.sentences for f in s.facts}
    facts = tuple(f for f in sheet.facts if f.id in used)
    unused = {f.id for f in unused_facts(Evidence(sheet, facts), section.text)}
    return replace(sheet, facts=tuple(f for f in facts if f.id not in unused))
