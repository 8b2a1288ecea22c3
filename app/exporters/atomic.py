"""Write a file whole or not at all."""

import errno
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from app.core.errors import ExportError

_REASONS = {
    PermissionError: "没有写入权限，或者文件正被别的程序打开",
    FileNotFoundError: "文件夹不存在",
    NotADirectoryError: "路径中有一段不是文件夹",
    IsADirectoryError: "这是一个文件夹",
}
_NUMBERS = {
    errno.ENOSPC: "磁盘已满，请先腾出空间",
    errno.EDQUOT: "磁盘配额已用完，请先腾出空间",
    errno.EFBIG: "文件超过了系统允许的大小",
    errno.EROFS: "这个磁盘是只读的",
    errno.EIO: "磁盘读写出错，可能已损坏",
    errno.ENAMETOOLONG: "文件名太长",
}
_PREFIX, _SUFFIX = ".pingan-", ".tmp"
_STALE_S = 3600.0


def _reason(error: OSError) -> str:
    if error.errno in _NUMBERS:
        return _NUMBERS[error.errno]
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    return error.strerror or type(error).__name__


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


def _replace(target: Path, payload: bytes) -> None:
    mode = _mode_for(target)
    _sweep(target.parent)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
        _sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


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
            raise IsADirectoryError
        if target.exists() and not target.is_file():
            target.write_bytes(payload)
        else:
            _replace(target, payload)
    except OSError as error:
        raise ExportError(f"写不进 {path}：{_reason(error)}，请换个位置再试。") from error
