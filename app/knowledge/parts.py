"""Guess which part of a report a passage belongs to, from the cue words of the profiles."""

import re
from collections.abc import Iterable
from functools import lru_cache

from app.report.profile import PROFILE_NAMES, Part, PartKind, load_profile

_PROBLEMS_START = re.compile(
    r"[^。]{0,20}?(?:存在[^。]{0,80}?(?:问题|不足|短板|差距|环节)"
    r"|(?:问题|不足|短板|差距)(?:和不足|与不足)?[：:])"
)
_PLANS_START = re.compile(r"[^。]{0,20}?(?:下一?步|今后|明年|新的一年)")
_AT_START = 5.0
_IN_LAST_HEADING = 6.0
_IN_UPPER_HEADING = 3.0
_CUE_IN_HEADING = 2.0
_CUE_IN_TEXT = 1.0
_MOST_CUES = 4
_ENOUGH = 2.0


@lru_cache(maxsize=8)
def _parts(unit_type: str) -> tuple[Part, ...]:
    names = (unit_type,) if unit_type in PROFILE_NAMES else PROFILE_NAMES
    merged: dict[str, Part] = {}
    for name in names:
        for part in load_profile(name).parts:
            known = merged.get(part.key)
            merged[part.key] = part if known is None else _merge(known, part)
    return tuple(merged.values())


def _merge(one: Part, other: Part) -> Part:
    return Part(
        key=one.key,
        title=one.title,
        kind=one.kind,
        headings=_union(one.headings, other.headings),
        cues=_union(one.cues, other.cues),
    )


def _union(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _score(part: Part, heading_path: tuple[str, ...], text: str) -> float:
    score = 0.0
    names = (*part.headings, part.title)
    for depth, heading in enumerate(reversed(heading_path)):
        weight = _IN_LAST_HEADING if depth == 0 else _IN_UPPER_HEADING
        if any(name and name in heading for name in names):
            score += weight
        elif any(cue in heading for cue in part.cues):
            score += _CUE_IN_HEADING if depth == 0 else _CUE_IN_HEADING / 2
    start = {PartKind.PROBLEMS: _PROBLEMS_START, PartKind.PLANS: _PLANS_START}.get(part.kind)
    if start is not None and start.match(text):
        score += _AT_START
    found = sum(1 for cue in (*part.cues, *part.headings) if cue in text)
    return score + _CUE_IN_TEXT * min(found, _MOST_CUES)


def turns(sentence: str) -> bool:
    """True where a sentence begins to tell of problems or of plans."""
    return bool(_PROBLEMS_START.match(sentence) or _PLANS_START.match(sentence))


def guess_part(heading_path: tuple[str, ...], text: str, *, unit_type: str = "") -> str:
    """The key of the part that headings and wording point to; empty where nothing does."""
    best, best_score = "", 0.0
    for part in _parts(unit_type):
        if part.kind is PartKind.OPENING:
            continue
        score = _score(part, heading_path, text)
        if score > best_score:
            best, best_score = part.key, score
    return best if best_score >= _ENOUGH else ""


def opening_part(unit_type: str = "") -> str:
    """The key of the part that stands before the first heading; empty where there is none."""
    for part in _parts(unit_type):
        if part.kind is PartKind.OPENING:
            return part.key
    return ""


def parts_of(unit_type: str) -> tuple[Part, ...]:
    """The parts that a report of this type has; those of all types where it is not known."""
    names = (unit_type,) if unit_type in PROFILE_NAMES else PROFILE_NAMES
    parts = {part.key: part for name in reversed(names) for part in load_profile(name).parts}
    return tuple(parts.values())


def part_title(unit_type: str, key: str) -> str:
    """The Chinese title of a part; the key itself where no profile knows it."""
    if not key:
        return "部分未识别"
    titles = {part.key: part.title for part in parts_of("")}
    titles |= {part.key: part.title for part in parts_of(unit_type)}
    return titles.get(key, key)
