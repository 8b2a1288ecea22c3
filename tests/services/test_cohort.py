"""Who copied whom, and whose figures stand out."""

import random
import time

from app.checking.cohort import DraftPrint, read_draft_print
from app.core.cohort import Cohort
from app.core.document import Document
from app.services.cohort import common_from, compare_drafts
from tests.services.drafts import FORMULA, TOWNS, draft, own_paragraph

COPIED = own_paragraph(6)  # nobody's own below


def compare(*texts: str) -> Cohort:
    documents = [Document(t, f"{n}.txt") for n, t in enumerate(texts)]
    return compare_drafts([read_draft_print(d) for d in documents], texts)


def test_drafts_with_wording_of_their_own_are_no_pair() -> None:
    assert compare(*(draft(n) for n in range(6))).pairs == ()


def test_a_copied_paragraph_is_found_with_other_figures_and_names() -> None:
    changed = COPIED.replace("桥头村", "上河村").replace("三天", "五天")
    cohort = compare(draft(0), draft(1, COPIED), draft(2), draft(3, changed), draft(4))
    (pair,) = cohort.pairs
    assert (pair.first, pair.second) == (1, 3)
    (passage,) = pair.passages
    assert passage.first.quote == COPIED
    assert passage.second.quote == changed
    assert passage.first.span.of(draft(1, COPIED)) == COPIED
    assert passage.likeness > 0.9
    assert 0.1 < pair.share_first < 0.5


def test_pairs_come_with_the_most_copied_first() -> None:
    two = (COPIED, own_paragraph(5))
    cohort = compare(draft(0, *two), draft(1, COPIED), draft(2, *two))
    first = cohort.pairs[0]  # the formula counts too: three drafts do not make it one
    assert (first.first, first.second, len(first.passages)) == (0, 2, 3)
    assert len(cohort.pairs) == 3


def test_a_formula_that_most_drafts_quote_is_no_copy_but_is_told() -> None:
    cohort = compare(*(draft(n) for n in range(5)))
    assert cohort.pairs == ()
    (shared,) = cohort.shared
    assert shared.drafts == 5
    assert FORMULA.startswith(shared.quote)


def test_a_formula_inside_a_paragraph_does_not_make_it_a_copy() -> None:
    lines = [draft(n, FORMULA + own_paragraph((n + 1) % 5)[:40] + TOWNS[n] * 2) for n in range(5)]
    assert compare(*lines).pairs == ()


def test_set_phrases_need_at_least_four_drafts() -> None:
    assert [common_from(n) for n in (2, 5, 10, 40, 1000)] == [4, 4, 7, 25, 121]
    assert len(compare(draft(0, COPIED), draft(1, COPIED), draft(2, COPIED)).pairs) == 3


def test_the_name_left_behind_tells_who_copied() -> None:
    source = f"{TOWNS[0]}组织巡防队每晚沿河巡查，" + COPIED
    cohort = compare(draft(0, source), draft(1, source))
    assert cohort.pairs[0].copier == 1
    assert compare(draft(0, COPIED), draft(1, COPIED)).pairs[0].copier is None


def test_two_drafts_of_one_unit_are_told_apart_and_come_last() -> None:
    cohort = compare(draft(0, COPIED), draft(0, COPIED, year=2024), draft(1, COPIED))
    assert [p.is_same_unit for p in cohort.pairs] == [False, False, True]


def test_a_figure_far_from_the_others_is_an_outlier() -> None:
    cohort = compare(*(draft(n, cases=12_600 if n == 4 else 0) for n in range(6)))
    row = next(r for r in cohort.indicators if r.indicator == "排查纠纷")
    (far,) = row.outliers
    assert cohort.drafts[far.draft].unit == "临溪县白鹭镇人民政府"
    assert far.value == 12_600
    assert far.ratio is not None
    assert 80 < far.ratio < 100
    assert far.quote.endswith("12600件")
    assert row.values[0] is far


def test_figures_need_five_units_and_one_year() -> None:
    assert compare(*(draft(n) for n in range(4))).indicators == ()
    mixed = [draft(n, year=2025 if n % 2 else 2024) for n in range(6)]
    assert compare(*mixed).indicators == ()
    again = [draft(0), draft(0), draft(0), draft(1), draft(2)]
    assert compare(*again).indicators == ()


def test_alike_figures_are_no_outliers() -> None:
    cohort = compare(*(draft(n) for n in range(6)))
    assert [r.indicator for r in cohort.indicators][:2] == ["化解纠纷", "排查纠纷"]
    assert all(not r.outliers for r in cohort.indicators)


def test_one_draft_is_no_cohort() -> None:
    assert compare(draft(0)).pairs == ()


def _made_up(count: int) -> list[DraftPrint]:
    """Prints of drafts of random hashes, a tenth of the paragraphs copied."""
    from array import array

    from app.checking.cohort import ParagraphPrint
    from app.core.cohort import CohortDraft
    from app.core.document import Span

    chance = random.Random(5)
    known: list[list[int]] = []
    prints = []
    for n in range(count):
        rows = []
        for _ in range(10):
            is_copy = bool(known) and chance.random() < 0.1
            hashes = chance.choice(known) if is_copy else sorted(chance.sample(range(2**32), 120))
            known.append(hashes)
            rows.append(ParagraphPrint(Span(0, 1), array("I", hashes)))
        prints.append(DraftPrint(CohortDraft(f"{n}", chars=9), (), tuple(rows), ()))
    return prints


def test_time_grows_with_the_drafts_not_with_their_pairs() -> None:
    def seconds(count: int) -> float:
        prints = _made_up(count)
        start = time.process_time()
        compare_drafts(prints, ["x"] * count)
        return time.process_time() - start

    def quickest(count: int) -> float:  # other work on the machine only adds
        return min(seconds(count) for _ in range(3))

    seconds(50)
    assert quickest(1_200) < 16 * max(quickest(200), 0.01)  # pairs grow 36 times


def test_drafts_without_a_single_paragraph_are_compared_to_nothing() -> None:
    cohort = compare("总结\n", "总结\n")
    assert (cohort.pairs, cohort.shared, cohort.indicators) == ((), (), ())
