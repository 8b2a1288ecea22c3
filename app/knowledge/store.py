"""The store of past reports, for one writer at a time.

How versions come and go is told in ``writing``; what a kill broke of the index is made again from
the records.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.core.files import LockHeldError
from app.knowledge.corrections import Corrections
from app.knowledge.records import Added, PreparedReport, RecordOrigin, ReportRecord
from app.knowledge.storage import writing
from app.knowledge.storage.base import LOCK_TIMEOUT_S, Storage
from app.knowledge.storage.chroma import DamagedIndexError


class KnowledgeStore(Storage):
    """Past reports and their passages: added, corrected and removed whole or not at all."""

    def _open(self) -> None:
        super()._open()
        self._open_index()
        self._recover_if_idle()

    def _open_index(self) -> None:
        try:
            self._connect()
        except DamagedIndexError:
            if self.place.is_remote:
                raise
            with self._only_writer(LOCK_TIMEOUT_S):
                if not self._is_rebuilding and not writing.has_left_over(self):
                    raise
                self._renew_index()

    def _renew_index(self) -> None:
        """Throw away what Chroma holds of this local store and make it again from the records.

        We are the only writer now. A rebuild that is to follow does the second half itself.
        """
        self._disconnect()
        self.state.lose_index()
        with suppress(FileNotFoundError):
            shutil.rmtree(self.place.folder)
        self._connect()
        if not self._is_rebuilding:
            writing.recover(self)

    @contextmanager
    def locked(self, *, timeout_s: float = LOCK_TIMEOUT_S) -> Iterator[None]:
        """Be the only writer of this machine, on a fresh and recovered store.

        Raises:
            KnowledgeError: another process goes on writing for longer than ``timeout_s``.
        """
        with self._only_writer(timeout_s):
            self.refresh()
            self._recover()
            yield

    def add(self, report: PreparedReport, *, origin: RecordOrigin = RecordOrigin.USER) -> Added:
        """Add a report, replace its older version (also for new corrections), or find it unchanged.

        Raises:
            NothingToCutError: the report holds no whole sentence.
            KnowledgeError: the store cannot be written.
        """
        with self.locked():
            return writing.add_report(self, report, origin)

    def edit(self, record_id: str, corrections: Corrections, *, is_reset: bool = False) -> Added:
        """Correct what is known of a report; ``is_reset`` drops its earlier corrections first.

        Raises:
            KnowledgeError: there is no such report, or the store cannot be written.
        """
        with self.locked():
            return writing.edit_report(self, record_id, corrections, is_reset=is_reset)

    def remove(self, record: ReportRecord) -> None:
        """Remove a report and its passages; a removed sample does not come back.

        Raises:
            KnowledgeError: the store cannot be written.
        """
        with self.locked():
            writing.remove_report(self, record)

    def _recover_if_idle(self) -> None:
        if writing.has_left_over(self) and not self._is_rebuilding:
            # Where a writer is at work, what is pending is its own.
            with suppress(LockHeldError), self.locked(timeout_s=0.0):
                pass

    def _recover(self) -> None:
        """Undo or finish what a killed writer left over; we are the only writer now."""
        if not writing.has_left_over(self):
            return
        try:
            if not self.place.is_remote:
                self._reopen()
            writing.recover(self)
        except DamagedIndexError:  # the kill fell into the moment in which Chroma saved
            if self.place.is_remote:
                raise
            self._renew_index()
