"""Word files written out by hand, and a reader of their comments that shares no code with ours."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping

NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{NS}}}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_COMMENT_MARKS = {W + n for n in ("commentRangeStart", "commentRangeEnd")}
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def run(text: str, properties: str = "") -> str:
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*inner: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(inner)}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:tcPr/>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows
    )
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{cells}</w:tbl>"


def word_file(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word file; ``parts`` maps a kind (``comments``, ``footnotes``, ``header``) to its XML."""
    root = f'xmlns:w="{NS}" xmlns:r="{_OFFICE}"'
    kinds = dict(parts or {})
    section = "".join(
        f'<w:{k}Reference w:type="default" r:id="rId{k}"/>'
        for k in ("header", "footer")
        if k in kinds
    )
    files = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        + "".join(
            f'<Override PartName="/word/{k}.xml" ContentType="application/vnd.'
            f'openxmlformats-officedocument.wordprocessingml.{k}+xml"/>'
            for k in kinds
        )
        + "</Types>",
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"{_HEAD}<w:document {root}><w:body>{body}"
        f"<w:sectPr>{section}</w:sectPr></w:body></w:document>",
        "word/_rels/document.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{k}" Type="{_OFFICE}/{k}" Target="{k}.xml"/>' for k in kinds
        )
        + "</Relationships>",
        "word/media/notes.bin": "不相干的部件",
    }
    files |= {f"word/{k}.xml": xml.replace("{root}", root) for k, xml in kinds.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def comments(data: bytes, author: str = "") -> dict[str, str]:
    """Text of each comment by id."""
    if "word/comments.xml" not in members(data):
        return {}
    root = ET.fromstring(member(data, "word/comments.xml"))
    return {
        c.get(W + "id", ""): "\n".join(
            "".join(t.text or "" for t in p.iter(W + "t")) for p in c.iter(W + "p")
        )
        for c in root.iter(W + "comment")
        if not author or c.get(W + "author") == author
    }


def commented(data: bytes, part: str = "word/document.xml") -> dict[str, str]:
    """The words between the marks of each comment: ``|`` ends a paragraph, a tab is a tab."""
    texts: dict[str, str] = {}
    open_ids: set[str] = set()

    def tell(words: str) -> None:
        for number in open_ids:
            texts[number] += words

    def walk(element: ET.Element) -> None:
        if element.tag == W + "commentRangeStart":
            open_ids.add(element.get(W + "id", ""))
            texts[element.get(W + "id", "")] = ""
        elif element.tag == W + "commentRangeEnd":
            open_ids.remove(element.get(W + "id", ""))
        elif element.tag == W + "t":
            tell(element.text or "")
        elif element.tag == W + "tab":
            tell("\t")
        for child in element:
            walk(child)
        if element.tag == W + "p":
            tell("|")

    walk(ET.fromstring(member(data, part)))
    assert not open_ids
    return texts


def references(data: bytes, part: str = "word/document.xml") -> list[str]:
    root = ET.fromstring(member(data, part))
    return [e.get(W + "id", "") for e in root.iter(W + "commentReference")]


def bare(xml: bytes, ids: set[str]) -> str:
    """The XML without the marks of the comments ``ids``, adjacent runs of one format joined."""
    root = ET.fromstring(xml)
    for parent in list(root.iter()):
        for child in list(parent):
            is_mark = child.tag in _COMMENT_MARKS and child.get(W + "id") in ids
            reference = child.find(W + "commentReference") if child.tag == W + "r" else None
            if is_mark or (reference is not None and reference.get(W + "id") in ids):
                parent.remove(child)
    for text in root.iter(W + "t"):
        if text.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", "") != "preserve":
            text.text = (text.text or "").strip()  # what a word processor shows
    for parent in root.iter():
        _join(parent)
    return ET.tostring(root, encoding="unicode")


def _format(element: ET.Element) -> str:
    properties = element.find(W + "rPr")
    shown = "" if properties is None else ET.tostring(properties, encoding="unicode")
    return shown + repr(sorted(element.attrib.items()))


def _join(parent: ET.Element) -> None:
    previous: ET.Element | None = None
    for child in list(parent):
        if child.tag != W + "r":
            previous = None
            continue
        if previous is not None and _format(previous) == _format(child):
            previous.extend(c for c in child if c.tag != W + "rPr")
            parent.remove(child)
        else:
            previous = child
    for one in parent.iter(W + "r"):
        last: ET.Element | None = None
        for child in list(one):
            if child.tag == W + "t" and last is not None:
                last.text = (last.text or "") + (child.text or "")
                one.remove(child)
            else:
                last = child if child.tag == W + "t" else None


def squeezed(text: str) -> str:
    return re.sub(r"\s|\|", "", text)
