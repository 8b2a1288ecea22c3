"""Put sections together to the text that is handed in: title, headings, signature, date."""

from collections.abc import Sequence

from app.core.draft import DraftSection
from app.core.facts import FactSheet
from app.language.numbers.numerals import ordinal

MISSING_DATE = "【待补充：成文日期】"


def title_of(sheet: FactSheet) -> str:
    """The report's title: the one given, or unit, year and kind of report."""
    return sheet.title or f"{sheet.unit}{sheet.year}年平安建设工作总结"


def heading_of(number: int, section: DraftSection) -> str:
    """The heading line of the ``number``-th section that has a title, counted from 0."""
    return f"{ordinal(number)}、{section.title}"


def assemble(sheet: FactSheet, sections: Sequence[DraftSection]) -> str:
    """The whole report, paragraphs one a line, an empty line before each heading."""
    lines = [title_of(sheet), ""]
    number = 0
    for section in sections:
        if section.title:
            lines += ["", heading_of(number, section)]
            number += 1
        lines.append(section.text)
    lines += ["", sheet.unit, sheet.date or MISSING_DATE]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text + "\n"
