"""The tab 起草: facts in, sections stream in, sources and findings beside them, downloads."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

import gradio as gr

from app import resources
from app.core.draft import Draft
from app.core.errors import PinganError
from app.core.facts import FactSheet
from app.exporters.atomic import write_atomically
from app.web import draft_view
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.draft_view import DraftView
from app.web.guard import guarded
from app.web.notices import empty_state, notice, progress_bar
from app.web.sheet_text import SheetFields, build_sheet, read_fields, sheet_to_text
from app.web.tasks import Task

_SHEET_TYPES = [".txt", ".md", ".docx", ".xlsx"]
_EXAMPLE = "填入示例"
_TYPES = (("自动识别", ""), "机关", "国企", "乡镇", "市级")
_FINDINGS = "核查意见"
_MODEL, _COMPOSER = "model", "composer"
_IDLE = progress_bar("还没有开始", 0.0, is_shown=False)
_STOPPED = progress_bar("已停止，写好的部分还在下面", 0.0, is_shown=False)
_UNFINISHED = progress_bar("没有写完", 0.0, is_shown=False)
_WAITING = empty_state("正在起草", "写完一部分，这里就多一部分。")
_PLACEHOLDER = """单位：临溪县云渡镇
年度：2025

- 全年排查矛盾纠纷192件，化解188件
- 检查企业246家次，发现隐患337处，整改333处
- 存在问题：旺季停车位不够
- 下一步：增设临时停车点2处

每行写一条；没写到的事，总结里不会出现。"""

Updates = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the writer put in."""

    text: str
    fields: SheetFields
    mode: str


def example_names() -> list[str]:
    """Names of the bundled example sheets."""
    folder = resources.examples_dir()
    return sorted(p.stem for p in folder.iterdir() if p.suffix == ".txt") if folder.is_dir() else []


