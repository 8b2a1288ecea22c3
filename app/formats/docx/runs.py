"""What a run shows. ``RunSlice.offset`` counts into the text of its :func:`pieces`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from app.formats.docx.xml import ALTERNATE, W, branch, value

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BREAKS = re.compile("[\t\n\r\x85\u2028\u2029]")
_FIXED = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}
_WINGDINGS = {
    0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖",
    0x9F: "•", 0xA1: "○", 0xA3: "□", 0xA7: "■", 0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xFB: "✗",
    0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x2A: "□", 0xA3: "□",
}  # fmt: skip
_SYMBOL = {
    0x2D: "−", 0x44: "Δ", 0x53: "Σ", 0x57: "Ω", 0x61: "α", 0x62: "β", 0x67: "γ", 0x6D: "μ",
    0x70: "π", 0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°",
    0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
_UNKNOWN_SYMBOL = "※"


@dataclass(frozen=True, slots=True)
class RunPiece:
    """One child element of a run and the text it shows; ``offset`` counts inside the run."""

    element: etree._Element
    text: str
    offset: int


def pieces(run: etree._Element) -> tuple[RunPiece, ...]:
    """The text-bearing children of a ``w:r`` in order."""
    found = []
    offset = 0
    for child in run_children(run):
        if text := _shown(child):
            found.append(RunPiece(child, text, offset))
            offset += len(text)
    return tuple(found)


def run_children(run: etree._Element) -> Iterator[etree._Element]:
    """Children of a run, one branch of each alternative opened."""
    for child in run:
        if child.tag == ALTERNATE:
            chosen = branch(child)
            if chosen is not None:
                yield from run_children(chosen)
        else:
            yield child


def _shown(child: etree._Element) -> str:
    tag = str(child.tag)
    if tag == W + "t":
        text = "".join(str(t) for t in child.itertext())
        if child.get(_XML_SPACE) != "preserve":
            text = text.strip(" \t\r\n")
        return _BREAKS.sub(" ", text)
    if tag == W + "sym":
        return _symbol(child)
    return _FIXED.get(tag, "")


def _symbol(element: etree._Element) -> str:
    try:
        code = int(element.get(W + "char", value(element)), 16)
    except ValueError:
        return _UNKNOWN_SYMBOL
    return symbol(code, element.get(W + "font", ""))


def symbol(code: int, font: str) -> str:
    """The Unicode character for a code of a symbol font such as Wingdings."""
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    table = _FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(low, _UNKNOWN_SYMBOL)
    if code < 0x20 or 0xD800 <= code <= 0xF8FF or code > 0x10FFFF:
        return _UNKNOWN_SYMBOL
    return chr(code)
