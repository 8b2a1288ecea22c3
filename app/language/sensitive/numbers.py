"""Numbers of people: resident IDs, telephones, bank cards.

Groups of digits that stand close together are tried as one number; a window over them is never
longer than the longest number there is, so time is linear in the text's length.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.core.document import Span
from app.language.sensitive.kinds import Sensitive, SensitiveKind
from app.language.sensitive.view import NUMERALS, SEPARATORS, View
from app.language.sensitive.words import SensitiveWords, words

_GROUP = re.compile(r"[0-9]+(?:[Xx×](?![0-9A-Za-z]))?")
_GAP = re.compile(rf"[{SEPARATORS}]{{1,3}}|[ \u3000]{{0,2}}\n[ \u3000]{{0,2}}|转|[ -]?分机[ :：]?")
_MASK = re.compile(r"[*＊]")
_LONGEST = 22
_LINE = 40
_MOST_GROUPS = 6  # but for a number in single digits
_AMOUNT = re.compile(r"[元万亿吨件户次亩％%]|平方|公里|人次|人(?!员)|米")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_MOBILE_SHAPES = frozenset(
    {(11,), (3, 4, 4), (3, 8), (7, 4), (4, 7), (4, 4, 3), (3, 3, 5), (5, 6), (6, 5), (3, 5, 3)}
    | {(3, 2, 2, 4), (3, 2, 2, 2, 2), (3, 4, 2, 2), (3, 6, 2), (1,) * 11, (3, *(1,) * 8)}
)
_AREA = re.compile(r"0(?:10|2\d|[3-9]\d{2})")
_LANDLINE = re.compile(r"(?:0(?:10|2\d)[2-8]\d{7}|0[3-9]\d{2}[2-8]\d{6,7})")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_HOME_TELEPHONE = re.compile(
    r"(?:座机|宅电|固话|[自住]?[家宅][里中庭]?(?:的|固定)?电话)(?:号码?)?[:：是为\s（(]{0,3}\Z"
)
_NUMERAL = f"{NUMERALS}(?:[{SEPARATORS}]{{0,2}}{NUMERALS})"
#: A number told in two parts: 区号零八三八，号码 2 2 0 3 4 1 7.
_TOLD_AREA = re.compile(
    rf"区号[:：是为]?\s?(?P<area>{_NUMERAL}{{2,3}})[，,、;；\s]{{0,2}}"
    rf"(?:[电座][话机]|固话|本机|后面)?(?:号码?)?[:：是为]?\s?(?P<local>{_NUMERAL}{{6,7}})"
)
#: Between the telephones of one office: 总机0731-82212567、82212644（传真）.
_PERSONAL = re.compile("[家宅住]|本人|[其他她][母父妻夫子女的]|户主|座机")
#: A telephone that is something's: 道口看守房电话, but not 联系电话.
_ITS_TELEPHONE = re.compile(
    "[一-鿿](?<![联家宅住户人者母父妻夫女子庭里中定系留他她其打是员友属亲方主的通])"
    "电话[:：（( \u3000]{0,3}\\Z"
)
_BRACKET = re.compile("[ \u3000]?[（(](?P<aside>[^（）()\n]{1,20})[）)]")
_NUMBERS_BEFORE = re.compile(r"(?<![0-9])[0-9（(][0-9()（） \u3000—、，,;；/和或及传真:：-]{4,}\Z")
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 "
    "63 64 65 71 81 82 83".split()
)
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID = re.compile(rf"\d{{6}}(?:19|20)\d\d{_DAY}\d{{3}}[\dX]")
_OLD_ID = re.compile(rf"\d{{8}}{_DAY}\d{{3}}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
#: An account of an office: 户名：县财政局国库支付中心，账号：.
_HOLDER = re.compile(
    "(?:户名|单位名称|收款单位)[:：]?[一-鿿（）()]{2,24}(?:局|中心|公司|委员会|学校|医院|协会|基金会|政府|所)"
    "[，,；; ][^，,；;。\n]{0,10}\\Z"
)
_CARD_HEADS = ("62", "4", "51", "52", "53", "54", "55", "35", "60", "95", "99", "2")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Groups of digits taken for one number."""

    digits: str
    shape: tuple[int, ...]
    span: Span
    is_broken: bool
    gaps: str

    @property
    def is_whole(self) -> bool:
        """True where the groups are such as people write a number in."""
        return len(self.shape) == 1 or set(self.shape) == {1}


def read_numbers(view: View) -> Iterator[Sensitive]:
    """Every number of a person, in order."""
    text = view.digits
    groups: list[re.Match[str]] = []
    for match in _GROUP.finditer(text):
        if groups and not _GAP.fullmatch(text, groups[-1].end(), match.start()):
            yield from _read_run(text, groups)
            groups = []
        groups.append(match)
    yield from _read_run(text, groups)
    for told in _TOLD_AREA.finditer(view.text):
        place = Span(*told.span("local"))
        if not _is_of_office(view.text, told.start()):
            yield Sensitive(SensitiveKind.LANDLINE, place, f"…{place.of(view.text)[-2:]}")


