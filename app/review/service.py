"""The reviewers' desk: take drafts in, compare them, judge findings, give everything out."""

import io
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from threading import Lock

from app.checking.cohort import DraftPrint, read_draft_print
from app.core.cohort import Cohort
from app.core.errors import PinganError
from app.core.finding import CheckResult
from app.core.verdict import Judgement, Verdict
from app.review.results import settled
from app.review.store import (
    FOLDER,
    ReviewStore,
    Submission,
    SubmissionRow,
    Submitted,
)
from app.services.apart import Apart
from app.services.batch import BatchOptions, check_batch
from app.services.checking import CheckOptions
from app.services.cohort import compare_drafts
from app.services.draft_work import BatchDraft, annotate_again
from app.services.lexicon import home_lexicons
from app.services.reference_index import known_folder
from app.services.sources import Opener, Source, annotated_places
from app.settings import Settings

_OUT = "批注"
_JOBS = 2  # of one upload at a time: others have theirs
_MOST_COHORTS = 16
_MOST_PRINTS = 5_000

OnStep = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload: how many drafts were kept, and what could not be read."""

    count: int
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordFiles:
    """Annotated Word files in one archive, and the drafts that could not be annotated."""

    data: bytes
    count: int
    failed: tuple[str, ...] = ()


class ReviewService:
    """One per server; safe to call from several sessions at once."""

    def __init__(self, settings: Settings, apart: Apart) -> None:
        self._settings, self._apart = settings, apart
        self.store = ReviewStore(settings.home / FOLDER)
        self._cohorts: OrderedDict[tuple[int, ...], Cohort] = OrderedDict()
        self._prints: OrderedDict[int, DraftPrint] = OrderedDict()
        self._lock = Lock()

    # --- in --------------------------------------------------------------------------------

    def take(
        self,
        batch: str,
        paths: Iterable[Path],
        *,
        profile: str = "auto",
        on_step: OnStep = lambda *_: None,
    ) -> Taken:
        """Check files and archives and keep what was found; the others go on after a bad one.

        Raises:
            PinganError: a side input cannot be read, or nothing can be kept.
        """
        options = CheckOptions(
            profile,
            knowledge=known_folder(self._settings),
            lexicons=home_lexicons(self._settings),
        )
        wishes = BatchOptions(options, jobs=_JOBS, has_cohort=False, has_prints=True)
        found = check_batch(paths, wishes, apart=self._apart, on_done=on_step)
        opener = Opener()
        try:
            items = [_submitted(item, opener) for item in found.drafts]
        finally:
            opener.close()
        numbers = self.store.add(batch, items)
        for number, item in zip(numbers, found.drafts, strict=True):
            self._remember(number, item.print)
        return Taken(len(items), tuple(f.message for f in found.failed))

    # --- what is there ---------------------------------------------------------------------

    def rows(self, batch: str) -> tuple[SubmissionRow, ...]:
        """The table of submissions."""
        return self.store.rows(batch)

    def open(self, batch: str, number: int) -> Submission:
        """One submission."""
        return self.store.open(batch, number)

    def judge(
        self,
        submission: Submission,
        fingerprint: str,
        verdict: Verdict,
        *,
        reason: str = "",
        by: str = "",
    ) -> Judgement:
        """Give a verdict on what the reviewer sees.

        Raises:
            InputError: a waiver without a reason, or somebody else was faster.
        """
        standing = submission.judgements.get(fingerprint)
        return self.store.judge(
            submission.row.draft,
            fingerprint,
            verdict,
            reason=reason,
            by=by,
            seen=standing.number if standing else 0,
        )

    def cohort(self, batch: str) -> Cohort:
        """All drafts of a batch side by side; reckoned once as long as they stay the same."""
        rows = self.store.rows(batch)
        key = tuple(r.number for r in rows)
        with self._lock:
            if key in self._cohorts:
                self._cohorts.move_to_end(key)
                return self._cohorts[key]
        submissions = list(self.store.all(batch))
        prints = [self._print_of(s) for s in submissions]
        texts = [s.document.text for s in submissions]
        cohort = self._apart.run(compare_drafts, prints, texts, name="这一批文稿")
        with self._lock:
            self._cohorts[key] = cohort
            while len(self._cohorts) > _MOST_COHORTS:
                self._cohorts.popitem(last=False)
        return cohort

    def _print_of(self, submission: Submission) -> DraftPrint:
        """What the comparison needs of a draft, under the draft's own name."""
        number = submission.row.number
        with self._lock:
            known = self._prints.get(number)
        if known is None:
            known = read_draft_print(submission.document)
            self._remember(number, known)
        return replace(known, draft=replace(known.draft, path=submission.row.path))

    def _remember(self, number: int, known: DraftPrint | None) -> None:
        if known is None:
            return
        with self._lock:
            self._prints[number] = known
            while len(self._prints) > _MOST_PRINTS:
                self._prints.popitem(last=False)

    # --- out -------------------------------------------------------------------------------

    def results(self, batch: str) -> list[tuple[CheckResult, Submission]]:
        """Every result of a batch as it stands after the verdicts, with its submission."""
        return [(settled(s.result, s.judgements), s) for s in self.store.all(batch)]

    def word_files(
        self, batch: str, *, now: datetime | None = None, on_step: OnStep = lambda *_: None
    ) -> WordFiles:
        """Every draft with the findings that stand as comments, in one archive."""
        moment = now or datetime.now()  # noqa: DTZ005  # Word keeps local time
        submissions = list(self.store.all(batch))
        sources = [Source(Path(s.row.path), s.row.path, _below(s.row.path)) for s in submissions]
        failed: list[str] = []
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            places = annotated_places(sources, Path(_OUT))
            for done, (item, place) in enumerate(zip(submissions, places, strict=True), 1):
                try:
                    data = self._annotated(batch, item, moment)
                except PinganError as error:
                    failed.append(f"{item.row.path}：{error}")
                else:
                    archive.writestr(place.as_posix(), data)
                on_step(done, len(submissions), item.row.path)
        return WordFiles(buffer.getvalue(), len(submissions) - len(failed), tuple(failed))

    def _annotated(self, batch: str, item: Submission, now: datetime) -> bytes:
        data = self.store.original(batch, item.row.number)
        findings = settled(item.result, item.judgements).findings
        path = item.row.path
        document = replace(item.document, path=path)
        return self._apart.run(annotate_again, data, document, findings, now, name=path)


def _below(path: str) -> PurePosixPath:
    return PurePosixPath(*[p for p in PurePosixPath(path).parts if p not in {"/", ".."}])


def _submitted(item: BatchDraft, opener: Opener) -> Submitted:
    """What is kept of a checked draft, under its own name instead of that of the upload."""
    name = item.source.below.as_posix().encode("utf-8", "replace").decode()
    document = replace(item.checked.document, path=name)
    result = replace(item.checked.result, path=name)
    known = item.print or read_draft_print(document)
    described = replace(known.draft, path=name)
    return Submitted(opener.read(item.source), document, result, described)
