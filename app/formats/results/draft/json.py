"""A draft as JSON, in the documented shape."""

import json

from app.core.draft import Draft, DraftSection, DraftSentence
from app.core.facts import Fact, FactSheet, Skipped
from app.formats.results.controls import escape_json

SCHEMA_VERSION = 1


def draft_object(draft: Draft, sheet: FactSheet) -> dict[str, object]:
    """Plain values, ready for ``json.dumps``."""
    out: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "unit": draft.unit,
        "year": draft.year,
        "profile": draft.profile,
        "mode": draft.mode,
        "model": draft.model,
        "text": draft.text,
        "sections": [_section(section) for section in draft.sections],
        "facts": [_fact(fact, draft) for fact in sheet.facts],
        "skipped": [_skipped(one) for one in sheet.skipped],
        "unsourced": list(draft.unsourced),
        "usage": {
            "prompt_tokens": draft.usage.prompt_tokens,
            "completion_tokens": draft.usage.completion_tokens,
            "calls": draft.usage.calls,
            "seconds": round(draft.usage.seconds, 3),
        },
    }
    if draft.left_out:
        out["left_out"] = list(draft.left_out)
    if draft.length:
        length = draft.length
        out["length"] = {"wanted": length.wanted, "actual": length.actual, "note": length.note}
    if draft.unsure:
        out["unsure"] = list(draft.unsure)
    if draft.notes:
        out["notes"] = list(draft.notes)
    return out


def _fact(fact: Fact, draft: Draft) -> dict[str, object]:
    out: dict[str, object] = {
        "id": fact.id,
        "text": fact.shown,
        "used_in": list(draft.fact_uses.get(fact.id, ())),
    }
    for name in ("label", "heading", "source"):
        if value := getattr(fact, name):
            out[name] = value
    return out


def _skipped(one: Skipped) -> dict[str, object]:
    return {"text": one.text, "why": one.why, "line": one.line, "question": one.is_question}


def _section(section: DraftSection) -> dict[str, object]:
    out: dict[str, object] = {
        "key": section.key,
        "title": section.title,
        "text": section.text,
        "status": section.status.value,
        "sentences": [_sentence(sentence) for sentence in section.sentences],
    }
    if section.note:
        out["note"] = section.note
    if section.versions:
        out["versions"] = [
            {
                "text": version.text,
                "tool": version.tool,
                "note": version.note,
                "sentences": [_sentence(sentence) for sentence in version.sentences],
            }
            for version in section.versions
        ]
    return out


def _sentence(sentence: DraftSentence) -> dict[str, object]:
    return {
        "text": sentence.text,
        "facts": list(sentence.facts),
        "passages": list(sentence.passages),
        "origin": sentence.origin.value,
    }


def render_json(draft: Draft, sheet: FactSheet) -> str:
    """The draft as indented JSON with a line end."""
    return escape_json(json.dumps(draft_object(draft, sheet), ensure_ascii=False, indent=2)) + "\n"
