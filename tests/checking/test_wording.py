"""Wrong writings, doubled words and repeats in the words that stand round them."""

import pytest

from app import resources
from app.checking.context import CheckContext
from app.checking.engine import load_rules, run_rules
from app.core.document import Document
from app.language import segmentation as words
from app.report.profile import load_profile

RULES = [rule for rule in load_rules() if rule.meta.code in ("LA01", "CO04")]
FORMULA = "收支相抵以后，当年预算收支平衡。"


def told(text: str) -> list[str]:
    ctx = CheckContext(Document(text), load_profile("机关"))
    return [finding.quote for finding in run_rules(ctx, RULES)]


def test_the_dictionary_is_not_opened_where_nothing_is_to_be_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(words, "_dictionary", refuse)
    words.look_up.cache_clear()
    words.cut.cache_clear()
    words._words_at.cache_clear()
    text = (resources.reports_dir() / "2024_青岚市.txt").read_text("utf-8")
    assert told(text) == []
    assert told("镇里以经整改的隐患。") == [""]  # the rule's own failure, told as such


def test_a_short_refrain_is_left_alone_but_no_copy() -> None:
    accounts = ("一般公共预算", "政府性基金预算", "社会保险基金预算")
    assert told("\n".join(f"{name}收入36万元。{FORMULA}" for name in accounts)) == []
    assert told(f"收入36万元。{FORMULA}\n支出28万元。{FORMULA}") == [FORMULA]
    assert told(f"收入36万元。{FORMULA * 3}") == [FORMULA * 2]


def test_words_a_reports_length_apart_are_no_repeat() -> None:
    sentence = "镇党委坚持每月一次专题会商，逐件研究群众反映强烈的突出问题。"
    between = "".join(f"第{n}组走访住户{n + 3}家。" for n in range(900))
    assert told(f"{sentence}\n{between}\n{sentence}") == []
    assert told(f"{sentence}\n{between[:3000]}\n{sentence}") == [sentence]


def test_a_heading_may_stand_on_the_cover_too() -> None:
    title = "关于临溪县云渡镇2024年度平安建设工作开展情况以及2025年打算的报告"
    assert told(f"{title}\n\n{title}\n今年以来，全镇社会大局平稳。") == []


def test_a_clause_at_the_head_of_parallel_figures_is_no_repeat() -> None:
    parallel = "收入86万元，加上上级补助和上年结余等，总计128万元；支出92万元，"
    assert told(f"{parallel}加上上级补助和上年结余等，总计128万元。") == []
