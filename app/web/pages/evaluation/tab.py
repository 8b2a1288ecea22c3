"""The tab 评测: the last runs, and two of them compared."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.core.errors import PinganError
from app.web.backend import Backend
from app.web.blocks import html_block
from app.web.guard import guarded
from app.web.notices import notice
from app.web.pages.evaluation import view as eval_view

if TYPE_CHECKING:
    from eval.saved import KeptRun

Updates = dict[Any, Any]
_NO_OTHER = "（不比较）"


class EvalTab:
    """Lays the tab out inside the current ``gr.Tab`` and wires it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        with gr.Row(equal_height=False):
            self._choice = gr.Dropdown(
                [], label="评测结果（最近的在前）", min_width=300, elem_id="eval-choice"
            )
            self._other = gr.Dropdown([], label="与之比较", min_width=300, elem_id="eval-other")
        self._shown = html_block(
            eval_view.NOTHING_YET, elem_id="eval-run", elem_classes=["pane", "side"]
        )
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        chosen = [self._choice, self._other]
        for dropdown in chosen:
            dropdown.input(guarded(self._on_choice), chosen, [self._shown], **quiet)
        self.load = guarded(self._overview)
        self.overview = [*chosen, self._shown]

    def _kept(self) -> "dict[str, KeptRun]":
        from eval.saved import kept_runs  # noqa: PLC0415  # loaded with the tab

        return {kept.folder.name: kept for kept in kept_runs(self._backend.settings.home)}

    def _overview(self) -> Updates:
        kept = self._kept()
        choices = [(eval_view.run_label(item), name) for name, item in kept.items()]
        latest = choices[0][1] if choices else None
        return {
            self._choice: gr.Dropdown(choices=choices, value=latest),
            self._other: gr.Dropdown(choices=[(_NO_OTHER, ""), *choices], value=""),
            self._shown: self._show(kept[latest].folder, None) if latest else eval_view.NOTHING_YET,
        }

    def _on_choice(self, name: str | None, other: str | None) -> Updates:
        kept = self._kept()
        if not name or name not in kept:
            gone = (
                notice("这次结果已经不在了，请重新打开这一页。") if name else eval_view.NOTHING_YET
            )
            return {self._shown: gone}
        before = kept.get(other or "")
        return {self._shown: self._show(kept[name].folder, before.folder if before else None)}

    @staticmethod
    def _show(folder: Path, before: Path | None) -> str:
        try:
            if before is not None:
                return eval_view.comparison_html(before, folder)
            return eval_view.run_html(folder)
        except PinganError as error:
            return notice(error.on_page, kind="error")
