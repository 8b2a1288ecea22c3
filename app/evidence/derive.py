"""Figures that follow from others: sums, differences, rates, and less exact tellings."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate, combinations

from app.core.quantity import Qualifier, Quantity, QuantityKind
from app.evidence.arithmetic import agrees, percentage

_RATES = frozenset({QuantityKind.PERCENT, QuantityKind.FRACTION})
_LESS = re.compile(r"多|少|增|减|降|剩|余|尚|还|仍|未|差|升|缩|压")
_CHANGE = re.compile(r"增|减|降|升|提高|扩大|多|少|缩")
_SHARE = re.compile(r"率|占|比例|比重|比$")
_UP_TO = Decimal("1.35")
_DOWN_TO = Decimal("0.85")
_ABOUT = Decimal("0.05")
_MOST_TERMS = 24


def is_rounded(held: Quantity, told: Quantity) -> bool:
    """True where ``told`` is an honest, less exact telling of ``held``."""
    if held.kind is not told.kind and not {held.kind, told.kind} <= _RATES:
        return False
    value, exact = told.value, held.value
    match told.qualifier:
        case Qualifier.OVER:
            return value <= exact < value * _UP_TO
        case Qualifier.UNDER:
            return value * _DOWN_TO <= exact <= value
        case Qualifier.ABOUT:
            return abs(exact - value) <= _ABOUT * value and _digits(value) < _digits(exact)
        case _:
            is_coarser = told.precision > held.precision
            return is_coarser and told.high is None and abs(exact - value) <= told.precision / 2


def _digits(value: Decimal) -> int:
    """How many digits a number has before its closing zeros."""
    return len(value.normalize().as_tuple().digits)


def is_derived(figure: Quantity, before: str, operands: Sequence[Quantity]) -> bool:
    """True where the figure is a sum, a difference or a rate of ``operands``.

    ``before`` is the text just before it: a difference and a rate must be called one.
    """
    if figure.high is not None:
        return False
    if figure.kind in _RATES:
        return _is_rate(figure, before, operands)
    same = [q for q in operands if q.kind is figure.kind and q.unit == figure.unit]
    if figure.kind is QuantityKind.POINTS:
        same = [q for q in operands if q.kind is QuantityKind.PERCENT]
        return any(abs(a.value - b.value) == figure.value for a, b in combinations(same, 2))
    if figure.kind is not QuantityKind.COUNT:
        return False
    if _LESS.search(before[-10:]):
        return any(abs(a.value - b.value) == figure.value for a, b in combinations(same, 2))
    values = [q.value for q in same[:_MOST_TERMS]]
    return any(figure.value in list(accumulate(values[start:]))[1:] for start in range(len(values)))


def _is_rate(figure: Quantity, before: str, operands: Sequence[Quantity]) -> bool:
    counts = [q for q in operands if q.kind is QuantityKind.COUNT and q.value > 0]
    tail = before[-14:]
    is_change, is_share = bool(_CHANGE.search(tail)), bool(_SHARE.search(tail))
    if not is_change and not is_share:
        return False
    for one, other in combinations(counts, 2):
        if one.unit != other.unit:
            continue
        low, high = sorted((one.value, other.value))
        if is_share and agrees(percentage(low, high), figure):
            return True
        if is_change and (
            agrees(percentage(high - low, high), figure)
            or agrees(percentage(high - low, low), figure)
        ):
            return True
    return False
