"""Bullets without a label of their own: shortcomings, work done on them, and what is planned."""

import pytest

from app.drafting.intake.fact_types import FactType, fact_kind, heading_type, type_of
from app.formats.fact_files import parse_fact_sheet
from app.report.profile import PartKind
from tests.drafting.helpers import fact

_SHORTCOMINGS = (
    "部分乡镇监管人员身兼数职，平均每人要管46家企业",
    "网格员流动性大，全年更换32人",
    "老旧小区消防通道被占用现象时有发生",
    "个别村干部法治意识淡薄，遇事找关系",
    "两个站所挤在一间屋里办公",
    "技防设施年久失修，37个探头看不清",
    "群众对网上信访不熟悉，线上提交只占两成",
    "经费紧张，村级调解补贴未能按时兑现",
    "跨部门数据还没有打通，重复录入",
    "山区手机信号差，预警短信收不到",
    "年轻调解员少，平均年龄57岁",
    "夜间值守力量单薄",
    "物业费纠纷反弹，比上年多17件",
    "对新业态骑手管理办法不多",
    "有的单位重业务轻平安",
    "专业心理咨询人员一个都没有",
    "宣传形式单一，老年人听不懂",
    "应急物资储备点少，仅有3处",
    "少数学校门禁形同虚设",
    "外卖骑手闯红灯屡禁不止",
    "乡村小规模学校只有兼职保安，32个教学点夜间没人值班",
    "校门口接送车辆拥堵，6所城区学校尤其突出",
)
_WORK = (
    "针对消防通道被占用问题，清理杂物46处",
    "解决村级调解补贴兑现难问题，兑付补贴12万元",
    "整改监控盲区37处",
    "发现隐患214处，整改209处",
    "化解物业费难题17件",
    "组建夜间巡逻队3支，队员45人",
    "不足3户的自然村全部接入智能广播",
    "劝导闯红灯骑手1,260人次",
    "难点村3个全部实现转化",
    "薄弱村2个选派第一书记",
    "调解不成的8件引导诉讼",
    "无人机喊话62架次",
    "心理咨询室建成6个",
    "隐患多发路段装减速带14处",
    "未成年人保护工作站建成12个",
    "对经费不足的5个村补助15万元",
    "难以化解的信访积案4件由局领导包案",
    "短板弱项排查出19项，补齐17项",
    "老化线路更换3200米",
    "少发案件41起",
    "和住建部门商定增设护学岗12个，2025年9月已到位",
    "隐患未整改12条，2026年1月底前改完",
    "平安校园建设成绩突出，6所学校受表扬",
)
_PLANS = (
    "拟在2026年3月建成联合接访大厅",
    "着手编制三年行动方案，明年一季度印发",
    "2026年再装智能烟感800只",
    "下年度把经费提高到人均2元",
    "准备引入专业社工2名",
    "今后每季度开展一次交叉检查",
    "计划用两年时间完成87条背街小巷改造",
    "争取上级资金300万元用于大桥加固",
    "来年春节前完成摸排",
    "2026年目标是矛盾纠纷化解率99%以上",
    "和住建部门商定，一中、三中门口2026年6月底前建成港湾式停车带",
)


@pytest.mark.parametrize("text", _SHORTCOMINGS)
def test_shortcoming_is_a_problem(text: str) -> None:
    assert fact_kind(fact(1, text), 2025) is PartKind.PROBLEMS


@pytest.mark.parametrize("text", _WORK)
def test_work_on_a_shortcoming_is_work(text: str) -> None:
    assert fact_kind(fact(1, text), 2025) is PartKind.WORK


@pytest.mark.parametrize("text", _PLANS)
def test_what_is_to_come_is_a_plan(text: str) -> None:
    assert fact_kind(fact(1, text), 2025) is PartKind.PLANS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("县级“平安校园”材料已经报上去，还没有回音", FactType.PENDING),
        ("市级示范调解室正在公示", FactType.PENDING),
        ("拟推荐交警中队参评先进集体，名单尚未公布", FactType.PENDING),
        ("去年被县安委办通报批评1次，今年未再发生", FactType.PAST),
        ("上年考核扣2分的问题已经全部整改", FactType.PAST),
        ("2024年市里督查指出值班记录不全，已补齐", FactType.PAST),
        ("今年被县安委办通报批评1次", FactType.WORK),
        ("打算和农商行谈妥，给调解室添两台电脑", FactType.PLAN),
        ("西街路口的红绿灯，开春以后装", FactType.PLAN),
        ("26年上半年把剩下的3个小区改完", FactType.PLAN),
        ("仓库改造的钱已经批下来，等明年招标", FactType.PLAN),
        ("去年开春以来排查隐患42处", FactType.WORK),
        ("夜间巡逻的平均五十六岁，真有事跑不动", FactType.PROBLEM),
        ("承包地的界线一直谈不拢", FactType.PROBLEM),
        ("会操作平台的就两个人", FactType.PROBLEM),
        ("早高峰校门口照样堵，电动车逆行说不听", FactType.PROBLEM),
        ("出动力量清理盲区预警设备36台", FactType.WORK),
        ("发现线路老化等隐患28处，整改28处", FactType.WORK),
        ("从应付工程款里划出27万元发到工人手里", FactType.WORK),
        ("社区矫正对象31人，无脱管漏管", FactType.WORK),
    ],
)
def test_time_and_polarity_tell_what_a_bullet_is(text: str, kind: FactType) -> None:
    assert type_of(fact(1, text), 2025) is kind


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("存在的主要问题", FactType.PROBLEM),
        ("短板弱项", FactType.PROBLEM),
        ("工作短板", FactType.PROBLEM),
        ("下步", FactType.PLAN),
        ("2026年工作思路", FactType.PLAN),
        ("下一步打算", FactType.PLAN),
        ("隐患问题整改", None),
        ("消防", None),
        ("问题线索处置", None),
    ],
)
def test_the_writers_own_label_comes_first(label: str, kind: FactType | None) -> None:
    assert heading_type(label) is kind


def test_a_bullet_of_several_kinds_is_parted() -> None:
    sheet = parse_fact_sheet(
        "单位：云渡镇\n年度：2025\n- 充电口建了120个。明年再建60个\n"
        "- 楼道清理了46处，老家属区飞线屡禁不止，居民意见大\n- 调成311件，剩2件还在调\n"
    )
    assert [f.text for f in sheet.facts] == [
        "充电口建了120个",
        "明年再建60个",
        "楼道清理了46处",
        "老家属区飞线屡禁不止，居民意见大",
        "调成311件，剩2件还在调",
    ]
