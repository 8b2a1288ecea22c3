"""Cut a cleaned report into passages along its headings, never through a sentence."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.document import Document
from app.knowledge.parts import guess_part, opening_part
from app.knowledge.passage import Passage, ReportInfo
from app.text.outline import Heading, read_outline
from app.text.sentences import sentences

_SALUTATION = re.compile(r".{1,40}[：:]")
_TURN = re.compile(
    r".{0,20}?(?:存在.{0,8}(?:问题|不足|短板|差距)|(?:问题|不足|短板|差距)(?:和不足|与不足)?[：:]"
    r"|下一?步|今后|明年|新的一年)"
)
_TURN_CHARS = 40
_FRAME_CHARS = 45
_LEAST_CHARS = 8

TokenCounter = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class _Section:
    heading_path: tuple[str, ...]
    paragraphs: tuple[str, ...]


def _is_frame(line: str) -> bool:
    """True for a title, an addressee, a signature or a date: short, and no sentence."""
    return len(line) <= _FRAME_CHARS and (
        line[-1] not in "。！？!?；;…" or bool(_SALUTATION.fullmatch(line))
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.split("\n"))
    return tuple(line for line in lines if line and not _is_frame(line))


def _own_text(text: str, heading: Heading, stop: int) -> str:
    """The text between a heading and the next; from its label on where the title only begins it."""
    start = heading.span.end
    if not heading.title or text[start : start + 1] in {"，", ","}:
        start = heading.span.start + len(heading.label)
    else:
        start = max(start, min(heading.body.start, stop))
    return text[start : max(start, stop)].lstrip("。：:；; ")


def _sections(text: str) -> Iterator[_Section]:
    outline = read_outline(Document(text))
    headings = [h for h in outline.headings if h.span.start < outline.body.end]
    stops = [*(h.span.start for h in headings), outline.body.end]
    yield _Section((), _paragraphs(text[outline.body.start : stops[0]]))
    path: list[Heading] = []
    for heading, stop in zip(headings, stops[1:], strict=True):
        while path and path[-1].level >= heading.level:
            path.pop()
        path.append(heading)
        titles = tuple(h.title for h in path if h.title)
        yield _Section(titles, _paragraphs(_own_text(text, heading, stop)))


def _pack(section: _Section, budget_tokens: int, count_tokens: TokenCounter) -> Iterator[str]:
    current = ""
    for paragraph in section.paragraphs:
        for span in sentences(paragraph):
            sentence = span.of(paragraph)
            is_full = current and count_tokens(current + sentence) > budget_tokens
            if is_full or (len(current) >= _TURN_CHARS and _TURN.match(sentence)):
                yield current
                current = ""
            current += sentence
    if len(current) >= _LEAST_CHARS:
        yield current


def cut_passages(
    text: str,
    *,
    budget_tokens: int,
    count_tokens: TokenCounter,
    info: ReportInfo | None = None,
    report_id: str = "",
) -> tuple[Passage, ...]:
    """Cut ``text`` along 一、（一） 1. (1) into passages of at most ``budget_tokens``.

    A single sentence above the budget stays whole and makes a passage of its own. Titles,
    addressees, signatures and dates belong to no passage.
    """
    info = info or ReportInfo()
    cut: list[Passage] = []
    for section in _sections(text):
        for body in _pack(section, budget_tokens, count_tokens):
            position = len(cut)
            part = guess_part(section.heading_path, body, unit_type=info.unit_type)
            if not section.heading_path and position == 0:
                part = opening_part(info.unit_type) or part
            cut.append(
                Passage(
                    id=f"{report_id or 'R'}-{position:04d}",
                    text=body,
                    heading_path=section.heading_path,
                    part=part,
                    unit=info.unit,
                    year=info.year,
                    unit_type=info.unit_type,
                    report_id=report_id,
                    position=position,
                )
            )
    return tuple(cut)
