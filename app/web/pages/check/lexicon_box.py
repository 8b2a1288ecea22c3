"""The folded box in the tab 核查 in which the unit's own word list is read and kept."""

from typing import Any

import gradio as gr

from app.core.audit import Deed, record
from app.core.errors import PinganError
from app.services.lexicon import lexicon_path, lexicon_text, save_lexicon
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.guard import guarded
from app.web.notices import notice

_MOST_CHARS = 200_000


class LexiconBox:
    """Lays the box out; its tab wires ``save``, so that a report is checked again at once."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        with gr.Accordion("本单位词表", open=False, elem_id="check-lexicon") as box:
            self.text = gr.Textbox(
                label="固定说法、单位简称、允许的名称、错别字",
                lines=9,
                max_lines=9,
                max_length=_MOST_CHARS,
                elem_id="check-lexicon-text",
            )
            self.save = gr.Button("保存词表", size="sm", elem_id="check-lexicon-save")
            self.status = html_block(elem_id="check-lexicon-status")
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        box.expand(guarded(self._load), None, [self.text, self.status], **quiet)

    def _load(self) -> dict[Any, Any]:
        try:
            return {self.text: lexicon_text(self._backend.settings), self.status: ""}
        except PinganError as error:
            return {self.status: notice(error.on_page, kind="error")}

    def keep(self, text: str | None) -> str:
        """Keep the text of the box as the word list; what to tell the user.

        Raises:
            PinganError: an entry is wrong or the file cannot be written; nothing was changed.
        """
        lexicon = save_lexicon(self._backend.settings, text or "")
        record(self._backend.settings.home, Deed.LEXICON)
        total = sum(map(len, (lexicon.phrases, lexicon.names, lexicon.units, lexicon.typos)))
        path = lexicon_path(self._backend.settings)
        return notice(f"已保存 {total} 条，存在 {path}；以后每次核查都用。", kind="ok")
