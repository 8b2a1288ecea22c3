"""What a rule sees: one document with its shared readers, each computed once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from app.checking.lexicon import EMPTY, Lexicon
from app.core.document import Document, Span
from app.core.facts import FactSheet
from app.core.finding import Finding, Fix, Related, Severity
from app.language.kept import kept
from app.language.names.unit import UnitInfo
from app.language.structure.outline import Outline
from app.language.structure.unwrap import UnwrappedDocument, mend, reveal
from app.language.view import TextView

if TYPE_CHECKING:
    from app.checking.ledger import Comparison
    from app.checking.parts import PartState
    from app.checking.support import Support
    from app.core.ledger import LedgerRow
    from app.language.sensitive import Sensitive
    from app.language.similarity.near_duplicates import KnownPrint
    from app.report.profile import Profile


@dataclass(frozen=True, slots=True)
class RuleMeta:
    """``code`` is never reused; ``name`` is the stable English slug; ``summary`` is Chinese.

    ``needs`` names the extra input without which the rule does not run:
    ``""``, ``facts``, ``previous`` or ``knowledge``. ``reads`` names the text it sees: ``mended``;
    ``layout``, with its hard line breaks and blanks; ``raw``, with hidden and posing characters.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    needs: str = ""
    reads: str = "mended"


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit whose reports lie in the knowledge base, with every name it goes by there."""

    unit: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownText:
    """A report of the knowledge base; ``prints`` are the sketches of its paragraphs.

    Their ``source`` is the report's place among the context's known texts.
    """

    unit: str
    year: int
    title: str
    prints: "tuple[KnownPrint, ...]"


@dataclass(frozen=True, slots=True)
class Repairs:
    """What was mended in this report and in last year's; ``None`` where nothing had to be."""

    document: UnwrappedDocument | None = None
    previous: UnwrappedDocument | None = None


class CheckContext(TextView):
    """One document under one profile, with what it is held against."""

    def __init__(
        self,
        document: Document,
        profile: "Profile",
        *,
        outline: Outline | None = None,
        sheet: FactSheet | None = None,
        previous: Document | None = None,
        known_units: Iterable[KnownUnit] = (),
        known_texts: Iterable[KnownText] = (),
        lexicon: Lexicon = EMPTY,
        repairs: Repairs | None = None,
    ) -> None:
        super().__init__(document, outline=outline)
        self.profile = profile
        self.sheet = sheet
        self.previous = previous
        self.known_units = tuple(known_units)
        self.known_texts = tuple(known_texts)
        self.lexicon = lexicon
        self.repairs = repairs or Repairs()

    @property
    def text_side(self) -> object:
        """All that a rule which needs no facts may look at: equal sides, equal findings."""
        unit = self.sheet.unit if self.sheet else None
        known = (self.known_units, self.known_texts, self.lexicon)
        side = (self.document, self.profile, self._outline, self.previous, unit, known)
        return kept(("text side", self.document.path), side, lambda: side)

    @cached_property
    def plain(self) -> "CheckContext":
        """The same mended; itself where there is nothing to mend.

        Its spans are those of the mended texts: ``restore`` leads a finding back.
        """
        return self._mended(mend)

    @cached_property
    def revealed(self) -> "CheckContext":
        """The same with its layout, without characters that hide or pose; as ``plain``."""
        return self._mended(reveal)

    def seen_by(self, reads: str) -> "CheckContext":
        """What a rule sees that reads the text ``mended``, in its ``layout`` or ``raw``."""
        if reads == "raw":
            return self
        return self.revealed if reads == "layout" else self.plain

    def _mended(self, change: "Callable[[Document], UnwrappedDocument | None]") -> "CheckContext":
        repairs = Repairs(
            change(self.document), change(self.previous) if self.previous is not None else None
        )
        if repairs == Repairs():
            return self
        here, last = repairs.document, repairs.previous
        return CheckContext(
            here.document if here else self.document,
            self.profile,
            outline=None if here else self._outline,
            sheet=self.sheet,
            previous=last.document if last else self.previous,
            known_units=self.known_units,
            known_texts=self.known_texts,
            lexicon=self.lexicon,
            repairs=repairs,
        )

    def restore(self, finding: Finding) -> Finding:
        """The finding with its places in the text as it was read."""
        repair = self.repairs.document
        if repair is None:
            return finding
        text = repair.source.text
        span = repair.restore(finding.span)
        related = tuple(repair.restore(r.span) for r in finding.related)
        fix = finding.fix
        return replace(
            finding,
            span=span,
            quote=span.of(text),
            related=tuple(Related(s, s.of(text)) for s in related),
            fix=Fix(repair.restore(fix.span), fix.text) if fix else None,
        )

    def restore_row(self, row: "LedgerRow") -> "LedgerRow":
        """The row with its places in both texts as they were read."""
        here, last = self.repairs.document, self.repairs.previous
        return replace(
            row,
            current_span=_restored(here, row.current_span),
            quoted_span=_restored(here, row.quoted_span),
            previous_span=_restored(last, row.previous_span),
        )

    def previous_line(self, place: int) -> int:
        """The number of the line of last year's report, as it was read, that holds a place."""
        if self.previous is None:
            return 0
        last = self.repairs.previous
        text = last.source.text if last else self.previous.text
        start = last.restore(Span(place, place)).start if last else place
        return text.count("\n", 0, start) + 1

    @cached_property
    def unit(self) -> UnitInfo:
        """The reporting unit, also by the user's word list."""
        return self.lexicon.known_as(super().unit)

    @cached_property
    def sensitive(self) -> "tuple[Sensitive, ...]":
        """Personal data and marks of secrecy."""
        from app.language.sensitive import read_sensitive  # noqa: PLC0415  # reads a word file

        return read_sensitive(self.text)

    @cached_property
    def parts(self) -> "Mapping[str, PartState]":
        """For each part of the profile whether and where the document tells it."""
        from app.checking.parts import find_parts  # noqa: PLC0415  # only rules on parts pay

        return find_parts(self, self.profile.parts)

    @cached_property
    def last(self) -> TextView | None:
        """Last year's report, ``None`` where there is none."""
        return TextView(self.previous) if self.previous is not None else None

    @cached_property
    def comparison(self) -> "Comparison | None":
        """This report's figures against last year's report, ``None`` where there is none."""
        if self.last is None:
            return None
        from app.checking.ledger import compare_reports  # noqa: PLC0415  # only with --previous

        return compare_reports(self, self.last)

    @cached_property
    def support(self) -> "Support | None":
        """This report against its fact sheet, ``None`` where there is none."""
        if self.sheet is None:
            return None
        from app.checking.support import read_support  # noqa: PLC0415  # only with --facts

        return read_support(self, self.sheet, self.profile, self.parts)

    def finding(
        self,
        meta: RuleMeta,
        span: Span,
        message: str,
        *,
        severity: Severity | None = None,
        related: Iterable[Span] = (),
        evidence: Mapping[str, object] | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """Build a finding whose quote is the text under ``span``.

        ``severity`` overrides the rule's own for this one finding; a severity set in the
        profile is applied later, by the engine, and wins unless this one is lower.
        """
        return Finding(
            rule=meta.code,
            name=meta.name,
            severity=severity or meta.severity,
            span=span,
            quote=span.of(self.text),
            message=message,
            evidence=dict(evidence or {}),
            related=tuple(Related(s, s.of(self.text)) for s in related),
            fix=fix,
        )


def _restored(repair: UnwrappedDocument | None, span: Span | None) -> Span | None:
    return repair.restore(span) if repair is not None and span is not None else span
