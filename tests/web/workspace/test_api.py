import base64
import io
import json
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from starlette.requests import Request

from app.core.errors import InputError
from app.formats import legacy
from app.formats.fact_files import read_fact_sheet_bytes
from app.settings import Settings
from app.web.api.owner import COOKIE, BrowserMiddleware, owner_of
from app.web.api.workspace import WorkspaceApi
from app.web.api.workspace_json import units
from app.web.auth.visitor import SCOPE_KEY, Visitor
from app.web.backend import Backend
from app.web.workspace import UploadFolder
from tests.formats.prints import need_font, print_report

ME = "browser:me"
FACTS = "单位：临溪县云渡镇\n年度：2025\n\n- 全年排查矛盾纠纷192件，化解188件\n- 举办讲座33场\n"


class Page:
    """Speaks to the desk as the page does."""

    def __init__(self, api: WorkspaceApi, owner: str = ME) -> None:
        self.api, self.owner = api, owner

    def __call__(self, op: str, draft: str = "", **more: Any) -> dict[str, Any]:
        text = json.dumps({"op": op, "id": draft, **more})
        answer: dict[str, Any] = json.loads(self.api.answer(self.owner, text))
        return answer


@pytest.fixture
def page(tmp_path: Path) -> Page:
    backend = Backend(Settings(home=tmp_path / "home"), UploadFolder(tmp_path))
    return Page(WorkspaceApi(backend))


def _new(page: Page, facts: str = FACTS) -> dict[str, Any]:
    draft = page("new")["view"]["id"]
    view: dict[str, Any] = page("intake", draft, text=facts)["view"]
    return view


def test_pasted_facts_fill_the_fields_and_the_table(page: Page) -> None:
    view = _new(page)
    assert (view["unit"], view["year"]) == ("临溪县云渡镇", "2025")
    assert view["facts"][0]["figures"] == ["192件", "188件"]
    assert view["facts"][0]["place"] in {p["key"] for p in view["parts"]}
    again = page("intake", view["id"], text=FACTS + "- 演练11场\n")
    assert (again["taken"], again["doubled"]) == (1, 2)


def test_facts_without_unit_or_year_are_taken_in(page: Page) -> None:
    view = _new(page, "排查矛盾纠纷42件\n化解40件")
    assert [f["text"] for f in view["facts"]] == ["排查矛盾纠纷42件", "化解40件"]
    assert view["unit"] == view["year"] == ""
    told = page("write", view["id"])["error"]
    assert "填写“单位”" in told


CHAT = """吴晓芸(综治办) 2025-12-16 09:12
全年排查矛盾纠纷192件，化解188件
吴晓芸(综治办) 2025-12-16 09:13
走访独居老人大概77户吧
钱立新(司法所) 2025-12-16 09:20
收到
举办法治讲座33场
"""


def test_what_the_writer_doubted_comes_into_the_table_marked(page: Page) -> None:
    draft = page("new")["view"]["id"]
    answer = page("intake", draft, text=CHAT)
    assert (answer["taken"], answer["doubts"], answer["doubled"]) == (2, 1, 0)
    rows = [(f["text"], f["mark"], f["place"] != "") for f in answer["view"]["facts"]]
    assert rows == [
        ("全年排查矛盾纠纷192件，化解188件", "", True),
        ("走访独居老人大概77户吧", "doubt", False),
        ("举办法治讲座33场", "", True),
    ]
    assert answer["view"]["unconfirmed"] == {"stale": [], "doubt": ["F2"]}
    again = page("intake", draft, text=CHAT)
    assert (again["taken"], again["doubts"], again["doubled"]) == (0, 0, 2)


def test_what_became_no_fact_is_kept_with_its_reason_until_it_is_cleared(page: Page) -> None:
    draft = page("new")["view"]["id"]
    first = page("intake", draft, text=CHAT)["view"]
    assert {s["why"] for s in first["skipped"]} == {"聊天的时间和发言人", "应答"}
    piece = next(s for s in first["skipped"] if s["why"] == "应答")
    assert (piece["line"], piece["text"]) == (6, "收到")
    count = len(first["skipped"])
    assert len(page("intake", draft, text=CHAT)["view"]["skipped"]) == count
    assert len(page("open", draft)["view"]["skipped"]) == count
    taken = page("take_skipped", draft, number=piece["number"])["view"]
    assert (taken["facts"][-1]["text"], taken["facts"][-1]["mark"]) == ("收到", "")
    assert len(taken["skipped"]) == count - 1
    for number in (piece["number"], "x", None):
        assert "最新的要点表" in page("take_skipped", draft, number=number)["error"]
    code = page("share", draft)["code"]
    assert len(Page(page.api, "browser:b")("take", code=code)["view"]["skipped"]) == count - 1
    assert page("clear_skipped", draft)["view"]["skipped"] == []


