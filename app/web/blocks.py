"""The one kind of HTML block that the page is made of, and the fields of a filter row."""

from typing import Any

import gradio as gr


def html_block(value: str = "", *, js_on_load: str | None = None, **options: Any) -> gr.HTML:
    """A block for HTML that is already escaped, styled by the page's own sheet alone."""
    return gr.HTML(value, apply_default_css=False, padding=False, js_on_load=js_on_load, **options)


def filter_words(placeholder: str, *, elem_id: str) -> gr.Textbox:
    """The wide field of a filter row; its name is for screen readers."""
    return gr.Textbox(
        label="筛选",
        show_label=False,
        placeholder=placeholder,
        container=False,
        scale=5,
        min_width=180,
        max_length=60,
        elem_id=elem_id,
    )


def filter_choice(
    label: str, choices: list[Any], *, value: str = "", min_width: int = 110, elem_id: str
) -> gr.Dropdown:
    """A choice beside it."""
    return gr.Dropdown(
        choices,
        value=value,
        label=label,
        show_label=False,
        container=False,
        scale=2,
        min_width=min_width,
        elem_id=elem_id,
    )
