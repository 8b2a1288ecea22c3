"""Many drafts together in JSON, HTML, text and the workbook."""

import json
import re
from html.parser import HTMLParser
from io import BytesIO

from openpyxl import load_workbook

from app.checking.cohort import read_draft_print
from app.core.cohort import Cohort
from app.core.document import Document
from app.formats.results.check.html import render_html
from app.formats.results.check.json import render_json
from app.formats.results.check.text import render_text
from app.formats.results.check.xlsx import render_xlsx
from app.formats.results.side_by_side import compare_texts
from app.services.checking import Checked, Checker
from app.services.cohort import compare_drafts
from tests.services.drafts import draft, own_paragraph

HOSTILE = "=HYPERLINK(1)<img src=x onerror=alert(1)>"
COPIED = own_paragraph(6)
TEXTS = [draft(n, *([COPIED] if n in (1, 3) else []), cases=9000 if n == 2 else 0)
         for n in range(6)]  # fmt: skip


def checked(texts: list[str]) -> tuple[list[Checked], Cohort]:
    checker = Checker()
    found = [checker.check(Document(t, f"{HOSTILE}{n}.txt")) for n, t in enumerate(texts)]
    return found, compare_drafts([read_draft_print(c.document) for c in found], texts)


FOUND, COHORT = checked(TEXTS)
RESULTS = [c.result for c in FOUND]
DOCUMENTS = [c.document for c in FOUND]


def test_json_has_the_cohort_beside_the_documents() -> None:
    data = json.loads(render_json(RESULTS, cohort=COHORT))
    assert data["schema_version"] == 1
    cohort = data["cohort"]
    (pair,) = cohort["pairs"]
    assert (pair["first"], pair["second"], pair["paragraphs"]) == (1, 3, 1)
    place = pair["passages"][0]["second"]
    assert TEXTS[3][place["start"] : place["end"]] == place["quote"] == COPIED
    row = next(r for r in cohort["indicators"] if r["indicator"] == "排查纠纷")
    assert [v["value"] for v in row["values"] if v["outlier"]] == [9000]
    assert cohort["drafts"][2]["unit"] == "临溪县石桥镇人民政府"
    assert "cohort" not in json.loads(render_json(RESULTS))


def test_html_shows_map_pairs_and_figures_and_stands_alone() -> None:
    page = render_html(RESULTS, DOCUMENTS, cohort=COHORT)
    assert "<svg" in page
    assert 'href="#pair1"' in page
    assert 'id="pair1"' in page
    assert "1 段雷同" in page
    assert re.search(r'class="far"[^>]*>临溪县石桥镇人民政府 9000件', page)
    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page.replace("http://www.w3.org/2000/svg", ""))
    HTMLParser().feed(page)
    assert "雷同" not in render_html(RESULTS, DOCUMENTS)


def test_text_tells_the_pairs_and_the_figures() -> None:
    told = render_text(RESULTS, DOCUMENTS, cohort=COHORT)
    assert "雷同：1 对" in told
    assert "临溪县柏泉镇人民政府 与 临溪县青溪镇人民政府：1 段雷同" in told
    assert "排查纠纷：临溪县石桥镇人民政府 9000件" in told


def test_workbook_has_copies_figures_and_coloured_parts() -> None:
    book = load_workbook(BytesIO(render_xlsx(RESULTS, DOCUMENTS, cohort=COHORT)))
    assert book.sheetnames == ["汇总", "发现", "雷同", "指标"]
    head, first, *_ = book["汇总"].iter_rows()
    cells = {h.value: c for h, c in zip(head, first, strict=True)}
    assert cells["单位"].value == "临溪县云渡镇人民政府"
    assert cells["年度"].value == 2025
    assert cells["存在的问题"].value == "✓ 已写"
    assert cells["存在的问题"].fill.start_color.rgb.endswith("DFF3E5")
    missing = cells["下一步打算"]
    assert missing.value == "✗ 缺少"
    assert missing.fill.start_color.rgb.endswith("FDE3E3")
    copies = list(book["雷同"].iter_rows(min_row=2, values_only=True))
    assert copies[0][:3] == ("临溪县柏泉镇人民政府", "临溪县青溪镇人民政府", 1)
    assert copies[0][-1] == COPIED
    figures = list(book["指标"].iter_rows(min_row=2, values_only=True))
    assert ("排查纠纷", 2025, "临溪县石桥镇人民政府", 9000, "件") in [f[:5] for f in figures]
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@"))


def test_hostile_names_are_text_everywhere() -> None:
    texts = ["<b>无题</b>\n" + COPIED, "=1+1\n" + COPIED]
    found, cohort = checked(texts)
    results, documents = [c.result for c in found], [c.document for c in found]
    assert len(cohort.pairs) == 1
    page = render_html(results, documents, cohort=cohort)
    assert "<img" not in page
    assert "<b>无题" not in page
    book = load_workbook(BytesIO(render_xlsx(results, documents, cohort=cohort)))
    assert all(c.data_type != "f" for s in book for r in s.iter_rows() for c in r)


def test_differences_are_marked_on_both_sides() -> None:
    both = compare_texts("排查42件<b>", "化解42件<b>")
    assert both.first == "<mark>排查</mark>42件&lt;b&gt;"
    assert both.second == "<mark>化解</mark>42件&lt;b&gt;"
    assert compare_texts("甲" * 2000, "乙").first == "甲" * 2000
    assert compare_texts("共12件", "共123件").first == "共<mark>12</mark>件"
