"""How bullets are worded, ordered and led: each rule with cases of several offices."""

import re
from pathlib import Path

import pytest

from app import resources
from app.core.draft import DraftSection
from app.drafting.plan.groups import in_order
from app.drafting.plan.planner import plan
from app.drafting.prose.composer import Composer
from app.drafting.prose.phrase_book import load_phrase_book
from app.drafting.prose.wording import clause, is_award, is_nil, is_personal
from app.formats.fact_files import read_fact_sheet
from app.report.profile import load_profile
from app.services.drafting import draft_report
from app.settings import Settings, default_home
from tests.drafting.helpers import fact, sheet_of

# A bridge may say what is thought or aimed at, never that something was set up or held.
_DEED = re.compile(
    r"严格落实|落实.{1,8}(?:责任制|要求)|(?:开展|组织|召开|举办|建立|成立|印发|出台|签订|划拨|配齐|增设)(?!领导)"
    r"|完善预案|备足物资|加密力量|已|了(?!解)|全部"
)


def sections_of(
    *texts: str, unit: str = "临溪县云渡镇", profile: str = "乡镇"
) -> list[DraftSection]:
    sheet = sheet_of(*texts, unit=unit)
    return list(Composer(sheet).compose(plan(sheet, load_profile(profile))))


def home_of(text: str, profile: str) -> str:
    sheet = sheet_of(text, "召开例会3次", "排查矛盾纠纷8件", "安全检查9次，发现隐患4处")
    layout = plan(sheet, load_profile(profile))
    return next(b.key for s in layout.sections for b in s.blocks if sheet.facts[0] in b.facts)


@pytest.mark.parametrize("key", load_phrase_book().parts)
def test_openings_and_leads_tell_no_work_done(key: str) -> None:
    part = load_phrase_book().part(key)
    leads = [lead.text for topic in part.topics for lead in topic.leads]
    for text in (*part.heads, *part.tails, *leads):
        assert not _DEED.search(text), text
        assert not re.search(r"[\d。；]", text), text


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        ("平安建设经费41.7万元，比上年增长11.2%，上年37.5万元", "比上年的37.5万元增长11.2%"),
        ("诈骗立案203起，下降18.8%，上年250起", "诈骗立案203起，比上年的250起下降18.8%"),
        ("轻伤事故2起，上年4起", "轻伤事故2起（上年4起）"),
        ("职工被骗1人、损失0.8万元，上年3人、5.2万元", "损失0.8万元（上年3人、5.2万元）"),
        ("办结率99.4%，上年98.7%", "办结率99.4%（上年98.7%）"),
        ("客车218辆，全年安全行驶2936万公里", "218辆客车全年安全行驶2936万公里"),
        ("校车6辆，安全运行无事故", "6辆校车安全运行无事故"),
        ("巡逻艇4艘，累计航行1.2万海里", "4艘巡逻艇累计航行1.2万海里"),
        ("夜巡740次", "开展夜巡740次"),
        ("食品安全快检560批次", "开展食品安全快检560批次"),
        ("电动自行车飞线整治，拆除飞线640处", "开展电动自行车飞线整治，拆除飞线640处"),
        ("生产安全死亡事故0起", "生产安全死亡事故0起"),
        ("门诊投诉接待处受理218件", "门诊投诉接待处受理218件"),
        ("等保测评通过，封堵漏洞6个", "通过等保测评，封堵漏洞6个"),
        ("应急演练：综合2次、专项14次", "开展应急演练，综合2次、专项14次"),
        ("重复信访化解专项：台账213件", "推进重复信访化解专项，台账213件"),
    ],
)
def test_bullets_become_clauses_with_a_verb(bullet: str, expected: str) -> None:
    assert expected in clause(bullet)


@pytest.mark.parametrize("text", ["客车218辆，更换12辆", "网格89个，网格员89名", "校车6辆"])
def test_only_what_moves_is_turned_round(text: str) -> None:
    assert not re.match(r"\d", clause(text))