def _read_run(text: str, groups: Sequence[re.Match[str]]) -> Iterator[Sensitive]:
    at = 0
    total = sum(len(g.group()) for g in groups)
    if total < 7:
        return
    while at < len(groups):
        found, at = _longest(text, groups, at)
        if found is not None:
            yield found


def _longest(text: str, groups: Sequence[re.Match[str]], at: int) -> tuple[Sensitive | None, int]:
    """The longest number that begins with a group, and the group to go on with."""
    end, size = at, 0
    while end < len(groups) and size + len(groups[end].group()) <= _LONGEST:
        is_single = len(groups[end].group()) == 1
        if end - at >= _MOST_GROUPS and not (is_single and len(groups[end - 1].group()) == 1):
            break
        if end == at and is_single and at > 0 and len(groups[at - 1].group()) == 1:
            return None, at + 1  # a number in single digits begins where they begin
        size += len(groups[end].group())
        end += 1
    for last in range(end, at, -1):
        candidate = _candidate(text, groups[at:last])
        if kind := _kind(text, candidate):
            digits, span = candidate.digits, candidate.span
            if text[span.start - 1 : span.start] == "+":
                span = Span(span.start - 1, span.end)
            return Sensitive(kind, span, f"{digits[:3]}…{digits[-2:]}"), last
    return None, at + 1


def _candidate(text: str, groups: Sequence[re.Match[str]]) -> _Candidate:
    span = Span(groups[0].start(), groups[-1].end())
    gaps = "".join(text[a.end() : b.start()] for a, b in pairwise(groups))
    digits = "".join(g.group() for g in groups).upper().replace("×", "X")
    shape = tuple(len(g.group()) for g in groups)
    return _Candidate(digits, shape, span, "\n" in gaps, gaps)


def _kind(text: str, item: _Candidate) -> SensitiveKind | None:
    if not 7 <= len(item.digits) <= _LONGEST or _is_masked(text, item.span):
        return None
    if "转" in item.gaps or "分机" in item.gaps:
        return SensitiveKind.LANDLINE if _is_extension(text, item) else None
    return next((kind for kind, is_such in _KINDS if is_such(text, item)), None)


def _is_masked(text: str, span: Span) -> bool:
    """True for digits beside stars (138****8000), and for the number of a document (〔2024〕)."""
    before = text[max(0, span.start - 1) : span.start]
    return bool(_MASK.search(before + text[span.end : span.end + 1])) or before in ("〔", "[")


def _is_other(text: str, item: _Candidate) -> bool:
    """True where a word, a letter or a decimal point before it makes it some other number."""
    start = item.span.start
    before = text[max(0, start - 2) : start]
    is_coded = before[-1:].isascii() and before[-1:].isalpha()
    is_decimal = before[-1:] == "." and before[:1].isdigit()
    return is_coded or is_decimal or words().is_labelled(text, start)


def _is_amount(text: str, item: _Candidate) -> bool:
    return _AMOUNT.match(text[item.span.end : item.span.end + 2]) is not None


def _is_id(text: str, item: _Candidate) -> bool:
    digits, start = item.digits, item.span.start
    if len(digits) not in (15, 18, 20):
        return False
    has_cue = words().has_cue("id", text, start, item.span.end)
    if len(digits) == 20:
        return has_cue and is_id_form(digits[:18])
    if len(digits) == 15:
        is_form = digits[:2] in _PROVINCES and _OLD_ID.fullmatch(digits) is not None
        if words().is_labelled(text, start):
            return False
        return is_form and (has_cue or (len(item.shape) == 1 and not _is_other(text, item)))
    if is_id_form(digits) and (has_cue or is_id_number(digits)):
        return True
    is_told = has_cue or (is_id_form(digits) and item.is_whole)
    return is_told and not words().is_labelled(text, start)


def is_id_form(digits: str) -> bool:
    """Whether the string has the form of an 18-digit ID number: a province, a date."""
    return digits[:2] in _PROVINCES and _ID.fullmatch(digits) is not None


