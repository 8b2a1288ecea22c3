"""What a reviewer says of a finding, and what became of findings since the last submission."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """A reviewer's word on one finding; ``OPEN`` takes an earlier one back."""

    CONFIRMED = "confirmed"
    FALSE_ALARM = "false_alarm"
    WAIVED = "waived"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The word a user reads."""
        return {
            "confirmed": "属实",
            "false_alarm": "误报",
            "waived": "豁免",
            "open": "未判",
        }[self.value]

    @property
    def is_settled(self) -> bool:
        """True where the writer has nothing to mend."""
        return self in {Verdict.FALSE_ALARM, Verdict.WAIVED}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict: ``number`` grows with every verdict given; ``at`` is local time in ISO form."""

    number: int
    verdict: Verdict
    reason: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Fingerprints against those of the submission before; ``since`` is when that was taken."""

    since: str
    new: frozenset[str]
    still: frozenset[str]
    gone: tuple[str, ...]
