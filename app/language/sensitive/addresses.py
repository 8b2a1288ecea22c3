"""Where people live, to the door: 阳光小区3幢2单元501室, 家住石桥村23号."""

import re
from collections.abc import Iterator

from app.core.document import Span
from app.language.sensitive.kinds import Sensitive, SensitiveKind
from app.language.sensitive.view import View
from app.language.sensitive.words import words

_N = r"[0-9A-Za-z一二三四五六七八九十百零〇甲乙丙丁戊东西南北]{1,5}"
_D = r"(?:[0-9]{1,4}|[一二三四五六七八九十百零〇]{1,4})"
_S = r"[ \u3000-]?"
_ENDS = (
    r"(?=[，。；、！？,;)）（(：:\s”」]|$|[的住居业租房家人民内宅院屋村出门被一某]|户主|[一-鿿]某)"
)
_HOUSE = (
    rf"(?:{_N}(?:幢|栋|座|号楼|#楼|#|排|号院)(?:第|{_S})"
    rf"|{_N}号(?={_S}(?:[0-9]{{3,4}}[室房]|{_N}[楼层]{_S}[0-9]{{3}})))"
)
_NUMBER = "[0-9一二三四五六七八九〇零]{3,4}"
_ROOM = rf"(?:{_N}(?:室|号房|房|号(?!楼|院))|{_NUMBER}(?![0-9户人家个]){_ENDS})"
_PART = rf"(?:{_N}(?:单元|梯|门))"
_INSIDE = (
    rf"(?:{_N}户|\d{{1,2}}-\d{{1,3}}(?!\d)|(?=的?(?:家[中里]|住处|住所))"
    r"|[0-9]{3,4}(?![0-9户人家个元栋套件次名米%])|[东西南北中左右]户)"
)
#: What makes a place worth a closer look, and what it may be then.
_STEM = rf"(?={_N}(?:幢|栋|座|号|#|排|单元|梯|门|楼|层))"
_DOOR = re.compile(
    rf"{_STEM}(?:{_HOUSE}{_S}(?:{_PART}{_S})?(?:{_N}(?:层|楼){_S})?{_ROOM}|{_PART}{_S}{_ROOM}"
    rf"|(?:{_HOUSE}{_S}{_PART}|{_PART}{_S}{_N}[层楼]){_S}{_INSIDE}"
    rf"|{_N}(?:单元|楼|层|门)[东西南北中左右]户"
    r"|\d{1,3}(?:#楼?|栋|幢|号楼)[-－—–]\d{1,2}[-－—–]\d{2,4}(?:室|号)?(?![\d-]))"
    r"|(?<=[一-鿿 ])门牌号?[:：]?\d{2,4}(?![\d块个])"
)
_ESTATE = re.compile(
    r"(?:小区|公寓|花园|花苑|苑|家园|新村|新城|府|华庭|名邸|公馆|国际|佳园|嘉园|庭院|山庄|广场|城|湾|居|里)"
    r"(?:[A-Za-z0-9一二三四五六]{1,2}[期区])?"
    rf"{_S}(?:\d{{1,3}}[-－—–]\d{{1,2}}[-－—–]\d{{2,4}}|\d{{1,3}}[-－—–]\d{{3,4}})(?:室|号)?(?!\d)"
)
_VILLAGE = re.compile(
    rf"(?:村|庄|屯|组|队|寨|湾|坪|岙|里|弄|巷|胡同|坊|埭|沟|岭|塘|坞|埠|社|桥|头){_S}{_D}号{_ENDS}"
)
_ROAD = re.compile(rf"(?:路|街|大道|道){_S}{_D}号(?:[之附][一二三四五\d]{{1,3}}号?)?")
#: Behind a word of residence the last of its levels is enough: 户籍地：梨树沟乡前进屯4组.
_LIVED = re.compile(
    rf"[省市县区镇乡道村路街巷弄屯庄社寨区苑院楼店舍湾坪里营坊城堡沟][^，。；：、\n]{{0,12}}?"
    rf"{_N}(?:号(?:附{_N}号)?|室|户|房|组|社|队|排|栋|幢|楼){_ENDS}"
    rf"|{_N}[楼层]\d{{3,4}}(?!\d)"
    r"|[一-鿿](?:[A-Za-z0-9一二三四五六]{1,2}[期区])?\d{1,3}[-－—–]\d{1,2}[-－—–]\d{3,4}(?!\d)"
)
_LEAD = 24
_DWELLING = re.compile("单元|家属|老宿舍|公寓")
_COMMITTEE = re.compile("[村居]委会(?=[^，。；]{1,8}[组队社屯])")
_HEAD = re.compile(r"[一-鿿A-Za-z0-9]{0,12}\Z")
_SET_UP = re.compile(r"[，,]?(?:设立|建立|设置|设有|设|建|办公|挂牌|召开|成立|开展|会议室|调解室)")
_FIXTURE = re.compile(r"(?:位于|地点|设在|设于|坐落|选址|在)[^，。；\n]{0,24}\Z")


def read_addresses(view: View) -> Iterator[Sensitive]:
    """Every home, from the name of its estate or village to the door."""
    text = view.text
    for pattern in (_DOOR, _ESTATE):
        for match in pattern.finditer(text):
            if not _is_office(text, match):
                yield _home(text, match)
    for match in _VILLAGE.finditer(text):
        if _lives(text, match) or not (_is_office(text, match) or _is_fixture(text, match)):
            yield _home(text, match)
    for cue in words().cues["home"].finditer(text):
        reach = min(len(text), cue.end() + _LEAD + 8)
        clause = re.split("[，。；、\n]", text[cue.end() : reach])[0]
        door = _LIVED.search(text, cue.end(), cue.end() + len(clause) + 1)
        if door and not _SET_UP.match(text, door.end()):
            yield _home(text, door)
    for match in _ROAD.finditer(text):
        if _lives(text, match):
            yield _home(text, match)


def _home(text: str, match: re.Match[str]) -> Sensitive:
    head = _HEAD.search(text[max(0, match.start() - _LEAD) : match.start()])
    length = len(head.group()) if head else 0
    start = match.start() - min(length, 8)
    return Sensitive(SensitiveKind.HOME, Span(start, match.end()), f"{text[start : start + 2]}…")


def _lead(text: str, match: re.Match[str]) -> str:
    lead = text[max(0, match.start() - _LEAD) : match.start()]
    return re.split("[，。；\n]", lead)[-1]


def _lives(text: str, match: re.Match[str]) -> bool:
    """True where a word before or right behind the piece says that somebody lives there."""
    cue = words().cues["home"]
    return (
        cue.search(_lead(text, match)) is not None
        or words().cues["stay"].match(text[match.end() : match.end() + 4]) is not None
    )


def _is_office(text: str, match: re.Match[str]) -> bool:
    if _lives(text, match):
        return False
    told = _COMMITTEE.sub("", _lead(text, match) + match.group())
    return (
        words().offices.search(told) is not None
        or (words().buildings.search(told) is not None and not _DWELLING.search(told))
        or _SET_UP.match(text, match.end()) is not None
    )


def _is_fixture(text: str, match: re.Match[str]) -> bool:
    return _FIXTURE.search(_lead(text, match)) is not None
