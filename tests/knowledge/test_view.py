"""Looking into the store: filters, a report's passages, what a draft used."""

import json

import pytest

from app.core.draft import Draft, DraftSection, DraftSentence
from app.core.errors import InputError
from app.knowledge.corrections import PartOf
from app.knowledge.parts import part_title
from app.knowledge.store import KnowledgeStore
from app.services import knowledge_view as view
from app.services.knowledge_view import RecordFilter
from tests.knowledge.samples import prepared, report_text


@pytest.fixture
def filled(store: KnowledgeStore) -> KnowledgeStore:
    store.add(prepared())
    store.add(prepared(report_text("青岚市档案馆", 2022), name="b.txt"))
    return store


@pytest.mark.parametrize(
    ("wanted", "units"),
    [
        (RecordFilter(), ["临溪县云渡镇", "青岚市档案馆"]),
        (RecordFilter(unit="云渡"), ["临溪县云渡镇"]),
        (RecordFilter(year=2022), ["青岚市档案馆"]),
        (RecordFilter(unit_type="机关"), ["青岚市档案馆"]),
        (RecordFilter(text="青岚市档案馆2022年"), ["青岚市档案馆"]),
        (RecordFilter(text="独居老人"), ["临溪县云渡镇", "青岚市档案馆"]),
        (RecordFilter(text="b.txt"), ["青岚市档案馆"]),
        (RecordFilter(text="没有这个词"), []),
        (RecordFilter(unit="云渡", year=2022), []),
    ],
)
def test_reports_are_filtered(
    filled: KnowledgeStore, wanted: RecordFilter, units: list[str]
) -> None:
    assert [r.unit for r in view.filter_records(filled, wanted)] == units


def test_passages_are_shown_as_a_writer_sees_them(filled: KnowledgeStore) -> None:
    shown = view.show_passages(filled, filled.records()[0])
    assert [s.passage.position for s in shown] == list(range(len(shown)))
    assert shown[0].where == "开头"
    assert "安全生产与消防" in {s.part_title for s in shown}
    assert not any(c.isdigit() for s in shown for c in s.masked)
    assert not any("云渡" in s.masked for s in shown)


def test_parts_have_chinese_titles() -> None:
    assert part_title("乡镇", "safety") == "安全生产与消防"
    assert part_title("机关", "campus") == part_title("", "campus") != "campus"
    assert part_title("", "no-such") == "no-such"
    assert part_title("", "") == "部分未识别"


@pytest.mark.parametrize("word", ["safety", "安全生产与消防", "安全生产"])
def test_a_part_is_found_by_key_or_title(word: str) -> None:
    assert view.find_part("乡镇", word) == "safety"


@pytest.mark.parametrize("word", ["安全生产与校园", "安全"])
def test_an_unknown_or_unclear_part_is_refused_with_a_hint(word: str) -> None:
    with pytest.raises(InputError, match=r"是不是想写|可用的有"):
        view.find_part("乡镇", word)


def test_a_part_correction_is_read(filled: KnowledgeStore) -> None:
    shown = view.show_passages(filled, filled.records()[0])
    read = view.read_part_correction
    assert read(shown, "乡镇", "调解在小=信访") == PartOf("调解在小", "petitions")
    assert read(shown, "乡镇", "守牢安全＝safety").heading.startswith("守牢安全")
    assert read(shown, "乡镇", "开头=主要成效与荣誉") == PartOf("", "results")
    assert read(shown, "乡镇", "调解在小=") == PartOf("调解在小", "")
    for wrong in ("调解在小", "=safety", "没有的标题=safety", "调解在小=没有的部分"):
        with pytest.raises(InputError):
            read(shown, "乡镇", wrong)


def test_what_a_draft_used_is_found(filled: KnowledgeStore) -> None:
    first, second = filled.passages()[:2]
    sentences = (
        DraftSentence("一。", passages=(first.id, second.id)),
        DraftSentence("二。", passages=(first.id, "R0-0001")),
    )
    sections = (DraftSection("a", "甲", "", sentences=sentences), DraftSection("b", "乙", ""))
    draft = Draft("云渡镇", 2025, "乡镇", "composer", "", "", sections)
    used = view.used_passages(filled, view.uses_of_draft(draft))
    assert [section.title for section in used] == ["甲", "乙"]
    assert [(item.id, item.sentences) for item in used[0].passages] == [
        (first.id, 2),
        (second.id, 1),
        ("R0-0001", 1),
    ]
    shown = used[0].passages[0].shown
    assert shown is not None
    assert shown.passage == first
    assert used[0].passages[2].shown is None
    assert used[1].passages == ()


def test_a_saved_draft_is_read_with_what_was_lent_to_its_sections() -> None:
    section = {
        "title": "甲",
        "sentences": [{"text": "一。", "passages": ["P1"]}],
        "passages": ["P2", {"id": "P3"}],
    }
    (use,) = view.read_uses(json.dumps({"sections": [section]}).encode(), "稿.json")
    assert dict(use.uses) == {"P1": 1, "P2": 1, "P3": 1}


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"sections":[{}]}', b"\xff", b"[" * 100_000, b'{"sections":1}']
)
def test_what_is_no_draft_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"稿\.json.*不是起草结果"):
        view.read_uses(data, "稿.json")
