"""The submitted Word file with a native comment at the exact words of each finding.

Everything else stays as it is: text, formatting, tables, comments of people, tracked changes and
all other members of the package. Comments of an earlier check give way to the new ones. Other
formats become a plain Word file of their text first.
"""

import io
import posixpath
import zipfile
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from app.checking.engine import CRASH_CODE, load_rules
from app.core.document import BlockKind, Document, Span
from app.core.errors import ExportError
from app.core.finding import Finding
from app.formats.docx.anchors import Anchor, Locator, PartRuns
from app.formats.docx.marks import AUTHOR, INITIALS, comment_element, has_paragraph, put_mark
from app.formats.docx.old_comments import find_old, remove_old
from app.formats.docx.plain import plain_docx
from app.formats.docx.xml import W
from app.formats.limits import current_limits
from app.formats.package import Package, damage_as_input_error
from app.formats.results.labels import fix_label

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", _KIND[:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
)
_PLACES = {
    BlockKind.HEADER: "页眉",
    BlockKind.FOOTER: "页脚",
    BlockKind.TEXTBOX: "文本框",
    BlockKind.FOOTNOTE: "脚注",
}
_COMPANIONS = ("commentsExtended", "commentsIds", "commentsExtensible")
_MOST_RELATED = 3
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Annotated:
    """A Word file with comments, and the findings that no place could be found for."""

    data: bytes
    comments: int
    unplaced: tuple[Finding, ...] = ()


def annotate(
    data: bytes, document: Document, findings: Sequence[Finding], *, now: datetime
) -> Annotated:
    """``data`` is what ``document`` was read from; suppressed findings are not to be given.

    Raises:
        ExportError: the file is built in a way that takes no comments.
        InputError: the bytes are damaged.
    """
    wanted = [f for f in findings if f.rule != CRASH_CODE]
    if document.format != "docx" or not document.runs:
        data, document = plain_docx(document)
    with (
        damage_as_input_error(document.path),
        Package.open(data, document.path, current_limits()) as package,
    ):
        return _Writer(package, document, now).write(wanted)


def comment_lines(finding: Finding, document: Document, *, is_exact: bool) -> list[str]:
    """The paragraphs of a finding's comment; the words are quoted where it cannot mark them."""
    summary = _summaries().get(finding.rule, finding.name)
    lines = [f"【{finding.severity.label}】{finding.rule} {summary}", finding.message]
    if not is_exact and finding.quote.strip():
        place = _kind_at(document, finding.span)
        lines.append(f"{_PLACES.get(place, '')}原文：“{_short(finding.quote)}”")
    if finding.fix is not None:
        lines.append(_short(fix_label(finding.fix)))
    related = dict.fromkeys(_short(r.quote) for r in finding.related if r.quote.strip())
    others = [quote for quote in related if quote not in finding.quote][:_MOST_RELATED]
    if others:
        lines.append("对照：" + "；".join(f"“{quote}”" for quote in others))
    return [_printable(line) for line in lines]


def _kind_at(document: Document, span: Span) -> BlockKind:
    """Where in the file a span stands."""
    at = bisect_right(document.blocks, span.start, key=lambda block: block.span.start)
    block = document.blocks[at - 1] if at else None
    return block.kind if block is not None and span in block.span else BlockKind.BODY


def _summaries() -> dict[str, str]:
    return {rule.meta.code: rule.meta.summary for rule in load_rules()}


def _short(text: str) -> str:
    flat = " ".join(text[: 8 * _LONGEST].split())
    is_whole = len(flat) <= _LONGEST and len(text) <= 8 * _LONGEST
    return flat if is_whole else f"{flat[: _LONGEST - 1]}…"


def _printable(text: str) -> str:
    """Text that XML can hold."""
    return "".join(c if c >= " " and not "\ud800" <= c <= "\udfff" else " " for c in text).replace(
        "\ufffe", " "
    ).replace("\uffff", " ")  # fmt: skip


@dataclass(slots=True)
class _Part:
    """An XML member, parsed whole; ``is_strict`` where it is written in the Strict names."""

    root: etree._Element
    is_strict: bool = False

    def data(self) -> bytes:
        written: bytes = etree.tostring(
            self.root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True
        )
        if self.is_strict:
            for strict, loose in _STRICT:
                written = written.replace(loose, strict)
        return written


