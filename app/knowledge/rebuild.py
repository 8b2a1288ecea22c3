"""Cut and embed every report anew, and set a damaged store aside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.core.errors import KnowledgeError
from app.knowledge.lock import writer_lock
from app.knowledge.records import ReportRecord
from app.knowledge.sidecar import FILE, refresh_sidecar
from app.knowledge.store import LOCK_FILE, LOCK_TIMEOUT_S, MARKER_FILE, KnowledgeStore
from app.knowledge.vectors import VectorCollection

Progress = Callable[[int, int, str], None]


def rebuild_store(store: KnowledgeStore, on_progress: Progress | None = None) -> int:
    """Rebuild the passages with the store's embedder; goes on where a killed rebuild stopped.

    The old passages stay visible until the last report is done. Returns the number of passages.

    Raises:
        KnowledgeError: the store cannot be read or written.
    """
    with store.locked():
        fresh = _begun(store) or store.new_vectors()
        store.state.building = fresh.name
        done: set[str] = set()
        while todo := [r for r in store.records() if r.report_id not in done]:
            total = len(done) + len(todo)
            for record in todo:
                _rebuild_report(store, record, fresh)
                done.add(record.report_id)
                if on_progress is not None:
                    on_progress(len(done), total, record.name)
        store.activate(fresh)
        store.state.building = ""
        refresh_sidecar(store, is_whole=True)
        return fresh.count()


def _begun(store: KnowledgeStore) -> VectorCollection | None:
    """What an earlier rebuild with the same embedder left unfinished."""
    name = store.state.building
    if not name:
        return None
    begun = store.open_vectors(name)
    return begun if store.is_ours(begun) else None


def _rebuild_report(store: KnowledgeStore, record: ReportRecord, fresh: VectorCollection) -> None:
    text = store.report_text(record.record_id)
    passages = store.cut(text, record.info, record.report_id)
    if fresh.count_report(record.report_id) == len(passages):
        return
    fresh.delete_report(record.report_id)
    store.write_passages(fresh, passages)
    if record.passages != len(passages):
        store.put_record(replace(record, passages=len(passages)), text)


def set_aside(home: Path, *, now: datetime) -> Path | None:
    """Rename a damaged local store; its new name, ``None`` where there is no store.

    Raises:
        KnowledgeError: it cannot be renamed.
    """
    folder = home / "kb"
    source = folder / "chroma"
    if not source.exists():
        return None
    target = folder / f"chroma.damaged-{now:%Y%m%d-%H%M%S-%f}"
    with writer_lock(folder / LOCK_FILE, timeout_s=LOCK_TIMEOUT_S):
        try:
            source.rename(target)
            (folder / MARKER_FILE).unlink(missing_ok=True)
            (folder / FILE).unlink(missing_ok=True)
        except OSError as error:
            raise KnowledgeError(
                f"损坏的知识库 {source} 改不了名，请先关闭正在使用它的程序。"
            ) from error
    return target
