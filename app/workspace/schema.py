"""The tables of the writers' desk."""

from app.core.database import Schema

_STATEMENTS = (
    """
    CREATE TABLE drafts (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL DEFAULT '',
        unit TEXT NOT NULL DEFAULT '', year TEXT NOT NULL DEFAULT '',
        unit_type TEXT NOT NULL DEFAULT '', date TEXT NOT NULL DEFAULT '',
        length INTEGER NOT NULL DEFAULT 0, mode TEXT NOT NULL DEFAULT '',
        inbox TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'facts',
        model TEXT NOT NULL DEFAULT '', outline TEXT NOT NULL DEFAULT '{}',
        previous_name TEXT NOT NULL DEFAULT '', previous_text TEXT NOT NULL DEFAULT '',
        share TEXT NOT NULL DEFAULT '', rev INTEGER NOT NULL DEFAULT 0,
        created TEXT NOT NULL, updated TEXT NOT NULL, trashed TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE INDEX drafts_of_owner ON drafts (owner, trashed, updated)
    """,
    """
    CREATE TABLE facts (
        draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, pos INTEGER NOT NULL,
        heading TEXT NOT NULL, text TEXT NOT NULL, part TEXT NOT NULL, mark TEXT NOT NULL,
        PRIMARY KEY (draft, pos)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE sections (
        draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, key TEXT NOT NULL,
        title TEXT NOT NULL, is_locked INTEGER NOT NULL DEFAULT 0,
        is_shown INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (draft, key)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, key TEXT NOT NULL,
        text TEXT NOT NULL, sentences TEXT NOT NULL, origin TEXT NOT NULL, note TEXT NOT NULL,
        at TEXT NOT NULL
    )
    """,
    """
    CREATE INDEX versions_of_section ON versions (draft, key, id)
    """,
    """
    CREATE TRIGGER versions_stay BEFORE UPDATE ON versions BEGIN
        SELECT RAISE(ABORT, 'versions are never altered');
    END
    """,
)
_CHANGES = (
    (
        # who had handed the draft over, and what it was like then
        "ALTER TABLE drafts ADD COLUMN lender TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE drafts ADD COLUMN lent_rev INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # what was brought and became no fact; a number once given is never given again
        """
        CREATE TABLE skipped (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
            line INTEGER NOT NULL, text TEXT NOT NULL, why TEXT NOT NULL
        )
        """,
        "CREATE INDEX skipped_of_draft ON skipped (draft, number)",
    ),
    (
        # the department or person that reported a fact
        "ALTER TABLE facts ADD COLUMN source TEXT NOT NULL DEFAULT ''",
    ),
)
DESK = Schema(
    file="desk.sqlite3",
    statements=_STATEMENTS,
    label="稿件记录",
    changes=_CHANGES,
)
