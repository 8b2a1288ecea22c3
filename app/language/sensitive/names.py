"""Whether some characters are a name: a surname, a given name, and no words of the dictionary."""

from app.core.document import Span
from app.language.segmentation import gain, look_up
from app.language.sensitive.words import SensitiveWords

_MASKS = frozenset("某姓×xXＸ*＊○〇□■")
_LINKS = frozenset("和之以为其一二三四五六七八九十有来如能可在从则得社工中")
_GAIN = 3.0  # logarithm; of 400 names, those below are words of the dictionary
_SURE_GAIN = 8.0
_LEAST_GAIN = 0.5
_KIN = frozenset("家父母妻儿女夫兄弟姐妹爷奶亲")
_USUAL = 100  # times met where the dictionary was made: 温泉, as against 江波
_BEHIND_PEOPLE = frozenset("等系因称由于与和向在被对将把为多未已又再昨今目现之的")
_LINKED = 150  # times met where the dictionary was made


def is_linked(text: str, start: int, told: SensitiveWords) -> bool:
    """True where a surname that often links words does so here: 向 in 群众向村委会反映."""
    if text[start] not in told.linking:
        return False
    pieces = (text[start + 1 : start + 3], text[start + 1 : start + 4], text[start - 1 : start + 1])
    return any(
        (w := look_up(piece)).count > _LINKED and not w.kind.startswith("nr") for piece in pieces
    )


def is_end(text: str, end: int, told: SensitiveWords) -> bool:
    """True where a name may end: something else than a character follows, or a word begins."""
    follows = text[end : end + 2]
    if not follows or not "一" <= follows[0] <= "鿿" or follows[0] in told.behind:
        return True
    return look_up(follows).count > look_up(text[end - 1 : end + 1]).count


def surname_length(text: str, start: int, told: SensitiveWords) -> int:
    """How many characters of a surname begin at a place."""
    if text[start : start + 2] in told.double_surnames:
        return 2
    return 1 if text[start : start + 1] in told.surnames else 0


def is_name(name: str, family: int, told: SensitiveWords, *, is_set_off: bool) -> bool:
    """Whether a string is a name; less is asked of one set off by a colon or brackets."""
    given = name[family:]
    if _MASKS.intersection(name) or not all("一" <= c <= "鿿" for c in given):
        return False
    is_thing = given[-1] in told.tails or given[-1] == name[0]  # 连心卡, 应知应会
    if (
        name.startswith(told.not_names)
        or given in told.titles
        or (is_thing and len(name) > 2 and not is_set_off)
    ):
        return False
    are_usual = all(c in told.given for c in given)
    if family == 2:
        return True
    if not (are_usual or is_set_off):
        is_half = len(given) == 2 and not told.given.isdisjoint(given)
        return is_half and not any(map(is_common, (name, name[:2], given)))
    if is_common(name):
        return False
    # 公平和, 封建社: a word and what follows it; 王国强: a name that begins like a word.
    return not is_common(name[:2]) or (len(given) == 2 and are_usual and given[1] not in _LINKS)


def reads_as_name(text: str, span: Span) -> bool:
    """False where the sentence reads as well, or nearly so, without a name: 毛发 in 毛发检测.

    Where something else than a character follows, or one that only a name stands before, it may
    be a word as well: 大学生叫祝贺，.
    """
    follows = text[span.end : span.end + 1]
    name = span.of(text)
    is_followed = "一" <= follows <= "鿿" and follows not in _BEHIND_PEOPLE
    if count := look_up(name).count:
        return not is_followed or len(name) > 2 or count < _USUAL
    likelier = gain(text, span, name, known=name)
    if is_followed and len(name) == 2 and _thing_at(text, span.end):
        return likelier > _SURE_GAIN
    return likelier > (_GAIN if is_followed else _LEAST_GAIN)


def _thing_at(text: str, start: int) -> bool:
    """True where a noun begins that is nobody's kin: 工作室 in 戒毒人员宁心工作室."""
    pieces = [text[start : start + length] for length in (4, 3, 2)]
    found = next((w for piece in pieces if (w := look_up(piece)).count), None)
    return found is not None and found.kind == "n" and text[start] not in _KIN


def is_common(word: str) -> bool:
    """True for a word of the dictionary that is no name."""
    found = look_up(word)
    return found.count > 3 and not found.kind.startswith(("nr", "nz"))
