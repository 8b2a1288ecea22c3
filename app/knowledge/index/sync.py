"""Keep the lexical index in step with the store it is derived from.

The store indexes what it writes. What it could not index, what another machine wrote to a shared
server, and what an older program wrote is made up for before the next search.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from app.knowledge.index.lexical import LexicalIndex, LexicalView, make_entry
from app.knowledge.passage import Passage
from app.knowledge.records import read_passage
from app.knowledge.storage.base import LEXICAL_FOLDER, Storage
from app.knowledge.storage.chroma import PAGE, damaged_index
from app.knowledge.storage.vectors import VectorCollection

_FEW = 20
_TOGETHER = 50
_DEAD_SHARE = 0.3
_LEAST_DEAD = 500


def synced_view(store: Storage, counts: Mapping[str, int]) -> LexicalView:
    """The index of the store's passages, holding every report version in ``counts``.

    ``counts`` gives for each visible report version its number of passages.

    Raises:
        KnowledgeError: the store cannot be read or the index not written.
    """
    vectors = store.vectors
    if vectors is None:
        return LexicalView(())
    index = store.index_of(vectors)
    view = index.view()
    missing = {key for key, count in counts.items() if view.counts.get(key, 0) != count}
    if missing:
        _add(store, vectors, index, {key: counts[key] for key in missing})
        view = index.view()
    _drop_others(store, vectors)
    dead = view.size - sum(view.counts.get(key, 0) for key in counts)
    if dead > max(_LEAST_DEAD, _DEAD_SHARE * view.size):
        index.compact(counts)
        view = index.view()
    return view


def _add(
    store: Storage,
    vectors: VectorCollection,
    index: LexicalIndex,
    counts: Mapping[str, int],
) -> None:
    every: Iterable[Passage]
    if len(counts) <= _FEW:
        every = chain.from_iterable(_read(store, vectors, {"report_id": key}) for key in counts)
    else:
        every = _read(store, vectors, None)
    found = _grouped(every, counts)
    while some := list(islice(found, _TOGETHER)):
        index.add([make_entry(sorted(p, key=lambda item: item.position)) for p in some])


def _read(
    store: Storage, vectors: VectorCollection, where: Mapping[str, str] | None
) -> Iterator[Passage]:
    try:
        for key, text, values in vectors.read(where, PAGE):
            yield read_passage(key, text, values)
    except (KeyError, ValueError) as error:
        raise damaged_index(store.place) from error


def _grouped(passages: Iterable[Passage], counts: Mapping[str, int]) -> Iterator[list[Passage]]:
    """The passages of each report version, as soon as all of them have been read."""
    begun: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.report_id in counts:
            read = begun.setdefault(passage.report_id, [])
            read.append(passage)
            if len(read) == counts[passage.report_id]:
                yield begun.pop(passage.report_id)


def _drop_others(store: Storage, vectors: VectorCollection) -> None:
    """Delete the indexes of collections that are no more."""
    kept = {vectors.name, store.state.building}
    root = store.folder / LEXICAL_FOLDER
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def fetch_passages(store: Storage, ids: Sequence[str]) -> dict[str, Passage]:
    """The passages of these ids, those that are there.

    Raises:
        KnowledgeError: the store cannot be read or a passage is damaged.
    """
    vectors = store.vectors
    if vectors is None:
        return {}
    try:
        return {key: read_passage(key, text, values) for key, text, values in vectors.fetch(ids)}
    except (KeyError, ValueError) as error:
        raise damaged_index(store.place) from error
