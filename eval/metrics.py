"""Metrics: pure functions of a case and what a system said about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.document import Span
from app.core.finding import Finding, Severity
from eval.cases import Label, TextCase

_CONTEXT = 18


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` is ``None`` where there was nothing to score; ``units`` is its weight."""

    value: float | None
    units: int
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What a system said about one case; ``error`` tells why it said nothing."""

    findings: tuple[Finding, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which findings count: ``rules`` are prefixes of codes, ``least`` the lowest severity.

    Rules in ``recall_only`` can find labels but raise no false alarms.
    """

    rules: tuple[str, ...]
    least: Severity = Severity.WARNING
    recall_only: tuple[str, ...] = ()

    def counts(self, finding: Finding) -> bool:
        """True where the finding is weighed at all."""
        return finding.severity.rank >= self.least.rank and (
            finding.rule.startswith(self.rules) or finding.rule in self.recall_only
        )

    def can_be_wrong(self, finding: Finding) -> bool:
        """True where the finding, matching no label, is a false alarm."""
        return self.counts(finding) and finding.rule not in self.recall_only

    def covers(self, label: Label) -> bool:
        """True where one of the label's rules is in scope."""
        return any(code.startswith(self.rules) or code in self.recall_only for code in label.rules)


@dataclass(frozen=True, slots=True)
class MatchedLabel:
    """A label and the finding that found it."""

    label: Label
    finding: Finding


@dataclass(frozen=True, slots=True)
class Matching:
    """Labels against findings."""

    hits: tuple[MatchedLabel, ...]
    missed: tuple[Label, ...]
    right: tuple[Finding, ...]
    false_alarms: tuple[Finding, ...]


def touch(one: Span, other: Span) -> bool:
    """True where two spans overlap; an empty one also at the other's edge."""
    if len(one) == 0 or len(other) == 0:
        return one.start <= other.end and other.start <= one.end
    return one.overlaps(other)


def names(finding: Finding, label: Label) -> bool:
    """True where the finding says what a label without a place says is missing.

    A quote that names no Chinese part (``missing title``) is told by the rule alone.
    """
    if not any("\u4e00" <= char <= "\u9fff" for char in label.quote):
        return True
    told = f"{finding.message}{finding.evidence.get('part', '')}"
    return label.quote in told or label.quote.replace("的", "") in told.replace("的", "")


def finds(finding: Finding, label: Label) -> bool:
    """True where ``finding`` is of one of the label's rules and at its place."""
    if finding.rule not in label.rules:
        return False
    if not label.spans:
        return names(finding, label)
    return any(touch(finding.span, span) for span in label.spans)


def _is_at(finding: Finding, label: Label) -> bool:
    """True where the finding overlaps the label, whatever its rule."""
    if not label.spans:
        return finds(finding, label)
    return any(touch(finding.span, span) for span in label.spans)


def _is_consequence(finding: Finding, touched: Sequence[Span]) -> bool:
    places = [finding.span, *(related.span for related in finding.related)]
    return any(touch(place, span) for place in places for span in touched)


def match(case: TextCase, output: Output, scope: Scope) -> Matching:
    """Which labels were found, which findings were right, which were false alarms."""
    findings = [f for f in output.findings if scope.counts(f)]
    wanted = [label for label in case.labels if scope.covers(label) and not label.is_optional]
    hits: list[MatchedLabel] = []
    missed: list[Label] = []
    for label in wanted:
        found = next((f for f in findings if finds(f, label)), None)
        if found is None:
            missed.append(label)
        else:
            hits.append(MatchedLabel(label, found))
    right: list[Finding] = []
    wrong: list[Finding] = []
    for finding in findings:
        at = [label for label in case.labels if _is_at(finding, label)]
        if any(not label.is_optional for label in at):
            right.append(finding)
        elif not at and scope.can_be_wrong(finding) and not _is_consequence(finding, case.touched):
            wrong.append(finding)
    return Matching(tuple(hits), tuple(missed), tuple(right), tuple(wrong))


