"""Which parts of its profile a report tells, found by what passages say.

Problems and plans are looked for under any heading and in closing paragraphs; the other parts
are known by a heading or by sentences that speak of them.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.checking import passages
from app.checking.profile import Part, PartKind
from app.core.document import Span
from app.core.finding import PartStatus
from app.text.outline import Heading
from app.text.unit import report_year

if TYPE_CHECKING:
    from app.checking.context import CheckContext

_TAIL_SHARE = 0.5
_LONG_PASSAGE = 2000
_AMPLE_PLAN = 160
_FRAGMENT_CHARS = 200
_LONG_FRAGMENT_CHARS = 400


@dataclass(frozen=True, slots=True)
class PartState:
    """Whether a part is told, where (``None`` where it is missing), and why we think so."""

    status: PartStatus
    span: Span | None
    why: str


_SPEECH = re.compile("(?:各位|尊敬的各位)?(?:代表|委员|同志|领导)")
_MISSING = PartState(PartStatus.MISSING, None, "全文没有讲到")


def is_whole_report(ctx: "CheckContext") -> bool:
    """True for a report or a good part of one, false for a sentence or two."""
    length = len(ctx.text.strip())
    if length >= _LONG_FRAGMENT_CHARS:
        return True
    if len(ctx.paragraphs) < 2:
        return False
    return length >= _FRAGMENT_CHARS or bool(ctx.outline.headings)


def is_speech(ctx: "CheckContext") -> bool:
    """True for a report read out to a congress: no title, addressee or signature of its own."""
    addressee = ctx.outline.addressee
    return addressee is not None and bool(_SPEECH.match(addressee.of(ctx.text)))


def find_parts(ctx: "CheckContext") -> Mapping[str, PartState]:
    """The state of every part of the context's profile, by key."""
    states: dict[str, PartState] = {}
    taken: list[Span] = []
    for part in ctx.profile.parts:
        if part.kind is PartKind.PROBLEMS:
            states[part.key] = _find_problems(ctx, part)
        elif part.kind is PartKind.PLANS:
            states[part.key] = _find_plans(ctx, part)
    taken = [s.span for s in states.values() if s.span is not None]
    for part in ctx.profile.parts:
        if part.key not in states:
            states[part.key] = _find_work(ctx, part, taken)
    return MappingProxyType({part.key: states[part.key] for part in ctx.profile.parts})


def place_of(ctx: "CheckContext", part: Part) -> Span:
    """The empty span where a missing part belongs: before what usually follows it."""
    followers: tuple[PartKind, ...] = ()
    if part.kind is PartKind.PROBLEMS:
        followers = (PartKind.PLANS,)
    elif part.kind is not PartKind.PLANS:
        followers = (PartKind.PROBLEMS, PartKind.PLANS)
    starts = [
        span.start
        for other in ctx.profile.parts
        if other.kind in followers and (span := ctx.parts[other.key].span) is not None
    ]
    place = min(starts) if starts else ctx.outline.body.end
    for heading in ctx.outline.headings:
        if heading.span.start <= place <= heading.body.start:
            place = heading.span.start
            break
    return Span(place, place)


def _main_headings(ctx: "CheckContext") -> Iterator[Heading]:
    end = ctx.outline.body.end
    return (h for h in ctx.outline.headings if h.span.start < end)


