"""Take past reports into the knowledge base and open it as configured."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from app import resources
from app.core.errors import InputError, KnowledgeError, PinganError
from app.drafting.egress import guard
from app.knowledge.clean import clean_report
from app.knowledge.corrections import Corrections
from app.knowledge.embedders import Embedder, make_embedder
from app.knowledge.rebuild import rebuild_store, set_aside
from app.knowledge.records import (
    NothingToCutError,
    Origin,
    Outcome,
    ReportRecord,
    prepare_report,
)
from app.knowledge.sidecar import describes
from app.knowledge.store import KnowledgeStore, utc_now
from app.readers import read_document
from app.settings import Settings

SUFFIXES = frozenset({".txt", ".md", ".docx", ".doc", ".wps", ".pdf"})

_HAN = re.compile("[一-鿿]")
_LEAST_HAN_SHARE = 0.4

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not taken, with the sentence that says why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddSummary:
    """What became of every file that was to be added."""

    taken: tuple[ReportRecord, ...] = ()
    unchanged: tuple[ReportRecord, ...] = ()
    replaced: tuple[ReportRecord, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def total(self) -> int:
        """Number of files looked at."""
        return len(self.taken) + len(self.unchanged) + len(self.replaced) + len(self.skipped)


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


def _tell_checker(store: KnowledgeStore) -> None:
    """Make up for what a killed or an older program, or one elsewhere, did not tell the checker."""
    with suppress(KnowledgeError), store.locked(timeout_s=0.0):
        store.tell_checker()


def _find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those below the folders named, in stable order."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found = [
                Path(folder) / name
                for folder, _, names in os.walk(path, followlinks=False)
                for name in names
                if not name.startswith((".", "~$"))
            ]
        elif path.exists():
            found = [path]
        else:
            raise InputError(f"没有找到 {path}，请检查路径。")
        for item in sorted(found):
            if item.resolve() not in seen:
                seen.add(item.resolve())
                yield item


def add_paths(
    store: KnowledgeStore,
    paths: Iterable[Path],
    *,
    corrections: Corrections | None = None,
    origin: Origin = Origin.USER,
    on_progress: Progress | None = None,
) -> AddSummary:
    """Add files and the files below folders; a file that cannot be read is skipped and named.

    ``on_progress`` gets the number done, the number in all and the file's name.

    Raises:
        InputError: a path does not exist.
        KnowledgeError: the store cannot be written.
    """
    files = list(_find_files(paths))
    groups: dict[Outcome, list[ReportRecord]] = {outcome: [] for outcome in Outcome}
    skipped: list[Skipped] = []
    for done, path in enumerate(files, start=1):
        try:
            text = _read(path)
        except PinganError as error:
            skipped.append(Skipped(path.name, str(error)))
        else:
            added = _add_text(store, text, path, corrections, origin)
            if isinstance(added, Skipped):
                skipped.append(added)
            else:
                groups[added[0]].append(added[1])
        if on_progress is not None:
            on_progress(done, len(files), path.name)
    return AddSummary(
        tuple(groups[Outcome.TAKEN]),
        tuple(groups[Outcome.UNCHANGED]),
        tuple(groups[Outcome.REPLACED]),
        tuple(skipped),
    )


def _read(path: Path) -> str:
    if path.suffix.lower() not in SUFFIXES:
        raise InputError("不是 txt、md、docx、doc、wps 或 pdf 文件，没有收入。")
    cleaned = clean_report(read_document(path).text)
    if not cleaned:
        raise InputError("去掉网页残留后没有文字，没有收入。")
    if len(_HAN.findall(cleaned)) < _LEAST_HAN_SHARE * len(cleaned):
        raise InputError("汉字太少，不像一份总结，没有收入。")
    return cleaned


def _add_text(
    store: KnowledgeStore,
    cleaned: str,
    path: Path,
    corrections: Corrections | None,
    origin: Origin,
) -> tuple[Outcome, ReportRecord] | Skipped:
    report = prepare_report(
        cleaned, source=str(path.resolve()), name=path.name, corrections=corrections
    )
    try:
        added = store.add(report, origin=origin)
    except NothingToCutError as error:
        return Skipped(path.name, str(error))
    return added.outcome, added.record


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
        store, [resources.reports_dir()], origin=Origin.SAMPLE, on_progress=on_progress
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
