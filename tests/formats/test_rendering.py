"""The templates: all of them compile, what they print is escaped, what nobody gave is an error."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from app.formats.rendering import clipped, render, source
from app.resources import TEMPLATES

BAD = "<img src=x onerror=alert(1)>\"'&"
NAMES = [f"{room}/{p.name}" for room, folder in TEMPLATES.items() for p in folder.glob("*.html")]


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles_and_fails_on_what_nobody_gave(name: str) -> None:
    with pytest.raises((UndefinedError, AttributeError)):
        render(name, "nobody_has_this_macro")


def test_each_room_has_templates() -> None:
    assert {name.partition("/")[0] for name in NAMES} == set(TEMPLATES) - {"static"}


def test_what_is_printed_is_escaped_and_nothing_is_added_to_it() -> None:
    html = render("web/notices.html", "chips", texts=(BAD, " 空 格\n"), kind="info")
    assert html == (
        '<div class="chips"><span class="chip info">&lt;img src=x onerror=alert(1)&gt;&#34;&#39;'
        '&amp;</span><span class="chip info"> 空 格\n</span></div>'
    )
    assert type(html) is str


def test_a_missing_value_is_an_error_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        render("web/notices.html", "notice")


def test_a_style_sheet_lies_beside_the_templates() -> None:
    assert ".doc-text mark" in source("results/highlight.css")
    assert Path(TEMPLATES["results"], "highlight.css").is_file()


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert clipped("一二三", 3) == "一二三"
    assert clipped("一二三四", 3) == "一二…"
