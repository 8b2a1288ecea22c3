"""Compare figures: the same value of the same thing, told no stronger than the fact tells it."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from app.core.document import Span
from app.core.quantity import Qualifier, Quantity, QuantityKind
from app.language.terms import key_terms

_BREAKS = "，。；：！？、,;!?:\n（）()"
_UP = "增长|上升|增加|提高|提升|升高|上涨|扩大|同比增|新增"
_DOWN = "下降|减少|降低|回落|缩短|压缩|压减|压降|下滑|降幅|同比降"
_CHANGE = re.compile(rf"(?:({_UP})|({_DOWN}))(?!至|到|为)")
_NEW = "新增"
_JUST_BEFORE = re.compile(r"(?:比|较|同比).{0,12}(多|少)(?:了)?$")
_LAST_YEAR = re.compile(r"(?:上年|去年|上一年|上年度|同期)(?:同期)?(?:的|为|是|约|近|共|有)*$")
_FROM = re.compile(r"(?:由|从)(?:原来的?|原先的?|年初的?)?$")
_TO = re.compile(r"[，]?[\u4e00-\u9fff]{1,4}?(?:至|到|为|成)")
_LIST_GAP = re.compile(r"^(?:、|和|与|，)$")
_FOUND = "排查|发现|查出|受理|接待|接报|接到|登记|摸排|立案|收到|梳理|上报"
_DONE = (
    "化解|整改|办结|调处|调解成功|调解|调成|处理|解决|修复|破获|侦破|办理|消除|完成|销号|采纳|返还"
)
_ACTION = re.compile(rf"(未|尚未|没有|剩余|尚有|不)?(?:能|予)?(?:({_FOUND})|({_DONE}))(?!率)")
_CHANGE_REACH = 8
_WIDE_ENOUGH = 2
_CLAUSE_REACH = 50
_UNIT_ALIASES = {"批次": "批", "场次": "场", "％": "%", "户次": "户次"}


class FigureRole(Enum):
    """What a figure says of its indicator."""

    LEVEL = "level"
    UP = "up"
    DOWN = "down"
    LAST_YEAR = "last year"


class Action(Enum):
    """What was done to the things counted."""

    FOUND = "found"
    DONE = "done"
    NOT_DONE = "not done"


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity with the words that say what it is a figure of."""

    quantity: Quantity
    text: str
    local: frozenset[str]
    wide: frozenset[str]
    role: FigureRole
    action: Action | None


def figures_of(text: str, quantities: Iterable[Quantity], *, extra: str = "") -> list[Figure]:
    """Every figure of a text; ``extra`` is a heading that also says what is counted."""
    ordered = sorted(quantities, key=lambda q: q.span.start)
    wide = key_terms(_without(text, ordered, Span(0, len(text)))) | key_terms(extra)
    starts = [q.span.start for q in ordered]
    out: list[Figure] = []
    clause, local = Span(0, 0), frozenset[str]()
    for index, quantity in enumerate(ordered):
        if quantity.span not in clause:
            clause = _clause(text, quantity.span)
            first = max(bisect_left(starts, clause.start) - 1, 0)
            last = bisect_left(starts, clause.end)
            inside = [q for q in ordered[first:last] if q.span.overlaps(clause)]
            local = key_terms(_without(text, inside, clause))
        before = text[clause.start : quantity.span.start]
        role = _role(before, text[quantity.span.end : quantity.span.end + _CHANGE_REACH])
        previous = out[-1] if out else None
        if previous and role is FigureRole.LEVEL and previous.role is FigureRole.LAST_YEAR:
            gap = text[ordered[index - 1].span.end : quantity.span.start]
            role = FigureRole.LAST_YEAR if _LIST_GAP.match(gap) and gap != "，" else role
        out.append(Figure(quantity, quantity.span.of(text), local, wide, role, _action(before)))
    return out


def same_value(one: Quantity, other: Quantity) -> bool:
    """The same kind, value and upper end."""
    return one.kind is other.kind and one.value == other.value and one.high == other.high


def same_unit(one: Quantity, other: Quantity) -> bool:
    """The same unit; 批次 is 批."""
    return one.unit == other.unit or _unit(one.unit) == _unit(other.unit)


