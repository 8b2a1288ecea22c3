"""Walks one part of a Word file and writes down its lines as they read on the page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from app.core.document import Block, BlockKind, Grid, RunSlice, Span
from app.formats.docx.numbering import Numbering
from app.formats.docx.runs import pieces, run_children
from app.formats.docx.styles import Styles
from app.formats.docx.xml import ALTERNATE, RUN, M, W, branch, children, number, switch, value

_GENERATED = -1
_FLAT = re.compile("[\n\t]")
_LONG_PARAGRAPH = 40
_MOST_SPANNED = 60
_OPENS_NUMBER = re.compile(r"[0-9０-９%.]")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a line; ``run`` is negative for text that no run holds (labels, separators)."""

    text: str
    run: int = _GENERATED
    offset: int = 0


@dataclass(slots=True)
class Paragraph:
    """A paragraph as it reads, with the text boxes anchored in it."""

    fragments: list[Fragment] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The paragraph's text."""
        return "".join(f.text for f in self.fragments)


@dataclass(slots=True)
class TextBuilder:
    """Collects lines, blocks and run slices of the document under construction."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    runs: list[RunSlice] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)

    def grid(self, span: Span, rows: Sequence[Sequence[str | None] | None]) -> None:
        """Note the table written over ``span``, if every row of it is one of plain cells."""
        full: list[tuple[str, ...]] = []
        for row in rows:
            if row is None:
                return
            above = full[-1] if full else ()
            full.append(
                tuple(
                    (above[i] if i < len(above) else "") if cell is None else cell
                    for i, cell in enumerate(row)
                )
            )
        if span.end > span.start:
            self.grids.append(Grid(span, tuple(full)))

    def line(self, fragments: list[Fragment], part: str, kind: BlockKind) -> None:
        """Append one line and its line end."""
        start = self.length
        for fragment in fragments:
            end = self.length + len(fragment.text)
            if fragment.run != _GENERATED and fragment.text:
                span = Span(self.length, end)
                self.runs.append(RunSlice(span, part, fragment.run, fragment.offset))
            self.parts.append(fragment.text)
            self.length = end
        self.parts.append("\n")
        self.length += 1
        if self.blocks and self.blocks[-1].kind is kind:
            self.blocks[-1] = Block(Span(self.blocks[-1].span.start, self.length), kind)
        else:
            self.blocks.append(Block(Span(start, self.length), kind))

    def append(self, other: "TextBuilder") -> None:
        """Append what another builder collected."""
        self.parts += other.parts
        self.blocks += [Block(b.span.shift(self.length), b.kind) for b in other.blocks]
        self.grids += [Grid(g.span.shift(self.length), g.rows) for g in other.grids]
        self.runs += [
            RunSlice(r.span.shift(self.length), r.part, r.run, r.offset) for r in other.runs
        ]
        self.length += other.length


@dataclass(slots=True)
class PartReader:
    """Reads the blocks of one zip member; notes are told by reference and read afterwards."""

    part: str
    root: etree._Element
    styles: Styles
    numbering: Numbering
    notes: list[tuple[str, str]] = field(default_factory=list)
    _indices: dict[etree._Element, int] = field(default_factory=dict)
    _instructions: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        runs = list(self.root.iter(RUN))
        self._indices = {run: i for i, run in enumerate(runs)}
        self._instructions = _instruction_runs(runs)

    def emit(self, container: etree._Element, kind: BlockKind, out: TextBuilder) -> None:
        """Write the paragraphs, tables and text boxes of a container in order."""
        for item in self.items(container):
            if isinstance(item, Paragraph):
                self._emit_paragraph(item, kind, out)
            else:
                self._emit_table(item, kind, out)

    def items(self, container: etree._Element) -> Iterator[Paragraph | etree._Element]:
        """Paragraphs and tables; a paragraph whose end was deleted runs into the next one."""
        carry = Paragraph()
        for child in children(container):
            if child.tag == W + "p":
                properties = child.find(W + "pPr")
                is_open = _ends_away(properties)
                own = self._paragraph(child, properties)
                if is_open:
                    carry.fragments += own.fragments
                    carry.boxes += own.boxes
                    continue
                text = carry.text + own.text
                label = self._label(properties, text)
                yield Paragraph(label + carry.fragments + own.fragments, carry.boxes + own.boxes)
                carry = Paragraph()
            elif child.tag == W + "tbl":
                if carry.fragments or carry.boxes:
                    yield carry
                    carry = Paragraph()
                yield child
        if carry.fragments or carry.boxes:
            yield carry

    def _emit_paragraph(self, paragraph: Paragraph, kind: BlockKind, out: TextBuilder) -> None:
        out.line(paragraph.fragments, self.part, kind)
        for box in paragraph.boxes:
            self.emit(box, BlockKind.TEXTBOX, out)

    def _emit_table(self, table: etree._Element, kind: BlockKind, out: TextBuilder) -> None:
        rows = [_cells(row) for row in children(table) if _is_row(row)]
        if all(len(row) <= 1 for row in rows):  # a frame round running text, no table
            for row in rows:
                for cell in row:
                    self.emit(cell, kind, out)
            return
        start = out.length
        grid = [self._emit_row(row, kind, out) for row in rows]
        if kind is BlockKind.BODY:
            out.grid(Span(start, out.length), grid)

    def _emit_row(
        self, cells: list[etree._Element], kind: BlockKind, out: TextBuilder
    ) -> "list[str | None] | None":
        """Write a row; its cells as a grid has them: a merged one in each place that it covers,
        ``None`` for one that goes on with the cell above. ``None`` for a row that holds prose or
        tables of its own."""
        line_kind = BlockKind.TABLE if kind is BlockKind.BODY else kind
        line: list[Fragment] = []
        later: list[etree._Element] = []
        boxes: list[etree._Element] = []
        grid: list[str | None] = []
        is_grid = True

        def close() -> None:
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                out.line(line, self.part, line_kind)
            line.clear()

        for position, cell in enumerate(cells):
            items = list(self.items(cell))
            paragraphs = [i for i in items if isinstance(i, Paragraph)]
            later += [i for i in items if not isinstance(i, Paragraph)]
            grid += _grid_cells(cell, paragraphs)
            if _is_prose(paragraphs):
                is_grid = False
                close()
                for paragraph in paragraphs:
                    self._emit_paragraph(paragraph, kind, out)
                continue
            if position and line:
                line.append(Fragment("\t"))
            elif position:
                line.append(Fragment(""))
            line += _joined(paragraphs)
            boxes += [box for p in paragraphs for box in p.boxes]
        close()
        for table in later:
            self._emit_table(table, kind, out)
        for box in boxes:
            self.emit(box, BlockKind.TEXTBOX, out)
        return grid if is_grid and not later else None

    def _paragraph(self, element: etree._Element, properties: etree._Element | None) -> Paragraph:
        found = Paragraph()
        style = "" if properties is None else value(properties.find(W + "pStyle"))
        is_hidden = bool(self.styles.is_hidden(style or self.styles.default_paragraph))
        for child in children(element):
            self._inline(child, found, is_hidden=is_hidden)
        return found

    def _inline(self, child: etree._Element, found: Paragraph, *, is_hidden: bool) -> None:
        if child.tag == RUN:
            self._run(child, found, is_hidden=is_hidden)
        elif child.tag in {M + "oMath", M + "oMathPara"}:
            text = "".join(t.text or "" for t in child.iter(M + "t"))
            found.fragments.append(Fragment(text))

    def _run(self, run: etree._Element, found: Paragraph, *, is_hidden: bool) -> None:
        index = self._indices[run]
        if index in self._instructions or self._is_hidden(run, is_hidden=is_hidden):
            return
        shown = {piece.element: piece for piece in pieces(run)}
        for child in run_children(run):
            if child in shown:
                piece = shown[child]
                last = found.fragments[-1] if found.fragments else None
                if last and last.run == index and last.offset + len(last.text) == piece.offset:
                    found.fragments[-1] = Fragment(last.text + piece.text, index, last.offset)
                else:
                    found.fragments.append(Fragment(piece.text, index, piece.offset))
            elif child.tag == W + "ruby":
                base = child.find(W + "rubyBase")
                for inner in children(base) if base is not None else ():
                    self._inline(inner, found, is_hidden=is_hidden)
            elif child.tag in {W + "footnoteReference", W + "endnoteReference"}:
                kind = "footnotes" if child.tag == W + "footnoteReference" else "endnotes"
                self.notes.append((kind, child.get(W + "id", "")))
            elif child.tag in {W + "drawing", W + "pict", W + "object"}:
                found.boxes += _boxes(child)

    def _is_hidden(self, run: etree._Element, *, is_hidden: bool) -> bool:
        properties = run.find(W + "rPr")
        direct = switch(properties, "vanish")
        if direct is None and properties is not None:
            direct = self.styles.is_hidden(value(properties.find(W + "rStyle")))
        return is_hidden if direct is None else direct

    def _label(self, properties: etree._Element | None, text: str) -> list[Fragment]:
        direct = None if properties is None else properties.find(W + "numPr")
        style = "" if properties is None else value(properties.find(W + "pStyle"))
        instance, level = self.styles.list_of(style or self.styles.default_paragraph)
        if direct is not None:
            instance = value(direct.find(W + "numId"), instance)
            own_level = number(direct.find(W + "ilvl"))
        else:
            own_level = self.numbering.level_of_style(instance, style)
        if not instance or instance == "0":
            return []
        label = self.numbering.label(
            instance, next(n for n in (own_level, level, 0) if n is not None)
        )
        if not label:
            return []
        if label[-1].isalnum() or (label[-1] == "." and _OPENS_NUMBER.match(text)):
            label += " "
        return [Fragment(label)]


def _instruction_runs(runs: list[etree._Element]) -> frozenset[int]:
    """Runs inside the instruction of a field; a field that is never closed hides nothing."""
    steps = [0] * (len(runs) + 1)
    open_fields: list[list[int]] = []
    for index, run in enumerate(runs):
        for mark in run.iterfind(W + "fldChar"):
            kind = mark.get(W + "fldCharType")
            if kind == "begin":
                open_fields.append([index])
            elif kind == "separate" and open_fields:
                open_fields[-1].append(index)
            elif kind == "end" and open_fields:
                begin, until = [*open_fields.pop(), index][:2]
                if until > begin + 1:
                    steps[begin + 1] += 1
                    steps[until] -= 1
    hidden = set()
    depth = 0
    for index in range(len(runs)):
        depth += steps[index]
        if depth:
            hidden.add(index)
    return frozenset(hidden)


def _ends_away(properties: etree._Element | None) -> bool:
    """True where the paragraph's end is deleted, moved away or hidden."""
    mark = None if properties is None else properties.find(W + "rPr")
    if mark is None:
        return False
    is_gone = mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None
    return is_gone or bool(switch(mark, "vanish"))


