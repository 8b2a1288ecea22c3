"""What one look at a draft has read is still known at the next one, where nothing of it changed.

A draft is looked at again after every change, and most of it is as it was. Whoever reads a part of
it asks ``kept`` under a name for the part and says what the answer rests on; the answer is used
again only where that is the same. What a look does not ask for is forgotten after it, so that a
draft never holds more than its last look.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TypeVar, cast

_MOST_DRAFTS = 4  # that are being worked on at once; a thousand facts hold some 15 MB

Answer = TypeVar("Answer")


class _Draft:
    """The answers of the last look at a draft, and of the one that goes on."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.last: dict[Hashable, tuple[object, object]] = {}
        self.now: dict[Hashable, tuple[object, object]] = {}

    def ask(self, name: Hashable, basis: object, make: Callable[[], object]) -> object:
        held = self.now.get(name) or self.last.get(name)
        if held is None or (held[0] is not basis and held[0] != basis):
            held = (basis, make())
        self.now[name] = held
        return held[1]


_LOOK: ContextVar[_Draft | None] = ContextVar("look", default=None)


def kept(name: Hashable, basis: object, make: Callable[[], Answer]) -> Answer:
    """What ``make`` gives, or gave at the last look under this name on an equal basis.

    ``make`` may rest on nothing but the name and the basis; its answer is never changed.
    """
    look = _LOOK.get()
    return cast("Answer", look.ask(name, basis, make)) if look else make()


class Looks:
    """The drafts that were looked at last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._drafts: OrderedDict[str, _Draft] = OrderedDict()

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """While one looks at this draft; where another thread does, nothing is kept."""
        with self._lock:
            draft = self._drafts.pop(name, None) or _Draft()
            self._drafts[name] = draft
            while len(self._drafts) > _MOST_DRAFTS:
                self._drafts.popitem(last=False)
        if not draft.lock.acquire(blocking=False):
            yield
            return
        token = _LOOK.set(draft)
        try:
            yield
        finally:
            _LOOK.reset(token)
            draft.last, draft.now = draft.now, {}
            draft.lock.release()

    def forget(self, name: str) -> None:
        """Nothing of this draft is needed any more."""
        with self._lock:
            self._drafts.pop(name, None)
