"""Drafts on disk: what a call has returned from is kept, whatever happens to the program."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from app.core.database import Database
from app.core.draft import DraftSentence, Origin
from app.core.errors import InputError, KnowledgeError
from app.core.facts import Skipped
from app.workspace.owners import OwnerStore, own_draft, utc_now
from app.workspace.schema import DESK
from app.workspace.types import (
    DraftRow,
    OutlineEdits,
    WorkspaceDraft,
    WorkspaceFact,
    WorkspaceSection,
    WorkspaceSkipped,
    WorkspaceVersion,
)

BIN_DAYS = 30
MOST_FACTS = 2_000
MOST_FACT_CHARS = 4_000
MOST_TEXT_CHARS = 200_000
MOST_SKIPPED = 500
MOST_SKIPPED_CHARS = 500
_TEXT_FIELDS = frozenset(
    "title unit year unit_type date mode inbox state model previous_name previous_text".split()
)
_LATEST = """
SELECT s.key, s.title, s.is_locked, v.id, v.text, v.sentences, v.origin, v.note, v.at,
       (SELECT COUNT(*) FROM versions w WHERE w.draft = s.draft AND w.key = s.key) AS versions
FROM sections s JOIN versions v ON v.id =
     (SELECT MAX(id) FROM versions w WHERE w.draft = s.draft AND w.key = s.key)
