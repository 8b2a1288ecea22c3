"""Page furniture: numbers printed at the edge of a page."""

import re

_PAGE_NUMBER = re.compile(
    r"""
    [-—–－─―·•~～]*\s*\d{1,4}\s*[-—–－─―·•~～]*       # — 3 —
    | 第?\s*\d{1,4}\s*页(?:\s*[,，/／]?\s*共\s*\d{1,4}\s*页)?
    | 共\s*\d{1,4}\s*页\s*[,，]?\s*第\s*\d{1,4}\s*页
    | \d{1,4}\s*[/／]\s*\d{1,4}
    | (?:page|p\.)\s*\d{1,4}(?:\s*of\s*\d{1,4})?
    | [-—–－─―]+\s*[-—–－─―]+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_page_number(text: str) -> bool:
    """True for ``— 3 —``, ``第3页 共9页``, ``3/9`` and the like, standing alone."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None
