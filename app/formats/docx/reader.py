"""Word files, read from their XML: all that stands on the page, and the way back to the runs."""

import posixpath
import re
from dataclasses import dataclass, field

from lxml import etree

from app.core.document import BlockKind, Document
from app.core.errors import InputError
from app.formats.docx.numbering import Numbering, read_numbering
from app.formats.docx.styles import Styles, read_styles
from app.formats.docx.walk import PartReader, TextBuilder
from app.formats.docx.xml import R, W, switch
from app.formats.limits import Limits
from app.formats.package import Package, damage_as_input_error
from app.formats.pdf.lines import is_page_number
from app.formats.source import check_document, label, too_long

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DEFAULT_MAIN = "word/document.xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of the main part: its kind (``header``, ``footnotes`` …) and zip member."""

    kind: str
    member: str


@dataclass(slots=True)
class WordFile:
    """An open Word package with what all its parts share."""

    package: Package
    main: str
    relations: dict[str, Relation]
    styles: Styles
    numbering: Numbering
    out: TextBuilder = field(default_factory=TextBuilder)

    def related(self, kind: str) -> str:
        """The member of the first relation of a kind, empty for none."""
        return next((r.member for r in self.relations.values() if r.kind == kind), "")

    def reader(self, member: str, root: etree._Element) -> PartReader:
        """A reader for one part."""
        return PartReader(member, root, self.styles, self.numbering)


def read_docx(data: bytes, name: str, limits: Limits) -> Document:
    """A Word file as a document: body, then notes, then headers and footers.

    Tracked changes read as accepted; hidden text and field instructions are left out; automatic
    numbers are written out (without a run slice, for no run holds them).

    Raises:
        InputError: damaged, encrypted, hostile, too large, or without text.
    """
    with damage_as_input_error(name), Package.open(data, name, limits) as package:
        word, root = _open(package)
        body = root.find(W + "body")
        if body is None:
            raise InputError(f"文件{label(name)}里没有正文，请用Word或WPS打开后重新另存。")
        reader = word.reader(word.main, root)
        reader.emit(body, BlockKind.BODY, word.out)
        if word.out.length > limits.max_chars:
            raise too_long(name, limits)
        _emit_notes(word, reader.notes)
        _emit_margins(word, root)
        document = Document(
            text="".join(word.out.parts),
            path=name,
            format="docx",
            blocks=tuple(word.out.blocks),
            runs=tuple(word.out.runs),
            tables=tuple(word.out.grids),
        )
    return check_document(document, limits)


def _open(package: Package) -> tuple[WordFile, etree._Element]:
    main = next(
        (r.member for r in _relations(package, "").values() if r.kind == "officeDocument"),
        _DEFAULT_MAIN,
    )
    if main not in package:
        main = _DEFAULT_MAIN
    root = package.xml(main)
    if root is None:
        raise InputError(
            f"文件{label(package.name)}里没有Word正文，文件已损坏，请用Word或WPS打开后重新另存。"
        )
    word = WordFile(package, main, _relations(package, main), Styles(), Numbering())
    if styles := word.related("styles"):
        word.styles = read_styles(package.xml(styles))
    if numbering := word.related("numbering"):
        word.numbering = read_numbering(package.xml(numbering))
    return word, root


def _relations(package: Package, source: str) -> dict[str, Relation]:
    folder, _, file = source.rpartition("/")
    root = package.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
    found: dict[str, Relation] = {}
    for element in root.iter(_RELATION) if root is not None else ():
        if element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "")
        member = target if target.startswith("/") else posixpath.join(folder, target)
        member = posixpath.normpath(member).lstrip("/")
        kind = element.get("Type", "").rsplit("/", 1)[-1]
        found[element.get("Id", "")] = Relation(kind, member)
    return found


def _emit_notes(word: WordFile, references: list[tuple[str, str]]) -> None:
    """Footnotes, then endnotes, each in the order in which the text refers to them."""
    for kind, tag in (("footnotes", W + "footnote"), ("endnotes", W + "endnote")):
        wanted = dict.fromkeys(i for k, i in references if k == kind)
        member = word.related(kind)
        root = word.package.xml(member) if member and wanted else None
        if root is None:
            continue
        notes = {n.get(W + "id", ""): n for n in root.iter(tag)}
        reader = word.reader(member, root)
        for note_id in wanted:
            if note_id in notes and any(True for _ in notes[note_id].iter(W + "t")):
                reader.emit(notes[note_id], BlockKind.FOOTNOTE, word.out)


def _emit_margins(word: WordFile, root: etree._Element) -> None:
    """Headers, then footers that the sections show; each distinct text once, no page numbers."""
    settings_member = word.related("settings")
    settings = word.package.xml(settings_member) if settings_member else None
    seen: set[str] = set()
    for tag, kind in ((W + "headerReference", BlockKind.HEADER),
                      (W + "footerReference", BlockKind.FOOTER)):  # fmt: skip
        for member in _shown_margins(word, root, settings, tag):
            part = word.package.xml(member)
            if part is None:
                continue
            own = TextBuilder()
            word.reader(member, part).emit(part, kind, own)
            text = re.sub(r"\s+", "", "".join(own.parts))
            if text and text not in seen and not is_page_number(text):
                seen.add(text)
                word.out.append(own)


def _shown_margins(
    word: WordFile, root: etree._Element, settings: etree._Element | None, tag: str
) -> list[str]:
    members: dict[str, None] = {}
    for section in root.iter(W + "sectPr"):
        parent = section.getparent()
        if parent is not None and parent.tag == W + "sectPrChange":
            continue
        shown = {"default"}
        if switch(section, "titlePg"):
            shown.add("first")
        if switch(settings, "evenAndOddHeaders"):
            shown.add("even")
        for reference in section.iterfind(tag):
            relation = word.relations.get(reference.get(R + "id", ""))
            if relation is not None and reference.get(W + "type", "default") in shown:
                members[relation.member] = None
    return list(members)
