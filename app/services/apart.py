"""Work on a document in a process that can be ended: its own memory, processor time and clock.

What people upload is read by libraries that nobody can interrupt. Here each document is given to a
child process with bounds; one that eats too much costs its own answer and nothing else. A child
answers one request after the other over its standard input and output; spare ones are kept warm.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Condition, Event, Thread, Timer
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

from app.core.errors import InputError, PinganError
from app.formats.limits import Limits, current_limits
from app.formats.source import barrier, label

if sys.platform != "win32":
    import resource

T = TypeVar("T")

_ROOT = Path(__file__).resolve().parents[2]
_SECRETS = frozenset({"OPENAI_API_KEY", "PINGAN_CHROMA_TOKEN"})  # a child asks no model
_PRELOADED = (
    "app.checking.cohort",
    "app.formats.docx.comments",
    "app.formats.fact_files",
    "app.formats.pdf.reader",
    "app.formats.xlsx",
    "app.services.draft_work",
)
_HEAD_BYTES = 8
_POLITE, _LAST_IN_LINE = 3, 19  # niceness
_START_S, _SLOW_S = 60.0, 0.5
_SWOLLEN_BYTES = 400 * 2**20


class Apart:
    """At most ``most`` children at once; ``spare`` idle ones wait for the next document.

    Safe to use from several threads; whoever comes when all are busy waits for the first. One that
    is slow goes on behind all others and holds nobody up, as long as fewer than ``most_slow`` do.
    """

    def __init__(
        self, most: int, *, most_slow: int = 0, spare: int = 0, limits: Limits | None = None
    ) -> None:
        self._most, self._most_slow, self._spare = most, most_slow, spare
        self._limits = limits
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._slow: set[_Child] = set()
        self._free = Condition()
        self._end = weakref.finalize(self, _end_all, self._idle, self._busy, self._slow)

    def run(self, function: Callable[..., T], /, *args: Any, name: str) -> T:
        """What ``function`` returns for a document; ``name`` is the document's, for people.

        Raises:
            InputError: the work took too long, took too much, or ended in what nobody foresaw.
            PinganError: what the function raised.
        """
        limits = self._limits or current_limits()
        task = pickle.dumps((function, args, name, limits), pickle.HIGHEST_PROTOCOL)
        answer = self._ask(task, limits, name)
        if answer is None:  # killed from outside, perhaps for what a neighbour took
            answer = self._ask(task, limits, name)
        if answer is None:
            raise InputError(
                f"处理文件{label(name)}的进程被系统中止，多半是内存不够，这一份没有处理，"
                "请去掉图片和多余的内容，或拆成几份。"
            )
        is_done, value = answer
        if not is_done:
            raise value
        result: T = value
        return result

    def warm_up(self) -> None:
        """Start a first spare child ahead of the first document."""
        with self._free:
            self._add_spares()

    def close(self) -> None:
        """End all children; what they were at is not done."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, task: bytes, limits: Limits, name: str) -> tuple[bool, Any] | None:
        child = self._take(name)
        try:
            return child.ask(task, limits, name, lambda: self._set_aside(child))
        finally:
            self._give_back(child)

    def _take(self, name: str) -> "_Child":
        try:
            with self._free:
                while not self._idle and len(self._busy) >= self._most:
                    self._free.wait()
                if not self._end.alive:
                    raise InputError(f"程序正在关闭，文件{label(name)}没有处理，请重新打开再试。")
                child = self._idle.pop() if self._idle else _Child()
                self._busy.add(child)
                self._add_spares()
        except OSError as error:
            raise InputError(
                f"系统起不了新的进程，文件{label(name)}没有处理，请关掉别的程序，过一会儿再试。"
            ) from error
        return child

    def _add_spares(self) -> None:
        """One more waits than is at work: starting them all at once would hold up the first."""
        wanted = min(self._spare, len(self._busy) + 1, self._most - len(self._busy))
        while len(self._idle) < wanted:
            self._idle.insert(0, _Child())

    def _set_aside(self, child: "_Child") -> None:
        with self._free:
            if child in self._busy and len(self._slow) < self._most_slow:
                self._busy.discard(child)
                self._slow.add(child)
                self._free.notify()

    def _give_back(self, child: "_Child") -> None:
        with self._free:
            self._busy.discard(child)
            self._slow.discard(child)
            is_wanted = len(self._idle) <= self._spare and self._end.alive
            if child.is_fit and is_wanted:
                self._idle.append(child)
            self._free.notify()
        if not (child.is_fit and is_wanted):
            child.end()


def _end_all(idle: "list[_Child]", busy: "set[_Child]", slow: "set[_Child]") -> None:
    for child in (*idle, *busy, *slow):
        child.end()
    idle.clear()