def match_place(case: TextCase, output: Output, scope: Scope) -> Matching:
    """As ``match``, for a system that does not know our rules: only the place counts."""
    labels = [label for label in case.labels if label.spans and not label.is_optional]
    findings = [f for f in output.findings if f.severity.rank >= scope.least.rank]

    def at(finding: Finding) -> bool:
        return any(_is_at(finding, label) for label in labels)

    hits = [
        MatchedLabel(label, found)
        for label in labels
        if (found := next((f for f in findings if _is_at(f, label)), None))
    ]
    found_labels = [hit.label for hit in hits]
    return Matching(
        hits=tuple(hits),
        missed=tuple(label for label in labels if label not in found_labels),
        right=tuple(f for f in findings if at(f)),
        false_alarms=tuple(
            f for f in findings if not at(f) and not _is_consequence(f, case.touched)
        ),
    )


def match_sentence(case: TextCase, output: Output, scope: Scope) -> Matching:
    """As ``match``, for a sentence whose labels say which rules fire but not where.

    A rule that fires though the case does not ask for it is a false alarm wherever it points.
    """
    wanted = {code for label in case.labels for code in label.rules}
    findings = [f for f in output.findings if scope.counts(f)]
    told = {f.rule: f for f in reversed(findings)}
    labels = [label for label in case.labels if scope.covers(label)]
    return Matching(
        hits=tuple(MatchedLabel(x, told[x.rules[0]]) for x in labels if x.rules[0] in told),
        missed=tuple(x for x in labels if x.rules[0] not in told),
        right=tuple(f for f in findings if f.rule in wanted),
        false_alarms=tuple(f for f in findings if f.rule not in wanted),
    )


def recall(case: TextCase, matching: Matching) -> Score:
    """The share of the labels that were found."""
    units = len(matching.hits) + len(matching.missed)
    evidence = tuple(tell_label(case, label) for label in matching.missed)
    return Score(len(matching.hits) / units if units else None, units, evidence)


def precision(case: TextCase, matching: Matching) -> Score:
    """The share of the findings that were right."""
    units = len(matching.right) + len(matching.false_alarms)
    evidence = tuple(tell_finding(case, finding) for finding in matching.false_alarms)
    return Score(len(matching.right) / units if units else None, units, evidence)


def false_alarms(case: TextCase, matching: Matching) -> Score:
    """False alarms per 1,000 characters."""
    chars = len(case.document.text)
    evidence = tuple(tell_finding(case, finding) for finding in matching.false_alarms)
    return Score(1000 * len(evidence) / chars if chars else None, chars, evidence)


def pool(scores: Iterable[Score]) -> Score:
    """One score over many, each weighed by its units; unscored ones add nothing."""
    kept = [score for score in scores if score.value is not None]
    units = sum(score.units for score in kept)
    evidence = tuple(line for score in kept for line in score.evidence)
    if not units:
        return Score(None, 0, evidence)
    total = sum((score.value or 0.0) * score.units for score in kept)
    return Score(total / units, units, evidence)


def f_one(one: float | None, other: float | None) -> float | None:
    """The harmonic mean of precision and recall."""
    if one is None or other is None:
        return None
    return 2 * one * other / (one + other) if one + other else 0.0


def excerpt(text: str, span: Span) -> str:
    """The words under a span in ⟦⟧, with a little of their surroundings."""
    before = text[max(0, span.start - _CONTEXT) : span.start]
    after = text[span.end : span.end + _CONTEXT]
    return f"{before}⟦{span.of(text)}⟧{after}".replace("\n", "⏎")


def tell_label(case: TextCase, label: Label) -> str:
    """A missed label in one line."""
    place = excerpt(case.document.text, label.spans[0]) if label.spans else label.quote
    return f"{case.id}：{'／'.join(label.rules)}：{place}"


def tell_finding(case: TextCase, finding: Finding) -> str:
    """A false alarm in one line."""
    place = excerpt(case.document.text, finding.span)
    return f"{case.id}：{finding.rule}（{finding.severity.label}）：{place}：{finding.message}"
