"""NU07 impossible-value — 不可能的数值：超过100%的化解率、2月30日、13月、近百余场。

Why: such figures are slips of the keyboard and need no second figure to be seen.
Misses: values that are merely unlikely.
False alarms: rates that may pass 100 (完成预算的107.6%, 增长425%) are left alone.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.core.quantity import QuantityKind

META = RuleMeta(
    code="NU07", name="impossible-value", severity=Severity.ERROR, summary="不可能的数值"
)

_BOUNDED = (
    "化解|调处|调解|调解成功|办结|结案|审结|整改|破案|侦破|满意|知晓|合格|达标|覆盖|参与"
    "|参训|培训|到位|签订|签约|及时|按期"
    "|按时|答复|回复|回访|见面|通过|处置|消除|成功|安装|接入|入户|普及|投用|完好|在线|上线"
    "|执结|支持|好评|响应|出勤|参会|参评"
    "|到会|持证|建档|登记|采集|录入|发现|受理|命中|识别|回应|销号|挂牌|验收|优良|遵守|规范"
    "|受众|受教育|配备|配齐|建成|排查|参保|接种|体检|稳控|列管|签收|履约|履行|兑现|息访|上岗"
)
_RATE = re.compile(
    rf"(?:(?:{_BOUNDED})率|满意度|知晓度|支持度|认可度|信任度|安全感|测评满意|占比|占(?:总数|总量|全部)的?)"
    r"(?:为|达到|达|均为|均达|均达到|分别为|是|提高到|提升到|上升到|保持在|在|约|超过|至)?$"
)
_FALL = re.compile(r"(下降|减少|降低|降幅|压降|压减)(?:了|达|为|到|约)*$")
_HOUR = re.compile(
    r"(?:日|上午|下午|晚上?|凌晨|中午|于|至|到)(\d{1,2})时(?:(\d{1,2})分)?(?!间|长|段)"
)
# 月 is looked for first: most digits are no month.
_MONTH_SIGN = re.compile(r"月(?:(?P<day>\d{1,2})[日号])?(?![龄大嫂子])")
_MONTH_BEFORE = re.compile(r"(?<![\d.．])(?:(?P<year>(?:19|20)\d{2})年)?(?P<month>\d{1,2})$")
_MONTH_REACH = 7
_MAY_TURN = re.compile(r"利润|亏损|收益|盈利|净值|净额|贷款")
_SLIPS = (
    (
        re.compile(
            r"(?P<slip>(?:近(?<![最附邻临靠相]近)|约)(?:\d{1,9}|[一二三四五六七八九十百千]{1,6})余"
            r"[万亿]?[^，。；、\d]{1,2})"
        ),
        "“近”“约”和“余”意思相反，只能留一个。",
    ),
    (
        re.compile(r"(?P<slip>[1-9](?<![\d.．]\d)余[万亿][元人件次户份亩]?)"),
        "“余”的位置不对：个位数应写成“8万余元”，十位以上才写“30余万元”。",
    ),
    (
        re.compile(
            r"(?P<slip>(?:增长|下降|提高|上升|降低)(?:了)?\d{1,4}\.\d{1,2})(?=[，。；、\n])"
        ),
        "数字后面缺少“%”或“个百分点”，请补上。",
    ),
    (
        re.compile(
            r"(?:投入|资金|经费|支出|收入|补助|罚款|损失|投资)(?:达|约|为|共)?"
            r"(?P<slip>\d{1,6}(?:\.\d{1,4})?[万亿])(?=[，。；、）\n])"
        ),
        "金额后面缺少“元”，请补上。",
    ),
)
_LEAP_YEAR, _LAST_MONTH = 2024, 12


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU07``; it has no parameters."""


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per impossible rate or date."""
    del params
    yield from _rates(ctx)
    yield from _dates(ctx)
    for match in _HOUR.finditer(ctx.view):
        if int(match.group(1)) > 24 or int(match.group(2) or 0) > 59:
            span = Span(match.start(1), match.end())
            yield ctx.finding(META, span, f"没有{span.of(ctx.view)}这个时刻，请核对。")
    for pattern, message in _SLIPS:
        for match in pattern.finditer(ctx.view):
            span = Span(match.start("slip"), match.end("slip"))
            if _has_unit(ctx, span.end):
                continue
            yield ctx.finding(META, span, message, severity=Severity.WARNING)


def _has_unit(ctx: CheckContext, end: int) -> bool:
    """True for a bare number whose unit stands behind the last of its list."""
    index = bisect_left(ctx.amount_starts, end) - 1
    amount = ctx.amounts[index] if index >= 0 else None
    return amount is not None and amount.number_span.end == end and bool(amount.unit)


def _rates(ctx: CheckContext) -> Iterator[Finding]:
    for rate in ctx.amounts:
        if rate.kind is not QuantityKind.PERCENT or rate.value <= 100:
            continue
        start = max(0, rate.span.start - 24)
        match = _RATE.search(ctx.view, start, rate.span.start)
        fall = _FALL.search(ctx.view, start, rate.span.start)
        if fall:
            if _MAY_TURN.search(ctx.view, start, rate.span.start):
                continue
            span = Span(fall.start(), rate.span.end)
            yield ctx.finding(META, span, f"{fall.group(1)}幅度不可能超过100%，请核对。")
        elif match:
            yield ctx.finding(
                META,
                Span(match.start(), rate.span.end),
                f"{match.group()[:12]}不可能超过100%，请核对{rate.number_span.of(ctx.view)}%。",
                evidence={"value": str(rate.value)},
            )


def _dates(ctx: CheckContext) -> Iterator[Finding]:
    for sign in _MONTH_SIGN.finditer(ctx.view):
        at = sign.start()
        match = _MONTH_BEFORE.search(ctx.view, max(0, at - _MONTH_REACH), at)
        if match is None:
            continue
        month = int(match.group("month"))
        span = Span(match.start(), sign.end())
        if not 1 <= month <= _LAST_MONTH:
            yield ctx.finding(META, span, f"没有{month}月，请核对日期。")
            continue
        if not sign.group("day"):
            continue
        year = int(match.group("year") or _LEAP_YEAR)
        day, last = int(sign.group("day")), monthrange(year, month)[1]
        if not 1 <= day <= last:
            message = f"{month}月只有{last}天，没有{day}日，请核对日期。"
            yield ctx.finding(META, span, message)


EXAMPLES = (
    bad("矛盾纠纷⟦化解率达102%⟧。"),
    bad("⟦2月30日⟧，召开平安建设推进会。"),
    bad("截至⟦13月⟧底，未发生安全事故。"),
    bad("群众⟦满意率为100.5%⟧。"),
    bad("盗窃案件⟦下降120%⟧。"),
    bad("开展宣传⟦近百余场⟧。"),
    bad("投入资金⟦8余万元⟧更换设备。"),
    bad("接警量同比⟦增长13.95⟧。"),
    bad("落实专项经费⟦0.39万⟧。"),
    good("矛盾纠纷化解率达100%。"),
    good("2024年2月29日，召开平安建设推进会。"),
    near("完成年度预算的107.6%，专项经费增长125%。"),
    near("组织为期13个月的专项整治。"),
    near("三类警情占比分别下降4.1、3.6和7.2个百分点。"),
    near("投入资金30余万元，覆盖群众2万人，利润下降120%。"),
)
