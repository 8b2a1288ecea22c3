"""A report printed to PDF by hand: no font file, no library, the same bytes every time."""

from collections.abc import Iterable, Iterator

_FONT = 16
_PITCH = 28
_PAGE = (595, 842)
_LEFT, _TOP = 79, 105
_LINES = 22
_CHARS = 27
_INDENT = 2
_TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
    "/CMapName /Same def /CMapType 2 def\n"
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    "{ranges}\n"
    "endcmap CMapName currentdict /CMap defineresource pop end end"
)


def printed_lines(text: str) -> Iterator[tuple[float, str]]:
    """Lines as printed, with the width of the space before each, in characters.

    The title stands in the middle, unit and date on the right, all else is indented.
    """
    paragraphs = [bare for line in text.split("\n") if (bare := line.strip("　 "))]
    for number, paragraph in enumerate(paragraphs):
        rest, indent = paragraph, float(_INDENT)
        if _width(paragraph) <= _CHARS and not paragraph.endswith(("。", "；", "：")):
            if number == 0:
                indent = (_CHARS - _width(paragraph)) / 2
            elif number >= len(paragraphs) - 2:
                indent = max(0.0, _CHARS - _width(paragraph) - _INDENT)
        while rest:
            cut = _fitting(rest, _CHARS - indent)
            yield indent, rest[:cut]
            rest, indent = rest[cut:], 0.0


def _width(text: str) -> float:
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def _fitting(text: str, room: float) -> int:
    """How many characters fill a line; a stop may hang over its end, none begins the next."""
    for index, char in enumerate(text):
        room -= 0.5 if char.isascii() else 1
        if room < 0 and not (char in "，。；：、）”》%" and room >= -1):
            return max(index, 1)
    return len(text)


def _pages(text: str) -> Iterator[str]:
    lines = list(printed_lines(text))
    for start in range(0, len(lines), _LINES):
        shown = []
        for number, (indent, line) in enumerate(lines[start : start + _LINES]):
            x, y = int(_LEFT + indent * _FONT), _PAGE[1] - _TOP - number * _PITCH
            code = line.encode("utf-16-be").hex().upper()
            shown.append(f"BT /F1 {_FONT} Tf 1 0 0 1 {x} {y} Tm <{code}> Tj ET")
        yield "\n".join(shown)


def _ranges() -> str:
    rows = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256)]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    return "\n".join(
        f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks
    )


def _stream(body: str) -> str:
    return f"<< /Length {len(body)} >>\nstream\n{body}\nendstream"


def _widths() -> str:
    return "[ 32 126 500 ]"  # Latin letters and digits are half as wide


def make_pdf(text: str) -> bytes:
    """``text`` on pages of A4, as an office prints it."""
    pages = list(_pages(text))
    first = 6
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [ {kids} ] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /FangSong /Encoding /Identity-H "
        "/DescendantFonts [ 4 0 R ] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /FangSong /DW 1000 "
        f"/W {_widths()} "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        _stream(_TO_UNICODE.format(ranges=_ranges())),
    ]
    for index, body in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {_PAGE[0]} {_PAGE[1]} ] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {first + 2 * index + 1} 0 R >>"
        )
        objects.append(_stream(body))
    return _assemble(objects)


def _assemble(objects: Iterable[str]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = len(out)
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{rows}".encode("latin-1")
    return out + (
        f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    ).encode("latin-1")
