"""Look into a SQLite file of ours, and save what can be read of a damaged one."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.core.database import Database, Schema
from app.core.errors import PinganError
from app.core.faults import Fault, fault_of, refused
from app.upkeep.flaws import Flaw, Quarantine, RepairResult, StoreHealth

_MOST_SHOWN = 3


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that alters nothing."""
    try:
        db = _connected(path, "mode=ro")
    except sqlite3.OperationalError as error:
        log = path.with_name(f"{path.name}-wal")
        is_settled = not log.exists() or not log.stat().st_size
        if fault_of(error, path) is not Fault.READ_ONLY or not is_settled:
            raise
        db = _connected(path, "immutable=1")  # on a medium nobody can write to
    with closing(db):
        yield db


def _connected(path: Path, options: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{options}"
    db = sqlite3.connect(address, uri=True, timeout=5.0, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        db.execute("PRAGMA user_version").fetchone()  # looks into the file
    except BaseException:
        db.close()
        raise
    return db


def files_of(path: Path) -> list[Path]:
    """A database with its log."""
    return [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]


def complaints(db: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with the file."""
    found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(20)")]
    return [] if found == ["ok"] else found


def unreadable(path: Path, label: str, error: Exception, mend: Flaw) -> Flaw:
    """The flaw of a file that cannot be looked into: ``mend`` where it is proven to be damaged."""
    if fault_of(error, path) in (Fault.DAMAGED, None):
        return mend
    told = refused(PinganError, f"{label} {path} 读不出来", error, path=path)
    return Flaw(str(told).removesuffix("。"), is_unknown=True)


def damage(path: Path, schema: Schema, found: Sequence[str]) -> Flaw:
    """The flaw of a damaged file, to be saved as far as it can be read."""
    told = f"{schema.label} {path} 已损坏"
    if found:
        told += f"（{'；'.join(found[:_MOST_SHOWN])}）"

    def mend(quarantine: Quarantine) -> RepairResult:
        return save(path, schema, quarantine)

    return Flaw(told, "有备份的话，用备份恢复更完整", mend)


Look = Callable[[sqlite3.Connection], StoreHealth]


def looked(path: Path, schema: Schema, name: str, look: Look) -> StoreHealth:
    """What ``look`` finds in a file that is whole and of this version."""
    if not path.exists():
        return StoreHealth(name, "还没有内容")
    try:
        with read_only(path) as db:
            db.execute("BEGIN")
            found = complaints(db)
            if found:
                return StoreHealth(name, "已损坏", (damage(path, schema, found),))
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == schema.version:
                return look(db)
            if not version:
                return StoreHealth(name, "还没有内容")
            what = f"{schema.label} {path} 是另一个版本的程序写的（{version}）"
            flaw = Flaw(what, "请升级程序，或用本版打开一次网页再查", is_unknown=True)
            return StoreHealth(name, "没有查", (flaw,))
    except sqlite3.Error as error:
        flaw = unreadable(path, schema.label, error, damage(path, schema, ()))
        return StoreHealth(name, "读不出来", (flaw,))


def save(path: Path, schema: Schema, quarantine: Quarantine) -> RepairResult:
    """Make the indexes anew; where that is not enough, copy what can be read into a new file."""
    kept = quarantine.copy(files_of(path), schema.label)
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as db:
        db.execute("REINDEX")
        db.commit()
        if not complaints(db):
            return RepairResult(f"{schema.label}的索引已重做，内容没有损失；原样的一份在 {kept}")
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        fresh = Database(Path(scratch), schema).path
        counts, is_whole = _copied(path, fresh)
        quarantine.take(files_of(path), schema.label)
        if not sum(counts.values()):
            told = f"{schema.label}里什么都读不出来，已移到 {kept}；请用备份恢复，否则从空的开始"
            return RepairResult(told, is_whole=False)
        fresh.replace(path)
    told = f"{schema.label}另建了一份，读出 {sum(counts.values())} 行；损坏的一份在 {kept}"
    return RepairResult(told if is_whole else f"{told}，读不出来的要用备份恢复", is_whole=is_whole)


def _copied(damaged: Path, fresh: Path) -> tuple[dict[str, int], bool]:
    """Copy all rows that can be read; how many of each table, and whether that was all."""
    counts: dict[str, int] = {}
    is_whole = True
    with closing(sqlite3.connect(fresh, isolation_level=None)) as into:
        into.row_factory = sqlite3.Row
        into.execute("PRAGMA foreign_keys = OFF")
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = [str(row["name"]) for row in into.execute(query)]
        into.execute("BEGIN IMMEDIATE")
        for table in tables:
            info = into.execute(f"PRAGMA table_info({table})").fetchall()
            keys = [r["name"] for r in sorted(info, key=lambda r: r["pk"]) if r["pk"]]
            before = into.total_changes
            is_whole &= _copy_table(damaged, into, table, [r["name"] for r in info], keys)
            counts[table] = into.total_changes - before
        into.execute("COMMIT")
        into.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return counts, is_whole


def _copy_table(
    damaged: Path, into: sqlite3.Connection, table: str, columns: list[str], keys: list[str]
) -> bool:
    """Copy a table from its beginning and, where a page in it is broken, from its end as well."""
    marks = ", ".join("?" * len(columns))
    for order in ("ASC", "DESC"):
        by = ", ".join(f"{key} {order}" for key in keys) or f"rowid {order}"
        query = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {by}"  # noqa: S608  # our tables
        insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
        try:
            with read_only(damaged) as db:
                for row in db.execute(query):
                    into.execute(insert, tuple(row))
        except sqlite3.DatabaseError:
            continue
        return True
    return False
