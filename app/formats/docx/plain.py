"""A text as a plain Word file, with the way back from each character to its run."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from xml.sax.saxutils import escape

from app.core.document import Document, RunSlice, Span

_MAIN = "word/document.xml"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_PIECES = re.compile("\t|[^\t]+")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
)
_STYLES = (
    f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋" '
    'w:cs="Times New Roman"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
    '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:line="560" w:lineRule="exact"/></w:pPr></w:pPrDefault>'
    "</w:docDefaults></w:styles>"
)
_SECTION = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" '
    'w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
)
_INDENT = '<w:pPr><w:ind w:firstLineChars="200" w:firstLine="640"/></w:pPr>'
_TITLE = '<w:pPr><w:jc w:val="center"/></w:pPr>'


def plain_docx(document: Document) -> tuple[bytes, Document]:
    """The text as a Word file, one paragraph a line, and the document tied to its runs.

    Characters that no XML file may hold become ``�``, one for one.
    """
    paragraphs: list[str] = []
    runs: list[RunSlice] = []
    for span, line in _lines(document.text):
        if not line:
            paragraphs.append("<w:p/>")
            continue
        layout = _INDENT if runs and not line[0].isspace() else "" if runs else _TITLE
        runs.append(RunSlice(span, _MAIN, len(runs), 0))
        paragraphs.append(f"<w:p>{layout}<w:r>{_run(line)}</w:r></w:p>")
    body = f"{_HEAD}<w:document {_W}><w:body>{''.join(paragraphs)}{_SECTION}</w:body></w:document>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS.format(kind=f"{_OFFICE}/officeDocument", target=_MAIN)),
            (_MAIN, body),
            (
                "word/_rels/document.xml.rels",
                _RELATIONS.format(kind=f"{_OFFICE}/styles", target="styles.xml"),
            ),
            ("word/styles.xml", _STYLES),
        ):
            out.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue(), replace(document, format="docx", runs=tuple(runs))


def _lines(text: str) -> Iterator[tuple[Span, str]]:
    start = 0
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for line in lines:
        yield Span(start, start + len(line)), line
        start += len(line) + 1


def _run(line: str) -> str:
    return "".join(
        "<w:tab/>"
        if piece == "\t"
        else f'<w:t xml:space="preserve">{escape(_ILLEGAL.sub("�", piece))}</w:t>'
        for piece in _PIECES.findall(line)
    )
