"""SE01 personal-data — 含个人信息。

Why: a report goes to many hands; ID, mobile and card numbers do not belong in it.
Misses: names, addresses; numbers broken over two lines.
False alarms: a number of another kind that passes the checksum by chance.

Reported: ID numbers with a right check digit, mobile numbers, bank card numbers that pass the Luhn
test. Hotlines, office landlines, document and order numbers and numbers masked with stars are not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext
from app.checking.rule import RuleMeta, bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity

META = RuleMeta(code="SE01", name="personal-data", severity=Severity.ERROR, summary="含个人信息")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SE01``; ``allow`` lists numbers that may stand in the text."""

    allow: tuple[str, ...] = ()


_NUMBER = re.compile(
    r"[+0-9](?<![\d.A-Za-z*＊〔\[].)(?:(?<=\+)\d)?+(?<=\d)(?:[\d -]{9,21})[\dXx](?![\d.*＊A-Za-z])"
)
_MOBILE = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 "
    "63 64 65 71 81 82 83".split()
)
_CARD_HEADS = ("62", "4", "51", "52", "53", "54", "55", "35", "60", "95", "99")


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per personal number."""
    for match in _NUMBER.finditer(ctx.view):
        quote = match.group()
        digits = re.sub("[ +-]", "", quote)
        if quote in params.allow or digits in params.allow:
            continue
        kind = _kind(quote, digits)
        if kind:
            shown = f"{digits[:3]}…{digits[-2:]}"
            yield ctx.finding(
                META,
                Span(*match.span()),
                f"这里有{kind}（{shown}），请删去或用*隐去。",
                evidence={"kind": kind},
            )


def _kind(quote: str, digits: str) -> str:
    if _MOBILE.fullmatch(quote):
        return "手机号码"
    if is_id_number(digits):
        return "身份证号码"
    if digits.isdecimal() and digits.startswith(_CARD_HEADS) and is_card_number(digits):
        return "银行卡号"
    return ""


def is_id_number(digits: str) -> bool:
    """Whether the string is an 18-digit ID number with a possible date and a right check digit."""
    if len(digits) != 18 or not digits[:17].isdecimal() or digits[:2] not in _PROVINCES:
        return False
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    if not (1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    total = sum(int(d) * w for d, w in zip(digits[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == digits[17].upper()


def is_card_number(digits: str) -> bool:
    """Whether the string has the length of a bank card and passes the Luhn test."""
    if not 16 <= len(digits) <= 19 or len(set(digits)) < 4:
        return False
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


EXAMPLES = (
    bad("调解员联系电话⟦13800138000⟧，群众可随时拨打。"),
    bad("当事人身份证号⟦11010519491231002X⟧，现住河东社区。"),
    bad("补助资金打入账户⟦6222 0212 3456 7890 128⟧，联系人⟦138-0013-8000⟧。"),
    good("拨打12345热线或者反诈专线96110，办公室电话0731-00000000。"),
    good("印发《方案》（青应急〔2024〕12号），投入资金1286000元。"),
    near("联系电话138****8000，身份证号110105********002X。"),
    near("设备编号202400010002000300，订单20241218000000012345，合同号13800138000567。"),
)
