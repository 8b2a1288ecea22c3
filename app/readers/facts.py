"""Fact sheets: a header (unit, year, type) and bullets, from text, Word or Excel."""

import re
import unicodedata
from pathlib import Path

from app.core.document import BlockKind, Document
from app.core.errors import InputError
from app.core.facts import Fact, FactSheet
from app.readers.dispatch import read_bytes, sniff
from app.readers.fact_lines import Bullet, SheetLine, SheetParser
from app.readers.limits import Limits, current_limits
from app.readers.source import check_size, label, read_limited

UNIT_TYPES = ("机关", "国企", "乡镇", "市级")
_TYPE_NAMES = {
    "机关事业单位": "机关",
    "机关单位": "机关",
    "事业单位": "机关",
    "党政机关": "机关",
    "国有企业": "国企",
    "企业": "国企",
    "乡": "乡镇",
    "镇": "乡镇",
    "街道": "乡镇",
    "乡镇街道": "乡镇",
    "乡镇（街道）": "乡镇",
    "市": "市级",
    "县": "市级",
    "区": "市级",
    "县级": "市级",
    "市县": "市级",
}
_YEAR = re.compile(r"(\d{4})年?度?(?:工作)?")
_CHINESE_YEAR = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_BLANK = re.compile(
    r"[\s_＿xXＸｘ×*＊…\-—.。?？某]*|[（(【\[<《].*(?:填写|填入|单位名称|待补).*[）)】\]>》]"
)
_EXAMPLES = {
    "unit": ("单位", "单位：临溪县云渡镇"),
    "year": ("年度", "年度：2025"),
}


def read_fact_sheet(path: Path, *, limits: Limits | None = None) -> FactSheet:
    """The fact sheet in a txt, md, docx or xlsx file.

    Raises:
        InputError: unreadable, or without unit, year or bullets; the message shows the way out.
    """
    limits = limits or current_limits()
    return read_fact_sheet_bytes(read_limited(path, limits), str(path), limits=limits)


def read_fact_sheet_bytes(
    data: bytes, name: str, *, limits: Limits | None = None, is_loose: bool = False
) -> FactSheet:
    """The fact sheet in ``data``; ``name`` is shown to people.

    With ``is_loose`` unit and year may be missing: they are then empty and 0.

    Raises:
        InputError: as :func:`read_fact_sheet`.
    """
    limits = limits or current_limits()
    check_size(len(data), name, limits)
    if sniff(data, name) == "zip":
        from app.readers.package import package_kind  # noqa: PLC0415 — needs lxml

        if package_kind(data, name, limits) == "xlsx":
            from app.readers.xlsx import read_rows  # noqa: PLC0415 — needs openpyxl

            rows = read_rows(data, name, limits)
            return build_fact_sheet(rows, path=name, is_loose=is_loose)
    document = read_bytes(data, name, limits=limits)
    return build_fact_sheet(_document_lines(document), path=name, is_loose=is_loose)


