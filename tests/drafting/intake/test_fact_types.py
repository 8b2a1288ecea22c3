"""Bullets without a label of their own: shortcomings, work done on them, and what is planned."""

import pytest

from app.checking.profile import PartKind
from app.drafting.intake.fact_types import fact_kind
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
