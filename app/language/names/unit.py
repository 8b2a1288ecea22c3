"""Whose report it is: the unit's name, its short names, the year, the type of unit."""

import re
from dataclasses import dataclass

from app.language.structure.outline import Outline

_MASKED = re.compile("[XxＸ×*＊某_]{2,}")
_YEAR = re.compile(r"(20\d\d)\s?(?:年|－|—|-|–)")
_TITLE_YEAR = re.compile(r"(20\d\d)")
_CHINESE_YEAR = re.compile("二[〇○零]([一二三四五六七八九〇○零])([一二三四五六七八九〇○零])年?")
_CHINESE_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    **{c: i for i, c in enumerate("一二三四五六七八九", 1)},
}
_TITLE_UNIT = re.compile(
    r"^(?:关于)?(?:20\d\d年度?|二[〇○零一二三四五六七八九]{3}年度?)?(?:关于)?(?P<unit>[^\d\s，。]{2,40}?)"
    r"(?:关于|20\d\d|二[〇○零一二三四五六七八九]{3}年|年度|平安(?!办)|综治(?!办|中心)|社会治安"
    r"|社会治理(?!局|办|中心)|信访(?!局|办|中心)|维稳(?!办)|政法(?!委)|政府工作"
    r"|安全生产(?!委|监)|法治(?!办)|工作(?!委|站|室)|上半年|下半年|报送|深入|扎实|全面|推进|开展|加强|做好)"
)
_SUBTITLE = re.compile("——|—|－－|--")
_NOT_UNIT = re.compile(
    "^(?:[我本全各]|全面|深入|扎实|加强|推进|强化|坚持|切实|努力|开展|做好|构建|建设|平安|创建|年度|度|上半年|下半年|本年"
    "|[一二三四]季度)"
)
_SUFFIX = (
    "人民政府|政府|委员会|办公室|领导小组办公室|领导小组|党委|党组|党工委|工委|政法委|管理局|监督局|局|厅|委|办"
    "|中心|有限责任公司|股份有限公司|有限公司|分公司|公司|集团|厂|银行|支行|镇|乡|街道办事处|办事处|街道|法院|检察院"
    "|医院|学院|大学|中学|小学|幼儿园|学校|院|校|档案馆|图书馆|博物馆|文化馆|馆|所|站|联合会|协会|总队|支队|大队"
    "|供销社|合作社|社|工会|妇联|市|县|区|州|旗|盟|省|农场|林场|矿"
)
_TITLE_SUFFIX = (
    f"{_SUFFIX}|项目部|指挥部|武装部|宣传部|组织部|统战部|管委会|村|社区|园区|大队|中队|团委"
)
_TEXT_UNIT = re.compile(
    rf"(?:^|\n|，|。|年|年来|以来)[^\S\n]{{0,8}}(?P<unit>[一-鿿XxＸ×*]{{1,24}}?(?:{_SUFFIX}))"
    r"(?=坚持|认真|深入|以|在|紧紧|全面|按照|高度|始终|党|严格|围绕|切实|扎实|着力|持续|立足|聚焦|平安|把|紧扣|紧盯|积极)"
)
_ALIAS = re.compile(
    r"[（(]以下(?:简称|简称为|称)(?:为)?[：:]?[“\"]?(?P<alias>[^”\"）)\n]{2,16})[”\"]?[）)]"
)
_REGION = re.compile(
    r"(?P<region>[一-鿿]{2,7}?(?:自治州|自治县|省|市|州|盟|县|区|旗))(?=[一-鿿]{2})"
)
_ABBREVIATIONS = (
    ("应急管理局", "应急局"),
    ("市场监督管理局", "市场监管局"),
    ("人力资源和社会保障局", "人社局"),
    ("人力资源社会保障局", "人社局"),
    ("住房和城乡建设局", "住建局"),
    ("住房城乡建设局", "住建局"),
    ("自然资源和规划局", "自规局"),
    ("自然资源局", "资源局"),
    ("生态环境局", "环保局"),
    ("交通运输局", "交通局"),
    ("农业农村局", "农业局"),
    ("文化广电和旅游局", "文旅局"),
    ("文化和旅游局", "文旅局"),
    ("文化广电旅游局", "文旅局"),
    ("卫生健康委员会", "卫健委"),
    ("卫生健康局", "卫健局"),
    ("发展和改革委员会", "发改委"),
    ("发展和改革局", "发改局"),
    ("国有资产监督管理委员会", "国资委"),
    ("教育体育局", "教体局"),
    ("教育和体育局", "教体局"),
    ("退役军人事务局", "退役军人局"),
    ("城市管理局", "城管局"),
    ("行政审批服务局", "审批局"),
    ("政务服务管理局", "政务局"),
    ("医疗保障局", "医保局"),
    ("工业和信息化局", "工信局"),
    ("政法委员会", "政法委"),
    ("平安建设领导小组办公室", "平安办"),
    ("人民检察院", "检察院"),
    ("人民法院", "法院"),
    ("人民政府", "政府"),
    ("街道办事处", "街道"),
)
_COMPANY_TAIL = re.compile("(?:集团)?(?:有限责任公司|股份有限公司|有限公司|公司)$")
_GOVERNING = re.compile("^(?:中共|中国共产党)")
_TOWN_OFFICE = "平安办(?:公室)?|平安建设办公室|平安法治办(?:公室)?|综治办|综治中心"
_TOWN = re.compile(
    "(?:委员会|人民政府|党委|政府|街道办事处|办事处|党工委|平安建设领导小组(?:办公室)?"
    f"|{_TOWN_OFFICE})$"
)
_LEADING_GROUP = re.compile("平安建设(?:工作)?领导小组(?:办公室)?$")

