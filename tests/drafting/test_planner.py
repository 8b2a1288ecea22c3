"""Every fact lands in exactly one part, by meaning."""

import itertools
import random

import pytest

from app import resources
from app.drafting.intake.fact_types import fact_kind
from app.drafting.plan.planner import part_titles, plan
from app.formats.fact_files import read_fact_sheet
from app.report.profile import PROFILE_NAMES, PartKind, load_profile
from tests.drafting.helpers import fact, sheet_of

CASES = [
    ("乡镇", "排查矛盾纠纷192件，化解188件", "disputes"),
    ("乡镇", "接待群众来访28批46人次，全部办结", "petitions"),
    ("乡镇", "消防演练十一场，约780人次参加", "safety"),
    ("乡镇", "查处酒驾12起，劝导站劝导群众戴头盔430人次", "traffic"),
    ("乡镇", "夜间巡逻1290次，新装监控20路", "policing"),
    ("乡镇", "反诈宣讲36场，见面劝阻12人", "fraud"),
    ("乡镇", "法治讲座33场，发放普法资料1万份", "law"),
    ("乡镇", "网格48个，网格员上报事项1604件", "grid"),
    ("乡镇", "社区矫正对象8人，无脱管漏管", "people"),
    ("乡镇", "党委会专题研究平安建设7次，签订责任书34份", "organisation"),
    ("机关", "漏洞扫描4次，修复漏洞15个，数据备份12次", "network"),
    ("机关", "获全市平安机关先进集体", "results"),
    ("机关", "保密自查4次，检查计算机65台", "network"),
    ("国企", "接待来访52批88人次", "petitions"),
    ("市级", "群众安全感98.62%，较上年提高0.15个百分点", "results"),
]

KINDS = [
    ("存在问题：灰口铸铁管还有98公里，改造慢", PartKind.PROBLEMS),
    ("网格员业务能力还不够强", PartKind.PROBLEMS),
    ("老旧小区消防设施不足，隐患整改难度大", PartKind.PROBLEMS),
    ("个别科室对平安建设认识有待提高", PartKind.PROBLEMS),
    ("下一步：2026年6月底前完成改造", PartKind.PLANS),
    ("2026年将新建充电桩20处", PartKind.PLANS),
    ("计划再配1套检测设备", PartKind.PLANS),
    ("明年开展消防演练不少于三次", PartKind.PLANS),
    ("针对充电设施不足的问题，新建充电桩20处", PartKind.WORK),
    ("制定年度工作计划1份，召开会议3次", PartKind.WORK),
    ("发现隐患24处，整改23处，剩余1处2026年1月底前改完", PartKind.WORK),
    ("将平安建设纳入考核，占10分", PartKind.WORK),
    ("排查出问题42个，全部整改", PartKind.WORK),
    ("平均用时不足5分钟", PartKind.WORK),
]


@pytest.mark.parametrize(("profile", "text", "key"), CASES)
def test_fact_goes_to_the_part_it_is_about(profile: str, text: str, key: str) -> None:
    chosen = part_titles(sheet_of(text), load_profile(profile))["F1"]
    assert chosen == load_profile(profile).part(key).title


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_problems_and_plans_are_told_from_achievements_by_wording(
    text: str, kind: PartKind
) -> None:
    assert fact_kind(fact(1, text), 2025) is kind


def test_heading_of_the_writer_wins_over_cues() -> None:
    sheet = sheet_of("信访工作|消防演练3次", "存在的不足|力量配备3人")
    layout = plan(sheet, load_profile("乡镇"))
    assert layout.section_of("F1") == "petitions"
    assert layout.section_of("F2") == "problems"


def test_long_heading_of_the_writer_becomes_the_title() -> None:
    layout = plan(sheet_of("做实矛盾纠纷多元化解|排查纠纷3件"), load_profile("乡镇"))
    assert "做实矛盾纠纷多元化解" in {section.title for section in layout.sections}