def parse_fact_sheet(text: str, *, path: str = "", is_loose: bool = False) -> FactSheet:
    """The fact sheet in a text; ``is_loose`` as in :func:`read_fact_sheet_bytes`.

    Raises:
        InputError: no unit, year or bullet, or a header that makes no sense.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = (SheetLine((line,), n) for n, line in enumerate(lines, 1))
    return build_fact_sheet(list(numbered), path=path, is_loose=is_loose)


def build_fact_sheet(
    lines: list[SheetLine], *, path: str = "", is_loose: bool = False
) -> FactSheet:
    """The fact sheet made of lines or table rows; ``is_loose`` as in :func:`read_fact_sheet_bytes`.

    Raises:
        InputError: no unit, year or bullet, or a header that makes no sense.
    """
    parser = SheetParser()
    for line in lines:
        parser.take(line)
    header = {key: _header(values, key, path) for key, values in parser.headers.items()}
    unit = header.get("unit", "")
    if not unit and not is_loose:
        raise _missing("unit", path)
    told_year = header.get("year", "")
    year = 0 if is_loose and not told_year else _year(told_year, path)
    unit_type = _unit_type(header.get("type", ""), path)
    facts = _facts(parser.bullets)
    if not facts:
        raise InputError(
            f"{_named(path)}里没有要点，请在单位、年度下面每行写一条，"
            "例如“- 全年排查矛盾纠纷42件，化解40件”。"
        )
    return FactSheet(
        unit=unit,
        year=year,
        facts=facts,
        unit_type=unit_type,
        title=header.get("title", ""),
        date=header.get("date", ""),
        path=path,
    )


def _document_lines(document: Document) -> list[SheetLine]:
    """Lines of the running text, tables and text boxes; a tab parts the cells of a row."""
    wanted = {BlockKind.BODY, BlockKind.TABLE, BlockKind.TEXTBOX}
    lines = []
    offset = 0
    blocks = iter(document.blocks)
    block = next(blocks, None)
    for number, line in enumerate(document.text.split("\n"), 1):
        while block is not None and offset >= block.span.end:
            block = next(blocks, None)
        kind = block.kind if block is not None else BlockKind.BODY
        if kind in wanted:
            cells = tuple(line.split("\t")) if kind is BlockKind.TABLE else (line,)
            lines.append(SheetLine(cells, number))
        offset += len(line) + 1
    return lines


def _facts(bullets: list[Bullet]) -> tuple[Fact, ...]:
    from app.text.names import find_names  # noqa: PLC0415 — not needed to tell a bad sheet
    from app.text.quantities import read_quantities  # noqa: PLC0415

    facts: dict[str, Fact] = {}
    for bullet in bullets:
        key = re.sub(r"\s+", "", unicodedata.normalize("NFKC", bullet.text)).rstrip(".。;；")
        if key and key not in facts:
            facts[key] = Fact(
                id=f"F{len(facts) + 1}",
                text=bullet.text,
                heading=bullet.heading,
                line=bullet.line,
                quantities=read_quantities(bullet.text),
                names=find_names(bullet.text),
            )
    return tuple(facts.values())


def _header(values: list[tuple[str, int]], key: str, path: str) -> str:
    """The one value of a header line; blanks and placeholders count as none."""
    told = {v: n for v, n in values if not _BLANK.fullmatch(v)}
    if len(told) > 1:
        (_, first), (_, second) = list(told.items())[:2]
        name = {"unit": "单位", "year": "年度", "type": "类型", "title": "标题", "date": "日期"}[
            key
        ]
        raise InputError(
            f"{_named(path)}第{first}行和第{second}行写了两个不同的{name}，请只留一个。"
        )
    return next(iter(told), "")


def _year(value: str, path: str) -> int:
    if not value:
        raise _missing("year", path)
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)).translate(_CHINESE_YEAR)
    match = _YEAR.fullmatch(plain)
    if match is None or not 1980 <= int(match[1]) <= 2100:
        raise InputError(
            f"{_named(path)}的年度“{value[:20]}”不是年份，请写成四位数字，例如“年度：2025”。"
        )
    return int(match[1])


def _unit_type(value: str, path: str) -> str:
    name = re.sub(r"\s+", "", value)
    name = _TYPE_NAMES.get(name, name)
    if name and name not in UNIT_TYPES:
        raise InputError(
            f"{_named(path)}的类型“{value[:20]}”不认识，请写机关、国企、乡镇、市级之一，"
            "例如“类型：机关”，也可以删去这一行。"
        )
    return name


def _missing(key: str, path: str) -> InputError:
    name, example = _EXAMPLES[key]
    return InputError(f"{_named(path)}缺少{name}，请在开头加一行“{example}”这样的内容。")


def _named(path: str) -> str:
    return f"要点文件{label(path)}" if path else "要点"
