"""Take out the comments that an earlier check left in a file handed in again.

Comments of people stay, and so does one of ours that somebody replied to.
"""

from collections.abc import Iterable

from lxml import etree

from app.formats.docx.xml import W

_PARA_ID = "{http://schemas.microsoft.com/office/word/2010/wordml}paraId"
_MARKS = (W + "commentRangeStart", W + "commentRangeEnd")
_REFERENCE = W + "commentReference"


def find_old(
    comments: etree._Element, companions: Iterable[etree._Element], *, author: str, initials: str
) -> list[etree._Element]:
    """The comments of ``author`` nobody replied to; ``companions`` are the parts beside them."""
    answered = {
        _local(entry, "paraIdParent") for part in companions for entry in part.iter(etree.Element)
    }
    return [
        comment
        for comment in comments.iterfind(W + "comment")
        if comment.get(W + "author") == author
        and comment.get(W + "initials") == initials
        and not _para_ids(comment) & answered
    ]


def remove_old(
    old: Iterable[etree._Element],
    stories: Iterable[etree._Element],
    companions: Iterable[etree._Element],
) -> None:
    """Remove comments, their marks in the ``stories`` and their entries in the companions."""
    numbers: set[str] = set()
    paragraphs: set[str] = set()
    for comment in old:
        numbers.add(comment.get(W + "id", ""))
        paragraphs |= _para_ids(comment)
        _remove(comment)
    for story in stories:
        for mark in list(story.iter(*_MARKS, _REFERENCE)):
            if mark.get(W + "id") in numbers:
                _remove_mark(mark)
    durable: set[str] = set()
    parts = list(companions)
    for part in parts:
        for entry in list(part):
            if _local(entry, "paraId") in paragraphs:
                durable.add(_local(entry, "durableId"))
                _remove(entry)
    for part in parts:
        for entry in list(part):
            if _local(entry, "durableId") in durable - {""}:
                _remove(entry)


def _para_ids(comment: etree._Element) -> set[str]:
    return {p.get(_PARA_ID, "") for p in comment.iter(W + "p")} - {""}


def _local(entry: etree._Element, name: str) -> str:
    """An attribute by its bare name: the companions each have a namespace of their own."""
    found = [v for k, v in entry.attrib.items() if etree.QName(str(k)).localname == name]
    return str(found[0]) if found else ""


def _remove_mark(mark: etree._Element) -> None:
    run = mark.getparent()
    is_alone = run is not None and all(c is mark or c.tag == W + "rPr" for c in run)
    _remove(run if run is not None and is_alone and mark.tag == _REFERENCE else mark)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
