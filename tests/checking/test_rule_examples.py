"""Every rule's examples are its tests: the exact set of spans, and enough examples of each kind."""

import pytest

from app.checking.context import CheckContext, KnownUnit
from app.checking.engine import load_rules
from app.checking.rule import Example, Rule
from app.core.document import Document
from app.formats.fact_files import parse_fact_sheet
from app.report.profile import load_profile

CASES = [
    pytest.param(rule, example, id=f"{rule.meta.code}-{index}")
    for rule in load_rules()
    for index, example in enumerate(rule.examples)
]


def context_of(example: Example) -> CheckContext:
    return CheckContext(
        Document(example.text),
        load_profile(example.profile),
        sheet=parse_fact_sheet(example.facts) if example.facts else None,
        previous=Document(example.previous) if example.previous else None,
        known_units=[KnownUnit(name, (name,)) for name in example.names],
    )


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_rule_reports_exactly_the_marked_spans(rule: Rule, example: Example) -> None:
    findings = list(rule.check(context_of(example), rule.params_type()))

    assert {f.span for f in findings} == set(example.spans)
    for finding in findings:
        assert finding.rule == rule.meta.code
        assert finding.quote == finding.span.of(example.text)
        assert "\n" not in finding.message
        if finding.fix is not None:
            assert finding.fix.span.end <= len(example.text)
            assert finding.fix.text != finding.fix.span.of(example.text)


@pytest.mark.parametrize("rule", load_rules(), ids=lambda r: r.meta.code)
def test_rule_has_enough_examples_of_each_kind(rule: Rule) -> None:
    bad = [e for e in rule.examples if e.spans]
    near = [e for e in rule.examples if e.near_miss]
    good = [e for e in rule.examples if not e.spans and not e.near_miss]

    assert len(bad) >= 2
    assert len(good) >= 2
    assert len(near) >= 1


@pytest.mark.parametrize("rule", load_rules(), ids=lambda r: r.meta.code)
def test_rule_explains_itself(rule: Rule) -> None:
    first = rule.doc.strip().splitlines()[0]

    assert first.startswith(f"{rule.meta.code} {rule.meta.name}")
    assert rule.meta.summary
    assert "Why:" in rule.doc
    assert "False alarms:" in rule.doc


def test_codes_are_unique_and_ordered() -> None:
    codes = [rule.meta.code for rule in load_rules()]

    assert codes == sorted(set(codes))
