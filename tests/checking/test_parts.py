"""Parts are found by what passages say, whatever their heading."""

import pytest

from app.checking.context import CheckContext
from app.checking.parts import PartState, find_parts, is_whole_report
from app.checking.rules.st01_missing_section import place_of
from app.core.document import Document
from app.core.finding import PartStatus
from app.language.view import TextView
from app.report.profile import load_profile

HEAD = (
    "云渡镇2024年平安建设工作总结\n"
    "一、压实责任\n镇党委专题研究平安建设4次，成立领导小组，与12个村签订责任书，逐月调度。\n"
    "二、化解矛盾纠纷\n全年排查矛盾纠纷86件，化解84件，重点纠纷由领导包案，坚持问题导向，"
    "解决存在的问题。\n"
    "三、筑牢安全防线\n检查沿街商铺和渡口62次，整改消防隐患35处；组织夜间巡逻240次，"
    "新装监控18个。\n"
)
TAIL = "云渡镇人民政府\n2024年12月18日\n"


def states(body: str, profile: str = "乡镇") -> dict[str, PartState]:
    text = HEAD + body + TAIL
    return dict(find_parts(TextView(Document(text)), load_profile(profile).parts))


def status(body: str, key: str) -> PartStatus:
    return states(body)[key].status


@pytest.mark.parametrize(
    "body",
    [
        "四、存在的问题\n一是渡口值守人手不足；二是老街线路老化，仍有16户没有改造。\n",
        "四、短板弱项\n渡口值守人手不足，汛期倒班困难，老街线路老化。\n",
        "四、问题与不足\n（一）人手不足。渡口值守靠临时抽调。\n（二）设施老化。"
        "老街仍有16户没有改造。\n",
        "存在的问题\n渡口值守人手不足，汛期倒班困难，老街线路老化。\n",
        "但我们也清醒地看到，工作中还存在一些问题：一是值守人手不足；二是线路老化。\n",
        "虽然取得一定成效，但与群众期盼相比仍有差距，主要是渡口值守人手不足，"
        "老街线路老化，宣传覆盖面不广。\n",
        "回顾全年，我镇平安建设还有不少短板：渡口值守人手不足，汛期倒班困难，"
        "老街线路仍有16户没有改造。\n",
        "工作中也存在网格员业务不熟、反诈宣传覆盖面不够、夜间巡逻力量薄弱等不足，"
        "需要认真加以解决。\n",
        "四、存在的问题和下一步打算\n渡口值守人手不足，老街线路老化。下一步，"
        "增配值守人员，改造线路16户，抓好巡查。\n",
    ],
)
def test_problems_are_found_whatever_the_heading(body: str) -> None:
    assert status(body, "problems") is PartStatus.PRESENT


@pytest.mark.parametrize(
    "body",
    [
        "一年来虽然做了一些工作，但工作中还存在一些不足，有待改进。\n",
        "但我们也认识到工作中还存在一些薄弱环节，工作方法还存在着需要改进的地方。\n",
        "四、存在的问题\n工作中还有一些不足。\n",
    ],
)
def test_a_vague_clause_about_problems_is_thin(body: str) -> None:
    assert status(body, "problems") is PartStatus.THIN


@pytest.mark.parametrize(
    "body",
    [
        "",
        "四、突出问题专项整治\n排查发现的问题全部交办，解决群众反映的突出问题36个，"
        "问题整改率100%。\n",
        "四、坚持问题导向\n针对企业存在的消防问题，督促整改隐患21处，化解历史遗留问题3个。\n",
        "对检查中发现的问题，及时下达整改通知书，将安全隐患消灭在萌芽状态。\n",
    ],
)
def test_problems_that_were_dealt_with_are_no_problems_part(body: str) -> None:
    assert status(body, "problems") is PartStatus.MISSING


