"""Cut a cleaned report into passages along its headings, never through a sentence."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.document import Document
from app.knowledge.corrections import Corrections
from app.knowledge.parts import guess_part, opening_part, turns
from app.knowledge.passage import Passage, ReportInfo
from app.knowledge.tokens import count_tokens
from app.language.structure.outline import Heading, read_outline
from app.language.structure.sentences import sentences

_SALUTATION = re.compile(r".{1,40}[：:]")
_TURN_CHARS = 20
_FRAME_CHARS = 45
_LEAST_CHARS = 8
PASSAGE_TOKENS = 320

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


def _is_sentence(text: str, heading: Heading, stop: int) -> bool:
    """True where the numbered line is a sentence of its own rather than a heading."""
    behind = text[heading.span.end : stop]
    if behind.startswith(("，", ",")):
        return True
    return "，" in heading.title and behind.startswith(("。", "；")) and not behind[1:].strip()


def _own_text(text: str, heading: Heading, stop: int) -> str:
    """The text between a heading and the next, with the heading where it is a sentence."""
    if not heading.title or _is_sentence(text, heading, stop):
        start = heading.span.start + len(heading.label)
    else:
        start = max(heading.span.end, min(heading.body.start, stop))
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
        if titles and _is_sentence(text, heading, stop):
            titles = titles[:-1]
        yield _Section(titles, _paragraphs(_own_text(text, heading, stop)))


def _pack(section: _Section, budget_tokens: int, count_tokens: TokenCounter) -> Iterator[str]:
    current = ""
    for paragraph in section.paragraphs:
        for span in sentences(paragraph):
            sentence = span.of(paragraph)
            is_full = current and count_tokens(current + sentence) > budget_tokens
            if is_full or (len(current) >= _TURN_CHARS and turns(sentence)):
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


def cut_report(
    text: str, info: ReportInfo, report_id: str, corrections: Corrections | None = None
) -> tuple[Passage, ...]:
    """Cut a cleaned report as the knowledge base keeps it."""
    passages = cut_passages(
        text,
        budget_tokens=PASSAGE_TOKENS,
        count_tokens=count_tokens,
        info=info,
        report_id=report_id,
    )
    return corrections.placed(passages) if corrections else passages
