"""What a Word style says about hiding and numbering."""

from dataclasses import dataclass, field

from lxml import etree

from app.formats.docx.xml import W, number, switch, value

_MAX_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Style:
    """One style; ``None`` and empty mean: ask the style it is based on."""

    based_on: str = ""
    is_hidden: bool | None = None
    list_instance: str = ""
    list_level: int | None = None


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a document by id."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default_paragraph: str = ""

    def is_hidden(self, style_id: str) -> bool | None:
        """Whether the style hides its text."""
        return next((s.is_hidden for s in self._chain(style_id) if s.is_hidden is not None), None)

    def list_of(self, style_id: str) -> tuple[str, int | None]:
        """The list instance and level the style gives; an empty instance for none."""
        chain = self._chain(style_id)
        instance = next((s.list_instance for s in chain if s.list_instance), "")
        return instance, next((s.list_level for s in chain if s.list_level is not None), None)

    def _chain(self, style_id: str) -> list[Style]:
        chain: list[Style] = []
        while style_id in self.by_id and len(chain) < _MAX_CHAIN:
            chain.append(self.by_id[style_id])
            style_id = chain[-1].based_on
        return chain


def read_styles(root: etree._Element | None) -> Styles:
    """The styles of ``styles.xml``; none where the part is missing."""
    if root is None:
        return Styles()
    by_id = {}
    default = ""
    for element in root.iterfind(W + "style"):
        style_id = element.get(W + "styleId", "")
        paragraph = element.find(W + "pPr")
        numbered = None if paragraph is None else paragraph.find(W + "numPr")
        by_id[style_id] = Style(
            based_on=value(element.find(W + "basedOn")),
            is_hidden=switch(element.find(W + "rPr"), "vanish"),
            list_instance="" if numbered is None else value(numbered.find(W + "numId")),
            list_level=None if numbered is None else number(numbered.find(W + "ilvl")),
        )
        if element.get(W + "type") == "paragraph" and element.get(W + "default") in {"1", "true"}:
            default = style_id
    return Styles(by_id, default)
