"""The head of a table: what each column holds, in one row or two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.drafting.intake.cells import filled, is_figure
from app.drafting.intake.material import Row
from app.drafting.intake.words import ColumnRole, words

_YEAR = re.compile(r"((?:19|20)\d{2})年?(?:度|全年|累计|[\d一-]{1,4}[-—至]\d{1,2}月)?")
_HEAD_UNIT = re.compile(r"(.+?)\s*[（(]\s*(?:单位[:：])?([^（）()]{1,8})[）)]")
_HEAD_CHARS = 18


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, the name over it, and the unit that name gives."""

    role: ColumnRole | None
    name: str = ""
    unit: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A head with the number of its rows; ``is_sure``: most of its names are known ones."""

    columns: tuple[Column, ...]
    rows: int
    is_sure: bool


def find_head(rows: Sequence[Row], index: int) -> Head | None:
    """The head that begins at a row, of one level or two; ``None`` where none begins there."""
    first = rows[index]
    if not _may_head(first):
        return None
    columns = tuple(_column(cell) for cell in first.cells)
    second = rows[index + 1] if index + 1 < len(rows) else None
    if second is not None and _is_second_level(first, second):
        columns = _two_levels(first, second)
        return Head(columns, 2, is_sure=True)
    known = sum(column.role is not None for column in columns)
    if second is None:
        return Head(columns, 1, is_sure=False) if known > 1 else None
    has_figures = any(
        is_figure(filled(cell)) for row in rows[index + 1 : index + 4] for cell in row.cells
    )
    has_content = any(c.role in (ColumnRole.CONTENT, ColumnRole.AMOUNT) for c in columns)
    if not (
        known > 1
        or (known and (has_figures or has_content))
        or (has_figures and len(first.told) > 1)
    ):
        return None
    return Head(columns, 1, is_sure=known > 1 and known * 2 >= len(first.told))


def _may_head(row: Row) -> bool:
    told = row.told
    if len(told) < 2 or any(
        words().headers.get(name_of(c)) not in (None, "unit") for c in told[:1]
    ):
        return False
    names = [parted(c)[0] for c in told]
    if words().headers.get(name_of(told[0])) == "unit" and len(told) == 2:
        return name_of(told[1]) in words().roles
    return all(
        len(c) <= _HEAD_CHARS and not re.search(r"[。；！？]|[:：].", c) for c in told
    ) and not any(is_figure(n) and not _YEAR.fullmatch(n) for n in names)


def _is_second_level(first: Row, second: Row) -> bool:
    """True where the row below names the columns of a cell that stretches over several."""
    if not _may_head(second) or second.cells == first.cells:
        return second.cells == first.cells
    pairs = [
        (first.cells[i] if i < len(first.cells) else "", cell)
        for i, cell in enumerate(second.cells)
    ]
    if any(is_figure(b) and not _YEAR.fullmatch(parted(b)[0]) for _, b in pairs if b):
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
            thing, unit = parted(group)
            out.append(Column(own.role, own.name, own.unit or unit, thing))
    return tuple(out)


def _column(cell: str) -> Column:
    name, unit = parted(cell)
    bare = name_of(name)
    role = words().roles.get(bare)
    if role is None and (year := _YEAR.fullmatch(bare)):
        return Column(ColumnRole.THIS_YEAR, name if "年" in name else f"{year[1]}年", unit)
    if role is None and re.search(r"电话|手机|联系方式|身份证|邮箱", bare):
        role = ColumnRole.CONTACT
    if role is None and re.match(r"(?:同比|环比|比上年|较上年|比去年|较去年)", bare):
        role = ColumnRole.CHANGE
    return Column(role, name, unit)


def parted(text: str) -> tuple[str, str]:
    """A name and the measure word it has in brackets."""
    match = _HEAD_UNIT.fullmatch(text)
    if match and words().measure.fullmatch(match[2]):
        return match[1], match[2]
    return text, ""


def name_of(text: str) -> str:
    """A name as it is looked up: without blanks and closing colon."""
    return re.sub(r"\s", "", text).rstrip("：:")


def is_grid(column: Column, cell: str, name: str) -> bool:
    """True for a figure under a name of its own."""
    return column.role is None and bool(column.name) and cell != name and is_figure(cell)


def scope_of(column: Column) -> str:
    """The time a column of values tells, as it is said: 今年, 上年, 2024年."""
    return re.sub(r"(?:累计)?(?:数|值)$", "", column.name)
