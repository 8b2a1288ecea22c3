"""Standard output and error as a user sees them: nothing that is shown can command a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from app.formats.results.controls import show_commands

_OWN = ("\r\x1b[K",)  # the progress line's way of beginning anew


class ShownStream:
    """A text stream that shows commanding characters instead of sending them.

    On a terminal the libraries that colour and redraw it write to ``raw``; to a file or a pipe
    nobody has anything to command.
    """

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write ``text``, made harmless."""
        own = next((o for o in _OWN if self.raw.isatty() and text.startswith(o)), "")
        self.raw.write(own + show_commands(text.removeprefix(own)))
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        """Write several pieces."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's own."""
        return getattr(self.raw, name)


@contextmanager
def shown_streams() -> Iterator[None]:
    """Guard both streams for the time of a command."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = ShownStream(sys.stdout), ShownStream(sys.stderr)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def exact(stream: TextIO) -> TextIO:
    """The stream behind the guard, for output whose every character counts."""
    return stream.raw if isinstance(stream, ShownStream) else stream
