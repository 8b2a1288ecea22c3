from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checking.engine import load_rules
from app.core.document import Span
from eval.mutations.edit import CleanReport, DefectKind, Edit, Planned, TextEdit, build, clash
from eval.mutations.figures import sums
from eval.mutations.generate import KINDS, combined, mutants, sample_sources

TEXT = (
    "云渡镇2024年平安建设工作总结\n"
    "全年排查矛盾纠纷60件，其中邻里纠纷30件、婚姻纠纷20件、其他纠纷10件。\n"
    "全年检查企业40家，查出隐患25处，整改24处，整改率96.0%。\n"
    "云渡镇平安办\n"
    "2024年12月20日\n"
)


def _kind(name: str) -> DefectKind:
    return next(kind for kind in KINDS if kind.name == name)


def test_there_are_enough_kinds_and_mutants() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 25
    assert len(mutants()) >= 400


def test_every_rule_on_a_bare_report_has_a_kind() -> None:
    told = {code for kind in KINDS for code in kind.rules}
    bare = {rule.meta.code for rule in load_rules() if not rule.meta.needs}
    assert bare - told <= {"LA03"}  # only hints, which are not weighed


def test_the_same_seed_gives_the_same_texts() -> None:
    first = [case.document.text for case in mutants(seed=7, per_kind=2)]
    assert first == [case.document.text for case in mutants(seed=7, per_kind=2)]
    assert first != [case.document.text for case in mutants(seed=8, per_kind=2)]


def test_a_mutant_differs_from_its_report_and_its_labels_lie_in_it() -> None:
    clean = {source.text for source in sample_sources()}
    for case in (*mutants(per_kind=4), *combined(count=16)):
        assert case.document.text not in clean
        assert case.labels
        for label in case.labels:
            for span in label.spans:
                assert span.end <= len(case.document.text), case.id


def test_combined_texts_hold_three_to_five_kinds() -> None:
    for case in combined(count=24):
        assert 3 <= len(case.labels) <= 5
        assert len(set(case.id.rpartition("/")[2].split("+"))) == len(case.labels)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_applies_to_some_sample(kind: DefectKind) -> None:
    assert any(list(kind.find(source, Random(0))) for source in sample_sources())


def test_only_complete_lists_are_sums() -> None:
    source = CleanReport("x", TEXT)
    (found,) = sums(source)
    assert found.span.of(TEXT) == "60件，其中邻里纠纷30件、婚姻纠纷20件、其他纠纷10件"
    assert found.is_closed
    assert not list(sums(CleanReport("x", TEXT.replace("30件", "31件"))))


def test_a_changed_part_no_longer_adds_up() -> None:
    source = CleanReport("x", TEXT)
    for seed in range(20):
        for edit in _kind("sum-part").find(source, Random(seed)):
            case = build(source, [Planned(_kind("sum-part"), edit)], case_id="a", group="b")
            assert not list(sums(CleanReport("x", case.document.text)))
            assert case.labels[0].spans[0].of(case.document.text).startswith("60件")


def test_a_dropped_problem_section_leaves_the_headings_in_order() -> None:
    kind = _kind("part-problems")
    for source in sample_sources():
        for edit in kind.find(source, Random(0)):
            text = build(source, [Planned(kind, edit)], case_id="a", group="b").document.text
            numbers = [
                line.strip("　")[0] for line in text.split("\n") if line.strip("　")[1:2] == "、"
            ]
            assert numbers == list("一二三四五六七八九")[: len(numbers)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4), st.text("甲乙", max_size=3))))
def test_labels_move_with_the_text(raw: list[tuple[int, int, str]]) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(80))
    planned: list[Planned] = []
    last = -2
    for start, length, new in sorted(raw):
        if start <= last + 1:
            continue
        last = start + length
        edit = Edit((TextEdit(start, last, new),), (Span(start, last),))
        planned.append(Planned(KINDS[0], edit))
    case = build(CleanReport("x", text), planned, case_id="a", group="b")
    told = [label.spans[0].of(case.document.text) for label in case.labels]
    assert told == [item.edit.changes[0].text for item in planned]


def test_edits_of_one_line_clash() -> None:
    one = Edit((TextEdit(2, 3, "x"),))
    other = Edit((TextEdit(8, 9, "x"),))
    assert clash(one, other, "0123456789")
    assert not clash(one, other, "01234\n6789")
    alone = Edit((TextEdit(2, 3, "x"),), is_alone=True)
    assert clash(alone, Edit((TextEdit(8, 9, ""),), is_alone=True), "01234\n6789")
