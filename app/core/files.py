"""Write a file whole or not at all, and be the only one who writes."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app.core.errors import ExportError, KnowledgeError
from app.core.faults import refused

_PREFIX, _SUFFIX = ".pingan-", ".tmp"
_STALE_S = 3600.0
_OWN = 0o600
_POLL_S = 0.1


def _mode_for(target: Path) -> int:
    try:
        return target.stat().st_mode & 0o777
    except FileNotFoundError:
        current = os.umask(0)
        os.umask(current)
        return 0o666 & ~current


def _sweep(folder: Path) -> None:
    """Take away what a writer that was killed left behind long ago."""
    limit = time.time() - _STALE_S
    with suppress(OSError):
        for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            if path.stat().st_mtime < limit:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name last over a power cut, where the system has a way to."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def replacing(target: Path, *, mode: int = _OWN) -> Iterator[BinaryIO]:
    """Give a file that comes to lie at ``target`` when the block is done, whole or not at all.

    It is for the owner alone unless ``mode`` says otherwise.

    Raises:
        OSError: it cannot be written.
    """
    from tempfile import mkstemp  # noqa: PLC0415  # 3 ms, for every command

    handle, name = mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode != _OWN:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def write_private(path: Path, data: bytes | str) -> None:
    """Put ``data`` at ``path`` whole or not at all, for the owner alone.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as file:
        file.write(data.encode() if isinstance(data, str) else data)


def write_atomically(path: Path, data: bytes | str) -> None:
    """Put ``data`` at ``path``; whoever reads it sees the old content or the new, never a part.

    Text is written as UTF-8. A symbolic link keeps pointing where it does; a device or a pipe
    is written to directly.

    Raises:
        ExportError: the folder is missing, not writable or full.
    """
    payload = data.encode("utf-8", "replace") if isinstance(data, str) else data
    try:
        target = path.resolve()
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():
            target.write_bytes(payload)
        else:
            _sweep(target.parent)
            with replacing(target, mode=_mode_for(target)) as file:
                file.write(payload)
            _sync_folder(target.parent)
    except (OSError, UnicodeEncodeError) as error:
        raise refused(ExportError, f"写不进 {path}", error) from error


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
