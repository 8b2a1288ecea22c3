"""Submissions and verdicts, kept over re-submissions and re-runs in one SQLite file."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from app.core.cohort import CohortDraft
from app.core.database import Database
from app.core.document import Block, BlockKind, Document, Span
from app.core.errors import InputError, KnowledgeError
from app.core.faults import refused
from app.core.finding import CheckResult, PartStatus, Severity
from app.core.verdict import Changes, Judgement, Verdict
from app.review.originals import Originals
from app.review.results import result_from_object, result_object
from app.review.schema import REVIEW

FOLDER = "review"
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Submitted:
    """A checked draft to be kept: its bytes, what was read and what was found."""

    data: bytes
    document: Document
    result: CheckResult
    draft: CohortDraft


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One line of the table of submissions; ``counts`` leaves out what is settled."""

    number: int
    draft: str
    path: str
    unit: str
    year: int
    profile: str
    chars: int
    at: str
    parts: Mapping[str, PartStatus]
    counts: Mapping[Severity, int]
    judged: int
    found: int
    new: int | None = None
    gone: int | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.unit or Path(self.path).stem


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission with everything known of it."""

    row: SubmissionRow
    document: Document
    result: CheckResult
    judgements: Mapping[str, Judgement]
    changes: Changes | None


def draft_key(draft: CohortDraft) -> str:
    """What tells a re-submission: unit and year, else the file's name."""
    unit = "".join(draft.unit.split())
    return f"unit:{unit}:{draft.year}" if unit else f"file:{Path(draft.path).stem}"


