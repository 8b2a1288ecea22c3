"""Fresh processes, timed: seconds on the wall, processor seconds, and the memory of all of them."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

_SAMPLE_S = 0.1
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Timing:
    """What a command took; ``peak_bytes`` is ``None`` where the system does not tell."""

    wall_s: float
    cpu_s: float
    peak_bytes: int | None
    exit_code: int


def python(*arguments: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, *arguments]


def run(command: Sequence[str], *, home: Path, has_memory: bool = False) -> Timing:
    """Run a command to its end with a home of its own."""
    environment = {**os.environ, "PINGAN_HOME": str(home)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        watcher = _Watcher(process.pid) if has_memory else None
        process.wait()
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timing(wall, cpu, watcher.stop() if watcher else None, process.returncode)


class _Watcher:
    """Adds up the resident memory of a session's processes; shared pages count in each of them."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._peak = 0
        self._stopped = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int | None:
        self._stopped.set()
        self._thread.join()
        return self._peak or None

    def _watch(self) -> None:
        while not self._stopped.wait(_SAMPLE_S):
            self._peak = max(self._peak, _resident(self._session))


def _resident(session: int) -> int:
    total = 0
    for folder in _PROC.glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[3]) == session:
                total += int(fields[21]) * resource.getpagesize()
        except (OSError, IndexError, ValueError):  # it ended meanwhile
            continue
    return total
