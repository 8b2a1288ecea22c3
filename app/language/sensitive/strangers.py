"""Names of people no role stands beside: 经核实，落水的叫詹小宇; 与前夫谷胜利起争执.

The sentence must tell of a trouble people have, and nobody's award; the name must stand between
words, not behind a title (局长王建国) nor in a list that a title opens.
"""

import re
from collections.abc import Iterator

from app.core.document import Span
from app.language.segmentation import is_apart, look_up
from app.language.sensitive.names import is_common, is_end, is_linked, is_name
from app.language.sensitive.words import SensitiveWords, words

_SENTENCE = re.compile("[^。；\n]+")
_HAN = re.compile("[一-鿿]")
_LIST = re.compile("(?:[一-鿿]{2,4}[、和与及]){1,6}\\Z")
_LINKING = frozenset("得了过之的着")
_MINORITY = re.compile(
    "(?<![一-鿿])(?P<first>[一-鿿]{2,6})[·•・‧](?P<last>[一-鿿]{2,7}?)(?=[在因被与和系将向到，。、（等]|$)"
)
_REACH = 24
_WORD = 20  # times met where the dictionary was made


def read_strangers(text: str) -> Iterator[Span]:
    """The names in sentences of troubles."""
    told = words()
    for sentence in _SENTENCE.finditer(text):
        place = Span(*sentence.span())
        if told.plights.search(text, place.start, place.end) and not told.honours.search(
            text, place.start, place.end
        ):
            yield from _in_sentence(text, place, told)


def _in_sentence(text: str, place: Span, told: SensitiveWords) -> Iterator[Span]:
    for match in _MINORITY.finditer(text, place.start, place.end):
        if not is_common(match["first"]):
            yield Span(*match.span())
    start = place.start
    while family := told.surname.search(text, start, place.end):
        start = family.start() + 1
        is_counted = text[family.start() - 1 : family.start()].isdigit()  # 卡3张, 租房5单
        length = family.end() - family.start()
        if not is_counted and (span := _at(text, family.start(), length, told)):
            yield span
            start = span.end


def _at(text: str, start: int, family: int, told: SensitiveWords) -> Span | None:
    is_weak = family == 1 and text[start] in told.weak
    for length in (2, 1):
        span = Span(start, start + family + length)
        is_short = family == length == 1
        if span.end > len(text) or (is_short and not _stands_free(text, span)):
            continue
        given = text[start + family : span.end]
        is_word = family == 1 and look_up(text[start : start + 2]).count > _WORD
        if is_word or given[-1] in told.places:
            continue
        if is_weak and (is_short or not _is_sure(text, start, given, told)):
            continue
        is_such = (
            is_name(span.of(text), family, told, is_set_off=False)
            and is_end(text, span.end, told)
            and not is_linked(text, start, told)
            and not _has_title(text, span, told)
            and is_apart(text, span)
        )
        if is_such:
            return span
    return None


def _is_sure(text: str, start: int, given: str, told: SensitiveWords) -> bool:
    """True where a surname that is a word as well cannot be one: 易 in 困难职工易小军."""
    before = text[start - 1 : start]
    stands_behind_somebody = before in told.holders or (
        text[start] not in told.linking and (not _HAN.match(before) or before in "与和对")
    )
    return stands_behind_somebody and look_up(given).count <= _WORD and _LINKING.isdisjoint(given)


def _stands_free(text: str, span: Span) -> bool:
    """True where no character stands beside it."""
    return not (
        _HAN.match(text[span.start - 1 : span.start]) or _HAN.match(text[span.end : span.end + 1])
    )


def _has_title(text: str, span: Span, told: SensitiveWords) -> bool:
    before = text[max(0, span.start - _REACH) : span.start].rstrip("：: （(")
    head = _LIST.search(before)
    opened = before[: head.start()] + head.group()[:2] if head else before
    return (
        (before.endswith(told.title_ends) and not before.endswith(told.callers))
        or (head is not None and any(end in opened + head.group() for end in told.officers))
        or text.startswith(told.officers, span.end)
    )
