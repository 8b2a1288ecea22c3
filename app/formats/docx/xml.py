"""Names and small look-ups shared by everything that reads WordprocessingML."""

from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

RUN = W + "r"
ALTERNATE = MC + "AlternateContent"
#: Wrappers whose children stand in the text as if the wrapper were not there.
TRANSPARENT = frozenset(
    W + name
    for name in (
        "bdo",
        "customXml",
        "dir",
        "fldSimple",
        "hyperlink",
        "ins",
        "moveTo",
        "rubyBase",
        "sdtContent",
        "smartTag",
    )
)
_OFF = frozenset({"0", "false", "off", "none"})


def value(element: etree._Element | None, default: str = "") -> str:
    """The ``w:val`` of an element."""
    return default if element is None else element.get(W + "val", default)


def number(element: etree._Element | None) -> int | None:
    """The ``w:val`` of an element as an integer, ``None`` where it is none."""
    text = value(element)
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() else None


def switch(properties: etree._Element | None, name: str) -> bool | None:
    """An on/off property: ``None`` where it is not said."""
    found = None if properties is None else properties.find(W + name)
    return None if found is None else value(found, "1").lower() not in _OFF


def branch(alternate: etree._Element) -> etree._Element | None:
    """The one branch of ``mc:AlternateContent`` that is read: the first that holds text."""
    branches = [c for c in alternate if c.tag in {MC + "Choice", MC + "Fallback"}]
    for candidate in branches:
        if any(t.text for t in candidate.iter(W + "t")):
            return candidate
    return branches[0] if branches else None


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Child elements as they stand in the text: wrappers opened, one branch of alternatives."""
    for child in element:
        if child.tag in TRANSPARENT:
            yield from children(child)
        elif child.tag == W + "sdt":
            content = child.find(W + "sdtContent")
            if content is not None:
                yield from children(content)
        elif child.tag == ALTERNATE:
            chosen = branch(child)
            if chosen is not None:
                yield from children(chosen)
        else:
            yield child
