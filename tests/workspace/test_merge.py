"""The tables of two windows put together: nothing is lost, nothing is told twice."""

from hypothesis import given
from hypothesis import strategies as st

from app.workspace.merge import merge_rows
from app.workspace.types import BOTH, DOUBT, STALE, WorkspaceFact


def rows(*texts: str) -> list[WorkspaceFact]:
    return [WorkspaceFact(text) for text in texts]


A, B, C = "排查矛盾纠纷192件", "夜间巡逻1290次", "签订责任书34份"
BASE = rows(A, B, C)


def texts(found: object) -> list[str]:
    return [f"{row.text}{'*' if row.mark == BOTH else ''}" for row in found.rows]  # type: ignore[attr-defined]


def test_different_rows_are_merged_without_a_mark() -> None:
    found = merge_rows(BASE, rows("排查矛盾纠纷195件", B, C), rows(A, B, "签订责任书36份"))
    assert texts(found) == ["排查矛盾纠纷195件", B, "签订责任书36份"]
    assert (found.taken, found.doubled) == (1, 0)
    assert "那边的1处改动合进来了" in found.told


def test_a_row_that_both_have_changed_stays_in_both_forms() -> None:
    found = merge_rows(BASE, rows("排查矛盾纠纷195件", B, C), rows("排查矛盾纠纷190件", B, C))
    assert texts(found) == ["排查矛盾纠纷190件*", "排查矛盾纠纷195件*", B, C]
    assert "有1条两边都改了" in found.told
    rewritten = merge_rows(rows(A), rows("见面劝阻38人次"), rows("检查企业246家次"))
    assert texts(rewritten) == ["检查企业246家次*", "见面劝阻38人次*"]


def test_new_rows_of_both_stand_where_they_were_put_and_once_where_they_are_the_same() -> None:
    found = merge_rows(BASE, rows(A, "我的", B, C, "一样"), rows("他的", A, B, "他的二", C, "一样"))
    assert texts(found) == ["他的", A, "我的", B, "他的二", C, "一样"]
    assert found.taken == 2


def test_a_removed_row_is_gone_unless_the_other_window_changed_it() -> None:
    assert texts(merge_rows(BASE, rows(A, B, C, "新"), rows(A, C))) == [A, C, "新"]
    assert texts(merge_rows(BASE, rows(A, C), rows(A, B, C, "新"))) == [A, C, "新"]
    for mine, theirs in (
        (rows(A, C), rows(A, f"{B}左右", C)),
        (rows(A, f"{B}左右", C), rows(A, C)),
    ):
        assert texts(merge_rows(BASE, mine, theirs)) == [A, f"{B}左右*", C]


def test_moves_of_either_window_hold() -> None:
    assert texts(merge_rows(BASE, rows(C, A, B), rows(A, f"{B}，另有36次", C))) == [
        C,
        A,
        f"{B}，另有36次",
    ]
    assert texts(merge_rows(BASE, rows(A, f"{B}，另有36次", C), rows(C, A, B))) == [
        C,
        A,
        f"{B}，另有36次",
    ]


def test_one_windows_words_and_the_others_choice_of_part_become_one_row() -> None:
    base = [WorkspaceFact(A, mark=STALE)]
    found = merge_rows(
        base, [WorkspaceFact(A, part="law", mark=STALE)], [WorkspaceFact("排查195件")]
    )
    assert found.rows == (WorkspaceFact("排查195件", part="law"),)


def test_a_doubt_that_one_window_removed_and_the_other_moved_is_still_a_doubt() -> None:
    base = [WorkspaceFact(A, mark=DOUBT), *rows(B)]
    found = merge_rows(base, rows(B), [WorkspaceFact(A, part="law", mark=DOUBT), *rows(B)])
    assert found.rows[0] == WorkspaceFact(A, part="law", mark=DOUBT)


def test_a_save_made_twice_tells_nothing() -> None:
    mine = rows("排查矛盾纠纷195件", C, "新")
    assert merge_rows(BASE, mine, mine).told == ""
    assert merge_rows(BASE, mine, BASE).told == ""


_TABLE = st.lists(st.sampled_from([f"{n}号事项办结{n}件" for n in range(8)]), max_size=7)


@given(_TABLE, _TABLE, _TABLE)
def test_what_either_window_wrote_is_in_the_merged_table(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    found = {row.text for row in merge_rows(rows(*base), rows(*mine), rows(*theirs)).rows}
    assert (set(mine) | set(theirs)) - set(base) <= found
    assert set(mine) & set(theirs) <= found
