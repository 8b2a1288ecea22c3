"""Lines, sentences and clauses as spans of a text."""

import re
from collections.abc import Iterator

from app.core.document import Span

_LINE = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+(?:[。！？!?]+[”’」』）】\"]*)?|[。！？!?]+[”’」』）】\"]*")
_CLAUSE = re.compile(r"[^。！？!?\n；;，,：:]+")


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _spans(pattern: re.Pattern[str], text: str, within: Span | None) -> Iterator[Span]:
    start, end = (within.start, within.end) if within else (0, len(text))
    for match in pattern.finditer(text, start, end):
        span = _trimmed(text, match.start(), match.end())
        if span is not None:
            yield span


def paragraphs(text: str, within: Span | None = None) -> Iterator[Span]:
    """Yield the span of every non-empty line, without the white space at its ends."""
    return _spans(_LINE, text, within)


def sentences(text: str, within: Span | None = None) -> Iterator[Span]:
    """Yield every sentence with its closing mark; a line end always ends a sentence."""
    return _spans(_SENTENCE, text, within)


def clauses(text: str, within: Span | None = None) -> Iterator[Span]:
    """Yield the pieces between commas, semicolons, colons and sentence ends, marks left out."""
    return _spans(_CLAUSE, text, within)
