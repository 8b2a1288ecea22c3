"""Take pieces out of a text, and find the way back to where the rest of it stood."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from app.core.document import Span


@dataclass(frozen=True, slots=True)
class Cuts:
    """One pass of taking out: where the kept pieces begin, before and after it."""

    text: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    length: int

    def back(self, place: int) -> int:
        """Where a place of the shorter text stood."""
        index = bisect_right(self.after, place) - 1
        return self.before[index] + place - self.after[index]

    def forth(self, place: int) -> int:
        """Where a place of the longer text stands now; inside a cut, the cut's place."""
        index = bisect_right(self.before, place) - 1
        end = self.after[index + 1] if index + 1 < len(self.after) else len(self.text)
        return min(self.after[index] + place - self.before[index], end)

    def restore(self, span: Span) -> Span:
        """The span of the longer text that a span of the shorter one stands for."""
        if span.start >= len(self.text):
            return Span(self.length, self.length)
        start = self.back(span.start)
        return Span(start, self.back(span.end - 1) + 1 if span.end > span.start else start)


def take_out(text: str, spans: Iterable[Span]) -> Cuts | None:
    """The text without ``spans``, which are in order and apart; ``None`` where there are none."""
    ends = [0]
    pieces: list[str] = []
    for span in spans:
        pieces.append(text[ends[-1] : span.start])
        ends.append(span.end)
    if not pieces:
        return None
    pieces.append(text[ends[-1] :])
    after = list(accumulate((len(p) for p in pieces[:-1]), initial=0))
    return Cuts("".join(pieces), tuple(ends), tuple(after), len(text))
