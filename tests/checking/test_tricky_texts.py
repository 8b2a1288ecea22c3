"""What real reports do: slips to be found, and what only looks like one. All rules look at each.

The texts are no whole reports, so that rules on title, signature and parts are left out.
"""

import pytest

from app.checking.context import CheckContext
from app.checking.engine import run_rules
from app.core.document import Document
from app.core.finding import Severity
from app.report.profile import load_profile

# (a text, the rules that must speak at warning and above)
SLIPS = (
    # masks and residue
    ("全市*个乡镇建成工作站，XX中学组织演练X场。", {"PH01"}),
    ("1-X月，受理来访30批；X-X月份办结28批。", {"PH01"}),
    ("按照党的XX大部署，[XXX]街道制定方案。", {"PH01"}),
    ("“xx平安在线”推送提醒340条。", {"PH01"}),
    ("据《XX社科》刊载，我局经验被推广。", {"PH01"}),
    ("发案数比去年增加（减少）12.5%。", {"PH02"}),
    ("群众满意率（如持平作持平表述）达98.6%。", {"PH02"}),
    ("（不涉及的不列）开展校园周边整治6次。", {"PH02"}),
    ("依据青平安办〔〕号文件开展自查。", {"PH01"}),
    ("云渡镇平安建设工作总结-政务公开\n全年召开会议6次。", {"PH02"}),
    ("【字号：大 中 小】全年召开会议6次。", {"PH02"}),
    ("全年召开会议6次。\n打印本页\n扫一扫在手机打开", {"PH02"}),
    ("您的位置：首页>工作动态\n全年召开会议6次。", {"PH02"}),
    ("相关报道：青岚市开展消防演练\n全年召开会议6次。", {"PH02"}),
    ("开展宣传12场。（省略350字，正式会员可完整阅读）", {"PH02"}),
    ("开展宣传12场。此处隐藏1203字。", {"PH02"}),
    ("一、组织领导\n全年召开会议6次。\n（\n二）矛盾化解\n全年化解纠纷30件。", {"ST06"}),
    ("认真学习总书记总书记重要讲话精神。", {"CO04"}),
    ("好的，以下是按您的要点写成的总结：\n全年召开会议6次。", {"PH02"}),
    ("全年召开会议6次。\n如需增删，请随时告诉我。", {"PH02"}),
    ("全年召开会议6次（注：数字仅为示例，请替换）。", {"PH02"}),
    ("**压实责任**，召开会议6次；**化解矛盾**，办结36件。", {"PH02"}),
    ("李四 2025/12/1 9:15:22\n全年召开会议6次。", {"PH02"}),
    # figures
    ("查处违法行为32起，其中超速12起、酒驾8起、其他15起。", {"NU01"}),
    ("全年接警30起，其中火灾12起、救援9起、其他5起。", {"NU01"}),
    ("盗窃案件由0起上升到2起，增长100%。", {"NU04"}),
    ("受理信访7696件，办结6197件，办结率85.32%。", {"NU03"}),
    ("组织宣传近百余场，参加群众3000人。", {"NU07"}),
    ("争取资金8余万元，改造线路3条。", {"NU07"}),
    # wording
    ("制定巡查制度，完善巡查制度，确保隐患隐患及时发现。", {"CO04"}),
    ("实现（（全覆盖）。", {"LA02"}),
    ("综治中心建设，走访120户，群众满意率104.2%。", {"NU07"}),
    ("全年未发生火灾。六月发生火灾2起，均已扑灭。", {"NU08"}),
    ("工作站与派出所联动，排查隐患 18 处，整改 20 处。", {"NU02"}),
)  # fmt: skip

