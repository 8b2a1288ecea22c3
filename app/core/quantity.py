"""A quantity read from Chinese prose; ``app.language.numbers.quantities`` reads them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.core.document import Span


class QuantityKind(StrEnum):
    """What a number in the text is. Only the first five are amounts that rules may reckon with."""

    COUNT = "count"  # 36次, 1.2万件, 2.36亿元
    PERCENT = "percent"  # 97.3%, 百分之九十七
    POINTS = "points"  # 0.35个百分点
    FRACTION = "fraction"  # 三成, 三分之二: value as a percentage
    MULTIPLE = "multiple"  # 2倍, 翻番
    DATE = "date"  # 3月5日, 2024年, 2024-03-05
    PERIOD = "period"  # 24小时, 三年, 90天
    ORDINAL = "ordinal"  # 第3批, 二是, （一）
    DOCUMENT = "document"  # 〔2024〕6号, GB/T 9704
    CODE = "code"  # 12345热线, 5G, 1+3+N, 110, V2.0, phone and ID numbers
    SLOGAN = "slogan"  # 三零, 四不放过, 七大调解法: no count of anything in the report
    TITLE = "title"  # inside 《》

    @property
    def is_amount(self) -> bool:
        """True for the kinds whose values can be added, compared or divided."""
        return self in _AMOUNTS


_AMOUNTS = frozenset(
    {
        QuantityKind.COUNT,
        QuantityKind.PERCENT,
        QuantityKind.POINTS,
        QuantityKind.FRACTION,
        QuantityKind.MULTIPLE,
    }
)


class Qualifier(StrEnum):
    """How exactly the number is meant."""

    EXACT = ""
    ABOUT = "about"  # 约 左右 近(number) 上下
    UNDER = "under"  # 近 不足 不到 以下
    OVER = "over"  # 余 多 超 逾 以上


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number with what it counts.

    ``span`` covers qualifier, number and unit (``约1.2万余件``); ``number_span`` the number with
    its magnitude (``1.2万``). ``value`` is in units of ``unit`` (12000), a percentage stays as
    printed (``97.3``). ``high`` is the upper end of a range. ``precision`` is the size of the last
    printed digit in the same unit (1.2万 → 1000), ``scale`` the 万 or 亿 it is printed in, else 1.
    ``indicator`` is the phrase that names what is
    counted (``排查矛盾纠纷``); ``scope`` the period or cumulation it is said of, empty for this
    report's own year (``上年``, ``2022``, ``累计``).
    """

    span: Span
    number_span: Span
    kind: QuantityKind
    value: Decimal
    unit: str = ""
    qualifier: Qualifier = Qualifier.EXACT
    precision: Decimal = Decimal(1)
    high: Decimal | None = None
    indicator: str = ""
    scope: str = ""
    paired: Span | None = None  # 74批129人次: the span of the other half
    scale: Decimal = Decimal(1)

    @property
    def is_exact(self) -> bool:
        """True for a single number without 约, 近, 余 and the like."""
        return self.qualifier is Qualifier.EXACT and self.high is None


def plain_number(value: Decimal) -> str:
    """A number without exponent and trailing zeros: ``835``, ``97.2``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