def test_what_was_assumed_is_told_unless_the_draft_says_it(page: Page) -> None:
    draft = page("new")["view"]["id"]
    answer = page("intake", draft, text=CHAT)
    assert answer["view"]["year"] == "2025"
    assert "没有写明年度，按2025年写，请核对。" in answer["notes"]
    assert page("intake", draft, text=CHAT + "演练11场\n")["notes"] == []


def test_who_reported_a_fact_stays_with_it(page: Page) -> None:
    view = page("intake", page("new")["view"]["id"], text=f"单位：临溪县云渡镇\n{CHAT}")["view"]
    draft, rows = view["id"], view["facts"]
    assert [f["source"] for f in rows] == ["综治办", "综治办", "司法所"]
    mine = [{**rows[0], "text": "全年排查矛盾纠纷195件"}, *rows[1:]]
    page("facts", draft, facts=mine, base=rows)
    theirs = [*rows[:2], {**rows[2], "part": "law"}]
    both = page("facts", draft, facts=theirs, base=rows)["view"]["facts"]
    assert [f["source"] for f in both] == ["综治办", "综治办", "司法所"]
    copied = page("next_year", draft)["view"]
    assert [f["source"] for f in copied["facts"]] == ["综治办", "综治办", "司法所"]
    page("write", draft)
    while page("progress", draft)["progress"]["state"] == "writing":
        time.sleep(0.05)
    file = page("export", draft, kind="sources")["file"]
    book = load_workbook(io.BytesIO(base64.b64decode(file["data"])))
    cells = list(book["数据来源表"].iter_rows(values_only=True))
    assert cells[0][6] == "报送来源"
    assert {row[4]: row[6] for row in cells[1:]} == {"F1": "综治办", "F3": "司法所"}
    code = page("share", draft)["code"]
    taken = Page(page.api, "browser:b")("take", code=code)["view"]["facts"]
    assert [f["source"] for f in taken] == ["综治办", "综治办", "司法所"]


def test_nothing_but_doubts_is_taken_in_as_well(page: Page) -> None:
    answer = page("intake", page("new")["view"]["id"], text="走访独居老人大概77户吧")
    assert (answer["taken"], answer["doubts"]) == (0, 1)


def test_a_fact_that_fits_no_part_is_told_so_until_the_writer_places_it(page: Page) -> None:
    view = _new(page, f"{FACTS.replace('讲座', '法治讲座')}- 更换办公座椅17把\n")
    draft, rows = view["id"], view["facts"]
    assert [f["unsure"] for f in rows] == [False, False, True]
    for part in (rows[2]["place"], "safety", "-"):
        placed = page("facts", draft, facts=[*rows[:2], {**rows[2], "part": part}], base=rows)
        rows = placed["view"]["facts"]
        assert (rows[2]["place"], rows[2]["unsure"]) == (part, False)
    gone = page("facts", draft, facts=[*rows[:2], {**rows[2], "part": "nothing"}], base=rows)
    assert gone["view"]["facts"][2]["unsure"]


def test_two_windows_on_one_table_lose_no_row_and_are_told(page: Page) -> None:
    view = _new(page)
    base, draft = view["facts"], view["id"]
    first = page("facts", draft, facts=[*base, {"text": "演练11场"}], base=base)
    assert first["told"] == ""
    mine = [{**base[0], "text": "排查矛盾纠纷205件，化解200件"}, *base[1:]]
    second = page("facts", draft, facts=mine, base=base)
    assert "那边的1处改动合进来了" in second["told"]
    texts = [f["text"] for f in second["view"]["facts"]]
    assert (texts[0], texts[-1]) == ("排查矛盾纠纷205件，化解200件", "演练11场")
    third = page("facts", draft, facts=[{**base[0], "text": "排查203件"}, *base[1:]], base=base)
    assert "两边都改了" in third["told"]
    marks = {f["text"]: f["mark"] for f in third["view"]["facts"]}
    assert marks["排查矛盾纠纷205件，化解200件"] == marks["排查203件"] == "both"
    assert "两个窗口都改过" not in third["view"]["holes"]  # nothing is written yet
    page("write", draft)
    while page("progress", draft)["progress"]["state"] == "writing":
        time.sleep(0.05)
    assert "两个窗口都改过、没有核对的要点2条" in page("open", draft)["view"]["holes"]


