"""The table that sets this year's figures against last year's report, for every output."""

from decimal import Decimal

from app.core.document import Span
from app.core.ledger import LedgerRow
from app.evidence.arithmetic import plain

HEADERS = ("指标", "去年报告", "今年所引去年数", "今年", "对照")
_WAN, _YI = Decimal(10**4), Decimal(10**8)
_NONE = "—"


def shown_amount(value: Decimal | None, unit: str) -> str:
    """A figure with its unit, in 万 or 亿 where it is round in them."""
    if value is None:
        return _NONE
    is_money = unit == "元"
    for size, name in ((_YI, "亿"), (_WAN, "万")):
        step = size / 10_000 if is_money else size / 10
        if abs(value) >= size and value % step == 0:
            return f"{plain(value / size)}{name}{unit}"
    return f"{plain(value)}{unit}"


def verdict(row: LedgerRow) -> str:
    """What the two figures of last year say of each other."""
    if row.previous is None:
        return "去年报告未找到"
    if row.quoted_previous is None:
        return "本年未引去年数"
    if not row.is_broken:
        return "一致"
    gap = shown_amount(abs(row.previous - row.quoted_previous), row.unit)
    return f"相差约{gap}" if row.is_implied else f"相差{gap}"


def ledger_cells(row: LedgerRow) -> tuple[str, ...]:
    """The row's five cells as text."""
    quoted = shown_amount(row.quoted_previous, row.unit)
    if row.is_implied and row.quoted_previous is not None:
        quoted = f"约{quoted}（按百分比推算）"
    return (
        row.indicator,
        shown_amount(row.previous, row.unit),
        quoted,
        shown_amount(row.current, row.unit),
        verdict(row),
    )


def ledger_object(row: LedgerRow) -> dict[str, object]:
    """The row for JSON; spans of ``previous`` count code points of last year's report."""
    spans = {
        "current": row.current_span,
        "quoted_previous": row.quoted_span,
        "previous": row.previous_span,
    }
    return {
        "indicator": row.indicator,
        "unit": row.unit,
        "previous": row.previous,
        "quoted_previous": row.quoted_previous,
        "current": row.current,
        "implied": row.is_implied,
        "broken": row.is_broken,
        "spans": {key: _span_object(span) for key, span in spans.items() if span is not None},
    }


def _span_object(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
