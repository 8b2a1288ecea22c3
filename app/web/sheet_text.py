"""A fact sheet as the text of the page's box, and back."""

import re
from dataclasses import dataclass, replace

from app.core.errors import InputError
from app.core.facts import FactSheet
from app.drafting.intake import UNIT_TYPES
from app.formats.fact_files import parse_fact_sheet

_HEADER = re.compile(
    r"^[-*•\s]*(?P<key>(?:填报|报送|报告)?单位(?:名称)?|(?:报告)?年度|年份|(?:单位)?类[型别])"
    r"\s*[：:][ \t]*(?P<value>\S.*?)[ \t]*$",
    re.MULTILINE,
)
_FULL_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class SheetFields:
    """What the writer chose beside the facts; empty values leave what the sheet says."""

    unit: str = ""
    year: str = ""
    unit_type: str = ""


def read_fields(text: str) -> SheetFields:
    """Unit, year and type as the header of the box says; empty where it says nothing usable."""
    values = {"unit": "", "year": "", "unit_type": ""}
    for match in _HEADER.finditer(text):
        key = match["key"]
        name = "unit_type" if "类" in key else "year" if "年" in key else "unit"
        values[name] = values[name] or match["value"]
    year = _FULL_YEAR.search(values["year"])
    values["year"] = year.group() if year else ""
    if values["unit_type"] not in UNIT_TYPES:
        values["unit_type"] = ""
    return SheetFields(**values)


def build_sheet(text: str, fields: SheetFields) -> FactSheet:
    """The fact sheet in the box; what the writer chose beside it wins over its header.

    Raises:
        InputError: there are no facts, or unit or year are told nowhere.
    """
    if not text.strip():
        raise InputError("还没有要点，请逐条粘贴本单位今年的事实和数字，或上传要点文件。")
    said = read_fields(text)
    unit, year = fields.unit.strip(), fields.year.strip()
    if not (unit or said.unit):
        raise InputError("还不知道是哪个单位的总结，请填写“单位”。")
    if not (year or said.year):
        raise InputError("还不知道是哪一年的总结，请填写“年度”，例如 2025。")
    if year and not _FULL_YEAR.fullmatch(year):
        raise InputError(f"年度“{year[:20]}”不是年份，请填四位数字，例如 2025。")
    header = [f"单位：{unit}"] if not said.unit else []
    header += [f"年度：{year}"] if not said.year else []
    sheet = parse_fact_sheet("\n".join([*header, text]))
    return replace(
        sheet,
        unit=unit or sheet.unit,
        year=int(year) if year else sheet.year,
        unit_type=fields.unit_type or sheet.unit_type,
    )


def sheet_to_text(sheet: FactSheet) -> str:
    """A fact sheet read from a file, as the box shows it."""
    header = (
        ("单位", sheet.unit),
        ("年度", str(sheet.year)),
        ("类型", sheet.unit_type),
        ("标题", sheet.title),
        ("日期", sheet.date),
    )
    lines = [f"{label}：{value}" for label, value in header if value]
    heading = None
    for fact in sheet.facts:
        if fact.heading != heading:
            heading = fact.heading
            lines += ["", *([f"# {heading}"] if heading else [])]
        lines.append(f"- {fact.shown}")
    return "\n".join(lines) + "\n"
