"""A checked document made by hand, with overlaps, a missing part and hostile text."""

from decimal import Decimal
from types import MappingProxyType

from app.core.document import Document, Span
from app.core.finding import (
    CheckResult,
    Finding,
    Fix,
    PartStatus,
    Related,
    Severity,
    Suppression,
)

TEXT = (
    "云渡镇2024年平安建设工作总结\n"
    "一、矛盾化解\n"
    "全年排查矛盾纠纷42件，化解45件，<script>alert(1)</script>其中村级XX件。\n"
    "\n"
    "云渡镇平安办\n"
    "2024年12月10日\n"
)


def span_of(quote: str) -> Span:
    start = TEXT.index(quote)
    return Span(start, start + len(quote))


def finding(quote: str, rule: str, severity: Severity, message: str, **extra: object) -> Finding:
    span = span_of(quote)
    return Finding(rule, "some-rule", severity, span, quote, message, **extra)  # type: ignore[arg-type]


WHOLE = finding(
    "排查矛盾纠纷42件，化解45件",
    "NU02",
    Severity.ERROR,
    "化解45件多于排查42件，<b>多3件</b>",
    evidence=MappingProxyType(
        {"rate": Decimal("107.1"), "whole": Decimal(42), "share": Decimal("1") / Decimal("3")}
    ),
    related=(Related(span_of("42件"), "42件"),),
    fingerprint="aaaa",
)
INNER = finding("化解45件，<script>", "LA02", Severity.INFO, "看看这里", fingerprint="bbbb")
MASK = finding(
    "XX件",
    "PH01",
    Severity.ERROR,
    "有没填的数",
    fix=Fix(span_of("XX"), "三"),
    fingerprint="cccc",
)
_PLACE = TEXT.index("云渡镇平安办")
MISSING = Finding(
    "ST01", "missing-section", Severity.WARNING, Span(_PLACE, _PLACE), "", "缺“存在的问题”"
)
RESULT = CheckResult(
    path="云渡<img src=x onerror=alert(1)>.txt",
    profile="乡镇",
    chars=len(TEXT),
    findings=(WHOLE, INNER, MASK, MISSING),
    suppressed=(Suppression(INNER, "已向县里说明"),),
    parts=MappingProxyType({"work": PartStatus.PRESENT, "problems": PartStatus.MISSING}),
    profile_reason="标题里有“镇”",
)
DOCUMENT = Document(TEXT, RESULT.path)
CLEAN = CheckResult(path="好.txt", profile="机关", chars=3, findings=())
CLEAN_DOCUMENT = Document("很好。", "好.txt")
