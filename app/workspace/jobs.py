"""Writing in the background: it goes on when the page is closed, and each section is kept."""

import logging
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from app.core.draft import DraftSection
from app.core.errors import ConfigError, InputError, ModelError, PinganError
from app.core.faults import log_line, refusal_behind
from app.drafting.events import (
    ModelWaiting,
    Notice,
    OnEvent,
    SectionDone,
    SectionStarted,
    SectionText,
)

_LONGEST_END_S = 10.0
_MOST_ENDED = 100  # pieces of writing whose end is still told
_log = logging.getLogger(__name__)


class _Stopped(BaseException):
    """Ends the writing from within its own event call; no handler takes it for a failure."""


@dataclass(slots=True)
class LiveSection:
    """A section as far as it is written."""

    key: str
    title: str
    text: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the writing is; ``state`` is ``writing``, ``done``, ``stopped`` or ``failed``.

    ``can_go_on``: the model writes or has failed, and the rest can be written without it.
    ``waiting_s`` is how long it has been silent, where that is long.
    """

    kind: str
    state: str
    told: str
    share: float
    sections: tuple[LiveSection, ...]
    error: str = ""
    notes: tuple[str, ...] = ()
    can_go_on: bool = False
    waiting_s: int = 0


Work = Callable[[OnEvent, Event], None]
Keep = Callable[[DraftSection], None]
End = Callable[[str], None]


@dataclass
class Job:
    """One piece of writing; ``keep`` gets each section as soon as it stands.

    ``keys`` are the sections to write, in order; ``is_whole`` where they are the whole report;
    ``has_model`` where the model writes them; ``again`` does the same without it, where writing
    what is left is not enough.
    """

    kind: str
    keep: Keep
    keys: tuple[str, ...] = ()
    is_whole: bool = False
    has_model: bool = False
    cancel: Event = field(default_factory=Event)
    state: str = "writing"
    told: str = "正在准备……"
    error: str = ""
    total: int = 0
    sections: dict[str, LiveSection] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    waiting_s: int = 0
    is_models_fault: bool = False
    is_stopped: bool = False
    thread: Thread | None = None
    again: Callable[[], None] | None = None
    _lock: Lock = field(default_factory=Lock)

    def take(self, event: object) -> None:
        """One event of the drafting service."""
        if self.cancel.is_set():
            raise _Stopped
        with self._lock:
            self.waiting_s = event.seconds if isinstance(event, ModelWaiting) else 0
            match event:
                case SectionStarted():
                    self.total = event.total
                    self.sections[event.key] = LiveSection(event.key, event.title)
                    name = event.title or "引言"
                    self.told = f"正在写第 {event.index + 1}/{event.total} 部分：{name}"
                case SectionText():
                    live = self.sections.setdefault(event.key, LiveSection(event.key, ""))
                    live.text += event.delta
                case Notice():
                    self.notes.append(event.message)
                case SectionDone():
                    section = event.section
                    self.sections[section.key] = LiveSection(
                        section.key, section.title, section.text, is_done=True
                    )
        if isinstance(event, SectionDone):
            self.keep(event.section)

    def progress(self) -> Progress:
        """A picture of the moment."""
        with self._lock:
            live = tuple(
                LiveSection(s.key, s.title, s.text, s.is_done) for s in self.sections.values()
            )
            done = sum(s.is_done for s in live)
            share = done / self.total if self.total else 0.0
            return Progress(
                self.kind,
                self.state,
                self.told,
                share,
                live,
                self.error,
                tuple(self.notes),
                self.can_go_on,
                self.waiting_s if self.state == "writing" else 0,
            )

    @property
    def can_go_on(self) -> bool:
        """True where the model is waited for, or has failed, and can be done without."""
        has_way = self.has_model and bool(self.keys or self.again)
        return has_way and (self.state == "writing" or self.is_models_fault)

    @property
    def left(self) -> tuple[str, ...]:
        """The sections that are not written yet."""
        with self._lock:
            done = {key for key, live in self.sections.items() if live.is_done}
        return tuple(key for key in self.keys if key not in done)

    def stop(self) -> None:
        """Let it end, by the writer's own wish: a model that fails sets ``cancel``, too."""
        self.is_stopped = True
        self.cancel.set()

    def fail(self, error: PinganError) -> None:
        """Note why it ended; a model that failed can be done without."""
        self.error = error.on_page
        self.is_models_fault = isinstance(error, ModelError | ConfigError)


class Jobs:
    """What is being written at the moment: one piece for each draft."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def start(self, draft: str, job: Job, work: Work, on_end: End) -> None:
        """Begin to write.

        Raises:
            InputError: this draft is being written already.
        """
        with self._lock:
            running = self._jobs.get(draft)
            if running is not None and running.state == "writing":
                raise InputError("这份稿子正在写，请等写完，或者先点“停止”。")
            self._forget()
            self._jobs.pop(draft, None)
            self._jobs[draft] = job
        run = copy_context().run  # whoever asked for it is told of as the one who sends
        job.thread = Thread(
            target=run, args=(_run, job, work, on_end), name="desk-draft", daemon=True
        )
        job.thread.start()

    def _forget(self) -> None:
        """Let go of the pieces that ended longest ago; what they wrote is in the store."""
        ended = [draft for draft, job in self._jobs.items() if job.state != "writing"]
        for draft in ended[: max(len(ended) - _MOST_ENDED, 0)]:
            del self._jobs[draft]

    def last(self, draft: str) -> Job | None:
        """What is or was written of a draft since the start."""
        return self._jobs.get(draft)

    def progress(self, draft: str) -> Progress | None:
        """How far a draft is; ``None`` where nothing has been written since the start."""
        job = self._jobs.get(draft)
        return job.progress() if job else None

    def is_writing(self, draft: str) -> bool:
        """True while the draft is being written."""
        job = self._jobs.get(draft)
        return job is not None and job.state == "writing"

    def stop(self, draft: str) -> None:
        """Let the writing end at its next event."""
        if job := self._jobs.get(draft):
            job.stop()

    def end(self, draft: str) -> None:
        """Let the writing end, and wait until it has.

        Raises:
            InputError: it goes on for longer than anybody would wait.
        """
        self.stop(draft)
        job = self._jobs.get(draft)
        if job is None or job.thread is None:
            return
        job.thread.join(_LONGEST_END_S)
        if job.thread.is_alive():
            raise InputError("正在写的还没有停下来，请过几秒再点一次。")

    def stop_all(self) -> None:
        """Let all writing end."""
        for job in list(self._jobs.values()):
            job.stop()


def _run(job: Job, work: Work, on_end: End) -> None:
    state, told = "done", "写完了"
    try:
        work(job.take, job.cancel)
    except _Stopped:
        state, told = "stopped", "已停止，写好的部分都在"
    except PinganError as error:
        if job.is_stopped and isinstance(error, ModelError):
            state, told = "stopped", "已停止，写好的部分都在"
        else:
            state, told = "failed", "没有写完"
            job.fail(error)
    except Exception as error:  # noqa: BLE001  # the thread's outermost frame
        _log.error("drafting failed: %s", log_line(error))
        state, told = "failed", "没有写完"
        refusal = refusal_behind(error)
        job.error = (
            refusal.on_page
            if refusal
            else (
                f"程序内部出错（{type(error).__name__}），没有写完；写好的部分都在，请重试，"
                "仍不行请告诉维护人员。"
            )
        )
    try:
        on_end(state)
    except PinganError as error:
        _log.error("drafting failed: %s", log_line(error))
        state, told = "failed", "没有写完"
        job.fail(error)
    job.told, job.state = told, state
