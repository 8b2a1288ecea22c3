"""Let go of what Gradio keeps, so that a page may stay open for months."""

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gradio as gr


def trim_session(page: "gr.Blocks", state: Any) -> None:
    """Let go of what Gradio keeps of every call for as long as a session lasts.

    Each block that a handler returns would stay with all its text, and each session would hold
    the settings of every block once more, for links that this page does not offer.
    """
    if state is None:
        return
    blocks = state.blocks_config.blocks
    for block_id in [i for i in list(blocks) if i not in page.blocks]:
        blocks.pop(block_id, None)
    state.config_values.clear()


def forget_session(page: "gr.Blocks", session: str) -> None:
    """Let go of a session's values."""
    page.state_holder.session_data.pop(session, None)
    page.state_holder.time_last_used.pop(session, None)


def forget_answered(page: "gr.Blocks", session: str) -> None:
    """Let go of the queue of a session whose answers have all been told."""
    queue = page._queue
    if not queue.pending_event_ids_session.get(session):
        queue.pending_event_ids_session.pop(session, None)
        queue.pending_messages_per_session.pop(session, None)


def sweep_page(page: "gr.Blocks", keep_s: float, now: float | None = None) -> None:
    """Forget the pages left for longer than ``keep_s``, and the names of files long gone."""
    oldest = (time.time() if now is None else now) - keep_s
    for session, used in list(page.state_holder.time_last_used.items()):
        if used.timestamp() < oldest:
            forget_session(page, session)
            forget_answered(page, session)
    for names in page.temp_file_sets:
        names.clear()
