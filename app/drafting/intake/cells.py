"""Cells of a table: figures with their units, shares stored as fractions, changes with a sign."""

import re
from decimal import Decimal, InvalidOperation

from app.core.quantity import plain_number
from app.drafting.intake.material import NO_RESULT
from app.drafting.intake.words import words

_FIGURE = re.compile(
    r"[-−—－]?\d[\d,，]*(?:\.\d+)?\s*(?:万|亿|千)?(?:[\u4e00-\u9fff]{1,3}|[%％‰])?(?:[（(].{0,20}[）)])?"
)
_BARE_NUMBER = re.compile(r"[-−－+＋]?\d[\d,，]*(?:\.\d+)?")
_RATE_LIKE = re.compile(r"(?:率|占比|比例|比重|满意度|安全感|知晓度|覆盖面)(?:[（(].*[）)])?$")


def filled(cell: str) -> str:
    """The cell, empty where what stands in it only says that nothing does."""
    cell = cell.strip()
    return "" if cell in words().blanks or cell == NO_RESULT else cell


def is_figure(cell: str) -> bool:
    """True for a number, with or without its unit."""
    return bool(_FIGURE.fullmatch(cell)) and len(cell) <= 24


def amount_of(cell: str, unit: str, name: str) -> str:
    """A cell with its unit; shares stored as 0.973 become percentages."""
    number = _number(cell)
    if number is None:
        return re.sub(r"(\d)\.0+(?=[%％]$)", r"\1", cell)
    is_percent = unit in ("%", "％", "百分比") or (not unit and bool(_RATE_LIKE.search(name)))
    if is_percent:
        is_share = bool(_RATE_LIKE.search(name)) and abs(number) <= 1 and number != 0
        return f"{_plain(number * 100 if is_share else number, cell)}%"
    return f"{_plain(number, cell)}{unit}"


def change_of(cell: str, unit: str, *, name: str, own_unit: str) -> str:
    """A signed change in words: -8.7% → 同比下降8.7%.

    ``name`` and ``own_unit`` are those of its column, ``unit`` that of what changes.
    """
    percent = cell.endswith(("%", "％"))
    number = _number(cell.rstrip("%％"))
    base = name if re.match(r"同比|环比|比|较", name) else "比上年"
    base = re.match(r"同比|环比|[比较](?:上年同期|去年同期|上年|去年)?", base)[0]  # type: ignore[index]
    base = base if len(base) > 1 else "比上年"
    if number is None:
        return cell if re.search(r"[升降增减持]", cell) else f"{name}{cell}"
    is_share = not percent and abs(number) < 2 and "." in cell and unit != "%"
    is_points = "百分点" in f"{name}{own_unit}"
    if is_share:
        number, percent = number * 100, True
    shown = _plain(abs(number), cell)
    if number == 0:
        return f"{base}持平"
    if is_points or (unit == "%" and not percent):
        return f"{base}{'提高' if number > 0 else '下降'}{shown}个百分点"
    if percent or own_unit in ("%", "％") or re.search(r"率|幅|±", name):
        return f"{base}{'上升' if number > 0 else '下降'}{shown}%"
    return f"{base}{'增加' if number > 0 else '减少'}{shown}{own_unit or unit}"


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
    text = plain_number(number)
    return f"{int(text):,}" if "," in cell and text.isdecimal() else text
