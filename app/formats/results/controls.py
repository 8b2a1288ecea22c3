"""Characters that command a terminal or turn text round, made harmless where text is shown."""

import re

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