_TOWN_UNIT = re.compile(
    f"(?:[镇乡]|街道|苏木)(?:党委|党工委|工委|委员会|人民政府|政府|办事处)?(?:{_TOWN_OFFICE})?$"
)
_CITY_UNIT = re.compile(
    "(?:[市县区州盟旗省]委?(?:政法委|平安办|办)|(?:政法委员会|政法委|平安办)|[市县区州盟旗省](?:委|委员会|人民政府|政府)?)$"
)
_COMPANY_UNIT = re.compile("公司|集团|[一-鿿]厂$|银行|支行|农场$|林场$|[煤铁铜金]矿$|信用社|控股$")
_BUREAU_UNIT = re.compile(
    "(?:局|厅|委|委员会|办|办公室|中心|馆|院|大学|中学|小学|学校|园|所|站|社|会|队|处|部|妇联|团委)$"
)


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """The reporting unit; empty strings and 0 where the text does not tell.

    ``unit_type`` is ``机关``, ``国企``, ``乡镇``, ``市级`` or empty.
    """

    unit: str
    short_names: tuple[str, ...]
    year: int
    unit_type: str


def unit_type_of(name: str) -> str:
    """The type of unit a name stands for, empty where the name does not show it."""
    bare = _LEADING_GROUP.sub("", _GOVERNING.sub("", name.strip()))
    if _COMPANY_UNIT.search(bare):
        return "国企"
    if _TOWN_UNIT.search(bare):
        return "乡镇"
    if _CITY_UNIT.search(bare):
        return "市级"
    if _BUREAU_UNIT.search(bare):
        return "机关"
    return ""


def report_year(outline: Outline, text: str) -> int:
    """The year the report is about: from the title, else the body's first lines, else the date."""
    for source in (outline.title_text, text[outline.body.start : outline.body.start + 600]):
        match = _TITLE_YEAR.search(source) if source is outline.title_text else _YEAR.search(source)
        if match:
            return int(match[1])
        chinese = _CHINESE_YEAR.search(source)
        if chinese:
            return 2000 + _CHINESE_DIGITS[chinese[1]] * 10 + _CHINESE_DIGITS[chinese[2]]
    match = _TITLE_YEAR.search(outline.date_text)
    if match:
        return int(match[1])
    return 0


def unit_from_title(title: str) -> str:
    """The unit a title names, or its subtitle does; empty where neither names one."""
    for piece in (title, *reversed(_SUBTITLE.split(title)[1:])):
        match = _TITLE_UNIT.match(piece.strip())
        if match is None or _NOT_UNIT.match(match["unit"]):
            continue
        if re.search(f"(?:{_TITLE_SUFFIX})$", match["unit"]):
            return match["unit"]
    return ""


def _from_text(head: str) -> str:
    match = _TEXT_UNIT.search(head)
    if match is None or _NOT_UNIT.match(match["unit"]):
        return ""
    return match["unit"]


def short_names_of(unit: str, text: str = "") -> tuple[str, ...]:
    """Names the unit also goes by: aliases the text declares and the usual abbreviations."""
    names: dict[str, None] = {}
    position = text.find(unit) if unit and text else -1
    if position >= 0:
        alias = _ALIAS.match(text, position + len(unit))
        if alias:
            names[alias["alias"]] = None
    bare = _GOVERNING.sub("", unit)
    region = _REGION.match(bare)
    tails = [bare]
    if region:
        tails.append(bare[len(region["region"]) - 1 :])
        if bare[region.end()] != "委":
            tails.append(bare[region.end() :])
    for tail in tails:
        names[tail] = None
        for long, short in _ABBREVIATIONS:
            if tail.endswith(long):
                names[tail[: -len(long)] + short] = None
        names[_COMPANY_TAIL.sub(lambda m: "集团" if m[0].startswith("集团") else "", tail)] = None
        if _TOWN_UNIT.search(_LEADING_GROUP.sub("", tail)):
            names[_TOWN.sub("", tail)] = None
    return tuple(n for n in names if len(n) >= 2 and n != unit)


def describe_unit(outline: Outline, text: str) -> UnitInfo:
    """Read unit, short names, year and type from signature, title and first lines."""
    signature = outline.signature_text
    title = unit_from_title(outline.title_text)
    if signature and (_MASKED.search(signature) or not unit_type_of(signature)):
        signature = ""
    unit = signature or title
    if not unit or _MASKED.search(unit):
        unit = _from_text(text[outline.body.start : outline.body.start + 400]) or unit
    names = dict.fromkeys(short_names_of(unit, text)) if unit else {}
    if title and title != unit and not _MASKED.search(title):
        names[title] = None
    return UnitInfo(unit, tuple(names), report_year(outline, text), unit_type_of(unit))
