"""Two tabs of the knowledge base: search with its scores, and what a draft used."""

from typing import Any

import gradio as gr

from app.core.draft import Draft
from app.core.errors import PinganError
from app.report.profile import PROFILE_NAMES
from app.web.blocks import html_block
from app.web.guard import guarded
from app.web.notices import empty_state, notice
from app.web.pages.knowledge import view as knowledge_view
from app.web.pages.knowledge.desk import KnowledgeDesk

_ANY: tuple[str, str | int | float] = ("不限", "")
_TYPES: list[str | int | float | tuple[str, str | int | float]] = [
    ("不限", ""),
    *PROFILE_NAMES,
]
_HITS = 8
_EMPTY_SEARCH = empty_state(
    "搜一搜往年写法",
    "例如“电动自行车 消防”“矛盾纠纷 化解”",
    "每条结果都写明得分由什么组成",
)
_EMPTY_USED = empty_state(
    "看一份稿子参考了哪些往年段落",
    "在“起草”页写完一份后，点“看刚才起草的”",
    "或上传以前存下的起草结果（JSON 文件）",
)

Updates = dict[Any, Any]


class SearchPanel:
    """Lays search out inside the current ``gr.Tab`` and wires it."""

    def __init__(self, desk: KnowledgeDesk, quiet: dict[str, Any]) -> None:
        self._desk = desk
        with gr.Row(equal_height=True):
            self._query = gr.Textbox(
                label="搜索往年写法",
                show_label=False,
                placeholder="输入几个词，按回车搜索",
                scale=8,
                container=False,
                max_length=400,
                elem_id="kb-query",
            )
            self._run = gr.Button(
                "搜索", variant="primary", scale=1, min_width=90, elem_id="kb-search"
            )
        with gr.Row(equal_height=True):
            self._part = gr.Dropdown(
                [_ANY, *desk.parts("")],
                value="",
                label="优先哪一部分",
                min_width=150,
                elem_id="kb-want-part",
            )
            self._type = gr.Dropdown(
                _TYPES, value="", label="优先哪类单位", min_width=120, elem_id="kb-want-type"
            )
            self._own = gr.Textbox(
                label="本单位（优先它的往年总结）", min_width=170, elem_id="kb-own"
            )
        self._hits = html_block(
            _EMPTY_SEARCH, elem_id="kb-hits", elem_classes=["pane", "side", "below-form"]
        )
        wishes = [self._query, self._part, self._type, self._own]
        for trigger in (self._run.click, self._query.submit):
            trigger(guarded(self._on_search), wishes, [self._hits], **quiet)

    def _on_search(
        self, query: str, part: str | None, unit_type: str | None, own_unit: str | None
    ) -> Updates:
        if not query.strip():
            return {self._hits: _EMPTY_SEARCH}
        try:
            hits = self._desk.search(
                query,
                k=_HITS,
                part=part or "",
                unit_type=unit_type or "",
                own_unit=own_unit or "",
            )
        except PinganError as error:
            return {self._hits: notice(error.on_page, kind="error")}
        return {self._hits: knowledge_view.hits_html(hits, query)}


class UsedPanel:
    """Lays out what a draft used; ``draft`` holds the last one of this visit."""

    def __init__(self, desk: KnowledgeDesk, draft: Any, quiet: dict[str, Any]) -> None:
        self._desk = desk
        with gr.Row(equal_height=True):
            if draft is not None:
                last = gr.Button(
                    "看刚才起草的", variant="primary", min_width=130, elem_id="kb-used-last"
                )
            self._upload = gr.UploadButton(
                "选以前的起草结果", file_types=[".json"], min_width=130, elem_id="kb-used-file"
            )
        self._used = html_block(
            _EMPTY_USED, elem_id="kb-used", elem_classes=["pane", "side", "below"]
        )
        if draft is not None:
            last.click(guarded(self._on_last), [draft], [self._used], **quiet)
        self._upload.upload(
            guarded(self._on_upload), [self._upload], [self._used, self._upload], **quiet
        )

    def _on_last(self, draft: Draft | None) -> Updates:
        if draft is None:
            told = notice("这次打开网页后还没有起草过，请先到“起草”页写一份。")
            return {self._used: told + _EMPTY_USED}
        try:
            return {self._used: knowledge_view.used_html(self._desk.used_by(draft))}
        except PinganError as error:
            return {self._used: notice(error.on_page, kind="error")}

    def _on_upload(self, uploaded: str | None) -> Updates:
        try:
            with self._desk.backend.workspace.taken(uploaded) as path:
                shown = knowledge_view.used_html(self._desk.used_in(path))
        except PinganError as error:
            shown = notice(error.on_page, kind="error")
        return {self._used: shown, self._upload: None}
