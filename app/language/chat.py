"""What a chat leaves round a text: a model's words to whoever asked it, a chat program's marks.

A report speaks of 我们 and to nobody. A sentence in which one 我 offers to go on with the text, in
which 您 is told how it was made, or which calls the whole text an example, was written to the
writer of the report. ``knowledge_base/lexicons/chat.txt`` holds the acts, the frames of sentences
that name them and the words of the frames. What stands in quotation marks is told, not meant.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache

from app import resources
from app.core.document import Span
from app.core.errors import ConfigError
from app.language.prefilter import Signs

FILE = "chat.txt"
_WORDS = "词"
_HEADING = re.compile("【(.+)】")
_NAME = re.compile("\\{([一-鿿]{1,4})\\}")
_GAP = re.compile("…(\\d{0,2})")
_NOT_READ = frozenset("#＋－")  # remarks, and the examples, which are the tests'
_SPEECH = "聊天模型"  # what a model says is reported by the sentence, marks as they stand
_WIDEST = 40
_STOPS = "。！？!?；;\n"
_REACH = 400  # characters on either side of a place; no sentence is longer
_ENDS = _STOPS + "：:"  # behind 以下是修改后的版本： the text itself may go on
_TO_STOP = re.compile(f"[^{_ENDS}]*[{_ENDS}]?")
_BRACKETS = {"（": "）", "(": ")", "【": "】", "[": "]"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A place and what is done there, in words for a message; ``is_line``: a line holds no more."""

    span: Span
    act: str
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """How an act is worded; one of ``signs`` must occur."""

    act: str
    signs: tuple[str, ...]
    pattern: str


class _Book:
    """The list: what the names in frames stand for, the frames, and the signs of them all.

    Signs that are names are kept apart, for what they stand for is looked for.
    """

    def __init__(self, lines: list[str]) -> None:
        self.words: dict[str, str] = {}
        self.frames: list[_Frame] = []
        act = ""
        for number, line in enumerate(lines, 1):
            if not line or line[0] in _NOT_READ:
                continue
            heading = _HEADING.fullmatch(line)
            if heading is not None:
                act = heading[1]
            elif act == _WORDS:
                name, _, listed = line.partition("：")
                self.words[name] = f"(?:{'|'.join(listed.split())})"
            else:
                self._take(act, line, number)
        signs = {sign for frame in self.frames for sign in frame.signs}
        self.named = frozenset(sign for sign in signs if _NAME.fullmatch(sign))
        self.signs = Signs(signs - self.named)

    def _take(self, act: str, line: str, number: int) -> None:
        signs, arrow, pattern = line.partition(" → ")
        if not arrow:
            raise ConfigError(f"{FILE} 第{number}行：应当写成“必有的字样 → 句式”。")
        told = tuple(sign.replace("\\n", "\n") for sign in signs.split())
        self.frames.append(_Frame(act, told, pattern))


@lru_cache(maxsize=1)
def _book() -> _Book:
    path = resources.lexicons_dir() / FILE
    try:
        return _Book(path.read_text(encoding="utf-8").splitlines())
    except OSError as error:
        raise ConfigError(f"词表 {FILE} 读不出来，请重新安装本程序。") from error


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A frame as a regular expression, made when its signs are first met."""
    words = _book().words
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda name: words[name[1]], pattern)
    inside = f"[^{_STOPS}]".replace("\n", "\\n")
    pattern = _GAP.sub(lambda gap: f"{inside}{{0,{gap[1] or _WIDEST}}}", pattern)
    return re.compile(pattern.replace(" ", ""), re.MULTILINE)


def find_remarks(text: str, chars: Set[str]) -> Iterator[Remark]:
    """Every place in a text that a chat left, in no order; places may touch or overlap.

    ``chars`` are the characters that the text is made of.

    Raises:
        ConfigError: the list cannot be read.
    """
    book = _book()
    present = book.signs.present(f"{text}\n", chars | {"\n"})
    present |= {sign for sign in book.named if _compiled(sign).search(text)}
    for frame in book.frames:
        if present.isdisjoint(frame.signs):
            continue
        is_speech = frame.act.startswith(_SPEECH)
        for match in _compiled(frame.pattern).finditer(text):
            span = _trimmed(text, Span(*match.span()))
            if _is_quoted(text, span):
                continue
            if is_speech:
                yield Remark(_sentence(text, span), frame.act)
            else:
                yield Remark(span, frame.act, is_line=_is_line(text, span))


def _trimmed(text: str, span: Span) -> Span:
    quote = span.of(text)
    start = span.start + len(quote) - len(quote.lstrip())
    return Span(start, max(start, span.start + len(quote.rstrip())))


def _line(text: str, span: Span) -> Span:
    """The line round a place, as far as it need be looked at."""
    low, high = max(0, span.start - _REACH), span.end + _REACH
    start = max(low, text.rfind("\n", low, span.start) + 1)
    end = text.find("\n", span.end, high)
    return Span(start, min(high, len(text)) if end < 0 else end)


def _is_line(text: str, span: Span) -> bool:
    return _trimmed(text, _line(text, span)) == span


def _is_quoted(text: str, span: Span) -> bool:
    """True inside “…” that opened in the same line."""
    line = _line(text, span)
    return text.rfind("“", line.start, span.start) > text.rfind("”", line.start, span.start)


def _sentence(text: str, span: Span) -> Span:
    """The sentence round a place, or the brackets it stands in."""
    line = _line(text, span)
    stops = (text.rfind(stop, line.start, span.start) + 1 for stop in (*_STOPS, *_BRACKETS))
    start = max(line.start, *stops)
    end = span.end
    if text[end - 1 : end] not in _ENDS:
        stop = _TO_STOP.match(text, end, line.end)
        end = stop.end() if stop else end
    opening = text[start - 1 : start]
    if opening in _BRACKETS:
        closing = text.find(_BRACKETS[opening], start, end + 1)
        if closing >= span.end - 1:
            return Span(start - 1, closing + 1)
    return _trimmed(text, Span(start, end))
