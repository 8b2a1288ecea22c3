"""Whose a draft is: shared by a code, claimed, handed over when somebody leaves, given back."""

import secrets
import sqlite3
from datetime import UTC, datetime
from uuid import uuid4

from app.core.database import Database
from app.core.errors import InputError


class OwnerStore:
    """The part of the desk's memory that works on the owners of drafts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def claim(self, former: str, owner: str) -> int:
        """Make all drafts of one owner another's, those in the bin as well; how many they are."""
        with self._db.writing() as db:
            return db.execute(
                "UPDATE drafts SET owner = ? WHERE owner = ?", (owner, former)
            ).rowcount

    def count(self, owner: str) -> int:
        """How many drafts an owner has, those in the bin as well."""
        with self._db.reading() as db:
            (count,) = db.execute(
                "SELECT COUNT(*) FROM drafts WHERE owner = ?", (owner,)
            ).fetchone()
        return int(count)

    def hand_over(self, owner: str, to: str) -> int:
        """Make all drafts of one owner another's, to be given back one day; how many they are.

        What has been handed over before is given back to whoever had it first.
        """
        with self._db.writing() as db:
            return db.execute(
                "UPDATE drafts SET owner = ?, "
                "lent_rev = CASE lender WHEN '' THEN rev ELSE lent_rev END, "
                "lender = CASE lender WHEN '' THEN owner ELSE lender END WHERE owner = ?",
                (to, owner),
            ).rowcount

    def give_back(self, lender: str) -> None:
        """Give back what was handed over; where it was worked on since, both have a draft."""
        with self._db.writing() as db:
            rows = db.execute("SELECT * FROM drafts WHERE lender = ?", (lender,)).fetchall()
            for row in rows:
                if row["rev"] != row["lent_rev"]:
                    _copy(db, row, lender)
                    continue
                db.execute("UPDATE drafts SET owner = ? WHERE id = ?", (lender, row["id"]))
            db.execute("UPDATE drafts SET lender = '' WHERE lender = ?", (lender,))

    def share(self, owner: str, name: str) -> str:
        """The code by which a colleague takes a copy of the draft."""
        with self._db.writing() as db:
            code: str = own_draft(db, owner, name)["share"] or secrets.token_hex(10)
            db.execute("UPDATE drafts SET share = ? WHERE id = ?", (code, name))
        return code

    def unshare(self, owner: str, name: str) -> None:
        """Make the code worthless."""
        with self._db.writing() as db:
            own_draft(db, owner, name)
            db.execute("UPDATE drafts SET share = '' WHERE id = ?", (name,))

    def take(self, owner: str, code: str) -> str:
        """A copy of a draft that somebody shares, now the owner's.

        Raises:
            InputError: there is no such code.
        """
        with self._db.writing() as db:
            row = db.execute(
                "SELECT * FROM drafts WHERE share = ? AND share != '' AND trashed = ''", (code,)
            ).fetchone()
            if row is None:
                raise InputError("没有这个取稿码，请核对有没有抄错，或请对方重新生成。")
            return _copy(db, row, owner)


def _copy(db: sqlite3.Connection, row: sqlite3.Row, owner: str) -> str:
    name = uuid4().hex
    values = {
        **dict(row),
        "id": name,
        "owner": owner,
        "share": "",
        "lender": "",
        "updated": utc_now(),
    }
    db.execute(
        f"INSERT INTO drafts ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608  # the columns of the table itself
        tuple(values.values()),
    )
    for table, columns in (
        ("facts", "pos, heading, text, part, mark, source"),
        ("skipped", "line, text, why"),
        ("sections", "key, title, is_locked, is_shown"),
        ("versions", "key, text, sentences, origin, note, at"),
    ):
        order = {"versions": " ORDER BY id", "skipped": " ORDER BY number"}.get(table, "")
        db.execute(
            f"INSERT INTO {table} (draft, {columns}) "  # noqa: S608  # names from above
            f"SELECT ?, {columns} FROM {table} WHERE draft = ?{order}",
            (name, row["id"]),
        )
    return name


def own_draft(db: sqlite3.Connection, owner: str, name: str) -> sqlite3.Row:
    """The row of a draft.

    Raises:
        InputError: this owner has no such draft.
    """
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM drafts WHERE id = ? AND owner = ?", (name, owner)
    ).fetchone()
    if row is None:
        raise InputError("这份稿子已经不在了，请从“我的稿子”里重新打开。")
    return row


def utc_now() -> str:
    """The time as it is kept."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
