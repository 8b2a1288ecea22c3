"""Folders and files that belong to their owner alone, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Make a folder, and every one above it that is missing, for the owner alone.

    Raises:
        OSError: it cannot be made.
    """
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)  # raises where it is no folder


def keep_new_files_private() -> None:
    """Whatever this process and its children make from now on is for the owner alone."""
    os.umask(_OTHERS)


def tighten(home: Path) -> bool:
    """Take the rights of others away from a data folder and all in it; true where there were any.

    Somebody's own folder or one that all share is left alone: it was never the program's.
    """
    if os.name != "posix" or not _is_ours(home):
        return False
    changed = False
    for path in (home, *_below(home)):
        with suppress(OSError):  # gone meanwhile, or another's
            mode = path.lstat().st_mode
            if mode & _OTHERS and not stat.S_ISLNK(mode):
                path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
                changed = True
    return changed


def _is_ours(home: Path) -> bool:
    try:
        told = home.stat()
    except OSError:
        return False
    is_shared = bool(told.st_mode & stat.S_ISVTX) or told.st_uid != os.geteuid()
    people = {Path("/"), Path.home().resolve(), Path.home().resolve().parent}
    return stat.S_ISDIR(told.st_mode) and not is_shared and home.resolve() not in people


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(root, name)
