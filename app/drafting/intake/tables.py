"""Tables: each row told as a statement, with the scope its columns give (year, unit, rate)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from app.drafting.intake.material import NO_RESULT, Row, Table
from app.drafting.intake.words import Role, words

_FIGURE = re.compile(
    r"[-−—－]?\d[\d,，]*(?:\.\d+)?\s*(?:万|亿|千)?(?:[\u4e00-\u9fff]{1,3}|[%％‰])?(?:[（(].{0,20}[）)])?"
)
_BARE_NUMBER = re.compile(r"[-−－+＋]?\d[\d,，]*(?:\.\d+)?")
_YEAR = re.compile(r"((?:19|20)\d{2})年?(?:度|全年|累计|[\d一-]{1,4}[-—至]\d{1,2}月)?")
_PERIOD = re.compile(r"(?:\d{1,2}月(?:份)?|[一二三四]季度|第[一二三四]季度|[上下]半年)")
_HEAD_UNIT = re.compile(r"(.+?)\s*[（(]\s*(?:单位[:：])?([^（）()]{1,8})[）)]")
_UNIT_LINE = re.compile(r"(?:计量|统计|数据)?单位[:：]\s*([^\s:：]{1,12})")
_RATE_LIKE = re.compile(r"(?:率|占比|比例|比重|满意度|安全感|知晓度|覆盖面)(?:[（(].*[）)])?$")
_VALUES = (Role.AMOUNT, Role.THIS_YEAR, Role.LAST_YEAR)
_FIGURES = (*_VALUES, Role.CHANGE)
_HEAD_CHARS = 18
_CELL_CHARS = 60
_FIELD = re.compile(r"([\u4e00-\u9fff]{2,6})\s*[:：]")
_OWN_COUNT = re.compile(r"(?:合|总|小|共)\s*计共?\d+[项条行]")
_DOUBTED = re.compile(r"[约近]?\d[\d.,%]*\s*[?？]|[?？]|待.{1,8}|暂缺|暂无|不详|未统计")
_NOTE = re.compile(r"^(?:注|备注|说明|填表说明|填报说明)\s*\d?[:：]")


@dataclass(frozen=True, slots=True)
class Statement:
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


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, the name over it, and the unit that name gives."""

    role: Role | None
    name: str = ""
    unit: str = ""
    group: str = ""