def test_two_windows_on_one_section_lose_no_words(page: Page) -> None:
    draft = _new(page)["id"]
    key = page("add", draft, title="特色工作")["key"]
    first = page("edit", draft, key=key, text="甲写的。", seen=0)
    assert first["told"] == ""
    second = page("edit", draft, key=key, text="乙写的。", seen=12345)
    assert "另一个窗口" in second["told"]
    texts = [v["text"] for v in page("versions", draft, key=key)["versions"]]
    assert texts == ["乙写的。", "甲写的。"]


def test_versions_are_compared_as_escaped_text(page: Page) -> None:
    draft = _new(page)["id"]
    key = page("add", draft, title="特色工作")["key"]
    page("edit", draft, key=key, text="<img src=x onerror=alert(1)>甲")
    page("edit", draft, key=key, text="乙<script>")
    diff = page("versions", draft, key=key)["versions"][1]["diff"]
    assert "<img" not in diff["old"]
    assert "<script" not in diff["new"]
    assert "<mark>" in diff["old"]


def test_the_template_can_be_filled_in_and_read(page: Page) -> None:
    file = page("template")["file"]
    book = load_workbook(io.BytesIO(base64.b64decode(file["data"])))
    sheet = book["要点"]
    sheet["B1"], sheet["B2"] = "临溪县云渡镇", 2025
    sheet["B6"], sheet["C6"] = "矛盾纠纷", "全年排查矛盾纠纷192件"
    sheet["B7"], sheet["C7"] = "普法", "举办讲座33场"
    buffer = io.BytesIO()
    book.save(buffer)
    read = read_fact_sheet_bytes(buffer.getvalue(), "要点.xlsx")
    assert [(f.heading, f.text) for f in read.facts] == [
        ("矛盾纠纷", "全年排查矛盾纠纷192件"),
        ("普法", "举办讲座33场"),
    ]
    data = base64.b64encode(buffer.getvalue()).decode()
    view = page("intake", _new(page, "演练11场")["id"], name="要点.xlsx", data=data)["view"]
    assert len(view["facts"]) == 3
    assert view["unit"] == "临溪县云渡镇"


TABLE = (("指标", "2024年", "2025年"), ("排查矛盾纠纷（件）", "210", "192"))


def _csv(encoding: str) -> bytes:
    return "\r\n".join(",".join(row) for row in TABLE).encode(encoding)


def _word() -> bytes:
    document = Document()
    document.add_paragraph("全年排查矛盾纠纷192件")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("要点.csv", _csv("utf-8-sig")),
        ("要点.csv", _csv("gb18030")),
        ("要点.tsv", "\n".join("\t".join(row) for row in TABLE).encode()),
        ("要点.docx", _word()),
        ("要点.wps", _word()),
        ("要点.md", "- 全年排查矛盾纠纷192件".encode()),
    ],
    ids=["csv", "csv of Excel", "tsv", "docx", "wps", "md"],
)
def test_every_kind_of_file_is_taken_in(page: Page, name: str, data: bytes) -> None:
    draft = page("new", unit="临溪县云渡镇", year="2025")["view"]["id"]
    answer = page("intake", draft, name=name, data=base64.b64encode(data).decode())
    (fact,) = answer["view"]["facts"]
    assert "192件" in fact["figures"], fact["text"]


def test_a_pdf_is_taken_in(page: Page) -> None:
    need_font()
    data = print_report(["一、矛盾纠纷", "全年排查矛盾纠纷192件，化解188件。"])
    draft = page("new")["view"]["id"]
    view = page("intake", draft, name="要点.pdf", data=base64.b64encode(data).decode())["view"]
    assert [f["figures"] for f in view["facts"]] == [["192件", "188件"]]


@pytest.mark.skipif(legacy.find_soffice() is None, reason="LibreOffice is not installed")
def test_an_old_word_file_is_taken_in(page: Page) -> None:
    words = "".join(f"\\u{ord(char)}?" for char in "全年排查矛盾纠纷192件")
    data = base64.b64encode(f"{{\\rtf1\\ansi {words}\\par}}".encode()).decode()
    draft = page("new")["view"]["id"]
    view = page("intake", draft, name="要点.doc", data=data)["view"]
    assert [f["figures"] for f in view["facts"]] == [["192件"]]


