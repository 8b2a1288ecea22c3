"""The tab 核查: a report in, its text with the findings marked, a table, downloads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from app.core.document import Document
from app.core.errors import InputError, PinganError
from app.core.files import write_atomically
from app.formats.results.check.html import render_html
from app.formats.results.check.json import render_json
from app.formats.results.labels import shown_path
from app.report.profile import PROFILE_NAMES
from app.resources import STATIC
from app.services.checking import Checked
from app.web.api.owner import owner_of
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.guard import guarded
from app.web.notices import chips, empty_state, notice
from app.web.pages.check import view as check_view
from app.web.pages.check.beside import BesideBox, ReferenceUploads
from app.web.pages.check.kept import TAB_SCRIPT, KeptCheck, LastChecks
from app.web.pages.check.lexicon_box import LexiconBox

PROFILES = (("自动识别", "auto"), *PROFILE_NAMES)
REPORT_TYPES = [".txt", ".md", ".docx", ".doc", ".wps", ".pdf"]
_SAMPLE = STATIC / "check_sample.txt"
_PREFIX = "check"
_EMPTY_SUMMARY = chips("还没有核查")
_EMPTY_TEXT = empty_state(
    "原文会显示在这里",
    "在左边选择一份总结（txt、Word、PDF），或粘贴文字后点“核查”",
    "有问题的地方按轻重标出颜色",
)
_EMPTY_TABLE = empty_state("问题清单", "核查后，每一条写明级别、规则、位置和理由。")

Updates = dict[Any, Any]


class CheckTab:
    """Lays the tab out inside the current ``gr.Tab`` and wires it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._document = gr.State(None)
        self._last = LastChecks()
        self._tab = gr.Textbox(visible=False)
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=280, elem_classes="inputs"):
                self._lay_out_inputs()
            with gr.Column(scale=10, min_width=320):
                self._lay_out_outputs()
        self._wire()

    def _lay_out_inputs(self) -> None:
        with gr.Tabs():
            with gr.Tab("选择文件"):
                self._file = gr.File(
                    label="总结文件（20 MB 以内）",
                    file_types=REPORT_TYPES,
                    height=150,
                    elem_id="check-file",
                )
            with gr.Tab("粘贴文字"):
                self._pasted = gr.Textbox(
                    label="总结全文",
                    lines=9,
                    max_lines=9,
                    placeholder="把总结全文粘贴到这里，然后点“核查”。",
                    elem_id="check-text",
                )
        self._profile = gr.Dropdown(
            list(PROFILES), value="auto", label="按哪一类单位的要求", elem_id="check-profile"
        )
        self._beside = BesideBox(self._backend)
        self._run = gr.Button("核查", variant="primary", elem_id="check-run")
        self._sample = gr.Button("看一份有错的示例", size="sm", elem_id="check-sample")
        self._status = html_block(elem_id="check-status")
        self._lexicon = LexiconBox(self._backend)

    def _lay_out_outputs(self) -> None:
        self._summary = html_block(_EMPTY_SUMMARY, elem_id="check-summary", elem_classes="summary")
        with gr.Row(equal_height=False, elem_classes="with-summary"):
            with gr.Column(min_width=320):
                self._text = html_block(
                    _EMPTY_TEXT, elem_id="check-paper", elem_classes=["pane", "paper"]
                )
            with gr.Column(min_width=320):
                self._table = html_block(
                    _EMPTY_TABLE, elem_id="check-table", elem_classes=["pane", "side"]
                )
        with gr.Row(elem_classes="downloads"):
            self._html_file = gr.DownloadButton(
                "下载网页版结果", interactive=False, elem_id="check-html"
            )
            self._json_file = gr.DownloadButton(
                "下载 JSON", interactive=False, elem_id="check-json"
            )

    def _wire(self) -> None:
        outputs = self._outputs
        beside = [self._beside.state, self._beside.shown, self._beside.clear]
        state = [self._profile, self._document, self._beside.state]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        upload = [self._file, self._profile, self._beside.state]
        lexicon = [self._lexicon.text, *state]
        events = [
            self._file.upload(guarded(self._on_upload), upload, outputs, **quiet),
            self._run.click(guarded(self._on_run), [self._pasted, *state], outputs, **quiet),
            self._profile.input(guarded(self._check_again), state, outputs, **quiet),
            self._sample.click(guarded(self._on_sample), [self._profile], outputs, **quiet),
            self._beside.previous.upload(
                guarded(self._on_previous),
                [self._beside.previous, *state],
                [*outputs, *beside],
                **quiet,
            ),
            self._beside.sheet.upload(
                guarded(self._on_sheet), [self._beside.sheet, *state], [*outputs, *beside], **quiet
            ),
            self._beside.clear.click(
                guarded(self._on_clear), state[:2], [*outputs, *beside], **quiet
            ),
        ]
        self._lexicon.save.click(guarded(self._on_lexicon), lexicon, outputs, **quiet)
        for event in events:
            event.then(guarded(self._keep), [self._tab, *state], None, js=TAB_SCRIPT, **quiet)

    @property
    def _outputs(self) -> list[Any]:
        return [
            self._document,
            self._status,
            self._summary,
            self._text,
            self._table,
            self._html_file,
            self._json_file,
            self._file,
            self._pasted,
            self._lexicon.status,
        ]

    # --- over a reload ---------------------------------------------------------------------

    @property
    def loading(self) -> dict[str, Any]:
        """How the page's opening of the tab calls :meth:`load`."""
        beside = [self._beside.state, self._beside.shown, self._beside.clear]
        return {
            "inputs": [self._tab, self._document],
            "outputs": [*self._outputs, self._profile, *beside],
            "js": TAB_SCRIPT,
        }

    def load(self, tab: str, document: Document | None, request: gr.Request) -> Updates:
        """What this browser tab had checked before the page was loaded anew."""
        kept = self._last.find(_owner(request), tab) if document is None else None
        if kept is None:
            return {self._status: gr.skip()}
        return {
            self._profile: kept.profile,
            **self._beside.updates(kept.beside),
            **self._check_again(kept.profile, kept.document, kept.beside),
        }

    def _keep(
        self,
        tab: str,
        profile: str,
        document: Document | None,
        beside: ReferenceUploads,
        request: gr.Request,
    ) -> None:
        kept = KeptCheck(document, profile, beside) if document is not None else None
        if owner := _owner(request):
            self._last.keep(owner, tab, kept)

    # --- what happens ----------------------------------------------------------------------

    def _on_upload(
        self, uploaded: str | None, profile: str, beside: ReferenceUploads
    ) -> Iterator[Updates]:
        # A new file: what was found in the one before must not stand beside what goes wrong now.
        yield {
            **self._nothing(notice("正在读取和核查……")),
            self._file: None,
            self._lexicon.status: "",
        }
        try:
            with self._backend.workspace.taken(uploaded) as path:
                document = self._backend.read(path)
            yield {**self._checked(document, profile, beside), self._pasted: ""}
        except PinganError as error:
            yield self._failure(error)

    def _on_run(
        self, text: str | None, profile: str, document: Document | None, beside: ReferenceUploads
    ) -> Iterator[Updates]:
        yield {self._status: notice("正在核查……"), self._lexicon.status: ""}
        try:
            pasted = text or ""  # a box never shown has no value yet
            if pasted.strip() or document is None:
                yield self._answer(
                    self._backend.check_text(
                        pasted, profile, previous=beside.previous, sheet=beside.sheet
                    )
                )
            else:
                yield self._checked(document, profile, beside)
        except PinganError as error:
            yield self._failure(error)

    def _check_again(
        self, profile: str, document: Document | None, beside: ReferenceUploads
    ) -> Updates:
        """What is on the page, checked anew after a choice has changed."""
        if document is None:
            return {self._status: ""}
        try:
            return self._checked(document, profile, beside)
        except PinganError as error:
            return self._failure(error)

    def _on_previous(
        self,
        uploaded: str | None,
        profile: str,
        document: Document | None,
        beside: ReferenceUploads,
    ) -> Updates:
        try:
            beside = self._beside.with_previous(beside, uploaded)
        except PinganError as error:
            return self._not_compared(error, document)
        return {**self._beside.updates(beside), **self._check_again(profile, document, beside)}

    def _on_sheet(
        self,
        uploaded: str | None,
        profile: str,
        document: Document | None,
        beside: ReferenceUploads,
    ) -> Updates:
        try:
            beside = self._beside.with_sheet(beside, uploaded)
        except PinganError as error:
            return self._not_compared(error, document)
        return {**self._beside.updates(beside), **self._check_again(profile, document, beside)}

    def _on_clear(self, profile: str, document: Document | None) -> Updates:
        nothing = ReferenceUploads()
        return {**self._beside.updates(nothing), **self._check_again(profile, document, nothing)}

    def _on_lexicon(
        self, text: str | None, profile: str, document: Document | None, beside: ReferenceUploads
    ) -> Updates:
        try:
            told = self._lexicon.keep(text)
        except PinganError as error:
            return {self._lexicon.status: notice(error.on_page, kind="error")}
        return {self._lexicon.status: told, **self._check_again(profile, document, beside)}

    def _on_sample(self, profile: str) -> Updates:
        text = _SAMPLE.read_text(encoding="utf-8")
        checked = self._backend.check_text(text, profile, "有错的示例.txt")
        return {**self._answer(checked), self._pasted: ""}

    def _checked(self, document: Document, profile: str, beside: ReferenceUploads) -> Updates:
        checked = self._backend.check(
            document, profile, previous=beside.previous, sheet=beside.sheet
        )
        return self._answer(checked)

    def _answer(self, checked: Checked) -> Updates:
        result, document = checked.result, checked.document
        stem = f"核查结果_{Path(shown_path(result.path)).stem}"
        html_path = self._backend.workspace.place(stem, ".html")
        json_path = self._backend.workspace.place(stem, ".json")
        write_atomically(html_path, render_html([result], [document]))
        write_atomically(json_path, render_json([result]))
        return {
            self._document: document,
            self._status: "",
            self._summary: check_view.summary_html(result),
            self._text: check_view.text_html(result, document, prefix=_PREFIX),
            self._table: check_view.table_html(result, document, prefix=_PREFIX),
            self._html_file: gr.DownloadButton(value=str(html_path), interactive=True),
            self._json_file: gr.DownloadButton(value=str(json_path), interactive=True),
        }

    def _failure(self, error: PinganError) -> Updates:
        return self._nothing(notice(error.on_page, kind="error"))

    def _not_compared(self, error: PinganError, document: Document | None) -> Updates:
        """The file beside cannot be read; the result shown does not rest on it."""
        kept = "没有拿它来对照，下面的核查结果和原来一样。" if document is not None else ""
        return {self._status: notice(f"{error.on_page}{kept}", kind="error")}

    def _nothing(self, status: str) -> Updates:
        """No result any more, only what is told."""
        return {
            self._document: None,
            self._status: status,
            self._summary: _EMPTY_SUMMARY,
            self._text: _EMPTY_TEXT,
            self._table: _EMPTY_TABLE,
            self._html_file: gr.DownloadButton(value=None, interactive=False),
            self._json_file: gr.DownloadButton(value=None, interactive=False),
        }


def _owner(request: gr.Request) -> str:
    """Whose check it is; empty where the browser keeps no cookie and nothing is to be kept."""
    try:
        return owner_of(request)
    except InputError:
        return ""
