"""What a bullet tells: work done, a problem, a plan, an honour that is pending, last year's fault.

The writer's own labels and headings come first, then time and polarity; the topic never decides.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from app.core.facts import Fact
from app.drafting.intake.words import LabelKind, words
from app.language.lexicons import load_lexicon, one_of
from app.language.terms import normalise
from app.report.profile import PartKind


class FactType(Enum):
    """What a fact tells. ``PENDING`` and ``PAST`` are told, but neither as result nor problem."""

    WORK = "work"
    PROBLEM = "problem"
    PLAN = "plan"
    PENDING = "pending"
    PAST = "past"

    @property
    def part(self) -> PartKind | None:
        """The kind of part it belongs to, ``None`` where its topic decides."""
        return {FactType.PROBLEM: PartKind.PROBLEMS, FactType.PLAN: PartKind.PLANS}.get(self)


@dataclass(frozen=True, slots=True)
class _Patterns:
    plan_starts: re.Pattern[str]
    plan_inside: re.Pattern[str]
    future_times: re.Pattern[str]
    intents: re.Pattern[str]
    dones: re.Pattern[str]
    plan_year: re.Pattern[str]
    problems: re.Pattern[str]
    signals: re.Pattern[str]
    nils: re.Pattern[str]
    verdict: re.Pattern[str]
    pending: re.Pattern[str]
    past_times: re.Pattern[str]
    past_faults: re.Pattern[str]
    made: re.Pattern[str]
    results: re.Pattern[str]
    remedies: re.Pattern[str]


_LISTS = ("plan_inside", "intents", "problems", "signals", "pending")
_SINGLE = (
    "future_times",
    "dones",
    "nils",
    "verdict",
    "past_times",
    "past_faults",
    "made",
    "results",
    "remedies",
)


@cache
def _patterns() -> _Patterns:
    return load_lexicon("fact_types.yaml", _read)


def _read(data: dict[str, Any]) -> _Patterns:
    return _Patterns(
        plan_starts=re.compile(rf"^(?:{one_of(data['plan_starts'])})"),
        plan_year=re.compile(
            r"(20\d\d)年(?:度)?(?:\d{1,2}月(?:[上中下]旬)?|[上下]半年|[一二三四]季度|春节|汛期)?"
            rf"({data['plan_year_tails']})?"
        ),
        **{name: re.compile(one_of(data[name])) for name in _LISTS},
        **{name: re.compile(data[name]) for name in _SINGLE},
    )


_DONE = re.compile(r"了|[成好完掉](?=\d|$)")
# 9月11日凌晨2点…, 举个例子：…: a story of several clauses, whatever went wrong in it.
_CASE = re.compile(
    r"(?:举个?例子?|例如|比如|譬如)|(?:今年|去年)?\d{1,2}月(?:\d{1,2}[日号]|[上中下]旬|初|底)?[^；]{50,}"
)
_FOUND = re.compile(r"(?:共|累计|全年)?(?:发现|查出|查找|排查|摸排|梳理|检查|查处)")
_RANGE = re.compile("[至到—-]")
_TO_PAUSE = re.compile(r"[^，；。、]*")
_ANY_YEAR = re.compile(r"(20\d\d)年")
# 和住建部门商定，2026年6月底前建成: agreed on, not done; 剩余4处2026年1月底前改完 is a remainder.
_AGREED = re.compile(
    r"^\D*(20\d\d)年[\d一二三四]{0,2}(?:月|季度)?(?:[上中下]旬)?(?:底|末)?(?:前|将)"
    r"(?:全部|基本|陆续)?(?:建成|完成|投用|启用|开通|实施|启动|开工|竣工|改造|整改|装|实现|达标|清零)"
)


def label_kind(label: str) -> LabelKind | None:
    """What a label or heading says of what stands under it, ``None`` where it names a matter."""
    if not label:
        return None
    return next((k for k, pattern in words().labels.items() if pattern.fullmatch(label)), None)


def heading_type(heading: str) -> FactType | None:
    """What a heading says all under it is, ``None`` where it names a matter."""
    known = {LabelKind.PROBLEM: FactType.PROBLEM, LabelKind.PLAN: FactType.PLAN}
    if (kind := label_kind(heading)) in known:
        return known[kind]
    if re.search(r"问题|不足|短板|困难|差距|薄弱环节", heading) and not re.search(
        r"整改|排查|解决|化解|发现|处置|导向|线索|治理", heading
    ):
        return FactType.PROBLEM
    if re.search(r"下一?步|打算|明年|计划$|工作计划|思路|来年|今后|努力方向|下阶段", heading):
        return FactType.PLAN
    return None


def type_of(fact: Fact, year: int, *, is_part: bool = False) -> FactType:
    """What a fact tells: by its label, the heading over it, its time, its polarity.

    ``is_part``: a piece of a bullet, of which small signs of a shortcoming do not decide.
    """
    text = normalise(fact.text)
    patterns = _patterns()
    for name in (fact.label, fact.heading):
        told = heading_type(name) if name else None
        if told is not None:
            return told
    if _is_past(text, year):
        return FactType.PAST
    if patterns.pending.search(text):
        return FactType.PENDING
    if _is_plan(text, year):
        return FactType.PLAN
    is_problem = _is_problem(text) or (not is_part and _is_ailing(text))
    return FactType.PROBLEM if is_problem and not is_case(fact) else FactType.WORK


def is_case(fact: Fact) -> bool:
    """True for a story of one event, whatever went wrong in it."""
    return label_kind(fact.label) is LabelKind.CASE or _CASE.match(normalise(fact.text)) is not None


def fact_kind(fact: Fact, year: int) -> PartKind:
    """The kind of part that tells a fact."""
    return type_of(fact, year).part or PartKind.WORK


def _is_past(text: str, year: int) -> bool:
    """True for a fault of an earlier year, mended since or not."""
    patterns = _patterns()
    fault = patterns.past_faults.search(text)
    if fault is None:
        return False
    time = patterns.past_times.search(text[: fault.end()])
    dated = _ANY_YEAR.search(text[: fault.end()])
    return time is not None or (dated is not None and year > 0 and int(dated[1]) < year)


def _is_plan(text: str, year: int) -> bool:
    patterns = _patterns()
    if patterns.plan_starts.search(text) or patterns.plan_inside.search(text):
        return True
    if any(_is_intent(clause, year) for clause in re.split(r"[，。；]", text)):
        return True
    if not year:
        return False
    for match in patterns.plan_year.finditer(text):
        is_later = int(match[1]) > year
        if (
            is_later
            and (match.start() < 8 or match[2])
            and not _RANGE.search(text, max(match.start() - 1, 0), match.start())
        ):
            return match.start() < 8 or not patterns.results.search(text[: match.start()])
    agreed = _AGREED.match(text)
    return agreed is not None and int(agreed[1]) > year


def _is_intent(clause: str, year: int) -> bool:
    """True for a clause that speaks of what is to come and of nothing done."""
    patterns = _patterns()
    if patterns.dones.search(clause):
        return False
    if patterns.future_times.search(clause) or patterns.intents.search(clause):
        return True
    short = re.match(r"(?:从|到|在)?(\d\d)年(?!来|内|间|期|以|前)", clause)
    return short is not None and year > 0 and year % 100 < int(short[1]) <= year % 100 + 5


def _is_problem(text: str) -> bool:
    """True where a bullet states a shortcoming and no result of its own."""
    patterns = _patterns()
    if patterns.verdict.search(text):
        return True
    if patterns.remedies.search(text):
        return False
    found = patterns.problems.finditer(text)
    stated = next((m for m in found if not _is_worked_on(text, m)), None)
    if stated is None:
        return False
    clause = re.split(r"[，；。]", text[: stated.end()])[-1]
    if patterns.nils.search(clause):
        return False
    # What was done comes first in a bullet; a shortcoming behind it is what is left of it.
    # 3名同志兼职多项工作，力量不足: the figure says who has the problem, not what was done.
    before = re.split(r"[，；。]", text[: stated.start()])[:-1]
    return not any(_is_deed(clause) for clause in before)


def _is_ailing(text: str) -> bool:
    """True where small signs of a shortcoming stand in a sentence that tells nothing done."""
    patterns = _patterns()
    first = patterns.signals.search(text)
    if first is None or patterns.remedies.search(text):
        return False
    if patterns.nils.search(text) or patterns.dones.search(text):
        return False
    return not any(_is_deed(clause) for clause in re.split(r"[，。；]", text[: first.end()]))


def _is_deed(clause: str) -> bool:
    """True for a clause that tells something done, or done with its count."""
    patterns = _patterns()
    return bool(re.search(r"\d", clause)) and bool(
        patterns.results.search(clause) or patterns.made.search(clause) or _DONE.search(clause)
    )


def _is_worked_on(text: str, problem: re.Match[str]) -> bool:
    """True where the shortcoming is what a counted piece of work was about."""
    made = _patterns().made
    behind = _TO_PAUSE.match(text, problem.end())
    tail = behind[0] if behind else ""
    if re.match(r"\d", tail) and made.match(text):  # 整改监控盲区37处
        return True
    start = max(text.rfind(mark, 0, problem.start()) for mark in "，；。、") + 1
    clause = text[start : problem.start()]
    if re.search(r"\d", tail) and _FOUND.match(clause):  # 发现软管老化等隐患1230处
        return True
    # 薄弱村2个选派第一书记, 老化线路更换3200米: the word only says which ones were worked on.
    return bool(re.search(r"\d", tail) and made.search(tail))
