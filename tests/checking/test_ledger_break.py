"""NU10 and the ledger table: against sentences of our own, and with seeded changes."""

import time
from decimal import Decimal
from pathlib import Path

import pytest

from app import resources
from app.checking.context import CheckContext
from app.checking.engine import check_document, load_rules, run_rule
from app.checking.ledger import compare_reports
from app.core.document import Document
from app.core.finding import Finding
from app.language.ledger.entries import QuoteKind
from app.language.view import TextView
from app.report.profile import load_profile
from tests.timing import allowed

RULE = next(rule for rule in load_rules() if rule.meta.code == "NU10")
PROFILE = load_profile("机关")
PAIRS = [
    pytest.param(path, path.with_name(path.name.replace("2024", "2023", 1)), id=path.stem)
    for path in sorted(resources.reports_dir().glob("2024_*.txt"))
]


def context(text: str, previous: str) -> CheckContext:
    return CheckContext(Document(text), PROFILE, previous=Document(previous))


def broken(text: str, previous: str) -> list[Finding]:
    return list(run_rule(RULE, context(text, previous)))


@pytest.mark.parametrize(
    ("text", "previous", "quote"),
    [
        ("2024年，受理信访86件，较2023年的98件下降12.2%。", "2023年，受理信访事项108件。", "98件"),
        ("火灾起数由去年的12起降至9起。", "全年发生火灾15起，无人员伤亡。", "12起"),
        ("去年同期刑事案件立案40起，今年立案35起。", "全年刑事案件立案46起。", "40起"),
        ("全年开展反诈宣传36场，同比增长20%。", "开展反诈宣传24场，受众3000余人。", "20%"),
        ("投入消防经费130万元，比上年增加20万元。", "落实消防资金100万元。", "20万元"),
        ("盗窃案件发案从上年的56起减少到43起。", "盗窃案件发案66起。", "56起"),
        ("共接待群众来访45批（去年60批）。", "全年接待来访群众66批120人次。", "60批"),
        ("整改火灾隐患120处，比上年多20处。", "查出火灾隐患130处，整改火灾隐患90处。", "20处"),
        ("上年度我局排查隐患210处，今年排查隐患180处。", "全年排查隐患230处。", "210处"),
        ("网格员由56名增加到60名。", "配备网格员52名。", "56名"),
        ("群众满意度为96.8%，同比提升0.6个百分点。", "群众满意度达95.8%。", "0.6个百分点"),
        ("信访总量520件次，同比下降10.3%。", "信访总量620件次。", "10.3%"),
        ("成功劝阻电信诈骗28起，上年为35起。", "劝阻电信诈骗45起。", "35起"),
        ("签订责任书36份，比去年增加4份。", "与各股室签订责任书30份。", "4份"),
    ],
)
def test_broken_figure_is_found_where_it_stands(text: str, previous: str, quote: str) -> None:
    assert [f.quote for f in broken(text, previous)] == [quote]


@pytest.mark.parametrize(
    ("text", "previous"),
    [
        ("排查矛盾纠纷35件，比上年减少7件。", "全年排查矛盾纠纷42件，化解41件。"),
        ("受理投诉1.8万件，同比增长5.9%。", "受理投诉1.7万件，办结率99%。"),
        ("化解率98.2%，比上年提高1.5个百分点。", "排查矛盾纠纷50件，化解率97%。"),
        ("全镇排查矛盾纠纷350件，比上年减少70件。", "其中城东村排查矛盾纠纷42件。"),
        ("一季度排查隐患30处，同比下降14.3%。", "全年排查隐患120处。"),
        ("全年排查隐患120处，同比下降20%。", "春节期间排查隐患35处。"),
        ("排查重大隐患5处，比上年减少3处。", "排查隐患120处，整改118处。"),
        ("村级化解矛盾纠纷139件，比上年增加5件。", "化解矛盾纠纷182件。"),
        ("受理举报1.2万件，比上年增长约9%。", "受理举报8000件。"),
        ("检查企业130家次，比前年增加50家次。", "检查企业100家次。"),
        ("平均每月排查隐患12处，比上年减少3处。", "排查隐患180处。"),
        ("全市排查隐患350处，比上年减少50处。", "全县排查隐患180处。"),
        ("2024年计划整改隐患40处，比上年减少10处。", "整改隐患120处。"),
        ("排查隐患35处，比上年减少7处。", "城东片排查隐患20处。排查隐患50处。又排查隐患61处。"),
        ("排查隐患35处，比上年减少7处。", "全年排查隐患50余处。"),
    ],
)
def test_other_things_and_honest_rounding_are_left_alone(text: str, previous: str) -> None:
    assert broken(text, previous) == []


