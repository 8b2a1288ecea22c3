"""What only one unit calls so: quoted names of its own making, its roads, bridges and ferries."""

import re

METHOD, WAY = "有关做法", "本地"

_QUOTED = re.compile(r"[“‘「『](?P<name>[^”’」』\n]{2,16})[”’」』]")
# Sayings and campaigns that all units know; in quotes everywhere, and nobody's own.
_COMMON = frozenset(
    """
    枫桥经验 枫桥式工作法 新时代枫桥经验 国家宪法日 宪法宣传周 民法典宣传月 法律明白人 两委 八五
    八五普法 一老一小 两客一危 回头看 老带新 一窗受理 一站式 一件事 最多跑一次 两站两员 安全第一课
    开学第一课 三会一课 安全生产月 消防宣传月 国家安全教育日 雪亮工程 平安细胞 平安乡镇 平安村
    平安校园 平安医院 一村一警 一村一辅警 一村一法律顾问 黄赌毒 盗抢骗 食药环 双随机 双随机、一公开
    四不两直 三管三必须 一岗双责 党政同责 三同时 四不放过 五防 五小 九小场所 三合一 多合一 两个维护
    两个确立 四个意识 四个自信 要我做 我要做 要我安全 我要安全 一票否决 打早打小 应调尽调 应收尽收
    第一责任人 最后一公里 放管服 三零 三无 六无 六进 七进 百日攻坚 百日行动 护苗 清朗 净网 断卡
    打非治违 扫黑除恶 扫黄打非 三调联动 四所一庭
    """.split()
)
_NUMERAL = "[一二三四五六七八九十两]"
_PAIRED = re.compile(rf"{_NUMERAL}{{1,2}}[一-龥]{{1,4}}[、，]?{_NUMERAL}{{1,2}}[一-龥]{{1,4}}")
_LINK = "在对沿于经至到从和与及过是往把将路善的了为由等"
_WAYS = re.compile(
    rf"(?:(?<=[{_LINK}、，；。：])|(?<![一-龥]))(?P<name>(?:(?![{_LINK}])[一-龥]){{1,3}}?"
    r"(?P<kind>公路|大道|高速|隧道|大桥|渡口|急弯|弯道))"
)
_PLAIN_WAYS = re.compile(
    r"(?:.{0,2}(?:主要|重点|农村|县乡|乡村|进山|山区|临水|临崖|全部|各|每|条|座|段|处|道|个|级|内|网|旧"
    r"|新建|拥堵|城市|高速|普通|国省|其他|有关|本地|若干|沿线|绕城|多发|危险|路口|岔路|过境))+.{0,2}"
)


def _is_common(name: str) -> bool:
    return name in _COMMON or bool(_PAIRED.fullmatch(name)) or name.startswith(("互联网+", "网格+"))


def _is_plain(name: str, kind: str) -> bool:
    stem = name.removesuffix(kind)
    return len(stem) < 2 or bool(_PLAIN_WAYS.fullmatch(stem))


def mask_coinages(text: str) -> str:
    """Quoted names that are not everybody's, and named ways, replaced by plain words."""
    text = _QUOTED.sub(lambda m: m[0] if _is_common(m["name"]) else METHOD, text)
    return _WAYS.sub(lambda m: m[0] if _is_plain(m["name"], m["kind"]) else WAY + m["kind"], text)


def has_coinage(text: str) -> bool:
    """True where something in the text is only one unit's."""
    return mask_coinages(text) != text
