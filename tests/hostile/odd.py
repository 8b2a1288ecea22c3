"""Files that are odd on purpose: attribute storms, half characters, lists that lead in circles.

Each is told by one number, as in :mod:`tests.hostile.mutants`: the same number, the same bytes.
"""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.formats.word import docx, para
from tests.hostile import bombs
from tests.hostile.mutants import Mutant, _bytes, _packed, _unpacked
from tests.hostile.seeds import report_lines, sound_files

_HALVES = ("D842", "DFB7", "D800", "DFFF", "DC00", "FFFF", "FFFE", "0000", "E000", "FEFF",
           "D842DFB7", "DFB7D842", "5E73", "5B89", "0034", "3002")  # fmt: skip
_STARTS = ("1", "0", "-1", "2147483647", "9" * 30, "", "x")
_FORMS = ("decimal", "chineseCounting", "upperRoman", "upperLetter", "bullet", "none", "x",
          "ideographTraditional", "decimalZero", "decimalEnclosedCircle")  # fmt: skip


def odd(number: int) -> Mutant:
    """The odd file of this number."""
    dice = random.Random(f"pingan-odd-{number}")
    make, suffix = _KINDS[number % len(_KINDS)]
    data = make(dice)
    if dice.randrange(4) == 0:
        data = _bytes(data, dice)
    stem = dice.choice((b"%d", b"%d\xd4\xc6\xb6\xc9", b"%d\xe4\xba\x91", b"%d\xff\xfe")) % number
    return Mutant(number, stem.decode(errors="surrogateescape") + suffix, data, make.__name__)


def _stormy(name: str) -> Callable[[random.Random], bytes]:
    def storm(dice: random.Random) -> bytes:
        members = _unpacked(dict(sound_files())[name])
        for part in dice.choices([n for n in members if n.endswith((".xml", ".rels"))], k=2):
            count = dice.choice((40, 240, 260, 3000, 30_000))
            form = dice.choice(('a{0}="{0}"', "b{0}='{0}'", 'xmlns:n{0}="u{0}"', 'a{0} = ">{0}"'))
            storm = " " + " ".join(form.format(n) for n in range(count))
            tags = members[part].split(b">")
            at = dice.randrange(1, max(2, len(tags) - 1)) if len(tags) > 2 else 0
            head = tags[at].rstrip(b"/")
            tags[at] = head + storm.encode() + tags[at][len(head) :]
            members[part] = b">".join(tags)
        return _packed(list(members.items()))

    return storm


def circles(dice: random.Random) -> bytes:
    """Lists and styles that name one another at random, also themselves."""
    count = dice.choice((1, 3, 12))

    def some() -> int:
        return dice.randrange(count + 1)

    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">'
        + f'<w:styleLink w:val="s{some()}"/><w:numStyleLink w:val="s{some()}"/>' * dice.randrange(2)
        + "".join(
            f'<w:lvl w:ilvl="{dice.randrange(10)}"><w:start w:val="{dice.choice(_STARTS)}"/>'
            f'<w:numFmt w:val="{dice.choice(_FORMS)}"/><w:lvlRestart w:val="{some()}"/>'
            f'<w:pStyle w:val="s{some()}"/><w:lvlText w:val="%{some() % 10}{"%9" * some()}、"/>'
            "</w:lvl>"
            for _ in range(dice.randrange(11))
        )
        + "</w:abstractNum>"
        for n in range(count)
    )
    nums = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{some()}"/><w:lvlOverride w:ilvl="{some()}">'
        f'<w:startOverride w:val="{dice.choice(_STARTS)}"/></w:lvlOverride></w:num>'
        for n in range(count)
    )
    styles = "".join(
        f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{some()}"/><w:link w:val="s{some()}"/>'
        f'<w:pPr><w:numPr><w:ilvl w:val="{some()}"/><w:numId w:val="{some()}"/></w:numPr></w:pPr>'
        "</w:style>"
        for n in range(count)
    )
    body = "".join(
        para(line, f'<w:pStyle w:val="s{some()}"/><w:numPr><w:ilvl w:val="{some()}"/>'
                   f'<w:numId w:val="{some()}"/></w:numPr>')
        for line in report_lines()[:12]
    )  # fmt: skip
    return docx(body, numbering=abstract + nums, styles=styles)


def halves(dice: random.Random) -> bytes:
    """A PDF whose font maps glyphs to halves of characters and to what is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        bombs.halves(" ".join(dice.choices(_HALVES, k=dice.choice((2, 9, 40)))))(path)
        return path.read_bytes()


def half_text(dice: random.Random) -> bytes:
    """A text with halves of characters in one of the encodings that can hold them."""
    chars = list("\n".join(report_lines()[:6]))
    for _ in range(dice.choice((1, 5, 50))):
        chars.insert(dice.randrange(len(chars)), chr(int(dice.choice(_HALVES)[:4], 16)))
    encoding = dice.choice(("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"))
    return "".join(chars).encode(encoding, "surrogatepass")


_KINDS: tuple[tuple[Callable[[random.Random], bytes], str], ...] = (
    (_stormy("总结.docx"), ".docx"),
    (circles, ".docx"),
    (halves, ".pdf"),
    (_stormy("报表.docx"), ".docx"),
    (half_text, ".txt"),
    (_stormy("要点.xlsx"), ".xlsx"),
    (circles, ".docx"),
)
