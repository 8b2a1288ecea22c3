"""A kept draft as it is looked at: each sentence with its facts, each finding at its place."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.core.document import Document, Span
from app.core.draft import Draft, DraftSection, DraftSentence, SectionStatus
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.core.finding import CheckResult, Finding
from app.drafting.prose.assemble import assemble, heading_of
from app.drafting.prose.length import count_chars
from app.evidence.ground import GroundedSentence, ground_sentences, unused_facts
from app.evidence.sheet import Evidence, evidence_of
from app.language.claims import ClaimKind, Complaint
from app.workspace.plan import DraftLayout, in_order, lay_out
from app.workspace.types import UNCONFIRMED, WorkspaceDraft, WorkspaceSection

Check = Callable[[str, str, FactSheet, Document | None], CheckResult]
TITLE, ENDING = "@title", "@ending"
_UNWRITTEN = re.compile(r"(?:【待补充[^】]*】\s*)*")


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of the report; spans count the code points of its own text.

    ``number`` counts the headings from 0, -1 for a section without one. ``section`` is ``None``
    for one that is planned and has no text yet. ``planned`` are the facts meant for it.
    """

    key: str
    title: str
    number: int
    section: WorkspaceSection | None
    sentences: tuple[GroundedSentence, ...] = ()
    planned: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is written of it."""
        return self.section.version.text if self.section else ""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it tells."""
        return tuple(dict.fromkeys(f for s in self.sentences for f in s.facts))

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """What it says without a fact."""
        return tuple(c for s in self.sentences for c in s.complaints)

    @property
    def passages(self) -> tuple[str, ...]:
        """The past passages behind what still stands of the text as it was drafted."""
        sentences = self.section.version.sentences if self.section else ()
        return tuple(dict.fromkeys(p for s in sentences for p in s.passages if s.text in self.text))


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with the section it stands in and its place there.

    ``section`` is a key; ``@title`` and ``@ending`` stand for title, unit and date. ``is_heading``
    where it stands in the section's heading.
    """

    finding: Finding
    section: str
    span: Span
    is_heading: bool = False

    @property
    def is_fixable(self) -> bool:
        """True where one click can put the offered words in."""
        fix = self.finding.fix
        is_inside = fix is not None and not self.section.startswith("@")
        return is_inside and not self.is_heading


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """Everything the page shows of a draft; ``unused`` are facts that are not, or not wholly, told.

    ``text`` is the whole report, empty where nothing is written.
    """

    draft: WorkspaceDraft
    layout: DraftLayout
    sections: tuple[SectionView, ...] = ()
    text: str = ""
    findings: tuple[PlacedFinding, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def chars(self) -> int:
        """Characters of the report without white space."""
        return count_chars(self.text)

    @property
    def unsourced(self) -> int:
        """How many figures, names and claims have no fact."""
        return sum(len(s.complaints) for s in self.sections)


def view_of(draft: WorkspaceDraft, check: Check | None = None) -> WorkspaceView:
    """Lay the draft out, read its text back, and check it where it has one."""
    layout = lay_out(draft)
    evidence = evidence_of(layout.sheet)
    sections = _sections(draft, layout, _Reader(evidence, layout))
    written = [s for s in sections if s.section is not None]
    if not written:
        return WorkspaceView(draft, layout, sections)
    text = assemble(layout.sheet, [_bare(s) for s in written])
    findings: tuple[PlacedFinding, ...] = ()
    if check is not None:
        previous = Document(draft.previous_text, draft.previous_name)
        result = check(text, layout.profile, layout.told, previous if draft.previous_text else None)
        findings = _placed(result.findings, text, written)
    left = unused_facts(evidence, "\n".join(s.text for s in written))
    told = {f.id for f in layout.told.facts}
    unused = tuple(f.id for f in left if f.id in told)
    return WorkspaceView(draft, layout, sections, text, findings, unused)


def draft_of(view: WorkspaceView) -> Draft:
    """The report as the exporters take it; every sentence with the facts read back from it."""
    sections = tuple(_full(s) for s in view.sections if s.section is not None)
    uses = {
        fact.id: tuple(s.key for s in view.sections if fact.id in s.facts)
        for fact in view.layout.sheet.facts
    }
    return Draft(
        unit=view.layout.sheet.unit,
        year=view.layout.sheet.year,
        profile=view.layout.profile,
        mode="model" if view.draft.model else "composer",
        model=view.draft.model,
        text=view.text,
        sections=sections,
        fact_uses=uses,
        unsourced=tuple(c.quote for s in view.sections for c in s.complaints),
    )


def section_draft(view: SectionView) -> DraftSection:
    """One section with the facts read back from its sentences.

    A sentence that was not changed keeps the passages known of it.
    """
    return _full(view)


def find_section(view: WorkspaceView, key: str) -> SectionView:
    """The section with this key.

    Raises:
        InputError: there is none.
    """
    for section in view.sections:
        if section.key == key:
            return section
    raise InputError("没有这一部分，请刷新后再试。")


def is_unwritten(text: str) -> bool:
    """True for a section that holds nothing but 【待补充：…】."""
    return _UNWRITTEN.fullmatch(text.strip()) is not None


def _sections(
    draft: WorkspaceDraft, layout: DraftLayout, reader: "_Reader"
) -> tuple[SectionView, ...]:
    planned: dict[str, list[str]] = {}
    for fact_id, key in layout.places.items():
        planned.setdefault(key, []).append(fact_id)
    out: list[SectionView] = []
    number = 0
    for key, title in _ordered(draft, layout):
        section = draft.sections.get(key)
        read = reader.read(section) if section else ()
        out.append(
            SectionView(
                key, title, number if title else -1, section, read, tuple(planned.get(key, ()))
            )
        )
        number += bool(title and section)
    return tuple(out)


class _Reader:
    """Reads sections back; what rests on unconfirmed facts alone counts as without source."""

    def __init__(self, evidence: Evidence, layout: DraftLayout) -> None:
        self._evidence = evidence
        self._marks = layout.marks
        self._sound = evidence_of(layout.confirmed) if layout.marks else evidence

    def read(self, section: WorkspaceSection) -> tuple[GroundedSentence, ...]:
        """The sentences with their facts; one written as a link between facts tells none."""
        text = section.version.text
        links = {s.text for s in section.version.sentences if not s.facts}
        found = ground_sentences(self._evidence, text)
        if self._marks:
            sound = ground_sentences(self._sound, text)
            found = tuple(self._doubted(s, t) for s, t in zip(found, sound, strict=True))
        return tuple(
            replace(s, facts=()) if s.text in links and not s.complaints else s for s in found
        )

    def _doubted(self, sentence: GroundedSentence, sound: GroundedSentence) -> GroundedSentence:
        """The sentence with a complaint of all that no confirmed fact holds."""
        known = {c.span for c in sentence.complaints}
        named = [
            f"{name}{'、'.join(ids)}"
            for mark, name in UNCONFIRMED.items()
            if (ids := [f for f in sentence.facts if self._marks.get(f) == mark])
        ]
        why = f"出自{'和'.join(named)}，还没有确认"
        new = [
            replace(c, message=f"“{c.quote}”{why}") for c in sound.complaints if c.span not in known
        ]
        if named and not new:
            new = [Complaint(sentence.span, sentence.text, ClaimKind.EVENT, f"这一句{why}")]
        complaints = sorted((*sentence.complaints, *new), key=lambda c: c.span.start)
        return replace(sentence, complaints=tuple(complaints))


def _ordered(draft: WorkspaceDraft, layout: DraftLayout) -> list[tuple[str, str]]:
    """Keys and headings of the report: what is written, and what is planned beside it."""
    outline = draft.outline
    planned = {s.key: s.title for s in layout.plan.sections} if layout.plan else {}
    planned = {**planned, **{k: t for k, t in outline.own.items() if k not in planned}}
    written = {k: s.title for k, s in draft.sections.items()}
    titles = {**planned, **written, **outline.titles}
    keys = in_order(list(planned), outline.order)
    keys = in_order([*keys, *(k for k in written if k not in keys)], outline.order)
    gone = set(outline.removed)
    return [(k, titles[k]) for k in keys if k not in gone]


def _bare(view: SectionView) -> DraftSection:
    return DraftSection(view.key, view.title, view.text)


def _full(view: SectionView) -> DraftSection:
    kept: Mapping[str, DraftSentence] = (
        {s.text: s for s in view.section.version.sentences} if view.section else {}
    )
    sentences = []
    for read in view.sentences:
        known = kept.get(read.text)
        passages = known.passages if known else ()
        origin = {"origin": known.origin} if known else {}
        sentences.append(DraftSentence(read.text, read.facts, passages, **origin))
    needs_input = is_unwritten(view.text)
    return DraftSection(
        view.key,
        view.title,
        view.text,
        SectionStatus.NEEDS_INPUT if needs_input else SectionStatus.OK,
        tuple(sentences),
        view.section.version.note if view.section else "",
    )


def _placed(
    findings: Sequence[Finding], text: str, written: Sequence[SectionView]
) -> tuple[PlacedFinding, ...]:
    """Each finding in its section: the sections stand in the text one behind the other."""
    spans: list[tuple[int, int, int, str]] = []
    cursor, number = text.find("\n"), 0
    for view in written:
        heading = cursor
        if view.title:
            line = heading_of(number, _bare(view))
            heading = text.find(line, cursor)
            cursor = heading + len(line)
            number += 1
        body = view.text.strip("\n")
        start = text.find(body, cursor) if body else cursor
        cursor = max(start, 0) + len(body)
        spans.append((heading, start, cursor, view.key))
    return tuple(_place(f, spans, cursor, text) for f in findings)


def _place(
    finding: Finding, spans: Sequence[tuple[int, int, int, str]], end: int, text: str
) -> PlacedFinding:
    at = finding.span.start
    if at >= end and (finding.span.end > end or text[end:at].strip()):
        return PlacedFinding(finding, ENDING, Span(0, 0))
    for heading, start, stop, key in reversed(spans):
        if at >= start:
            low = min(at, stop) - start
            high = min(max(finding.span.end, at), stop) - start
            return PlacedFinding(finding, key, Span(low, max(low, high)))
        if at >= heading:
            return PlacedFinding(finding, key, Span(0, 0), is_heading=True)
    return PlacedFinding(finding, TITLE, Span(0, 0))