CLEAN = (
    # rounding and units
    "全年投入12.4亿元，其中道路6.1亿元、水利4.2亿元、学校2.0亿元。",
    "经费合计9.28亿元，其中人员5.31亿元、设备2.76亿元、其他1.22亿元。",
    "各类占比分别为33.3%、33.3%、33.3%，合计99.9%。",
    "拨付三笔资金，分别为9.28亿元、1116万元、1.2亿元。",
    "受益群众13.5万人，其中残疾人1192人。",
    "净流出-9820万元，收入24,555万元，发放传单４００多万份。",
    "投入1.5 亿元，比上年多0.5 亿元。",
    # partial lists and figures side by side
    "化解纠纷120件，其中邻里纠纷38件。",
    "排查隐患65处，其中消防22处、用电18处等。",
    "破案19起，刑拘20人，起诉17人。",
    "化解纠纷65件，其中村级22件、镇级43件；按类别，邻里11件、婚姻9件、土地15件、其他30件。",
    "预算12500万元（含上级补助4918万元），支出12100万元。",
    "收入213亿元（其中专项201亿元），比上年增加50亿元，增长30.7%。",
    "现有网格员39人，年初20人，年内新聘23人、解聘4人。",
    "累计建成充电棚86处，今年新增9处，计划明年再建12处。",
    "受理42件，化解45件（含上年结转5件）。",
    # above 100 and fine, truncation, two roundings
    "税收完成预算的107.6%，增长425%，任务超额完成。",
    "发案率下降4.57%，降幅为4.6%。",
    "排查265件，化解262件，化解率98.8%。",
    # values without a written list
    "城乡居民收入分别为3.2万元和1.8万元。",
    "存贷款余额分别增长8.1%、9.4%。",
    "三次产业增加值分别为12亿元、30亿元、45亿元。",
    "软件和信息服务业营业收入增长12%。",
    # X, stars and brackets that are meant
    "推进“415X”产业集群和“1+N+X”预案体系。",
    "开展5G+X应用、XR培训，配备X光机2台，接入FTTx网络。",
    "“数据要素×”行动和X9联盟稳步推进。",
    "落实7×24小时值守，配备4×4巡逻车2辆。",
    "变化率为（本期数-同期数）/同期数*100%。",
    "印发《XX村（组）制度》范本，供各村参照。",
    "推行**“一站式”**受理，亟待补齐的短板逐项列出。",
    "张某因邻里纠纷到调解室求助，当日握手言和。",
    # counts and slogans
    "深化“三零”创建，严格落实“四不放过”，实现“六无”目标。",
    "加强“两新”组织党建，落实“三保”责任，推进“1310”部署。",
    "构建“1+7+7+7”体系，实施一二三四五六七行动。",
    "打造四高地一枢纽，妥善处置“25·7”洪水，深刻吸取“5·16”事故教训。",
    "接听12345热线1286件、110警情960起，印发青平安办〔2021〕5号文件。",
    "着力抓好三项工作。镇里把排查摆在首位，村里把化解落到实处，群众反映良好。",
    # words and layout
    "干部做事实实在在，邻里相处和和美美，作为为政之魂长抓不懈。",
    "帮助36名返乡人员实现再就业，一手继续抓巡防，推动服务重心下移。",
    "实事求是是调解的前提，信访事项不能不了了之，一个组一个组走访。",
    "做得好的予以表彰；希望各村对照清单整改，请告诉身边的老人不转账。",
    "群众常说“好的，我马上到”，人工智能助手“小渡”解答咨询860次。",
    "构建共建共治共享格局，开展文化文艺活动，支持创业创新，审议预算决算决议。",
    "一、组织领导\n（一）压实责任\n召开会议6次。\n二、矛盾化解\n（一）抓排查\n排查纠纷30件。",
    "一是抓排查，二是抓化解。\n三是抓宣传，四是抓巡逻。",
)  # fmt: skip


def spoken(text: str) -> dict[str, list[str]]:
    ctx = CheckContext(Document(text), load_profile("机关"))
    told: dict[str, list[str]] = {}
    for finding in run_rules(ctx):
        assert finding.quote == finding.span.of(text)
        is_of_whole_reports = finding.rule in ("ST01", "ST02", "ST04", "ST05")
        if finding.severity.rank >= Severity.WARNING.rank and not is_of_whole_reports:
            told.setdefault(finding.rule, []).append(finding.message)
    return told


@pytest.mark.parametrize(
    ("text", "rules"), SLIPS, ids=lambda v: v[:12] if isinstance(v, str) else ""
)
def test_a_slip_is_found_by_its_rule_alone(text: str, rules: set[str]) -> None:
    assert set(spoken(text)) == rules, spoken(text)


@pytest.mark.parametrize("text", CLEAN, ids=lambda v: v[:12])
def test_what_only_looks_like_a_slip_is_left_alone(text: str) -> None:
    assert spoken(text) == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("全年没有发生火灾。3月5日，城东一仓库发生火灾，过火面积40平方米。", 1),
        ("全年未发生火灾。六月发生火灾2起，均已扑灭。", 2),
    ],
)
def test_the_message_counts_what_is_said_not_to_have_happened(text: str, count: int) -> None:
    (message,) = spoken(text)["NU08"]
    assert message == f"这里写火灾有{count}起（件），另一处写未发生火灾，请核对。"
