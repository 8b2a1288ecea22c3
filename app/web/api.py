"""The page's functions for other programs: ``/check``, ``/draft``, ``/search``."""

from typing import Any

import gradio.events as gr_events

from app.exporters.check_json import check_object
from app.web.backend import Backend
from app.web.guard import guarded
from app.web.sheet_text import SheetFields, build_sheet


def register_api(backend: Backend) -> None:
    """Add the endpoints to the current ``gr.Blocks``."""

    def check(text: str, profile: str = "auto") -> dict[str, Any]:
        """核查一份总结的全文，返回与 pingan check --format json 相同的结构。"""
        return check_object([backend.check_text(text, profile).result])

    def draft(facts: str, offline: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """按要点起草，返回与 pingan draft --format json 相同的结构。"""
        from app.exporters.draft_json import draft_object  # noqa: PLC0415

        sheet = build_sheet(facts, SheetFields())
        written = backend.draft(sheet, is_offline=offline or not backend.has_model)
        return draft_object(written, sheet)

    def search(query: str, count: int = 6) -> list[dict[str, Any]]:
        """在知识库里搜往年写法，最相近的在前。"""
        return [
            {
                "unit": hit.passage.unit,
                "year": hit.passage.year,
                "headings": list(hit.passage.heading_path),
                "text": hit.passage.text,
                "score": hit.score,
                "why": hit.why,
            }
            for hit in backend.search(query, k=max(1, min(count, 50)))
        ]

    gr_events.api(guarded(check), api_name="check")
    gr_events.api(guarded(draft), api_name="draft", concurrency_limit=4)
    gr_events.api(guarded(search), api_name="search")
