import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Span
from app.core.finding import Finding, Severity
from app.formats.results.check.html import render_html
from app.formats.results.highlight import highlight
from tests.formats.results import samples

_VOID = {"meta", "br", "img", "link", "input"}


class _Reader(HTMLParser):
    """Collects text, marks and tags, and asserts that tags nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked: dict[str, str] = {}
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag not in _VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1][0] == "mark":
            for number in (self.open[-1][1]["data-f"] or "").split():
                self.marked[number] = self.marked.get(number, "") + data


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


def test_text_content_equals_the_document_and_marks_equal_the_quotes() -> None:
    reader = _read(highlight(samples.TEXT, samples.RESULT.findings))
    assert reader.text == samples.TEXT
    assert reader.marked["1"] == samples.WHOLE.quote
    assert reader.marked["2"] == samples.INNER.quote
    assert reader.marked["3"] == samples.MASK.quote


def test_a_missing_part_is_marked_at_its_place() -> None:
    html = highlight(samples.TEXT, samples.RESULT.findings)
    gap = re.search(r'<a class="gap warning"[^>]*data-note="缺“存在的问题”"[^>]*></a>(.{6})', html)
    assert gap is not None
    assert gap.group(1) == "云渡镇平安办"


@given(
    st.text(alphabet="甲乙<&\n\"'", min_size=1, max_size=40).flatmap(
        lambda text: st.tuples(
            st.just(text),
            st.lists(
                st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted),
                max_size=8,
            ),
        )
    )
)
def test_any_overlap_nests_and_marks_exactly(case: tuple[str, list[list[int]]]) -> None:
    text, bounds = case
    findings = [
        Finding("PH01", "x", Severity.ERROR, Span(a, b), text[a:b], "说明") for a, b in bounds
    ]
    html = highlight(text, findings)
    reader = _read(html)
    assert reader.text == text
    for number, finding in enumerate(findings, 1):
        assert html.count(f'id="d1-t{number}"') == 1
        assert reader.marked.get(str(number), "") == finding.quote.replace("\n", "")


def test_everything_is_escaped_and_nothing_comes_from_elsewhere() -> None:
    html = render_html([samples.RESULT], [samples.DOCUMENT])
    reader = _read(html)
    assert not {"script", "img", "link", "iframe"} & set(reader.tags)
    assert not any(name.startswith("on") for name, _ in reader.attributes)
    addresses = [v or "" for name, v in reader.attributes if name in {"href", "src"}]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert "云渡&lt;img src=x onerror=alert(1)&gt;.txt" in html
    assert not re.search(r"https?://|url\(|@import", html)


def test_every_anchor_leads_somewhere() -> None:
    html = render_html([samples.RESULT, samples.CLEAN], [samples.DOCUMENT, samples.CLEAN_DOCUMENT])
    reader = _read(html)
    ids = [v for name, v in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = {(v or "")[1:] for name, v in reader.attributes if name == "href"}
    assert targets <= set(ids)


def test_counts_parts_and_suppressed_are_shown() -> None:
    html = render_html([samples.RESULT], [samples.DOCUMENT])
    assert "错误 2" in html
    assert "（缺少）" in html
    assert "已豁免 1 条" in html
    assert "已向县里说明" in html