def test_an_empty_template_is_no_sheet_of_facts(page: Page) -> None:
    data = page("template")["file"]["data"]
    told = page("intake", _new(page)["id"], name="要点.xlsx", data=data)
    assert "没有要点" in told["error"]


@pytest.mark.parametrize(
    "call",
    [
        "", "[]", "null", "{", '{"op": 1}', '{"op": "__class__"}', '{"op": "answer"}',
        '{"op": "open", "id": "nothing"}', '{"op": "open", "id": {"a": 1}}',
        '{"op": "facts", "id": "x", "facts": "y"}', '{"op": "intake", "id": "x", "data": "?"}',
        '{"op": "rewrite", "id": "x", "tool": "删"}', '{"op": "example", "name": "../../x"}',
        '{"op": "take", "code": ""}', "[" * 100_000,
    ],
)  # fmt: skip
def test_nonsense_is_answered_in_one_chinese_sentence(page: Page, call: str) -> None:
    answer = json.loads(page.api.answer(ME, call))
    assert set(answer) == {"error"}
    assert answer["error"].endswith("。")
    assert "程序内部出错" not in answer["error"]


def test_hostile_values_change_nothing_else(page: Page) -> None:
    view = _new(page)
    draft = view["id"]
    assert "字数" in page("fields", draft, length="-1")["error"]
    assert "字数" in page("fields", draft, length="９９９")["error"]
    assert "太长" in page("fields", draft, unit="字" * 500)["error"]
    page("fields", draft, owner="browser:other", state="done", id="x")
    assert page("open", draft)["view"]["state"] == "facts"
    rows = [{"text": ["a"], "part": {"x": 1}, "mark": 5, "evil": 1}, {}]
    facts = page("facts", draft, facts=rows, base=view["facts"])["view"]["facts"]
    assert [f["text"] for f in facts] == ["['a']", ""]


def test_another_owner_is_told_there_is_no_such_draft(page: Page) -> None:
    draft = _new(page)["id"]
    other = Page(page.api, "browser:other")
    assert other("list")["drafts"] == []
    for op in ("open", "trash", "remove", "write", "progress", "stop", "export", "share",
               "next_year", "take_skipped", "clear_skipped", "versions", "passages", "fields",
               "outgoing"):  # fmt: skip
        assert "已经不在了" in other(op, draft)["error"], op
    assert page("open", draft)["view"]["id"] == draft


def test_offsets_count_as_browsers_do() -> None:
    assert [units("a𠮷b", n) for n in range(4)] == [0, 1, 3, 4]


def _request(cookie: str = "", visitor: Visitor | None = None) -> Request:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope: dict[str, Any] = {"type": "http", "headers": headers}
    if visitor:
        scope[SCOPE_KEY] = visitor
    return Request(scope)


def test_drafts_belong_to_the_person_else_to_the_browser() -> None:
    name = "0123456789abcdef" * 2
    assert owner_of(_request(f"{COOKIE}={name}")) == f"browser:{name}"
    assert owner_of(_request(f"{COOKIE}={name}", Visitor("u-1", "王", "写稿"))) == "user:u-1"
    for wrong in ("", f"{COOKIE}=short", f"{COOKIE}=browser:{name}"):
        with pytest.raises(InputError, match="Cookie"):
            owner_of(_request(wrong))


async def _answered(path: str, cookie: str = "") -> list[str]:
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
    await BrowserMiddleware(app)(scope, lambda: None, send)  # type: ignore[arg-type, return-value]
    return [v.decode() for k, v in sent[0]["headers"] if k == b"set-cookie"]


def _run(work: Coroutine[Any, Any, list[str]]) -> list[str]:
    """The result of work that waits for nothing; a browser's test may have a loop running."""
    try:
        work.send(None)
    except StopIteration as done:
        found: list[str] = done.value
        return found
    raise AssertionError("it waits")


def test_a_browser_is_named_once_and_keeps_its_name() -> None:
    first, second = (_run(_answered("/"))[0] for _ in range(2))
    assert first != second
    assert "HttpOnly" in first
    assert "SameSite=Strict" in first
    name = first.partition(";")[0]
    assert _run(_answered("/", f"a=b; {name}"))[0].startswith(name)
    assert _run(_answered("/config")) == []


def test_half_a_character_in_pasted_text_does_no_harm(page: Page) -> None:
    draft = page("new")["view"]["id"]
    view = page("intake", draft, text=FACTS + "- 走访\ud842\udfb7口\ud842社区42户\n")["view"]
    assert "走访\U00020bb7口�社区42户" in [f["text"] for f in view["facts"]]
