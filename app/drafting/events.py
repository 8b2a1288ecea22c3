"""What happens while a report is drafted, in the order of the report."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.draft import DraftSection


@dataclass(frozen=True, slots=True)
class SectionStarted:
    """A section is being written; ``index`` counts from 0, ``total`` is the number of sections."""

    index: int
    total: int
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class SectionText:
    """More text of the running section, as the model writes it: a preview, not yet grounded."""

    key: str
    delta: str


@dataclass(frozen=True, slots=True)
class SectionDone:
    """The section as it stays; replaces whatever was shown of it."""

    index: int
    total: int
    section: DraftSection


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know while the report is written, in plain Chinese."""

    message: str


@dataclass(frozen=True, slots=True)
class ModelWaiting:
    """The model has not sent a byte for so many seconds; 0 once it does again."""

    seconds: int


Event = SectionStarted | SectionText | SectionDone | Notice | ModelWaiting
OnEvent = Callable[[Event], None]
