"""LA03 number-style — 数字用法不规范。

Why: GB/T 15835 wants one way of writing numbers; mixed ways look careless.
Misses: a figure that should be written in Chinese characters.
False alarms: full-width digits asked for by a house style.

Reported as hints: full-width digits and per cent signs, 二零二四年 for 二〇二四年, 百分之97, 10几,
a range whose first figure lacks its % sign, dates such as “6.25” that want a middle dot.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Fix, Severity

META = RuleMeta(code="LA03", name="number-style", severity=Severity.INFO, summary="数字用法不规范")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.LA03``: from how many full-width figures on they become one finding."""

    whole_document: int = 6


_WIDE = re.compile("[０-９][０-９．，,.]{0,20}[％%]?|[0-9][0-9.]{0,12}％")
_NARROW = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
_EVENT = (
    "(?:国家|全国|世界|国际|火灾|事故|案件|专案|爆炸|地震|洪水|洪灾|暴雨|禁毒|宪法|消防"
    "|交通安全日|行动|抢险)"
)


# (a sign that must occur, the pattern, what to say, the right way of writing)
_PATTERNS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "零",
        re.compile(
            "二零[一二三四五六七八九零〇]{2}年|二[零〇][一二三四五六七八九]零年"
            "|二〇零[一二三四五六七八九]年"
        ),
        "年份里的“零”应写作“〇”",
    ),
    ("百分之", re.compile(r"百分之\d[\d.]{0,8}"), "应写作“数字＋%”"),
    (
        "几",
        re.compile(r"\d0几(?=[件个名人户家次起天年])|几\d0(?=[件个名人户家次起天年])"),
        "概数不用阿拉伯数字，应写作“十几”“几十”",
    ),
)
# The sign between both ends is looked for first: most figures are no range.
_RANGE_SIGN = re.compile(r"[-~～—－至到](?=\d{1,3}(?:\.\d{1,4})?%)")
_RANGE_LOW = re.compile(r"(?<![\d.%])\d{1,3}(?:\.\d{1,4})?$")
_RANGE_HIGH = re.compile(r"[\d.]{1,8}%")
_RANGE_REACH = 9
_RANGE = "百分数范围的前一个数也要带“%”"
_DATE_QUOTED = re.compile(r"“\d{1,2}[.．]\d{1,2}”")
_DATE_EVENT = re.compile(rf"[.．](?<=[1-9].)(?:3[01]|[12]\d|[1-9])(?={_EVENT})")
_MONTH = re.compile(r"(?<![\d.“+＋])(?:1[0-2]|[1-9])$")
_DOT = "月日简称之间应当用间隔号“·”"
_ANY_WIDE = re.compile("[０-９％]")


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one hint per figure written against the standard."""
    yield from _wide_figures(ctx, params)
    for sign, pattern, advice in _PATTERNS:
        if sign in ctx.text:
            for match in pattern.finditer(ctx.text):
                yield _hint(ctx, Span(*match.span()), advice)
    for span in _ranges(ctx.text):
        yield _hint(ctx, span, _RANGE)
    if "“" in ctx.text:
        for match in _DATE_QUOTED.finditer(ctx.text):
            yield _hint(ctx, Span(*match.span()), _DOT)
    for span in _dates(ctx.text):
        yield _hint(ctx, span, _DOT)


def _ranges(text: str) -> Iterator[Span]:
    """20-30%: a range of percentages with one per cent sign."""
    if "%" not in text:
        return
    for sign in _RANGE_SIGN.finditer(text):
        low = _RANGE_LOW.search(text, max(0, sign.start() - _RANGE_REACH), sign.start())
        high = _RANGE_HIGH.match(text, sign.end())
        if low is not None and high is not None:
            yield Span(low.start(), high.end())


def _dates(text: str) -> Iterator[Span]:
    """12.4国家宪法日: a month and a day joined by a full stop."""
    if "." not in text and "．" not in text:
        return
    for match in _DATE_EVENT.finditer(text):
        month = _MONTH.search(text[max(match.start() - 3, 0) : match.start()])
        if month is not None:
            yield Span(match.start() - len(month.group()), match.end())


def _wide_figures(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    if not _ANY_WIDE.search(ctx.text):
        return
    spans = [Span(*m.span()) for m in _WIDE.finditer(ctx.text)]
    if len(spans) >= params.whole_document:
        yield ctx.finding(
            META,
            spans[0],
            f"全文有{len(spans)}处全角数字或百分号，请统一改为半角。",
            evidence={"count": len(spans)},
        )
        return
    for span in spans:
        right = span.of(ctx.text).translate(_NARROW)
        yield ctx.finding(
            META,
            span,
            f"“{span.of(ctx.text)}”用了全角字符，应写作“{right}”。",
            fix=Fix(span, right),
        )


def _hint(ctx: CheckContext, span: Span, advice: str) -> Finding:
    quote = span.of(ctx.text)
    right = ""
    if "零" in advice:
        right = quote.replace("零", "〇")
    elif "间隔号" in advice:
        right = re.sub("[.．]", "·", quote)
    elif quote.startswith("百分之"):
        right = f"{quote.removeprefix('百分之')}%"
    elif "范围" in advice:
        right = re.sub("([-~～—－至到])", r"%\1", quote, count=1)
    return ctx.finding(
        META, span, f"“{quote}”：{advice}。", fix=Fix(span, right) if right else None
    )


EXAMPLES = (
    bad("化解率达⟦９７％⟧，群众满意率⟦100％⟧。"),
    bad("⟦二零二四年⟧，满意度达到⟦百分之97⟧，参加者⟦10几⟧人。"),
    bad(
        "发案率下降⟦20-30%⟧，吸取⟦“6.25”⟧火灾教训，开展⟦12.4国家⟧宪法日活动。".replace(
            "⟦12.4国家⟧", "⟦12.4⟧国家"
        )
    ),
    good("化解率达97%，二〇二四年群众满意率100%。"),
    good("发案率下降20%—30%，吸取“6·25”火灾教训。"),
    near("距离3千米，重5千克，占地3.5亩，投入1.2万元，版本“V2.1”更新。"),
    near("二〇〇八年建站，十几人值守，增长0.8.个别点位除外，费率1.5‰。"),
)
