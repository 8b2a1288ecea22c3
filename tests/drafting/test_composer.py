"""The composer tells every fact, nothing else, in whole Chinese sentences."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import resources
from app.core.draft import DraftSection, SectionStatus
from app.core.facts import FactSheet
from app.drafting.plan.planner import plan
from app.drafting.prose.assemble import MISSING_DATE, assemble
from app.drafting.prose.composer import Composer, Phrase
from app.drafting.prose.wording import clause
from app.evidence.ground import ground
from app.formats.fact_files import read_fact_sheet
from app.language.terms import normalise
from app.report.profile import PROFILE_NAMES, load_profile
from tests.drafting.helpers import sheet_of

_FIGURE = re.compile(r"\d[\d.,]*\d|\d")
_TEMPLATES = [
    "排查矛盾纠纷{a}件，化解{b}件",
    "消防演练{a}次，{b}人次参加",
    "接待来访{a}批{b}人次",
    "反诈宣讲{a}场，听众约{b}余人次",
    "夜间巡逻{a}次；新装监控{b}路",
    "经费{a}.{b}万元，其中设备{b}万元",
    "漏洞扫描：{a}次，修复漏洞{b}个",
    "检查企业{a}家次，隐患{b}处",
    "案件立案{a}起，上年{b}起",
    "存在问题：设备只有{a}套，{b}个点位不够用",
    "下一步：新建停车点{a}处，培训{b}人次",
    "法治讲座 {a} 场, 发放资料{b}份",
    "某项服务{a}项，惠及{b}户",
]


def draft(sheet: FactSheet, profile: str = "乡镇") -> tuple[DraftSection, ...]:
    return Composer(sheet).compose(plan(sheet, load_profile(profile)))


def body_of(sections: tuple[DraftSection, ...]) -> str:
    return "\n".join(s.text for s in sections if s.status is SectionStatus.OK)


facts = st.lists(
    st.builds(
        lambda template, a, b: template.format(a=a, b=b),
        st.sampled_from(_TEMPLATES),
        st.integers(2, 9999).filter(lambda n: n != 2025),
        st.integers(2, 9999).filter(lambda n: n != 2025),
    ),
    min_size=1,
    max_size=14,
    unique=True,
)


@settings(max_examples=60, deadline=None)
@given(facts, st.sampled_from(PROFILE_NAMES))
def test_every_figure_of_the_facts_is_told_once_and_none_else(
    texts: list[str], profile: str
) -> None:
    sheet = sheet_of(*texts)
    sections = draft(sheet, profile)
    body = body_of(sections)
    told = Counter(_FIGURE.findall(body)) - Counter(["2025"])
    given_figures = Counter(f for text in texts for f in _FIGURE.findall(text)) - Counter(["2025"])
    assert told == given_figures
    grounding = ground(body, sheet, strict=True)
    assert grounding.unsourced == ()
    assert grounding.unused == ()


@settings(max_examples=40, deadline=None)
@given(facts)
def test_same_facts_give_the_same_text_and_every_sentence_is_whole(texts: list[str]) -> None:
    sheet = sheet_of(*texts)
    sections = draft(sheet)
    assert sections == draft(sheet)
    for section in sections:
        if section.status is SectionStatus.NEEDS_INPUT:
            continue
        assert "".join(s.text for s in section.sentences) == section.text.replace("\n", "")
        assert section.text.endswith("。")
        assert not re.search(r"[，；。：]{2}|[,;]|\s{2}|。；|；。", section.text)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(lambda t: t.strip()))
def test_any_text_as_a_fact_is_told_without_a_crash(text: str) -> None:
    sheet = sheet_of(text.replace("|", "｜"), "排查矛盾纠纷3件")
    sections = draft(sheet)
    assert {i for s in sections for x in s.sentences for i in x.facts} == {"F1", "F2"}


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_examples_are_told_whole(name: str) -> None:
    sheet = read_fact_sheet(resources.examples_dir() / f"{name}.txt")
    sections = draft(sheet, name)
    grounding = ground(body_of(sections), sheet, strict=True)
    assert (grounding.unsourced, grounding.unused) == ((), ())
    openings = [s.sentences[0].text for s in sections]
    assert len(set(openings)) == len(openings)


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        ("消防演练6次", "组织消防演练6次"),
        ("消防演练：6次，参加820人", "组织消防演练6次，参加820人"),
        ("- 排查矛盾纠纷 42 件, 化解 40 件", "排查矛盾纠纷42件，化解40件"),
        ("案件立案21起，上年23起，下降8.7%", "案件立案21起，比上年的23起下降8.7%"),
        (
            "事故38起、死亡25人，上年41起、27人，分别下降7.3%、7.4%",
            "发生事故38起、死亡25人，比上年的41起、27人分别下降7.3%、7.4%",
        ),
        ("演练34次：综合4次、专项30次", "组织演练34次，其中综合4次、专项30次"),
        ("安全检查352次，隐患421处", "开展安全检查352次，发现隐患421处"),
        ("档案执法检查28家单位", "档案执法检查28家单位"),
        ("安全投入1,533.5万元，增长8.0%", "安全投入1,533.5万元，增长8.0%"),
        ("（1）召开会议3次。", "召开会议3次"),
        ("隐患整改：发现35处，整改33处", "隐患整改方面，发现35处，整改33处"),
        ("平安指数98.6", "平安指数98.6"),
        ("一是召开会议3次", "召开会议3次"),
        ("3月5日开展集中宣传", "3月5日开展集中宣传"),
    ],
)
def test_telegraphic_bullets_become_clauses(bullet: str, expected: str) -> None:
    assert clause(bullet) == expected


def test_normalise_keeps_decimal_points_times_and_addresses() -> None:
    assert normalise("8:30开始,投入3.5万元(含设备)") == "8:30开始，投入3.5万元（含设备）"


def test_problems_and_plans_are_numbered_lists() -> None:
    sections = draft(sheet_of("存在问题：设备老化", "存在问题：人手不够", "下一步：新建停车点2处"))
    by_key = {s.key: s.text for s in sections}
    assert "一是设备老化；二是人手不够。" in by_key["problems"]
    assert by_key["plans"].endswith("新建停车点2处。")
    assert "一是" not in by_key["plans"]


def test_mandatory_part_without_facts_is_a_placeholder_never_prose() -> None:
    sections = draft(sheet_of("排查矛盾纠纷3件"))
    empty = [s for s in sections if s.status is SectionStatus.NEEDS_INPUT]
    assert empty
    assert all(re.fullmatch(r"【待补充：[^】]+】", s.text) for s in empty)


def test_date_is_the_writers_or_a_placeholder() -> None:
    sheet = sheet_of("排查矛盾纠纷3件")
    assert MISSING_DATE in assemble(sheet, draft(sheet))
    dated = sheet_of("排查矛盾纠纷3件", date="2025年12月18日")
    text = assemble(dated, draft(dated))
    assert text.rstrip().endswith("临溪县云渡镇\n2025年12月18日")


def test_phrase_of_a_past_report_is_noted_with_its_passage() -> None:
    sheet = sheet_of("上报各类事项30件", unit="某某服务站")
    layout = plan(sheet_of("开设服务点30个"), load_profile("乡镇"))
    key = next(s.key for s in layout.sections if s.facts)
    phrases = {key: (Phrase("坚持从细处着眼，", "P7"),)}
    sections = Composer(sheet, phrases=phrases).compose(layout)
    sentences = [x for s in sections for x in s.sentences if "F1" in x.facts]
    assert all(not x.passages or x.passages == ("P7",) for x in sentences)


def test_opening_led_by_a_past_phrase_names_its_passage() -> None:
    sheet = sheet_of("检查企业246家次，发现隐患337处", "消防演练11次，约780人次参加")
    layout = plan(sheet, load_profile("乡镇"))
    fits, foreign = Phrase("聚焦重点行业，", "P3"), Phrase("紧扣跨海大桥和滩涂养殖，", "P9")
    sections = Composer(sheet, phrases={"safety": (foreign, fits)}).compose(layout)
    lent = [s for x in sections for s in x.sentences if s.passages]
    assert lent
    assert {s.passages for s in lent} == {("P3",)}
    assert all(s.text.startswith("聚焦重点行业，") for s in lent)
    assert "滩涂" not in body_of(sections)
    assert ground(body_of(sections), sheet, strict=True).complaints == ()
