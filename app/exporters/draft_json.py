"""A draft as JSON, in the documented shape."""

import json

from app.core.draft import Draft, DraftSection
from app.core.facts import FactSheet

SCHEMA_VERSION = 1


def draft_object(draft: Draft, sheet: FactSheet) -> dict[str, object]:
    """Plain values, ready for ``json.dumps``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "unit": draft.unit,
        "year": draft.year,
        "profile": draft.profile,
        "mode": draft.mode,
        "model": draft.model,
        "text": draft.text,
        "sections": [_section(section) for section in draft.sections],
        "facts": [
            {"id": fact.id, "text": fact.text, "used_in": list(draft.fact_uses.get(fact.id, ()))}
            for fact in sheet.facts
        ],
        "unsourced": list(draft.unsourced),
        "usage": {
            "prompt_tokens": draft.usage.prompt_tokens,
            "completion_tokens": draft.usage.completion_tokens,
            "calls": draft.usage.calls,
            "seconds": round(draft.usage.seconds, 3),
        },
    }


def _section(section: DraftSection) -> dict[str, object]:
    out: dict[str, object] = {
        "key": section.key,
        "title": section.title,
        "text": section.text,
        "status": section.status.value,
        "sentences": [
            {
                "text": sentence.text,
                "facts": list(sentence.facts),
                "passages": list(sentence.passages),
                "origin": sentence.origin.value,
            }
            for sentence in section.sentences
        ],
    }
    if section.note:
        out["note"] = section.note
    return out


def render_json(draft: Draft, sheet: FactSheet) -> str:
    """The draft as indented JSON with a line end."""
    return json.dumps(draft_object(draft, sheet), ensure_ascii=False, indent=2) + "\n"
