"""Which doubled words are slips, told by the words a text is cut into.

就[业创业创]新 and 资产[阶级阶级]斗争 double nothing: their copies begin or end inside other words.
"""

import re
from itertools import takewhile

from app.core.document import Span
from app.language.segmentation import around, cut, look_up

_NUMERAL = re.compile("[一二三四五六七八九十百千万亿零〇两]+")
# Doubled for stress (很紧很紧) or to say each one (一个村一个村, unlike 一般一般).
_STRESSED = frozenset({"很", "很多", "太", "最", "更", "非常", "十分", "永远"})
_EACH, _COUNTED, _UNCOUNTED = "逐每", "一两几半", frozenset("adv")
# 调解调解员: the second copy is part of a longer word, which the dictionary need not have.
_SUFFIXES = frozenset("员师者家力站部室点率性化型业")
_PAIR = re.compile(r"([一-鿿])\1")
_BOUND = "k"  # the dictionary's mark for what only ends words: 们


def copies(text: str, run: Span, length: int) -> Span | None:
    """Where a word, or several, of ``length`` characters stand two or more times in a run.

    ``None`` where words only touch there or the doubling is meant.
    """
    whole = around(text, run)
    split = cut(whole.of(text))
    for start in range(run.start - whole.start, run.end - whole.start - 2 * length + 1):
        edges = range(start, run.end - whole.start + 1, length)
        ends = list(takewhile(split.is_edge, edges))
        if len(ends) > 2:
            words = {word.start: word.of(whole.of(text)) for word in split.words}
            span = Span(start, ends[-1]).shift(whole.start)
            piece = text[span.start : span.start + length]
            return span if _is_slip(piece, words[start], words.get(ends[-1], "")) else None
    return None


def _is_slip(piece: str, first: str, behind: str) -> bool:
    """Whether ``piece``, beginning with the word ``first``, may not lawfully stand twice."""
    if _NUMERAL.fullmatch(piece) or len(set(piece)) == 1 or first in _STRESSED:
        return False
    is_counted = first[0] in _COUNTED and look_up(first).kind not in _UNCOUNTED
    return not (is_counted or first[0] in _EACH or behind in _SUFFIXES)


def is_particle_twice(text: str, span: Span) -> bool:
    """True unless one of two particles belongs to another word: 总[和]和平均数, 实事求[是]是.

    Nor is it in 和和美美, whether the dictionary has it or not.
    """
    if _PAIR.match(text, span.end) or _PAIR.match(text, max(0, span.start - 2), span.start):
        return False
    whole = around(text, span)
    words = cut(whole.of(text)).words
    first = Span(span.start, span.start + 1).shift(-whole.start)
    if first.shift(1) not in words:
        return False
    return first in words or look_up(text[span.start]).kind == _BOUND


def is_edge(text: str, place: int) -> bool:
    """True where a word of a short text begins: 东南亚 does not end in the word 南亚."""
    return cut(text).is_edge(place)
