"""Hands hostile files to a worker process and takes a dead worker for an answer, too."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: read, refused with a sentence, or a fault."""

    how: str
    read: str = ""
    refused: str = ""
    fault: str = ""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    bytes: int = 0
    peak: int = 0

    def complaint(self) -> str:
        """What is wrong with the outcome; empty where nothing is."""
        if self.fault:
            return f"{self.how}: {self.fault}"
        if self.peak > MOST_BYTES:
            return f"{self.how}: {self.peak / 2**20:.0f} MB"
        if self.refused and not _is_a_sentence(self.refused):
            return f"{self.how}: not a plain sentence: {self.refused!r}"
        return ""


def _is_a_sentence(text: str) -> bool:
    has_han = any("一" <= c <= "鿿" for c in text)
    return has_han and text.endswith("。") and text.isprintable() and len(text) < 400


class Worker:
    """A process that reads files; started anew after it died."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process: subprocess.Popen[str] | None = None

    def ask(self, **task: Any) -> Outcome:
        """Have one file read."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if line:
            return Outcome(**json.loads(line))
        code = self._end()
        return Outcome(str(task), fault=f"the reader died of signal {-code} (too long or too much)")

    def _start(self) -> "subprocess.Popen[str]":
        keep = {k: v for k, v in os.environ.items() if k in {"LANG", "LC_ALL", "TMPDIR"}}
        log = (self._scratch / "worker.txt").open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.worker"],
            cwd=ROOT,
            env={**keep, "PYTHONPATH": str(ROOT), "PATH": "", "PYTHONUTF8": "1",
                 "PINGAN_HOME": str(self._scratch)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
        )  # fmt: skip
        log.close()
        assert self._process.stdout is not None
        ready = self._process.stdout.readline()
        assert ready == "ready\n", (self._scratch / "worker.txt").read_text()
        return self._process

    def _end(self) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        return process.wait(20)

    def close(self) -> None:
        """Let the process go."""
        self._end()


@contextmanager
def working(scratch: Path) -> Iterator[Worker]:
    """A worker for the time of a test."""
    worker = Worker(scratch)
    try:
        yield worker
    finally:
        worker.close()


def read_mutants(scratch: Path, numbers: Iterable[int], **task: Any) -> list[Outcome]:
    """What becomes of these mutants, in order."""
    with working(scratch) as worker:
        return [worker.ask(mutant=number, **task) for number in numbers]
