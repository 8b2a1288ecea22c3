"""Who did what, when and from where: lines that are only ever added, without any text of drafts."""

import getpass
import json
import logging
import os
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

FOLDER = "audit"
_LONGEST = 120
_log = logging.getLogger(__name__)


class Deed(StrEnum):
    """What is put down."""

    LOGIN = "登录"
    LOGIN_FAILED = "登录失败"
    LOGIN_SLOWED = "登录被拦"
    LOGOUT = "退出"
    DENIED = "越权被拒"
    PASSWORD = "改密码"  # noqa: S105  # a label
    ADDED = "添加用户"
    REMOVED = "去掉用户"
    ROLE = "改角色"
    TOKEN = "发密钥"  # noqa: S105  # a label
    HANDED_OUT = "分派稿子"
    KNOWLEDGE = "改知识库"
    LEXICON = "改词表"
    DOWNLOAD = "下载"
    MODEL = "送模型"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something: a name for people, an id for ever, and an address."""

    name: str
    user_id: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line. ``to`` is the person, host or kind of file that it was done to."""

    time: str
    who: str
    user_id: str
    address: str
    what: str
    to: str = ""
    more: str = ""


# Set for each request; whatever starts a thread for somebody takes the context along.
ACTOR: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor:
    """Who acts: the person behind the request, or the user of this machine."""
    actor = ACTOR.get()
    if actor is not None:
        return actor
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "?"
    return Actor(f"命令行 {name}", address="本机")


def record(
    home: Path, what: Deed, *, to: str = "", more: str = "", actor: Actor | None = None
) -> None:
    """Put something down; where that fails, the log tells, and what was done stays done."""
    actor = actor or current_actor()
    now = datetime.now().astimezone()
    entry = AuditEntry(
        now.isoformat(timespec="milliseconds"),
        actor.name[:_LONGEST],
        actor.user_id,
        actor.address[:_LONGEST],
        what.value,
        to[:_LONGEST],
        more[:_LONGEST],
    )
    line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
    try:
        _append(home / FOLDER, f"{now:%Y-%m}.jsonl", line.encode("utf-8", "replace"))
    except OSError as error:
        _log.error("操作记录写不进去（%s），这一条没有记下：%s", error.strerror, what.value)


def _append(folder: Path, name: str, line: bytes) -> None:
    """One write for a line, so that processes do not mix theirs; a file for each month."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(folder / name, flags, 0o600)
    try:
        done = os.write(handle, line)
        if done < len(line):
            os.write(handle, b"\n")
            raise OSError(28, "磁盘满了")
    finally:
        os.close(handle)


def entries(home: Path) -> Iterator[AuditEntry]:
    """Everything put down, the oldest first; a line that was cut off is left out."""
    folder = home / FOLDER
    for path in sorted(folder.glob("????-??.jsonl")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    yield AuditEntry(**json.loads(line))
                except (ValueError, TypeError):
                    continue
