"""Results as plain data and back, and what is left of them once reviewers have spoken."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.document import Span
from app.core.finding import (
    CheckResult,
    Finding,
    Fix,
    PartStatus,
    Related,
    Severity,
    Suppression,
)
from app.core.verdict import Judgement
from app.formats.results.check.json import document_object


def result_object(result: CheckResult) -> dict[str, object]:
    """The result as the JSON answer has it, without the table of last year's figures."""
    return document_object(replace(result, ledger=None))


def result_from_object(value: Mapping[str, Any]) -> CheckResult:
    """The result that :func:`result_object` wrote down."""
    return CheckResult(
        path=value["path"],
        profile=value["profile"],
        chars=value["chars"],
        findings=tuple(_finding(f) for f in value["findings"]),
        suppressed=tuple(Suppression(_finding(s), s["reason"]) for s in value["suppressed"]),
        parts={k: PartStatus(v) for k, v in value["parts"].items()},
        profile_reason=value.get("profile_reason", ""),
    )


def _finding(value: Mapping[str, Any]) -> Finding:
    fix = value.get("fix")
    return Finding(
        rule=value["rule"],
        name=value["name"],
        severity=Severity(value["severity"]),
        span=Span(value["start"], value["end"]),
        quote=value["quote"],
        message=value["message"],
        evidence=value["evidence"],
        related=tuple(Related(Span(r["start"], r["end"]), r["quote"]) for r in value["related"]),
        fix=None if fix is None else Fix(Span(fix["start"], fix["end"]), fix["text"]),
        fingerprint=value["fingerprint"],
    )


def settled(result: CheckResult, judgements: Mapping[str, Judgement]) -> CheckResult:
    """The result with false alarms and waived findings among the suppressed, with the reason."""
    kept: list[Finding] = []
    suppressed = list(result.suppressed)
    for finding in result.findings:
        judgement = judgements.get(finding.fingerprint)
        if judgement is None or not judgement.verdict.is_settled:
            kept.append(finding)
            continue
        reason = judgement.verdict.label
        if judgement.reason:
            reason += f"：{judgement.reason}"
        suppressed.append(Suppression(finding, reason))
    return replace(result, findings=tuple(kept), suppressed=tuple(suppressed))