def _section_state(
    ctx: "CheckContext", part: Part, heading: Heading, count: Callable[[str], int]
) -> PartState:
    body = heading.body.of(ctx.text)
    told = count(body) + passages.count_items(body) // 2
    if told >= 2 or (told and len(body) >= part.min_chars // 2):
        return PartState(PartStatus.PRESENT, heading.span | heading.body, f"标题“{heading.title}”")
    return PartState(
        PartStatus.THIN,
        heading.span | heading.body,
        f"标题“{heading.title}”下面没有具体内容",
    )


def _best(states: list[PartState]) -> PartState:
    for state in states:
        if state.status is PartStatus.PRESENT:
            return state
    return states[0] if states else _MISSING


def _paragraph_at(ctx: "CheckContext", position: int) -> Span:
    index = bisect_right(ctx.paragraphs, position, key=lambda p: p.start) - 1
    return ctx.paragraphs[max(index, 0)]


def _passage_end(ctx: "CheckContext", start: int, *, is_open: bool) -> int:
    """The end of the passage begun at ``start``: its paragraph, or with a list also the next."""
    paragraph = _paragraph_at(ctx, start)
    end = ctx.outline.body.end
    following = [h.span.start for h in _main_headings(ctx) if h.span.start > start]
    shallow = [
        h.span.start
        for h in _main_headings(ctx)
        if h.span.start > start and h.style not in ("1", "（1）")
    ]
    limit = min([end, start + _LONG_PASSAGE, *shallow])
    if is_open or not following:
        return max(limit, min(paragraph.end, end))
    return min(paragraph.end, limit)


def _tail_start(ctx: "CheckContext") -> int:
    body = ctx.outline.body
    return body.start + int(len(body) * _TAIL_SHARE)


def _find_problems(ctx: "CheckContext", part: Part) -> PartState:
    text = ctx.text
    states = [
        _section_state(ctx, part, heading, passages.count_problems)
        for heading in _main_headings(ctx)
        if passages.PROBLEM_HEADING.search(heading.title)
        and not passages.NOT_PROBLEM_HEADING.search(heading.title)
    ]
    if any(state.status is PartStatus.PRESENT for state in states):
        return _best(states)
    states += _told_problems(ctx, part, _tail_start(ctx))
    if not states and len(text) < _LONG_FRAGMENT_CHARS:
        states += _told_problems(ctx, part, ctx.outline.body.start)
    return _best(states)


def _told_problems(ctx: "CheckContext", part: Part, start: int) -> Iterator[PartState]:
    """Sentences in which the unit speaks of its own problems."""
    text, end = ctx.text, ctx.outline.body.end
    for sentence in ctx.sentences:
        is_early = sentence.end <= start
        if sentence.start >= end or (
            is_early and not passages.CANDID_VIEW.search(text, sentence.start, sentence.end)
        ):
            continue
        if not passages.PROBLEM_WORD.search(text, sentence.start, sentence.end):
            continue
        match = passages.PROBLEM_TRIGGER.search(text, sentence.start, sentence.end)
        if match is None:
            continue
        before = text[sentence.start : match.start()]
        is_strong = bool(passages.STRONG_VIEW.search(before + match.group()))
        if passages.OTHERS_PROBLEM.search(before[-30:]) and not is_strong:
            continue
        if not is_strong and not passages.OWN_VIEW.search(before + match.group()):
            continue
        yield _problem_state(ctx, part, sentence, match.start())


def _problem_state(ctx: "CheckContext", part: Part, sentence: Span, trigger: int) -> PartState:
    text = ctx.text
    is_open = sentence.of(text).rstrip().endswith(("：", ":", "主要是", "如下"))
    end = _passage_end(ctx, trigger, is_open=is_open)
    plan = passages.PLAN_TRIGGER.search(text, trigger, end)
    if plan is not None and plan.start() > sentence.start:
        end = plan.start()
    clause = max(text.rfind(mark, sentence.start, trigger) for mark in "，,。；：") + 1
    start = max(clause, sentence.start)
    told = text[start:end].rstrip()
    count = passages.count_problems(told)
    span = Span(sentence.start, max(start + len(told), sentence.start))
    if count >= 2 or (count and len(told) >= part.min_chars):
        return PartState(PartStatus.PRESENT, span, "正文里讲到了具体问题")
    return PartState(PartStatus.THIN, span, "只有一句笼统的话，没有写出具体问题")


def _find_plans(ctx: "CheckContext", part: Part) -> PartState:
    states = [
        _section_state(ctx, part, heading, passages.count_plans)
        for heading in _main_headings(ctx)
        if passages.PLAN_HEADING.search(heading.title)
    ]
    if any(state.status is PartStatus.PRESENT for state in states):
        return _best(states)
    return _best(states + list(_told_plans(ctx, part)))


def _told_plans(ctx: "CheckContext", part: Part) -> Iterator[PartState]:
    """Passages that say what comes next."""
    text, end = ctx.text, ctx.outline.body.end
    year = report_year(ctx.outline, text)
    position = _tail_start(ctx)
    while (match := passages.PLAN_TRIGGER.search(text, position, end)) is not None:
        before = text[max(match.start() - 12, 0) : match.start()]
        line = before.rpartition("\n")[2]
        is_past = match["year"] is not None and 2000 + int(match["year"]) <= year
        if is_past or passages.NOT_PLAN_BEFORE.search(line):
            position = match.end()
            continue
        stop = max(_passage_end(ctx, match.start(), is_open=False), match.end())
        told = text[match.start() : stop].rstrip()
        count = passages.count_plans(told)
        is_told = len(told) >= part.min_chars and (
            count >= 2
            or (count and passages.count_items(told) >= 2)
            or (count and len(told) >= _AMPLE_PLAN)
        )
        span = Span(match.start(), match.start() + len(told))
        if is_told:
            yield PartState(PartStatus.PRESENT, span, "正文里讲到了今后的具体安排")
        else:
            yield PartState(PartStatus.THIN, span, "只有一句笼统的话，没有写出具体安排")
        position = stop


def _find_work(ctx: "CheckContext", part: Part, taken: list[Span]) -> PartState:
    text, body = ctx.text, ctx.outline.body
    for heading in _main_headings(ctx):
        if len(heading.body) >= part.min_chars and any(w in heading.title for w in part.headings):
            return PartState(
                PartStatus.PRESENT, heading.span | heading.body, f"标题“{heading.title}”"
            )
    told: set[int] = set()
    first: Span | None = None
    chars = 0
    for cue in part.cues:
        position = text.find(cue, body.start, body.end)
        while position >= 0:
            index = bisect_right(ctx.sentences, position, key=lambda s: s.start) - 1
            sentence = ctx.sentences[index]
            if index not in told and not any(
                sentence.start in range(t.start, t.end) for t in taken
            ):
                told.add(index)
                chars += len(sentence)
                first = sentence if first is None else min(first, sentence)
                if chars >= part.min_chars:
                    return PartState(PartStatus.PRESENT, first, f"正文里讲到“{cue}”")
            position = text.find(cue, sentence.end, body.end)
    if first is not None:
        return PartState(PartStatus.THIN, first, f"全文只有{chars}个字讲到")
    return _MISSING