@pytest.mark.parametrize(
    ("profile", "text", "key"),
    [
        ("国企", "居民用户入户安检36.5万户，到访不遇4.1万户", "safety"),
        ("国企", "更换橡胶软管12.7万根，加装自闭阀9.6万只", "safety"),
        ("国企", "生产车辆43辆，全年安全行驶86万公里", "traffic"),
        ("机关", "校车6辆，安全运行无事故", "traffic"),
        ("机关", "救助流浪乞讨人员173人次", "people"),
        ("机关", "家长志愿护学队16支，护学720人次", "people"),
        ("机关", "接处警1268起，出动车辆2104台次", "emergency"),
        ("市级", "网络安全应急演练2次，通报整改漏洞164个", "network"),
        ("市级", "政务云安全检查2次，发现高危漏洞19个", "network"),
        ("市级", "学校、医院、商场反恐防暴演练66场", "policing"),
        ("市级", "社区警务室63个，社区民警专职化率100%", "policing"),
        ("国企", "冻结涉诈账户217个", "fraud"),
        ("机关", "招商引资到位资金68亿元", "work"),
        ("国企", "水费收缴1.12亿元，回收率98.3%", "work"),
        ("乡镇", "赛龙舟活动参加者320人", "work"),
    ],
)
def test_fact_is_told_under_what_it_is_about(profile: str, text: str, key: str) -> None:
    assert home_of(text, profile) == key


@pytest.mark.parametrize("text", ["清理涉企“挂案”164件", "涉企“挂案”清理23件，办结20件"])
def test_suspended_cases_are_no_matter_of_data(text: str) -> None:
    assert home_of(text, "市级") != "network"


@pytest.mark.parametrize(
    "text",
    [
        "驾驶员雷国安见义勇为救落水旅客1人，获见义勇为先进个人称号",
        "护士长林秀梅获市五一劳动奖章",
        "抄表员王建国拾金不昧，上交现金2.3万元",
        "指战员周海涛在洪水中连续救出7名群众，被评为全省先进个人",
    ],
)
def test_deed_or_medal_of_one_person_is_not_told_in_the_opening(text: str) -> None:
    assert is_personal(text)
    opening = sections_of(text, "召开例会3次", unit="石泷县供水公司", profile="国企")[0]
    assert "F1" not in {i for s in opening.sentences for i in s.facts}


@pytest.mark.parametrize(
    "text", ["公司获县级文明单位", "获市直机关平安单位称号", "学校获评市级平安校园"]
)
def test_honour_of_the_unit_stays_in_the_opening(text: str) -> None:
    assert is_award(text)
    assert not is_personal(text)
    opening = sections_of(text, "召开例会3次")[0]
    assert "F1" in {i for s in opening.sentences for i in s.facts}


@pytest.mark.parametrize("text", ["全年无燃气爆炸、中毒伤亡事故", "特殊患者住院138人，无走失事件"])
def test_nothing_of_a_kind_is_a_nil_claim(text: str) -> None:
    assert is_nil(text)


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (("务工纠纷24件", "矛盾纠纷总数154件，化解150件"), 1),
        (("物业纠纷调解站6个", "全镇排查矛盾纠纷238件，化解229件"), 1),
        (("入室盗窃107起", "刑事案件立案612起"), 1),
        (("未发生命案", "夜巡740次"), 1),
    ],
)
def test_totals_open_and_nil_claims_close(texts: tuple[str, ...], first: int) -> None:
    facts = [fact(number, text) for number, text in enumerate(texts)]
    assert in_order(facts)[0] is facts[first]


def test_split_of_a_total_stays_behind_it() -> None:
    facts = [
        fact(1, "务工纠纷24件"),
        fact(2, "排查矛盾纠纷436件，化解427件"),
        fact(3, "其中邻里168件、物业214件、其他54件"),
    ]
    assert [f.id for f in in_order(facts)] == ["F2", "F3", "F1"]


@pytest.mark.parametrize(
    "verdict", ["社区工作者持证率58%，偏低", "调解员42名，不足", "覆盖率61%，仍较低"]
)
def test_verdict_on_a_figure_is_a_problem(verdict: str) -> None:
    assert home_of(verdict, "乡镇") == "problems"


