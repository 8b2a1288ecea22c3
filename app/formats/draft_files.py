"""A draft written as JSON, read back with the facts it was made from."""

import json
from pathlib import Path
from typing import Any

from app.core.draft import (
    Draft,
    DraftSection,
    DraftSentence,
    LengthResult,
    Origin,
    SectionStatus,
    SectionVersion,
    Usage,
)
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.formats.limits import Limits, current_limits
from app.formats.source import read_limited

_SCHEMA_VERSION = 1
_MOST_FACTS = 5000


def read_draft(path: Path, *, limits: Limits | None = None) -> tuple[Draft, FactSheet]:
    """The draft that ``pingan draft --format json`` wrote, and its fact sheet.

    Raises:
        InputError: it cannot be read, or is no such file.
    """
    return parse_draft(read_limited(path, limits or current_limits()), str(path))


def parse_draft(data: bytes, name: str) -> tuple[Draft, FactSheet]:
    """The draft in ``data``; ``name`` is shown to people.

    Raises:
        InputError: it is no draft.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"))
        if value["schema_version"] != _SCHEMA_VERSION or len(value["facts"]) > _MOST_FACTS:
            raise ValueError("another schema")
        return _draft(value), _sheet(value, name)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{name} 不是起草得到的 JSON 文件，请先用 pingan draft 要点文件 -o 总结.json 写出一份。"
        ) from error


def _draft(value: dict[str, Any]) -> Draft:
    usage, length = value["usage"], value.get("length")
    return Draft(
        unit=str(value["unit"]),
        year=int(value["year"]),
        profile=str(value["profile"]),
        mode=str(value["mode"]),
        model=str(value["model"]),
        text=str(value["text"]),
        sections=tuple(_section(item) for item in value["sections"]),
        fact_uses={str(f["id"]): tuple(map(str, f["used_in"])) for f in value["facts"]},
        unsourced=tuple(map(str, value["unsourced"])),
        usage=Usage(
            int(usage["prompt_tokens"]),
            int(usage["completion_tokens"]),
            int(usage["calls"]),
            float(usage["seconds"]),
        ),
        left_out=tuple(map(str, value.get("left_out", ()))),
        length=LengthResult(int(length["wanted"]), int(length["actual"])) if length else None,
    )


def _section(item: dict[str, Any]) -> DraftSection:
    return DraftSection(
        str(item["key"]),
        str(item["title"]),
        str(item["text"]),
        SectionStatus(item["status"]),
        tuple(_sentence(s) for s in item["sentences"]),
        str(item.get("note", "")),
        tuple(
            SectionVersion(
                str(v["text"]),
                tuple(_sentence(s) for s in v["sentences"]),
                str(v["tool"]),
                str(v["note"]),
            )
            for v in item.get("versions", ())
        ),
    )


def _sentence(item: dict[str, Any]) -> DraftSentence:
    return DraftSentence(
        str(item["text"]),
        tuple(map(str, item["facts"])),
        tuple(map(str, item["passages"])),
        Origin(item["origin"]),
    )


def _sheet(value: dict[str, Any], name: str) -> FactSheet:
    from app.drafting.intake import make_fact  # noqa: PLC0415 — not needed to tell a bad file

    facts = tuple(
        make_fact(
            str(item["id"]),
            str(item["text"]),
            heading=str(item.get("heading", "")),
            source=str(item.get("source", "")),
        )
        for item in value["facts"]
    )
    lines = [line.strip() for line in str(value["text"]).splitlines() if line.strip()]
    unit = str(value["unit"])
    is_signed = len(lines) > 2 and lines[-2] == unit and not lines[-1].startswith("【")
    return FactSheet(
        unit=unit,
        year=int(value["year"]),
        facts=facts,
        unit_type="",
        title=lines[0] if lines else "",
        date=lines[-1] if is_signed else "",
        path=name,
    )
