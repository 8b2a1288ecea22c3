"""Which person a file of the page's folder belongs to; old files are swept away."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

_SWEEP_S = 600.0
_PREFIX = "pingan-web-"
_ALIVE = ".alive"
_DEAD_S = 3600.0
_DEEPEST = 40


def told_paths(data: Any, depth: int = 0) -> Iterator[str]:
    """Every path in what a browser sent or is sent, however deep."""
    if depth > _DEEPEST:
        return
    if isinstance(data, dict):
        path = data.get("path")
        if isinstance(path, str) and path:
            yield path
        for value in data.values():
            yield from told_paths(value, depth + 1)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from told_paths(value, depth + 1)


@cache
def _alone(user_id: str) -> frozenset[str]:
    """The same object for all that one person has: there are thousands of files in a day."""
    return frozenset((user_id,))


class FileOwners:
    """Each folder right below ``root`` belongs to those who uploaded it or were given it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._owners: dict[str, frozenset[str]] = {}
        self._lock = Lock()

    def _place(self, path: str) -> str:
        """The name of the folder below ``root`` that holds the path; empty for anything else."""
        if "\x00" in path or "://" in path:
            return ""
        try:
            inner = Path(path).resolve().relative_to(self.root)
        except (ValueError, OSError, RuntimeError):
            return ""
        return inner.parts[0] if len(inner.parts) > 1 else ""

    def new_folder(self, user_id: str) -> Path:
        """A folder for one upload, with a name nobody can guess."""
        folder = self.root / uuid4().hex
        folder.mkdir(mode=0o700)
        self.grant(str(folder / "x"), user_id)
        return folder

    def grant(self, path: str, user_id: str) -> None:
        """Let a person read what lies at ``path``."""
        place = self._place(path)
        if place:
            with self._lock:
                before = self._owners.get(place)
                self._owners[place] = before | {user_id} if before else _alone(user_id)

    def may_read(self, path: str, user_id: str) -> bool:
        """Whether what lies at ``path`` is this person's."""
        place = self._place(path)
        with self._lock:
            return bool(place) and user_id in self._owners.get(place, ())

    def forget_used(self, path: str) -> None:
        """Remove the folders that an upload leaves empty once it has been read."""
        place = self._place(path)
        if not place:
            return
        folder = self.root / place
        with suppress(OSError):
            for inner in folder.iterdir():
                if inner.is_dir():
                    with suppress(OSError):
                        inner.rmdir()
            folder.rmdir()
        if not folder.exists():
            with self._lock:
                self._owners.pop(place, None)

    def drop_strays(self) -> None:
        """Remove the empty files that Gradio leaves for every upload it hands on."""
        with suppress(OSError):
            for entry in self.root.glob("tmp*"):
                if entry.is_file() and not entry.stat().st_size:
                    entry.unlink()

    def sweep(self, keep_s: float, now: float | None = None) -> int:
        """Remove what has lain longer than ``keep_s``; returns how many entries went."""
        now = time.time() if now is None else now
        gone = 0
        for entry in list(self.root.iterdir()):
            if entry.name == _ALIVE:
                continue
            try:
                age = now - entry.stat().st_mtime
                if entry.is_dir():
                    if age < keep_s:
                        continue
                    shutil.rmtree(entry, ignore_errors=True)
                elif age >= keep_s:
                    entry.unlink()
                else:
                    continue
            except OSError:
                continue
            gone += 1
        with self._lock:
            for place in [p for p in self._owners if not (self.root / p).exists()]:
                del self._owners[place]
        return gone

    def drop(self, folder: Path) -> None:
        """Remove a folder with all that is in it."""
        shutil.rmtree(folder, ignore_errors=True)
        with self._lock:
            self._owners.pop(folder.name, None)

    def sweep_forever(
        self, keep_s: float, stopped: Event, also: Callable[[], object] = lambda: None
    ) -> Thread:
        """Sweep every ten minutes, in a thread of its own, until ``stopped``.

        ``also`` is called each time.
        """

        def work() -> None:
            while True:
                with suppress(OSError):
                    (self.root / _ALIVE).touch()
                    self.sweep(keep_s)
                also()
                if stopped.wait(_SWEEP_S):
                    return

        thread = Thread(target=work, name="sweep", daemon=True)
        thread.start()
        return thread


def remove_leftovers(now: float | None = None) -> int:
    """Remove the folders of servers that were killed; returns how many.

    A running server touches its mark every ten minutes.
    """
    now = time.time() if now is None else now
    gone = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        mark = folder / _ALIVE
        try:
            if folder.is_symlink() or not folder.is_dir():
                continue
            last = (mark if mark.exists() else folder).stat().st_mtime
        except OSError:
            continue
        if now - last > _DEAD_S:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