def test_lead_stands_only_before_a_fact_it_fits() -> None:
    for profile, text, words in (
        ("市级", "法律援助案件842件", "依法办事"),
        ("乡镇", "圩日治安巡逻156次", "处罚"),
        ("国企", "数据机房容灾演练1次", "数据分级"),
        ("乡镇", "铁路沿线隐患巡查48次", "路面险情"),
    ):
        body = "".join(s.text for s in sections_of(text, "召开例会3次", profile=profile))
        assert words not in body


def test_reports_of_different_units_open_differently() -> None:
    texts = ("召开例会3次", "排查矛盾纠纷68件，化解67件", "安全检查9次，发现隐患40处，整改40处")
    opened = [
        tuple(s.sentences[0].text for s in sections_of(*texts, unit=unit) if s.title)
        for unit in ("临溪县云渡镇", "临溪县石桥镇", "梧川县柏泉乡", "松陵县南浦街道办事处")
    ]
    assert len(set(opened)) == len(opened)


def test_every_section_opens_with_words_and_lists_more_than_one_item() -> None:
    folders = (resources.examples_dir(), Path(__file__).parent / "sheets")
    for path in (p for folder in folders for p in sorted(folder.glob("*.txt"))):
        sheet = read_fact_sheet(path)
        for section in Composer(sheet).compose(
            plan(sheet, load_profile(sheet.unit_type or "机关"))
        ):
            assert not re.match(r"[一二三]是|（一）", section.text), path.name
            assert ("一是" in section.text) == ("二是" in section.text), section.text


def test_plans_do_not_say_twice_that_they_are_plans() -> None:
    plans = (
        "下一步：计划更新改造老城区供热管网18公里",
        "下一步：拟在农贸市场周边新建临时停车点2处",
        "召开例会3次",
    )
    body = sections_of(*plans)[-1].text
    assert "一是更新改造老城区供热管网18公里" in body
    assert "二是在农贸市场周边新建临时停车点2处" in body


@pytest.mark.parametrize("text", ["下一步：计划网格3批", "下一步：拟走访12户", "计划宣传9次"])
def test_short_plan_keeps_its_words(text: str) -> None:
    sheet = sheet_of(text, "召开例会3次")
    draft = draft_report(sheet, settings=Settings(default_home()))
    assert all(draft.fact_uses.values())


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        (
            "七成以上纠纷在村里解决：全年191起，村级139起，乡级52起",
            "七成以上纠纷在村里解决，全年191起，村级139起，乡级52起",
        ),
        ("防汛：转移群众86人", "防汛方面，转移群众86人"),
        ("重阳节前走访独居老人312名，装上呼叫器98部", "重阳节前走访独居老人312名，装上呼叫器98部"),
        ("独居老人312名，其中孤寡41名", "现有独居老人312名，其中孤寡41名"),
    ],
)
def test_sentence_before_a_colon_and_people_who_were_visited(bullet: str, expected: str) -> None:
    assert clause(bullet) == expected


@pytest.mark.parametrize(
    ("text", "is_honour"),
    [
        ("青年突击队获“市级青年文明号”", True),
        ("信访科荣膺“巾帼文明岗”", True),
        ("获取“一标三实”信息3.2万条", False),
        ("获救群众“平安”转移18人", False),
    ],
)
def test_title_in_quotes_is_an_honour(text: str, is_honour: bool) -> None:
    assert is_award(text) is is_honour


def test_one_heading_of_the_writer_stands_once_over_facts_of_two_parts() -> None:
    sections = sections_of(
        "矛盾调解|各级调解组织化解纠纷3.2万件，成功率97.6%；诉前分流1.17万件",
        "矛盾调解|市、县两级领导包案化解积案286件，化解率93.8%",
        "市域治理|12个综治中心全部实体化运行，入驻部门平均17个，接待群众15.6万人次",
        "市域治理|网格208个，专职网格员430名，上报事件2680件",
        unit="云栖市",
        profile="市级",
    )
    text = "".join(section.text for section in sections)
    assert text.count("市域治理") == 1
