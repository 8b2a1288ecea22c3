"""Make masked text read: what a figure's stand-in does to the words around it."""

import re

_CHANGE = "下降|上升|增长|减少|增加|提高|提升|压减|缩短|降低|降|升|增"
_FULL = {"降": "下降", "升": "上升", "增": "增长"}
_SOME_SHARE = "(?:相应比例|相应幅度)"
_BEFORE = (
    # An idiom with 一 is no figure; said without it, nothing has to be masked.
    (re.compile(r"无一(?=[人户家])"), "没有一"),
    (re.compile(r"没有一人"), "没有人"),
    (re.compile(r"(没有发生|未发生|没有出现|未出现|杜绝|无)一[起例件次]"), r"\1"),
    (
        re.compile(r"([一-龥]{2})一([处个起件项])、([一-龥]{2})一\2、([一-龥]{2})一\2"),
        r"逐\2\1、\3、\4",
    ),
    (re.compile(r"([一-龥]{2})一([处个起件项])、([一-龥]{2})一\2"), r"逐\2\1、\3"),
    (re.compile(r"一([日周月季年])一([一-龥]{2})"), r"每\1\2"),
    (re.compile(r"([一二两三四五六七八九十]|\d{1,2})年(?=(?:专项)?(?:行动|攻坚))"), ""),
)
_AFTER = (
    (re.compile(rf"(?<=率){_SOME_SHARE}"), "达到相应比例"),
    (re.compile(r"[省市县区镇乡街](?=本单位)"), ""),
    (re.compile(r"今年当月|本年度当月|本年度当日"), "年内"),
    (re.compile(r"去年当月|上年当月"), "上年"),
    (re.compile(r"有关做法(?=[一-龥])(?![的和与及等在以向从是为被让使要已也都])"), "有关"),
    (re.compile(r"平安(?:本地|本单位)建设"), "平安建设"),
    (re.compile(r"本地村"), "有关村"),
    (re.compile(r"[省市县区](?=有关单位)"), ""),
    (re.compile(r"(有关做法|有关单位)(?:[、和]\1)+"), r"\1"),
    (re.compile(r"有关(?=有关)"), ""),
    (re.compile(r"本地(?:本地)+"), "本地"),
)
_FALL = re.compile(
    rf"(?P<each>分别)?(?P<verb>{_CHANGE})了?{_SOME_SHARE}"
    rf"(?:[和、]{_SOME_SHARE})*"
)


def avoid_figures(text: str) -> str:
    """Say idioms and campaigns without their numeral, before figures are masked."""
    for pattern, words in _BEFORE:
        text = pattern.sub(words, text)
    return text


def _changed(match: re.Match[str]) -> str:
    verb = _FULL.get(match["verb"], match["verb"])
    return f"{'均' if match['each'] else ''}有所{verb}"


def smooth(text: str) -> str:
    """Mend what reads badly once the stand-ins are in."""
    text = _FALL.sub(_changed, text)
    for pattern, words in _AFTER:
        text = pattern.sub(words, text)
    return text
