"""Findings as SARIF 2.1.0, for code review systems and dashboards.

Columns and offsets count Unicode code points of the text that ``pingan check --emit-text`` prints.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath, PurePosixPath
from urllib.parse import quote

from app import __version__
from app.checking.engine import CRASH_CODE, load_rules
from app.core.document import Document, Span
from app.core.finding import CheckResult, Finding, Severity
from app.formats.results.controls import escape_json, json_value
from app.formats.results.labels import LineIndex, fix_label, shown_path

VERSION = "2.1.0"
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "pinganFingerprint/v1"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PASTED = "pasted.txt"

_Object = dict[str, object]


def artifact_uri(path: str) -> str:
    """A file name as a URI reference."""
    shown = shown_path(path)
    if not shown:
        return _PASTED
    pure = PurePath(shown)
    if pure.is_absolute():
        return pure.as_uri()
    posix = str(PurePosixPath(*pure.parts)) if pure.parts else shown
    # a colon in the first segment would read as a scheme
    return quote(posix, safe="/")


def _rule_objects() -> list[_Object]:
    rules: list[_Object] = []
    for rule in load_rules():
        paragraphs = rule.doc.strip().split("\n\n", 1)
        full = " ".join(paragraphs[-1].split()) or rule.meta.summary
        rules.append(
            {
                "id": rule.meta.code,
                "name": rule.meta.name,
                "shortDescription": {"text": rule.meta.summary},
                "fullDescription": {"text": full},
                "defaultConfiguration": {"level": _LEVELS[rule.meta.severity]},
                "properties": {"needs": rule.meta.needs},
            }
        )
    rules.append(
        {
            "id": CRASH_CODE,
            "name": "rule-crash",
            "shortDescription": {"text": "规则运行出错"},
            "fullDescription": {"text": "一条规则运行出错，其余规则照常完成。"},
            "defaultConfiguration": {"level": "error"},
            "properties": {"needs": ""},
        }
    )
    return rules


class _File:
    """One checked document as SARIF sees it."""

    def __init__(self, result: CheckResult, document: Document, number: int) -> None:
        self._text = document.text
        self._lines = LineIndex(document.text)
        self.location: _Object = {"uri": artifact_uri(result.path), "index": number}

    def region(self, span: Span) -> _Object:
        """The region under ``span``; the end column is behind the last character."""
        start, end = self._lines.place(span.start), self._lines.place(span.end)
        return {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
            "charOffset": span.start,
            "charLength": len(span),
        }

    def place(self, span: Span) -> _Object:
        """A physical location with the text under ``span``."""
        region = self.region(span)
        if len(span):
            region["snippet"] = {"text": span.of(self._text)}
        return {"physicalLocation": {"artifactLocation": self.location, "region": region}}

    def result(
        self, finding: Finding, rules: Mapping[str, int], *, reason: str | None = None
    ) -> _Object:
        """One result; ``reason`` tells why it is suppressed."""
        item: _Object = {
            "ruleId": finding.rule,
            "ruleIndex": rules[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message},
            "locations": [self.place(finding.span)],
            "partialFingerprints": {FINGERPRINT: finding.fingerprint},
            "suppressions": (
                [] if reason is None else [{"kind": "external", "justification": reason}]
            ),
            "properties": {"evidence": json_value(finding.evidence)},
        }
        if finding.related:
            item["relatedLocations"] = [
                {"id": number, **self.place(related.span)}
                for number, related in enumerate(finding.related, 1)
            ]
        if finding.fix is not None:
            replacement = {
                "deletedRegion": self.region(finding.fix.span),
                "insertedContent": {"text": finding.fix.text},
            }
            item["fixes"] = [
                {
                    "description": {"text": fix_label(finding.fix)},
                    "artifactChanges": [
                        {"artifactLocation": self.location, "replacements": [replacement]}
                    ],
                }
            ]
        return item


def sarif_object(results: Sequence[CheckResult], documents: Sequence[Document]) -> _Object:
    """The whole log as plain data; ``documents`` are in the order of ``results``."""
    rules = _rule_objects()
    index = {str(rule["id"]): number for number, rule in enumerate(rules)}
    artifacts: list[_Object] = []
    found: list[_Object] = []
    for number, (result, document) in enumerate(zip(results, documents, strict=True)):
        file = _File(result, document, number)
        artifacts.append(
            {"location": {"uri": file.location["uri"]}, "properties": {"profile": result.profile}}
        )
        found.extend(file.result(f, index) for f in result.findings)
        found.extend(file.result(s.finding, index, reason=s.reason) for s in result.suppressed)
    is_whole = not any(item["ruleId"] == CRASH_CODE for item in found)
    driver = {"name": "pingan", "version": __version__, "language": "zh-CN", "rules": rules}
    run: _Object = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "language": "zh-CN",
        "invocations": [{"executionSuccessful": is_whole}],
        "artifacts": artifacts,
        "results": found,
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def render_sarif(results: Sequence[CheckResult], documents: Sequence[Document]) -> str:
    """The whole log as JSON text, Chinese unescaped."""
    log = sarif_object(results, documents)
    return escape_json(json.dumps(log, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"
