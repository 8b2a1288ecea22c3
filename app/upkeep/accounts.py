"""The users, their sessions, and drafts whose owner nobody knows any more."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from app.accounts.sessions import SESSIONS
from app.accounts.users import UserFile
from app.core.errors import ConfigError, PinganError
from app.upkeep.databases import complaints, files_of, read_only, unreadable
from app.upkeep.flaws import Flaw, Mend, Quarantine, RepairResult, StoreHealth
from app.workspace.handover import OWNER_PREFIX
from app.workspace.schema import DESK


def check_people(home: Path) -> StoreHealth:
    """The users file and the sessions."""
    people = UserFile(home)
    flaws = [*_sessions_amiss(home)]
    detail = "没有用户"
    if people.exists():
        if os.name == "posix" and people.path.stat().st_mode & 0o077:
            flaws.append(Flaw(f"用户文件 {people.path} 别的用户也能读", mend=_shut(people.path)))
            return StoreHealth("用户和登录", "权限不对", tuple(flaws))
        try:
            detail = f"用户 {len(people.people())} 个"
            flaws += _ownerless(home, people)
        except ConfigError as error:
            detail = "读不出来"
            flaws.append(Flaw(str(error).removesuffix("。")))
    return StoreHealth("用户和登录", detail, tuple(flaws))


def _shut(path: Path) -> Mend:
    def mend(_: Quarantine) -> RepairResult:
        path.chmod(0o600)
        return RepairResult(f"{path.name} 已改成只有运行本程序的用户能读")

    return mend


def _sessions_amiss(home: Path) -> list[Flaw]:
    path = home / SESSIONS.file
    if not path.exists():
        return []

    def mend(quarantine: Quarantine) -> RepairResult:
        place = quarantine.take(files_of(path), SESSIONS.label)
        return RepairResult(f"损坏的登录记录已移到 {place}，大家重新登录一次即可")

    damaged = Flaw(f"登录记录 {path} 已损坏", mend=mend)
    try:
        with read_only(path) as db:
            return [damaged] if complaints(db) else []
    except sqlite3.Error as error:
        return [unreadable(path, SESSIONS.label, error, damaged)]


def _ownerless(home: Path, people: UserFile) -> list[Flaw]:
    """Drafts of people that the users file does not know, for instance an older one put back."""
    known = {p.user_id for p in people.people()} | {p.user_id for p in people.former()}
    counts: dict[str, int] = {}
    with suppress(sqlite3.Error), read_only(home / DESK.file) as db:
        for owner, count in db.execute("SELECT owner, COUNT(*) FROM drafts GROUP BY owner"):
            name = str(owner)
            if name.startswith(OWNER_PREFIX) and name.removeprefix(OWNER_PREFIX) not in known:
                counts[name.removeprefix(OWNER_PREFIX)] = int(count)

    def mend(_: Quarantine) -> RepairResult:
        left = 0
        for user_id in counts:
            try:
                people.remember(user_id)
            except PinganError:
                left += 1
        told = "这些稿子列在网页“用户”的“离开的人留下的稿子”里，由管理分派"
        return RepairResult(told, is_whole=not left)

    if not counts:
        return []
    what = f"有 {sum(counts.values())} 份稿子的主人不在用户文件里，谁也看不到"
    return [Flaw(what, mend=mend)]
