"""Short number-free phrases that past reports share, to vary the composer's leads.

A phrase must be said by several units: what only one unit says may be about that unit.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.checking.profile import Profile
from app.core.facts import FactSheet
from app.drafting.composer import Phrase
from app.text.evidence import Evidence
from app.text.grounding import ground_with
from app.text.terms import key_terms

_START = re.compile(r"^(?:坚持|聚焦|紧盯|突出|注重|着力|立足|着眼|强化)[\u4e00-\u9fff、]{4,14}$")
_FEWEST_UNITS = 2
_MOST_PER_PART = 8


@dataclass(frozen=True, slots=True)
class Source:
    """A passage of a past report."""

    id: str
    text: str
    part: str
    unit: str


def past_phrases(sources: Iterable[Source], profile: Profile) -> dict[str, tuple[Phrase, ...]]:
    """Phrases by part key, those said by most units first."""
    from app.knowledge.firewall import usable_sentences  # noqa: PLC0415

    units_of_term: dict[str, set[str]] = defaultdict(set)
    found: dict[str, dict[str, Source]] = defaultdict(dict)
    keys = {part.key for part in profile.parts}
    for source in sources:
        for term in key_terms(source.text):
            units_of_term[term].add(source.unit)
        if source.part not in keys:
            continue
        for sentence in usable_sentences(source.text, names=(source.unit,)):
            for piece in re.split(r"[，；。：]", sentence):
                if _START.match(piece):
                    found[source.part].setdefault(piece, source)
    nothing = Evidence(FactSheet("", 0, ()))
    out: dict[str, tuple[Phrase, ...]] = {}
    for part, phrases in sorted(found.items()):
        shared = [
            (-_commonness(text, units_of_term), text, source)
            for text, source in phrases.items()
            if _commonness(text, units_of_term) >= _FEWEST_UNITS
            and not ground_with(nothing, text + "。", strict=True).complaints
        ]
        shared.sort(key=lambda item: (item[0], item[1]))
        out[part] = tuple(Phrase(text + "，", s.id) for _, text, s in shared[:_MOST_PER_PART])
    return out


def _commonness(text: str, units_of_term: dict[str, set[str]]) -> int:
    """How many units use even the rarest pair of characters of the phrase."""
    return min((len(units_of_term[term]) for term in key_terms(text)), default=0)