class DraftTab:
    """Lays the tab out inside the current ``gr.Tab`` and wires it.

    ``last`` holds the last finished draft of this visit.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._stopped = gr.State(None)
        self.last = gr.State(None)
        with gr.Row(equal_height=False):
            with gr.Column(scale=4, min_width=300, elem_classes="inputs"):
                self._lay_out_inputs()
            with gr.Column(scale=6, min_width=320):
                self._lay_out_report()
            with gr.Column(scale=4, min_width=300):
                self._lay_out_side()
        self._wire()

    def _lay_out_inputs(self) -> None:
        self._facts = gr.Textbox(
            label="本单位的要点（每行一条）",
            lines=11,
            max_lines=11,
            placeholder=_PLACEHOLDER,
            elem_id="draft-facts",
        )
        with gr.Row(equal_height=True):
            self._upload = gr.UploadButton(
                "上传要点文件",
                file_types=_SHEET_TYPES,
                size="sm",
                min_width=120,
                elem_id="draft-upload",
            )
            self._example = gr.Dropdown(
                [_EXAMPLE, *example_names()],
                value=_EXAMPLE,
                label=_EXAMPLE,
                show_label=False,
                container=False,
                filterable=False,
                min_width=120,
                elem_id="draft-example",
            )
        with gr.Row(equal_height=True):
            self._unit = gr.Textbox(label="单位", min_width=150, scale=3, elem_id="draft-unit")
            self._year = gr.Textbox(
                label="年度", min_width=70, scale=1, max_length=4, elem_id="draft-year"
            )
        with gr.Row(equal_height=True):
            self._type = gr.Dropdown(
                list(_TYPES), value="", label="单位类型", min_width=120, elem_id="draft-type"
            )
            self._mode = gr.Dropdown(
                self._modes(),
                value=_MODEL if self._backend.has_model else _COMPOSER,
                label="写法",
                min_width=120,
                interactive=self._backend.has_model,
                elem_id="draft-mode",
            )
        with gr.Row(equal_height=True):
            self._run = gr.Button(
                "起草", variant="primary", scale=3, min_width=120, elem_id="draft-run"
            )
            self._stop = gr.Button(
                "停止", scale=1, min_width=70, interactive=False, elem_id="draft-stop"
            )
        self._notice = html_block(elem_id="draft-notice")

    def _modes(self) -> list[tuple[str, str]]:
        modes = [("按要点直接成文", _COMPOSER)]
        return [("由模型起草", _MODEL), *modes] if self._backend.has_model else modes

    def _lay_out_report(self) -> None:
        self._status = html_block(_IDLE, elem_id="draft-status", elem_classes="status")
        self._report = html_block(
            draft_view.EMPTY_REPORT, elem_id="draft-paper", elem_classes=["pane", "paper"]
        )
        with gr.Row(elem_classes="downloads"):
            self._word = gr.DownloadButton("下载 Word", interactive=False, elem_id="draft-word")
            self._markdown = gr.DownloadButton(
                "下载 Markdown", interactive=False, elem_id="draft-markdown"
            )

    def _lay_out_side(self) -> None:
        with gr.Tabs():
            with gr.Tab("依据"):
                self._sources = html_block(
                    draft_view.EMPTY_SOURCES, elem_id="draft-sources", elem_classes=["pane", "side"]
                )
            with gr.Tab(_FINDINGS, elem_id="draft-findings-tab") as self._findings_tab:
                self._findings = html_block(
                    draft_view.EMPTY_FINDINGS,
                    elem_id="draft-findings",
                    elem_classes=["pane", "side"],
                )

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        fields = [self._unit, self._year, self._type]
        sheet = [self._facts, *fields, self._notice]
        self._upload.upload(guarded(self._on_upload), [self._upload], sheet, **quiet)
        self._example.input(
            guarded(self._on_example), [self._example], [*sheet, self._example], **quiet
        )
        self._facts.blur(guarded(self._on_facts), [self._facts, *fields], fields, **quiet)
        running = self._run.click(
            guarded(self._on_run),
            [self._facts, *fields, self._mode],
            [
                self._notice,
                self._status,
                self._report,
                self._sources,
                self._findings,
                self._findings_tab,
                self._word,
                self._markdown,
                self._run,
                self._stop,
                self._stopped,
                self.last,
            ],
            concurrency_limit=4,
            **quiet,
        )
        running.then(self._rest, None, [self._run, self._stop], **quiet)
        running.failure(lambda: _UNFINISHED, None, [self._status], **quiet)
        self._stop.click(self._on_stop, [self._stopped], [self._stop], **quiet)

    # --- facts -----------------------------------------------------------------------------

    def _filled(self, text: str) -> Updates:
        said = read_fields(text)
        return {
            self._facts: text,
            self._unit: said.unit,
            self._year: said.year,
            self._type: said.unit_type,
            self._notice: "",
        }

    def _on_upload(self, uploaded: str | None) -> Updates:
        try:
            with self._backend.workspace.taken(uploaded) as path:
                return self._filled(sheet_to_text(self._backend.read_sheet(path)))
        except PinganError as error:
            return {self._notice: notice(str(error), kind="error")}

    def _on_example(self, name: str) -> Updates:
        if name not in example_names():
            return {self._example: _EXAMPLE}
        text = (resources.examples_dir() / f"{name}.txt").read_text(encoding="utf-8")
        return {**self._filled(text), self._example: _EXAMPLE}

    def _on_facts(self, text: str, unit: str, year: str, unit_type: str) -> Updates:
        """Take unit, year and type over from the header of pasted facts."""
        said = read_fields(text)
        return {
            self._unit: unit or said.unit,
            self._year: year or said.year,
            self._type: unit_type or said.unit_type,
        }

    # --- drafting --------------------------------------------------------------------------

    def _on_run(
        self, text: str, unit: str, year: str, unit_type: str, mode: str
    ) -> Iterator[Updates]:
        wish = Wish(text, SheetFields(unit, year, unit_type), mode)
        try:
            sheet = build_sheet(wish.text, wish.fields)
        except PinganError as error:
            yield {self._notice: notice(str(error), kind="error")}
            return
        stopped = Event()
        yield {
            self._notice: "",
            self._status: progress_bar("正在准备……", 0.0),
            self._report: _WAITING,
            self._sources: draft_view.EMPTY_SOURCES,
            self._findings: draft_view.EMPTY_FINDINGS,
            self._findings_tab: gr.Tab(label=_FINDINGS),
            self._word: gr.DownloadButton(value=None, interactive=False),
            self._markdown: gr.DownloadButton(value=None, interactive=False),
            self._run: gr.Button(interactive=False),
            self._stop: gr.Button(interactive=True),
            self._stopped: stopped,
        }
        try:
            yield from self._stream(sheet, wish.mode, stopped)
        except PinganError as error:
            yield {
                self._notice: notice(str(error), kind="error"),
                self._status: _UNFINISHED,
            }

    def _stream(self, sheet: FactSheet, mode: str, stopped: Event) -> Iterator[Updates]:
        view = DraftView(sheet.title or f"{sheet.unit}{sheet.year}年平安建设工作总结")
        task: Task[Draft] = Task(
            lambda told: self._backend.draft(
                sheet, is_offline=mode != _MODEL, on_event=told.tell, cancel=told.stopped
            ),
            stopped=stopped,
        )
        for event in task.events():
            view.take(event)
            yield {
                self._status: progress_bar(view.told, view.share),
                self._report: draft_view.report_html(view),
            }
        if stopped.is_set():
            yield {self._status: _STOPPED}
            return
        draft = task.result()
        yield self._finished(sheet, draft)

    def _finished(self, sheet: FactSheet, draft: Draft) -> Updates:
        from app.exporters.docx_report import write_report  # noqa: PLC0415  # loads python-docx
        from app.exporters.draft_text import render_markdown  # noqa: PLC0415

        stem = draft_view.title_line(draft)
        word = self._backend.workspace.place(stem, ".docx")
        markdown = self._backend.workspace.place(stem, ".md")
        write_report(draft, word)
        write_atomically(markdown, render_markdown(draft))
        checked = self._backend.check_text(draft.text, draft.profile, stem)
        return {
            self.last: draft,
            self._status: progress_bar(
                draft_view.told_of(draft, len(sheet.facts)), 1.0, is_shown=False
            ),
            self._report: draft_view.draft_html(draft),
            self._sources: draft_view.sources_html(
                draft.sections, sheet.facts, self._backend.masked_passages(draft)
            ),
            self._findings: draft_view.findings_html(checked.result, draft.text),
            self._findings_tab: gr.Tab(label=f"{_FINDINGS}（{len(checked.result.findings)}）"),
            self._word: gr.DownloadButton(value=str(word), interactive=True),
            self._markdown: gr.DownloadButton(value=str(markdown), interactive=True),
        }

    def _rest(self) -> Updates:
        """The buttons after a run, however it ended."""
        return {self._run: gr.Button(interactive=True), self._stop: gr.Button(interactive=False)}

    def _on_stop(self, stopped: Event | None) -> Updates:
        """Let the running draft end by itself; cancelling it would look like a failure."""
        if stopped is not None:
            stopped.set()
        return {self._stop: gr.Button(interactive=False)}
