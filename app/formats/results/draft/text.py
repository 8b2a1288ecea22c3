"""A draft as Markdown: title and headings marked, everything else as it will be handed in."""

import re

from app.core.draft import Draft
from app.language.numbers.numerals import ordinal

# What Markdown would take for markup; full-width punctuation never is.
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def render_markdown(draft: Draft) -> str:
    """The report as Markdown; the figures and words are those of ``draft.text``."""
    lines = draft.text.rstrip("\n").split("\n")
    headings = set()
    number = 0
    for section in draft.sections:
        if section.title:
            headings.add(f"{ordinal(number)}、{section.title}")
            number += 1
    out: list[str] = []
    for index, line in enumerate(lines):
        text = _SPECIAL.sub(r"\\\1", line)
        if index == 0:
            out.append(f"# {text}")
        elif line in headings:
            out.append(f"## {text}")
        elif line:
            out.append(text)
        else:
            continue
        out.append("")
    return "\n".join(out).rstrip("\n") + "\n"
