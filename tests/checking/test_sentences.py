"""Every sentence of the data set: its rules and no other number rule, near misses silent."""

import json
from functools import cache
from typing import Any

import pytest

from app.checking.context import CheckContext
from app.checking.engine import load_rules, run_rules
from app.core.document import Document
from app.report.profile import load_profile
from tests.conftest import ROOT

DATASET = ROOT / "eval" / "datasets" / "check" / "sentences.jsonl"


@cache
def _cases() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in DATASET.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("case", _cases(), ids=lambda case: str(case["text"])[:24])
def test_sentence_has_exactly_its_findings(case: dict[str, Any]) -> None:
    number_rules = [rule for rule in load_rules() if rule.meta.code.startswith("NU")]
    ctx = CheckContext(Document(case["text"]), load_profile("机关"))
    found = run_rules(ctx, number_rules)
    assert {f.rule for f in found} == set(case["rules"]), [(f.rule, f.message) for f in found]
    for finding in found:
        assert finding.quote == finding.span.of(case["text"])


def test_half_of_the_sentences_are_near_misses() -> None:
    bad = sum(bool(case["rules"]) for case in _cases())
    assert bad >= 40
    assert len(_cases()) - bad >= 40
