"""The marks of a comment in the text of a Word file, and the comment itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from lxml import etree

from app.formats.docx.anchors import Anchor, PartRuns
from app.formats.docx.xml import W

AUTHOR, INITIALS = "平安核查", "核查"
_SMALL = "16"  # half points: the mark must not make its line higher


def _top(element: etree._Element) -> etree._Element:
    """The ancestor that is a child of the paragraph: behind it the reference does no harm."""
    for above in element.iterancestors():
        if above.tag == W + "p":
            break
        element = above
    return element


def has_paragraph(runs: PartRuns, anchor: Anchor) -> bool:
    """True where both ends stand in paragraphs, which alone may hold marks."""
    for point in (anchor.start, anchor.end):
        element = runs.holder(point.run)
        element = runs.runs[point.run] if element is None else element
        if not any(above.tag == W + "p" for above in element.iterancestors()):
            return False
    return True


def put_mark(runs: PartRuns, anchor: Anchor, number: str) -> None:
    """Mark the range of a comment and put the reference to it behind."""
    make = runs.root.makeelement
    start, end = make(W + "commentRangeStart"), make(W + "commentRangeEnd")
    reference = make(W + "r")
    properties = etree.SubElement(reference, W + "rPr")
    for name in ("sz", "szCs"):
        etree.SubElement(properties, W + name).set(W + "val", _SMALL)
    etree.SubElement(reference, W + "commentReference").set(W + "id", number)
    for mark in (start, end):
        mark.set(W + "id", number)
    first, is_behind = runs.before(anchor.start)
    if anchor.start == anchor.end and runs.holder(anchor.start.run) is None:
        if is_behind:
            _add_behind(first, (start, end, reference))
        else:
            for mark in (start, end, reference):
                first.addprevious(mark)
        return
    first.addprevious(start)
    last = runs.last(anchor.end)
    _add_behind(last, (end,))
    top = _top(last)
    _add_behind(end if top is last else top, (reference,))


def _add_behind(element: etree._Element, marks: Iterable[etree._Element]) -> None:
    for mark in marks:
        tail, element.tail = element.tail, None
        element.addnext(mark)
        mark.tail = tail
        element = mark


def comment_element(
    root: etree._Element, number: int, lines: Sequence[str], now: datetime
) -> etree._Element:
    """A comment for the member ``root``, its first line bold."""
    comment = root.makeelement(W + "comment")
    comment.set(W + "id", str(number))
    comment.set(W + "author", AUTHOR)
    comment.set(W + "date", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    comment.set(W + "initials", INITIALS)
    for position, line in enumerate(lines):
        paragraph = etree.SubElement(comment, W + "p")
        if position == 0:
            mark = etree.SubElement(paragraph, W + "r")
            etree.SubElement(mark, W + "annotationRef")
        run = etree.SubElement(paragraph, W + "r")
        properties = etree.SubElement(run, W + "rPr")
        fonts = etree.SubElement(properties, W + "rFonts")
        fonts.set(W + "hint", "eastAsia")
        if position == 0:
            etree.SubElement(properties, W + "b")
        for name in ("sz", "szCs"):
            etree.SubElement(properties, W + name).set(W + "val", "20")
        etree.SubElement(run, W + "t").text = line
    return comment
