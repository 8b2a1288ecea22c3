"""Recognise unit, year and unit type of a past report: title, signature, file name."""

import re
from pathlib import PurePath

from app.core.document import Document
from app.knowledge.passage import ReportInfo
from app.language.names.unit import unit_from_title, unit_type_of
from app.language.view import TextView
from app.report.recognise import recognise_profile

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR_TEXT = r"(?:(?:19|20)\d{2}|二[〇○零][〇○零一二三四五六七八九]{2})"
_YEAR = re.compile(rf"(?<!\d)({_YEAR_TEXT})\s*(?:年度?|[-_—])?")
_YEAR_STRICT = re.compile(rf"(?<!\d)({_YEAR_TEXT})\s*年")
_DATE = re.compile(
    rf"(?<!\d)({_YEAR_TEXT})\s*年\s*(\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月(?:\s*\S{{1,3}}\s*日)?"
)
_MASK = re.compile(r"[XxＸ×*＊某]{1,}|某|_{2,}|\?|？")
_NAME_CHARS = 30
_EARLY_MONTHS = frozenset({"1", "2", "01", "02", "一", "二"})
_PERIOD = re.compile(r"上半年|下半年|第?[一二三四1-4]季度")
_OFFICE = re.compile(
    r"(?:平安建设(?:工作)?(?:领导小组|协调小组)?(?:办公室)?|人民政府|委员会|党委|党工委|办事处)+$"
)


def _year_number(text: str) -> int:
    return int(text.translate(_DIGITS))


def _first_year(text: str, pattern: re.Pattern[str] = _YEAR) -> int:
    match = pattern.search(text)
    return _year_number(match[1]) if match else 0


def _clean_unit(name: str) -> str:
    name = re.sub(r"^[\s\d._、()（）\[\]【】\-—]+|[\s\d._、()（）\[\]【】\-—的：:]+$", "", name)
    name = re.sub(r"^(?:中共|关于)|(?:关于|开展|年度?|报送)$", "", name).strip()
    if not 2 <= len(name) <= _NAME_CHARS or _MASK.search(name) or re.search(r"[，。；、\d]", name):
        return ""
    return name


def _unit_from_signature(signature: str) -> str:
    for line in signature.split("\n"):
        name = _clean_unit(line.strip())
        if unit_type_of(name):
            return name
    return ""


def _unit_from_stem(stem: str) -> str:
    """A unit in a file name such as 2023_云渡镇."""
    for piece in re.split(r"[_\-—\s]+", stem):
        name = _clean_unit(_YEAR.sub("", piece))
        if unit_type_of(name):
            return name
    return ""


def _year_from_date(date_text: str) -> int:
    date = _DATE.search(date_text)
    if date is None:
        return 0
    year = _year_number(date[1])
    return year - 1 if date[2] in _EARLY_MONTHS else year


def _qualified(unit: str, signature: str) -> str:
    """云渡镇 as 临溪县云渡镇 where the signature tells the county: there are many 城关镇."""
    if not unit:
        return ""
    for line in signature.split("\n"):
        full = _OFFICE.sub("", _clean_unit(line.strip()))
        if full.endswith(unit) and len(full) > len(unit):
            return full
    return unit


def describe_report(text: str, file_name: str) -> ReportInfo:
    """What title, signature, file name and wording tell of a past report.

    A masked name (XX局, **镇) counts as unknown.
    """
    view = TextView(Document(text))
    outline = view.outline
    title = outline.title_text.replace("\n", "")
    stem = PurePath(file_name).stem
    unit = (
        _clean_unit(unit_from_title(title))
        or _unit_from_signature(outline.signature_text)
        or _clean_unit(unit_from_title(stem))
        or _unit_from_stem(stem)
    )
    year = (
        _first_year(title)
        or _year_from_date(outline.date_text)
        or _first_year(stem)
        or _first_year(text[:300], _YEAR_STRICT)
    )
    unit = _qualified(unit, outline.signature_text)
    unit_type = unit_type_of(unit) or recognise_profile(view).name
    return ReportInfo(unit=unit, year=year, unit_type=unit_type, title=title)


def report_topic(info: ReportInfo) -> str:
    """What the report is about beside unit and year: keeps a half-year report apart."""
    return "".join(_PERIOD.findall(info.title))


def _core(name: str) -> str:
    name = re.sub(r"^中共|\s", "", name)
    return re.sub(
        r"(?:人民政府|党委|党组|党工委|委员会|办事处|(?:股份|控股)?(?:有限)?(?:责任)?公司)$",
        "",
        name,
    )


def is_same_unit(one: str, other: str) -> bool:
    """True where two names mean one unit: 云渡镇 and 临溪县云渡镇人民政府."""
    if not one or not other:
        return False
    a, b = sorted((_core(one), _core(other)), key=len)
    return len(a) >= 2 and (b == a or (len(a) >= 3 and b.endswith(a)))
