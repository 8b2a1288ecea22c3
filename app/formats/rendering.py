"""The one Jinja2 environment: every page, report and piece of HTML comes from a template.

What a template prints is escaped, and a name that nobody gave is an error. The line ends and the
indentation of a template are for its reader: they are not printed. A template is named by its
room and file, ``results/report.html``; so are style sheets and scripts, ``static/page.css``.
"""

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from app.formats.results.labels import (
    PART_LABELS,
    PART_SIGNS,
    fix_label,
    part_marks,
    severity_counts,
    shown_path,
)
from app.formats.results.ledger_table import HEADERS, ledger_cells
from app.resources import TEMPLATES

_BREAK = re.compile(r"(?<=[>}])[ ]*\n\s*|\s*\n\s*(?=[<{])")


class _Unindented(Extension):
    """Takes the breaks between tags out; as comments they still count as lines in an error."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """The source as it is compiled."""
        return _BREAK.sub(lambda found: "{#" + "\n" * found[0].count("\n") + "#}", source)


def clipped(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last one an ellipsis where more were there."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PrefixLoader({room: FileSystemLoader(path) for room, path in TEMPLATES.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[_Unindented],
        auto_reload=False,
    )
    environment.filters.update(clipped=clipped, fix_label=fix_label, shown_path=shown_path)
    environment.globals.update(
        ledger_cells=ledger_cells,
        ledger_headers=HEADERS,
        part_labels=PART_LABELS,
        part_marks=part_marks,
        part_signs=PART_SIGNS,
        severity_counts=severity_counts,
        inline=lambda name: Markup(source(name)),  # noqa: S704  # a file of ours
    )
    return environment


@cache
def source(name: str) -> str:
    """The text of a style sheet or script of ours."""
    room, _, file = name.partition("/")
    return (TEMPLATES[room] / file).read_text(encoding="utf-8")


def render(template: str, macro: str = "", /, **values: object) -> str:
    """A whole template, or one macro of it.

    The answer is mere text, to be sent or written: what goes into another template is made there.
    """
    found = _environment().get_template(template)
    return str(getattr(found.module, macro)(**values)) if macro else found.render(**values)
