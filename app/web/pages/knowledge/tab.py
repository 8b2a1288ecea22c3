"""The tab 知识库: what is in it, past reports in, reading and correcting, search."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.core.errors import PinganError
from app.report.profile import PROFILE_NAMES
from app.web.backend import Backend
from app.web.blocks import filter_choice, filter_words, html_block
from app.web.guard import guarded
from app.web.notices import hint, notice, progress_bar
from app.web.pages.check.tab import REPORT_TYPES
from app.web.pages.knowledge import view as knowledge_view
from app.web.pages.knowledge.desk import KnowledgeDesk
from app.web.pages.knowledge.report import ReportPanel
from app.web.pages.knowledge.search import SearchPanel, UsedPanel
from app.web.tasks import PageTask

if TYPE_CHECKING:
    from app.services.ingest import AddSummary

_WAITING = notice("正在打开知识库……")
_TYPES: list[str | int | float | tuple[str, str | int | float]] = [
    ("全部类型", ""),
    *PROFILE_NAMES,
]
_ALL_YEARS = ("全部年度", "")
_READING = "kb-reading"
# A click anywhere in a row opens the report; the button in it takes the keyboard.
_ON_CLICK = """
element.addEventListener('click', (event) => {
  const row = event.target.closest('tr[data-id]');
  if (row) trigger('click', {record_id: row.dataset.id});
});
"""

Updates = dict[Any, Any]


class KnowledgeTab:
    """Lays the tab out inside the current ``gr.Tab`` and wires it.

    ``draft`` is the block that holds the last draft of this visit.
    """

    def __init__(self, backend: Backend, draft: Any = None) -> None:
        self._backend = backend
        self._desk = KnowledgeDesk(backend)
        self._quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        with gr.Row(equal_height=False):
            with gr.Column(scale=4, min_width=300, elem_classes="inputs"):
                self._lay_out_inputs()
            with gr.Column(scale=9, min_width=320, elem_classes="tall"):
                self._lay_out_views(draft)
        self._wire()

    def _lay_out_inputs(self) -> None:
        self._stats = html_block(_WAITING, elem_id="kb-stats")
        self._files = gr.File(
            label="添加往年总结（文件或 zip，20 MB 以内）",
            file_types=[*REPORT_TYPES, ".zip"],
            file_count="multiple",
            height=150,
            elem_id="kb-file",
        )
        self._status = html_block(
            hint(
                "往年总结只用来学写法：其中的数字、单位和人名在参考前都会遮住，不会进入新的总结。"
            ),
            elem_id="kb-status",
        )

    def _lay_out_views(self, draft: Any) -> None:
        with gr.Tabs() as self._views:
            with gr.Tab("报告清单", id="kb-listing"):
                self._lay_out_list()
            with gr.Tab("搜索", elem_id="kb-search-tab", id="kb-searching"):
                SearchPanel(self._desk, self._quiet)
            with gr.Tab("阅读与更正", id=_READING):
                self._panel = ReportPanel(self._desk, self._overview)
            with gr.Tab("起草参考", id="kb-using"):
                UsedPanel(self._desk, draft, self._quiet)

    def _lay_out_list(self) -> None:
        with gr.Row(equal_height=True):
            self._text = filter_words("单位、题目或正文里的字", elem_id="kb-filter-text")
            self._year = filter_choice("年度", [_ALL_YEARS], elem_id="kb-filter-year")
            self._type = filter_choice("类型", _TYPES, elem_id="kb-filter-type")
        self._list = html_block(
            _WAITING,
            elem_id="kb-list",
            elem_classes=["pane", "side", "below"],
            js_on_load=_ON_CLICK,
        )

    def _wire(self) -> None:
        panel = self._panel
        self.overview = [
            self._stats,
            self._list,
            self._text,
            self._year,
            self._type,
            panel.choice,
        ]
        self._files.upload(
            guarded(self._on_upload),
            [self._files],
            [*self.overview, self._status, self._files],
            concurrency_limit=1,
            **self._quiet,
        )
        wishes = [self._text, self._year, self._type]
        for trigger in (self._text.change, self._year.input, self._type.input):
            trigger(guarded(self._on_filter), wishes, [self._list], **self._quiet)
        self._list.click(
            guarded(self._on_row), [panel.mode], [self._views, *panel.form], **self._quiet
        )
        panel.wire(self.overview, self._quiet)
        self.load = guarded(self._overview)

    # --- what happens ----------------------------------------------------------------------

    def _overview(self, selected: str | None = None) -> Updates:
        """Figures, list and choices as they are now, the filter taken back."""
        try:
            records = self._desk.listing().records
        except PinganError as error:
            shown = notice(error.on_page, kind="error")
            return {self._stats: shown, self._list: ""}
        stats = knowledge_view.stats_html(records)
        if self._backend.is_preparing:
            stats += notice("正在收入自带的示例总结，稍后重新打开这一页就全了。")
        years = sorted({r.year for r in records if r.year}, reverse=True)
        choices = [(knowledge_view.record_label(r), r.record_id) for r in records]
        return {
            self._stats: stats,
            self._list: knowledge_view.list_html(records),
            self._text: "",
            self._type: "",
            self._year: gr.Dropdown(
                choices=[_ALL_YEARS, *((f"{year}年", str(year)) for year in years)], value=""
            ),
            self._panel.choice: gr.Dropdown(choices=choices, value=selected),
        }

    def _on_filter(self, text: str | None, year: str | None, unit_type: str | None) -> Updates:
        try:
            found = self._desk.listing(
                text=text or "", year=int(year or 0), unit_type=unit_type or ""
            )
        except PinganError as error:
            return {self._list: notice(error.on_page, kind="error")}
        return {self._list: knowledge_view.list_html(found.shown, total=len(found.records))}

    def _on_row(self, mode: str, event: gr.EventData) -> Updates:
        record_id = str(event.record_id)
        return {
            self._views: gr.Tabs(selected=_READING),
            **self._panel.open(record_id, mode),
            self._panel.choice: gr.Dropdown(value=record_id),
        }

    def _on_upload(self, uploaded: list[str] | None) -> Iterator[Updates]:
        names = uploaded or []
        yield {
            self._status: progress_bar(f"正在读取 {len(names)} 个文件……", 0.0),
            self._files: None,
        }
        with ExitStack() as stack:
            try:
                paths = [stack.enter_context(self._backend.workspace.taken(n)) for n in names]
                task: PageTask[AddSummary] = PageTask(
                    lambda told: self._desk.add(paths, told.progress)
                )
                for done, total, name in task.events():
                    told = f"已处理 {done}/{total} 份：{name}"
                    yield {self._status: progress_bar(told, done / total)}
                summary = task.result()
            except PinganError as error:
                yield {**self._overview(), self._status: self._stopped(error)}
                return
        yield {**self._overview(), self._status: knowledge_view.summary_html(summary)}

    def _stopped(self, error: PinganError) -> str:
        """What failed, and what had been done by then."""
        summary = getattr(error, "summary", None)
        told = notice(error.on_page, kind="error")
        return told + (knowledge_view.summary_html(summary) if summary is not None else "")