WHERE s.draft = ? AND s.is_shown
"""


ChangeFacts = Callable[[tuple[WorkspaceFact, ...]], Sequence[WorkspaceFact]]


class WorkspaceStore(OwnerStore):
    """The desk's memory; every call names the owner, and another's draft is as if not there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Database(folder, DESK))
        with suppress(KnowledgeError):  # a full disk must not keep anyone from reading
            self._empty_bin()

    def _empty_bin(self) -> None:
        limit = (datetime.now(UTC) - timedelta(days=BIN_DAYS)).isoformat()
        old = "FROM drafts WHERE trashed != '' AND trashed < ?"
        with self._db.reading() as db:
            if db.execute(f"SELECT 1 {old} LIMIT 1", (limit,)).fetchone() is None:
                return
        with self._db.writing() as db:
            db.execute(f"DELETE {old}", (limit,))

    # --- drafts ----------------------------------------------------------------------------

    def create(self, owner: str, **fields: Any) -> str:
        """A new draft; its name cannot be guessed."""
        name = uuid4().hex
        with self._db.writing() as db:
            db.execute(
                "INSERT INTO drafts (id, owner, created, updated) VALUES (?, ?, ?, ?)",
                (name, owner, utc_now(), utc_now()),
            )
            _set(db, name, fields)
        return name

    def rows(self, owner: str, *, is_trashed: bool = False) -> tuple[DraftRow, ...]:
        """The owner's drafts, the newest first."""
        with self._db.reading() as db:
            found = db.execute(
                f"""
                SELECT d.*, (SELECT COUNT(*) FROM facts f WHERE f.draft = d.id
                             AND f.text != '') AS facts,
                  (SELECT COALESCE(SUM(LENGTH(text)), 0) FROM ({_LATEST.replace("?", "d.id")}))
                  AS chars
                FROM drafts d WHERE owner = ? AND (trashed != '') = ?
                ORDER BY updated DESC, created DESC
                """,  # noqa: S608  # no outside text in it
                (owner, is_trashed),
            ).fetchall()
        return tuple(
            DraftRow(
                r["id"],
                _draft(r).shown_title,
                r["unit"],
                r["year"],
                r["state"],
                r["facts"],
                r["chars"],
                r["updated"],
                r["trashed"],
            )
            for r in found
        )

    def load(self, owner: str, name: str) -> WorkspaceDraft:
        """A draft with everything in it.

        Raises:
            InputError: this owner has no such draft.
        """
        with self._db.reading() as db:
            row = own_draft(db, owner, name)
            sections = db.execute(_LATEST, (name,))
            return replace(
                _draft(row),
                facts=_facts(db, name),
                skipped=_skipped(db, name),
                sections=MappingProxyType({r["key"]: _section(r) for r in sections}),
            )

    def set(self, owner: str, name: str, **fields: Any) -> None:
        """Change fields of a draft; ``outline`` is an :class:`OutlineEdits`."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            _set(db, name, fields)

    def set_facts(
        self, owner: str, name: str, facts: Sequence[WorkspaceFact], **fields: Any
    ) -> None:
        """Put ``facts`` in the place of all facts, and change fields with them.

        Raises:
            InputError: there are too many, or one is too long.
        """
        self.change_facts(owner, name, lambda _: facts, **fields)

    def change_facts(
        self,
        owner: str,
        name: str,
        change: ChangeFacts,
        *,
        skipped: Iterable[Skipped] = (),
        **fields: Any,
    ) -> None:
        """Put what ``change`` makes of the facts in their place; nobody comes in between.

        ``skipped`` is kept beside what was skipped before; the newest of it where it is too much.

        Raises:
            InputError: there are too many, or one is too long.
        """
        with self._db.writing() as db:
            own_draft(db, owner, name)
            _put_facts(db, name, change(_facts(db, name)))
            _add_skipped(db, name, skipped)
            _set(db, name, fields)

    # --- what became no fact ---------------------------------------------------------------

    def take_skipped(self, owner: str, name: str, number: int) -> None:
        """Make a skipped piece a fact, behind the others.

        Raises:
            InputError: it is there no more, or there are too many facts.
        """
        with self._db.writing() as db:
            own_draft(db, owner, name)
            piece = next((s for s in _skipped(db, name) if s.number == number), None)
            if piece is None:
                raise InputError("这一处已经写进要点或清除了，请看最新的要点表。")
            _put_facts(db, name, (*_facts(db, name), WorkspaceFact(piece.text)))
            db.execute("DELETE FROM skipped WHERE number = ?", (number,))
            _set(db, name, {})

    def clear_skipped(self, owner: str, name: str) -> None:
        """Forget what was skipped."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            db.execute("DELETE FROM skipped WHERE draft = ?", (name,))
            _set(db, name, {})

    # --- sections --------------------------------------------------------------------------

    def add_version(
        self, owner: str, name: str, section: WorkspaceSection, *, title: str | None = None
    ) -> int:
        """Keep a new text of a section; the section is begun where it was not."""
        _require_short(section.version.text)
        with self._db.writing() as db:
            own_draft(db, owner, name)
            number = _append(db, name, section, title)
            _set(db, name, {})
        return number

    def add_versions(
        self, owner: str, name: str, sections: Iterable[WorkspaceSection], **fields: Any
    ) -> None:
        """Keep new texts of several sections, and change fields with them."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            for section in sections:
                _append(db, name, section, section.title)
            _set(db, name, fields)

    def hide_sections(self, owner: str, name: str, keys: Iterable[str]) -> None:
        """Take sections out of the report; their versions stay."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            db.executemany(
                "UPDATE sections SET is_shown = 0 WHERE draft = ? AND key = ?",
                ((name, key) for key in keys),
            )
            _set(db, name, {})

    def lock(self, owner: str, name: str, key: str, *, is_locked: bool) -> None:
        """Keep a section as it is when the report is written anew, or let it go."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            db.execute(
                "UPDATE sections SET is_locked = ? WHERE draft = ? AND key = ?",
                (is_locked, name, key),
            )
            _set(db, name, {})

    def versions(self, owner: str, name: str, key: str) -> tuple[WorkspaceVersion, ...]:
        """Every text a section has had, the oldest first."""
        with self._db.reading() as db:
            own_draft(db, owner, name)
            found = db.execute(
                "SELECT * FROM versions WHERE draft = ? AND key = ? ORDER BY id", (name, key)
            )
            return tuple(_version(r) for r in found)

    # --- keeping house ---------------------------------------------------------------------

    def trash(self, owner: str, name: str, *, is_trashed: bool = True) -> None:
        """Put a draft into the bin, or take it out again."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            db.execute(
                "UPDATE drafts SET trashed = ? WHERE id = ?",
                (utc_now() if is_trashed else "", name),
            )

    def remove(self, owner: str, name: str) -> None:
        """Remove a draft for ever."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            db.execute("DELETE FROM drafts WHERE id = ?", (name,))


def _set(db: sqlite3.Connection, name: str, fields: Mapping[str, Any]) -> None:
    """Set fields, and note that the draft has changed."""
    values: dict[str, Any] = {}
    for field, value in fields.items():
        if field == "outline":
            values[field] = _outline_text(value)
        elif field == "length":
            values[field] = int(value)
        elif field in _TEXT_FIELDS:
            _require_short(str(value))
            values[field] = str(value)
        else:
            raise ValueError(f"no field {field}")
    names = "".join(f"{field} = ?, " for field in values)
    db.execute(
        f"UPDATE drafts SET {names}rev = rev + 1, updated = ? WHERE id = ?",  # noqa: S608  # known fields
        (*values.values(), utc_now(), name),
    )


def _append(db: sqlite3.Connection, name: str, section: WorkspaceSection, title: str | None) -> int:
    db.execute(
        "INSERT INTO sections (draft, key, title, is_locked) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET is_shown = 1, title = COALESCE(?, title)",
        (name, section.key, section.title, section.is_locked, title),
    )
    version = section.version
    cursor = db.execute(
        "INSERT INTO versions (draft, key, text, sentences, origin, note, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            section.key,
            version.text,
            _sentences_text(version.sentences),
            version.origin,
            version.note,
            version.at or utc_now(),
        ),
    )
    return cursor.lastrowid or 0


def _facts(db: sqlite3.Connection, name: str) -> tuple[WorkspaceFact, ...]:
    found = db.execute("SELECT * FROM facts WHERE draft = ? ORDER BY pos", (name,))
    return tuple(
        WorkspaceFact(r["text"], r["heading"], r["part"], r["mark"], r["source"]) for r in found
    )


def _put_facts(db: sqlite3.Connection, name: str, facts: Sequence[WorkspaceFact]) -> None:
    _require_few(facts)
    db.execute("DELETE FROM facts WHERE draft = ?", (name,))
    db.executemany(
        "INSERT INTO facts (draft, pos, heading, text, part, mark, source) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((name, n, f.heading, f.text, f.part, f.mark, f.source) for n, f in enumerate(facts)),
    )


def _skipped(db: sqlite3.Connection, name: str) -> tuple[WorkspaceSkipped, ...]:
    found = db.execute(
        "SELECT number, line, text, why FROM skipped WHERE draft = ? ORDER BY number", (name,)
    )
    return tuple(WorkspaceSkipped(*r) for r in found)


def _add_skipped(db: sqlite3.Connection, name: str, skipped: Iterable[Skipped]) -> None:
    """Keep pieces; one that is kept already (the same text brought twice) is not kept twice."""
    known = {(s.line, s.text, s.why) for s in _skipped(db, name)}
    cut = MOST_SKIPPED_CHARS - 1
    short = ((s, s.text if len(s.text) <= cut + 1 else f"{s.text[:cut]}…") for s in skipped)
    db.executemany(
        "INSERT INTO skipped (draft, line, text, why) VALUES (?, ?, ?, ?)",
        ((name, s.line, text, s.why) for s, text in short if (s.line, text, s.why) not in known),
    )
    db.execute(
        "DELETE FROM skipped WHERE draft = ? AND number NOT IN "
        "(SELECT number FROM skipped WHERE draft = ? ORDER BY number DESC LIMIT ?)",
        (name, name, MOST_SKIPPED),
    )


def _require_few(facts: Sequence[WorkspaceFact]) -> None:
    if len(facts) > MOST_FACTS:
        raise InputError(f"要点太多（{len(facts)}条），一份最多{MOST_FACTS}条，请合并后再试。")
    if any(len(f.text) > MOST_FACT_CHARS for f in facts):
        raise InputError(f"有一条要点超过{MOST_FACT_CHARS}字，请拆成几条。")


def _require_short(text: str) -> None:
    if len(text) > MOST_TEXT_CHARS:
        raise InputError(f"文字太长，超过{MOST_TEXT_CHARS}字，没有保存，请拆开。")


def _draft(row: sqlite3.Row) -> WorkspaceDraft:
    names = (
        "id title unit year unit_type date length mode inbox state model previous_name "
        "previous_text rev created updated trashed"
    ).split()
    return WorkspaceDraft(**{n: row[n] for n in names}, outline=_outline(row["outline"]))


def _section(row: sqlite3.Row) -> WorkspaceSection:
    return WorkspaceSection(
        row["key"], row["title"], _version(row), bool(row["is_locked"]), row["versions"]
    )


def _version(row: sqlite3.Row) -> WorkspaceVersion:
    sentences = tuple(
        DraftSentence(text, tuple(facts), tuple(passages), Origin(origin))
        for text, facts, passages, origin in json.loads(row["sentences"])
    )
    return WorkspaceVersion(
        row["id"], row["text"], sentences, row["origin"], row["note"], row["at"]
    )


def _sentences_text(sentences: Sequence[DraftSentence]) -> str:
    rows = [[s.text, s.facts, s.passages, s.origin.value] for s in sentences]
    return json.dumps(rows, ensure_ascii=False)


def _outline(text: str) -> OutlineEdits:
    value = json.loads(text)
    return OutlineEdits(
        tuple(value.get("order", ())),
        MappingProxyType(dict(value.get("titles", {}))),
        MappingProxyType(dict(value.get("own", {}))),
        tuple(value.get("removed", ())),
    )


def _outline_text(outline: OutlineEdits) -> str:
    value = {
        "order": outline.order,
        "titles": dict(outline.titles),
        "own": dict(outline.own),
        "removed": outline.removed,
    }
    return json.dumps(value, ensure_ascii=False)
