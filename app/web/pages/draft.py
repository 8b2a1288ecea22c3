"""The tab 起草: the desk of the writers, drawn in the browser, kept on this machine."""

from typing import Any

import gradio as gr

from app.core.draft import Draft
from app.core.errors import InputError
from app.resources import STATIC
from app.web.api.owner import browser_owner, owner_of
from app.web.api.workspace import WorkspaceApi
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.guard import guarded, sentence_for
from app.web.notices import empty_state

_SCRIPTS = ("desk_core.js", "desk_facts.js", "desk_paper.js", "desk_side.js", "desk_main.js")
_LOADING = empty_state("正在打开……")


def desk_script() -> str:
    """The page's script; its parts share one scope of their own."""
    parts = [(STATIC / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    return "{\n" + "\n".join(parts) + "\n}"


class DraftTab:
    """Lays the tab out inside the current ``gr.Tab`` and wires it.

    ``last`` holds the last finished draft of this visit.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.last = gr.State(None)
        api = WorkspaceApi(backend)

        def desk_call(text: str, request: gr.Request) -> str:
            """One call of the page."""
            try:
                owner = owner_of(request)
            except InputError as error:
                return api.failure(sentence_for(error))
            return api.answer(owner, text, browser=browser_owner(request))

        self._desk = html_block(
            _LOADING,
            js_on_load=desk_script(),
            server_functions=[desk_call],
            elem_id="draft-desk",
        )
        self._desk.select(
            guarded(self._on_written),
            None,
            [self.last],
            show_progress="hidden",
            api_visibility="private",
        )

    def _on_written(self, request: gr.Request, event: gr.EventData) -> Draft | Any:
        """A report has been written: other tabs may show what it used."""
        name = getattr(event, "draft", "")
        if not isinstance(name, str) or not name:
            return gr.skip()
        try:
            return self._backend.desk().report(owner_of(request), name)[0]
        except InputError:
            return gr.skip()  # stopped before anything was written
