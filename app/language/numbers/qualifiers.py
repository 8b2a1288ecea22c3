"""约, 近, 余, 超, 以上 … round a number."""

from dataclasses import dataclass

from app.core.quantity import Qualifier

_PREFIXES = {
    "大约": Qualifier.ABOUT,
    "约为": Qualifier.ABOUT,
    "约": Qualifier.ABOUT,
    "大概": Qualifier.ABOUT,
    "接近": Qualifier.UNDER,
    "将近": Qualifier.UNDER,
    "近": Qualifier.UNDER,
    "超过": Qualifier.OVER,
    "突破": Qualifier.OVER,
    "超": Qualifier.OVER,
    "逾": Qualifier.OVER,
    "不少于": Qualifier.OVER,
    "不低于": Qualifier.OVER,
    "至少": Qualifier.OVER,
    "不足": Qualifier.UNDER,
    "不到": Qualifier.UNDER,
    "不超过": Qualifier.UNDER,
    "不高于": Qualifier.UNDER,
    "至多": Qualifier.UNDER,
    "低于": Qualifier.UNDER,
}
_BEFORE_ROUND = {"上": Qualifier.OVER, "过": Qualifier.OVER}
_SUFFIXES = {
    "以上": Qualifier.OVER,
    "左右": Qualifier.ABOUT,
    "上下": Qualifier.ABOUT,
    "以下": Qualifier.UNDER,
    "以内": Qualifier.UNDER,
    "余": Qualifier.OVER,
    "多": Qualifier.OVER,
}
LAST_OF_PREFIXES = frozenset(word[-1] for word in _PREFIXES) | frozenset(_BEFORE_ROUND)
# 最近, 赶超, 预约: what stands before makes another word of it.
_OTHER_WORD = {
    "近": frozenset("最附邻临靠相远亲新贴"),
    "超": frozenset("商赶反"),
    "约": frozenset("预签履违公合节契失解婚条续爽赴特邀集相租制简隐"),
}


@dataclass(frozen=True, slots=True)
class Affix:
    """A qualifier beside a number and how many characters it takes."""

    length: int
    qualifier: Qualifier


def prefix_of(text: str, start: int) -> Affix | None:
    """The qualifier that ends at ``start``; 上 and 过 only before 百, 千, 万."""
    if not start or text[start - 1] not in LAST_OF_PREFIXES:
        return None
    for length in (3, 2, 1):
        word = text[max(0, start - length) : start]
        if word in _PREFIXES:
            before = text[start - 2] if start > 1 else ""
            if before in _OTHER_WORD.get(word, ()):
                return None
            return Affix(len(word), _PREFIXES[word])
    if text[start - 1] in _BEFORE_ROUND and text[start : start + 1] in ("百", "千", "万"):
        return Affix(1, _BEFORE_ROUND[text[start - 1]])
    return None


def suffix_at(text: str, end: int) -> Affix | None:
    """The qualifier that begins at ``end``; 余 and 多 not where they begin another word."""
    two = text[end : end + 2]
    if two in _SUFFIXES:
        return Affix(len(two), _SUFFIXES[two])
    if two[:1] in ("余", "多") and (len(two) == 1 or two[1] in "，。；、）)的"):
        return Affix(1, Qualifier.OVER)
    return None
