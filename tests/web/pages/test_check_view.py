"""The entry of a finding on the page: fix, other places, what was excused, last year's figures."""

from decimal import Decimal

from app.core.document import Document, Span
from app.core.finding import CheckResult, Finding, Fix, Related, Severity, Suppression
from app.core.ledger import LedgerRow
from app.web.pages.check.beside import ReferenceUploads
from app.web.pages.check.view import table_html

BAD = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"
TEXT = f"第一段{BAD}\n工作布署。\n第三段"
DOCUMENT = Document(TEXT, f"{BAD}.txt")
PLACE = Span(TEXT.index("布署"), TEXT.index("布署") + 2)
FIRST = Span(3, 3 + len(BAD))


def finding(*, related: tuple[Related, ...] = ()) -> Finding:
    fix = Fix(PLACE, f"部署{BAD}")
    return Finding(
        "LA01", "typo", Severity.WARNING, PLACE, "布署", "错别字", related=related, fix=fix
    )


def table(result: CheckResult) -> str:
    html = table_html(result, DOCUMENT, prefix="c")
    assert BAD not in html
    return html


def result(**fields: object) -> CheckResult:
    values: dict[str, object] = {"findings": (), **fields}
    return CheckResult("a.txt", "乡镇", len(TEXT), **values)  # type: ignore[arg-type]


def test_fix_and_other_places_stand_in_the_entry() -> None:
    html = table(result(findings=(finding(related=(Related(FIRST, BAD),) * 4),)))
    assert f"建议改为：部署{ESCAPED}" in html
    assert html.count("第1行“") == 3
    assert "”等</div>" in html


def test_an_empty_place_elsewhere_is_not_quoted() -> None:
    html = table(result(findings=(finding(related=(Related(Span(0, 0), ""),)),)))
    assert "另见" not in html


def test_excused_findings_are_told_with_their_reason() -> None:
    suppressed = (Suppression(finding(), f"词表.txt 第2行{BAD}"),)
    html = table(result(suppressed=suppressed))
    assert "没有发现问题" in html
    assert "已豁免 1 条" in html
    assert f"词表.txt 第2行{ESCAPED}" in html


def test_last_years_figures_follow_the_findings() -> None:
    row = LedgerRow(f"来访{BAD}", "批", Decimal(36), Decimal(30), Decimal(40), is_broken=True)
    html = table(result(findings=(finding(),), ledger=(row,)))
    assert html.index("ledger") > html.index("</table>")
    assert f"来访{ESCAPED}" in html
    assert "相差6批" in html


def test_the_files_compared_with_are_named() -> None:
    shown = ReferenceUploads(previous=DOCUMENT).shown()
    assert f"去年总结：{ESCAPED}.txt" in shown
    assert "要点表：" not in shown
    assert not ReferenceUploads()
    assert "可不选" not in ReferenceUploads().shown()
