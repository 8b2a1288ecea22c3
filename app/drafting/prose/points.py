"""The points that the bullets of a list make: shortcomings, and plans without their 计划."""

import re

from app.core.facts import Fact
from app.drafting.prose.wording import has_verb_first, strip_ordinal
from app.language.terms import key_terms, normalise, remaining_terms

Point = tuple[str, Fact]

_POINT = re.compile(r"[；。，](?=[一二三四五六七八九]是)|[；。]")
_SHORTEST_POINT = 5
_MOST_OF_IT = 0.6
# 下一步 stands before the list already, and so what it holds is a plan.
_INTENT = re.compile(
    r"^(?:下一?步，?(?:将)?|(?:计划|打算|拟|准备)(?=20\d\d年|[^\d，的]))|(?<=^[明来]年)(?:计划|打算|拟)(?=[^\d，的])"
)
_TIME = re.compile(r"^(?:明年|来年|20\d\d年)(?![\d上下底前一二三四春夏秋冬])")


def points_of(fact: Fact) -> list[str]:
    """The points a bullet of a list makes, without its label and numbers."""
    text = _lead_year(fact)
    points = [strip_ordinal(normalise(p)).strip("。；，") for p in _POINT.split(text)]
    points = [point for point in points if point]
    if any(len(point) < _SHORTEST_POINT for point in points):
        return [strip_ordinal(text).rstrip("。；，")]
    year = _TIME.match(points[0])
    if year and not fact.text.lstrip().startswith("下"):
        points[1:] = [p if _TIME.match(p) else year.group(0) + p for p in points[1:]]
    return points


def _lead_year(fact: Fact) -> str:
    """The bullet, with the year that its label gave (2026年计划：…): it is part of the plan."""
    text = normalise(fact.text)
    year = re.match(r"20\d\d年", fact.label)
    if year is None or text.startswith(year[0]):
        return text
    return year[0] + ("" if has_verb_first(text) else "，") + text


def _year_once(items: list[Point]) -> list[Point]:
    """The year of a bullet at its first point only."""
    out: list[Point] = []
    for text, fact in items:
        match = _TIME.match(text)
        if match and out and out[-1][1] is fact:
            out.append((text[match.end() :].lstrip("，"), fact))
        else:
            out.append((text, fact))
    return out


def plan_points(opening: str, items: list[Point]) -> tuple[str, list[Point]]:
    """The opening and the points of a list of plans, which says 下一步 and the year but once."""
    opening, items = _lift_time(opening, items)
    return opening, _year_once(items)


def _lift_time(opening: str, items: list[Point]) -> tuple[str, list[Point]]:
    """Say 明年 or the coming year once, before the list, where every item begins with it."""
    items = [(_without_intent(text, fact), fact) for text, fact in items]
    starts = {m.group(0) if (m := _TIME.match(text)) else "" for text, _ in items}
    if len(starts) == 1 and len(items) > 1 and (start := starts.pop()):
        opening = opening.replace("下一步", start, 1)
        items = [(re.sub(r"^[，将]+", "", text[len(start) :]), fact) for text, fact in items]
        items = [(_without_intent(text, fact), fact) for text, fact in items]
    return opening, items


def _without_intent(text: str, fact: Fact) -> str:
    """A plan without 计划 or 拟, which the list says already, unless little else would be left."""
    shorter = _INTENT.sub("", text)
    terms = remaining_terms(fact)
    is_enough = len(terms & key_terms(shorter)) >= _MOST_OF_IT * len(terms)
    return shorter if is_enough else re.sub(r"^下一?步，?(?:将)?", "", text)
