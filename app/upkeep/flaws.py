"""What is wrong with kept data, and where what is taken out of it goes."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RepairResult:
    """What was done; ``is_whole`` is false where something could not be saved."""

    told: str
    is_whole: bool = True


class Quarantine:
    """A folder beside the data: what cannot stay is moved here, never deleted."""

    def __init__(self, home: Path, now: datetime) -> None:
        self.folder = home / f"quarantine-{now:%Y%m%d-%H%M%S}"

    def _made(self, *parts: str) -> Path:
        place = self.folder.joinpath(*parts)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place

    def take(self, paths: Iterable[Path], *parts: str) -> Path:
        """Move files here, below ``parts``; where they are now."""
        place = self._made(*parts)
        for path in paths:
            if path.exists():
                shutil.move(path, place / path.name)
        return place

    def copy(self, paths: Iterable[Path], *parts: str) -> Path:
        """Keep a copy of files that are about to be worked on."""
        place = self._made(*parts)
        for path in paths:
            if path.exists():
                shutil.copy2(path, place / path.name)
        return place

    def note(self, name: str, rows: Iterable[sqlite3.Row]) -> Path:
        """Write rows down, all of what they hold, one a line."""
        path = self._made() / f"{name}.jsonl"
        with path.open("a", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(dict(row), ensure_ascii=False, default=repr) + "\n")
        return path


Mend = Callable[[Quarantine], RepairResult]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong; ``mend`` puts it right, ``advice`` says what people must do.

    ``is_unknown``: it could not be looked at.
    """

    what: str
    advice: str = ""
    mend: Mend | None = None
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """One of the stores: what it holds, and what is wrong with it."""

    name: str
    detail: str
    flaws: tuple[Flaw, ...] = ()


def listed(names: Iterable[str], *, most: int = 5) -> str:
    """A few names for a sentence."""
    every = list(names)
    more = f"等 {len(every)} 个" if len(every) > most else ""
    return "、".join(every[:most]) + more
