"""A doubt of the program's own harms only its fact: it goes in verbatim and is said."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.draft import DraftSection, DraftSentence, Origin, SectionStatus
from app.drafting.plan.types import PlannedSection
from app.drafting.prose import composer
from app.drafting.verify import verify, written_or_verbatim
from app.formats.fact_files import parse_fact_sheet
from app.services.drafting import DraftWish, draft_report
from app.settings import Settings
from tests.drafting.helpers import fact, sheet_of

UNUSED = Settings(home=Path("unused"))
SHEET = sheet_of("排查矛盾纠纷42件，化解40件", "开展消防演练3次", "夜间巡逻120次")


def section(*sentences: tuple[str, str]) -> DraftSection:
    told = tuple(DraftSentence(text, (fact_id,) if fact_id else ()) for text, fact_id in sentences)
    return DraftSection("work", "标题", "".join(t for t, _ in sentences), sentences=told)


def test_what_holds_is_left_as_it_was_written() -> None:
    one = section(
        ("坚持预防为先。", ""), ("排查矛盾纠纷42件，化解40件。", "F1"),
        ("组织消防演练3次。", "F2"), ("夜间巡逻120次。", "F3"),
    )  # fmt: skip
    assert verify(SHEET, [one]).sections == (one,)


def test_a_fact_told_wrong_goes_in_verbatim_and_its_neighbours_stay() -> None:
    one = section(
        ("坚持预防为先。", ""), ("排查矛盾纠纷42件，化解39件。", "F1"),
        ("组织消防演练3次。", "F2"), ("夜间巡逻120次。", "F3"),
    )  # fmt: skip
    (done,) = verify(SHEET, [one]).sections
    assert done.text == (
        "坚持预防为先。排查矛盾纠纷42件，化解40件。组织消防演练3次。夜间巡逻120次。"
    )
    assert [s.origin for s in done.sentences] == [
        Origin.COMPOSER, Origin.VERBATIM, Origin.COMPOSER, Origin.COMPOSER
    ]  # fmt: skip
    assert done.status is SectionStatus.NEEDS_CHECK
    assert "F1" in done.note


def test_a_fact_that_was_lost_is_told_at_the_end_of_the_work() -> None:
    one = section(("排查矛盾纠纷42件，化解40件。", "F1"), ("组织消防演练3次。", "F2"))
    (done,) = verify(SHEET, [one]).sections
    assert done.text.endswith("组织消防演练3次。\n夜间巡逻120次。")
    assert done.status is SectionStatus.NEEDS_CHECK


def test_items_of_a_list_are_numbered_anew() -> None:
    sheet = sheet_of("存在问题：人手不足；经费紧张", "老旧小区多", "排查42件")
    one = section(("一是人手足；", "F1"), ("二是经费多；", "F1"), ("三是老旧小区多。", "F2"))
    done = verify(sheet, [one, section(("排查42件。", "F3"))]).sections[0]
    assert done.text.startswith("一是存在问题：人手不足；经费紧张")
    assert "二是老旧小区多。" in done.text


def test_a_section_that_cannot_be_written_is_told_verbatim(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails() -> DraftSection:
        raise ValueError("排查42件")

    planned = PlannedSection("safety", "安全", (fact(1, "消防：检查9次"),))
    done = written_or_verbatim(fails, planned)
    assert (done.text, done.status) == ("消防：检查9次。", SectionStatus.NEEDS_CHECK)
    assert "ValueError" in caplog.text
    assert "42件" not in caplog.text


def test_a_fault_of_the_composer_gives_the_whole_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> str:
        raise RecursionError

    monkeypatch.setattr(composer, "tell", fails)
    draft = draft_report(SHEET, settings=UNUSED, wish=DraftWish(is_offline=True))
    assert all(draft.fact_uses.values())
    assert any(s.status is SectionStatus.NEEDS_CHECK for s in draft.sections)


_LINES = st.lists(
    st.text(
        st.sampled_from(
            "排查矛盾纠纷化解42件，；。：%万 3.起（）“”、其中上年下降增长未发生\t|-\n一是"
        ),
        min_size=1,
        max_size=60,
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(_LINES)
def test_whatever_is_brought_gives_a_draft_that_tells_every_fact(lines: list[str]) -> None:
    sheet = parse_fact_sheet("单位：云渡镇\n年度：2025\n- 开展演练3次\n" + "\n".join(lines))
    draft = draft_report(sheet, settings=UNUSED, wish=DraftWish(is_offline=True))
    assert all(draft.fact_uses[fact.id] for fact in sheet.facts)
