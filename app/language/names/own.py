"""The own unit's name where it is written wrong: another character, another place, another bureau.

Title and signature are compared with each other, the running text with both. A name in the text is
taken for a slip only where it stands as the own name would: at the head of a clause, before what
follows the own name, or where the two characters sound nearly alike; never among neighbours.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from app.core.document import Span
from app.language.names.places import PlaceName, area_chain, is_area
from app.language.names.unit import short_names_of, unit_from_title
from app.language.names.vocabulary import CUT_CHARS, CUT_WORDS, PLACE_TAILS_NOT
from app.language.prefilter import places
from app.language.structure.outline import Outline

_MASK = re.compile("[XxＸ×*＊某_]")
_GOVERNING = re.compile("^(?:中共|中国共产党)")
_COMPANY_END = re.compile("(?:集团)?(?:有限责任公司|股份有限公司|有限公司|公司|集团)$")
_BODY_END = re.compile("(?:党委|党组|党总支|党支部|委员会|办公室|工会)$")
_KINDS = ("局", "公司", "馆", "医院", "中学", "小学", "学校", "学院")
# 东城区 and 西城区, 一中 and 二中, 大河镇 and 小河镇 are neighbours rather than slips.
_PAIRED = frozenset("东西南北中上下前后左右内外大小新老旧古高低长短一二三四五六七八九十甲乙丙丁")
_NOT_IN_NAME = frozenset("全各我本该每两某几多")
_NEIGHBOUR_BEFORE = re.compile(
    "(?:[与和及、跟同赴到往邻向从由至跨在经自给]|联合|会同|协同|来自|前往|学习|借鉴|考察|参观|邀请|毗邻"
    "|对口|支援|帮扶|移交|移送|户籍|相邻的?)$"
)
_NEIGHBOUR_BEHIND = re.compile(
    "(?:[、和与及籍]|交界|接壤|毗邻|联防|边界|相邻|[^，。；\n]{0,8}(?:来我|到我|的(?:经验|做法)))"
)
_CLAUSE_HEAD = frozenset("\n。，；：！？　 “")
_JOINERS = frozenset("与和及")  # another reader's business
_SHORT_STEM = 2
_SOUND_STEP = 20
_MAX_MATCHES = 5000
_CJK = re.compile("[一-鿿]+")


@dataclass(frozen=True, slots=True)
class NameSlip:
    """A wrong name at ``span``, the right one, and where the right one stands if anywhere."""

    span: Span
    wrong: str
    right: str
    right_span: Span | None
    is_spelling: bool


def find_slips(outline: Outline, text: str) -> Iterator[NameSlip]:
    """Every place where the own unit's name is written differently than elsewhere."""
    title = _bare(unit_from_title(outline.title_text))
    signed = _bare(outline.signature_text)
    if _MASK.search(title):
        title = ""
    if _MASK.search(signed):
        signed = ""
    in_head = list(_head_slips(outline, text, title, signed))
    yield from in_head
    wrong = {slip.wrong for slip in in_head}
    heads = [s for s in (outline.title, outline.signature, outline.addressee) if s is not None]
    for own in _own_forms(title, signed, wrong):
        yield from _body_slips(text, own, heads, outline)


def _bare(unit: str) -> str:
    return _GOVERNING.sub("", unit.strip())


def _differs_by_one(one: str, other: str) -> int:
    """Where two names of one length differ, if they differ in one place; else -1."""
    if len(one) != len(other):
        return -1
    places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return places[0] if len(places) == 1 else -1


def _place(text: str, name: str, within: Span | None) -> Span | None:
    if within is None:
        return None
    start = text.find(name, within.start, within.end)
    return Span(start, start + len(name)) if start >= 0 else within


def _head_slips(outline: Outline, text: str, title: str, signed: str) -> Iterator[NameSlip]:
    """Title against signature."""
    if not title or not signed:
        return
    pair = _unlike_areas(title, signed) or _unlike_bodies(title, signed)
    if pair is None:
        return
    in_title, in_signature = pair
    is_spelling = _differs_by_one(in_title, in_signature) >= 0
    title_place = _place(text, in_title, outline.title)
    signed_place = _place(text, in_signature, outline.signature)
    if is_spelling and text.count(in_signature) > text.count(in_title) and title_place:
        yield NameSlip(title_place, in_title, in_signature, signed_place, is_spelling)
    elif signed_place:
        yield NameSlip(signed_place, in_signature, in_title, title_place, is_spelling)


def _unlike_areas(title: str, signed: str) -> tuple[str, str] | None:
    """Places of one rank that differ: 云渡镇 in the title, 云度镇 in the signature."""
    signed_areas = {a.level: a.name for a in area_chain(signed)}
    for area in area_chain(title):
        other = signed_areas.get(area.level, area.name)
        if other == area.name or area.name in signed or other in title:
            continue
        if len(other) == len(area.name):
            return area.name, other
    return None


def _rest(unit: str) -> str:
    return unit[sum(len(a.name) for a in area_chain(unit)) :]


