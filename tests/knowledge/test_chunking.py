from hypothesis import given, settings
from hypothesis import strategies as st

from app.knowledge.chunking import cut_passages
from app.knowledge.clean import clean_report
from app.knowledge.passage import Passage, ReportInfo
from app.knowledge.tokens import count_tokens
from tests.knowledge.samples import report_text


def cut(text: str, budget: int = 320) -> tuple[Passage, ...]:
    info = ReportInfo("云渡镇", 2024, "乡镇")
    return cut_passages(
        text, budget_tokens=budget, count_tokens=count_tokens, info=info, report_id="R1"
    )


def test_passages_follow_the_headings() -> None:
    passages = cut(clean_report(report_text()))
    assert [p.heading_path for p in passages] == [
        (),
        ("加强组织领导，压实平安建设责任",),
        ("抓实矛盾纠纷排查化解", "排查在早"),
        ("抓实矛盾纠纷排查化解", "调解在小"),
        ("守牢安全生产和消防安全底线",),
        ("存在的问题和下一步打算",),
        ("存在的问题和下一步打算",),
    ]
    assert [p.position for p in passages] == list(range(len(passages)))
    assert {p.report_id for p in passages} == {"R1"}


def test_parts_are_recognised() -> None:
    parts = [p.part for p in cut(clean_report(report_text()))]
    assert {"organisation", "disputes", "safety", "problems", "plans"} <= set(parts)


def test_problems_and_plans_in_one_paragraph_become_two_passages() -> None:
    text = (
        "一、消防安全\n组织消防演练，检查沿街商铺，督促整改火灾隐患。\n二、其他\n"
        + "网格员坚持每周走访，及时掌握邻里之间的矛盾苗头，做到早发现早化解。工作中还存在"
        + "网格员力量不足、群众防范意识不够强、部分小区技防设施陈旧等问题。"
        + "下一步，将加强培训，完善机制，增加投入。"
    )
    passages = cut(text)
    assert [p.text[:6] for p in passages[-2:]] == ["工作中还存在", "下一步，将加"]
    assert [p.part for p in passages[-2:]] == ["problems", "plans"]


def test_title_addressee_signature_and_date_belong_to_no_passage() -> None:
    text = "".join(p.text for p in cut(clean_report(report_text())))
    assert "人民政府" not in text
    assert "12月20日" not in text
    assert "工作总结" not in text


def test_a_sentence_that_begins_as_a_heading_stays_whole() -> None:
    text = "1.建立说事室，请老党员参与调解，把道理讲在情分里。\n2.推行清单制，做到件件有人管。"
    assert "建立说事室，请老党员参与调解，把道理讲在情分里。" in cut(text)[0].text


def test_a_sentence_above_the_budget_stays_whole() -> None:
    long = "网格员坚持每周走访，" * 40 + "效果明显。"
    passages = cut(f"一、工作\n{long}另有一句。", budget=50)
    assert passages[0].text == long


SENTENCE = st.text(alphabet="安全生产消防演练网格员走访，", min_size=8, max_size=60).map(
    lambda body: f"检{body}查。"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SENTENCE, min_size=1, max_size=25), st.integers(30, 200))
def test_every_sentence_is_whole_and_in_exactly_one_passage(lines: list[str], budget: int) -> None:
    text = "一、工作情况\n" + "".join(lines)
    passages = cut(text, budget)
    assert "".join(p.text for p in passages) == "".join(lines)
    for passage in passages:
        assert passage.text.endswith("。")
        assert count_tokens(passage.text) <= budget or passage.text.count("。") == 1


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="一二、（）1.。，：\n安全x ", max_size=300))
def test_any_text_can_be_cut(text: str) -> None:
    passages = cut(text)
    assert all(p.text.strip() for p in passages)
    assert len({p.id for p in passages}) == len(passages)