@dataclass(slots=True)
class _Writer:
    """Puts comments into one package."""

    package: Package
    document: Document
    now: datetime
    parts: dict[str, _Part] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def write(self, findings: Sequence[Finding]) -> Annotated:
        main = self._main()
        names = {s.part for s in self.document.runs}
        members = [main, *self._related(main, ("footnotes", "endnotes"))]
        runs = {m: PartRuns(self._part(m).root) for m in members if m == main or m in names}
        locator = Locator(self.document, runs, main)
        placed: list[tuple[Finding, Anchor]] = []
        unplaced: list[Finding] = []
        for finding in sorted(findings, key=lambda f: (f.span, -f.severity.rank, f.rule)):
            anchor = locator.anchor(finding.span)
            if anchor is None or not has_paragraph(runs[anchor.part], anchor):
                unplaced.append(finding)
            else:
                placed.append((finding, anchor))
        for member, part in runs.items():
            own = [a for _, a in placed if a.part == member]
            part.cut(point for a in own for point in (a.start, a.end))
        self.changed.update(a.part for _, a in placed)
        old = self._old(main)
        if placed:
            self._comment(main, runs, placed)
        if old:
            remove_old(old, [r.root for r in runs.values()], self._companions(main))
            self.changed |= {*runs, *self._related(main, ("comments", *_COMPANIONS))}
        return Annotated(self._packed(), len(placed), tuple(unplaced))

    def _old(self, main: str) -> list[etree._Element]:
        """What an earlier check left in a file that is handed in again."""
        return [
            comment
            for member in self._related(main, ("comments",))
            for comment in find_old(
                self._part(member).root,
                self._companions(main),
                author=AUTHOR,
                initials=INITIALS,
            )
        ]

    def _companions(self, main: str) -> list[etree._Element]:
        return [self._part(m).root for m in self._related(main, _COMPANIONS)]

    def _comment(
        self, main: str, runs: dict[str, PartRuns], placed: list[tuple[Finding, Anchor]]
    ) -> None:
        comments = self._comments(main)
        first = _next_id([comments.root, *(r.root for r in runs.values())])
        for number, (finding, anchor) in enumerate(placed, first):
            lines = comment_lines(finding, self.document, is_exact=anchor.is_exact)
            comments.root.append(comment_element(comments.root, number, lines, self.now))
            put_mark(runs[anchor.part], anchor, str(number))

    # --- the package ---------------------------------------------------------------------

    def _main(self) -> str:
        found = self._related("", ("officeDocument",))
        main = found[0] if found else ""
        if main not in self.package:
            main = "word/document.xml"
        if main not in self.package:
            raise ExportError(f"文件“{self.document.path}”里找不到Word正文，没有写批注。")
        return main

    def _related(self, source: str, kinds: Sequence[str]) -> list[str]:
        member = _relations_of(source)
        if member not in self.package:
            return []
        found = []
        for element in self._part(member).root.iter(f"{{{_RELATIONS}}}Relationship"):
            kind = element.get("Type", "").rsplit("/", 1)[-1]
            if kind in kinds and element.get("TargetMode") != "External":
                found.append(_resolved(source, element.get("Target", "")))
        return [m for m in found if m in self.package]

    def _part(self, member: str) -> _Part:
        if member not in self.parts:
            data = self.package.get(member) or b""
            self.package.charge(data)
            self.parts[member] = _parse(data, self.document.path)
        return self.parts[member]

    def _comments(self, main: str) -> _Part:
        found = self._related(main, ("comments",))
        if found:
            self.changed.add(found[0])
            return self._part(found[0])
        is_strict = self._part(main).is_strict
        root = etree.Element(W + "comments", nsmap={"w": W[1:-1]})
        member = posixpath.join(posixpath.dirname(main), "comments.xml")
        while member in self.package:
            member = member.removesuffix(".xml") + "_.xml"
        self.parts[member] = _Part(root, is_strict)
        self.changed |= {member, "[Content_Types].xml"}
        kind = (_STRICT[1][0].decode() + "/" if is_strict else _KIND) + "comments"
        self._relate(main, kind, member)
        types = self._part("[Content_Types].xml").root
        override = etree.SubElement(types, f"{{{_TYPES}}}Override")
        override.set("PartName", "/" + member)
        override.set("ContentType", _CONTENT_TYPE)
        return self.parts[member]

    def _relate(self, main: str, kind: str, member: str) -> None:
        name = _relations_of(main)
        if name not in self.package:
            empty = f'<Relationships xmlns="{_RELATIONS}"/>'
            self.parts[name] = _Part(etree.fromstring(empty))
        self.changed.add(name)
        root = self._part(name).root
        used = {e.get("Id", "") for e in root}
        free = next(f"rId{n}" for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        relation = etree.SubElement(root, f"{{{_RELATIONS}}}Relationship")
        relation.set("Id", free)
        relation.set("Type", kind)
        relation.set("Target", posixpath.relpath(member, posixpath.dirname(main) or "."))

    def _packed(self) -> bytes:
        """The package with the changed members, all others byte for byte."""
        pending = {_plain(m): (m, self.parts[m]) for m in sorted(self.changed)}
        archive = self.package.archive
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
            for info in archive.infolist():
                if info.is_dir() or archive.getinfo(info.filename) is not info:
                    continue
                _, part = pending.pop(_plain(info.filename), ("", None))
                data = archive.read(info) if part is None else part.data()
                out.writestr(_copy(info), data)
            for member, part in pending.values():
                out.writestr(member, part.data())
        return buffer.getvalue()


def _plain(member: str) -> str:
    return member.replace("\\", "/").lstrip("/").lower()


def _copy(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    fresh = zipfile.ZipInfo(info.filename, info.date_time)
    fresh.compress_type = zipfile.ZIP_DEFLATED if info.compress_type else zipfile.ZIP_STORED
    fresh.external_attr = info.external_attr
    return fresh


def _relations_of(source: str) -> str:
    folder, _, file = source.rpartition("/")
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _resolved(source: str, target: str) -> str:
    member = target if target.startswith("/") else posixpath.join(posixpath.dirname(source), target)
    return posixpath.normpath(member).lstrip("/")


def _parse(data: bytes, name: str) -> _Part:
    """The member with all it holds, comments and white space too; entities are never opened."""
    if b"<!DOCTYPE" in data.replace(b"\0", b""):
        raise ExportError(f"文件“{name}”里有不安全的XML声明，没有写批注。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False
    )
    root = etree.fromstring(data, parser)
    if _STRICT[0][0] not in data and _STRICT[1][0] not in data:
        return _Part(root)
    plain: bytes = etree.tostring(root, encoding="UTF-8")
    for strict, loose in _STRICT:
        plain = plain.replace(strict, loose)
    return _Part(etree.fromstring(plain, parser), is_strict=True)


def _next_id(roots: Iterable[etree._Element]) -> int:
    tags = [W + n for n in ("comment", "commentRangeStart", "commentRangeEnd", "commentReference")]
    used = [e.get(W + "id", "") for root in roots for e in root.iter(*tags)]
    return max((int(i) for i in used if i.isascii() and i.isdigit()), default=-1) + 1
