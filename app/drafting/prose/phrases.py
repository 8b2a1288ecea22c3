"""Short number-free phrases that past reports share, to vary the composer's leads.

A phrase must be said by several units: what only one unit says may be about that unit.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from app.core.facts import FactSheet
from app.drafting.prose.composer import Phrase
from app.evidence.ground import ground_with
from app.evidence.sheet import Evidence
from app.language.terms import key_terms
from app.report.profile import Profile

_START = re.compile(
    r"^(?:坚持|聚焦|紧盯|突出|注重|着力|立足|着眼|强化|树牢|牢固树立|紧扣|紧紧围绕|围绕|秉持|践行|统筹)"
    r"[\u4e00-\u9fff、“”]{4,16}$"
)
_FEWEST_UNITS = 2
_COMMON_SHARE = 0.8
_MOST_PER_PART = 8
_MOST_READ = 40
_DEED = re.compile(r"开展|组织|检查|排查|召开|举办|培训|演练|完成|工作$")
_PIECE = re.compile(r"[，；。：！？\n]")


@dataclass(frozen=True, slots=True, order=True)
class PhraseSource:
    """A passage of a past report."""

    id: str
    text: str
    part: str
    unit: str
    unit_type: str = ""


def past_phrases(
    sources: Iterable[PhraseSource], profile: Profile
) -> dict[str, tuple[Phrase, ...]]:
    """Phrases by part key: those of like units first, then those said by most units."""
    from app.knowledge.masking.mask import usable_sentences  # noqa: PLC0415

    units_of_term: dict[str, set[str]] = defaultdict(set)
    found: dict[str, dict[str, PhraseSource]] = defaultdict(dict)
    keys = {part.key for part in profile.parts}
    for source in sources:
        for term in key_terms(source.text):
            units_of_term[term].add(source.unit)
        if source.part in keys:
            for piece in _PIECE.split(source.text):
                if _START.match(piece) and not _DEED.search(piece):
                    found[source.part].setdefault(piece, source)
    nothing = Evidence(FactSheet("", 0, ()))
    out: dict[str, tuple[Phrase, ...]] = {}
    for part, phrases in sorted(found.items()):
        ranked = sorted(
            (source.unit_type != profile.name, -share, text, source)
            for text, source in phrases.items()
            if (share := _commonness(text, units_of_term)) >= _COMMON_SHARE
        )
        # Reading a phrase for names takes time; the best few are enough.
        out[part] = tuple(
            islice(
                (
                    Phrase(text + "，", source.id)
                    for _, _, text, source in ranked[:_MOST_READ]
                    if usable_sentences(text + "。", names=(source.unit,))
                    and not ground_with(nothing, text + "。", strict=True).complaints
                ),
                _MOST_PER_PART,
            )
        )
    return out


def _commonness(text: str, units_of_term: dict[str, set[str]]) -> float:
    """The share of the phrase's pairs of characters that several units use."""
    terms = key_terms(text)
    common = sum(len(units_of_term[term]) >= _FEWEST_UNITS for term in terms)
    return common / len(terms) if terms else 0.0
