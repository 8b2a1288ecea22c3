"""What a rule is: metadata, parameters, a check, and examples that are its tests.

A rule module holds ``META``, a frozen dataclass ``Params`` with a default for every field,
``check(ctx, params) -> Iterator[Finding]`` and ``EXAMPLES``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.core.document import Span
from app.core.finding import Finding

_MARKS = re.compile("[⟦⟧]")


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the exact spans the rule must report; none for a good text.

    ``profile`` is the profile name to check under. Rules about a whole report tell by the text
    itself whether it is one (``app.checking.parts.is_whole_report``), so an example may be a
    sentence or a report. ``facts`` is a fact sheet text, ``previous`` last year's report, for
    rules that need them.
    """

    text: str
    spans: tuple[Span, ...]
    profile: str = "机关"
    facts: str = ""
    previous: str = ""
    names: tuple[str, ...] = ()
    near_miss: bool = False


def _parse(marked: str) -> tuple[str, tuple[Span, ...]]:
    spans: list[Span] = []
    starts: list[int] = []
    pieces: list[str] = []
    length = last = 0
    for match in _MARKS.finditer(marked):
        piece = marked[last : match.start()]
        pieces.append(piece)
        length += len(piece)
        last = match.end()
        if match.group() == "⟦":
            starts.append(length)
        else:
            spans.append(Span(starts.pop(), length))
    if starts:
        raise ValueError(f"unclosed ⟦ in example: {marked}")
    pieces.append(marked[last:])
    return "".join(pieces), tuple(sorted(spans))


def bad(
    marked: str,
    *,
    profile: str = "机关",
    facts: str = "",
    previous: str = "",
    names: tuple[str, ...] = (),
) -> Example:
    """An example with ``⟦⟧`` round each exact span that must be reported."""
    text, spans = _parse(marked)
    if not spans:
        raise ValueError(f"a bad example needs ⟦⟧: {marked}")
    return Example(text, spans, profile, facts, previous, names)


def good(
    text: str,
    *,
    profile: str = "机关",
    facts: str = "",
    previous: str = "",
    names: tuple[str, ...] = (),
) -> Example:
    """An example in which the rule must report nothing."""
    return Example(text, (), profile, facts, previous, names)


def near(
    text: str,
    *,
    profile: str = "机关",
    facts: str = "",
    previous: str = "",
    names: tuple[str, ...] = (),
) -> Example:
    """A good example that looks like a bad one."""
    return Example(text, (), profile, facts, previous, names, near_miss=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """A loaded rule module."""

    meta: RuleMeta
    params_type: type
    check: Callable[[CheckContext, object], Iterator[Finding]]
    examples: tuple[Example, ...]
    doc: str
