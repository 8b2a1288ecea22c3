"""NU10 ledger-break — 所引去年数与去年报告不符。

Why: “由42件下降到35件” beside last year's report, which said 50件, makes a trend out of nothing.
Misses: indicators that the two reports name in wholly different words.
False alarms: figures of another area, level or period; those are never matched.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.ledger import JudgedQuote
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.core.quantity import plain_number
from app.evidence.arithmetic import printed
from app.language.ledger.entries import QuoteKind

META = RuleMeta(
    code="NU10",
    name="ledger-break",
    severity=Severity.ERROR,
    summary="所引去年数与去年报告不符",
    needs="previous",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU10``; it has no parameters."""


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per figure of last year that last year's own report contradicts."""
    del params
    if ctx.comparison is None or ctx.previous is None:
        return
    for judged in ctx.comparison.broken:
        previous = judged.previous
        is_told_here = judged.entry.span != judged.quote.amount.span
        yield ctx.finding(
            META,
            judged.quote.amount.span,
            _message(ctx, judged),
            related=[judged.entry.span] if is_told_here and judged.quote.entries else (),
            evidence={
                "indicator": judged.entry.label,
                "previous": str(previous.value.value),
                "quoted": str(judged.quoted),
                "previous_quote": previous.span.of(ctx.previous.text),
                "previous_start": previous.span.start,
            },
        )


def _message(ctx: CheckContext, judged: JudgedQuote) -> str:
    value, unit = judged.previous.value, judged.previous.unit
    last = f"{printed(value.value, value)}{unit}"
    quoted = f"{printed(judged.quoted, value)}{unit}"
    gap = f"{printed(abs(judged.quoted - value.value), value)}{unit}"
    head = f"“{judged.entry.label}”去年报告写的是{last}，"
    amount = judged.quote.amount
    if judged.quote.kind is QuoteKind.EXPLICIT:
        return f"{head}这里所引去年数是{quoted}，相差{gap}，请核对。"
    direction = "增加" if judged.quote.direction > 0 else "减少"
    now = judged.entry.value
    if judged.quote.kind is QuoteKind.DIFFERENCE:
        size = f"{printed(amount.value, now)}{amount.unit}"
        sign = "－" if judged.quote.direction > 0 else "＋"
        sum_ = f"{printed(now.value, now)}{sign}{printed(amount.value, now)}＝"
        return (
            f"{head}这里写比上年{direction}{size}，"
            f"去年数应是{sum_}{printed(judged.quoted, now)}{unit}，相差{gap}，请核对。"
        )
    real = _real_change(judged)
    words = f"{now.span.of(ctx.text)}、{direction}{plain_number(amount.value)}%"
    return f"{head}按这里的“{words}”推算约为{quoted}，相差约{gap}；{real}请核对。"


def _real_change(judged: JudgedQuote) -> str:
    """What the change is by last year's own figure."""
    base, now = judged.previous.value.value, judged.entry.value.value
    if base <= 0:
        return ""
    share = (now - base) / base * 100
    digits = abs(share).quantize(judged.quote.amount.precision)
    if share == 0:
        return "按去年报告没有变化，"
    return f"按去年报告应是{'增加' if share > 0 else '减少'}{plain_number(digits)}%，"


EXAMPLES = (
    bad(
        "全年排查矛盾纠纷35件，去年同期为⟦42件⟧。",
        previous="全年共排查矛盾纠纷50件，化解49件。",
    ),
    bad(
        "摸排各类矛盾纠纷35件，比上年减少⟦7件⟧，下降16.7%。",
        previous="全年排查矛盾纠纷50件，化解49件，化解率98%。",
    ),
    bad(
        "盗窃案件由⟦42起⟧下降到35起。",
        previous="全年发生盗窃案件52起，破获40起。",
    ),
    bad(
        "全年接待群众来访31批52人次，批次、人次分别比上年下降⟦18.4%⟧和22.4%。",
        previous="全年接待来访48批67人次，均按期办结。",
    ),
    bad(
        "群众安全感达到98.47%，较上年提升⟦0.62个百分点⟧。",
        previous="群众安全感为98.21%，位居前列。",
    ),
    good(
        "排查矛盾纠纷35件，比上年减少7件，下降16.7%。",
        previous="全年摸排各类矛盾纠纷42件，化解41件。",
    ),
    good(
        "盗窃案件由42起下降到35起。",
        previous="全年发生盗窃案件42起，破获40起。",
    ),
    good(
        "落实平安建设经费62.9万元，比上年增加4.5万元，增长7.7%。",
        previous="平安建设经费58.4万元，其中县级补助20万元。",
    ),
    near(
        "排查矛盾纠纷35件，比上年减少7件。",
        previous="城东街道排查矛盾纠纷50件。一季度排查矛盾纠纷12件。",
    ),
    near(
        "排查安全隐患35处，去年同期42处。",
        previous="全年排查火灾隐患50处，排查矛盾纠纷50件。",
    ),
    near(
        "全年受理信访事项86件，同比下降14%。",
        previous="全年受理信访事项100余件，全部办结。",
    ),
)
