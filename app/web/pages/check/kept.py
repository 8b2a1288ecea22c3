"""What each browser tab has checked last, so that a reload of the page shows it again."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from app.core.document import Document
from app.web.pages.check.beside import ReferenceUploads
from app.web.workspace import KEEP_SECONDS

_MOST = 200

# Names the browser tab; it lives as long as the tab, and no other tab knows it.
TAB_SCRIPT = """(...given) => {
  let name = "";
  try {
    name = sessionStorage.getItem("pingan-check") || crypto.getRandomValues(new Uint32Array(4)).join("");
    sessionStorage.setItem("pingan-check", name);
  } catch { /* a browser that keeps nothing */ }
  return [name, ...given.slice(1)];
}"""  # noqa: E501  # script


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """A document as it was checked."""

    document: Document
    profile: str
    beside: ReferenceUploads


@dataclass
class LastChecks:
    """In memory only, for a working day; the least recent goes first."""

    _kept: "OrderedDict[tuple[str, str], tuple[float, KeptCheck]]" = field(
        default_factory=OrderedDict
    )
    _lock: Lock = field(default_factory=Lock)

    def keep(self, owner: str, tab: str, kept: KeptCheck | None) -> None:
        """Keep this in the place of the one before; ``None`` forgets."""
        if not tab:
            return
        now = time.monotonic()
        with self._lock:
            self._kept.pop((owner, tab), None)
            if kept is not None:
                self._kept[owner, tab] = (now, kept)
            while self._kept:
                oldest = next(iter(self._kept))
                if len(self._kept) <= _MOST and self._kept[oldest][0] > now - KEEP_SECONDS:
                    break
                del self._kept[oldest]

    def find(self, owner: str, tab: str) -> KeptCheck | None:
        """What the tab has checked last."""
        with self._lock:
            at, kept = self._kept.get((owner, tab), (0.0, None))
            return kept if at > time.monotonic() - KEEP_SECONDS else None
