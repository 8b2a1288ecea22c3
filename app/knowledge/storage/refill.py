"""Cut and embed every report anew from its record, into passages of its own."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.knowledge.chunking import cut_report
from app.knowledge.records import ReportRecord
from app.knowledge.storage.base import Storage
from app.knowledge.storage.chroma import PAGE, DamagedIndexError
from app.knowledge.storage.vectors import VectorCollection

Progress = Callable[[int, int, str], None]


def refill(
    store: Storage,
    on_progress: Progress | None = None,
    beat: Callable[[], None] = lambda: None,
) -> int:
    """Fill fresh passages and let them count; goes on where a killed one stopped.

    The caller is the only writer; ``beat`` is called after each report. The old passages stay
    visible until the last report is done. Returns the number of passages.

    Raises:
        KnowledgeError: the store cannot be read or written.
    """
    fresh = _begun(store) or store.new_vectors()
    store.state.building = fresh.name
    counts: dict[str, int] = {}
    while todo := [r for r in store.records() if r.report_id not in counts]:
        total = len(counts) + len(todo)
        for record in todo:
            counts[record.report_id] = _refill_report(store, record, fresh)
            beat()
            if on_progress is not None:
                on_progress(len(counts), total, record.name)
    _drop_strays(store, fresh, counts)
    settle(store, fresh, counts)
    store.tell_checker(is_whole=True)
    return fresh.count()


def _begun(store: Storage) -> VectorCollection | None:
    """What an earlier rebuild with the same embedder left unfinished."""
    name = store.state.building
    if not name:
        return None
    begun = store.open_vectors(name)
    try:
        begun.count_report("")
    except DamagedIndexError:  # killed while the index was saved
        return None
    return begun if store.is_ours(begun) else None


def _refill_report(store: Storage, record: ReportRecord, fresh: VectorCollection) -> int:
    text = store.report_text(record.record_id)
    passages = cut_report(text, record.info, record.report_id, record.corrections)
    if fresh.count_report(record.report_id) != len(passages):
        fresh.delete_report(record.report_id)
        store.write_passages(fresh, passages)
    return len(passages)


def _drop_strays(store: Storage, fresh: VectorCollection, counts: Mapping[str, int]) -> None:
    """Delete what a resumed rebuild holds of reports that have gone since it began."""
    live = {record.report_id for record in store.records()}
    if fresh.count() == sum(count for name, count in counts.items() if name in live):
        return
    found = {str(values.get("report_id", "")) for _, _, values in fresh.read(None, PAGE)}
    for report_id in sorted(found - live):
        fresh.delete_report(report_id)


def settle(
    store: Storage, fresh: VectorCollection, counts: Mapping[str, int] | None = None
) -> None:
    """Let rebuilt passages count: the others go, the records tell how many there are.

    ``counts`` gives the passages of each report version where they are known.
    """
    store.activate(fresh)
    for record in store.records():
        known = (counts or {}).get(record.report_id)
        count = fresh.count_report(record.report_id) if known is None else known
        if count != record.passages:
            text = store.report_text(record.record_id)
            store.put_record(replace(record, passages=count), text)
    store.state.forget_loss()
    store.state.building = ""