def _is_row(element: etree._Element) -> bool:
    properties = element.find(W + "trPr")
    is_deleted = properties is not None and properties.find(W + "del") is not None
    return element.tag == W + "tr" and not is_deleted


def _cells(row: etree._Element) -> list[etree._Element]:
    cells = [c for c in children(row) if c.tag == W + "tc"]
    return [c for c in cells if c.find(f"{W}tcPr/{W}cellDel") is None]


def _grid_cells(cell: etree._Element, paragraphs: list[Paragraph]) -> list[str | None]:
    """What a cell puts into each column it covers; ``None`` where it goes on from above."""
    properties = cell.find(W + "tcPr")
    width, merge = 1, None
    if properties is not None:
        width = min(max(number(properties.find(W + "gridSpan")) or 1, 1), _MOST_SPANNED)
        merge = properties.find(W + "vMerge")
    if merge is not None and value(merge, "continue") == "continue":
        return [None] * width
    text = " ".join("".join(f.text for f in _joined(paragraphs)).split())
    return [text] * width


def _is_prose(paragraphs: list[Paragraph]) -> bool:
    """A cell into which somebody wrote a report: its paragraphs stay lines of their own."""
    texts = [t for p in paragraphs if (t := p.text.strip())]
    return len(texts) > 1 and any(
        len(t) >= _LONG_PARAGRAPH and t.endswith(("。", "；", "！", "：")) for t in texts
    )


def _joined(paragraphs: list[Paragraph]) -> list[Fragment]:
    """The paragraphs of a cell in one line; breaks and tabs inside become spaces."""
    joined: list[Fragment] = []
    for paragraph in paragraphs:
        if not paragraph.text.strip():
            continue
        if joined:
            joined.append(Fragment(" "))
        for fragment in paragraph.fragments:
            joined += _flat(fragment)
    return joined


def _flat(fragment: Fragment) -> Iterator[Fragment]:
    at = 0
    for match in _FLAT.finditer(fragment.text):
        if match.start() > at:
            text = fragment.text[at : match.start()]
            yield Fragment(text, fragment.run, fragment.offset + at)
        yield Fragment(" ")
        at = match.end()
    if at < len(fragment.text):
        yield Fragment(fragment.text[at:], fragment.run, fragment.offset + at)


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """Contents of the text boxes below an element, those inside another box left to it."""
    for child in element:
        if child.tag == W + "txbxContent":
            yield child
        elif child.tag == ALTERNATE:
            chosen = branch(child)
            if chosen is not None:
                yield from _boxes(chosen)
        else:
            yield from _boxes(child)
