"""Reports with hard line breaks and blanks round figures: the same findings, in their own text."""

from pathlib import Path

import pytest

from app import resources
from app.checking.context import CheckContext
from app.checking.engine import check_document, run_rules
from app.core.document import Document
from app.core.finding import Finding, Severity
from app.report.profile import load_profile

PROFILE = load_profile("乡镇")
SAMPLES = sorted(resources.reports_dir().glob("*.txt"))


def found(text: str, rule: str, *, previous: str = "") -> list[Finding]:
    last = Document(previous) if previous else None
    ctx = CheckContext(Document(text), PROFILE, previous=last)
    findings = run_rules(ctx)
    for finding in findings:
        assert finding.quote == finding.span.of(text)
        assert all(r.quote == r.span.of(text) for r in finding.related)
    return [f for f in findings if f.rule == rule]


@pytest.mark.parametrize(
    "text",
    [
        "全年排查矛盾纠纷 42 件，成功化解 45 件。",
        "全年排查矛盾纠纷 4 2 件，成功化解 4 5 件。",
        "全年，共排查矛盾纠纷4\n2件，成功化解4\n5件。",
        "全年，共排查矛盾纠纷42\n件，成功化解45\n件。",
        "全年排查矛盾纠纷　42　件，成功化解　45　件。",
    ],
)
def test_part_beyond_its_whole_is_found_however_the_figures_are_set(text: str) -> None:
    (finding,) = found(text, "NU02")
    assert "45件大于42件" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "全年排查矛盾纠纷 45 件，成功化解 42 件，化解率 93.3 %。",
        "全年，共排查矛盾纠纷14\n2件，成功化解4\n5件。",
        "1 组织领导\n2 矛盾化解\n3 下步打算",
    ],
)
def test_right_figures_stay_silent_however_they_are_set(text: str) -> None:
    assert not [f for f in run_rules(CheckContext(Document(text), PROFILE)) if f.rule[:2] == "NU"]


def test_fix_replaces_the_text_as_it_was_read() -> None:
    text = "截 至 目前，全年开展宣传 12 场，扎实安排布署 3 项工作。"
    (finding,) = found(text, "LA01")
    assert finding.fix is not None
    fixed = text[: finding.fix.span.start] + finding.fix.text + text[finding.fix.span.end :]
    assert fixed == text.replace("布署", "部署")


def test_ledger_rows_point_into_both_texts_as_they_were_read() -> None:
    last = "云渡镇2023年平安建设工作总结\n全镇受理群众来访 36 批，办结 35 批。\n"
    text = "云渡镇2024年平安建设工作总结\n全镇受理群众来访 40 批，比去年的 30 批多。\n"
    ctx = CheckContext(Document(text), PROFILE, previous=Document(last))
    rows = check_document(ctx).ledger
    assert rows
    for row in rows:
        if row.current_span and row.current is not None:
            assert f"{row.current:f}" in row.current_span.of(text)
        if row.previous_span and row.previous is not None:
            assert f"{row.previous:f}" in row.previous_span.of(last)


@pytest.mark.parametrize("path", SAMPLES[::4], ids=lambda p: p.stem)
@pytest.mark.parametrize("width", [30, 38])
def test_printed_and_spaced_samples_are_silent_but_for_their_broken_lines(
    path: Path, width: int
) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    text = "\n".join(
        "\n".join(line[i : i + width] for i in range(0, len(line), width) or (0,))
        for line in (f"　　{x}" if x.endswith("。") else x for x in lines)
    )
    ctx = CheckContext(Document(text), PROFILE)
    noisy = [f for f in run_rules(ctx) if f.severity is not Severity.INFO]
    assert {f.rule for f in noisy} <= {"ST06"}, [f.message for f in noisy if f.rule != "ST06"]
