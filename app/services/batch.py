"""Check many drafts in several processes, write annotated copies, compare them with one another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.checking.cohort import DraftPrint, read_draft_print
from app.core.cohort import Cohort
from app.core.document import Document
from app.core.errors import ExportError, PinganError
from app.core.finding import CheckResult
from app.readers import read_bytes
from app.services.checking import Checked, Checker, CheckOptions, Failed
from app.services.sources import Opener, Source, annotated_places, find_sources

_CHUNK = 4


@dataclass(frozen=True, slots=True)
class BatchDraft:
    """One checked draft with what the comparison needs, and where its annotated copy lies."""

    source: Source
    checked: Checked
    print: DraftPrint | None = None
    annotated: Path | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """All drafts in the order given, what could not be read, and the comparison.

    ``cohort`` is ``None`` for a single draft.
    """

    drafts: tuple[BatchDraft, ...]
    failed: tuple[Failed, ...] = ()
    cohort: Cohort | None = None

    @property
    def results(self) -> list[CheckResult]:
        """The results in order."""
        return [d.checked.result for d in self.drafts]

    @property
    def documents(self) -> list[Document]:
        """The documents in order."""
        return [d.checked.document for d in self.drafts]


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How to go about it; ``annotate`` is the folder for annotated copies.

    ``has_prints`` keeps what a comparison needs, for callers that compare later.
    """

    check: CheckOptions = field(default_factory=CheckOptions)
    jobs: int = 1
    annotate: Path | None = None
    has_cohort: bool = True
    has_prints: bool = False


OnDone = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class _Task:
    source: Source
    place: Path | None
    has_print: bool
    now: datetime | None


_Outcome = BatchDraft | Failed


def check_batch(
    paths: Iterable[Path],
    options: BatchOptions | None = None,
    *,
    now: datetime | None = None,
    on_done: OnDone = lambda *_: None,
    on_warning: Callable[[str], None] = lambda _: None,
) -> Batch:
    """Check everything below ``paths``; what cannot be read does not stop the others.

    ``on_done`` is called with done, total and name after each draft, ``on_warning`` with what
    could not be taken into account. ``now`` dates the comments.

    Raises:
        PinganError: a side input, a path or the folder for annotated copies is wrong.
    """
    options = options or BatchOptions()
    checker = Checker(options.check)
    for warning in checker.warnings:
        on_warning(warning)
    sources, failed = find_sources(paths, skip=options.annotate)
    places: Sequence[Path | None] = [None] * len(sources)
    if options.annotate is not None:
        places = annotated_places(sources, options.annotate)
        _make_folders(places)
    has_cohort = options.has_cohort and len(sources) > 1
    tasks = [
        _Task(source, place, has_cohort or options.has_prints, now or datetime.now())  # noqa: DTZ005  # Word's own way
        for source, place in zip(sources, places, strict=True)
    ]
    drafts: list[BatchDraft] = []
    total = len(tasks) + len(failed)
    for done, outcome in enumerate(_outcomes(tasks, checker, options), 1):
        if isinstance(outcome, BatchDraft):
            drafts.append(outcome)
            if outcome.warning:
                on_warning(outcome.warning)
        else:
            failed.append(outcome)
        on_done(done, total, tasks[done - 1].source.name)
    return Batch(tuple(drafts), tuple(failed), _compare(drafts) if has_cohort else None)


def _make_folders(places: Iterable[Path | None]) -> None:
    for folder in sorted({p.parent for p in places if p is not None}):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(
                f"文件夹 {folder} 建不起来，请检查是否有写入权限，或换一个文件夹。"
            ) from error


def _compare(drafts: Sequence[BatchDraft]) -> Cohort | None:
    prints = [d.print for d in drafts if d.print is not None]
    if len(prints) < 2 or len(prints) != len(drafts):
        return None
    from app.services.cohort import compare_drafts  # noqa: PLC0415  # loads numpy

    return compare_drafts(prints, [d.checked.document.text for d in drafts])


def _outcomes(
    tasks: Sequence[_Task], checker: Checker, options: BatchOptions
) -> Iterator[_Outcome]:
    jobs = min(options.jobs, len(tasks))
    done = 0
    if jobs > 1:
        try:
            with ProcessPoolExecutor(jobs, initializer=_start, initargs=(options.check,)) as pool:
                for outcome in pool.map(_run_in_worker, tasks, chunksize=_CHUNK):
                    yield outcome
                    done += 1
        except BrokenProcessPool:
            pass  # a process was killed, for want of memory mostly: go on with the rest alone
    opener = Opener()
    try:
        for task in tasks[done:]:
            yield _run(task, checker, opener)
    finally:
        opener.close()


_worker: list[tuple[Checker, Opener]] = []


def _start(options: CheckOptions) -> None:
    _worker[:] = [(Checker(options), Opener())]


def _run_in_worker(task: _Task) -> _Outcome:
    return _run(task, *_worker[0])


def _run(task: _Task, checker: Checker, opener: Opener) -> _Outcome:
    source = task.source
    try:
        data = opener.read(source)
        checked = checker.check(read_bytes(data, source.name))
    except PinganError as error:
        return Failed(source.name, str(error))
    draft_print = read_draft_print(checked.document) if task.has_print else None
    if task.place is None:
        return BatchDraft(source, checked, draft_print)
    try:
        warning = _annotate(data, checked, task.place, task.now)
    except PinganError as error:
        return BatchDraft(source, checked, draft_print, None, f"{source.name}没有写批注：{error}")
    return BatchDraft(source, checked, draft_print, task.place, warning)


def _annotate(data: bytes, checked: Checked, place: Path, now: datetime | None) -> str:
    """Write the annotated copy; what could not be marked, in words."""
    from app.exporters.atomic import write_atomically  # noqa: PLC0415
    from app.exporters.docx_comments import annotate  # noqa: PLC0415  # loads lxml

    moment = now or datetime.now()  # noqa: DTZ005
    result = annotate(data, checked.document, checked.result.findings, now=moment)
    write_atomically(place, result.data)
    if result.unplaced:
        return f"{place.name}有 {len(result.unplaced)} 条问题找不到可以写批注的地方，请看问题清单。"
    return ""