def is_id_number(digits: str) -> bool:
    """Whether the string is an 18-digit ID number with the right check digit."""
    if not is_id_form(digits):
        return False
    total = sum(int(d) * w for d, w in zip(digits[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == digits[17]


def _is_phone(text: str, item: _Candidate) -> bool:
    digits, shape = item.digits, item.shape
    for prefix in ("0086", "86", "0"):
        if digits.startswith(prefix) and len(digits) == 11 + len(prefix):
            digits = digits[len(prefix) :]
            first = shape[0] - len(prefix)
            shape = (first, *shape[1:]) if first > 0 else shape[1:]
            break
    if not _MOBILE.fullmatch(digits):
        return False
    if words().has_cue("phone", text, item.span.start, item.span.end):
        return True
    if item.is_broken or _is_amount(text, item) or _is_other(text, item):
        return False
    return shape in _MOBILE_SHAPES and not _is_in_row(text, item)


def _is_in_row(text: str, item: _Candidate) -> bool:
    """True for groups in a row of more numbers, such as the cells of a table."""
    if len(item.shape) == 1 or set(item.shape) == {1}:
        return False
    behind = text[item.span.end : item.span.end + 2]
    before = text[max(0, item.span.start - 2) : item.span.start]
    return behind[1:].isdigit() or (before[:1].isdigit() and not before[1:].isdigit())


def _is_landline(text: str, item: _Candidate) -> bool:
    digits, shape = item.digits, item.shape
    for prefix in ("0086", "86"):
        if digits.startswith(prefix):
            digits = "0" + digits[len(prefix) :].removeprefix("0")
            shape = shape[1:]
            break
    is_form = _LANDLINE.fullmatch(digits) is not None
    if item.is_broken or not (is_form or _LOCAL.fullmatch(digits)):
        return False
    start = item.span.start
    if _is_of_office(text, start, item.span.end) or _is_amount(text, item):
        return False
    if not is_form:
        return _HOME_TELEPHONE.search(text[max(0, start - 12) : start]) is not None
    if words().has_cue("phone", text, start):
        return True
    has_area = bool(shape) and _AREA.fullmatch(digits[: shape[0]]) is not None
    return (has_area or len(item.shape) == 1) and not _is_other(text, item)


def _is_of_office(text: str, start: int, end: int | None = None) -> bool:
    """True where the line names an office, or whoever fills in the form, before the number.

    What is said of a number holds for those that follow it in a row.
    """
    told = words()
    if _HOME_TELEPHONE.search(text, max(0, start - 12), start):
        return False
    line = text[max(text.rfind("\n", 0, start) + 1, start - _LINE) : start]
    lead = _NUMBERS_BEFORE.sub("", line)
    is_of_people = _PERSONAL.search(line) is not None or told.roles.search(line) is not None
    return (
        _ITS_TELEPHONE.search(lead) is not None
        or (not is_of_people and told.hosts.search(lead) is not None)
        or any(told.is_public(text, start - len(line) + len(before)) for before in (line, lead))
        or any(told.owners.search(before) for before in (line, lead))
        or told.desks.search(line) is not None
        or (end is not None and _is_told_behind(text, end, told))
    )


def _is_told_behind(text: str, end: int, told: SensitiveWords) -> bool:
    """True for 0731-82212567（传真）, 6445218（县交通局执法大队）, … 邮编：443000."""
    behind = re.split("[。；\n]", text[end : end + _LINE])[0]
    aside = _BRACKET.match(behind)
    return told.lines.search(aside["aside"] if aside else behind) is not None or (
        aside is not None
        and (told.desks.search(aside["aside"]) or told.owners.search(aside["aside"])) is not None
    )


def _is_extension(text: str, item: _Candidate) -> bool:
    """A landline with an extension behind it."""
    start = item.span.start
    if _is_of_office(text, start, item.span.end):
        return False
    number = re.split("转|分机", item.span.of(text))[0]
    digits = re.sub(r"\D", "", number)
    return _LANDLINE.fullmatch(digits) is not None or words().has_cue("phone", text, start)


def _is_card(text: str, item: _Candidate) -> bool:
    start, end = item.span.start, item.span.end
    is_amount = _is_amount(text, item) or "X" in item.digits
    if _HOLDER.search(text, max(0, start - _LINE), start):
        return False
    if len(item.digits) < 15 or is_amount or words().has_cue("public_card", text, start):
        return False
    is_labelled = words().is_labelled(text, start)
    if not is_labelled and words().has_cue("card", text, start, end):
        return True
    is_grouped = item.is_whole or set(item.shape[:-1]) in ({4}, {6})
    is_union = item.digits.startswith("62") and len(item.digits) in (16, 19)
    is_card = item.digits.startswith(_CARD_HEADS) and (is_union or is_card_number(item.digits))
    is_apart = not (item.is_broken or _is_other(text, item) or _is_in_row(text, item))
    return is_card and is_grouped and is_apart


def is_card_number(digits: str) -> bool:
    """Whether the string has the length of a bank card and passes the Luhn test."""
    if not 16 <= len(digits) <= 19 or len(set(digits)) < 4:
        return False
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_KINDS: tuple[tuple[SensitiveKind, Callable[[str, _Candidate], bool]], ...] = (
    (SensitiveKind.ID, _is_id),
    (SensitiveKind.PHONE, _is_phone),
    (SensitiveKind.LANDLINE, _is_landline),
    (SensitiveKind.CARD, _is_card),
)
