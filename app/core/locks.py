"""One writer at a time in one knowledge base on this machine."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from app.core.errors import KnowledgeError
from app.core.faults import refused

OWNER_FILE = "client.id"
_POLL_S = 0.1


class LockHeldError(KnowledgeError):
    """Another process is writing."""


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def writer_lock(path: Path, *, timeout_s: float) -> Iterator[None]:
    """Hold the lock file ``path``; the system frees it when the process ends, however it ends.

    Raises:
        LockHeldError: another process holds it for longer than ``timeout_s``.
        KnowledgeError: the folder cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise refused(KnowledgeError, f"文件夹 {path.parent} 不能写入", error) from error
    try:
        deadline = time.monotonic() + timeout_s
        while not _try_lock(handle):
            if time.monotonic() >= deadline:
                raise LockHeldError(f"另一个程序正在写入知识库 {path.parent}，请等它结束后再试。")
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(handle)


def read_owner(folder: Path) -> str:
    """The name under which this data folder writes on a shared server; made at first use.

    Raises:
        KnowledgeError: the folder cannot be written.
    """
    path = folder / OWNER_FILE
    try:
        with suppress(FileExistsError), path.open("x", encoding="ascii") as handle:
            handle.write(uuid4().hex)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        subject = f"知识库所在文件夹 {folder} 不能读写"
        raise refused(KnowledgeError, subject, error) from error