def test_mandatory_part_without_facts_needs_input_and_optional_one_is_left_out() -> None:
    layout = plan(sheet_of("排查矛盾纠纷3件"), load_profile("乡镇"))
    needed = {section.key for section in layout.sections if section.needs_input}
    mandatory = {part.key for part in load_profile("乡镇").parts if part.mandatory}
    assert needed == mandatory - {"disputes"}
    assert "campus" not in {section.key for section in layout.sections}


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_examples_plan_to_a_usual_number_of_sections(name: str) -> None:
    sheet = read_fact_sheet(resources.examples_dir() / f"{name}.txt")
    layout = plan(sheet, load_profile(name))
    titled = [section for section in layout.sections if section.title]
    assert 5 <= len(titled) <= 9
    planned = [f.id for section in layout.sections for f in section.facts]
    assert sorted(planned) == sorted(f.id for f in sheet.facts)


def test_order_of_the_bullets_does_not_change_the_parts() -> None:
    texts = [text for profile, text, _ in CASES if profile == "乡镇"]
    profile = load_profile("乡镇")
    expected = dict(zip(texts, part_titles(sheet_of(*texts), profile).values(), strict=True))
    rng = random.Random(5)
    for _ in range(5):
        rng.shuffle(texts)
        found = dict(zip(texts, part_titles(sheet_of(*texts), profile).values(), strict=True))
        assert found == expected


def test_section_blocks_hold_the_sections_facts_in_order() -> None:
    sheet = read_fact_sheet(resources.examples_dir() / "乡镇.txt")
    for section in plan(sheet, load_profile("乡镇")).sections:
        inside = list(itertools.chain.from_iterable(block.facts for block in section.blocks))
        assert inside == list(section.facts)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("3名同志兼职多项安全工作，力量不足", PartKind.PROBLEMS),
        ("2个社区没有专职网格员，走访不够", PartKind.PROBLEMS),
        ("120户老旧住宅完成线路改造，剩余部分协调难度大", PartKind.WORK),
        ("15名网格员参加培训，业务薄弱的再训一次", PartKind.WORK),
    ],
)
def test_counted_subject_of_a_shortcoming_is_a_problem(text: str, kind: PartKind) -> None:
    assert fact_kind(fact(1, text), 2025) is kind


@pytest.mark.parametrize(
    ("profile", "text", "key"),
    [
        ("机关", "防溺水：家长签承诺书3416份，河道警示牌42块", "emergency"),
        ("机关", "文化市场执法：检查网吧870家次，查处未成年人进入网吧21起", "work"),
        ("乡镇", "群众文化：巡演96场，编排反诈小品7个", "work"),
        ("乡镇", "电诈立案71起", "fraud"),
        ("乡镇", "校园及周边整治：清理流动摊贩23户", "campus"),
        ("机关", "荣誉：县平安建设优秀单位", "opening"),
        ("机关", "上年被市安委会通报批评1次，今年未再发生", "work"),
        ("机关", "已推荐办公室参评先进集体，结果尚未公布", "work"),
    ],
)
def test_labels_and_subjects_place_a_fact_and_mentions_do_not(
    profile: str, text: str, key: str
) -> None:
    sheet = sheet_of(text, "召开专题会4次", "化解纠纷9件", "检查企业8家", "立案7起", "普法3场")
    layout = plan(sheet, load_profile(profile))
    section = next(s for s in layout.sections if any(f.id == "F1" for f in s.facts))
    told = {b.key for b in section.blocks if any(f.id == "F1" for f in b.facts)} or {section.key}
    assert key in told


def test_what_no_part_fits_is_said_to_be_unsure() -> None:
    sheet = sheet_of("群众文化：巡演96场", "排查矛盾纠纷42件", "结果尚未公布的平安单位评选已申报")
    assert plan(sheet, load_profile("机关")).unsure == ("F1", "F3")
