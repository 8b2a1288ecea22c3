"""What the tabs call: the services, with the knowledge base opened once and late."""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from threading import Event, RLock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.core.document import Document
from app.core.draft import Draft
from app.core.errors import PinganError
from app.core.facts import FactSheet
from app.formats import read_bytes
from app.formats.fact_files import read_fact_sheet_bytes
from app.services.apart import Apart
from app.services.checking import Checker, CheckOptions, pasted
from app.services.draft_work import check_under
from app.services.lexicon import home_lexicons
from app.services.reference_index import known_folder
from app.settings import Settings
from app.web.workspace import UploadFolder

if TYPE_CHECKING:
    from app.core.finding import CheckResult
    from app.drafting.events import OnEvent
    from app.knowledge.records import ReportRecord
    from app.knowledge.retriever import Hit, HybridRetriever
    from app.knowledge.store import KnowledgeStore
    from app.review.service import ReviewService
    from app.services.checking import Checked
    from app.services.ingest import AddSummary
    from app.workspace.service import WorkspaceService

Progress = Callable[[int, int, str], None]
_AT_ONCE, _SLOW, _SPARE = 4, 12, 3  # processes that read what people upload


@dataclass
class Backend:
    """One per server; safe to call from several sessions at once."""

    settings: Settings
    workspace: UploadFolder
    _lock: RLock = field(default_factory=RLock)
    _store: "KnowledgeStore | None" = None
    apart: Apart = field(default_factory=lambda: Apart(_AT_ONCE, most_slow=_SLOW, spare=_SPARE))
    is_preparing: bool = False

    # --- knowledge base --------------------------------------------------------------------

    def store(self) -> "KnowledgeStore":
        """The knowledge base, opened at the first call.

        Raises:
            KnowledgeError: it is damaged or away.
        """
        with self._lock:
            if self._store is None:
                from app.services.knowledge import open_store  # noqa: PLC0415  # loads Chroma

                self._store = open_store(self.settings)
            return self._store

    @cached_property
    def _retriever(self) -> "HybridRetriever":
        from app.knowledge.retriever import HybridRetriever  # noqa: PLC0415  # loads numpy

        return HybridRetriever(self.store())

    @property
    def retriever(self) -> "HybridRetriever":
        """The search over the knowledge base, made at the first call."""
        with self._lock:
            return self._retriever

    def records(self) -> "tuple[ReportRecord, ...]":
        """Every report of the knowledge base."""
        return self.store().records()

    def search(self, query: str, *, k: int = 6, unit_type: str = "") -> "tuple[Hit, ...]":
        """The passages nearest to ``query``."""
        return self.retriever.search(query, k=k, unit_type=unit_type)

    def add(self, paths: Iterable[Path], on_progress: Progress) -> "AddSummary":
        """Add past reports."""
        from app.services.ingest import add_paths  # noqa: PLC0415

        return add_paths(self.store(), paths, on_progress=on_progress, read=self.read_bytes)

    def prepare(self, on_progress: Progress) -> "AddSummary":
        """Open the knowledge base and add the samples at the very first start."""
        from app.services.knowledge import ensure_samples  # noqa: PLC0415

        self.is_preparing = True
        try:
            return ensure_samples(self.store(), on_progress)
        finally:
            self.is_preparing = False

    def warm_up(self) -> None:
        """Load what the first search and the first draft would have to wait for."""
        self.apart.warm_up()
        self.search("平安建设", k=1)
        import_module("app.services.drafting")

    def close(self) -> None:
        """Let go of the knowledge base, and of what is being written."""
        self.apart.close()
        with self._lock:
            if "_desk" in self.__dict__:
                self._desk.jobs.stop_all()
            if self._store is not None:
                self._store.close()
                self._store = None

    # --- checking --------------------------------------------------------------------------

    def read(self, path: Path) -> Document:
        """Read an uploaded report; its name is the file's, without the folder."""
        return self.read_bytes(path.read_bytes(), path.name)

    def read_bytes(self, data: bytes, name: str) -> Document:
        """Read an uploaded report, apart from everybody else's requests."""
        return self.apart.run(read_bytes, data, name, name=name)

    def check(
        self,
        document: Document,
        profile: str,
        *,
        previous: Document | None = None,
        sheet: FactSheet | None = None,
    ) -> "Checked":
        """Check one document, against last year's report and a fact sheet where they are given."""
        options = self._options(profile)
        return self.apart.run(
            check_under, document, options, options.stamp(), sheet, previous, name=document.path
        )

    def check_text(
        self,
        text: str,
        profile: str,
        name: str = "粘贴的文字",
        *,
        previous: Document | None = None,
        sheet: FactSheet | None = None,
    ) -> "Checked":
        """Check pasted text."""
        return self.check(pasted(text, name), profile, previous=previous, sheet=sheet)

    def _options(self, profile: str) -> CheckOptions:
        """The other units of the knowledge base and the user's word list are to be known."""
        return CheckOptions(
            profile=profile,
            knowledge=known_folder(self.settings),
            lexicons=home_lexicons(self.settings),
        )

    # --- reviewing -------------------------------------------------------------------------

    @cached_property
    def _review(self) -> "ReviewService":
        from app.review.service import ReviewService  # noqa: PLC0415  # loads numpy and lxml

        return ReviewService(self.settings, self.apart)

    def review(self) -> "ReviewService":
        """The reviewers' desk, opened at the first call.

        Raises:
            KnowledgeError: its records cannot be read.
        """
        with self._lock:
            return self._review

    def tidy(self) -> None:
        """Remove the original files of drafts that were cleared an hour ago and before."""
        from app.review.store import FOLDER, ReviewStore  # noqa: PLC0415

        folder = self.settings.home / FOLDER
        with suppress(PinganError):  # it is tried again at the next round
            if folder.is_dir():
                ReviewStore(folder).collect()

    # --- drafting --------------------------------------------------------------------------

    @property
    def has_model(self) -> bool:
        """True where a model is configured."""
        return bool(self.settings.model)

    @property
    def mode_label(self) -> str:
        """One line on where the text goes."""
        if not self.has_model:
            return "未配置模型：按要点和往年写法直接成文，全程在本机，不联网"
        host = urlsplit(self.settings.base_url).hostname or "api.openai.com"
        place = "本机" if host in {"127.0.0.1", "localhost", "::1"} else host
        return f"模型 {self.settings.model}（{place}）"

    def read_sheet(self, path: Path) -> FactSheet:
        """Read an uploaded fact sheet."""
        return self.read_sheet_bytes(path.read_bytes(), path.name)

    def read_sheet_bytes(self, data: bytes, name: str, **known: Any) -> FactSheet:
        """Read an uploaded fact sheet, apart from everybody else's requests."""
        read = partial(read_fact_sheet_bytes, **known)
        return self.apart.run(read, data, name, name=name)

    def draft(
        self,
        sheet: FactSheet,
        *,
        is_offline: bool,
        on_event: "OnEvent | None" = None,
        cancel: Event | None = None,
    ) -> Draft:
        """Draft a report, telling ``on_event`` how it goes; ``cancel`` ends it early."""
        from app.services.drafting import draft_report  # noqa: PLC0415

        return draft_report(
            sheet,
            settings=self.settings,
            offline=is_offline,
            on_event=on_event,
            store=self.store(),
            cancel=cancel,
        )

    @cached_property
    def _desk(self) -> "WorkspaceService":
        from app.workspace.service import WorkspaceService  # noqa: PLC0415  # loads the checker and the planner

        def check(
            text: str, profile: str, sheet: FactSheet, previous: Document | None
        ) -> "CheckResult":
            checker = Checker(self._options(profile), sheet=sheet, previous=previous)
            return checker.check_text(text, "草稿").result

        return WorkspaceService(self.settings, check=check, open_knowledge=self.store)

    def desk(self) -> "WorkspaceService":
        """The writers' desk, opened at the first call.

        Raises:
            KnowledgeError: its records cannot be read.
        """
        with self._lock:
            return self._desk

    def masked_texts(self, wanted: Collection[str]) -> dict[str, str]:
        """Past passages by id, masked as they were lent."""
        from app.knowledge.masking.mask import mask_passage  # noqa: PLC0415

        if not wanted:
            return {}
        return {
            p.id: mask_passage(p.text, names=(p.unit,))
            for p in self.store().passages()
            if p.id in wanted
        }
