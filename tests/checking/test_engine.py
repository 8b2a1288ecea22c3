"""The engine: severities, crashes, fingerprints, suppression, quotes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checking.baseline import load_baseline
from app.checking.context import CheckContext
from app.checking.engine import CRASH_CODE, check_document, load_rules, run_rules
from app.core.document import Document
from app.core.errors import ConfigError
from app.core.finding import Finding, Severity
from app.report.profile import load_profile, parse_profile

BAD = "全年接待来访135人次（其中个访58人次，集体访67人次）。"


def context(text: str, rules: str = "") -> CheckContext:
    profile = load_profile("机关")
    if rules:
        extra = parse_profile(f"name: a\ntitle: b\nrules:\n{rules}", "x.yaml")
        profile = replace(profile, rules=extra.rules)
    return CheckContext(Document(text), profile)


def sums(ctx: CheckContext) -> list[Finding]:
    return [f for f in run_rules(ctx) if f.rule == "NU01"]


def test_rule_codes_are_unique_and_sorted() -> None:
    codes = [rule.meta.code for rule in load_rules()]
    assert codes == sorted(set(codes))
    assert {"PH01", "PH02", "NU01", "NU02", "NU03", "NU06", "ST01", "ST03", "CO04"} <= set(codes)


def test_profile_can_switch_a_rule_off_or_change_its_severity() -> None:
    assert [f.severity for f in sums(context(BAD))] == [Severity.ERROR]
    assert not sums(context(BAD, "  NU01: off\n"))
    lowered = sums(context(BAD, "  NU01:\n    severity: info\n"))
    assert [f.severity for f in lowered] == [Severity.INFO]


def test_crashing_rule_becomes_a_finding_and_the_others_go_on() -> None:
    def crash(ctx: CheckContext, params: object) -> Iterator[Finding]:
        if ctx.text:
            raise RuntimeError("正文里的秘密")
        yield from ()

    rules = load_rules()
    broken = replace(rules[0], check=crash)
    found = run_rules(context(BAD), [broken, *rules[1:]])
    (crashed,) = [f for f in found if f.rule == CRASH_CODE]
    assert rules[0].meta.code in crashed.message
    assert "秘密" not in crashed.message
    assert any(f.rule == "NU01" for f in found)


def test_fingerprint_is_stable_under_edits_elsewhere() -> None:
    before = sums(context(f"第一段。\n{BAD}\n最后一段。"))
    after = sums(context(f"改过的第一段，更长了。\n又加一段。\n{BAD}\n最后一段也改了。"))
    assert [f.fingerprint for f in before] == [f.fingerprint for f in after]


def test_repeated_finding_has_its_own_fingerprint() -> None:
    found = sums(context(f"{BAD}\n{BAD}"))
    assert len({f.fingerprint for f in found}) == len(found) == 2


def test_baseline_takes_findings_out_and_keeps_the_reason(tmp_path: Path) -> None:
    (finding,) = sums(context(BAD))
    path = tmp_path / "豁免.yaml"
    path.write_text(
        f"{finding.fingerprint}: 上级口径如此\ndeadbeefdeadbeef: 旧的\n", encoding="utf-8"
    )
    baseline = load_baseline(path)
    result = check_document(context(BAD), baseline=baseline)
    assert not [f for f in result.findings if f.rule == "NU01"]
    assert [(s.finding.rule, s.reason) for s in result.suppressed] == [("NU01", "上级口径如此")]
    assert baseline.unused([finding.fingerprint]) == ("deadbeefdeadbeef",)


@pytest.mark.parametrize(
    ("line", "message"), [("abc:", "理由"), ("abc: 1", "理由"), ("a", "键: 值")]
)
def test_baseline_entry_without_reason_is_refused(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "豁免.yaml"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_baseline(path)


_PIECES = st.sampled_from(
    [
        "全年",
        "排查",
        "矛盾纠纷",
        "42件",
        "，",
        "。",
        "其中",
        "化解",
        "45件",
        "（",
        "）",
        "\n",
        "一、",
        "（一）",
        "一是",
        "三项措施：",
        "97.2%",
        "比上年",
        "下降",
        "由",
        "到",
        "XX",
        "**",
        "2024年",
        "未发生",
        "火灾",
        "2起",
        "分别为",
        "、",
        "合计",
        "剩余",
        "《",
        "》",
        "“",
        "”",
        "1.",
        "其他",
        "%",
        "12345",
        "12月32日",
        "　",
        "\t",
        "a",
        "近",
        "余",
    ]
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(_PIECES, max_size=80))
def test_every_quote_equals_its_span_and_no_rule_crashes(pieces: list[str]) -> None:
    ctx = context("".join(pieces))
    for finding in run_rules(ctx):
        assert finding.rule != CRASH_CODE, finding.evidence
        assert finding.quote == finding.span.of(ctx.text)
        assert finding.span.end <= len(ctx.text)
        assert all(r.quote == r.span.of(ctx.text) for r in finding.related)
