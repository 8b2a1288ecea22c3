"""The writers' desk as plain values for the page; offsets count UTF-16 units, as browsers do."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.core.document import Span
from app.evidence.sheet import MATCHED_KINDS
from app.language.numbers.numerals import ordinal
from app.workspace.holes import tell_holes
from app.workspace.jobs import Progress
from app.workspace.types import (
    LEFT_OUT,
    UNCONFIRMED,
    DraftRow,
    WorkspaceDraft,
    WorkspaceFact,
    WorkspaceVersion,
)
from app.workspace.view import PlacedFinding, SectionView, WorkspaceView, is_unwritten

if TYPE_CHECKING:
    from app.services.draft_model import DryRun  # loads langchain and openai

_WIDE = 0xFFFF


def units(text: str, place: int) -> int:
    """A place in code points as a place in UTF-16 units."""
    return place + sum(ord(char) > _WIDE for char in text[:place])


def _span(text: str, span: Span) -> list[int]:
    return [units(text, span.start), units(text, span.end)]


def view_json(view: WorkspaceView) -> dict[str, Any]:
    """A draft with everything the page shows of it."""
    draft, layout = view.draft, view.layout
    written = [s for s in view.sections if s.section is not None]
    told = {f for s in written for f in s.facts}
    return {
        **_fields(draft),
        "default_title": f"{draft.unit}{draft.year and f'{draft.year}年'}平安建设工作总结",
        "profile": layout.profile,
        "facts": _facts(view),
        "skipped": [
            {"number": s.number, "line": s.line, "text": s.text, "why": s.why}
            for s in draft.skipped
        ],
        "parts": [{"key": c.key, "title": c.title} for c in layout.choices],
        "contradictions": [
            {"message": c.message, "facts": list(c.facts), "level": c.severity.value}
            for c, _ in layout.contradictions
        ],
        "sections": [_section(s) for s in view.sections],
        "removed": [{"key": c.key, "title": c.title} for c in layout.removed],
        "findings": [_finding(f, view) for f in view.findings],
        "unused": list(view.unused),
        "holes": tell_holes(view) if written else "",
        "unconfirmed": {mark: list(layout.waiting(mark)) for mark in UNCONFIRMED},
        "written": bool(written),
        "chars": view.chars,
        "told": len(told),
        "unsourced": view.unsourced,
    }


def _fields(draft: WorkspaceDraft) -> dict[str, Any]:
    names = "id title unit year unit_type date length mode inbox state model rev updated".split()
    out: dict[str, Any] = {name: getattr(draft, name) for name in names}
    out["shown_title"] = draft.shown_title
    out["previous"] = (
        {"name": draft.previous_name, "chars": len("".join(draft.previous_text.split()))}
        if draft.previous_text
        else None
    )
    return out


def _facts(view: WorkspaceView) -> list[dict[str, Any]]:
    figures = {
        fact.id: [q.span.of(fact.text) for q in fact.quantities if q.kind in MATCHED_KINDS]
        for fact in view.layout.sheet.facts
    }
    return [
        {
            "id": f"F{n}",
            "text": row.text,
            "heading": row.heading,
            "part": row.part,
            "mark": row.mark,
            "source": row.source,
            "figures": figures.get(f"F{n}", []),
            "place": view.layout.places.get(f"F{n}", ""),
            "unsure": f"F{n}" in view.layout.unsure,
        }
        for n, row in enumerate(view.draft.facts, 1)
    ]


def _section(view: SectionView) -> dict[str, Any]:
    version = view.section.version if view.section else None
    text = view.text
    return {
        "key": view.key,
        "title": view.title,
        "number": f"{ordinal(view.number)}、" if view.title and version is not None else "",
        "text": text,
        "written": version is not None,
        "unwritten": version is not None and is_unwritten(text),
        "locked": bool(view.section and view.section.is_locked),
        "note": version.note if version else "",
        "origin": version.origin if version else "",
        "at": version.at if version else "",
        "version": version.number if version else 0,
        "versions": view.section.versions if view.section else 0,
        "facts": list(view.facts),
        "planned": list(view.planned),
        "sentences": [
            {
                "span": _span(text, s.span),
                "facts": list(s.facts),
                "bad": [[*_span(text, c.span), c.message] for c in s.complaints],
            }
            for s in view.sentences
        ],
    }


def _finding(placed: PlacedFinding, view: WorkspaceView) -> dict[str, Any]:
    finding = placed.finding
    text = next((s.text for s in view.sections if s.key == placed.section), "")
    return {
        "id": finding.fingerprint,
        "rule": finding.rule,
        "level": finding.severity.value,
        "label": finding.severity.label,
        "message": finding.message,
        "quote": finding.quote[:80],
        "section": placed.section,
        "heading": placed.is_heading,
        "span": _span(text, placed.span),
        "fix": finding.fix.text if finding.fix is not None and placed.is_fixable else None,
    }


def row_json(row: DraftRow) -> dict[str, Any]:
    """One line of the list of drafts."""
    names = "id title unit year state facts chars updated trashed".split()
    return {name: getattr(row, name) for name in names}


def version_json(version: WorkspaceVersion) -> dict[str, Any]:
    """One version of a section."""
    return {
        "number": version.number,
        "origin": version.origin,
        "at": version.at,
        "chars": len("".join(version.text.split())),
        "text": version.text,
    }


def progress_json(progress: Progress | None) -> dict[str, Any] | None:
    """How far the writing is."""
    if progress is None:
        return None
    return {
        "kind": progress.kind,
        "state": progress.state,
        "told": progress.told,
        "share": progress.share,
        "error": progress.error,
        "notes": list(progress.notes),
        "can_go_on": progress.can_go_on,
        "waiting": progress.waiting_s,
        "sections": [
            {"key": s.key, "title": s.title, "text": s.text, "done": s.is_done}
            for s in progress.sections
        ],
    }


def outgoing_json(run: "DryRun") -> dict[str, Any]:
    """What would be sent, to be read before it is."""
    return {
        "address": run.address,
        "model": run.model,
        "trusted": run.is_trusted,
        "blocked": run.is_blocked,
        "host": run.host,
        "needs_consent": run.needs_consent,
        "tokens": run.tokens,
        "leaks": [f"{leak.where}的{leak.kind}（{leak.shown}）" for leak in run.leaks],
        "composed": list(run.composed),
        "calls": [
            {"section": c.section, "system": c.system, "user": c.user, "tokens": c.tokens}
            for c in run.calls
        ],
    }


def fact_of(row: Mapping[str, Any]) -> WorkspaceFact:
    """A row of facts as the page sends it; it may send anything."""
    part = str(row.get("part") or "")
    return WorkspaceFact(
        str(row.get("text") or ""),
        str(row.get("heading") or "")[:100],
        part if part == LEFT_OUT else part[:60],
        str(row.get("mark") or "")[:20],
        str(row.get("source") or "")[:60],
    )
