"""The tables of the reviewers' desk."""

from app.core.database import Schema

_STATEMENTS = (
    """
    CREATE TABLE batches (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE submissions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        batch TEXT NOT NULL, draft TEXT NOT NULL, sha TEXT NOT NULL, path TEXT NOT NULL,
        unit TEXT NOT NULL, year INTEGER NOT NULL, profile TEXT NOT NULL, chars INTEGER NOT NULL,
        at TEXT NOT NULL, previous INTEGER, is_current INTEGER NOT NULL DEFAULT 1,
        parts TEXT NOT NULL, document TEXT NOT NULL, result TEXT NOT NULL
    )
    """,
    """
    CREATE INDEX submissions_of_batch ON submissions (batch, is_current)
    """,
    """
    CREATE INDEX submissions_of_draft ON submissions (draft, id)
    """,
    """
    CREATE TABLE found (
        submission INTEGER NOT NULL, fingerprint TEXT NOT NULL, severity TEXT NOT NULL,
        rule TEXT NOT NULL, PRIMARY KEY (submission, fingerprint)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE verdicts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        draft TEXT NOT NULL, fingerprint TEXT NOT NULL, verdict TEXT NOT NULL,
        reason TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL
    )
    """,
    """
    CREATE INDEX verdicts_of_draft ON verdicts (draft, fingerprint, id)
    """,
)
REVIEW = Schema(
    file="review.sqlite3",
    statements=_STATEMENTS,
    label="审阅记录",
)
