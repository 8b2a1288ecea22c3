"""The writers' and the reviewers' desk: rows that name rows, rows that name files."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from app.review.originals import Originals, name_of
from app.review.schema import REVIEW
from app.review.store import FOLDER
from app.upkeep.databases import looked
from app.upkeep.flaws import Flaw, Mend, Quarantine, RepairResult, StoreHealth, listed
from app.workspace.schema import DESK

_LOOSE_TEXTS = """
FROM versions v JOIN drafts d ON d.id = v.draft
WHERE NOT EXISTS (SELECT 1 FROM sections s WHERE s.draft = v.draft AND s.key = v.key)
"""
_LOOSE_DRAFTS = "FROM submissions WHERE batch != '' AND batch NOT IN (SELECT id FROM batches)"
_LOST_EARLIER = (
    "FROM submissions WHERE previous IS NOT NULL AND previous NOT IN (SELECT id FROM submissions)"
)
_LOOSE_FOUND = "FROM found WHERE submission NOT IN (SELECT id FROM submissions)"


def _count(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(f"SELECT COUNT(*) {what}").fetchone()[0])  # from above


def _statement(path: Path, statement: str, told: str) -> Mend:
    """A mending that one statement does; nothing is lost by it."""

    def mend(_: Quarantine) -> RepairResult:
        with closing(sqlite3.connect(path, timeout=20.0)) as db:
            count = db.execute(statement).rowcount
            db.commit()
        return RepairResult(told.format(count))

    return mend


def _taken_out(path: Path, name: str, what: str, told: str) -> Mend:
    """A mending that writes rows down in the quarantine and takes them out."""

    def mend(quarantine: Quarantine) -> RepairResult:
        with closing(sqlite3.connect(path, timeout=20.0)) as db:
            db.row_factory = sqlite3.Row
            rows = db.execute(f"SELECT * {what}").fetchall()  # from above
            place = quarantine.note(name, rows)
            db.execute(f"DELETE {what}")
            db.commit()
        return RepairResult(f"{told.format(len(rows))} {place}")

    return mend


# --- the writers' desk -------------------------------------------------------------------------


def check_workspace(home: Path) -> StoreHealth:
    """The drafts of the writers."""
    path = home / DESK.file

    def look(db: sqlite3.Connection) -> StoreHealth:
        flaws: list[Flaw] = []
        loose = Counter(str(row["table"]) for row in db.execute("PRAGMA foreign_key_check"))
        for table, count in sorted(loose.items()):
            what = f"FROM {table} WHERE draft NOT IN (SELECT id FROM drafts)"  # noqa: S608
            told = "{} 行没有稿子的内容已取出，写在"
            mend = _taken_out(path, f"desk-{table}", what, told)
            flaws.append(Flaw(f"有 {count} 行内容（{table}）的稿子不在了", mend=mend))
        if count := _count(db, _LOOSE_TEXTS):
            insert = (
                "INSERT INTO sections (draft, key, title) SELECT DISTINCT v.draft, v.key, ''"
                + _LOOSE_TEXTS
            )
            mend = _statement(path, insert, "找回了 {} 个部分，在各自的稿子里")
            flaws.append(Flaw(f"有 {count} 版文字所在的部分不在了，稿子里看不到", mend=mend))
        drafts = _count(db, "FROM drafts")
        return StoreHealth("写稿台", f"稿子 {drafts} 份", tuple(flaws))

    return looked(path, DESK, "写稿台", look)


# --- the reviewers' desk -----------------------------------------------------------------------


def check_review(home: Path) -> StoreHealth:
    """The drafts handed in, the verdicts, and the original files."""
    folder = home / FOLDER
    path = folder / REVIEW.file
    originals = Originals(folder / "originals")

    def look(db: sqlite3.Connection) -> StoreHealth:
        drafts = _count(db, "FROM submissions WHERE batch != '' AND is_current")
        detail = f"文稿 {drafts} 份，判定 {_count(db, 'FROM verdicts')} 条"
        return StoreHealth("审阅", detail, (*_rows_amiss(db, path), *_files_amiss(db, originals)))

    return looked(path, REVIEW, "审阅", look)


def _rows_amiss(db: sqlite3.Connection, path: Path) -> list[Flaw]:
    flaws: list[Flaw] = []
    if count := _count(db, _LOOSE_DRAFTS):
        insert = (
            "INSERT INTO batches (id, owner, at) SELECT DISTINCT batch, '', MIN(at) "
            f"{_LOOSE_DRAFTS} GROUP BY batch"
        )
        mend = _statement(path, insert, "找回了 {} 批文稿")
        flaws.append(Flaw(f"有 {count} 份文稿所在的批次不在了", mend=mend))
    if count := _count(db, _LOST_EARLIER):
        lost = f"(SELECT id {_LOST_EARLIER})"
        update = f"UPDATE submissions SET previous = NULL WHERE id IN {lost}"  # noqa: S608
        mend = _statement(path, update, "{} 份文稿不再和丢失的上一次比较")
        flaws.append(Flaw(f"有 {count} 份文稿的上一次报送不在了", mend=mend))
    if count := _count(db, _LOOSE_FOUND):
        told = "{} 条没有文稿的核查意见已取出，写在"
        mend = _taken_out(path, "review-found", _LOOSE_FOUND, told)
        flaws.append(Flaw(f"有 {count} 条核查意见的文稿不在了", mend=mend))
    return flaws


def _files_amiss(db: sqlite3.Connection, originals: Originals) -> list[Flaw]:
    rows = db.execute("SELECT sha, path FROM submissions WHERE batch != ''").fetchall()
    named: dict[str, str] = {str(r["sha"]): str(r["path"]) for r in rows}
    files = list(originals.files()) if originals.folder.is_dir() else []
    broken = {p: name_of(p.read_bytes()) for p in files if "." not in p.name}
    broken = {p: real for p, real in broken.items() if real != p.name}
    sound = {p.name for p in files} - {p.name for p in broken}
    flaws: list[Flaw] = []
    if broken:
        shown = listed(named.get(p.name, p.name[:12]) for p in broken)
        mend = _put_apart(originals, broken, named)
        flaws.append(Flaw(f"有 {len(broken)} 个原文件的内容和登记的不符：{shown}", mend=mend))
    gone = {sha: name for sha, name in named.items() if sha not in sound}
    found = set(broken.values())
    if lost := [name for sha, name in gone.items() if sha not in found]:
        advice = "判定和核查意见都在；要下载批注，请重新上传这几份或用备份恢复"
        flaws.append(Flaw(f"有 {len(lost)} 份文稿的原文件不在了：{listed(lost)}", advice))
    strays = [p for p in originals.strays(named) if p not in broken] if files else []
    if strays:

        def mend_strays(quarantine: Quarantine) -> RepairResult:
            place = quarantine.take(strays, "originals")
            return RepairResult(f"{len(strays)} 个没有登记的原文件已移到 {place}")

        what = f"有 {len(strays)} 个原文件没有哪份文稿用到"
        flaws.append(Flaw(what, mend=mend_strays))
    return flaws


def _put_apart(originals: Originals, broken: dict[Path, str], named: dict[str, str]) -> Mend:
    """A file under a wrong name gets its own, where a draft asks for it; the others are moved."""

    def mend(quarantine: Quarantine) -> RepairResult:
        found = 0
        place = quarantine.folder
        for path, real in broken.items():
            if real in named and not originals.has(real):
                path.rename(originals.folder / real)
                found += 1
            else:
                place = quarantine.take([path], "originals")
        lost = [named[p.name] for p in broken if p.name in named and not originals.has(p.name)]
        told = f"{len(broken)} 个内容不符的原文件，{found} 个找回了自己的名字"
        if found < len(broken):
            told += f"，其余移到 {place}"
        return RepairResult(told, is_whole=not lost)

    return mend
