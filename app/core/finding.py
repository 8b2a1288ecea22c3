"""Findings: what a rule says about a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.document import Span
from app.core.ledger import LedgerRow

Evidence = Mapping[str, object]


class Severity(StrEnum):
    """How much a finding matters; ``rank`` grows with it."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return ("info", "warning", "error").index(self.value)

    @property
    def label(self) -> str:
        """The word a user reads."""
        return {"info": "提示", "warning": "警告", "error": "错误"}[self.value]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place the finding speaks of."""

    span: Span
    quote: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Replace the text under ``span`` by ``text``; offered only where one fix is right."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``quote`` equals the document's text under ``span``.

    A missing part is a zero-length span at the place where it belongs.
    ``fingerprint`` is stable under edits elsewhere in the document.
    ``evidence`` holds plain JSON values.
    """

    rule: str
    name: str
    severity: Severity
    span: Span
    quote: str
    message: str
    evidence: Evidence = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    fingerprint: str = ""


class PartStatus(StrEnum):
    """Whether a mandatory part of the profile is told in the document."""

    PRESENT = "present"
    THIN = "thin"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding taken out by a baseline entry, with the reason given there."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All that the checker says about one document.

    ``ledger`` is ``None`` where no report of last year was given. ``titles`` and ``required`` tell
    what the profile calls its parts and which it asks for; a result read back may lack them.
    """

    path: str
    profile: str
    chars: int
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppression, ...] = ()
    parts: Mapping[str, PartStatus] = field(default_factory=dict)
    profile_reason: str = ""
    ledger: tuple[LedgerRow, ...] | None = None
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    required: frozenset[str] = field(default=frozenset(), compare=False)

    def count(self, severity: Severity) -> int:
        """How many findings have exactly this severity."""
        return sum(f.severity is severity for f in self.findings)
