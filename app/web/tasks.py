"""Run a service in a thread of its own and hand its events on as they come."""

from collections.abc import Callable, Iterator
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_POLL_S = 0.1


class _Stopped(BaseException):
    """Ends the service from within its own event call; no handler takes it for a failure."""


class PageTask(Generic[T]):
    """``work`` gets this task and calls ``tell`` (or ``progress``) for every event.

    ``stopped`` ends it: set by whoever wants it to end, or when the reader has gone away.
    """

    def __init__(self, work: Callable[["PageTask[T]"], T], *, stopped: Event | None = None) -> None:
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self.stopped = stopped or Event()
        self._result: list[T] = []
        self._error: list[Exception] = []
        self._thread = Thread(target=copy_context().run, args=(self._run, work), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[["PageTask[T]"], T]) -> None:
        try:
            self._result.append(work(self))
        except _Stopped:
            return
        except Exception as error:  # noqa: BLE001  # carried over to the caller's thread
            self._error.append(error)

    def tell(self, event: object) -> None:
        """Pass one event to the reader; ends the service once it has been stopped."""
        if self.stopped.is_set():
            raise _Stopped
        self._queue.put(event)

    def progress(self, done: int, total: int, name: str) -> None:
        """Pass one step of progress to the reader."""
        self.tell((done, total, name))

    def stop(self) -> None:
        """Let the service end at its next event."""
        self.stopped.set()

    def events(self) -> Iterator[Any]:
        """Events until the service ends or is stopped; a reader that goes away stops it."""
        try:
            while not self.stopped.is_set():
                is_running = self._thread.is_alive()
                try:
                    yield self._queue.get(timeout=_POLL_S if is_running else 0.001)
                except Empty:
                    if not is_running:
                        return
        except GeneratorExit:
            self.stop()
            raise

    def result(self) -> T:
        """What the service returned; raises what it raised."""
        self._thread.join()
        if self._error:
            raise self._error[0]
        return self._result[0]
