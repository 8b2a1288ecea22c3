"""Findings for a terminal."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.core.document import Document
from app.core.finding import CheckResult, Finding, PartStatus
from app.formats.results.labels import (
    LineIndex,
    counts_line,
    fix_label,
    mandatory_parts,
    part_titles,
    shown_path,
)

if TYPE_CHECKING:
    from app.core.cohort import Cohort

_WIDTH = 76
_OPEN, _CLOSE = "〖", "〗"  # also in GBK, so that a Windows console shows them
_HERE = "此处"
_INDENT = "    "


def display_width(text: str) -> int:
    """Columns that ``text`` takes up in a terminal: two for a Chinese character."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, columns: int) -> str:
    """``text`` filled up with spaces to ``columns``."""
    return text + " " * max(0, columns - display_width(text))


def _printable(text: str) -> str:
    """Control characters could steer the terminal, so they are shown as spaces."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cf"} else c for c in text)


def _take(text: str, columns: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _char_width(char)
        if used > columns:
            return text[:index]
    return text


def _middle(text: str, columns: int) -> str:
    if display_width(text) <= columns:
        return text
    half = columns // 2 - 1
    return f"{_take(text, half)}…{_take(text[::-1], half)[::-1]}"


def _excerpt(text: str, finding: Finding, index: LineIndex) -> str:
    """The finding's line with the quote marked, cut to one terminal line round the quote."""
    start, end = finding.span.start, finding.span.end
    line_start, _ = index.bounds(index.place(start).line)
    _, line_end = index.bounds(index.place(end).line)
    quote = _printable(text[start:end].replace("\n", "／")) if start < end else _HERE
    quote = _middle(quote, _WIDTH * 2 // 3)
    before = _printable(text[line_start:start])
    after = _printable(text[end:line_end])
    room = _WIDTH - display_width(quote) - 4
    tail = _take(after, room // 2)
    head_room = room - display_width(tail)
    head = _take(before[::-1], head_room)[::-1]
    tail = _take(after, room - display_width(head))
    lead = "…" if len(head) < len(before) else ""
    rest = "…" if len(tail) < len(after) else ""
    return f"{lead}{head}{_OPEN}{quote}{_CLOSE}{tail}{rest}".strip()


def _finding_lines(document: Document, finding: Finding, index: LineIndex) -> Iterator[str]:
    place = index.place(finding.span.start)
    where = pad(f"{place.line}:{place.column}", 9)
    message = _printable(finding.message)
    yield f"  {where} {finding.severity.label}  {finding.rule}  {message}"
    yield f"{_INDENT}{_excerpt(document.text, finding, index)}"
    if finding.fix is not None:
        yield f"{_INDENT}{_printable(fix_label(finding.fix))}"


def _document_lines(result: CheckResult, document: Document) -> Iterator[str]:
    name = _printable(shown_path(result.path)) or "（粘贴的文字）"
    reason = f"，{_printable(result.profile_reason)}" if result.profile_reason else ""
    yield f"{name}  （按“{_printable(result.profile)}”核查{reason}；{result.chars} 字）"
    index = LineIndex(document.text)
    for finding in result.findings:
        yield from _finding_lines(document, finding, index)
    titles, required = part_titles(result), mandatory_parts(result)
    for status, words in ((PartStatus.MISSING, "缺少的部分"), (PartStatus.THIN, "偏短的部分")):
        keys = [
            titles[key]
            for key, value in result.parts.items()
            if value is status and (key in required or status is PartStatus.THIN)
        ]
        if keys:
            yield f"  {words}：{'、'.join(keys)}"
    hidden = f"，另有 {len(result.suppressed)} 条已豁免" if result.suppressed else ""
    if result.findings:
        yield f"  小结：{counts_line([result])}{hidden}"
    else:
        yield f"  没有发现问题{hidden}"


def render_text(
    results: Sequence[CheckResult], documents: Sequence[Document], *, cohort: "Cohort | None" = None
) -> str:
    """Everything a person at a terminal needs: place, severity, rule, message, marked line.

    ``documents`` are the checked documents, in the order of ``results``; ``cohort`` is what they
    have in common.
    """
    lines: list[str] = []
    for result, document in zip(results, documents, strict=True):
        lines.extend(_document_lines(result, document))
        lines.append("")
    if cohort is not None:
        from app.formats.results.cohort.text import cohort_lines  # noqa: PLC0415  # not for one draft

        if common := cohort_lines(cohort):
            lines.extend((*map(_printable, common), ""))
    lines.append(f"共核查 {len(results)} 份：{counts_line(results)}")
    return "\n".join(lines) + "\n"
