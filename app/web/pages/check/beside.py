"""What a report is checked against: last year's report and the fact sheet, read from uploads."""

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from app.core.document import Document
from app.core.facts import FactSheet
from app.formats.rendering import render
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.notices import hint

PREVIOUS_TYPES = [".txt", ".md", ".docx", ".doc", ".wps", ".pdf"]
SHEET_TYPES = [".txt", ".md", ".docx", ".xlsx"]
_NOTHING = hint(
    "选了去年总结，就核对所引的去年数和照抄的段落；选了要点表，就核对数字和事项有没有出处。"
)


@dataclass(frozen=True, slots=True)
class ReferenceUploads:
    """The uploads read so far; ``sheet_name`` is the file the fact sheet was read from."""

    previous: Document | None = None
    sheet: FactSheet | None = None
    sheet_name: str = ""

    def __bool__(self) -> bool:
        return self.previous is not None or self.sheet is not None

    def shown(self) -> str:
        """What is being compared with, as chips."""
        if not self:
            return _NOTHING
        previous = self.previous.path if self.previous else ""
        sheet = self.sheet_name if self.sheet else ""
        return render("web/check.html", "beside", previous=previous, sheet=sheet)


class BesideBox:
    """The folded box in the tab 核查 by which the two files come in."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.state = gr.State(ReferenceUploads())
        with gr.Accordion("对照材料（可不选）", open=False, elem_id="check-beside"):
            with gr.Row(equal_height=True):
                self.previous = self._button("去年总结", PREVIOUS_TYPES, "check-previous")
                self.sheet = self._button("要点表", SHEET_TYPES, "check-facts")
            self.shown = html_block(_NOTHING, elem_id="check-beside-shown")
            self.clear = gr.Button(
                "不再对照", size="sm", interactive=False, elem_id="check-beside-clear"
            )

    @staticmethod
    def _button(label: str, types: list[str], elem_id: str) -> gr.UploadButton:
        return gr.UploadButton(label, file_types=types, size="sm", min_width=100, elem_id=elem_id)

    def with_previous(self, beside: ReferenceUploads, uploaded: str | None) -> ReferenceUploads:
        """Read last year's report.

        Raises:
            InputError: it cannot be read.
        """
        with self._backend.workspace.taken(uploaded) as path:
            return replace(beside, previous=self._backend.read(path))

    def with_sheet(self, beside: ReferenceUploads, uploaded: str | None) -> ReferenceUploads:
        """Read the fact sheet.

        Raises:
            InputError: it cannot be read.
        """
        with self._backend.workspace.taken(uploaded) as path:
            return replace(beside, sheet=self._backend.read_sheet(path), sheet_name=path.name)

    def updates(self, beside: ReferenceUploads) -> dict[Any, Any]:
        """The box showing ``beside``."""
        return {
            self.state: beside,
            self.shown: beside.shown(),
            self.clear: gr.Button(interactive=bool(beside)),
        }
