"""The one kind of HTML block that the page is made of."""

from typing import Any

import gradio as gr


def html_block(value: str = "", *, js_on_load: str | None = None, **options: Any) -> gr.HTML:
    """A block for HTML that is already escaped, styled by the page's own sheet alone."""
    return gr.HTML(value, apply_default_css=False, padding=False, js_on_load=js_on_load, **options)
