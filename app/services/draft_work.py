"""What is done with one draft, in whichever process or machine: read, check, print, comment.

A draft is behind a barrier at every step: whatever it does, the answer is about this draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.document import Document
from app.core.errors import PinganError
from app.core.facts import FactSheet
from app.core.finding import Finding
from app.formats import read_bytes
from app.formats.source import barrier
from app.services.checking import Checked, Checker, CheckOptions, Failed
from app.services.sources import Opener, Source

if TYPE_CHECKING:
    from app.checking.cohort import DraftPrint

Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A draft as bytes and what is wanted of it.

    ``annotated_as`` is the name of the annotated copy, empty where none is wanted; ``now`` dates
    its comments.
    """

    name: str
    data: bytes
    now: datetime
    has_print: bool = False
    annotated_as: str = ""


@dataclass(frozen=True, slots=True)
class Worked:
    """A checked draft, what a comparison needs of it, and its annotated copy."""

    checked: Checked
    print: "DraftPrint | None" = None
    copy: bytes | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class BatchDraft:
    """One checked draft with what the comparison needs, and where its annotated copy lies."""

    source: Source
    checked: Checked
    print: "DraftPrint | None" = None
    annotated: Path | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class DraftTask:
    """A draft to be read, what is wanted of it, and where its annotated copy goes."""

    source: Source
    place: Path | None
    has_print: bool
    now: datetime

    def order(self, opener: Opener) -> Order:
        """The draft's bytes with what is wanted.

        Raises:
            InputError: it cannot be read.
        """
        with barrier(self.source.name):
            data = opener.read(self.source)
        name = self.place.name if self.place else ""
        return Order(self.source.name, data, self.now, has_print=self.has_print, annotated_as=name)

    def finish(self, worked: Worked | Failed) -> BatchDraft | Failed:
        """Put the annotated copy where it belongs."""
        if isinstance(worked, Failed):
            return worked
        from_work = (self.source, worked.checked, worked.print)
        if self.place is None or worked.copy is None:
            return BatchDraft(*from_work, None, worked.warning)
        from app.core.files import write_atomically  # noqa: PLC0415

        try:
            write_atomically(self.place, worked.copy)
        except PinganError as error:
            return BatchDraft(*from_work, None, no_copy_warning(self.source.name, error))
        return BatchDraft(*from_work, self.place, worked.warning)


def work_on(order: Order, checker: Checker) -> Worked | Failed:
    """Read and check one draft; a draft that cannot be read is an answer, too."""
    try:
        with barrier(order.name):
            checked = checker.check(read_bytes(order.data, order.name))
            draft_print = _print_of(checked) if order.has_print else None
    except PinganError as error:
        return Failed(order.name, str(error))
    if not order.annotated_as:
        return Worked(checked, draft_print)
    try:
        with barrier(order.name):
            copy, warning = _annotate(order, checked)
    except PinganError as error:
        return Worked(checked, draft_print, None, no_copy_warning(order.name, error))
    return Worked(checked, draft_print, copy, warning)


def _print_of(checked: Checked) -> "DraftPrint":
    from app.checking.cohort import read_draft_print  # noqa: PLC0415  # not for a single draft

    return read_draft_print(checked.document)


# --- in a process apart: what everything is checked against is read there, once ------------


@lru_cache(maxsize=2)
def _checker(options: CheckOptions, stamp: Stamp) -> Checker:  # noqa: ARG001  # part of the key
    return Checker(options)


def work_under(order: Order, options: CheckOptions, stamp: Stamp) -> Worked | Failed:
    """As :func:`work_on`; ``stamp`` is that of the options, as the caller sees the files."""
    return work_on(order, _checker(options, stamp))


def check_under(
    document: Document,
    options: CheckOptions,
    stamp: Stamp,
    sheet: FactSheet | None,
    previous: Document | None,
) -> Checked:
    """Check a document against what lies beside it."""
    return _checker(options, stamp).beside(sheet, previous).check(document)


def annotate_again(
    data: bytes, document: Document, findings: Sequence[Finding], now: datetime
) -> bytes:
    """The annotated copy of a draft that was read before; a Word file is read again."""
    from app.formats.docx.comments import annotate  # noqa: PLC0415  # loads lxml

    if document.format == "docx":
        document = read_bytes(data, document.path)  # for the way back to its runs
    return annotate(data, document, findings, now=now).data


def no_copy_warning(name: str, error: PinganError) -> str:
    """The sentence for a draft whose annotated copy could not be made or written."""
    return f"{name}没有写批注：{error}"


def _annotate(order: Order, checked: Checked) -> tuple[bytes, str]:
    """The annotated copy; what could not be marked, in words."""
    from app.formats.docx.comments import annotate  # noqa: PLC0415  # loads lxml

    result = annotate(order.data, checked.document, checked.result.findings, now=order.now)
    if not result.unplaced:
        return result.data, ""
    count = len(result.unplaced)
    return (
        result.data,
        f"{order.annotated_as}有 {count} 条问题找不到可以写批注的地方，请看问题清单。",
    )
