"""A writer changes the plan; every fact stays told once, or is left out by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import resources
from app.core.errors import InputError
from app.drafting.plan import edit as plan_edit
from app.drafting.plan.types import Plan
from app.formats.fact_files import read_fact_sheet
from app.report.profile import PROFILE_NAMES, PartKind, load_profile
from app.services.drafting import DraftWish, draft_report
from app.services.planning import Preparation, prepare
from app.settings import Settings, default_home
from tests.drafting.helpers import sheet_of

SETTINGS = Settings(default_home())
SHEET = sheet_of(
    "排查矛盾纠纷192件，化解188件",
    "消防演练11次，约780人次参加",
    "夜间巡逻1290次",
    "反诈宣讲36场",
    "存在问题：年轻调解员只有5名",
    "下一步：新建停车点2处",
)


def ids(plan: Plan) -> list[str]:
    told = [f.id for s in plan.sections for f in s.facts]
    return sorted([*told, *(f.id for f in plan.left_out)])


def holding(plan: Plan, fact_id: str) -> str:
    return plan.section_of(fact_id)


@pytest.fixture
def ready() -> Preparation:
    return prepare(SHEET)


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_plan_reads_back_as_it_was_and_gives_the_same_report(name: str) -> None:
    sheet = read_fact_sheet(resources.examples_dir() / f"{name}.txt")
    ready = prepare(sheet)
    again = prepare(sheet, plan_text=ready.plan_text)
    assert again.plan == ready.plan
    assert again.warnings == ()
    planned = draft_report(sheet, settings=SETTINGS, wish=DraftWish(plan=again.plan))
    assert planned.text == draft_report(sheet, settings=SETTINGS).text


def test_fact_moved_in_the_text_moves_in_the_report(ready: Preparation) -> None:
    lines = ready.plan_text.splitlines()
    moved = next(line for line in lines if line.startswith("- F4"))
    lines.remove(moved)
    lines.insert(next(i for i, t in enumerate(lines) if t.startswith("- F1")) + 1, moved)
    plan = prepare(SHEET, plan_text="\n".join(lines)).plan
    assert holding(plan, "F4") == holding(plan, "F1")
    draft = draft_report(SHEET, settings=SETTINGS, wish=DraftWish(plan=plan))
    assert draft.fact_uses["F4"] == draft.fact_uses["F1"]
    assert draft.text.index("192件") < draft.text.index("36场")


def test_heading_renamed_added_and_reordered(ready: Preparation) -> None:
    text = ready.plan_text.replace("- F3 夜间巡逻1290次\n", "")
    text = text.replace("## 不写进总结", "## 夜巡的事\n- F3\n\n## 不写进总结")
    plan = prepare(SHEET, plan_text=text).plan
    added = plan.sections[-1]
    assert (added.title, added.kind, added.key) == ("夜巡的事", PartKind.WORK, "own-1")
    draft = draft_report(SHEET, settings=SETTINGS, wish=DraftWish(plan=plan))
    assert "、夜巡的事\n" in draft.text
    assert draft.fact_uses["F3"] == ("own-1",)


def test_fact_left_out_is_not_told_and_named(ready: Preparation) -> None:
    text = ready.plan_text.replace("- F3 夜间巡逻1290次\n", "")
    plan = prepare(SHEET, plan_text=text + "- F3\n").plan
    draft = draft_report(SHEET, settings=SETTINGS, wish=DraftWish(plan=plan))
    assert draft.left_out == ("F3",)
    assert draft.fact_uses["F3"] == ()
    assert "1290" not in draft.text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("- F1 排查矛盾纠纷192件，化解188件\n", "", "少了要点 F1"),
        ("- F3", "- F1\n- F3", "F1 写了两遍"),
        ("- F3 夜间", "- F3 每晚夜间", "第.*行：要点F3与要点表里的不一样"),
        ("- F3 夜间巡逻1290次", "- F3 夜间巡逻1290次\n- F99", "没有F99"),
        ("- F3", "随手写的话\n- F3", "看不懂"),
        ("〔存在的问题〕", "〔存在问题大全〕", "没有“存在问题大全”这一类"),
        ("## 不写进总结", "## \n## 不写进总结", "看不懂|空的"),
    ],
)
def test_wrong_plan_is_told_with_its_line(
    ready: Preparation, old: str, new: str, told: str
) -> None:
    assert old in ready.plan_text
    with pytest.raises(InputError, match=told):
        prepare(SHEET, plan_text=ready.plan_text.replace(old, new, 1))


def test_a_section_deleted_with_its_facts_is_refused(ready: Preparation) -> None:
    key = holding(ready.plan, "F1")
    kept: list[str] = []
    deleted: list[str] = []
    is_gone = False
    title = next(s.title for s in ready.plan.sections if s.key == key)
    for line in ready.plan_text.splitlines(keepends=True):
        is_gone = line.startswith(f"## {title}") or (is_gone and not line.startswith("## "))
        (deleted if is_gone else kept).append(line)
    assert any(line.startswith("- F1") for line in deleted)
    with pytest.raises(InputError, match=r"少了要点 F1.*放到某一部分下面.*不写进总结"):
        prepare(SHEET, plan_text="".join(kept))


def test_problem_among_the_work_is_obeyed_with_a_warning(ready: Preparation) -> None:
    key = holding(ready.plan, "F1")
    moved = plan_edit.move_fact(ready.plan, "F5", key)
    assert holding(moved, "F5") == key
    assert "F5" in plan_edit.plan_warnings(moved, 2025)[0]
    assert plan_edit.plan_warnings(ready.plan, 2025) == ()


def test_planner_keeps_problems_and_plans_from_the_work(ready: Preparation) -> None:
    kinds = {f.id: s.kind for s in ready.plan.sections for f in s.facts}
    assert kinds["F5"] is PartKind.PROBLEMS
    assert kinds["F6"] is PartKind.PLANS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6), st.integers(0, 9)), max_size=8))
def test_whatever_is_changed_every_fact_stands_once(steps: list[tuple[int, int, int]]) -> None:
    plan = prepare(SHEET).plan
    for kind, fact, number in steps:
        keys = [s.key for s in plan.sections]
        if not keys:
            break
        key = keys[number % len(keys)]
        match kind:
            case 0:
                plan = plan_edit.move_fact(plan, f"F{fact}", key, before="F1")
            case 1:
                plan = plan_edit.leave_out(plan, f"F{fact}")
            case 2:
                plan = plan_edit.add_section(plan, f"新的部分{number}")
            case _:
                plan = plan_edit.remove_section(plan, key)
        assert ids(plan) == [f"F{n}" for n in range(1, 7)]
    plan_edit.require_complete(plan, SHEET)
    again = prepare(SHEET, plan_text=_text(plan)).plan if plan.sections else plan
    assert [[f.id for f in s.facts] for s in again.sections] == [
        [f.id for f in s.facts] for s in plan.sections
    ]


def _text(plan: Plan) -> str:
    from app.drafting.plan.text import render_plan

    return render_plan(plan, SHEET, load_profile("乡镇"))


def test_unknown_fact_or_section_is_refused(ready: Preparation) -> None:
    with pytest.raises(InputError, match="F77"):
        plan_edit.move_fact(ready.plan, "F77", "safety")
    with pytest.raises(InputError, match="nowhere"):
        plan_edit.move_fact(ready.plan, "F1", "nowhere")
    with pytest.raises(InputError, match="标题"):
        plan_edit.add_section(ready.plan, " ")
