"""Take past reports into the knowledge base and open it as configured."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from app import resources
from app.core.address import host_of
from app.core.audit import Deed, record
from app.core.errors import KnowledgeError
from app.drafting.model.egress import guard
from app.knowledge.embedders import Embedder, make_embedder
from app.knowledge.rebuild import rebuild_store, set_aside
from app.knowledge.records import (
    RecordOrigin,
    ReportRecord,
)
from app.knowledge.reference_index import describes
from app.knowledge.storage.base import utc_now
from app.knowledge.store import KnowledgeStore
from app.services.consent import require_consent
from app.services.ingest import AddSummary, Progress, add_paths
from app.settings import Settings


def open_store(settings: Settings, *, is_rebuilding: bool = False) -> KnowledgeStore:
    """The knowledge base that the settings name.

    Raises:
        ConfigError: the embedder is unknown or not installed.
        KnowledgeError: the store is damaged, away, or was filled by another embedder.
    """
    store = KnowledgeStore(
        settings.home,
        configured_embedder(settings),
        chroma_url=settings.chroma_url,
        chroma_token=settings.chroma_token,
        is_rebuilding=is_rebuilding,
    )
    if not is_rebuilding and not describes(store.folder, store.state.generation):
        _tell_checker(store)
    return store


def configured_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings; a remote one is guarded like a model.

    Raises:
        ConfigError: the embedder is unknown or not installed.
    """
    return make_embedder(
        settings.embedder,
        base_url=settings.base_url,
        api_key=settings.api_key,
        guard=partial(_guard_embedding, settings),
    )


def _guard_embedding(settings: Settings, texts: Sequence[str]) -> None:
    """Hold past reports back from a remote embedder as drafts are held back from a model."""
    guard(
        [("往年总结", text) for text in texts],
        base_url=settings.base_url,
        trusted_hosts=settings.trusted_hosts,
    )
    require_consent(settings, settings.base_url)
    told = f"向量器，{len(texts)}段"
    record(settings.home, Deed.MODEL, to=host_of(settings.base_url), more=told)


def _tell_checker(store: KnowledgeStore) -> None:
    """Make up for what a killed or an older program, or one elsewhere, did not tell the checker."""
    with suppress(KnowledgeError), store.locked(timeout_s=0.0):
        store.tell_checker()


def ensure_samples(store: KnowledgeStore, on_progress: Progress | None = None) -> AddSummary:
    """Add the bundled sample reports to a store that never held anything.

    A first start that was killed half-way is finished; samples the user removed do not return.

    Raises:
        KnowledgeError: the store cannot be written.
    """
    state = store.state.samples
    if state not in {"", "adding"} or (not state and store.records()):
        return AddSummary()
    store.state.samples = "adding"
    summary = add_paths(
        store, [resources.reports_dir()], origin=RecordOrigin.SAMPLE, on_progress=on_progress
    )
    store.state.samples = "added"
    return summary


def find_records(store: KnowledgeStore, wanted: str) -> tuple[ReportRecord, ...]:
    """The reports that an id, a file name or a unit names.

    Raises:
        KnowledgeError: there is none.
    """
    found = tuple(
        record
        for record in store.records()
        if wanted in {record.record_id, record.report_id, record.name, record.unit}
    )
    if not found:
        raise KnowledgeError(f"知识库里没有 {wanted}，请用 pingan kb list 查看编号、文件名和单位。")
    return found


def rebuild(
    settings: Settings,
    *,
    is_reset: bool = False,
    on_progress: Progress | None = None,
    now: Callable[[], datetime] = utc_now,
) -> tuple[int, Path | None]:
    """Rebuild the knowledge base with the configured embedder.

    ``is_reset`` sets a damaged local store aside first and begins an empty one. Returns the
    number of passages and where the damaged store lies now.

    Raises:
        KnowledgeError: the store cannot be read, written or set aside.
    """
    aside: Path | None = None
    if is_reset:
        if settings.chroma_url:
            raise KnowledgeError("--reset 只用于本机的知识库，服务器上的请由管理员处理。")
        aside = set_aside(settings.home, now=now())
    with open_store(settings, is_rebuilding=True) as store:
        return rebuild_store(store, on_progress), aside
