"""Recognise unit, year and unit type of a past report: title, signature, file name."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from app.checking.profile import PROFILE_NAMES, load_profile
from app.core.document import Document
from app.knowledge.passage import ReportInfo
from app.text.outline import read_outline

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR_TEXT = r"(?:(?:19|20)\d{2}|二[〇○零][〇○零一二三四五六七八九]{2})"
_YEAR = re.compile(rf"(?<!\d)({_YEAR_TEXT})\s*(?:年度?|[-_—])?")
_YEAR_STRICT = re.compile(rf"(?<!\d)({_YEAR_TEXT})\s*年")
_DATE = re.compile(
    rf"(?<!\d)({_YEAR_TEXT})\s*年\s*(\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月(?:\s*\S{{1,3}}\s*日)?"
)
_TOPIC = re.compile(
    r"(?:关于|开展)?(?:上半年|下半年|全年|年度)?"
    r"(?:(?:深入)?(?:推进|开展|加强|做好))?"
    r"(?:平安(?:建设|创建|单位|工作|[一-龥]{0,4}建设)|社会治安|综治|综合治理|社会治理|平安)"
)
_SUFFIX = re.compile(
    r"(?:人民政府|委员会|管委会|办事处|街道|公司|集团|银行|医院|学校|大学|学院|中学|小学|中心|"
    r"合作社|联合社|[一-龥](?:局|厅|委|办|院|社|会|站|所|处|部|镇|乡|县|市|区|厂|矿|队|场))$"
)
_MASK = re.compile(r"[XxＸ×*＊某]{1,}|某|_{2,}|\?|？")
_NAME_CHARS = 30
_EARLY_MONTHS = frozenset({"1", "2", "01", "02", "一", "二"})
_PERIOD = re.compile(r"上半年|下半年|第?[一二三四1-4]季度")

_SELF_REFERENCE = {
    "乡镇": re.compile(r"我[镇乡]|全[镇乡]|本[镇乡]|镇党委|乡党委|街道党工委|我街道|全街道"),
    "国企": re.compile(r"我(?:公司|集团|行|厂|矿)|(?:公司|集团)党委|本公司|各(?:子|分)公司"),
    "机关": re.compile(
        r"我(?:局|委|办|院|社|会|厅|中心|站|所)(?!员)|局党组|委党组|机关党委|各科室"
    ),
    "市级": re.compile(r"我[市县区]|全[市县区]各|各[县区市]（|市委、市政府(?:认真|高度|始终|坚持)"),
}
_TYPE_BY_SUFFIX = (
    ("国企", re.compile(r"公司|集团|银行|厂$|矿$")),
    ("乡镇", re.compile(r"(?:镇|乡|街道|街道办事处)(?:人民政府|党委|党工委)?$")),
    ("机关", re.compile(r"(?:局|厅|委|办|院|社|会|中心|站|所|处|部|委员会|办公室)$")),
    ("市级", re.compile(r"(?:市|县|区)(?:人民政府|委)?$")),
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


def _unit_from_title(title: str) -> str:
    topic = _TOPIC.search(title)
    if topic is None:
        return ""
    head = title[: topic.start()]
    year = _YEAR.search(head)
    if year is not None:
        before, behind = head[: year.start()], head[year.end() :]
        return _clean_unit(before) or _clean_unit(behind)
    return _clean_unit(head)


def _unit_from_signature(signature: str) -> str:
    for line in signature.split("\n"):
        name = _clean_unit(line.strip())
        if name and _SUFFIX.search(name):
            return name
    return ""


def _unit_from_stem(stem: str) -> str:
    """A unit in a file name such as 2023_云渡镇."""
    for piece in re.split(r"[_\-—\s]+", stem):
        name = _clean_unit(_YEAR.sub("", piece))
        if name and _SUFFIX.search(name):
            return name
    return ""


def _year_from_date(date_text: str) -> int:
    date = _DATE.search(date_text)
    if date is None:
        return 0
    year = _year_number(date[1])
    return year - 1 if date[2] in _EARLY_MONTHS else year


def _unit_type(unit: str, title: str, text: str) -> str:
    named = unit or title
    for name in PROFILE_NAMES:
        if unit and any(unit.endswith(signal) for signal in load_profile(name).signals):
            return name
    for name, pattern in _TYPE_BY_SUFFIX:
        if unit and pattern.search(unit):
            return name
    counts = {name: len(pattern.findall(text)) for name, pattern in _SELF_REFERENCE.items()}
    best = max(PROFILE_NAMES, key=lambda name: counts.get(name, 0))
    if counts.get(best):
        return best
    for name, pattern in _TYPE_BY_SUFFIX[:2]:
        if pattern.search(named[:_NAME_CHARS]):
            return name
    return ""


def describe_report(text: str, file_name: str) -> ReportInfo:
    """What title, signature, file name and wording tell of a past report.

    A masked name (XX局, **镇) counts as unknown.
    """
    outline = read_outline(Document(text))
    title = outline.title_text.replace("\n", "")
    stem = PurePath(file_name).stem
    unit = (
        _unit_from_title(title)
        or _unit_from_signature(outline.signature_text)
        or _unit_from_title(stem)
        or _unit_from_stem(stem)
    )
    year = (
        _first_year(title)
        or _year_from_date(outline.date_text)
        or _first_year(stem)
        or _first_year(text[:300], _YEAR_STRICT)
    )
    return ReportInfo(
        unit=unit, year=year, unit_type=_unit_type(unit, title or stem, text), title=title
    )


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


def is_own_unit(unit: str, names: Iterable[str]) -> bool:
    """True where ``unit`` is one of ``names``."""
    return any(is_same_unit(unit, name) for name in names)
