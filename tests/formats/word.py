"""Word files made by hand, so that tests say exactly what is in them."""

import io
import zipfile

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def run(text: str, properties: str = "") -> str:
    """A ``w:r`` with one ``w:t``."""
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{text}</w:t></w:r>'


def para(content: str, properties: str = "") -> str:
    """A ``w:p``; plain text is put into a run."""
    inner = content if content.startswith("<") or not content else run(content)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """A ``w:tbl``; cells are text or block XML."""
    lines = ""
    for row in rows:
        cells = (c if c.startswith("<") else para(c) for c in row)
        lines += f"<w:tr>{''.join(f'<w:tc>{c}</w:tc>' for c in cells)}</w:tr>"
    return f"<w:tbl>{lines}</w:tbl>"


def box(content: str, *, vml: str | None = None) -> str:
    """A run with a text box, as Word writes it: a drawing, and VML for older programs."""
    drawing = (
        f"<w:drawing><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></w:drawing>"
    )
    old = content if vml is None else vml
    fallback = f"<w:pict><v:textbox><w:txbxContent>{old}</w:txbxContent></v:textbox></w:pict>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps">'
        f"{drawing}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def docx(body: str, *, namespaces: str = NAMESPACES, **parts: str) -> bytes:
    """A package; ``parts`` maps ``styles``, ``numbering``, ``header1`` … to inner XML."""
    roots = {"styles": "styles", "numbering": "numbering", "settings": "settings",
             "footnotes": "footnotes", "endnotes": "endnotes"}  # fmt: skip
    members: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {namespaces}><w:body>{body}</w:body></w:document>"
    }
    relations = ""
    for name, inner in parts.items():
        kind = name.rstrip("0123456789")
        root = roots.get(kind, {"header": "hdr", "footer": "ftr"}.get(kind, kind))
        members[f"word/{name}.xml"] = f"<w:{root} {namespaces}>{inner}</w:{root}>"
        relations += f'<Relationship Id="{name}" Type="{_KINDS}/{kind}" Target="{name}.xml"/>'
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    members["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )
    members["_rels/.rels"] = (
        f'<Relationships xmlns="{_RELS}"><Relationship Id="d" Type="{_KINDS}/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    members["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{_RELS}">{relations}</Relationships>'
    )
    return package(members)


def package(members: dict[str, str | bytes]) -> bytes:
    """A zip of the members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()
