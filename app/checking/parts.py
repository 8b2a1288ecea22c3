"""Which parts of its profile a report tells, found by what passages say.

Problems and plans are looked for under any heading and in closing paragraphs; the other parts
are known by a heading or by sentences that speak of them.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from app.core.document import Span
from app.core.finding import PartStatus
from app.language.names.unit import report_year
from app.language.structure.outline import Heading
from app.language.view import TextView
from app.report import passages
from app.report.profile import Part, PartKind

_TAIL_SHARE = 0.5
_LONG_PASSAGE = 2000
_PRINTED_LINE = 30
_MOST_PRINTED_LINES = 60
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
# Words without which no passage tells the part: 诉求, 投诉 and 风险隐患 belong to other parts too.
_CORE = {"disputes": re.compile("矛盾|纠纷|调解|调处|争议|解纷|诉前|诉源|枫桥|化解")}
_MISSING = PartState(PartStatus.MISSING, None, "全文没有讲到")


def is_whole_report(view: TextView) -> bool:
    """True for a report or a good part of one, false for a sentence or two."""
    length = len(view.text.strip())
    if length >= _LONG_FRAGMENT_CHARS:
        return True
    if len(view.paragraphs) < 2:
        return False
    return length >= _FRAGMENT_CHARS or bool(view.outline.headings)


def is_speech(view: TextView) -> bool:
    """True for a report read out to a congress: no title, addressee or signature of its own."""
    addressee = view.outline.addressee
    return addressee is not None and bool(_SPEECH.match(addressee.of(view.text)))


def find_parts(view: TextView, parts: Sequence[Part]) -> Mapping[str, PartState]:
    """The state of every part of a profile, by key."""
    finder = _Finder(view)
    states: dict[str, PartState] = {}
    for part in parts:
        if part.kind is PartKind.PROBLEMS:
            states[part.key] = finder.problems(part)
        elif part.kind is PartKind.PLANS:
            states[part.key] = finder.plans(part)
    taken = [s.span for s in states.values() if s.span is not None]
    for part in parts:
        if part.key not in states:
            states[part.key] = finder.work(part, taken)
    return MappingProxyType({part.key: states[part.key] for part in parts})


def _first_present(states: Iterable[PartState]) -> PartState:
    """The first state that is present, else the first one, else missing."""
    first: PartState | None = None
    for state in states:
        if state.status is PartStatus.PRESENT:
            return state
        first = first or state
    return first or _MISSING


class _Finder:
    """Looks for parts in one document; what all searches share is worked out once."""

    def __init__(self, view: TextView) -> None:
        self.text = view.view
        self.body = view.outline.body
        self.paragraphs = view.paragraphs
        self.sentences = view.sentences
        self.headings = [h for h in view.outline.headings if h.span.start < self.body.end]
        self.titles = "\n".join(h.title for h in self.headings)
        self.last_heading = self.headings[-1].span.start if self.headings else -1
        self.shallow = [h.span.start for h in self.headings if h.style not in ("1", "（1）")]
        self.year = report_year(view.outline, view.text)
        self.labels = tuple(self._run_in_labels())
        self.tail = self.body.start + int(len(self.body) * _TAIL_SHARE)

    def problems(self, part: Part) -> PartState:
        """Problems under a heading of their own, or told in passing."""
        labelled = self._labelled(_is_problem_label, passages.count_problems)
        return _first_present(
            chain(self._problem_sections(part), labelled, self._told_problems(part))
        )

    def plans(self, part: Part) -> PartState:
        """Plans under a heading of their own, or told in passing."""
        sections = (
            self._section(part, heading, passages.count_plans)
            for heading in self.headings
            if passages.PLAN_HEADING.search(heading.title)
        )
        labelled = self._labelled(_is_plan_label, passages.count_plans)
        return _first_present(chain(sections, labelled, self._told_plans(part)))

    def work(self, part: Part, taken: Sequence[Span]) -> PartState:
        """A part of the year's work: a heading that names it, or sentences that speak of it."""
        core = _CORE.get(part.key)
        is_named = any(word in self.titles for word in part.headings)
        for heading in self.headings if is_named else ():
            if (
                len(heading.body) >= part.min_chars
                and any(word in heading.title for word in part.headings)
                and (core is None or core.search(self.text, heading.span.start, heading.body.end))
            ):
                return PartState(
                    PartStatus.PRESENT, heading.span | heading.body, f"标题“{heading.title}”"
                )
        return self._told_work(part, taken)

    def _run_in_labels(self) -> Iterator[tuple[Span, str]]:
        """Labels of problems and plans at the head of a sentence, to behind their colon."""
        for sentence in self.sentences:
            match = passages.RUN_IN_LABEL.match(self.text, sentence.start, self.body.end)
            label = (match["label"] or match["line"]) if match else ""
            if match and (_is_problem_label(label) or _is_plan_label(label)):
                yield Span(sentence.start, match.end()), label

    def _section(self, part: Part, heading: Heading, count: Callable[[str], int]) -> PartState:
        body = heading.body.of(self.text)
        span = heading.span | heading.body
        told = count(body[:_LONG_PASSAGE]) + passages.count_items(body[:_LONG_PASSAGE]) // 2
        if told >= 2 or (told and len(body) >= part.min_chars // 2):
            return PartState(PartStatus.PRESENT, span, f"标题“{heading.title}”")
        return PartState(PartStatus.THIN, span, f"标题“{heading.title}”下面没有具体内容")

    def _problem_sections(self, part: Part) -> Iterator[PartState]:
        for heading in self.headings:
            if passages.PROBLEM_HEADING.search(
                heading.title
            ) and not passages.NOT_PROBLEM_HEADING.search(heading.title):
                yield self._section(part, heading, passages.count_problems)

    def _labelled(
        self, is_label: Callable[[str], bool], count: Callable[[str], int]
    ) -> Iterator[PartState]:
        """Passages behind a label that runs on in its line: 工作短板：, 2025年工作思路：."""
        for place, label in self.labels:
            if not is_label(label):
                continue
            start = place.end
            end = self._passage_end(start, is_open=self.text[start : start + 1] in ("", "\n"))
            end = min([end, *(other.start for other, _ in self.labels if other.start >= start)])
            told = self.text[start:end].rstrip()
            state = PartStatus.PRESENT if count(told) else PartStatus.THIN
            yield PartState(state, Span(place.start, start + len(told)), f"“{label}”")

    def _passage_end(self, start: int, *, is_open: bool) -> int:
        """The end of the passage begun at ``start``: its paragraph, or in the last section all."""
        index = bisect_right(self.paragraphs, start, key=lambda p: p.start) - 1
        index = max(index, 0)
        last = index + _MOST_PRINTED_LINES
        while index < last and self._runs_on(index):
            index += 1
        paragraph_end = self.paragraphs[index].end
        after = bisect_right(self.shallow, start)
        limit = min(
            self.body.end,
            start + _LONG_PASSAGE,
            self.shallow[after] if after < len(self.shallow) else self.body.end,
        )
        if is_open or start >= self.last_heading:
            return max(limit, min(paragraph_end, self.body.end))
        return min(paragraph_end, limit)

    def _runs_on(self, index: int) -> bool:
        """Whether a paragraph is only a printed line that the next one carries on."""
        if index + 1 >= len(self.paragraphs):
            return False
        paragraph, following = self.paragraphs[index], self.paragraphs[index + 1]
        return (
            len(paragraph) >= _PRINTED_LINE
            and self.text[paragraph.end - 1] not in "。！？；：”）"
            and following.start < self.body.end
            and following.start == paragraph.end + 1
        )

    def _told_problems(self, part: Part) -> Iterator[PartState]:
        """Sentences in which the unit speaks of its own problems."""
        text = self.text
        early = self.tail if len(text) >= _LONG_FRAGMENT_CHARS else self.body.start
        for sentence in self.sentences:
            if sentence.start >= self.body.end:
                return
            start, end = sentence.start, sentence.end
            if not passages.PROBLEM_WORD.search(text, start, end):
                continue
            if end <= early and not passages.CANDID_VIEW.search(text, start, end):
                continue
            match = passages.PROBLEM_TRIGGER.search(text, start, end)
            if match is not None and _is_own_problem(text, start, match):
                yield self._problem_state(part, sentence, match.start())

    def _problem_state(self, part: Part, sentence: Span, trigger: int) -> PartState:
        text = self.text
        is_open = sentence.of(text).endswith(("：", ":", "主要是", "如下"))
        end = self._passage_end(trigger, is_open=is_open)
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

    def _told_plans(self, part: Part) -> Iterator[PartState]:
        """Passages that say what comes next."""
        text, end = self.text, self.body.end
        position = self.tail
        while (match := passages.PLAN_TRIGGER.search(text, position, end)) is not None:
            before = text[max(match.start() - 12, 0) : match.start()].rpartition("\n")[2]
            is_past = self._is_past(match)
            if is_past or passages.NOT_PLAN_BEFORE.search(before):
                position = match.end()
                continue
            stop = max(self._passage_end(match.start(), is_open=False), match.end())
            yield _plan_state(part, match.start(), text[match.start() : stop].rstrip())
            position = stop

    def _is_past(self, match: re.Match[str]) -> bool:
        """A year that is over; 将 tells that it is to come, whatever year is printed."""
        year = match["year"]
        if year is None or not year.isdecimal():
            return False
        is_over = 2000 + int(year) <= self.year
        return is_over and passages.WILL.match(self.text, match.end()) is None

    def _told_work(self, part: Part, taken: Sequence[Span]) -> PartState:
        text, body = self.text, self.body
        core = _CORE.get(part.key)
        told: set[int] = set()
        first: Span | None = None
        chars = 0
        for cue in part.cues:
            position = text.find(cue, body.start, body.end)
            while position >= 0:
                index = bisect_right(self.sentences, position, key=lambda s: s.start) - 1
                sentence = self.sentences[index]
                is_taken = any(t.start <= sentence.start < t.end for t in taken)
                is_told = core is None or core.search(text, sentence.start, sentence.end)
                if index not in told and not is_taken and is_told:
                    told.add(index)
                    chars += len(sentence)
                    first = sentence if first is None else min(first, sentence)
                    if chars >= part.min_chars:
                        return PartState(PartStatus.PRESENT, first, f"正文里讲到“{cue}”")
                position = text.find(cue, max(sentence.end, position + 1), body.end)
        if first is not None:
            return PartState(PartStatus.THIN, first, f"全文只有{chars}个字讲到")
        return _MISSING


def _is_problem_label(label: str) -> bool:
    """True for 工作短板, not for the problems of others (检查发现的主要问题)."""
    return bool(passages.PROBLEM_HEADING.search(label)) and not (
        passages.FOUND_ELSEWHERE.search(label) or passages.NOT_PROBLEM_HEADING.search(label)
    )


def _is_plan_label(label: str) -> bool:
    return bool(passages.PLAN_HEADING.search(label))


def _is_own_problem(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the unit speaks of itself rather than of what it found elsewhere and mended."""
    before = text[start : match.start()]
    view = before + match.group()
    if passages.STRONG_VIEW.search(view):
        return True
    return not passages.OTHERS_PROBLEM.search(before[-30:]) and bool(passages.OWN_VIEW.search(view))


def _plan_state(part: Part, start: int, told: str) -> PartState:
    count = passages.count_plans(told)
    is_told = len(told) >= part.min_chars and (
        count >= 2 or (count and (passages.count_items(told) >= 2 or len(told) >= _AMPLE_PLAN))
    )
    span = Span(start, start + len(told))
    if is_told:
        return PartState(PartStatus.PRESENT, span, "正文里讲到了今后的具体安排")
    return PartState(PartStatus.THIN, span, "只有一句笼统的话，没有写出具体安排")
