"""Cut and embed every report anew, and set a damaged store aside."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from app.core.errors import KnowledgeError
from app.core.faults import refused
from app.core.files import writer_lock
from app.knowledge.reference_index import FILE
from app.knowledge.storage.base import LOCK_FILE, LOCK_TIMEOUT_S, MARKER_FILE, Storage
from app.knowledge.storage.refill import Progress, refill
from app.knowledge.storage.state import Lease
from app.knowledge.storage.tables import RECORDS_FILE
from app.knowledge.storage.writing import REMOTE_GRACE, is_leased_to_another
from app.knowledge.store import KnowledgeStore

_POLL_S = 0.5
_PATIENCE = 120


def rebuild_store(store: KnowledgeStore, on_progress: Progress | None = None) -> int:
    """Rebuild the passages with the store's embedder; goes on where a killed rebuild stopped.

    The old passages stay visible until the last report is done. Returns the number of passages.

    Raises:
        KnowledgeError: the store cannot be read or written.
    """
    with store.locked(), _leased(store) as beat:
        return refill(store, on_progress, beat)


@contextmanager
def _leased(store: Storage) -> Iterator[Callable[[], None]]:
    """Keep other machines from writing to the same server; gives what tells them we are alive.

    First the lease, then the look: whoever writes first notes it, then looks for a lease.
    """
    if not store.place.is_remote:
        yield lambda: None
        return
    if is_leased_to_another(store):
        raise KnowledgeError(f"另一台电脑正在重建知识库 {store.place.label}，请等它做完再试。")

    def beat() -> None:
        store.state.lease = Lease(store.owner, store.now())

    beat()
    try:
        for _ in range(_PATIENCE):
            since = store.now() - REMOTE_GRACE
            others = [i for i in store.state.intents() if i.owner != store.owner]
            if not any(i.started > since for i in others):
                break
            time.sleep(_POLL_S)
            beat()
        else:
            raise KnowledgeError(
                f"另一台电脑正在写入知识库 {store.place.label}，请等它做完再重建。"
            )
        yield beat
    finally:
        with suppress(KnowledgeError):  # the server may be away; the lease runs out by itself
            store.state.lease = None


def set_aside(home: Path, *, now: datetime) -> Path | None:
    """Rename a damaged local store; its new name, ``None`` where there is no store.

    Raises:
        KnowledgeError: it cannot be renamed.
    """
    folder = home / "kb"
    if not folder.exists():
        return None
    source = folder / "chroma"
    target = folder / f"chroma.damaged-{now:%Y%m%d-%H%M%S-%f}"
    with writer_lock(folder / LOCK_FILE, timeout_s=LOCK_TIMEOUT_S):
        try:
            # The mark of a filled store goes first: a kill in between must not leave it alone.
            (folder / MARKER_FILE).unlink(missing_ok=True)
            (folder / FILE).unlink(missing_ok=True)
            if source.exists():
                source.rename(target)
            target.mkdir(exist_ok=True)
            for part in folder.glob(f"{RECORDS_FILE}*"):
                part.rename(target / part.name)
        except OSError as error:
            subject = f"损坏的知识库 {source} 改不了名"
            raise refused(KnowledgeError, subject, error) from error
    return target