def is_strengthened(fact: Quantity, draft: Quantity) -> bool:
    """True where the draft is surer than the fact, or says more or less than it."""
    if fact.qualifier is draft.qualifier:
        return False
    return not (draft.qualifier is Qualifier.ABOUT and fact.qualifier is Qualifier.EXACT)


def is_same_thing(draft: Figure, fact: Figure, siblings: Iterable[Figure]) -> bool:
    """True where the words round the two figures name one thing.

    ``siblings`` are the other figures of the fact: a figure whose words fit one of them better
    than its own has been put on the wrong thing.
    """
    if draft.role is not fact.role:
        return False
    siblings = tuple(siblings)
    if draft.action and not _is_action_held(draft, fact, siblings):
        return False
    if draft.local and fact.local:
        shared = len(draft.local & fact.local)
        if not shared:
            is_change = draft.role in (FigureRole.UP, FigureRole.DOWN)  # 降幅39.6% for 下降39.6%
            return is_change and len(draft.wide & fact.wide) >= _WIDE_ENOUGH
    else:
        shared = len(draft.wide & fact.wide)
        return bool(shared) or not (draft.wide and fact.wide)
    for sibling in siblings:
        if sibling is fact or not same_unit(sibling.quantity, fact.quantity):
            continue
        if sibling.role is not draft.role or same_value(sibling.quantity, fact.quantity):
            continue
        if draft.action and fact.action is draft.action and sibling.action is not draft.action:
            continue  # 65件积案中化解62件: the step tells which of the two is meant
        if len(draft.local & sibling.local) > shared and not sibling.local >= fact.local:
            return False
    return True


def _is_action_held(draft: Figure, fact: Figure, siblings: Iterable[Figure]) -> bool:
    """False where the draft's step is another one, or that of another figure of the fact."""
    if fact.action:
        return draft.action is fact.action
    return not any(
        sibling.action is draft.action
        and same_unit(sibling.quantity, fact.quantity)
        and not same_value(sibling.quantity, fact.quantity)
        for sibling in siblings
        if sibling is not fact and draft.action is not Action.FOUND
    )


def is_like(draft: Figure, fact: Figure) -> bool:
    """True where two figures agree in role and step and share words, whatever their values."""
    return is_same_thing(draft, fact, ())


def _clause(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    first, last = max(start - _CLAUSE_REACH, 0), min(end + _CLAUSE_REACH, len(text))
    while start > first and text[start - 1] not in _BREAKS:
        start -= 1
    while end < last and text[end] not in _BREAKS:
        end += 1
    return Span(start, end)


def _without(text: str, quantities: Iterable[Quantity], within: Span) -> str:
    """The part of the text in ``within`` with a space for each quantity, in their order."""
    pieces: list[str] = []
    place = within.start
    for quantity in quantities:
        if quantity.kind in (QuantityKind.TITLE, QuantityKind.SLOGAN, QuantityKind.CODE):
            continue
        pieces.append(text[place : max(quantity.span.start, place)])
        place = max(quantity.span.end, place)
    pieces.append(text[place : within.end])
    return " ".join(pieces)


def _role(before: str, after: str) -> FigureRole:
    if _FROM.search(before) and _TO.match(after):
        return FigureRole.LAST_YEAR  # 由22分钟缩短到15分钟: what was before the change
    if match := _JUST_BEFORE.search(before):
        return FigureRole.UP if match.group(1) == "多" else FigureRole.DOWN
    matches = list(_CHANGE.finditer(before))
    if matches and len(before) - matches[-1].end() <= _CHANGE_REACH:
        word = matches[-1].group(0)
        if word == _NEW:
            return FigureRole.LEVEL
        return FigureRole.UP if matches[-1].group(1) else FigureRole.DOWN
    return FigureRole.LAST_YEAR if _LAST_YEAR.search(before) else FigureRole.LEVEL


def _action(before: str) -> Action | None:
    matches = list(_ACTION.finditer(before))
    if not matches:
        return None
    negation, found, _ = matches[-1].groups()
    if negation:
        return Action.NOT_DONE
    return Action.FOUND if found else Action.DONE


def _unit(unit: str) -> str:
    return _UNIT_ALIASES.get(unit, unit)