class ReviewStore:
    """The desk's memory; any number of people may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._db = Database(folder, REVIEW)
        self.originals = Originals(folder / "originals")
        if not self.originals.folder.exists():
            with self._db.told():
                self.originals.folder.mkdir(exist_ok=True, mode=0o700)
                if os.name == "posix":
                    folder.chmod(0o700)

    # --- batches ---------------------------------------------------------------------------

    def new_batch(self, owner: str = "") -> str:
        """A new batch; its name cannot be guessed."""
        name = uuid4().hex
        with self._db.writing() as db:
            db.execute("INSERT INTO batches VALUES (?, ?, ?)", (name, owner, _now()))
        return name

    def has_batch(self, name: str, owner: str = "") -> bool:
        """True where there is such a batch of this owner."""
        with self._db.reading() as db:
            query = "SELECT 1 FROM batches WHERE id = ? AND owner = ?"
            return db.execute(query, (name, owner)).fetchone() is not None

    def remove_batch(self, name: str) -> None:
        """Forget the drafts of a batch; verdicts and what was found stay, without any text.

        The original files go an hour later, with :meth:`collect`.
        """
        with self._db.writing() as db:
            rows = db.execute("SELECT DISTINCT sha FROM submissions WHERE batch = ?", (name,))
            dropped = [str(r["sha"]) for r in rows]
            db.execute(
                "UPDATE submissions SET is_current = 0, document = '', result = '', batch = '' "
                "WHERE batch = ?",
                (name,),
            )
            db.execute("DELETE FROM batches WHERE id = ?", (name,))
            self.originals.touch(dropped)
            self.originals.collect(_named(db))

    def collect(self) -> int:
        """Remove the original files that no draft names any more; how many they were."""
        with self._db.writing() as db:  # its lock: no row is added meanwhile
            return self.originals.collect(_named(db))

    # --- submissions -----------------------------------------------------------------------

    def add(self, batch: str, items: Iterable[Submitted]) -> list[int]:
        """Keep drafts; one of the same file in the same batch takes the place of the earlier.

        First the files, which takes long, then all rows together. A file that has gone in between
        is written again under the lock, where nobody collects.
        """
        prepared = [(item, self._keep(item.data)) for item in items]
        with self._db.writing() as db:
            for item, sha in prepared:
                if not self.originals.has(sha):
                    self._keep(item.data)
            return [_insert(db, batch, item, sha) for item, sha in prepared]

    def _keep(self, data: bytes) -> str:
        try:
            return self.originals.put(data)
        except OSError as error:
            subject = f"文稿存不进 {self.originals.folder}"
            raise refused(KnowledgeError, subject, error, then="这一批没有收下") from error

    def rows(self, batch: str) -> tuple[SubmissionRow, ...]:
        """The current submissions of a batch in the order they came."""
        with self._db.reading() as db:
            rows = db.execute(
                "SELECT * FROM submissions WHERE batch = ? AND is_current ORDER BY id", (batch,)
            ).fetchall()
            return tuple(_row(db, row) for row in rows)

    def open(self, batch: str, number: int) -> Submission:
        """One submission of a batch.

        Raises:
            InputError: it is not there any more.
        """
        with self._db.reading() as db:
            row = db.execute(
                "SELECT * FROM submissions WHERE batch = ? AND id = ? AND is_current",
                (batch, number),
            ).fetchone()
            if row is None:
                raise InputError("这份文稿已经不在这一批里，请重新选择。")
            return _submission(db, row)

    def all(self, batch: str) -> Iterator[Submission]:
        """Every current submission of a batch."""
        with self._db.reading() as db:
            rows = db.execute(
                "SELECT * FROM submissions WHERE batch = ? AND is_current ORDER BY id", (batch,)
            ).fetchall()
            for row in rows:
                yield _submission(db, row)

    def original(self, batch: str, number: int) -> bytes:
        """The file as it was handed in.

        Raises:
            KnowledgeError: it is not there any more.
        """
        with self._db.reading() as db:
            row = db.execute(
                "SELECT sha, path FROM submissions WHERE batch = ? AND id = ?", (batch, number)
            ).fetchone()
        try:
            return self.originals.read(str(row["sha"]))
        except (FileNotFoundError, TypeError) as error:
            raise KnowledgeError("原文件已经不在，请重新上传后再下载批注。") from error
        except OSError as error:
            raise refused(KnowledgeError, f"{row['path']} 的原文件读不出来", error) from error

    # --- verdicts --------------------------------------------------------------------------

    def judge(
        self,
        draft: str,
        fingerprint: str,
        verdict: Verdict,
        *,
        reason: str = "",
        by: str = "",
        seen: int | None = None,
    ) -> Judgement:
        """Put down a verdict beside the earlier ones; the last one stands.

        ``seen`` is the number of the verdict the reviewer had before their eyes (0 for none).

        Raises:
            InputError: a waiver without a reason, or somebody else judged in the meantime.
        """
        reason = " ".join(reason.split())[:_LONGEST_REASON]
        if verdict is Verdict.WAIVED and not reason:
            raise InputError("豁免要写明理由，请先填写理由再点“豁免”。")
        with self._db.writing() as db:
            standing = _judgements(db, draft).get(fingerprint)
            current = standing.number if standing else 0
            if seen is not None and current != seen and standing is not None:
                who = standing.by or "另一位审阅人"
                raise InputError(f"这一条刚刚由{who}判为“{standing.verdict.label}”，请看过后再判。")
            at = _now()
            number = db.execute(
                "INSERT INTO verdicts (draft, fingerprint, verdict, reason, by, at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (draft, fingerprint, verdict.value, reason, by, at),
            ).lastrowid
        return Judgement(number or 0, verdict, reason, by, at)

    def judgements(self, draft: str) -> dict[str, Judgement]:
        """The standing verdict for each fingerprint of a draft."""
        with self._db.reading() as db:
            return _judgements(db, draft)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _named(db: sqlite3.Connection) -> frozenset[str]:
    """The original files that rows name."""
    rows = db.execute("SELECT DISTINCT sha FROM submissions WHERE batch != ''")
    return frozenset(str(row["sha"]) for row in rows)


def _insert(db: sqlite3.Connection, batch: str, item: Submitted, sha: str) -> int:
    key = draft_key(item.draft)
    result = item.result
    previous = db.execute(
        "SELECT id FROM submissions WHERE draft = ? AND sha != ? ORDER BY id DESC LIMIT 1",
        (key, sha),
    ).fetchone()
    db.execute(
        "UPDATE submissions SET is_current = 0 WHERE batch = ? AND path = ?", (batch, result.path)
    )
    number = db.execute(
        "INSERT INTO submissions (batch, draft, sha, path, unit, year, profile, chars, at, "
        "previous, parts, document, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            batch, key, sha, result.path, item.draft.unit, item.draft.year, result.profile,
            result.chars, _now(), previous["id"] if previous else None,
            _json({k: s.value for k, s in result.parts.items()}),
            _json(_document_object(item.document)), _json(result_object(result)),
        ),
    ).lastrowid  # fmt: skip
    found = [*result.findings, *(s.finding for s in result.suppressed)]
    db.executemany(
        "INSERT OR IGNORE INTO found VALUES (?, ?, ?, ?)",
        [(number, f.fingerprint, f.severity.value, f.rule) for f in found],
    )
    return number or 0


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()  # halves of characters become ?


def _document_object(document: Document) -> dict[str, object]:
    """A document without the way back to its runs; the original file has those."""
    blocks = [(b.span.start, b.span.end, b.kind.value) for b in document.blocks]
    return {
        "text": document.text,
        "format": document.format,
        "blocks": blocks,
    }


def _document(text: str, path: str) -> Document:
    value = json.loads(text)
    blocks = tuple(Block(Span(start, end), BlockKind(kind)) for start, end, kind in value["blocks"])
    return Document(value["text"], path, value["format"], blocks)


def _row(db: sqlite3.Connection, row: sqlite3.Row) -> SubmissionRow:
    settled = ("false_alarm", "waived")
    counts = dict.fromkeys(Severity, 0)
    judged = found = 0
    for item in db.execute(
        "SELECT f.severity, v.verdict, count(*) AS n FROM found f LEFT JOIN "
        "(SELECT fingerprint, verdict FROM verdicts WHERE id IN "
        "(SELECT max(id) FROM verdicts WHERE draft = ? GROUP BY fingerprint)) v "
        "ON v.fingerprint = f.fingerprint WHERE f.submission = ? "
        "GROUP BY f.severity, v.verdict",
        (row["draft"], row["id"]),
    ):
        is_judged = item["verdict"] not in {None, Verdict.OPEN.value}
        found += item["n"]
        judged += item["n"] * is_judged
        if item["verdict"] not in settled:
            counts[Severity(item["severity"])] += item["n"]
    new = gone = None
    if row["previous"] is not None:
        own, before = _prints(db, row["id"]), _prints(db, row["previous"])
        new, gone = len(own - before), len(before - own)
    return SubmissionRow(
        row["id"], row["draft"], row["path"], row["unit"], row["year"], row["profile"],
        row["chars"], row["at"],
        {k: PartStatus(v) for k, v in json.loads(row["parts"]).items()}, counts, judged, found, new,
        gone,
    )  # fmt: skip


def _prints(db: sqlite3.Connection, submission: int) -> set[str]:
    query = "SELECT fingerprint FROM found WHERE submission = ?"
    return {r["fingerprint"] for r in db.execute(query, (submission,))}


def _submission(db: sqlite3.Connection, row: sqlite3.Row) -> Submission:
    return Submission(
        _row(db, row),
        _document(row["document"], row["path"]),
        result_from_object(json.loads(row["result"])),
        _judgements(db, row["draft"]),
        _changes(db, row),
    )


def _changes(db: sqlite3.Connection, row: sqlite3.Row) -> Changes | None:
    if row["previous"] is None:
        return None
    before = db.execute("SELECT * FROM submissions WHERE id = ?", (row["previous"],)).fetchone()
    own, old = _prints(db, row["id"]), _prints(db, row["previous"])
    messages = {}
    if before["result"]:
        told = json.loads(before["result"])
        messages = {
            f["fingerprint"]: f"{f['rule']} {f['message']}"
            for f in (*told["findings"], *told["suppressed"])
        }
    rules = {
        r["fingerprint"]: r["rule"]
        for r in db.execute(
            "SELECT fingerprint, rule FROM found WHERE submission = ?", (row["previous"],)
        )
    }
    gone = tuple(messages.get(p, rules[p]) for p in sorted(old - own))
    return Changes(before["at"], frozenset(own - old), frozenset(own & old), gone)


def _judgements(db: sqlite3.Connection, draft: str) -> dict[str, Judgement]:
    rows = db.execute(
        "SELECT * FROM verdicts WHERE id IN "
        "(SELECT max(id) FROM verdicts WHERE draft = ? GROUP BY fingerprint)",
        (draft,),
    )
    return {row["fingerprint"]: _judgement(row) for row in rows}


def _judgement(row: sqlite3.Row) -> Judgement:
    return Judgement(row["id"], Verdict(row["verdict"]), row["reason"], row["by"], row["at"])
