"""Facts that contradict each other or themselves, found before anything is written.

The checker's number rules run over the bullets as they would over a report.
"""

from bisect import bisect_right
from dataclasses import dataclass

from app.checking.context import CheckContext
from app.checking.engine import load_rules, run_rules
from app.core.document import Document, Span
from app.core.facts import Fact, FactSheet
from app.core.finding import Finding, Severity
from app.report.profile import Profile

RULES = frozenset({"NU01", "NU02", "NU03", "NU04", "NU05", "NU07", "NU08"})
_ENDS = "。！？；：…"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What does not agree, in plain Chinese, and the facts it stands in, in the sheet's order."""

    rule: str
    severity: Severity
    message: str
    facts: tuple[str, ...]
    quote: str = ""


def find_contradictions(sheet: FactSheet, profile: Profile) -> tuple[Contradiction, ...]:
    """Every contradiction among the facts of a sheet, errors first."""
    text, spans = _document(sheet)
    rules = [rule for rule in load_rules() if rule.meta.code in RULES]
    found = run_rules(CheckContext(Document(text), profile), rules)
    out: dict[tuple[str, tuple[str, ...], str], Contradiction] = {}
    for finding in found:
        if finding.rule in RULES and (facts := _facts_of(finding, spans)):
            key = (finding.rule, facts, finding.message)
            out.setdefault(
                key,
                Contradiction(
                    finding.rule, finding.severity, finding.message, facts, finding.quote
                ),
            )
    return tuple(sorted(out.values(), key=lambda c: -c.severity.rank))


def describe(contradiction: Contradiction, sheet: FactSheet) -> str:
    """The contradiction with the lines of the sheet it stands in."""
    lines = {fact.id: fact.line for fact in sheet.facts}
    places = [
        f"{fact_id}（第{lines[fact_id]}行）" if lines.get(fact_id) else fact_id
        for fact_id in contradiction.facts
    ]
    return f"{'、'.join(places)}：{contradiction.message}"


def _document(sheet: FactSheet) -> tuple[str, list[tuple[Span, Fact]]]:
    """The bullets as paragraphs of a report, and where each stands."""
    text = f"{sheet.year}年平安建设工作情况\n"
    spans: list[tuple[Span, Fact]] = []
    for fact in sheet.facts:
        line = " ".join(fact.shown.split())
        start = len(text)
        text += line + ("" if line[-1:] in _ENDS else "。") + "\n"
        spans.append((Span(start, len(text)), fact))
    return text, spans


def _facts_of(finding: Finding, spans: list[tuple[Span, Fact]]) -> tuple[str, ...]:
    starts = {finding.span.start, *(related.span.start for related in finding.related)}
    found = {bisect_right(spans, at, key=lambda held: held[0].start) - 1 for at in starts}
    return tuple(spans[number][1].id for number in sorted(found - {-1}))
