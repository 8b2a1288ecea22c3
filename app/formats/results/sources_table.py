"""数据来源表: every figure of a report with the fact that holds it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.core.draft import Draft, DraftSection
from app.core.facts import FactSheet
from app.evidence.sentence import own_counts, reader_of
from app.evidence.sheet import Evidence
from app.formats.results.check.xlsx import safe_cell
from app.language.numbers.numerals import ordinal
from app.language.structure.sentences import sentences

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "数据来源表"
HEADERS = ("序号", "所在部分", "数字", "所在句子", "要点编号", "要点原文", "报送来源")
NO_SOURCE = "没有对应的要点"
_FACT_HEADERS = ("要点编号", "小标题", "要点原文", "写在哪些部分", "报送来源")
_WIDTHS = (6, 24, 16, 60, 10, 60, 14)
_FACT_WIDTHS = (10, 18, 70, 50, 14)
_APPENDIX = (("序号", 13), ("所在部分", 38), ("数字", 33), ("要点", 13), ("要点原文", 59))
_APPENDIX_WITH_SOURCE = (
    ("序号", 13),
    ("所在部分", 32),
    ("数字", 30),
    ("要点", 13),
    ("要点原文", 50),
    ("报送来源", 18),
)
_MISSING_FILL = "FFFDE3E3"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One figure of the report; ``fact_id`` is empty where no fact holds it.

    ``source`` is the department or person that reported the fact.
    """

    number: int
    section: str
    figure: str
    sentence: str
    fact_id: str
    fact: str
    source: str = ""

    @property
    def cells(self) -> tuple[int | str, ...]:
        """What stands in the columns."""
        fact = self.fact or NO_SOURCE
        return (
            self.number,
            self.section,
            self.figure,
            self.sentence,
            self.fact_id,
            fact,
            self.source,
        )


def source_rows(draft: Draft, sheet: FactSheet) -> tuple[SourceRow, ...]:
    """Every figure in the order of the report."""
    evidence = Evidence(sheet)
    facts = {f.id: f for f in sheet.facts}
    rows: list[SourceRow] = []
    for name, section in _named(draft.sections):
        for sentence, figure, fact_id in _figures(section, evidence):
            fact = facts.get(fact_id)
            told = (fact.text, fact.source) if fact else ("", "")
            rows.append(SourceRow(len(rows) + 1, name, figure, sentence, fact_id, *told))
    return tuple(rows)


def _named(sections: Sequence[DraftSection]) -> Iterator[tuple[str, DraftSection]]:
    number = 0
    for section in sections:
        if section.title:
            yield f"{ordinal(number)}、{section.title}", section
            number += 1
        else:
            yield "引言", section


def _figures(section: DraftSection, evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    """Sentence, figure as printed and the fact's id, for every figure of a section."""
    used = {s.text: s.facts for s in section.sentences}
    counts = own_counts(section.text)
    for span in sentences(section.text):
        sentence = span.of(section.text)
        for judgement in reader_of(evidence, sentence).judgements(counts):
            held = [entry.fact.id for entry, _ in judgement.matches]
            near = [fact_id for fact_id in held if fact_id in used.get(sentence, ())]
            yield sentence, judgement.figure.text, next(iter([*near, *held]), "")


def render_xlsx(draft: Draft, sheet: FactSheet) -> bytes:
    """The table as a workbook, with a second sheet that tells where each fact went."""
    from openpyxl import Workbook  # noqa: PLC0415  # loaded only for xlsx

    book = Workbook()
    first = book.worksheets[0]
    first.title = TITLE
    _fill(first, HEADERS, [row.cells for row in source_rows(draft, sheet)], _WIDTHS)
    titles = {s.key: s.title or "引言" for s in draft.sections}
    facts = [
        (
            fact.id,
            fact.heading,
            fact.shown,
            "、".join(titles[k] for k in draft.fact_uses.get(fact.id, ()) if k in titles)
            or "没有写进总结",
            fact.source,
        )
        for fact in sheet.facts
    ]
    _fill(book.create_sheet("要点去向"), _FACT_HEADERS, facts, _FACT_WIDTHS)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(
    sheet: "Worksheet",
    head: Sequence[str],
    rows: Iterable[Sequence[int | str]],
    widths: Sequence[int],
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    missing = PatternFill("solid", fgColor=_MISSING_FILL)
    sheet.append(list(head))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = safe_cell(value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if NO_SOURCE in row:
                cell.fill = missing
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def render_word(draft: Draft, sheet: FactSheet) -> bytes:
    """The report as a Word file with the table as its appendix."""
    from app.formats.docx.report import render_report  # noqa: PLC0415  # loads python-docx

    rows = source_rows(draft, sheet)
    return render_report(draft, appendix=lambda document: _append(document, rows))


def _append(document: Any, rows: Sequence[SourceRow]) -> None:
    from app.formats.docx.table import add_appendix  # noqa: PLC0415  # loads python-docx

    groups: dict[tuple[str, str], list[SourceRow]] = {}
    for row in rows:
        groups.setdefault((row.section, row.fact_id), []).append(row)
    cells = [
        (
            str(number),
            found[0].section,
            "、".join(dict.fromkeys(row.figure for row in found)),
            found[0].fact_id,
            found[0].fact or NO_SOURCE,
            found[0].source,
        )
        for number, found in enumerate(groups.values(), 1)
    ]
    columns = _APPENDIX_WITH_SOURCE if any(row.source for row in rows) else _APPENDIX
    add_appendix(document, TITLE, columns, [row[: len(columns)] for row in cells])
