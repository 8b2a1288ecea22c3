"""PH04 hidden-character — 看不见的或者冒充别字的字符。

Why: a zero-width character inside a figure, or a Cyrillic Х for an X, looks right on paper, yet
searching, comparing and counting go wrong; some are put in to get past a check.
Misses: look-alikes of other kinds (l for 1, O for 0).
False alarms: a foreign name that has all its letters in common with Latin ones.

All of a document are told in one finding. The other rules read the text without them. Full-width
and circled digits, words in other scripts and the joiners of emoji are ordinary.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.disguise import Disguise, find_disguises

META = RuleMeta(
    code="PH04",
    name="hidden-character",
    severity=Severity.WARNING,
    summary="看不见的或者冒充别字的字符",
    reads="raw",
)
_MOST_RELATED = 20
_MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.PH04``; it has no parameters."""


def check(ctx: CheckContext, _params: Params) -> Iterator[Finding]:
    """Yield one finding that names every sort with its count."""
    found = find_disguises(ctx.text)
    if not found:
        return
    places = _places(ctx.text, found)
    counts = Counter(item.sort.value for item in found)
    told = "、".join(f"{name}{count}处" for name, count in counts.most_common())
    yield ctx.finding(
        META,
        places[0],
        f"文中有看不见的或者冒充别字的字符（{told}），会使查找、比对和统计出错，请删去后重新输入。",
        related=places[1 : _MOST_RELATED + 1],
        evidence={"counts": dict(counts)},
    )


def _places(text: str, found: Sequence[Disguise]) -> list[Span]:
    """Each with a visible character on either side; those that touch are one place."""
    places: list[Span] = []
    for item in found:
        start, end = item.span.start, item.span.end
        start -= start > 0 and not text[start - 1].isspace()
        end += end < len(text) and not text[end].isspace()
        if places and start < places[-1].end:
            places[-1] = Span(places[-1].start, min(end, places[-1].start + _MOST_SHOWN))
        else:
            places.append(Span(start, end))
        if len(places) > _MOST_RELATED + 1:
            break
    return places


EXAMPLES = (
    bad("全年排查矛盾纠纷⟦4\u200b2⟧件，化解40件。"),
    bad("完⟦善Х机⟧制，培训𝟒𝟐人次。"),
    bad("召⟦开\u00ad会⟧议6次，检\u2060查12次。"),
    bad("落实⟦领\u202e导⟧责任制。"),
    good("开展消防检查36次，整改隐患１２处，①加强巡查。"),
    good("推广“①早发现、②早处置”做法，改建调解室36㎡。"),
    near("与Москва同类城市相比，α射线检测达标☑️。"),
)