def test_message_shows_the_arithmetic() -> None:
    (explicit,) = broken("盗窃由42件下降到35件。", "发生盗窃50件。")
    assert "去年报告写的是50件，这里所引去年数是42件，相差8件" in explicit.message
    (difference,) = broken("排查隐患35处，比上年减少7处。", "排查隐患50处。")
    assert "35＋7＝42处，相差8处" in difference.message
    (share,) = broken("排查隐患35处，比上年下降16.7%。", "排查隐患50处。")
    assert "推算约为42处，相差约8处；按去年报告应是减少30%" in share.message
    assert share.evidence["previous_quote"] == "50处"


def test_taking_another_steps_figure_for_last_years_is_found() -> None:
    assert broken("排查矛盾纠纷35件，去年同期42件。", "排查矛盾纠纷50件，化解42件。")


@pytest.mark.parametrize(("current", "previous"), PAIRS)
def test_samples_of_two_years_agree(current: Path, previous: Path) -> None:
    ctx = context(current.read_text("utf-8"), previous.read_text("utf-8"))
    assert [f.message for f in run_rule(RULE, ctx)] == []
    assert len(compare_reports(ctx, TextView(Document(previous.read_text("utf-8")))).judged) >= 5


def test_seeded_changes_of_last_years_figures_are_found() -> None:
    """Each quote of the samples with a figure of last year's report, changed by a third."""
    total = found = 0
    for param in PAIRS:
        current, previous = (Path(p).read_text("utf-8") for p in param.values[:2])  # type: ignore[arg-type]
        comparison = context(current, previous).comparison
        assert comparison is not None
        for judged in comparison.judged:
            span = judged.quote.amount.number_span
            digits = span.of(current).rstrip("万亿")
            scale = span.of(current)[len(digits) :]
            value = Decimal(digits)
            changed = str(value + max(Decimal(2), (value * Decimal("0.3")).quantize(Decimal(1))))
            mutant = current[: span.start] + changed + scale + current[span.end :]
            total += 1
            found += any(f.span.start <= span.start < f.span.end for f in broken(mutant, previous))
    assert total >= 80
    assert found / total >= 0.94


@pytest.mark.parametrize(
    "token", ["由1件增至2件", "排查隐患1处，", "去年", "（1件", "其中甲类1件、", "临溪县云渡镇"]
)
def test_hostile_text_costs_no_more_than_its_length(token: str) -> None:
    text = token * (100_000 // len(token))
    ctx = context(text, text)
    assert ctx.quantities is not None
    for code in ("NU10", "CO05"):
        rule = next(r for r in load_rules() if r.meta.code == code)
        start = time.process_time()
        list(run_rule(rule, ctx))
        assert time.process_time() - start < allowed(5), code


def test_result_holds_the_table_only_with_last_years_report() -> None:
    text, previous = "盗窃由42件下降到35件。排查隐患30处。", "发生盗窃50件。排查隐患28处。"
    assert check_document(CheckContext(Document(text), PROFILE)).ledger is None
    rows = check_document(context(text, previous)).ledger
    assert rows is not None
    assert [(r.indicator, r.previous, r.quoted_previous, r.current, r.is_broken) for r in rows] == [
        ("盗窃", Decimal(50), Decimal(42), Decimal(35), True),
        ("排查隐患", Decimal(28), None, Decimal(30), False),
    ]
    for row in rows:
        assert row.current_span is not None
        assert row.previous_span is not None
        assert str(row.current) in row.current_span.of(text)
        assert str(row.previous) in row.previous_span.of(previous)


def test_percent_quote_is_marked_as_reckoned() -> None:
    comparison = context("排查隐患35处，比上年下降16.7%。", "排查隐患42处。").comparison
    assert comparison is not None
    (row,) = comparison.rows()
    assert (row.quoted_previous, row.is_implied, row.is_broken) == (Decimal(42), True, False)
    assert comparison.judged[0].quote.kind is QuoteKind.PERCENT
