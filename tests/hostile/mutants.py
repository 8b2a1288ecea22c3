"""Broken versions of sound files, each told by one number: the same number, the same bytes."""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from tests.hostile.seeds import sound_files

_TOKENS = (
    b"\0", b"<", b">", b"&x;", b"&#0;", b"&#x10FFFF;", b"-1", b"9" * 18, b"\xff" * 8, b"]]>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\xef\xbf\xbf", "\u202e".encode(), b"%", b"(", b"<<", b"[",
    b"endobj", b"stream\n", b"\r\n", b"/", b"{\\rtf1", b"PK\x05\x06", b"1e400", b"NaN", b"../",
)  # fmt: skip
_VALUES = (
    b"",
    b"-1",
    b"0",
    b"1",
    b"99999999999999999999",
    b"1e9",
    b"true",
    b"\xe4\xb8\x80",
    b"x" * 3000,
)
_TAG = re.compile(rb"<[^<>]{1,400}>")
_VALUE = re.compile(rb'(?<=")[^"<>]{0,80}(?=")')
_NUMBER = re.compile(rb"-?\d{1,10}(?:\.\d{1,6})?")
_OBJECT = re.compile(rb"\d{1,6} 0 obj.{0,20000}?endobj", re.DOTALL)
_REFERENCE = re.compile(rb"\d{1,6} 0 R")
_NAME = re.compile(rb"/[A-Z][A-Za-z]{1,20}")
_BIG = (b"-1", b"0", b"4294967295", b"99999999999", b"1e30", b"-0.00001")

