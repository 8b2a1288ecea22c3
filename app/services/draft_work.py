"""What is done with one draft, in whichever process or machine: read, check, print, comment."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.core.errors import PinganError
from app.readers import read_bytes
from app.services.checking import Checked, Checker, Failed

if TYPE_CHECKING:
    from app.checking.cohort import DraftPrint


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


def work_on(order: Order, checker: Checker) -> Worked | Failed:
    """Read and check one draft; a draft that cannot be read is an answer, too."""
    try:
        checked = checker.check(read_bytes(order.data, order.name))
    except PinganError as error:
        return Failed(order.name, str(error))
    draft_print = None
    if order.has_print:
        from app.checking.cohort import read_draft_print  # noqa: PLC0415  # not for a single draft

        draft_print = read_draft_print(checked.document)
    if not order.annotated_as:
        return Worked(checked, draft_print)
    try:
        copy, warning = _annotate(order, checked)
    except PinganError as error:
        return Worked(checked, draft_print, None, no_copy_warning(order.name, error))
    return Worked(checked, draft_print, copy, warning)


def no_copy_warning(name: str, error: PinganError) -> str:
    """The sentence for a draft whose annotated copy could not be made or written."""
    return f"{name}没有写批注：{error}"


def _annotate(order: Order, checked: Checked) -> tuple[bytes, str]:
    """The annotated copy; what could not be marked, in words."""
    from app.exporters.docx_comments import annotate  # noqa: PLC0415  # loads lxml

    result = annotate(order.data, checked.document, checked.result.findings, now=order.now)
    if not result.unplaced:
        return result.data, ""
    count = len(result.unplaced)
    return (
        result.data,
        f"{order.annotated_as}有 {count} 条问题找不到可以写批注的地方，请看问题清单。",
    )
