"""What models make of facts: right figures on wrong things, swapped names, praise, inventions."""

import pytest

from app.evidence.ground import ground
from app.language.claims import ClaimKind
from tests.drafting.helpers import sheet_of

SHEET = sheet_of(
    "排查矛盾纠纷512件，调解成功503件，成功率98.2%；其中物业纠纷196件、邻里纠纷88件",
    "县公安局破获电信网络诈骗案件43起，抓获犯罪嫌疑人19人，返还被骗资金386.7万元",
    "县司法局开展法治讲座18场，听众3600人次",
    "城关镇新建充电棚41处，石桥镇新建充电棚12处",
    "隐患由上年的96处降至58处，下降39.6%",
    "接待来访31批55人次，比上年减少3批",
    "平均响应时间由22分钟缩短到15分钟",
    "3月15日举办消费者权益日活动，发放资料3200份",
    "全年未发生较大以上火灾",
    "连续两年获评市级平安示范社区",
    "投入资金2310万元，完成年度计划的104.2%",
    "网格员131名，志愿者1260名，志愿服务1.56万小时",
    "信访积案65件，化解62件，剩余3件正在办理",
    "老旧小区消防改造覆盖9个社区中的7个",
    "聘请法律顾问2名，审查合同120份",
    "计划2026年6月底前新增车位220个",
    "“银发课堂”每月一期，全年12期",
    "部分商住楼产权复杂，消防改造推进慢",
    unit="临溪县",
    unit_type="市级",
)

# Other words for the same fact, and wording that claims nothing.
GOOD = [
    "全年共排查各类矛盾纠纷512件，成功调解503件，调解成功率达98.2%。",
    "排查出的矛盾纠纷中，物业纠纷196件、邻里纠纷88件。",
    "县公安局侦破电信网络诈骗案件43起，抓获犯罪嫌疑人19人，为群众返还被骗资金386.7万元。",
    "县司法局举办法治讲座18场，听众达3600人次。",
    "城关镇新建充电棚41处、石桥镇新建充电棚12处。",
    "隐患数量由上年的96处下降到58处，降幅39.6%。",
    "全年接待来访群众31批55人次，较上年减少3批。",
    "平均响应时间从22分钟缩短至15分钟。",
    "3月15日，组织开展消费者权益日活动，发放宣传资料3200份。",
    "全年没有发生较大以上火灾。",
    "连续两年被评为市级平安示范社区。",
    "共投入资金2310万元，为年度计划的104.2%。",
    "现有网格员131名、志愿者1260名，志愿服务时长1.56万小时。",
    "65件信访积案中已化解62件，尚有3件正在办理。",
    "9个社区中有7个完成老旧小区消防改造。",
    "聘请2名法律顾问，审查各类合同120份。",
    "2026年6月底前，计划新增车位220个。",
    "“银发课堂”每月开办一期，全年共12期。",
    "部分商住楼因产权复杂，消防改造推进较慢。",
    "坚持预防为主、防治结合，把工作做在前面。",
    "力争不发生重特大事故。",
    "一是抓好排查；二是抓好调解。",
    "针对来访群众反映的问题，认真倾听、依法办理。",
    "各级各部门各司其职、密切配合，形成工作合力。",
]

# Right figure, wrong thing; swapped names; more than the fact says.
BAD = [
    ("排查矛盾纠纷503件，调解成功512件。", "503件", ClaimKind.INDICATOR),
    ("邻里纠纷196件。", "196件", ClaimKind.INDICATOR),
    ("物业纠纷88件。", "88件", ClaimKind.INDICATOR),
    ("抓获犯罪嫌疑人43人。", "43人", ClaimKind.FIGURE),
    ("发放法治宣传资料3600份。", "3600份", ClaimKind.FIGURE),
    ("举办消费者权益日活动18场。", "18场", ClaimKind.INDICATOR),
    ("志愿者131名。", "131名", ClaimKind.INDICATOR),
    ("网格员1260名。", "1260名", ClaimKind.INDICATOR),
    ("隐患由上年的58处增至96处。", "58处", ClaimKind.INDICATOR),
    ("隐患上升39.6%。", "39.6%", ClaimKind.INDICATOR),
    ("信访积案化解65件。", "65件", ClaimKind.INDICATOR),
    ("剩余62件正在办理。", "62件", ClaimKind.INDICATOR),
    ("平均响应时间由15分钟延长到22分钟。", "15分钟", ClaimKind.INDICATOR),
    ("投入资金23100万元。", "23100万元", ClaimKind.FIGURE),
    ("返还被骗资金386.7亿元。", "386.7亿元", ClaimKind.FIGURE),
    ("调解成功率超过98.2%。", "超过98.2%", ClaimKind.QUALIFIER),
    ("城关镇新建充电棚12处。", "12处", ClaimKind.INDICATOR),
    ("石桥镇新建充电棚41处。", "41处", ClaimKind.INDICATOR),
    ("县司法局破获电信网络诈骗案件43起。", "43起", ClaimKind.INDICATOR),
    ("4月15日举办消费者权益日活动。", "4月15日", ClaimKind.DATE),
    ("连续三年获评市级平安示范社区。", "三年", ClaimKind.FIGURE),
    ("获评省级平安示范社区。", "获评", ClaimKind.AWARD),
    ("全年未发生火灾。", "未发生", ClaimKind.NIL),
    ("全年未发生一起诈骗案件。", "未发生", ClaimKind.NIL),
    ("老旧小区消防改造实现全覆盖。", "全覆盖", ClaimKind.SUPERLATIVE),
    ("信访积案全部化解。", "全部化解", ClaimKind.SUPERLATIVE),
    ("隐患全部清零。", "全部清零", ClaimKind.SUPERLATIVE),
    ("办结率百分之百。", "百分之百", ClaimKind.SUPERLATIVE),
    ("此举走在全省前列。", "前列", ClaimKind.SUPERLATIVE),
    ("经验做法被市委推广。", "被市委推广", ClaimKind.AWARD),
]

# No figure, no name: said only to please.
PRAISE = [
    "群众拍手称快。",
    "赢得了群众的一致好评。",
    "群众满意度不断提高。",
    "社会治安持续向好。",
    "群众安全感明显增强。",
    "受到群众广泛欢迎。",
    "有力维护了社会稳定。",
    "确保了全县社会大局稳定。",
    "实现了矛盾纠纷零积压。",
    "得到上级充分肯定。",
    "形成了可复制可推广的经验。",
    "群众纷纷点赞。",
    "召开了动员部署会。",
    "建立了联席会议制度。",
    "组织党员干部走访入户。",
    "安装了智能门禁系统。",
]


@pytest.mark.parametrize("sentence", GOOD)
def test_same_fact_in_other_words_is_held(sentence: str) -> None:
    assert ground(sentence, SHEET, strict=True).complaints == ()


@pytest.mark.parametrize(("sentence", "quote", "kind"), BAD)
def test_twisted_fact_is_caught(sentence: str, quote: str, kind: ClaimKind) -> None:
    complaints = ground(sentence, SHEET).complaints
    assert (quote, kind) in {(c.quote, c.kind) for c in complaints}


@pytest.mark.parametrize("sentence", PRAISE)
def test_praise_and_inventions_without_figures_are_caught_when_strict(sentence: str) -> None:
    assert ground(sentence, SHEET, strict=True).complaints
