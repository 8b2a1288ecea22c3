"""What a file or a paste holds before it is understood: lines of text and tables of cells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.language.disguise import unmask

_MARKDOWN_RULE = re.compile(r":?-+:?")
_MARKED = re.compile(r"(?:[-*•·●○■◆▪]|\d{1,3}[.、)）]|[（(]\d{1,3}[)）]|[①-⑳])\s")
_MOST_COLUMNS = 60
NO_RESULT = "（公式没有结果）"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of running text; ``number`` counts from 1. ``source`` is who said it, if known."""

    text: str
    number: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; a merged cell stands in each place that it covers, or in its first."""

    cells: tuple[str, ...]
    number: int

    @property
    def told(self) -> tuple[str, ...]:
        """The cells that are filled in, a merged one once."""
        out: list[str] = []
        for cell in self.cells:
            if cell and (not out or out[-1] != cell):
                out.append(cell)
        return tuple(out)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that were brought as a table; ``name`` is that of its worksheet, if it has one."""

    rows: tuple[Row, ...]
    name: str = ""


Material = Sequence[Line | Table]


def split_text(text: str) -> list[Line | Table]:
    """The lines of a text; those parted by tabs or by Markdown's bars are gathered to tables."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return list(gather(Line(line, number) for number, line in enumerate(lines, 1)))


def gather(lines: Iterable[Line]) -> Iterator[Line | Table]:
    """Lines with each run of table rows among them made one table."""
    rows: list[Row] = []
    for line in lines:
        cells = _cells(line.text, is_inside=bool(rows))
        if cells is None:
            if rows:
                yield Table(tuple(rows))
                rows = []
            yield line
        elif not all(_MARKDOWN_RULE.fullmatch(cell) for cell in cells):
            rows.append(Row(cells, line.number))
    if rows:
        yield Table(tuple(rows))


def _cells(text: str, *, is_inside: bool) -> tuple[str, ...] | None:
    """The cells of a line that is the row of a table, ``None`` for running text.

    ``is_inside``: the line before was one; then a single cell far to the right is a row as well.
    """
    bare = text.strip(" \u3000\r")
    if bare.startswith("|") and bare.count("|") > 1:
        cells = bare.strip("|").split("|")
    elif "\t" in (
        bare if is_inside or bare.startswith("\t\t") else bare.strip("\t")
    ) and not _MARKED.match(bare):
        cells = text.strip("\r").split("\t")
    else:
        return None
    return tuple(" ".join(cell.split()) for cell in cells[:_MOST_COLUMNS])


def reveal(material: Material) -> tuple[list[Line | Table], int]:
    """The material as it looks, and how many lines held what hides or poses as another."""
    numbers: set[int] = set()

    def seen(text: str, number: int) -> str:
        shown = unmask(text)
        if shown is None:
            return text
        numbers.add(number)
        return shown.text

    out: list[Line | Table] = []
    for item in material:
        if isinstance(item, Line):
            out.append(replace(item, text=seen(item.text, item.number)))
        else:
            rows = (
                replace(row, cells=tuple(seen(cell, row.number) for cell in row.cells))
                for row in item.rows
            )
            out.append(replace(item, rows=tuple(rows)))
    return out, len(numbers)
