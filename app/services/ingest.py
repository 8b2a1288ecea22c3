"""Take past reports into the knowledge base: files, folders, zip archives."""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from app.core.document import Document
from app.core.errors import ConfigError, InputError, KnowledgeError, PinganError
from app.formats import read_bytes
from app.formats.archive import (
    SkippedMember,
    is_archive,
    is_junk,
    open_archive,
    read_archive,
)
from app.formats.limits import ArchiveLimits, current_limits
from app.formats.source import barrier, read_limited
from app.knowledge.clean import clean_report
from app.knowledge.corrections import Corrections
from app.knowledge.records import (
    Added,
    NothingToCutError,
    Outcome,
    PreparedReport,
    RecordOrigin,
    ReportRecord,
    prepare_report,
)
from app.knowledge.storage.chroma import ServerAwayError
from app.knowledge.store import KnowledgeStore

SUFFIXES = frozenset({".txt", ".md", ".docx", ".doc", ".wps", ".pdf"})

_HAN = re.compile("[一-鿿]")
_LEAST_HAN_SHARE = 0.4
_PATIENCE_S = 20.0
_PAUSE_S = 1.0

Progress = Callable[[int, int, str], None]
Reader = Callable[[bytes, str], Document]


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was not taken, with the sentence that says why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddSummary:
    """What became of every file that was to be added.

    ``skipped`` are no reports (other kinds, too little text); ``failed`` could not be read.
    """

    taken: tuple[ReportRecord, ...] = ()
    unchanged: tuple[ReportRecord, ...] = ()
    replaced: tuple[ReportRecord, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    failed: tuple[SkippedFile, ...] = ()

    @property
    def present(self) -> int:
        """Number of files that are in the knowledge base now."""
        return len(self.taken) + len(self.unchanged) + len(self.replaced)

    @property
    def total(self) -> int:
        """Number of files looked at."""
        return self.present + len(self.skipped) + len(self.failed)


class IngestStoppedError(KnowledgeError):
    """The store failed in the middle; ``summary`` tells what had been done by then."""

    def __init__(self, message: str, summary: AddSummary) -> None:
        super().__init__(message)
        self.summary = summary


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file to take, or why it is not. ``source`` names where it came from."""

    name: str
    source: str
    read: Callable[[], bytes]
    skipped: SkippedMember | None = None


@dataclass(frozen=True, slots=True)
class _Wishes:
    """How the files are to be taken."""

    corrections: Corrections | None
    origin: RecordOrigin
    patience_s: float
    read: Reader


@dataclass(slots=True)
class _Tally:
    groups: dict[Outcome, list[ReportRecord]] = field(
        default_factory=lambda: {outcome: [] for outcome in Outcome}
    )
    skipped: list[SkippedFile] = field(default_factory=list)
    failed: list[SkippedFile] = field(default_factory=list)

    def summary(self) -> AddSummary:
        return AddSummary(
            tuple(self.groups[Outcome.TAKEN]),
            tuple(self.groups[Outcome.UNCHANGED]),
            tuple(self.groups[Outcome.REPLACED]),
            tuple(self.skipped),
            tuple(self.failed),
        )


class _NoReportError(InputError):
    """A readable file that holds no report."""


def add_paths(
    store: KnowledgeStore,
    paths: Iterable[Path],
    *,
    corrections: Corrections | None = None,
    origin: RecordOrigin = RecordOrigin.USER,
    on_progress: Progress | None = None,
    limits: ArchiveLimits | None = None,
    patience_s: float = _PATIENCE_S,
    read: Reader = read_bytes,
) -> AddSummary:
    """Add files, the files below folders and those in zip archives, one at a time.

    A file that cannot be read is named and the others go on. ``on_progress`` gets the number done,
    the number in all and the file's name. A server that is away is waited for ``patience_s``.
    ``read`` reads one file, for callers that do it in a process apart.

    Raises:
        InputError: a path does not exist.
        IngestStoppedError: the store cannot be written any more.
    """
    files = list(_find_files(paths))
    total = sum(_count(path, limits) for path in files)
    tally = _Tally()
    wishes = _Wishes(corrections, origin, patience_s, read)
    with store.batch():
        for done, piece in enumerate(_pieces(files, limits), start=1):
            try:
                _take(store, piece, tally, wishes)
            except PinganError as error:
                summary = tally.summary()
                raise IngestStoppedError(
                    f"收入到 {piece.name} 时停下了：{error}已收好{summary.present}份，"
                    f"共{total}份；排除后再运行一次，会接着收入其余的。",
                    summary,
                ) from error
            if on_progress is not None:
                on_progress(done, max(total, done), piece.name)
    return tally.summary()


def _find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those below the folders named, in stable order."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found = [
                Path(folder) / name
                for folder, _, names in os.walk(path, followlinks=False)
                for name in names
                if not is_junk((Path(folder) / name).relative_to(path).as_posix())
            ]
        elif path.exists():
            found = [path]
        else:
            raise InputError(f"没有找到 {path}，请检查路径。")
        for item in sorted(found):
            if item.resolve() not in seen:
                seen.add(item.resolve())
                yield item


def _count(path: Path, limits: ArchiveLimits | None) -> int:
    if not is_archive(path.name):
        return 1
    try:
        with open_archive(path, limits=limits) as archive:
            return len(archive.names) + len(archive.skipped)
    except InputError:
        return 1


def _pieces(files: Iterable[Path], limits: ArchiveLimits | None) -> Iterator[_Piece]:
    for path in files:
        if is_archive(path.name):
            yield from _unpacked(path, limits)
        else:
            yield _Piece(path.name, str(path.resolve()), _reader_of(path))


def _reader_of(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        _require_kind(path.name)
        is_empty = path.is_file() and path.stat().st_size == 0
        return b"" if is_empty else read_limited(path, current_limits())

    return read


def _unpacked(path: Path, limits: ArchiveLimits | None) -> Iterator[_Piece]:
    """The files of an archive; one that cannot be opened is a piece that says so."""
    where = str(path.resolve())
    try:
        for item in read_archive(path, limits=limits, suffixes=SUFFIXES):
            name = f"{path.name}/{item.name}"
            if isinstance(item, SkippedMember):
                yield _Piece(name, where, bytes, item)
            else:
                data = item.data
                yield _Piece(name, f"{where}!{item.name}", lambda data=data: data)  # type: ignore[misc]
    except InputError as error:
        yield _Piece(path.name, where, bytes, SkippedMember(path.name, str(error), is_damaged=True))


def _require_kind(name: str) -> None:
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        raise _NoReportError("不是 txt、md、docx、doc、wps、pdf 或 zip 文件，没有收入。")


def _take(store: KnowledgeStore, piece: _Piece, tally: _Tally, wishes: _Wishes) -> None:
    if piece.skipped is not None:
        side = tally.failed if piece.skipped.is_damaged else tally.skipped
        side.append(SkippedFile(piece.name, piece.skipped.reason))
        return
    try:
        cleaned = _read(piece, wishes.read)
    except _NoReportError as error:
        tally.skipped.append(SkippedFile(piece.name, str(error)))
        return
    except InputError as error:
        tally.failed.append(SkippedFile(piece.name, str(error)))
        return
    report = prepare_report(
        cleaned,
        source=piece.source,
        name=PurePosixPath(piece.name).name,
        corrections=wishes.corrections,
    )
    try:
        added = _add_patiently(store, report, wishes)
    except NothingToCutError as error:
        tally.skipped.append(SkippedFile(piece.name, str(error)))
    except ConfigError as error:  # what may not be sent to a remote embedder
        tally.failed.append(SkippedFile(piece.name, str(error)))
    else:
        tally.groups[added.outcome].append(added.record)


def _read(piece: _Piece, read: Reader) -> str:
    with barrier(piece.name):
        data = piece.read()
        if not data:
            raise _NoReportError("文件是空的，没有收入。")
        cleaned = clean_report(read(data, piece.name).text)
    if not cleaned:
        raise _NoReportError("去掉网页残留后没有文字，没有收入。")
    if len(_HAN.findall(cleaned)) < _LEAST_HAN_SHARE * len(cleaned):
        raise _NoReportError("汉字太少，不像一份总结，没有收入。")
    return cleaned


def _add_patiently(store: KnowledgeStore, report: PreparedReport, wishes: _Wishes) -> Added:
    """Add a report; a server that is being restarted is given time to come back."""
    deadline = time.monotonic() + wishes.patience_s
    while True:
        try:
            return store.add(report, origin=wishes.origin)
        except ServerAwayError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_S)
