"""Findings as JSON for other programs; the schema is a stable interface."""

import json
from collections import Counter
from collections.abc import Sequence

from app.core.cohort import Cohort
from app.core.finding import CheckResult, Finding
from app.formats.results.controls import escape_json, json_value
from app.formats.results.labels import SEVERITIES, shown_path
from app.formats.results.ledger_table import ledger_object

SCHEMA_VERSION = 1


def finding_object(finding: Finding) -> dict[str, object]:
    """One finding by the schema; ``fix`` is there only where one is offered."""
    item: dict[str, object] = {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.value,
        "start": finding.span.start,
        "end": finding.span.end,
        "quote": finding.quote,
        "message": finding.message,
        "evidence": json_value(finding.evidence),
        "related": [
            {"start": r.span.start, "end": r.span.end, "quote": r.quote} for r in finding.related
        ],
        "fingerprint": finding.fingerprint,
    }
    if finding.fix is not None:
        fix = finding.fix
        item["fix"] = {"start": fix.span.start, "end": fix.span.end, "text": fix.text}
    return item


def document_object(result: CheckResult) -> dict[str, object]:
    """One document by the schema."""
    item: dict[str, object] = {
        "path": shown_path(result.path),
        "profile": result.profile,
        "chars": result.chars,
        "findings": [finding_object(f) for f in result.findings],
        "suppressed": [
            {**finding_object(s.finding), "reason": s.reason} for s in result.suppressed
        ],
        "parts": {key: status.value for key, status in result.parts.items()},
    }
    if result.profile_reason:
        item["profile_reason"] = result.profile_reason
    if result.ledger is not None:
        item["ledger"] = [json_value(ledger_object(row)) for row in result.ledger]
    return item


def _summary(
    results: Sequence[CheckResult], unused_baseline: Sequence[str] | None
) -> dict[str, object]:
    rules = Counter(f.rule for r in results for f in r.findings)
    summary: dict[str, object] = {
        "documents": len(results),
        "findings": sum(len(r.findings) for r in results),
        "suppressed": sum(len(r.suppressed) for r in results),
        "by_severity": {s.value: sum(r.count(s) for r in results) for s in SEVERITIES},
        "by_rule": dict(sorted(rules.items())),
    }
    if unused_baseline is not None:
        summary["unused_baseline"] = list(unused_baseline)
    return summary


def check_object(
    results: Sequence[CheckResult],
    *,
    unused_baseline: Sequence[str] | None = None,
    cohort: Cohort | None = None,
) -> dict[str, object]:
    """The whole answer as plain data; ``unused_baseline`` where a baseline was given.

    ``cohort`` tells what the drafts have in common, where there are several.
    """
    answer: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "documents": [document_object(r) for r in results],
        "summary": _summary(results, unused_baseline),
    }
    if cohort is not None:
        from app.formats.results.cohort.json import cohort_object  # noqa: PLC0415  # only for several

        answer["cohort"] = cohort_object(cohort)
    return answer


def render_json(
    results: Sequence[CheckResult],
    *,
    unused_baseline: Sequence[str] | None = None,
    cohort: Cohort | None = None,
) -> str:
    """The whole answer as JSON text, Chinese unescaped."""
    answer = check_object(results, unused_baseline=unused_baseline, cohort=cohort)
    return escape_json(json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"
