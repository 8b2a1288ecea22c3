"""The page's functions for other programs: ``/check``, ``/draft``, ``/search``.

Each answers with JSON text, the same that the command line prints: Gradio's own client takes
any object with a key ``path`` for a file to download, so plain objects would not arrive.
"""

import json

import gradio.events as gr_events

from app.formats.results.check.json import render_json
from app.web.backend import Backend
from app.web.guard import guarded
from app.web.sheet_text import SheetFields, build_sheet

_MOST_HITS = 50


def register_api(backend: Backend) -> None:
    """Add the endpoints to the current ``gr.Blocks``."""

    def check(text: str, profile: str = "auto") -> str:
        """核查一份总结的全文，返回的 JSON 与 pingan check --format json 相同。"""
        return render_json([backend.check_text(text, profile).result])

    def draft(facts: str, offline: bool = False) -> str:  # noqa: FBT001, FBT002  # by name
        """按要点起草，返回的 JSON 与 pingan draft --format json 相同。"""
        from app.formats.results.draft.json import render_json as render_draft  # noqa: PLC0415

        sheet = build_sheet(facts, SheetFields())
        is_offline = offline or not backend.has_model
        return render_draft(backend.draft(sheet, is_offline=is_offline), sheet)

    def search(query: str, count: int = 6) -> str:
        """在知识库里搜往年写法，返回 JSON 数组，最相近的在前。"""
        hits = backend.search(query, k=max(1, min(count, _MOST_HITS)))
        rows = [
            {
                "unit": hit.passage.unit,
                "year": hit.passage.year,
                "headings": list(hit.passage.heading_path),
                "text": hit.passage.text,
                "score": hit.score,
                "why": hit.why,
            }
            for hit in hits
        ]
        return json.dumps(rows, ensure_ascii=False)

    gr_events.api(guarded(check), api_name="check")
    gr_events.api(guarded(draft), api_name="draft", concurrency_limit=4)
    gr_events.api(guarded(search), api_name="search")
