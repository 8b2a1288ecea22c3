"""Each metric of a draft turns up what it is there for, and nothing else."""

from collections.abc import Callable

import pytest

from app.formats.fact_files import parse_fact_sheet
from eval.cases import sample_cases
from eval.draft_cases import DraftCase, DraftOutput, ExpectedFact, ExpectedFigure, draft_cases
from eval.draft_claims import residue, unsupported_claims
from eval.draft_metrics import (
    altered_facts,
    copied_share,
    coverage,
    foreign,
    lost_figures,
    prompt_leaks,
    score,
    unsourced_figures,
)
from eval.metrics import Score
from eval.reading import read_one

_SHEET = (
    "单位：松陵县石桥镇\n年度：2025\n类型：乡镇\n"
    "- 全镇排查矛盾纠纷238件，化解229件\n- 汛期转移群众476人，未发生溺亡\n"
)
_GOOD = "全镇排查矛盾纠纷238件，化解229件。汛期转移群众476人，未发生溺亡。"


def _case() -> DraftCase:
    sheet = parse_fact_sheet(_SHEET)
    bullets = (
        ExpectedFact(
            sheet.facts[0].text,
            ("纠纷",),
            (
                ExpectedFigure(read_one("238件"), ("排查",)),
                ExpectedFigure(read_one("229件"), ("化解",)),
            ),
            (),
        ),
        ExpectedFact(
            sheet.facts[1].text,
            ("汛期",),
            (ExpectedFigure(read_one("476人"), ("转移",)),),
            (("溺亡",),),
        ),
    )
    text = "\n".join(fact.text for fact in sheet.facts)
    return DraftCase("乡镇-9", sheet, text, bullets, ("溺亡",))


CASE = _case()
Metric = Callable[[DraftCase, DraftOutput], Score]


def value(metric: Metric, text: str) -> float | None:
    return metric(CASE, DraftOutput(text)).value


def test_a_faithful_draft_has_no_fault() -> None:
    told = score(CASE, DraftOutput(_GOOD))
    faults = {name: told[name].value for name in ("unsourced", "altered", "foreign", "claims")}
    assert faults == {"unsourced": 0, "altered": 0, "foreign": 0, "claims": 0}
    assert told["coverage"].value == 1
    assert told["lost_figures"].value == 0


def test_an_invented_figure_is_unsourced() -> None:
    found = unsourced_figures(CASE, DraftOutput(_GOOD + "开展专项检查37次。"))
    assert found.value == 1
    assert "⟦37次⟧" in found.evidence[0]


def test_the_year_of_the_report_is_no_unsourced_figure() -> None:
    assert value(unsourced_figures, "2025年，" + _GOOD) == 0
    assert value(unsourced_figures, "2024年，" + _GOOD) == 1


@pytest.mark.parametrize(
    "text",
    [
        "全镇排查矛盾纠纷229件，化解238件。汛期转移群众476人。",  # changed places
        "全镇排查矛盾纠纷近238件。",  # less exact
        "全镇排查矛盾纠纷238人。",  # another unit
        "全镇化解矛盾纠纷238件。",  # another thing
        "安装路灯476盏。",
    ],
)
def test_a_right_figure_on_the_wrong_thing_is_altered(text: str) -> None:
    assert (value(altered_facts, text) or 0) >= 1
    assert value(unsourced_figures, text) == 0


def test_a_lost_figure_and_a_lost_word_cost_the_fact() -> None:
    assert value(coverage, "全镇排查矛盾纠纷238件。汛期转移群众476人，未发生溺亡。") == 0.5
    assert value(coverage, "全镇排查矛盾纠纷238件，化解229件。汛期转移群众476人。") == 0.5
    assert value(lost_figures, "汛期转移群众476人。") == 2


def test_names_of_past_reports_are_foreign() -> None:
    assert value(foreign, _GOOD + "推广船家调解室做法。") == 1


@pytest.mark.parametrize(
    "claim",
    [
        "全年没有发生任何矛盾纠纷事件。",
        "荣获全国先进集体称号。",
        "相关做法在全省率先推广。",
        "群众安全感明显提升了。",
        "为沿江居民安装了照明灯具和太阳能板。",
    ],
)
def test_claims_without_a_fact_are_found(claim: str) -> None:
    assert (value(unsupported_claims, _GOOD + claim) or 0) >= 1


def test_a_claim_of_the_facts_is_supported() -> None:
    assert value(unsupported_claims, _GOOD) == 0


@pytest.mark.parametrize(
    "text", ["## 工作\n", "**重点**", "好的，", "以上内容仅供参考", "- 一条\n"]
)
def test_markdown_and_chat_are_residue(text: str) -> None:
    assert (value(residue, text + _GOOD) or 0) >= 1
    assert value(residue, _GOOD) == 0


def test_copied_runs_are_measured() -> None:
    past = sample_cases()[0].document.text[300:500]
    assert (value(copied_share, _GOOD + past) or 0) > 0.5
    assert value(copied_share, _GOOD) == 0


def test_what_reaches_a_prompt_is_looked_through() -> None:
    prompt = "<参考>\n龙井坳村调处纠纷22件。\n</参考>\n<要点>\n- 化解229件\n</要点>"
    assert prompt_leaks(CASE, DraftOutput(_GOOD, prompts=(prompt,))).value == 2
    assert prompt_leaks(CASE, DraftOutput(_GOOD)).value is None


def test_a_draft_that_failed_is_unscored() -> None:
    assert all(s.value is None for s in score(CASE, DraftOutput(error="坏了")).values())


def test_there_are_three_sheets_of_each_type_with_labels() -> None:
    cases = draft_cases()
    assert len(cases) == 12
    assert sorted(case.group for case in cases) == sorted(["机关", "国企", "乡镇", "市级"] * 3)
    assert len({case.group for case in cases[:4]}) == 4
    assert all(case.is_labelled and case.sheet.unit_type for case in cases)
