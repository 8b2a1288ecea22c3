"""Names in a Chinese text: units, places, people in office, titles, honours.

By rule, without a dictionary of names: a suffix such as 镇 or 派出所 tells where a name ends, and
the last word that cannot belong to it tells where it begins. Every look back and ahead is bounded,
so time is linear in the text's length.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.core.document import Span
from app.language.names.vocabulary import (
    BODIES,
    COMMON_BEFORE,
    CUT_CHARS,
    CUT_WORDS,
    GENERIC_HEADS,
    GENERIC_STARTS,
    MEASURES,
    NOT_PEOPLE,
    ORGANISATIONS,
    PLACE_TAILS_NOT,
    PLACES,
    ROLES,
    SURNAMES,
)
from app.language.remember import remembered

_HAN = "一-龥"
_WINDOW = 26
_PLACE_HEAD_MAX = 6
_ORGANISATION_HEAD_MAX = 16
_SUFFIX = re.compile(
    "|".join(
        sorted({*BODIES, *ORGANISATIONS, *PLACES}, key=lambda s: (-len(s), s))
    )  # longest first
)
_GENERIC_ENDS = tuple(sorted(word for word in GENERIC_HEADS if len(word) > 1))
_RANKS = tuple("省市县区")
_COUNTS = frozenset("全各我本该每某两三四五六七八九十几多数")
# No name begins with one of these; 和, 向 and 至 may open one (和平县, 向阳镇).
_LEADING = CUT_CHARS - frozenset("和向至")
_HAN_TAIL = re.compile(f"[{_HAN}]*\\Z")
_CUT = re.compile("|".join(sorted(CUT_WORDS, key=lambda s: (-len(s), s))))
_TITLE = re.compile(r"《[^《》\n]{1,60}》")
_QUOTED_HONOUR = re.compile(
    r"[“\"「]([^”\"」“「\n]{2,40})[”\"」](?=[^，。；、！？\n]{0,6}(?:称号|荣誉|奖|等次|牌匾|表彰))"
)
_AWARD = re.compile(
    r"(?:荣获|获评|获得|喜获|评为|评选为|授予|命名为|认定为|表彰为|确定为|入选|获)(?:了|为)?"
    r"([^，。；！？：\s（(]{1,38}"
    r"(?:先进|示范|称号|荣誉|奖|优秀|文明|标兵|集体|单位|个人|案例|红旗|模范|样板|等次|企业"
    r"|乡镇|街道|社区|村|学校|机关|县|市|区))"
)
_ROLE = re.compile("|".join(sorted(ROLES, key=lambda s: (-len(s), s))))
_COMRADE = re.compile("同志")
_BOUNDARY = re.compile(
    f"[^{_HAN}]|同志|任|带|主持|率|到|在|为|作|出席|讲|参加|介绍|组织|等|说|向|的|和|与|及|对|\\Z"
)


class NameKind(StrEnum):
    """What a name names."""

    PLACE = "place"
    ORGANISATION = "organisation"
    PERSON = "person"
    TITLE = "title"
    HONOUR = "honour"


@dataclass(frozen=True, slots=True)
class Name:
    """One mention of a name; ``text`` is what stands under ``span``."""

    span: Span
    text: str
    kind: NameKind


def find_names(text: str) -> tuple[str, ...]:
    """The distinct names of a text in order of first mention."""
    return tuple(dict.fromkeys(name.text for name in locate_names(text)))


@remembered
def locate_names(text: str) -> tuple[Name, ...]:
    """Every mention of a name, in order, none inside another."""
    found = [
        *_whole(text, _TITLE, NameKind.TITLE, group=0),
        *_whole(text, _QUOTED_HONOUR, NameKind.HONOUR, group=1),
        *_awards(text),
        *_people(text),
        *_units(text),
    ]
    found.sort(key=lambda name: (name.span.start, -name.span.end))
    kept: list[Name] = []
    for name in found:
        if not kept or name.span.start >= kept[-1].span.end:
            kept.append(name)
    return tuple(kept)


def _whole(text: str, pattern: re.Pattern[str], kind: NameKind, *, group: int) -> list[Name]:
    return [Name(Span(*match.span(group)), match[group], kind) for match in pattern.finditer(text)]


def _awards(text: str) -> list[Name]:
    found = []
    for match in _AWARD.finditer(text):
        start, end = match.span(1)
        while end > start and text[start] in '“"「':
            start += 1
        closing = next((i for i in range(start, end) if text[i] in '”"」'), end)
        for tail in ("荣誉称号", "称号", "荣誉"):
            if text[start:closing].endswith(tail):
                closing -= len(tail)
                break
        if closing - start >= 3:
            found.append(Name(Span(start, closing), text[start:closing], NameKind.HONOUR))
    return found


def _people(text: str) -> list[Name]:
    found = []
    for match in _ROLE.finditer(text):
        start = match.end()
        for length in (2, 3):
            name = text[start : start + length]
            if _is_person(name, length) and _BOUNDARY.match(text, start + length):
                found.append(Name(Span(start, start + length), name, NameKind.PERSON))
                break
    for match in _COMRADE.finditer(text):
        for length in (3, 2):
            start = match.start() - length
            name = text[max(start, 0) : match.start()]
            if start >= 0 and _is_person(name, length):
                found.append(Name(Span(start, match.start()), name, NameKind.PERSON))
                break
    return found


def _is_person(name: str, length: int) -> bool:
    return (
        len(name) == length
        and name[0] in SURNAMES
        and all("一" <= c <= "龥" for c in name)
        and not name.startswith(NOT_PEOPLE)
        and name[1] not in "某"
        and _CUT.search(name[1:]) is None
    )


def _units(text: str) -> list[Name]:
    """Units and places; a chain such as 青岚市公安局交警大队 is one name."""
    found: list[Name] = []
    for match in _SUFFIX.finditer(text):
        suffix = match[0]
        if text.startswith(PLACE_TAILS_NOT.get(suffix, ()), match.end()):
            continue
        window = _window(text, match.start())
        previous = found[-1].span if found else None
        if previous is not None and match.start() - len(window) <= previous.start:
            gap = text[previous.end : match.start()]
            if len(gap) <= _ORGANISATION_HEAD_MAX and not _has_cut(gap):
                if gap or suffix not in PLACES:
                    span = Span(previous.start, match.end())
                    found[-1] = Name(span, span.of(text), _kind(suffix))
                continue
            head = _proper(_head(gap, _LEADING | CUT_CHARS), suffix)
        else:
            head = _proper(_head(window, _LEADING), suffix)
        if head is not None:
            span = Span(match.start() - len(head), match.end())
            found.append(Name(span, span.of(text), _kind(suffix)))
    return found


def _window(text: str, end: int) -> str:
    """The Chinese characters before a suffix, without the measure word of a number."""
    run = _HAN_TAIL.search(text[max(0, end - _WINDOW) : end])
    window = run[0] if run else ""
    start = end - len(window)
    if window[:1] in MEASURES and start and text[start - 1].isdecimal():
        return window[1:]
    return window


def _proper(head: str, suffix: str) -> str | None:
    """The head as it belongs to the name, ``None`` where the suffix ends no proper name."""
    if suffix in BODIES and head[:1] in CUT_CHARS and len(head) == 2:
        head = head[1:]
    if _is_proper(head, suffix):
        return head
    if suffix in BODIES:
        return head[-1:] if head[-1:] in _RANKS else ""
    return None


def _kind(suffix: str) -> NameKind:
    return NameKind.PLACE if suffix in PLACES else NameKind.ORGANISATION


def _has_cut(gap: str) -> bool:
    return _CUT.search(gap) is not None or any(c in CUT_CHARS for c in gap)


def _head(window: str, leading: frozenset[str]) -> str:
    """The end of the window that may belong to the name; ``leading`` may not stand first."""
    start = 0
    for match in _CUT.finditer(window):
        start = match.end()
    last = len(window) - 3  # at least two characters stay
    for at in range(last, start, -1):
        if window[at] in CUT_CHARS:
            return window[at + 1 :]
    if start <= last and window[start] in (CUT_CHARS if start else leading):
        start += 1
    return window[start:]


def _is_proper(head: str, suffix: str) -> bool:
    if len(head) < 2 or head.startswith(GENERIC_STARTS) or head in GENERIC_HEADS:
        return False
    last = head[-1]
    if last in _COUNTS or last in CUT_CHARS or last in COMMON_BEFORE.get(suffix, ()):
        return False
    if len(head) <= 4 and head.endswith(_GENERIC_ENDS):
        return False
    limit = _PLACE_HEAD_MAX if suffix in PLACES else _ORGANISATION_HEAD_MAX
    return len(head) <= limit
