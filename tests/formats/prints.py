"""Printed pages for tests: a report set by fpdf2 as an office prints it."""

import os
from pathlib import Path

import pytest
from fpdf import FPDF

FONT = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
_HANGING = "，。、；：？！”’）》】%％"
_SIZE = 16.0
_LEFT = 28.0
_TOP = 30.0
_EM = _SIZE * 25.4 / 72
_COLUMNS = 27
_LINES = 22


def need_font() -> None:
    """Skip without a Chinese font, but never on the build server."""
    if not FONT.is_file():
        message = f"no Chinese font at {FONT}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


def width(text: str) -> float:
    """Width in ems."""
    return sum(1.0 if ord(c) > 0x2E7F or c in "“”‘’—…" else 0.55 for c in text)


def wrap(text: str, columns: float, indent: float) -> list[str]:
    """Lines as a word processor breaks them: numbers whole, no punctuation at the line's head."""
    lines = [""]
    room = columns - indent
    units: list[str] = []
    for char in text:
        if units and (char in _HANGING or (char in "0123456789." and units[-1][-1].isdigit())):
            units[-1] += char
        else:
            units.append(char)
    for unit in units:
        if width(lines[-1]) + width(unit) > room and lines[-1]:
            lines.append("")
            room = columns
        lines[-1] += unit
    return lines


def print_report(
    paragraphs: list[str], *, header: str = "", numbers: bool = True, indent: float = 2.0
) -> bytes:
    """A PDF: the first paragraph centred, the others with first-line indents."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.add_font("cjk", fname=str(FONT))
    row = _LINES
    page = 0

    def put(text: str, x: float, y: float) -> None:
        pdf.text(x, y, text)

    for number, paragraph in enumerate(paragraphs):
        inset = 0.0 if number == 0 else indent
        for at, line in enumerate(wrap(paragraph, _COLUMNS, inset)):
            if row == _LINES:
                pdf.add_page()
                pdf.set_font("cjk", size=_SIZE)
                page += 1
                row = 0
                if header:
                    put(header, _LEFT, 18)
                if numbers:
                    put(f"— {page} —", 98, 285)
            x = _LEFT + (inset * _EM if at == 0 else 0.0)
            if number == 0:
                x = _LEFT + (_COLUMNS - width(line)) / 2 * _EM
            put(line, x, _TOP + row * 10.5)
            row += 1
    return bytes(pdf.output())
