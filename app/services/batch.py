"""Check many drafts in several processes, write annotated copies, compare them with one another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from app.core.document import Document
from app.core.errors import ExportError, PinganError
from app.core.faults import refused
from app.core.finding import CheckResult
from app.formats.source import barrier
from app.services.checking import Checker, CheckOptions, Failed
from app.services.draft_work import BatchDraft, DraftTask, Worked, work_on, work_under
from app.services.sources import Opener, annotated_places, find_sources

if TYPE_CHECKING:  # what a single draft can do without is imported where it is used
    from app.core.cohort import Cohort
    from app.services.apart import Apart


@dataclass(frozen=True, slots=True)
class BatchResult:
    """All drafts in the order given, what could not be read, and the comparison.

    ``cohort`` is ``None`` for a single draft.
    """

    drafts: tuple[BatchDraft, ...]
    failed: tuple[Failed, ...] = ()
    cohort: "Cohort | None" = None

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

    ``has_prints`` keeps what a comparison needs, for callers that compare later. ``cluster`` is
    the address of a Dask scheduler, whose machines then do the work in place of ``jobs``;
    ``trusted_hosts`` are those that drafts may reach without encryption.
    """

    check: CheckOptions = field(default_factory=CheckOptions)
    jobs: int = 1
    cluster: str = ""
    trusted_hosts: tuple[str, ...] = ()
    annotate: Path | None = None
    has_cohort: bool = True
    has_prints: bool = False


OnDone = Callable[[int, int, str], None]


_Outcome = BatchDraft | Failed


def check_batch(
    paths: Iterable[Path],
    options: BatchOptions | None = None,
    *,
    now: datetime | None = None,
    apart: "Apart | None" = None,
    on_done: OnDone = lambda *_: None,
    on_warning: Callable[[str], None] = lambda _: None,
) -> BatchResult:
    """Check everything below ``paths``; what cannot be read does not stop the others.

    ``on_done`` is called with done, total and name after each draft, ``on_warning`` with what
    could not be taken into account. ``now`` dates the comments. ``apart`` does the work where
    the caller has processes for it.

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
        DraftTask(source, place, has_cohort or options.has_prints, now or datetime.now())  # noqa: DTZ005  # Word's own way
        for source, place in zip(sources, places, strict=True)
    ]
    drafts: list[BatchDraft] = []
    total = len(tasks) + len(failed)
    for done, outcome in enumerate(_outcomes(tasks, checker, options, apart), 1):
        if isinstance(outcome, BatchDraft):
            drafts.append(outcome)
            if outcome.warning:
                on_warning(outcome.warning)
        else:
            failed.append(outcome)
        on_done(done, total, tasks[done - 1].source.name)
    return BatchResult(
        tuple(drafts), tuple(failed), _compare(drafts, on_warning) if has_cohort else None
    )


def _make_folders(places: Iterable[Path | None]) -> None:
    for folder in sorted({p.parent for p in places if p is not None}):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refused(ExportError, f"文件夹 {folder} 建不起来", error) from error


def _compare(drafts: Sequence[BatchDraft], on_warning: Callable[[str], None]) -> "Cohort | None":
    prints = [d.print for d in drafts if d.print is not None]
    if len(prints) < 2 or len(prints) != len(drafts):
        return None
    from app.services.cohort import compare_drafts  # noqa: PLC0415  # loads numpy

    try:
        with barrier("各份对比"):
            return compare_drafts(prints, [d.checked.document.text for d in drafts])
    except PinganError as error:
        on_warning(f"这次没有作各份对比：{error}")
        return None


def _outcomes(
    tasks: Sequence[DraftTask], checker: Checker, options: BatchOptions, apart: "Apart | None"
) -> Iterator[_Outcome]:
    if options.cluster and tasks:
        from app.services.cluster.client import work_on_cluster  # noqa: PLC0415  # loads Dask

        yield from work_on_cluster(options.cluster, tasks, checker, options.trusted_hosts)
    elif apart is not None:
        yield from _in_children(tasks, options, apart)
    elif len(tasks) > 1 and (options.jobs > 1 or not all(map(_is_plain, tasks))):
        from app.services.apart import Apart  # noqa: PLC0415  # not for a single draft

        with Apart(min(options.jobs, len(tasks))) as own:
            yield from _in_children(tasks, options, own)
    else:
        yield from _here(tasks, checker)


def _is_plain(task: DraftTask) -> bool:
    return task.source.below.suffix.lower() in {".txt", ".md"}


def _here(tasks: Sequence[DraftTask], checker: Checker) -> Iterator[_Outcome]:
    opener = Opener()
    try:
        for task in tasks:
            try:
                order = task.order(opener)
            except PinganError as error:
                yield Failed(task.source.name, str(error))
            else:
                yield task.finish(work_on(order, checker))
    finally:
        opener.close()


def _in_children(
    tasks: Sequence[DraftTask], options: BatchOptions, apart: "Apart"
) -> Iterator[_Outcome]:
    """The outcomes in order, ``jobs`` at a time; a draft that ends its process is one of them."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # not for a single draft

    stamp = options.check.stamp()
    opener, lock = Opener(), Lock()

    def work(task: DraftTask) -> Worked | Failed:
        try:
            with lock:
                order = task.order(opener)
            return apart.run(work_under, order, options.check, stamp, name=task.source.name)
        except PinganError as error:
            return Failed(task.source.name, str(error))

    threads = ThreadPoolExecutor(options.jobs)
    try:
        for task, worked in zip(tasks, threads.map(work, tasks), strict=True):
            yield task.finish(worked)
    except KeyboardInterrupt:
        apart.close()
        raise
    finally:
        threads.shutdown(cancel_futures=True)
        opener.close()
