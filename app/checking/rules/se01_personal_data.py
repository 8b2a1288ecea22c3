"""SE01 personal-data — 含个人信息。

Why: a report goes to many hands; numbers, homes and names of private people do not belong in it.
Misses: a name in a sentence without a role or a trouble; a name that is a word (文静, 季节); a home
told by its village alone.
False alarms: a number of another kind that passes the checksum by chance; a given name that is a
word.

Reported: resident IDs, mobile and home telephone numbers, bank cards, e-mail, accounts of
messengers, number plates, travel documents, homes told to the door, names of people told by what
befell them (死者, 信访人, 社区矫正对象, 某某等11人上访, 那个人叫某某), however they are written
(full width, Chinese numerals, hidden characters and separators in between).
Not reported: hot lines and office telephones, document and order numbers, what is masked
(138****8000, 李某某), people in office. The reader is ``app.language.sensitive``, its words stand
in ``knowledge_base/lexicons/sensitive.yaml``; what may be sent to a model asks the same one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext
from app.checking.rule import RuleMeta, bad, good, near
from app.core.finding import Finding, Severity

META = RuleMeta(code="SE01", name="personal-data", severity=Severity.ERROR, summary="含个人信息")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SE01``; ``allow`` lists numbers that may stand in the text."""

    allow: tuple[str, ...] = ()


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per piece; a warning where the words round it had to tell."""
    for item in ctx.sensitive:
        if item.kind.is_mark:
            continue
        quote = item.span.of(ctx.text)
        if quote in params.allow or re.sub("[ +-]", "", quote) in params.allow:
            continue
        yield ctx.finding(
            META,
            item.span,
            f"这里有{item.kind}（{item.shown}），请删去或隐去。",
            severity=None if item.kind.is_sure else Severity.WARNING,
            evidence={"kind": str(item.kind)},
        )


EXAMPLES = (
    bad("调解员联系电话⟦13800138000⟧，群众可随时拨打。"),
    bad("当事人身份证号⟦11010519491231002X⟧，现住河东社区。"),
    bad("补助资金打入账户⟦6222 0212 3456 7890 128⟧，联系人⟦138-0013-8000⟧。"),
    bad("来电⟦一三八〇〇一三八〇〇〇⟧，另一号码⟦138\u200b0013\u200b8000⟧。"),
    bad("社区矫正对象⟦李国强⟧按时报到，⟦家住阳光小区3幢2单元501室⟧，车牌⟦浙A·8K123⟧。"),
    good("拨打12345热线或者反诈专线96110，办公室电话0731-88123456。"),
    good("印发《方案》（青应急〔2024〕12号），投入资金1286000元。"),
    good("局长王建国带队走访信访人12人次，社区矫正对象76人无脱管。"),
    near("联系电话138****8000，身份证号110105********002X，信访人李某某。"),
    near("设备编号202400010002000300，订单20241218000000012345，合同号13800138000567。"),
    near("综治中心设在行政中心3号楼201室，石桥村3号桥已加固。"),
)
