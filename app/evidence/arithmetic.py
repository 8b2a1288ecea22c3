"""Sums and rates the way a reviewer writes them down, with rounding as printed figures have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.core.quantity import Qualifier, Quantity, QuantityKind, plain_number

# “约935人次” may be off by this share of itself before it contradicts exact parts.
APPROXIMATE_SHARE = Decimal("0.05")
_ROUND_SIZES = frozenset({Decimal(10**4), Decimal(10**8)})
_TENTH = Decimal(10)
_SCALE_NAMES = {Decimal(10**4): "万", Decimal(10**8): "亿"}
_ROUND_SHARE = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Interval:
    """The values a printed figure may stand for, both ends included."""

    low: Decimal
    high: Decimal

    def __contains__(self, value: Decimal) -> bool:
        return self.low <= value <= self.high

    def overlaps(self, other: "Interval") -> bool:
        """True where some value is in both."""
        return self.low <= other.high and other.low <= self.high


def printed_interval(quantity: Quantity) -> Interval:
    """What the printed figure may stand for: exact for whole numbers, else half a last digit."""
    has_fraction = quantity.precision != 1 or quantity.kind.value != "count"
    slack = quantity.precision / 2 if has_fraction else Decimal(0)
    if quantity.precision in _ROUND_SIZES:
        slack = min(slack, abs(quantity.value) * _ROUND_SHARE)  # 8万元 means eighty thousand
    return Interval(quantity.value - slack, quantity.value + slack)


def rounded_interval(quantity: Quantity) -> Interval:
    """What a figure that was itself reckoned may stand for: 3万元 between two printed in 万元."""
    slack = quantity.precision / 2 if quantity.precision != 1 else Decimal(0)
    return Interval(quantity.value - slack, quantity.value + slack)


def printed(value: Decimal, like: Quantity) -> str:
    """``value`` in the magnitude that ``like`` is printed in: 万, 亿 or neither."""
    return f"{plain_number(value / like.scale)}{_SCALE_NAMES.get(like.scale, '')}"


def amount(value: Decimal, like: Quantity) -> str:
    """``value`` with magnitude and unit as ``like`` has them: ``3.75亿元``."""
    return f"{printed(value, like)}{like.unit}"


def finer(one: Quantity, other: Quantity) -> Quantity:
    """Of two amounts the one printed in the smaller magnitude, in which their gap is told."""
    return min(one, other, key=lambda quantity: quantity.scale)


def digits(value: Decimal) -> list[str]:
    """The digits of a value in order of size, those that only give its magnitude left out."""
    return sorted(plain_number(value).replace(".", "").strip("0"))


def may_be_slip(one: Decimal, other: Decimal, ratio: float) -> bool:
    """True where two values may be one of them mistyped or not brought up to date.

    One is at most ``ratio`` times the other, or their digits are turned.
    """
    low, high = sorted((abs(one), abs(other)))
    return high <= low * Decimal(str(ratio)) or digits(one) == digits(other)


def sum_text(parts: Iterable[Quantity], total: Decimal, like: Quantity) -> str:
    """``413＋422＝835``."""
    terms = "＋".join(printed(p.value, p) for p in parts)
    return f"{terms}＝{printed(total, like)}"


def percentage(part: Decimal, whole: Decimal) -> Decimal:
    """``part`` as a percentage of ``whole``, unrounded.

    Raises:
        decimal.DivisionByZero: ``whole`` is 0.
    """
    return part / whole * 100


def rounded(value: Decimal, precision: Decimal) -> Decimal:
    """``value`` rounded half up to ``precision``."""
    return value.quantize(precision, rounding=ROUND_HALF_UP)


def agrees(value: Decimal, rate: Quantity) -> bool:
    """True where ``value`` rounds or truncates to the printed ``rate``.

    Rounding and truncation are both honest; for a figure marked 约 one unit of its last digit
    more is allowed. 近七成 is at least 65, 七成多 at least 70.
    """
    if rate.kind is QuantityKind.FRACTION and rate.precision == _TENTH and not rate.is_exact:
        low = rate.value - (0 if rate.qualifier is Qualifier.OVER else _TENTH / 2)
        return low <= value <= rate.value + (0 if rate.qualifier is Qualifier.UNDER else _TENTH)
    slack = rate.precision / 2
    low, high = rate.value - slack, rate.value + slack
    if not rate.is_exact:
        low, high = low - rate.precision, high + rate.precision
    return low <= value <= high or rate.value <= value < rate.value + rate.precision