@pytest.mark.parametrize(
    "body",
    [
        "四、下一步打算\n2025年改造老街线路16户，增配值守人员2名，每月开展一次消防检查。\n",
        "四、2025年工作计划\n一是改造老街线路；二是增配值守人员；三是每月开展消防检查。\n",
        "四、努力方向\n继续排查矛盾纠纷，改造老街线路，增配渡口值守人员。\n",
        "下一步，我镇将改造老街线路16户，为渡口增配值守人员，每月开展一次消防检查，"
        "持续排查矛盾纠纷，抓好反诈宣传。\n",
        "2025年，全镇将重点抓好三件事：一是改造老街线路；二是增配渡口值守人员；"
        "三是逐村开展反诈宣传和消防演练。\n",
        "今后，我们将持续加强源头治理，推进矛盾纠纷排查化解常态化，加大隐患整治力度，"
        "健全群防群治机制，提升网格员业务能力。\n",
        "新的一年，我镇将围绕旅游秩序抓治理、围绕隐患清零抓整改、围绕能力提升抓队伍，"
        "把平安责任落实到村到组到户。\n",
    ],
)
def test_plans_are_found_whatever_the_heading(body: str) -> None:
    assert status(body, "plans") is PartStatus.PRESENT


@pytest.mark.parametrize(
    "body",
    [
        "下一步，我们将继续努力，扎实工作，开创平安建设工作新局面。\n",
        "下一步，我镇将严格落实上级部署，开拓创新，为全县平安稳定作出更大贡献。\n",
        "四、下一步打算\n再接再厉，再创佳绩。\n",
    ],
)
def test_empty_promises_are_thin(body: str) -> None:
    assert status(body, "plans") is PartStatus.THIN


@pytest.mark.parametrize(
    "body", ["", "会议听取了2025年工作安排汇报，研究部署下一步工作。\n", "全年工作平稳有序。\n"]
)
def test_plans_that_are_only_mentioned_are_missing(body: str) -> None:
    assert status(body, "plans") is PartStatus.MISSING


def test_work_parts_are_known_by_heading_or_by_what_is_said() -> None:
    found = states("")

    for key in ("organisation", "disputes", "safety", "policing"):
        assert found[key].status is PartStatus.PRESENT, key
        assert found[key].span is not None
        assert found[key].why
    assert found["network"].status is PartStatus.MISSING if "network" in found else True


def test_plans_for_safety_do_not_tell_safety_work() -> None:
    text = (
        "青岚市史志中心2024年平安建设工作总结\n一、组织领导\n成立领导小组，专题研究4次，"
        "签订责任书12份。\n"
        "二、化解矛盾\n排查内部矛盾纠纷3件，全部调解成功，做到小事不出科室，"
        "大事不出单位，难事及时上报。\n"
        "三、存在的问题\n一是消防检查频次不够；二是值班记录不规范；三是网络设备老化，更新不及时。\n"
        "四、下一步打算\n2025年，每月开展安全生产和消防检查，更换灭火器，组织应急演练，"
        "更新网络设备。\n"
    )
    found = find_parts(TextView(Document(text)), load_profile("机关").parts)

    assert found["safety"].status is PartStatus.MISSING


def test_missing_problems_belong_before_the_plans() -> None:
    body = "四、下一步打算\n2025年改造老街线路16户，增配值守人员2名，每月开展一次消防检查。\n"
    ctx = CheckContext(Document(HEAD + body + TAIL), load_profile("乡镇"))

    place = place_of(ctx, ctx.profile.part("problems"))

    assert len(place) == 0
    assert ctx.text[place.start :].startswith("四、下一步打算")


def test_missing_plans_belong_at_the_end_before_the_signature() -> None:
    ctx = CheckContext(Document(HEAD + TAIL), load_profile("乡镇"))

    place = place_of(ctx, ctx.profile.part("plans"))

    assert ctx.text[place.start :].strip() == TAIL.strip()


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("全年排查矛盾纠纷42件，化解40件。", False),
        ("第一句。\n第二句。", False),
        ("一、组织领导\n责任到人。", True),
        (HEAD, True),
        ("长" * 400, True),
        ("", False),
    ],
)
def test_sentences_are_no_report(text: str, is_whole: bool) -> None:
    assert is_whole_report(TextView(Document(text))) is is_whole


