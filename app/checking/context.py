"""What a rule sees: one document with its shared readers, each computed once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from app.core.document import Document, Span
from app.core.facts import FactSheet
from app.core.finding import Finding, Fix, Related, Severity
from app.core.quantity import Quantity
from app.text.enumerations import Enumeration, read_enumerations
from app.text.indicators import Clauses
from app.text.normalize import join_broken_lines, normalize
from app.text.outline import Outline, read_outline
from app.text.quantities import read_quantities
from app.text.sentences import paragraphs, sentences
from app.text.unit import UnitInfo, describe_unit

if TYPE_CHECKING:
    from app.checking.ledger import Comparison
    from app.checking.parts import PartState
    from app.checking.profile import Profile
    from app.checking.rule import RuleMeta
    from app.checking.support import Support
    from app.text.copied import KnownPrint
    from app.text.sums import PartGroup


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


class CheckContext:
    """One document under one profile; shared readers are lazy and run at most once."""

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
    ) -> None:
        self.document = document
        self.profile = profile
        self._outline = outline
        self.sheet = sheet
        self.previous = previous
        self.known_units = tuple(known_units)
        self.known_texts = tuple(known_texts)

    @property
    def text(self) -> str:
        """The document's text, exactly as read."""
        return self.document.text

    @cached_property
    def view(self) -> str:
        """The text with digits, punctuation and broken lines mended, as long as it was."""
        return join_broken_lines(normalize(self.document.text))

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        """Every non-empty line of the running text and its tables."""
        return tuple(paragraphs(self.text))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Every sentence."""
        return tuple(sentences(self.text))

    @cached_property
    def outline(self) -> Outline:
        """Title, headings, signature and date."""
        return self._outline or read_outline(self.document)

    @cached_property
    def enumerations(self) -> tuple[Enumeration, ...]:
        """Lists told in prose: 一是…二是…."""
        return read_enumerations(self.view, self.paragraphs)

    @cached_property
    def clauses(self) -> Clauses:
        """Clause and sentence bounds and time words."""
        return Clauses(self.view)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every number of the text with what it is."""
        return read_quantities(self.view, self.clauses, with_indicators=False)

    @cached_property
    def amounts(self) -> tuple[Quantity, ...]:
        """The quantities that can be reckoned with."""
        return tuple(q for q in self.quantities if q.kind.is_amount)

    @cached_property
    def unit(self) -> UnitInfo:
        """The reporting unit, from signature, title and first lines."""
        return describe_unit(self.outline, self.text)

    @cached_property
    def part_groups(self) -> "tuple[PartGroup, ...]":
        """Totals with the parts the text gives for them."""
        from app.text.sums import read_part_groups  # noqa: PLC0415  # only rules on sums pay

        return read_part_groups(self.view, self.quantities, self.clauses)

    @cached_property
    def parts(self) -> "Mapping[str, PartState]":
        """For each part of the profile whether and where the document tells it."""
        from app.checking.parts import find_parts  # noqa: PLC0415  # only rules on parts pay

        return find_parts(self)

    @cached_property
    def comparison(self) -> "Comparison | None":
        """This report's figures against last year's report, ``None`` where there is none."""
        if self.previous is None:
            return None
        from app.checking.ledger import compare_reports  # noqa: PLC0415  # only with --previous

        return compare_reports(self, self.previous)

    @cached_property
    def support(self) -> "Support | None":
        """This report against its fact sheet, ``None`` where there is none."""
        if self.sheet is None:
            return None
        from app.checking.support import read_support  # noqa: PLC0415  # only with --facts

        return read_support(self, self.sheet)

    def finding(
        self,
        meta: "RuleMeta",
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
