"""Waters, streets, districts and buildings that the name finder leaves alone, made nameless.

Their last character also ends plain words (沿江, 老街, 农贸市场), so each kind asks for a sign that
it is a name, and the plain words are listed.
"""

import re

_HERE, _SITE, _UNIT = "本地", "有关场所", "有关单位"

_STREAM = re.compile(
    r"(?P<stem>[^\W\d_])(?P<kind>[江湖])(?![河湖泊])|"
    r"(?P<long>(?:(?<=[、，；。：在对沿于从将和与及])|(?<![一-龥]))[一-龥]{1,2})(?P<more>[河溪])"
    r"(?=穿|绕|流经|流域|大桥|渡口|沿[岸线]|两岸|河道|河段|水域|片区|水库|，|、|。)"
)
_NO_STEM = frozenset(
    "江河湖海沿临环退围治护巡管入下上过跨渡涉大小两内各全本该此某条座个片段处水山城乡在的对向到往了和与"
    "及是有近等为每主支干流这那旧老新人工闯五若好住边"
)
_NO_LONG = frozenset(_NO_STEM - frozenset("水山城新老")) | frozenset("一二几")
_QUARTER = re.compile(
    r"(?P<name>(?:[东西南北][郊关岭门]|城[东西南北]|(?<=[、，；。：在对于从将和与及的])[一-龥]{2}(?=片区)))"
    r"(?=[一-龥]{0,4}?(?:水?厂|场|站|园|片区|市场|小区|街|路))"
    r"|(?<![一-龥])(?:城[东西南北])(?=[老新片旧])"
)
_BUILDING = re.compile(r"(?P<name>[一-龥]{2})(?:商厦|大厦|花园|公馆|商贸城|名城|华府)(?:小区)?")
_NO_BUILDING = frozenset(
    "高层 大型 综合 办公 写字 行政 本地 有关 部分 这些 商业 所有 街心 城市 集中 原有".split()
)
_FORMER_UNIT = re.compile(r"原(?P<name>[一-龥]{2,10}?(?:厂|公司|大厦|供销社|煤矿|车站|农场|林场))")
_STREET = re.compile(
    r"(?:(?<=[、，到在往和与])|(?<![一-龥]))(?P<name>[一-龥]{2})街(?![道头面区上巷坊边口])"
)
_NO_STREET = frozenset("步行 商业 小吃 美食 古镇 各条 主要 全镇 集镇 沿线 背街".split())
_STATION = re.compile(r"(?<![一-龥])(?P<name>[一-龥]{2})所(?=[、，]|被|获)")
_NO_STATION = frozenset("派出 司法 场 卫生 看守 研究 事务 交易 监管 律师 各站 站 基层 厕".split())
_MASKED_FIRM = re.compile(
    r"[XxＸ×*＊]{1,4}[省市县区]?[一-龥]{2,16}?(?:有限责任公司|有限公司|集团公司|公司)"
)
_FIRM = re.compile(
    r"(?P<name>[一-龥]{2})(?:果业|实业|置业|药业|酒业|商贸公司|综合楼|教学点)(?![一-龥]{0,2}(?:安全|领域))"
)
_NO_FIRM = frozenset("办公 商业 教学 村级 乡镇 每个 两个 各个 农村 偏远 校区 本地 有关".split())
_NUMBERED = re.compile(
    r"[一二三四五六七八九十]号(?=[泵楼库矿机水])|(?<![一-龥])[一二三四五六](?=水厂)"
)
_WORKS = re.compile(r"(?:(?<=[市县])[一-龥]{2,5}厂|(?<=[有、是])[一-龥]{2}煤矿)(?=[、因，职的])")
_LESSON = re.compile(r"(?<=[吸汲]取)[一-龥]{2,4}(?=[“\"‘”]|有关|\d)")
_HAMLET = re.compile(
    r"(?:(?<=[中的在])|(?<![一-龥]))[一-龥]{2,3}村(?=[屋两一二三四五六七八九十\d])"
)
_PROVINCE = re.compile(
    "(?:北京|上海|天津|重庆|河北|河南|山东|山西|陕西|湖北|湖南|广东|广西|海南|江苏|江西|浙江|安徽"
    "|福建|四川|贵州|云南|辽宁|吉林|黑龙江|甘肃|青海|宁夏|新疆|西藏|内蒙古)(?=[省市灾考学挂人等、，籍]|东西部)"
    "省?市?"
)
_LISTED = re.compile(
    r"(?P<verb>深入|前往|走进|下沉到|到|在|赴|对|向|从|为|，|、|^)?"
    r"(?P<names>(?:(?![到在赴对向往从])[一-龥](?:(?![到在赴对向往从])[一-龥]){1,3}、){1,6}[一-龥]{2,4})(?:等(?:偏远|边远|山区|重点)?|(?=[两三四五六七八九十几]个))(?P<what>[两三四五六七八九十几]?个?"
    r"(?:社区|行政村|村|街道|乡镇|小区|监管所|派出所|司法所|所(?![有谓在])|片区))"
)
_PLAIN_IN_LIST = re.compile(
    r"学校|企业|单位|部门|机关|医院|商场|车站|广场|老旧|人员|重点|市场|场所|领域|乡镇|社区|村|工地|宣传"
    r"|排查|调解|治理|管理|服务|安全|检查|综治|信访|网格|党建|民警|物业|平安|矛盾|法律|政策|志愿"
)


def _stream(match: re.Match[str]) -> str:
    stem, long = match["stem"], match["long"]
    if stem is not None:
        return match[0] if stem in _NO_STEM else _HERE
    return match[0] if long[-1] in _NO_LONG else _HERE


def _listed(match: re.Match[str]) -> str:
    names = match["names"]
    if _PLAIN_IN_LIST.search(names):
        return match[0]
    return f"{match['verb'] or ''}有关{match['what']}"


def mask_sites(text: str) -> str:
    """Named streets, buildings, stations and works, replaced by plain words; before other names."""
    text = _LISTED.sub(_listed, text)
    text = _MASKED_FIRM.sub(_UNIT, text)
    text = _FORMER_UNIT.sub(f"原{_UNIT}", text)
    text = _NUMBERED.sub("有关", text)
    text = _WORKS.sub(_UNIT, _LESSON.sub("外地", _PROVINCE.sub("外地", text)))
    text = _HAMLET.sub("有关村", text)
    for pattern, plain, word in (
        (_BUILDING, _NO_BUILDING, _SITE),
        (_FIRM, _NO_FIRM, _UNIT),
        (_STATION, _NO_STATION, _UNIT),
        (_STREET, _NO_STREET, _HERE),
    ):
        text = _named(text, pattern, plain, word)
    return text


def _named(text: str, pattern: re.Pattern[str], plain: frozenset[str], word: str) -> str:
    return pattern.sub(lambda match: match[0] if match["name"] in plain else word, text)


def mask_waters(text: str) -> str:
    """Named waters and quarters, replaced by plain words; after other names."""
    return _STREAM.sub(_stream, _QUARTER.sub(_HERE, text))


def has_site(text: str) -> bool:
    """True where the text names such a place."""
    return mask_waters(mask_sites(text)) != text
