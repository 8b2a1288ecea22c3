"""Compile ``messages.po`` to the ``messages.mo`` that gettext reads (GNU gettext manual)."""

import re
import struct
import sys
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent.parent / "app/locale/zh_CN/LC_MESSAGES/messages.po"
_LINE = re.compile(r'^(?:(msgid_plural|msgid|msgstr(?:\[\d\])?) )?"(.*)"$')


def compile_catalogue(text: str) -> bytes:
    """The binary form of a catalogue in the PO format."""
    entries: dict[str, str] = {}
    identifier, translation, field = "", "", ""
    for line in [*text.splitlines(), 'msgid ""']:
        match = _LINE.match(line)
        if match is None:
            continue
        keyword, value = match.group(1), match.group(2).replace("\\n", "\n").replace("\\t", "\t")
        if keyword == "msgid":
            if field:
                entries[identifier] = translation
            identifier, translation, field = value, "", "msgid"
        elif keyword == "msgid_plural":
            identifier, field = f"{identifier}\0{value}", "msgid"
        elif keyword is not None:
            translation = f"{translation}\0{value}" if keyword == "msgstr[1]" else value
            field = "msgstr"
        elif field == "msgstr":
            translation += value
        else:
            identifier += value
    return _pack(entries)


def _pack(entries: dict[str, str]) -> bytes:
    pairs = [(key.encode(), entries[key].encode()) for key in sorted(entries)]
    header = 7 * 4
    offset = header + len(pairs) * 16
    tables: list[list[int]] = [[], []]
    body = b""
    for column in (0, 1):
        for pair in pairs:
            data = pair[column]
            tables[column] += [len(data), offset + len(body)]
            body += data + b"\0"
    start = struct.pack("<7I", 0x950412DE, 0, len(pairs), header, header + len(pairs) * 8, 0, 0)
    return start + b"".join(struct.pack(f"<{len(t)}I", *t) for t in tables) + body


if __name__ == "__main__":
    CATALOGUE.with_suffix(".mo").write_bytes(
        compile_catalogue(CATALOGUE.read_text(encoding="utf-8"))
    )
    sys.stderr.write(f"{CATALOGUE.with_suffix('.mo').name} 已更新\n")
