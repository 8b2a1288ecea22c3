"""What may leave in text: commanding characters made harmless, values in JSON's own types."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from math import isfinite

from app.core.document import Span

# C0 without tab and line feed, DEL, C1 (some terminals obey those, too), and what turns the
# direction of writing so that a name reads other than it is.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SHOWN = "�"


def show_commands(text: str) -> str:
    """The text with every commanding character as ``�``; lines and tabs stay."""
    return _COMMANDS.sub(_SHOWN, text)


def escape_json(text: str) -> str:
    """JSON that may be looked at on a terminal: it reads back to exactly the same values."""
    return _COMMANDS.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def json_value(value: object) -> object:
    """``value`` in JSON's own types, with no digit lost.

    A ``Decimal`` becomes an integer or the float that prints the same digits; where no float
    does, it becomes a string.
    """
    result: object = str(value)
    if value is None or isinstance(value, bool | int):
        result = value
    elif isinstance(value, Decimal):
        result = _plain_decimal(value)
    elif isinstance(value, float) and isfinite(value):
        result = value
    elif isinstance(value, Span):
        result = {"start": value.start, "end": value.end}
    elif isinstance(value, Mapping):
        result = {str(key): json_value(item) for key, item in value.items()}
    elif isinstance(value, AbstractSet):
        result = sorted((json_value(item) for item in value), key=str)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        result = [json_value(item) for item in value]
    return result


def _plain_decimal(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)