def read_table(table: Table) -> Iterator[Statement | Aside | Unread]:
    """The rows of a table in order, in words.

    A table may hold several with heads of their own, titles and notes between them.
    """
    reader = _Reader()
    rows = list(table.rows)
    index = 0
    last: Statement | None = None
    while index < len(rows):
        taken, told = reader.take(rows, index)
        for one in told:
            if isinstance(one, Statement) and last and one.text.startswith("其中"):
                last = replace(last, text=f"{last.text}，{one.text.replace('其中：', '其中', 1)}")
                continue
            if last:
                yield last
            last = one if isinstance(one, Statement) else None
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

    def take(self, rows: Sequence[Row], index: int) -> tuple[int, list[Statement | Aside | Unread]]:
        """How many rows were read from ``index`` on, and what they say."""
        row = rows[index]
        told = row.told
        if not told:
            self.columns, self.carried = (), {}
            return 1, []
        head = _head(rows, index) if len(told) > 1 and self._unit_line(told) is None else None
        if head and (not self.columns or head.is_sure):
            self.columns, self.carried = head.columns, {}
            return head.rows, []
        if len(told) == 1 and index + 1 < len(rows) and _head(rows, index + 1):
            self.columns, self.carried = (), {}
            is_unit = self._unit_line(told) is not None
            return 1, self._take_row(row, told) if is_unit else [
                Aside(told[0], row.number, is_caption=True)
            ]
        return 1, self._take_row(row, told)

    def _take_row(self, row: Row, told: Sequence[str]) -> list[Statement | Aside | Unread]:
        """What one row says that is no head."""
        if (unit := self._unit_line(told)) is not None:
            self.unit = unit or self.unit
            return [Aside(cell, row.number) for cell in told if not _UNIT_LINE.fullmatch(cell)]
        if len(told) == 1 and not self._is_content(row):
            self.carried = {}
            is_head = words().roles.get(_name_of(told[0])) is Role.CONTENT
            return [] if is_head else [Aside(told[0], row.number)]
        is_fields = len(told) > 1 and any(
            (m := _FIELD.match(cell)) and words().headers.get(m[1]) for cell in told
        )
        if not self.columns or is_fields:
            return [Aside("\t".join(row.cells), row.number)]
        return self._take_cells(row, told)

    def _take_cells(self, row: Row, told: Sequence[str]) -> list[Statement | Aside | Unread]:
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
        roles = (Role.CONTENT, Role.ITEM, Role.MORE)
        return at < len(self.columns) and self.columns[at].role in roles

    # --- a row under a head -----------------------------------------------------------------

    def _row(self, row: Row) -> Statement | Unread:
        width = len(self.columns)
        cells = [_filled(row.cells[i]) if i < len(row.cells) else "" for i in range(width)]
        cells = [
            "" if column.role in (*_FIGURES, None) and _DOUBTED.fullmatch(cell) else cell
            for cell, column in zip(cells, self.columns, strict=True)
        ]
        shown = "，".join(row.told)
        section, source = self._first(cells, Role.SECTION), self._first(cells, Role.SOURCE)
        name = self._name(cells)
        section = section if section != name else ""
        if (missing := self._missing_year(cells)) is not None:
            return Unread(shown, row.number, f"{missing}没有填，请补上", is_question=True)
        figures = self._figures(cells, name)
        label, text = "", ""
        more = "，".join(self._all(cells, Role.MORE))
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
        return Statement(text, row.number, section, source, label)

    def _missing_year(self, cells: Sequence[str]) -> str | None:
        """The column of this year's figure where only last year's is filled in."""
        this = [c for c in self.columns if c.role is Role.THIS_YEAR]
        told = self._all(cells, Role.THIS_YEAR)
        if this and not told and self._all(cells, Role.LAST_YEAR):
            return this[0].name
        years = [i for i, c in enumerate(self.columns) if c.role is Role.THIS_YEAR and not c.group]
        if len(years) == 2 and sum(bool(cells[i]) for i in years) == 1:
            latest = max(years, key=lambda i: self.columns[i].name)
            return self.columns[latest].name if not cells[latest] else None
        return None

    @property
    def _has_figures(self) -> bool:
        roles = {column.role for column in self.columns}
        return bool(roles & {Role.AMOUNT, Role.THIS_YEAR, Role.LAST_YEAR})

    def _all(self, cells: Sequence[str], role: Role) -> list[str]:
        return [
            c for c, column in zip(cells, self.columns, strict=True) if c and column.role is role
        ]

    def _first(self, cells: Sequence[str], role: Role) -> str:
        """A cell of a column that is written once for several rows."""
        for index, column in enumerate(self.columns):
            if column.role is role:
                if cells[index]:
                    self.carried[index] = cells[index]
                return self.carried.get(index, "")
        return ""

    def _name(self, cells: Sequence[str]) -> str:
        """What the row is about: its content, or the first cell of words in a grid."""
        named = [*self._all(cells, Role.CONTENT), *self._all(cells, Role.ITEM)]
        if named:
            return "，".join(dict.fromkeys(named))
        for index, column in enumerate(self.columns):
            cell = cells[index]
            if column.role is None and cell and (_PERIOD.fullmatch(cell) or not _is_figure(cell)):
                return cell
        return self._first(cells, Role.SOURCE) or self._first(cells, Role.SECTION)

    def _figures(self, cells: Sequence[str], name: str) -> str:
        """The figures of a row behind their name, each with its year, unit and direction."""
        name, own_unit = _parted(name)
        remark = next(iter(self._all(cells, Role.REMARK)), "")
        unit = next(iter(self._all(cells, Role.MEASURE)), "") or own_unit
        unit = unit or (remark if words().measure.fullmatch(remark) else "") or self.unit
        told = [
            (column, cell)
            for column, cell in zip(self.columns, cells, strict=True)
            if cell and (column.role in _FIGURES or _is_grid(column, cell, name))
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
            if column.role is Role.CHANGE:
                pieces.append(lead + _change(cell, column, own))
            elif column.role in _VALUES:
                peers = [v for v in values if v.group == column.group]
                is_scoped = column.role is not Role.AMOUNT and (
                    len(peers) > 1 or column.role is Role.LAST_YEAR
                )
                scope = _scope(column) if is_scoped else ""
                pieces.append(f"{lead}{scope}{_amount(cell, own, thing)}")
            else:
                own = column.unit or ("" if values else unit)
                pieces.append(f"{lead}{column.name}{_amount(cell, own, column.name)}")
        return "，".join(pieces)

    def _extra(self, cells: Sequence[str]) -> str:
        """Remarks, and cells of words in columns nobody knows, with the names over them."""
        name = self._name(cells)
        out = []
        for cell, column in zip(cells, self.columns, strict=True):
            if not cell or cell == name or column.role not in (None, Role.REMARK):
                continue
            if words().measure.fullmatch(cell):
                continue
            if column.role is None and _is_grid(column, cell, name):
                continue
            out.append(cell)
        return "；".join(dict.fromkeys(out))


# --- the head --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Head:
    columns: tuple[Column, ...]
    rows: int
    is_sure: bool


def _head(rows: Sequence[Row], index: int) -> _Head | None:
    """The head that begins at a row, of one level or two; ``None`` where none begins there."""
    first = rows[index]
    if not _may_head(first):
        return None
    columns = tuple(_column(cell) for cell in first.cells)
    second = rows[index + 1] if index + 1 < len(rows) else None
    if second is not None and _is_second_level(first, second):
        columns = _two_levels(first, second)
        return _Head(columns, 2, is_sure=True)
    known = sum(column.role is not None for column in columns)
    if second is None:
        return _Head(columns, 1, is_sure=False) if known > 1 else None
    has_figures = any(
        _is_figure(_filled(cell)) for row in rows[index + 1 : index + 4] for cell in row.cells
    )
    has_content = any(c.role in (Role.CONTENT, Role.AMOUNT) for c in columns)
    if not (
        known > 1
        or (known and (has_figures or has_content))
        or (has_figures and len(first.told) > 1)
    ):
        return None
    return _Head(columns, 1, is_sure=known > 1 and known * 2 >= len(first.told))


def _may_head(row: Row) -> bool:
    told = row.told
    if len(told) < 2 or any(
        words().headers.get(_name_of(c)) not in (None, "unit") for c in told[:1]
    ):
        return False
    names = [_parted(c)[0] for c in told]
    if words().headers.get(_name_of(told[0])) == "unit" and len(told) == 2:
        return _name_of(told[1]) in words().roles
    return all(
        len(c) <= _HEAD_CHARS and not re.search(r"[。；！？]|[:：].", c) for c in told
    ) and not any(_is_figure(n) and not _YEAR.fullmatch(n) for n in names)


def _is_second_level(first: Row, second: Row) -> bool:
    """True where the row below names the columns of a cell that stretches over several."""
    if not _may_head(second) or second.cells == first.cells:
        return second.cells == first.cells
    pairs = [
        (first.cells[i] if i < len(first.cells) else "", cell)
        for i, cell in enumerate(second.cells)
    ]
    if any(_is_figure(b) and not _YEAR.fullmatch(_parted(b)[0]) for _, b in pairs if b):
        return False
    spread = 0
    for i, (above, below) in enumerate(pairs):
        is_under_spread = bool(below) and (
            not above
            or (i > 0 and above == pairs[i - 1][0])
            or (
                i + 1 < len(pairs)
                and (above == pairs[i + 1][0] or (not pairs[i + 1][0] and bool(pairs[i + 1][1])))
            )
        )
        if below and below != above and not is_under_spread:
            return False
        spread += is_under_spread and below != above
    return spread > 1


def _two_levels(first: Row, second: Row) -> tuple[Column, ...]:
    out, group = [], ""
    width = max(len(first.cells), len(second.cells))
    for i in range(width):
        above = first.cells[i] if i < len(first.cells) else ""
        below = second.cells[i] if i < len(second.cells) else ""
        group = above or (group if below else "")
        if not below or below == above:
            out.append(_column(above))
        else:
            own = _column(below)
            thing, unit = _parted(group)
            out.append(Column(own.role, own.name, own.unit or unit, thing))
    return tuple(out)


def _column(cell: str) -> Column:
    name, unit = _parted(cell)
    bare = _name_of(name)
    role = words().roles.get(bare)
    if role is None and (year := _YEAR.fullmatch(bare)):
        return Column(Role.THIS_YEAR, name if "年" in name else f"{year[1]}年", unit)
    if role is None and re.search(r"电话|手机|联系方式|身份证|邮箱", bare):
        role = Role.CONTACT
    if role is None and re.match(r"(?:同比|环比|比上年|较上年|比去年|较去年)", bare):
        role = Role.CHANGE
    return Column(role, name, unit)


def _parted(text: str) -> tuple[str, str]:
    """A name and the measure word it has in brackets."""
    match = _HEAD_UNIT.fullmatch(text)
    if match and words().measure.fullmatch(match[2]):
        return match[1], match[2]
    return text, ""


def _name_of(text: str) -> str:
    return re.sub(r"\s", "", text).rstrip("：:")


# --- cells -----------------------------------------------------------------------------------


def _filled(cell: str) -> str:
    cell = cell.strip()
    return "" if cell in words().blanks or cell == NO_RESULT else cell


def _is_figure(cell: str) -> bool:
    return bool(_FIGURE.fullmatch(cell)) and len(cell) <= 24


def _is_grid(column: Column, cell: str, name: str) -> bool:
    """True for a figure under a name of its own."""
    return column.role is None and bool(column.name) and cell != name and _is_figure(cell)


def _scope(column: Column) -> str:
    """The time a column of values tells, as it is said: 今年, 上年, 2024年."""
    return re.sub(r"(?:累计)?(?:数|值)$", "", column.name)


def _amount(cell: str, unit: str, name: str) -> str:
    """A cell with its unit; shares stored as 0.973 become percentages."""
    number = _number(cell)
    if number is None:
        return re.sub(r"(\d)\.0+(?=[%％]$)", r"\1", cell)
    is_percent = unit in ("%", "％", "百分比") or (not unit and bool(_RATE_LIKE.search(name)))
    if is_percent:
        is_share = bool(_RATE_LIKE.search(name)) and abs(number) <= 1 and number != 0
        return f"{_plain(number * 100 if is_share else number, cell)}%"
    return f"{_plain(number, cell)}{unit}"


def _change(cell: str, column: Column, unit: str) -> str:
    """A signed change in words: -8.7% → 同比下降8.7%."""
    percent = cell.endswith(("%", "％"))
    number = _number(cell.rstrip("%％"))
    base = column.name if re.match(r"同比|环比|比|较", column.name) else "比上年"
    base = re.match(r"同比|环比|[比较](?:上年同期|去年同期|上年|去年)?", base)[0]  # type: ignore[index]
    base = base if len(base) > 1 else "比上年"
    if number is None:
        return cell if re.search(r"[升降增减持]", cell) else f"{column.name}{cell}"
    is_share = not percent and abs(number) < 2 and "." in cell and unit != "%"
    is_points = "百分点" in f"{column.name}{column.unit}"
    if is_share:
        number, percent = number * 100, True
    shown = _plain(abs(number), cell)
    if number == 0:
        return f"{base}持平"
    if is_points or (unit == "%" and not percent):
        return f"{base}{'提高' if number > 0 else '下降'}{shown}个百分点"
    if percent or column.unit in ("%", "％") or re.search(r"率|幅|±", column.name):
        return f"{base}{'上升' if number > 0 else '下降'}{shown}%"
    return f"{base}{'增加' if number > 0 else '减少'}{shown}{column.unit or unit}"


def _number(cell: str) -> Decimal | None:
    bare = (
        cell.replace(",", "")
        .replace("，", "")
        .replace("−", "-")
        .replace("－", "-")
        .replace("＋", "+")
    )
    if not _BARE_NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def _plain(number: Decimal, cell: str) -> str:
    """A number as people write it: at most two decimals where a machine left more."""
    places = -int(number.as_tuple().exponent)
    if places > 4:
        number = round(number, 1 if abs(number) >= 1 else 2)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{int(text):,}" if "," in cell and text.isdecimal() else text
