"""The page: head, a tab for each task, and the functions other programs may call."""

import gradio as gr

from app.formats.rendering import render
from app.web.api.functions import register_api
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.guard import guarded
from app.web.pages.check.tab import CheckTab
from app.web.pages.draft import DraftTab
from app.web.pages.evaluation.tab import EvalTab
from app.web.pages.knowledge.tab import KnowledgeTab
from app.web.pages.review.tab import ReviewTab, kept_batch
from app.web.workspace import KEEP_SECONDS

TITLE = "平安建设工作总结 · 起草与核查"
_CLEANING_SECONDS = 1800


def build_page(backend: Backend) -> gr.Blocks:
    """The whole page over one backend."""
    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_CLEANING_SECONDS, KEEP_SECONDS),
    ) as page:
        brand = render("web/notices.html", "brand", mode=backend.mode_label)
        html_block(brand, elem_id="brand")
        batch = kept_batch()
        with gr.Tabs(elem_classes="tabs"):
            with gr.Tab("起草", elem_id="tab-draft"):
                drafting = DraftTab(backend)
            with gr.Tab("核查", elem_id="tab-check") as checking:
                check = CheckTab(backend)
            with gr.Tab("审阅", elem_id="tab-review") as reviewing:
                review = ReviewTab(backend, batch)
            with gr.Tab("知识库", elem_id="tab-knowledge") as knowledge:
                checkpoint = KnowledgeTab(backend, drafting.last)
            with gr.Tab("评测", elem_id="tab-eval") as evaluation:
                runs = EvalTab(backend)
        checking.select(
            guarded(check.load), **check.loading, show_progress="hidden", api_visibility="private"
        )
        knowledge.select(
            checkpoint.load,
            None,
            checkpoint.overview,
            show_progress="hidden",
            api_visibility="private",
        )
        evaluation.select(
            runs.load, None, runs.overview, show_progress="hidden", api_visibility="private"
        )
        reviewing.select(
            review.load, **review.loaded, show_progress="hidden", api_visibility="private"
        )
        register_api(backend)
    built: gr.Blocks = page
    return built
