"""Tables: each row told as a statement, with the scope its columns give (year, unit, rate)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.drafting.intake.cells import amount_of, change_of, filled, is_figure
from app.drafting.intake.columns import Column, find_head, is_grid, name_of, parted, scope_of
from app.drafting.intake.material import NO_RESULT, Row, Table
from app.drafting.intake.words import ColumnRole, words

_PERIOD = re.compile(r"(?:\d{1,2}月(?:份)?|[一二三四]季度|第[一二三四]季度|[上下]半年)")
_UNIT_LINE = re.compile(r"(?:计量|统计|数据)?单位[:：]\s*([^\s:：]{1,12})")
_VALUES = (ColumnRole.AMOUNT, ColumnRole.THIS_YEAR, ColumnRole.LAST_YEAR)
_FIGURES = (*_VALUES, ColumnRole.CHANGE)
_HEAD_CHARS = 18
_CELL_CHARS = 60
_FIELD = re.compile(r"([\u4e00-\u9fff]{2,6})\s*[:：]")
_OWN_COUNT = re.compile(r"(?:合|总|小|共)\s*计共?\d+[项条行]")
_DOUBTED = re.compile(r"[约近]?\d[\d.,%]*\s*[?？]|[?？]|待.{1,8}|暂缺|暂无|不详|未统计")
_NOTE = re.compile(r"^(?:注|备注|说明|填表说明|填报说明)\s*\d?[:：]")


@dataclass(frozen=True, slots=True)
class RowStatement:
    """One row in words, with where it stands and who reported it."""

    text: str
    number: int
    section: str = ""
    source: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that is no row of figures: a title, a line of the head, a note.

    ``is_caption``: it stands right above the head of a table and names it.
    """

    text: str
    number: int
    is_caption: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A row left out, and why; ``is_question``: the writer must say what it should hold."""

    text: str
    number: int
    why: str
    is_question: bool = False


def read_table(table: Table) -> Iterator[RowStatement | Aside | Unread]:
    """The rows of a table in order, in words.

    A table may hold several with heads of their own, titles and notes between them.
    """
    reader = _Reader()
    rows = list(table.rows)
    index = 0
    last: RowStatement | None = None
    while index < len(rows):
        taken, told = reader.take(rows, index)
        for one in told:
            if isinstance(one, RowStatement) and last and one.text.startswith("其中"):
                last = replace(last, text=f"{last.text}，{one.text.replace('其中：', '其中', 1)}")
                continue
            if last:
                yield last
            last = one if isinstance(one, RowStatement) else None
            if last is None:
                yield one
        index += taken
    if last:
        yield last


class _Reader:
    """Goes down the rows; ``columns`` is the head in force, empty where there is none."""

    def __init__(self) -> None:
        self.columns: tuple[Column, ...] = ()
        self.unit = ""
        self.carried: dict[int, str] = {}

    def take(
        self, rows: Sequence[Row], index: int
    ) -> tuple[int, list[RowStatement | Aside | Unread]]:
        """How many rows were read from ``index`` on, and what they say."""
        row = rows[index]
        told = row.told
        if not told:
            self.columns, self.carried = (), {}
            return 1, []
        head = find_head(rows, index) if len(told) > 1 and self._unit_line(told) is None else None
        if head and (not self.columns or head.is_sure):
            self.columns, self.carried = head.columns, {}
            return head.rows, []
        if len(told) == 1 and index + 1 < len(rows) and find_head(rows, index + 1):
            self.columns, self.carried = (), {}
            is_unit = self._unit_line(told) is not None
            return 1, self._take_row(row, told) if is_unit else [
                Aside(told[0], row.number, is_caption=True)
            ]
        return 1, self._take_row(row, told)

    def _take_row(self, row: Row, told: Sequence[str]) -> list[RowStatement | Aside | Unread]:
        """What one row says that is no head."""
        if (unit := self._unit_line(told)) is not None:
            self.unit = unit or self.unit
            return [Aside(cell, row.number) for cell in told if not _UNIT_LINE.fullmatch(cell)]
        if len(told) == 1 and not self._is_content(row):
            self.carried = {}
            is_head = words().roles.get(name_of(told[0])) is ColumnRole.CONTENT
            return [] if is_head else [Aside(told[0], row.number)]
        is_fields = len(told) > 1 and any(
            (m := _FIELD.match(cell)) and words().headers.get(m[1]) for cell in told
        )
        if not self.columns or is_fields:
            return [Aside("\t".join(row.cells), row.number)]
        return self._take_cells(row, told)

    def _take_cells(self, row: Row, told: Sequence[str]) -> list[RowStatement | Aside | Unread]:
        """A row under a head, and what in it the writer must settle."""
        if _OWN_COUNT.fullmatch("".join(told)):
            return [Unread("，".join(told), row.number, "合计的是表里有几行")]
        if doubted := [cell for cell in told if _DOUBTED.fullmatch(cell)]:
            why = f"表里填的是“{'”“'.join(doubted)}”，请核实后补上"
            return [self._row(row), Unread("，".join(told), row.number, why, is_question=True)]
        if NO_RESULT in row.cells:
            why = "表里的公式没有结果，请用 Excel 或 WPS 打开并保存一次再上传"
            return [self._row(row), Unread("，".join(told), row.number, why)]
        return [self._row(row)]

    def _unit_line(self, told: Sequence[str]) -> str | None:
        """The measure word a line “单位：件” gives, ``None`` where the row is no such line."""
        found = [m for cell in told if (m := _UNIT_LINE.fullmatch(cell))]
        measures = [m[1] for m in found if words().measure.fullmatch(m[1])]
        if not measures or len(told) > 3:
            return None
        return measures[0] if not re.search(r"[、/，,和]", measures[0]) else ""

    def _is_content(self, row: Row) -> bool:
        """True where a row's only text is the matter of a row and no title, note or heading."""
        told = row.told[0]
        at = row.cells.index(told)
        if row.cells.count(told) > 1 or len(told) > _CELL_CHARS or _NOTE.match(told):
            return False
        roles = (ColumnRole.CONTENT, ColumnRole.ITEM, ColumnRole.MORE)
        return at < len(self.columns) and self.columns[at].role in roles

    # --- a row under a head -----------------------------------------------------------------

    def _row(self, row: Row) -> RowStatement | Unread:
        width = len(self.columns)
        cells = [filled(row.cells[i]) if i < len(row.cells) else "" for i in range(width)]
        cells = [
            "" if column.role in (*_FIGURES, None) and _DOUBTED.fullmatch(cell) else cell
            for cell, column in zip(cells, self.columns, strict=True)
        ]
        shown = "，".join(row.told)
        section, source = (
            self._first(cells, ColumnRole.SECTION),
            self._first(cells, ColumnRole.SOURCE),
        )
        name = self._name(cells)
        section = section if section != name else ""
        if (missing := self._missing_year(cells)) is not None:
            return Unread(shown, row.number, f"{missing}没有填，请补上", is_question=True)
        figures = self._figures(cells, name)
        label, text = "", ""
        more = "，".join(self._all(cells, ColumnRole.MORE))
        if figures:
            text = figures
        elif name and more and len(name) <= _HEAD_CHARS and not re.search(r"[\d，。；]", name):
            label = name
        elif name:
            text = name
        if more:
            text = f"{text}，{more}" if text else more
        if extra := self._extra(cells):
            text = f"{text}（{extra}）" if text else extra
        if not text or (text == name and not re.search(r"\d", text) and self._has_figures):
            return Unread(shown, row.number, "这一行没有填数")
        if source and source not in text and not label:
            text = source + text  # whose figure it is belongs to what it says
        return RowStatement(text, row.number, section, source, label)

    def _missing_year(self, cells: Sequence[str]) -> str | None:
        """The column of this year's figure where only last year's is filled in."""
        this = [c for c in self.columns if c.role is ColumnRole.THIS_YEAR]
        told = self._all(cells, ColumnRole.THIS_YEAR)
        if this and not told and self._all(cells, ColumnRole.LAST_YEAR):
            return this[0].name
        years = [
            i for i, c in enumerate(self.columns) if c.role is ColumnRole.THIS_YEAR and not c.group
        ]
        if len(years) == 2 and sum(bool(cells[i]) for i in years) == 1:
            latest = max(years, key=lambda i: self.columns[i].name)
            return self.columns[latest].name if not cells[latest] else None
        return None

    @property
    def _has_figures(self) -> bool:
        roles = {column.role for column in self.columns}
        return bool(roles & {ColumnRole.AMOUNT, ColumnRole.THIS_YEAR, ColumnRole.LAST_YEAR})

    def _all(self, cells: Sequence[str], role: ColumnRole) -> list[str]:
        return [
            c for c, column in zip(cells, self.columns, strict=True) if c and column.role is role
        ]

    def _first(self, cells: Sequence[str], role: ColumnRole) -> str:
        """A cell of a column that is written once for several rows."""
        for index, column in enumerate(self.columns):
            if column.role is role:
                if cells[index]:
                    self.carried[index] = cells[index]
                return self.carried.get(index, "")
        return ""

    def _name(self, cells: Sequence[str]) -> str:
        """What the row is about: its content, or the first cell of words in a grid."""
        named = [*self._all(cells, ColumnRole.CONTENT), *self._all(cells, ColumnRole.ITEM)]
        if named:
            return "，".join(dict.fromkeys(named))
        for index, column in enumerate(self.columns):
            cell = cells[index]
            if column.role is None and cell and (_PERIOD.fullmatch(cell) or not is_figure(cell)):
                return cell
        return self._first(cells, ColumnRole.SOURCE) or self._first(cells, ColumnRole.SECTION)

    def _figures(self, cells: Sequence[str], name: str) -> str:
        """The figures of a row behind their name, each with its year, unit and direction."""
        name, own_unit = parted(name)
        remark = next(iter(self._all(cells, ColumnRole.REMARK)), "")
        unit = next(iter(self._all(cells, ColumnRole.MEASURE)), "") or own_unit
        unit = unit or (remark if words().measure.fullmatch(remark) else "") or self.unit
        told = [
            (column, cell)
            for column, cell in zip(self.columns, cells, strict=True)
            if cell and (column.role in _FIGURES or is_grid(column, cell, name))
        ]
        values = [column for column, _ in told if column.role in _VALUES]
        pieces: list[str] = []
        group = ""
        for column, cell in told:
            own = column.unit or unit
            thing = column.group or name
            lead = "" if pieces else name
            if column.group != group:
                lead += column.group
            group = column.group
            if column.role is ColumnRole.CHANGE:
                pieces.append(lead + change_of(cell, own, name=column.name, own_unit=column.unit))
            elif column.role in _VALUES:
                peers = [v for v in values if v.group == column.group]
                is_scoped = column.role is not ColumnRole.AMOUNT and (
                    len(peers) > 1 or column.role is ColumnRole.LAST_YEAR
                )
                scope = scope_of(column) if is_scoped else ""
                pieces.append(f"{lead}{scope}{amount_of(cell, own, thing)}")
            else:
                own = column.unit or ("" if values else unit)
                pieces.append(f"{lead}{column.name}{amount_of(cell, own, column.name)}")
        return "，".join(pieces)

    def _extra(self, cells: Sequence[str]) -> str:
        """Remarks, and cells of words in columns nobody knows, with the names over them."""
        name = self._name(cells)
        out = []
        for cell, column in zip(cells, self.columns, strict=True):
            if not cell or cell == name or column.role not in (None, ColumnRole.REMARK):
                continue
            if words().measure.fullmatch(cell):
                continue
            if column.role is None and is_grid(column, cell, name):
                continue
            out.append(cell)
        return "；".join(dict.fromkeys(out))
