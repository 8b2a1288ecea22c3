"""The tab 阅读与更正 of the knowledge base: one report, its passages, corrections, removal."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from app.core.errors import PinganError
from app.report.profile import PROFILE_NAMES
from app.web.blocks import html_block
from app.web.guard import guarded
from app.web.notices import empty_state, notice
from app.web.pages.knowledge import view as knowledge_view
from app.web.pages.knowledge.desk import Edits, KnowledgeDesk, OpenReport

_TYPES = [*PROFILE_NAMES]
_TEXT, _PASSAGES = "全文", "分段（参考时看到的样子）"
_OPENING = "（第一个标题之前）"
_AS_RECOGNISED = ("按识别", "")
EMPTY_REPORT = empty_state("阅读往年总结", "在上面选一份，或在“报告清单”里点一行。")

Updates = dict[Any, Any]


class ReportPanel:
    """Shows one report and takes corrections; ``refresh`` updates list, figures and choice."""

    def __init__(self, desk: KnowledgeDesk, refresh: Callable[[str | None], Updates]) -> None:
        self._desk = desk
        self._refresh = refresh
        with gr.Row(equal_height=True):
            self.choice = gr.Dropdown(
                [],
                label="往年总结（可输入单位或年度筛选）",
                scale=5,
                min_width=220,
                elem_id="kb-choice",
            )
            self._mode = gr.Radio(
                [_TEXT, _PASSAGES],
                value=_TEXT,
                label="怎么看",
                scale=4,
                min_width=240,
                elem_id="kb-mode",
            )
        self._facts = html_block(elem_id="kb-facts")
        with gr.Accordion("更正识别结果，或移除这一份", open=False, elem_id="kb-correct"):
            self._lay_out_form()
        self._told = html_block(elem_id="kb-told")
        self._report = html_block(
            EMPTY_REPORT, elem_id="kb-report", elem_classes=["pane", "paper", "below-form"]
        )

    def _lay_out_form(self) -> None:
        with gr.Row(equal_height=True):
            self._unit = gr.Textbox(label="单位", scale=4, min_width=180, elem_id="kb-unit")
            self._year = gr.Textbox(
                label="年度", scale=1, min_width=80, max_length=5, elem_id="kb-year"
            )
            self._type = gr.Dropdown(
                _TYPES, value=None, label="类型", scale=2, min_width=100, elem_id="kb-type"
            )
        with gr.Row(equal_height=True):
            self._heading = gr.Dropdown(
                [],
                label="标题（下面的段落归错部分时选）",
                scale=4,
                min_width=180,
                elem_id="kb-heading",
            )
            self._part = gr.Dropdown(
                [_AS_RECOGNISED],
                value="",
                label="应属部分",
                scale=3,
                min_width=140,
                elem_id="kb-part",
            )
        with gr.Row(equal_height=True):
            self._save = gr.Button("保存更正", variant="primary", min_width=110, elem_id="kb-save")
            self._restore = gr.Button("恢复识别结果", min_width=110, elem_id="kb-restore")
            self._remove = gr.Button("移除这一份", min_width=110, elem_id="kb-remove")
        with gr.Row(visible=False, equal_height=True) as self._sure:
            self._confirm = gr.Button(
                "确认移除，不再参考", variant="stop", min_width=140, elem_id="kb-confirm"
            )
            self._cancel = gr.Button("不移除", min_width=110, elem_id="kb-cancel")

    @property
    def form(self) -> list[Any]:
        """Everything that opening a report fills."""
        return [
            self.choice,
            self._facts,
            self._told,
            self._report,
            self._unit,
            self._year,
            self._type,
            self._heading,
            self._part,
            self._sure,
        ]

    def wire(self, overview: list[Any], quiet: dict[str, Any]) -> None:
        """Connect the events; ``overview`` are the blocks that ``refresh`` gives updates of."""
        everything = list(dict.fromkeys([*overview, *self.form]))
        shown = [self.choice, self._mode]
        self.choice.input(guarded(self.open), shown, self.form, **quiet)
        self._mode.input(guarded(self._on_mode), shown, [self._report, self._told], **quiet)
        fields = [self._unit, self._year, self._type, self._heading, self._part]
        self._save.click(guarded(self._on_save), [*shown, *fields], everything, **quiet)
        self._restore.click(guarded(self._on_restore), shown, everything, **quiet)
        self._remove.click(
            guarded(self._on_remove), [self.choice], [self._sure, self._told], **quiet
        )
        self._cancel.click(lambda: gr.Row(visible=False), None, [self._sure], **quiet)
        self._confirm.click(guarded(self._on_confirm), [self.choice], everything, **quiet)

    @property
    def mode(self) -> Any:
        """The block that tells how a report is shown."""
        return self._mode

    # --- what happens ----------------------------------------------------------------------

    def open(self, record_id: str | None, mode: str = _TEXT) -> Updates:
        """Show a report and fill the form."""
        if not record_id:
            return {self._report: EMPTY_REPORT, self._facts: "", self._told: ""}
        try:
            opened = self._desk.open(record_id)
        except PinganError as error:
            return {self._told: notice(error.on_page, kind="error")}
        record = opened.record
        headings = [(heading or _OPENING, heading) for heading in opened.headings]
        parts = [_AS_RECOGNISED, *self._desk.parts(record.unit_type)]
        return {
            self._facts: knowledge_view.facts_html(record),
            self._told: "",
            self._report: self._html(opened, mode),
            self._unit: record.unit,
            self._year: str(record.year or ""),
            self._type: gr.Dropdown(value=record.unit_type or None),
            self._heading: gr.Dropdown(choices=headings, value=None),
            self._part: gr.Dropdown(choices=parts, value=""),
            self._sure: gr.Row(visible=False),
        }

    def _html(self, opened: OpenReport, mode: str) -> str:
        if mode == _PASSAGES:
            return knowledge_view.passages_html(opened.record, opened.passages)
        return knowledge_view.report_html(opened.record, opened.text)

    def _on_mode(self, record_id: str | None, mode: str) -> Updates:
        if not record_id:
            return {self._report: EMPTY_REPORT, self._told: ""}
        return {self._report: self._html(self._desk.open(record_id), mode), self._told: ""}

    def _on_save(  # noqa: PLR0917  # the form's fields, in their order
        self,
        record_id: str | None,
        mode: str,
        unit: str | None,
        year: str | None,
        unit_type: str | None,
        heading: str | None,
        part: str | None,
    ) -> Updates:
        if not record_id:
            return {self._told: notice("还没有选总结，请先在上面选一份。", kind="error")}
        edits = Edits(unit or "", year or "", unit_type or "", heading, part)
        try:
            record = self._desk.edit(record_id, edits)
        except PinganError as error:
            return {self._told: notice(error.on_page, kind="error")}
        return self._changed(record.record_id, mode, "更正已保存，重新添加或重建后仍然有效。")

    def _on_restore(self, record_id: str | None, mode: str) -> Updates:
        if not record_id:
            return {self._told: notice("还没有选总结，请先在上面选一份。", kind="error")}
        record = self._desk.restore(record_id)
        return self._changed(record.record_id, mode, "已恢复为识别结果。")

    def _changed(self, record_id: str, mode: str, told: str) -> Updates:
        updates = {**self._refresh(record_id), **self.open(record_id, mode)}
        return {**updates, self._told: notice(told, kind="ok")}

    def _on_remove(self, record_id: str | None) -> Updates:
        if not record_id:
            return {self._told: notice("还没有选总结，请先在上面选一份。", kind="error")}
        return {self._sure: gr.Row(visible=True), self._told: ""}

    def _on_confirm(self, record_id: str | None) -> Updates:
        if not record_id:
            return {self._sure: gr.Row(visible=False)}
        try:
            record = self._desk.remove(record_id)
        except PinganError as error:
            return {self._told: notice(error.on_page, kind="error")}
        label = knowledge_view.record_label(record)
        return {
            **self._refresh(None),
            self._report: EMPTY_REPORT,
            self._facts: "",
            self._unit: "",
            self._year: "",
            self._type: gr.Dropdown(value=None),
            self._heading: gr.Dropdown(choices=[], value=None),
            self._sure: gr.Row(visible=False),
            self._told: notice(f"已移除 {label}。", kind="ok"),
        }
