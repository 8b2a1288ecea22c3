"""The tab 知识库: what is in it, past reports in, search, reading."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.core.errors import PinganError
from app.web import knowledge_view
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.check_tab import REPORT_TYPES
from app.web.guard import guarded
from app.web.notices import empty_state, notice
from app.web.tasks import Task

if TYPE_CHECKING:
    from app.services.ingest import AddSummary

_EMPTY_SEARCH = empty_state(
    "搜一搜往年写法",
    "例如“电动自行车 消防”“矛盾纠纷 化解”",
    "每条结果都写明得分由什么组成",
)
_EMPTY_REPORT = empty_state("阅读往年总结", "在上面选一份。")
_WAITING = notice("正在打开知识库……")

Updates = dict[Any, Any]


class KnowledgeTab:
    """Lays the tab out inside the current ``gr.Tab`` and wires it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        with gr.Row(equal_height=False):
            with gr.Column(scale=4, min_width=300, elem_classes="inputs"):
                self._stats = html_block(_WAITING, elem_id="kb-stats")
                self._files = gr.File(
                    label="添加往年总结（可多选，每份 20 MB 以内）",
                    file_types=REPORT_TYPES,
                    file_count="multiple",
                    height=150,
                    elem_id="kb-file",
                )
                self._status = html_block(
                    '<div class="hint">往年总结只用来学写法：其中的数字、单位和人名'
                    "在参考前都会遮住，不会进入新的总结。</div>",
                    elem_id="kb-status",
                )
            with gr.Column(scale=9, min_width=320, elem_classes="tall"), gr.Tabs():
                self._lay_out_views()
        self._wire()

    def _lay_out_views(self) -> None:
        with gr.Tab("报告清单"):
            self._list = html_block(_WAITING, elem_id="kb-list", elem_classes=["pane", "side"])
        with gr.Tab("搜索", elem_id="kb-search-tab"):
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
                self._search = gr.Button(
                    "搜索", variant="primary", scale=1, min_width=90, elem_id="kb-search"
                )
            self._hits = html_block(
                _EMPTY_SEARCH, elem_id="kb-hits", elem_classes=["pane", "side", "below"]
            )
        with gr.Tab("阅读"):
            self._choice = gr.Dropdown(
                [], label="往年总结（可输入单位或年度筛选）", elem_id="kb-choice"
            )
            self._report = html_block(
                _EMPTY_REPORT, elem_id="kb-report", elem_classes=["pane", "paper", "below-label"]
            )

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        overview = [self._stats, self._list, self._choice]
        self._files.upload(
            guarded(self._on_upload),
            [self._files],
            [*overview, self._status, self._files],
            concurrency_limit=1,
            **quiet,
        )
        for trigger in (self._search.click, self._query.submit):
            trigger(guarded(self._on_search), [self._query], [self._hits], **quiet)
        self._choice.input(guarded(self._on_choice), [self._choice], [self._report], **quiet)
        self.load = guarded(self._overview)
        self.overview = overview

    # --- what happens ----------------------------------------------------------------------

    def _overview(self) -> Updates:
        try:
            records = self._backend.records()
        except PinganError as error:
            shown = notice(str(error), kind="error")
            return {self._stats: shown, self._list: ""}
        stats = knowledge_view.stats_html(records)
        if self._backend.is_preparing:
            stats += notice("正在收入自带的示例总结，稍后重新打开这一页就全了。")
        choices = [(knowledge_view.record_label(r), r.record_id) for r in records]
        return {
            self._stats: stats,
            self._list: knowledge_view.list_html(records),
            self._choice: gr.Dropdown(choices=choices, value=None),
        }

    def _on_upload(self, uploaded: list[str] | None) -> Iterator[Updates]:
        names = uploaded or []
        yield {self._status: notice(f"正在读取 {len(names)} 份……"), self._files: None}
        with ExitStack() as stack:
            try:
                paths = [stack.enter_context(self._backend.workspace.taken(n)) for n in names]
                task: Task[AddSummary] = Task(lambda told: self._backend.add(paths, told.progress))
                for done, total, name in task.events():
                    yield {self._status: notice(f"已处理 {done}/{total} 份：{name}")}
                summary = task.result()
            except PinganError as error:
                yield {self._status: notice(str(error), kind="error")}
                return
        yield {**self._overview(), self._status: knowledge_view.summary_html(summary)}

    def _on_search(self, query: str) -> Updates:
        if not query.strip():
            return {self._hits: _EMPTY_SEARCH}
        try:
            hits = self._backend.search(query, k=8)
        except PinganError as error:
            return {self._hits: notice(str(error), kind="error")}
        return {self._hits: knowledge_view.hits_html(hits, query)}

    def _on_choice(self, record_id: str | None) -> Updates:
        if not record_id:
            return {self._report: _EMPTY_REPORT}
        try:
            store = self._backend.store()
            record = next((r for r in store.records() if r.record_id == record_id), None)
            if record is None:
                return {self._report: notice("这份总结已经不在知识库里，请刷新页面。")}
            text = store.report_text(record_id)
        except PinganError as error:
            return {self._report: notice(str(error), kind="error")}
        return {self._report: knowledge_view.report_html(record, text)}
