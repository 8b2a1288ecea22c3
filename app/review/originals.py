"""The files as they were handed in, each under the hash of what it holds."""

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.core.files import write_private

# A file stays this long after it was last needed. Rows are written after files, and a backup
# copies the database before the files: within this time an upload or a copy that is under way
# gets what its rows name.
KEPT_S = 3600.0


def name_of(data: bytes) -> str:
    """The name under which a file is kept."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Originals:
    """The folder of originals; whoever collects holds the write lock of the rows that name them."""

    folder: Path
    clock: Callable[[], float] = time.time

    def put(self, data: bytes) -> str:
        """Keep a file; its name.

        Raises:
            OSError: it cannot be written.
        """
        name = name_of(data)
        place = self.folder / name
        if place.exists():
            with suppress(FileNotFoundError):
                self._touch(place)  # old as it may be, it is needed again
                return name
        write_private(place, data)
        return name

    def has(self, name: str) -> bool:
        """True where the file is there."""
        return (self.folder / name).is_file()

    def read(self, name: str) -> bytes:
        """What a file holds.

        Raises:
            OSError: it is not there, or cannot be read.
        """
        return (self.folder / name).read_bytes()

    def files(self) -> Iterator[Path]:
        """Every file, half-written ones as well."""
        return (path for path in self.folder.iterdir() if path.is_file())

    def touch(self, names: Iterable[str]) -> None:
        """Let the time of files that are needed no more begin to run."""
        for name in names:
            with suppress(OSError):
                self._touch(self.folder / name)

    def strays(self, named: Collection[str]) -> list[Path]:
        """The files that no row names and that nobody has needed for an hour."""
        limit, found = self.clock() - KEPT_S, []
        for path in self.files():
            with suppress(OSError):
                if path.name not in named and path.stat().st_mtime < limit:
                    found.append(path)
        return found

    def collect(self, named: Collection[str]) -> int:
        """Remove the strays; how many they were."""
        gone = 0
        for path in self.strays(named):
            with suppress(OSError):
                path.unlink()
                gone += 1
        return gone

    def _touch(self, place: Path) -> None:
        now = self.clock()
        os.utime(place, (now, now))
