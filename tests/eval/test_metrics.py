from app.core.document import Document, Span
from app.core.finding import Finding, Related, Severity
from eval.cases import Label, TextCase
from eval.metrics import (
    Output,
    Scope,
    Score,
    f_one,
    false_alarms,
    match,
    match_sentence,
    pool,
    precision,
    recall,
)

TEXT = "全年排查矛盾纠纷42件，化解45件，化解率XX%。"
SCOPE = Scope(("NU", "PH", "ST"), recall_only=("LA01",))


def finding(
    rule: str,
    start: int,
    end: int,
    *,
    severity: Severity = Severity.ERROR,
    message: str = "",
    related: tuple[Span, ...] = (),
) -> Finding:
    span = Span(start, end)
    others = tuple(Related(s, s.of(TEXT)) for s in related)
    return Finding(rule, "x", severity, span, span.of(TEXT), message, related=others)


def case(*labels: Label, touched: tuple[Span, ...] = ()) -> TextCase:
    return TextCase("one", "group", Document(TEXT), labels, touched)


def test_a_label_is_found_by_its_rule_overlapping_it() -> None:
    sample = case(Label(("NU02",), (Span(4, 16),)))
    right = match(sample, Output((finding("NU02", 10, 20),)), SCOPE)
    assert len(right.hits) == 1
    assert not right.false_alarms
    beside = match(sample, Output((finding("NU02", 16, 20),)), SCOPE)
    assert len(beside.missed) == 1
    assert len(beside.false_alarms) == 1


def test_another_rule_at_the_place_neither_finds_nor_is_false() -> None:
    matching = match(
        case(Label(("NU02",), (Span(4, 16),))), Output((finding("NU01", 5, 9),)), SCOPE
    )
    assert len(matching.missed) == 1
    assert not matching.false_alarms


def test_optional_labels_count_neither_way() -> None:
    sample = case(Label(("PH01",), (Span(20, 22),), is_optional=True))
    told = match(sample, Output((finding("PH01", 20, 22),)), SCOPE)
    untold = match(sample, Output(), SCOPE)
    for matching in (told, untold):
        assert recall(sample, matching).value is None
        assert precision(sample, matching).value is None


def test_a_missing_part_is_found_by_naming_it() -> None:
    sample = case(Label(("ST01",), (), "存在问题"))
    named = finding("ST01", 24, 24, message="全文没有“存在的问题”部分。")
    other = finding("ST01", 24, 24, message="全文没有“下一步打算”部分。")
    assert len(match(sample, Output((named,)), SCOPE).hits) == 1
    assert len(match(sample, Output((other,)), SCOPE).false_alarms) == 1


def test_infos_do_not_count() -> None:
    quiet = finding("NU02", 4, 16, severity=Severity.INFO)
    matching = match(case(Label(("NU02",), (Span(4, 16),))), Output((quiet,)), SCOPE)
    assert len(matching.missed) == 1


def test_a_recall_only_rule_raises_no_false_alarm() -> None:
    assert not match(case(), Output((finding("LA01", 0, 2),)), SCOPE).false_alarms


def test_consequences_of_a_change_are_no_false_alarms() -> None:
    touched = (Span(12, 14),)
    far = finding("NU05", 0, 2)
    related = finding("NU05", 0, 2, related=(Span(11, 13),))
    assert match(case(touched=touched), Output((far,)), SCOPE).false_alarms
    assert not match(case(touched=touched), Output((related,)), SCOPE).false_alarms


def test_a_sentence_is_judged_by_its_rules_alone() -> None:
    sample = case(Label(("NU02",), (Span(0, len(TEXT)),)))
    output = Output((finding("NU02", 4, 16), finding("PH01", 20, 22)))
    matching = match_sentence(sample, output, SCOPE)
    assert len(matching.hits) == 1
    assert [f.rule for f in matching.false_alarms] == ["PH01"]


def test_scores_are_pooled_by_weight_and_unscored_ones_left_out() -> None:
    pooled = pool([Score(1.0, 3), Score(0.0, 1, ("x",)), Score(None, 0)])
    assert pooled == Score(0.75, 4, ("x",))
    assert pool([Score(None, 0)]).value is None


def test_false_alarms_are_told_per_1000_characters() -> None:
    sample = case()
    score = false_alarms(sample, match(sample, Output((finding("NU01", 0, 2),)), SCOPE))
    assert score.value == 1000 / len(TEXT)
    assert score.evidence[0].startswith("one：NU01（错误）：⟦全年⟧")


def test_f_one_of_nothing_is_nothing() -> None:
    assert f_one(None, 1.0) is None
    assert f_one(0.0, 0.0) == 0.0
    assert f_one(1.0, 0.5) == 2 / 3
