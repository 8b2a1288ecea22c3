"""Recall and precision on the labelled real reports, where they are at hand."""

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.checking.context import CheckContext
from app.checking.engine import run_rules
from app.core.document import Document
from app.core.finding import Finding, Severity
from app.report.profile import load_profile
from app.report.recognise import recognise_profile
from tests.conftest import ROOT

SHARED = Path(os.environ.get("PINGAN_SHARED", ROOT.parent / "shared"))
CORPUS = SHARED / "corpus"
PROFILES = {"000": "机关", "001": "机关", "002": "机关", "003": "市级", "004": "乡镇"}
PRECISE = ("PH01", "PH02", "ST01", "ST02", "ST03", "ST04", "ST05", "ST06", "CO01", "CO04", "LA02")

pytestmark = pytest.mark.skipif(
    not (CORPUS / "labels.jsonl").is_file(),
    reason="没有带标注的样本（PINGAN_SHARED 或旁边的 shared 文件夹）",
)


@cache
def _labels() -> tuple[dict[str, Any], ...]:
    lines = (CORPUS / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


@cache
def _findings(name: str) -> tuple[Finding, ...]:
    text = (CORPUS / name).read_text(encoding="utf-8")
    ctx = CheckContext(Document(text), load_profile(PROFILES[name[:3]]))
    return tuple(f for f in run_rules(ctx) if f.severity is not Severity.INFO)


def _names() -> list[str]:
    return sorted({label["doc"] for label in _labels()})


def _meets(label: dict[str, Any], finding: Finding) -> bool:
    if finding.rule not in label["rule"]:
        return False
    if label["start"] is None:
        told = (finding.message, *map(str, finding.evidence.values()))
        return any(label["quote"] in words for words in told)
    return bool(finding.span.start < label["end"] and label["start"] < finding.span.end)


def _of(rule: str, labels: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [label for label in labels if rule in label["rule"]]


@pytest.mark.parametrize("rule", [*PRECISE, "LA01"])
def test_every_required_label_is_found(rule: str) -> None:
    missed = [
        (label["doc"], label["start"], label["quote"])
        for label in _of(rule, _labels())
        if not label["optional"]
        and not any(_meets(label, finding) for finding in _findings(label["doc"]))
    ]

    assert missed == []


@pytest.mark.parametrize("rule", PRECISE)
def test_no_finding_is_a_false_alarm(rule: str) -> None:
    false_alarms = [
        (name, finding.span.start, finding.quote)
        for name in _names()
        for finding in _findings(name)
        if finding.rule == rule
        and not any(_meets(label, finding) for label in _labels() if label["doc"] == name)
    ]

    assert false_alarms == []


@pytest.mark.parametrize(("prefix", "profile"), sorted(PROFILES.items()))
def test_unit_type_is_recognised(prefix: str, profile: str) -> None:
    (name,) = [n for n in _names() if n.startswith(prefix)]
    document = Document((CORPUS / name).read_text(encoding="utf-8"))
    ctx = CheckContext(document, load_profile("机关"))

    recognition = recognise_profile(ctx)

    assert recognition.name == profile
    assert recognition.reason


EDITED = sorted((SHARED / "edited").glob("*.txt")) if (SHARED / "edited").is_dir() else []


@pytest.mark.parametrize("path", EDITED, ids=lambda p: p.stem)
def test_edited_texts_are_clean_of_masks_and_sequence_errors(path: Path) -> None:
    ctx = CheckContext(Document(path.read_text(encoding="utf-8")), load_profile("市级"))
    silent = ("PH01", "PH02", "ST03", "LA01", "LA02", "CO01", "CO03", "SE01", "SE02")

    found = [(f.rule, f.quote) for f in run_rules(ctx) if f.rule in silent]

    assert found == []
