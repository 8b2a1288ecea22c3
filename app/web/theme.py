"""Colours, fonts and style sheet of the page: system fonts only, nothing fetched."""

import gradio as gr

from app.formats.rendering import source
from app.resources import STATIC

_SHEETS = (
    *("static/page.css", "static/review.css", "static/desk.css"),
    *("results/highlight.css", "results/ledger.css", "results/cohort.css"),
)
FAVICON = STATIC / "favicon.png"

_NAVY = gr.themes.Color(
    name="navy",
    c50="#f0f5fb",
    c100="#dce8f5",
    c200="#bcd2ea",
    c300="#8fb3da",
    c400="#5b8cc3",
    c500="#366ca9",
    c600="#1f4e8c",
    c700="#1b4276",
    c800="#18375f",
    c900="#142c4c",
    c950="#0d1d33",
)
_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")


def page_theme() -> gr.themes.Base:
    """The page's theme."""
    return gr.themes.Base(
        primary_hue=_NAVY,
        secondary_hue=_NAVY,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_sm,
        font=[gr.themes.Font(name) for name in _FONTS],
        font_mono=[gr.themes.Font("Consolas"), gr.themes.Font("monospace")],
    ).set(
        body_background_fill="#f3f5f8",
        block_border_width="1px",
        block_shadow="none",
        block_label_text_weight="600",
        block_title_text_weight="600",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_text_color="white",
        button_secondary_background_fill="white",
        button_secondary_border_color="*neutral_300",
        button_border_width="1px",
        input_background_fill="white",
        input_border_width="1px",
        input_border_color="*neutral_300",
        input_border_color_focus="*primary_500",
    )


def page_css() -> str:
    """The page's style sheet."""
    return "".join(map(source, _SHEETS))