Change = Callable[[bytearray, random.Random], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken file and how it came about."""

    number: int
    name: str
    data: bytes
    how: str


def mutant(number: int) -> Mutant:
    """The broken file of this number."""
    dice = random.Random(f"pingan-{number}")
    files = sound_files()
    name, data = files[number % len(files)]
    suffix = name.rpartition(".")[2]
    kinds = {
        "docx": (_bytes, _members, _members, _members, _directory),
        "xlsx": (_bytes, _members, _members, _directory),
        "zip": (_bytes, _members, _directory, _directory, _names),
        "pdf": (_bytes, _objects, _objects, _objects),
        "txt": (_bytes, _bytes, _disguise),
    }[suffix]
    how = dice.choice(kinds)
    return Mutant(number, name, how(data, dice), f"{name}:{how.__name__.strip('_')}")


def _at(data: bytearray, dice: random.Random) -> int:
    return dice.randrange(len(data)) if data else 0


def _flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 1, 4, 40))):
        if data:
            data[_at(data, dice)] ^= 1 << dice.randrange(8)


def _set(data: bytearray, dice: random.Random) -> None:
    if data:
        data[_at(data, dice)] = dice.randrange(256)


def _cut(data: bytearray, dice: random.Random) -> None:
    at = _at(data, dice)
    del data[at : at + dice.choice((1, 8, 64, 1000))]


def _truncate(data: bytearray, dice: random.Random) -> None:
    del data[_at(data, dice) :]


def _double(data: bytearray, dice: random.Random) -> None:
    at = _at(data, dice)
    chunk = bytes(data[at : at + dice.choice((8, 200, 3000))])
    data[at:at] = chunk * dice.choice((1, 2, 50))


def _swap(data: bytearray, dice: random.Random) -> None:
    size = dice.choice((4, 64, 512))
    first, second = sorted((_at(data, dice), _at(data, dice)))
    one, other = bytes(data[first : first + size]), bytes(data[second : second + size])
    data[second : second + size] = one
    data[first : first + size] = other


def _insert(data: bytearray, dice: random.Random) -> None:
    at = _at(data, dice)
    data[at:at] = dice.choice(_TOKENS) * dice.choice((1, 1, 1, 300))


_CHANGES: tuple[Change, ...] = (_flip, _set, _cut, _truncate, _double, _swap, _insert)


def _bytes(data: bytes, dice: random.Random) -> bytes:
    """Bits, bytes and chunks of the file as it lies on disk."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5))):
        dice.choice(_CHANGES)(out, dice)
    return bytes(out)


def _disguise(data: bytes, dice: random.Random) -> bytes:
    """Text behind the first bytes of another kind of file, or in a torn encoding."""
    heads = (b"PK\x03\x04", b"%PDF-1.7\n", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"BM", b"\0")
    return dice.choice(heads) + _bytes(data, dice)


def _unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(members: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _members(data: bytes, dice: random.Random) -> bytes:
    """Markup changed inside the members, so that the zip itself stays sound."""
    members = _unpacked(data)
    weights = [3 if "document" in n or "sheet" in n else 1 for n in members]
    for name in dice.choices(list(members), weights, k=dice.choice((1, 1, 3))):
        if name not in members:
            continue
        change = dice.choice((_tree, _tree, _tree, _markup, _markup, _bytes, _emptied))
        members[name] = change(members[name], dice)
        if dice.randrange(12) == 0:
            del members[name]
    return _packed(list(members.items()))


def _emptied(data: bytes, dice: random.Random) -> bytes:
    return dice.choice((b"", b"<a/>", b"<a>" * 3000, b"\xff\xfe" + data, data * 3))


def _moved(one: etree._Element, other: etree._Element, dice: random.Random) -> None:
    parent = one.getparent()
    match dice.choice(("drop", "double", "move", "value", "value", "text", "rename", "deep")):
        case "drop" if parent is not None:
            parent.remove(one)
        case "double" if parent is not None:
            for _ in range(dice.choice((1, 30))):
                parent.insert(0, deepcopy(one))
        case "move" if one not in other.iter() and other not in one.iter():
            other.append(one)
        case "value" if one.attrib:
            one.attrib[dice.choice(sorted(one.attrib))] = dice.choice(_VALUES).decode()
        case "text":
            one.text = dice.choice(
                ("", "\u202e倒", "42" * 3000, "=1+1", "<b>", "\ue000", "\n" * 50)
            )
        case "rename":
            one.tag = other.tag
        case "deep":
            for _ in range(dice.choice((4, 40, 200))):
                one = etree.SubElement(one, other.tag)
        case _:
            pass


def _tree(data: bytes, dice: random.Random) -> bytes:
    """Elements moved, doubled, dropped and given odd values; the markup stays well-formed."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return _markup(data, dice)
    for _ in range(dice.choice((1, 3, 12))):
        elements = [e for e in root.iter(etree.Element) if e is not root]
        if elements:
            _moved(dice.choice(elements), dice.choice(elements), dice)
    return etree.tostring(root)


def _markup(data: bytes, dice: random.Random) -> bytes:
    out = data
    for _ in range(dice.choice((1, 2, 6))):
        tags = list(_TAG.finditer(out))
        values = list(_VALUE.finditer(out))
        kind = dice.choice(("drop", "double", "swap", "value", "value", "nest", "text", "rename"))
        if kind == "value" and values:
            found = dice.choice(values)
            out = out[: found.start()] + dice.choice(_VALUES) + out[found.end() :]
        elif not tags:
            out = _bytes(out, dice)
        else:
            out = _retagged(out, tags, kind, dice)
    return out


def _retagged(out: bytes, tags: list[re.Match[bytes]], kind: str, dice: random.Random) -> bytes:
    first, second = sorted(dice.choices(tags, k=2), key=lambda m: m.start())
    match kind:
        case "drop":
            return out[: first.start()] + out[first.end() :]
        case "double":  # a whole stretch of markup many times over
            stretch = out[first.start() : min(second.end(), first.start() + 4000)]
            return out[: first.start()] + stretch * dice.choice((2, 20)) + out[first.start() :]
        case "swap":
            between = out[first.end() : max(second.start(), first.end())]
            after = out[max(second.end(), first.end()) :]
            return out[: first.start()] + second[0] + between + first[0] + after
        case "nest":
            name = re.match(rb"</?([\w:]+)", first[0])
            tag = name[1] if name else b"a"
            depth = dice.choice((3, 60, 300))
            opened, closed = b"<" + tag + b">", b"</" + tag + b">"
            return out[: first.start()] + opened * depth + closed * depth + out[first.start() :]
        case "rename":
            return out.replace(first[0], second[0], 1)
        case _:
            return out[: first.end()] + dice.choice(_TOKENS) + out[first.end() :]


def _directory(data: bytes, dice: random.Random) -> bytes:
    """Fields of the zip's own headers: sizes, offsets, flags, methods, counts."""
    out = bytearray(data)
    marks = (
        (b"PK\x01\x02", (6, 8, 10, 16, 20, 24, 28, 30, 32, 34, 42)),
        (b"PK\x03\x04", (4, 6, 8, 14, 18, 22, 26, 28)),
        (b"PK\x05\x06", (4, 8, 10, 12, 16, 20)),
    )
    for _ in range(dice.choice((1, 2, 3))):
        mark, offsets = dice.choice(marks)
        places = [m.start() for m in re.finditer(re.escape(mark), bytes(out))]
        if places:
            at = dice.choice(places) + dice.choice(offsets)
            value = dice.choice((0, 1, 0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF, dice.randrange(2**32)))
            field = struct.pack("<L", value)[: dice.choice((2, 4))]
            out[at : at + len(field)] = field[: max(0, len(out) - at)]
    return bytes(out)


def _names(data: bytes, dice: random.Random) -> bytes:
    """Members whose names lead out, repeat, or hold what no name should."""
    hostile = (
        "../../etc/x.txt", "/abs.txt", "C:\\x.txt", "..\\..\\x.txt", "a\0b.txt", "a\nb.txt",
        "\u202etxt.exe.txt", "x" * 4000 + ".txt", ".", "/", "a//b.txt", "\x1b[31m红.txt", "",
        "<img src=x>.txt", "con.txt", "=1+1.txt",
    )  # fmt: skip
    members = list(_unpacked(data).items())
    for _ in range(dice.choice((1, 3))):
        at = dice.randrange(len(members))
        name = dice.choice((*hostile, members[0][0]))
        members[at] = (name or "空", members[at][1])
    unique = list(dict(members).items())
    return _packed(unique)


def _objects(data: bytes, dice: random.Random) -> bytes:
    """Objects of a PDF: references, numbers, names, whole objects."""
    out = data
    for _ in range(dice.choice((1, 2, 5))):
        kind = dice.choice(("reference", "reference", "number", "name", "drop", "double", "move"))
        pattern = {"reference": _REFERENCE, "number": _NUMBER, "name": _NAME}.get(kind, _OBJECT)
        found = list(pattern.finditer(out))
        if not found:
            out = _bytes(out, dice)
            continue
        one, other = dice.choice(found), dice.choice(found)
        new = {
            "number": dice.choice(_BIG),
            "drop": b"",
            "double": one[0] * 2,
        }.get(kind, other[0])
        out = out[: one.start()] + new + out[one.end() :]
    return out
