"""Write a file whole or not at all."""

import errno
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from app.core.errors import ExportError
from app.core.faults import refused

_PREFIX, _SUFFIX = ".pingan-", ".tmp"
_STALE_S = 3600.0


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
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():
            target.write_bytes(payload)
        else:
            _replace(target, payload)
    except (OSError, UnicodeEncodeError) as error:
        raise refused(ExportError, f"写不进 {path}", error) from error