@pytest.mark.parametrize("name", ["机关", "国企", "乡镇", "市级"])
def test_every_profile_shares_the_keys_and_asks_for_little(name: str) -> None:
    profile = load_profile(name)
    mandatory = {part.key for part in profile.parts if part.mandatory}

    assert {"problems", "plans", "organisation", "disputes"} <= mandatory
    assert len(mandatory) <= 6
    for part in profile.parts:
        assert part.headings
        assert part.cues


@pytest.mark.parametrize(
    "start",
    [
        "2024年，我乡将",
        "20XX年，我乡将",
        "２０２５年，我乡将",
        "2025 年，我乡将",
        "下一\n步，我乡将",
    ],
)
def test_plans_count_however_their_year_is_written(start: str) -> None:
    body = "着重抓好巡逻和调解：一是更换监控12处；二是每季度排查一次纠纷和隐患。\n"
    ctx = CheckContext(Document(HEAD + start + body + TAIL), load_profile("乡镇"))

    assert ctx.parts["plans"].status is not PartStatus.MISSING


def test_complaints_alone_do_not_tell_disputes() -> None:
    text = (
        "云渡镇2024年平安建设工作总结\n一、群众诉求\n全年受理群众诉求和投诉86件，"
        "逐件登记、逐件答复，风险隐患及时上报综治中心，群众满意度提升。\n"
    )
    ctx = CheckContext(Document(text), load_profile("乡镇"))

    assert ctx.parts["disputes"].status is PartStatus.MISSING


@pytest.mark.parametrize(
    "body",
    [
        "工作短板：渡口值守人手不足，汛期倒班困难。\n",
        "全年平稳。存在的不足主要有：渡口值守人手不足；汛期倒班困难；老街线路老化。\n",
        "对照要求，主要差距在于：渡口值守人手不足。\n",
        "工作短板\n渡口值守人手不足，汛期倒班困难，老街线路老化。\n",
    ],
)
def test_a_label_in_its_line_opens_the_problems(body: str) -> None:
    assert status(body, "problems") is PartStatus.PRESENT


@pytest.mark.parametrize(
    "body",
    [
        "2025年工作思路：更换老街线路，增设渡口值守岗。\n",
        "下步打算：更换老街线路，增设渡口值守岗。\n",
        "2025年工作思路\n更换老街线路，增设渡口值守岗。\n",
    ],
)
def test_a_label_in_its_line_opens_the_plans(body: str) -> None:
    assert status(body, "plans") is PartStatus.PRESENT


def test_labels_of_problems_and_plans_in_one_paragraph_part_it() -> None:
    found = states("存在不足：渡口值守人手不足。下步打算：更换老街线路，增设渡口值守岗。\n")
    assert found["problems"].span is not None
    assert found["plans"].span is not None
    assert found["problems"].span.end <= found["plans"].span.start


@pytest.mark.parametrize(
    "body", ["检查发现的主要问题：通道堵塞、线路老化。\n", "整改的突出问题：线路老化。\n"]
)
def test_a_label_of_problems_found_elsewhere_opens_no_part(body: str) -> None:
    assert status(body, "problems") is PartStatus.MISSING


def test_the_opening_sentence_tells_who_leads() -> None:
    text = (
        "云渡镇2024年平安建设工作总结\n2024年，镇党委、政府统筹推进巡防、调解和宣传，全镇平稳有序。\n"
        "一、化解矛盾纠纷\n全年排查矛盾纠纷86件，化解84件。\n"
    )
    found = find_parts(TextView(Document(text + TAIL)), load_profile("乡镇").parts)
    assert found["organisation"].status is not PartStatus.MISSING
