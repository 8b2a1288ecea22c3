"""A draft as a Word file laid out by GB/T 9704—2012."""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from app.core.draft import Draft
from app.core.files import write_atomically
from app.formats.docx import layout

_LEVEL_1 = re.compile(r"[一二三四五六七八九十百]+、")
_LEVEL_2 = re.compile(r"（[一二三四五六七八九十百]+）")
_DATE = re.compile(
    r"(?:\d{4}|[二〇零○一三四五六七八九]{4})年"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日"
)
_DATE_TO_FILL_IN = re.compile(r"【待补充[^】]*(?:日期|时间)[^】]*】")
_MAX_HEADING = 40
_DATE_RIGHT = 400  # hundredths of a character


class LineKind(Enum):
    """What a line of a draft is."""

    TITLE = "title"
    ADDRESSEE = "addressee"
    HEADING_1 = "heading 1"
    HEADING_2 = "heading 2"
    BODY = "body"
    SIGNATURE = "signature"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a draft; ``lead`` characters at its start are the heading."""

    kind: LineKind
    text: str
    lead: int = 0


def _lead(text: str) -> int:
    """Length of a heading that runs into its text: up to the first full stop."""
    stop = text.find("。")
    if stop < 0:
        return len(text) if len(text) <= _MAX_HEADING else 0
    return stop + 1 if stop < _MAX_HEADING else 0


def _body_line(text: str, titles: frozenset[str]) -> ReportLine:
    if text in titles:
        kind = LineKind.HEADING_2 if _LEVEL_2.match(text) else LineKind.HEADING_1
        return ReportLine(kind, text, len(text))
    for pattern, kind in ((_LEVEL_1, LineKind.HEADING_1), (_LEVEL_2, LineKind.HEADING_2)):
        if pattern.match(text) and (lead := _lead(text)):
            return ReportLine(kind, text, lead)
    return ReportLine(LineKind.BODY, text)


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text) or _DATE_TO_FILL_IN.fullmatch(text))


def _is_signature(text: str) -> bool:
    is_heading = _LEVEL_1.match(text) or _LEVEL_2.match(text)
    return len(text) <= _MAX_HEADING and not is_heading and text[-1] not in "。；：，！？"


def read_lines(text: str, titles: Iterable[str] = ()) -> tuple[ReportLine, ...]:
    """Tell title, addressee, headings, body, signature and date of a draft's text apart.

    ``titles`` are the headings of the draft's sections, for those without a number.
    """
    rows = [row.strip() for row in layout.clean(text).splitlines() if row.strip()]
    if not rows:
        return ()
    headings = frozenset(title.strip() for title in titles if title.strip())
    ending: list[ReportLine] = []
    body = rows[1:]
    if body and _is_date(body[-1]):
        ending.append(ReportLine(LineKind.DATE, body.pop()))
        if body and _is_signature(body[-1]):
            ending.append(ReportLine(LineKind.SIGNATURE, body.pop()))
    lines = [ReportLine(LineKind.TITLE, rows[0])]
    for position, row in enumerate(body):
        if position == 0 and row.endswith("：") and len(row) <= _MAX_HEADING:
            lines.append(ReportLine(LineKind.ADDRESSEE, row))
        else:
            lines.append(_body_line(row, headings))
    return (*lines, *reversed(ending))


def _width_hundredths(text: str) -> int:
    """Width in hundredths of a Chinese character."""
    return sum(50 if char.isascii() else 100 for char in text)


def signature_indents(unit: str, date: str) -> tuple[int, int]:
    """Right indents of the unit and of the date, in hundredths of a character.

    The date stands four characters from the right and the unit centred over it; a unit too long
    for that touches the margin, and the date is centred under it.
    """
    overhang = (_width_hundredths(unit) - _width_hundredths(date)) // 2
    if overhang > _DATE_RIGHT:
        return 0, overhang
    return _DATE_RIGHT - overhang, _DATE_RIGHT


def _add_title(document: Any, line: ReportLine) -> None:
    paragraph = layout.add_paragraph(document, line_twips=layout.TITLE_LINE_TWIPS)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(layout.LINE_TWIPS / 20)
    paragraph.paragraph_format.keep_with_next = True
    layout.add_run(paragraph, line.text, layout.Face(layout.XIAOBIAOSONG, layout.TITLE_PT))


def _add_heading(document: Any, line: ReportLine) -> None:
    is_first = line.kind is LineKind.HEADING_1
    paragraph = layout.add_body_paragraph(document)
    face = layout.Face(layout.HEI if is_first else layout.KAI)
    layout.add_run(paragraph, line.text[: line.lead], face)
    rest = line.text[line.lead :]
    if rest:
        layout.add_run(paragraph, rest, layout.Face(layout.FANGSONG))
    else:
        paragraph.paragraph_format.keep_with_next = True
        layout.set_outline_level(paragraph, 0 if is_first else 1)


def _add_body(document: Any, line: ReportLine) -> None:
    indent = 0 if line.kind is LineKind.ADDRESSEE else 2
    paragraph = layout.add_body_paragraph(document, first_line_chars=indent)
    layout.add_run(paragraph, line.text, layout.Face(layout.FANGSONG))


def _add_ending(document: Any, ending: Iterable[ReportLine]) -> None:
    """Signature and date, kept on one page with the last line of the text."""
    by_kind = {line.kind: line.text for line in ending}
    unit, date = by_kind.get(LineKind.SIGNATURE, ""), by_kind.get(LineKind.DATE, "")
    if not date:
        return
    unit_right, date_right = signature_indents(unit, date)
    if document.paragraphs:
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    is_first = True
    for text, right in ((unit, unit_right), (date, date_right)):
        if not text:
            continue
        paragraph = layout.add_right_paragraph(document, right_hundredths=right)
        paragraph.paragraph_format.keep_with_next = text != date
        if is_first:
            paragraph.paragraph_format.space_before = Pt(layout.LINE_TWIPS / 20)
            is_first = False
        layout.add_run(paragraph, text, layout.Face(layout.FANGSONG))


def _set_properties(document: Any, draft: Draft, title: str, created: datetime) -> None:
    properties = document.core_properties
    unit = layout.clean(draft.unit)[:255]
    properties.author = properties.last_modified_by = unit
    properties.title = layout.clean(title)[:255]
    properties.comments = ""
    properties.created = properties.modified = created
    properties.revision = 1


def render_report(
    draft: Draft,
    *,
    created: datetime | None = None,
    appendix: Callable[[Any], None] | None = None,
) -> bytes:
    """The Word file's bytes; ``created`` is the time noted in its properties (now).

    ``appendix`` adds what stands behind the report to the python-docx document.
    """
    lines = read_lines(draft.text, (section.title for section in draft.sections))
    document = layout.new_document()
    ending = [x for x in lines if x.kind in {LineKind.SIGNATURE, LineKind.DATE}]
    for line in lines:
        if line.kind is LineKind.TITLE:
            _add_title(document, line)
        elif line.kind in {LineKind.HEADING_1, LineKind.HEADING_2}:
            _add_heading(document, line)
        elif line not in ending:
            _add_body(document, line)
    _add_ending(document, ending)
    if appendix is not None:
        appendix(document)
    title = lines[0].text if lines else ""
    _set_properties(document, draft, title, created or datetime.now(UTC))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def write_report(draft: Draft, path: Path, *, created: datetime | None = None) -> None:
    """Write the draft to ``path`` as a Word file.

    Raises:
        ExportError: ``path`` cannot be written.
    """
    write_atomically(path, render_report(draft, created=created))