def _unlike_bodies(title: str, signed: str) -> tuple[str, str] | None:
    """Bodies of one kind that cannot be one: 交通运输局 and 应急管理局, 云岭公司 and 云领公司."""
    one, other = _rest(title), _BODY_END.sub("", _rest(signed))
    kind = next((k for k in _KINDS if one.endswith(k)), "")
    if not kind or not other.endswith(kind) or one == other or other.count(kind) > 1:
        return None
    at = _differs_by_one(one, other)
    if at >= 0:
        return None if {one[at], other[at]} <= _JOINERS else (one, other)
    stems = [_COMPANY_END.sub("", n).removesuffix(kind) for n in (one, other)]
    if not all(len(stem) >= _SHORT_STEM for stem in stems):
        return None
    names = {one, *short_names_of(one)}
    if names & {other, *short_names_of(other)} or set(stems[0]) & set(stems[1]):
        return None
    return one, other


@dataclass(frozen=True, slots=True)
class _Own:
    """``stem`` is the proper part of a name, ``tail`` what always follows it."""

    stem: str
    tail: str
    following: str = ""

    @property
    def name(self) -> str:
        return self.stem + self.tail


def _own_forms(title: str, signed: str, wrong: set[str]) -> list[_Own]:
    """The own place and its tail; for a company without a place its first two characters."""
    forms: dict[str, _Own] = {}
    for unit in (title, signed):
        chain = area_chain(unit)
        for area in chain:
            own = _area_form(area, _rest(unit) if area is chain[-1] else "")
            if own is not None:
                forms.setdefault(own.name, own)
        if unit and not chain and _COMPANY_END.search(unit) and not is_area(unit):
            rest = unit[_SHORT_STEM:]
            for tail in dict.fromkeys((rest, _COMPANY_END.sub("", rest), "公交", "公司", "集团")):
                if len(tail) >= _SHORT_STEM:
                    own = _Own(unit[:_SHORT_STEM], tail)
                    forms.setdefault(own.name, own)
    return [own for name, own in forms.items() if not any(w in name for w in wrong)]


def _area_form(area: PlaceName, rest: str) -> _Own | None:
    for size in (3, 2, 1):
        tail = area.name[-size:]
        if tail in PLACE_TAILS_NOT or tail in {"州", "盟", "旗", "自治州", "自治县", "苏木"}:
            stem = area.name[:-size]
            return _Own(stem, tail, rest) if len(stem) >= _SHORT_STEM else None
    return None


def _body_slips(text: str, own: _Own, heads: list[Span], outline: Outline) -> Iterator[NameSlip]:
    """Names in the running text that differ from the own one in one character."""
    total = text.count(own.name)
    if total < 2:  # one mention says nothing about which is right
        return
    right = next(
        (p for s in (outline.title, outline.signature) if (p := _exact(text, own, s))), None
    )
    size = len(own.stem)
    matches = list(islice(_near_names(text, own), _MAX_MATCHES))
    counts = Counter(name for _, name in matches)
    for start, name in matches:
        end = start + len(name)
        if name == own.name or any(p.start <= start < p.end for p in heads):
            continue
        if 2 * counts[name] > total or not _can_be_slip(own, name[:size]):
            continue
        if text.startswith(PLACE_TAILS_NOT.get(own.tail, ()), end):
            continue
        if _stands_as_own(text, start, end, own, name[:size]):
            yield NameSlip(Span(start, end), name, own.name, right, is_spelling=True)


def _near_names(text: str, own: _Own) -> Iterator[tuple[int, str]]:
    """Every place of the own name and of what differs from it in one character of its stem."""
    size = len(own.stem)
    first, last = own.stem[0], own.stem[-1]
    done = 0
    for tail in places(text, own.tail):
        start = tail - size
        if start < done:
            continue
        if text[start] != first and text[tail - 1] != last:
            continue  # with one character wrong, the other end is still right
        stem = text[start:tail]
        if stem == own.stem or _differs_by_one(own.stem, stem) >= 0:
            done = tail + len(own.tail)
            yield start, stem + own.tail


def _exact(text: str, own: _Own, within: Span | None) -> Span | None:
    place = _place(text, own.name, within)
    return place if place is not None and place.of(text) == own.name else None


def _can_be_slip(own: _Own, stem: str) -> bool:
    at = _differs_by_one(own.stem, stem)
    if at < 0 or _CJK.fullmatch(stem) is None or stem in CUT_WORDS:
        return False
    pair = {own.stem[at], stem[at]}
    return not pair <= _PAIRED and stem[at] not in _NOT_IN_NAME | CUT_CHARS


def _stands_as_own(text: str, start: int, end: int, own: _Own, stem: str) -> bool:
    before = text[max(start - 8, 0) : start]
    if _NEIGHBOUR_BEFORE.search(before) or _NEIGHBOUR_BEHIND.match(text, end, end + 16):
        return False
    if own.following and text.startswith(own.following, end):
        return True
    at = _differs_by_one(own.stem, stem)
    if _sounds_alike(own.stem[at], stem[at]):
        return True
    head = before[-1:]
    return not head or head in _CLAUSE_HEAD


def _sounds_alike(one: str, other: str) -> bool:
    """Whether two common characters stand close in GB 2312, whose order is that of their sounds."""
    places = []
    for char in (one, other):
        code = char.encode("gb2312", "ignore")
        if len(code) != 2 or not 0xB0 <= code[0] <= 0xD7:  # level 1
            return False
        places.append((code[0] - 0xB0) * 94 + code[1] - 0xA1)
    return abs(places[0] - places[1]) <= _SOUND_STEP