class _Child:
    """One process, as its parent sees it; ``is_fit`` for another document."""

    def __init__(self) -> None:
        self.is_fit = True
        self._is_late = self._is_ready = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            env={
                **{k: v for k, v in os.environ.items() if k not in _SECRETS},
                "PYTHONPATH": str(_ROOT),
                "OPENBLAS_NUM_THREADS": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("PINGAN_DEBUG") else subprocess.DEVNULL,
        )

    def ask(
        self, task: bytes, limits: Limits, name: str, on_slow: Callable[[], None]
    ) -> tuple[bool, Any] | None:
        """Whether it is done, and the result or the error; ``None`` where the child was killed.

        Raises:
            InputError: it took too long.
        """
        if answer := self._answer(task, limits, on_slow):
            is_done, value, is_last = pickle.loads(answer)  # noqa: S301  # our own process
            self.is_fit = self.is_fit and not is_last
            return is_done, value
        self.is_fit = False
        self._process.kill()
        code = self._process.wait()
        is_spent = sys.platform != "win32" and code == -signal.SIGXCPU
        if is_spent or self._is_late:
            longest = limits.work_cpu_s if is_spent else limits.work_wall_s
            raise InputError(
                f"文件{label(name)}处理了{longest}秒还没有完，已停止，这一份没有处理，"
                "请只留需要的部分，或拆成几份。"
            )
        return None

    def _answer(self, task: bytes, limits: Limits, on_slow: Callable[[], None]) -> bytes:
        """The answer to a task; empty where the process has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            if not self._is_ready:
                with _timer(_START_S, self._process.kill):
                    self._is_ready = bool(_read(self._process.stdout))
            before_s = _cpu_s(self._process.pid)
            with (
                _timer(limits.work_wall_s, self._kill_late),
                _again(_SLOW_S, lambda: self._let_others_go_first(on_slow, before_s)),
            ):
                _write(self._process.stdin, task)
                return _read(self._process.stdout)
        except (OSError, ValueError):  # it has ended, or its streams were closed meanwhile
            return b""

    def end(self) -> None:
        """Let the process go."""
        self.is_fit = False
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()

    def _let_others_go_first(self, on_slow: Callable[[], None], before_s: float) -> None:
        """Called again and again while the child works on one document."""
        on_slow()
        # On a busy machine a child may have had to wait itself; then it stays as it is.
        if sys.platform != "win32" and _cpu_s(self._process.pid) - before_s > _SLOW_S / 2:
            self.is_fit = False  # there is no way back up
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, _LAST_IN_LINE)

    def _kill_late(self) -> None:
        self._is_late = True
        self._process.kill()


def _cpu_s(pid: int) -> float:
    """The processor time a process has taken, where the system tells."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@contextmanager
def _again(each_s: float, then: Callable[[], None]) -> Iterator[None]:
    stopped = Event()

    def watch() -> None:
        while not stopped.wait(each_s):
            then()

    Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        stopped.set()


@contextmanager
def _timer(after_s: float, then: Callable[[], None]) -> Iterator[None]:
    timer = Timer(after_s, then)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _write(stream: BinaryIO | Any, data: bytes) -> None:
    stream.write(len(data).to_bytes(_HEAD_BYTES, "big"))
    stream.write(data)
    stream.flush()


def _read(stream: BinaryIO | Any) -> bytes:
    """The next message; empty at the end."""
    size = int.from_bytes(stream.read(_HEAD_BYTES), "big")
    data: bytes = stream.read(size)
    return data if len(data) == size else b""


# --- in the child ------------------------------------------------------------------------


def _held_bytes() -> int:
    """The address space the process has taken so far, where the system tells."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _bound(kind: int, most: int) -> None:
    """Draw one bound of this process; a system that has none of this kind goes without."""
    if sys.platform != "win32":
        with suppress(OSError, ValueError):
            _, hard = resource.getrlimit(kind)
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, hard))


def _is_swollen() -> bool:
    """True where the process has held so much that it had better give it back."""
    if sys.platform == "win32":
        return False
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit > _SWOLLEN_BYTES


def _answer(request: bytes, before_bytes: int) -> bytes:
    function, args, name, limits = pickle.loads(request)  # noqa: S301  # from our own parent
    if sys.platform != "win32":
        _bound(resource.RLIMIT_CPU, int(time.process_time()) + limits.work_cpu_s + 1)
        _bound(resource.RLIMIT_AS, before_bytes + limits.work_bytes)
    is_last = False
    try:
        with barrier(name):
            answer = (True, function(*args), _is_swollen())
            return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except PinganError as error:
        is_last = isinstance(error.__cause__, MemoryError)
        return pickle.dumps((False, error, is_last or _is_swollen()), pickle.HIGHEST_PROTOCOL)


def main() -> None:
    """Answer every message of standard input with one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends its children
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may look like an answer
    if sys.platform != "win32":
        with suppress(OSError):
            os.nice(_POLITE)
        _bound(resource.RLIMIT_CORE, 0)
        with suppress(OSError):  # where memory runs out, this process goes and not the page
            Path("/proc/self/oom_score_adj").write_text("900")
    from app.patterns import kept_patterns, load_checker  # noqa: PLC0415  # not for the parent

    with kept_patterns():
        load_checker()
    for name in _PRELOADED:
        import_module(name)
    import_module("app.services.checking").Checker().check_text("平安建设工作总结")
    before_bytes = _held_bytes()
    _write(answers, b"ready")
    while request := _read(sys.stdin.buffer):
        _write(answers, _answer(request, before_bytes))


if __name__ == "__main__":
    main()
