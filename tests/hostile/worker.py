"""Reads hostile files one after the other and tells, a line each, what became of them.

Told on standard input what to read; dies of its own clock where a file takes too long.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from app.core.document import Document
from app.core.errors import PinganError
from app.formats import read_bytes
from app.formats.archive import SkippedMember, read_archive
from app.formats.docx.comments import annotate
from app.formats.fact_files import read_fact_sheet_bytes
from app.formats.limits import Limits
from app.formats.source import read_limited
from app.review.service import ReviewService  # noqa: F401  # what the page loads, so that it counts
from app.services.checking import Checker, CheckOptions
from tests.hostile.mutants import mutant

_NOW = datetime(2025, 12, 1)  # noqa: DTZ001  # Word keeps local time
CPU_S = 10
WALL_S = 60
_MOST_BYTES = 2**31


def _bound() -> None:
    """Let the system end what neither Python nor a library can be asked to end."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


class Reading:
    """What a user may do with a file: read it, check it, have it annotated, take it as facts."""

    def __init__(self) -> None:
        self._checker = Checker(CheckOptions("乡镇"))

    def of(self, data: bytes, name: str, limits: Limits, *, is_deep: bool) -> str:
        """A few words on what was read; errors come as they are."""
        if name.endswith(".xlsx"):
            return f"{len(read_fact_sheet_bytes(data, name, limits=limits).facts)}条"
        if name.endswith(".zip"):
            return self._archive(data, name, limits, is_deep=is_deep)
        document = read_bytes(data, name, limits=limits)
        if "要点" in name:
            read_fact_sheet_bytes(data, name, limits=limits)
        if is_deep:
            self._check(document, data)
        return f"{len(document.text)}字"

    def _check(self, document: Document, data: bytes) -> None:
        result = self._checker.check(document).result
        crashed = [f.message for f in result.findings if f.rule == "XX00"]
        assert not crashed, crashed
        for found in result.findings:
            assert document.text[found.span.start : found.span.end] == found.quote
        if result.findings:
            annotate(data, document, result.findings, now=_NOW)

    def _archive(self, data: bytes, name: str, limits: Limits, *, is_deep: bool) -> str:
        told: list[str] = []
        for item in read_archive(data, name):
            if isinstance(item, SkippedMember):
                told.append(item.reason)
                continue
            assert ".." not in item.name.split("/")
            assert not item.name.startswith("/")
            try:
                last = PurePosixPath(item.name).name
                self.of(item.data, last or "x", limits, is_deep=is_deep)
            except PinganError as error:
                told.append(str(error))
        return "；".join(told) or "全部读了"


def _one(reading: Reading, task: dict[str, Any]) -> dict[str, Any]:
    if "mutant" in task:
        made = mutant(task["mutant"])
        name, data = made.name, made.data
    else:
        made, name, data = None, Path(task["path"]).name, None
    limits = Limits(**task.get("limits", {}))
    _forget_peak()
    before = _peak_bytes()
    started, began = time.process_time(), time.monotonic()
    signal.setitimer(signal.ITIMER_PROF, task.get("cpu_s", CPU_S))
    signal.setitimer(signal.ITIMER_REAL, WALL_S)
    outcome: dict[str, Any] = {"how": made.how if made else name}
    try:
        if data is None:
            path = Path(task["path"])
            data = path.read_bytes() if path.suffix == ".zip" else read_limited(path, limits)
        outcome["read"] = reading.of(data, name, limits, is_deep=task.get("is_deep", True))
    except PinganError as error:
        outcome["refused"] = str(error)
    except BaseException:  # noqa: BLE001  # whatever it is, it is the fault that is looked for
        outcome["fault"] = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    outcome["cpu_s"] = time.process_time() - started
    outcome["wall_s"] = time.monotonic() - began
    outcome["bytes"] = _peak_bytes() - before
    outcome["peak"] = _peak_bytes()
    return outcome


def main() -> None:
    """Answer every line of standard input with one line."""
    _bound()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing that a library prints may look like an answer
    reading = Reading()
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(_one(reading, json.loads(line)), ensure_ascii=False) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
