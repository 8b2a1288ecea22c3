"""Every figure, date, name and claim of a draft must be held by a fact."""

import pytest

from app.drafting.prose.phrase_book import load_phrase_book
from app.evidence.ground import ground
from app.language.claims import ClaimKind
from tests.drafting.helpers import sheet_of

SHEET = sheet_of(
    "排查矛盾纠纷192件，化解188件，化解率97.9%；化解的188件中村级144件、镇级44件",
    "刑事案件立案21起，上年23起，下降8.7%；未发生命案",
    "消防演练十一场，约780人次参加",
    "法治讲座33场，听众3700余人次，发宣传资料近1万份",
    "检查企业246家次，发现隐患337处，整改333处，整改率98.8%，剩余4处2026年1月底前改完",
    "6月印发《渡口安全管理办法》，三岔河渡口检查60次，未发生水上交通事故",
    "获县平安建设先进乡镇（连续两年），老街社区获评市级平安示范社区",
    "监控探头新增20路，累计210路",
    "经费66.3万元，比上年增加3.4万元，增长5.4%",
    "全年未发生较大以上生产安全事故",
    "夜间巡逻每村每周1至2次，全年1290次",
    "调解员年龄偏大，法律知识更新跟不上",
)

GOOD = [
    "全年排查矛盾纠纷192件，化解188件，化解率97.9%。",
    "共排查各类矛盾纠纷192件，成功化解188件，其中村级144件、镇级44件。",
    "刑事案件立案21起，比上年的23起下降8.7%。",
    "刑事案件立案由上年的23起降至21起，下降8.7%。",
    "全年未发生命案。",
    "组织消防演练11场，约780人次参加。",
    "举办法治讲座33场，听众3700余人次，发放宣传资料近1万份。",
    "检查企业246家次，查出隐患337处，完成整改333处，整改率达98.8%。",
    "剩余4处将在2026年1月底前改完。",
    "三岔河渡口检查60次，没有发生水上交通事故。",
    "6月，印发《渡口安全管理办法》。",
    "老街社区获评市级平安示范社区。",
    "连续两年获县平安建设先进乡镇。",
    "新增监控探头20路，总数累计210路。",
    "经费66.3万元，比上年增加3.4万元，增长5.4%。",
    "夜间巡逻每村每周1至2次，全年1290次。",
    "2025年，全镇上下认真落实平安建设各项要求。",
    "一是坚持预防为主；二是压实各方责任。",
    "坚持和发展新时代“枫桥经验”，落实“一岗双责”。",
    "抓好三项工作：一是排查，二是化解，三是回访。",
    "努力防止发生各类安全事故。",
    "一年来，各项工作稳步推进。",
    "未发生较大以上生产安全事故。",
    "推动形成一盘棋工作格局，及时处置一批苗头性问题。",
    "临溪县云渡镇坚持预防在先。",
    "在县委、县政府的坚强领导下，扎实开展工作。",
    "【待补充：3项重点工作】",
    "部分调解员年龄偏大，法律知识更新跟不上。",
]

BAD = [
    ("排查矛盾纠纷195件。", "195件", ClaimKind.FIGURE),
    ("开展专项检查5次。", "5次", ClaimKind.FIGURE),
    ("召开会议三次。", "三次", ClaimKind.FIGURE),
    ("两起案件全部办结。", "两起", ClaimKind.FIGURE),
    ("化解率达98.9%。", "98.9%", ClaimKind.FIGURE),
    ("化解矛盾纠纷192件。", "192件", ClaimKind.INDICATOR),
    ("排查矛盾纠纷188件。", "188件", ClaimKind.INDICATOR),
    ("整改隐患337处。", "337处", ClaimKind.INDICATOR),
    ("未整改隐患333处。", "333处", ClaimKind.INDICATOR),
    ("信访事项办结率97.9%。", "97.9%", ClaimKind.INDICATOR),
    ("村级调解44件、镇级调解144件。", "44件", ClaimKind.INDICATOR),
    ("刑事案件立案23起。", "23起", ClaimKind.INDICATOR),
    ("刑事案件立案比上年增长8.7%。", "8.7%", ClaimKind.INDICATOR),
    ("经费比上年减少3.4万元。", "3.4万元", ClaimKind.INDICATOR),
    ("经费3.4万元。", "3.4万元", ClaimKind.INDICATOR),
    ("消防演练780人次参加。", "780人次", ClaimKind.QUALIFIER),
    ("听众3700人次。", "3700人次", ClaimKind.QUALIFIER),
    ("发放宣传资料1万份。", "1万份", ClaimKind.QUALIFIER),
    ("发放宣传资料1万余份。", "1万余份", ClaimKind.QUALIFIER),
    ("消防演练11次。", "11次", ClaimKind.UNIT),
    ("检查企业246家。", "246家", ClaimKind.UNIT),
    ("剩余4处将在2026年3月底前改完。", "2026年3月", ClaimKind.DATE),
    ("2024年排查矛盾纠纷192件。", "2024年", ClaimKind.DATE),
    ("7月印发《渡口安全管理办法》。", "7月", ClaimKind.DATE),
    ("印发《平安建设实施方案》。", "《平安建设实施方案》", ClaimKind.DOCUMENT),
    ("按照〔2025〕8号文件要求，抓好落实。", "〔2025〕8号", ClaimKind.DOCUMENT),
    ("联合桃坪镇开展联防联控。", "桃坪镇", ClaimKind.NAME),
    ("桐湾村建成示范点。", "桐湾村", ClaimKind.NAME),
    ("推行“夜巡小分队”做法。", "“夜巡小分队”", ClaimKind.NAME),
    ("荣获全省先进集体称号。", "荣获", ClaimKind.AWARD),
    ("老街社区获评省级平安示范社区。", "获评", ClaimKind.AWARD),
    ("受到县委表彰。", "受到县委表彰", ClaimKind.AWARD),
    ("此项做法全县首创。", "首创", ClaimKind.SUPERLATIVE),
    ("工作成效位居全县前列。", "位居", ClaimKind.SUPERLATIVE),
    ("排名全市第一。", "排名", ClaimKind.SUPERLATIVE),
    ("率先建成平安网格。", "率先", ClaimKind.SUPERLATIVE),
    ("全年未发生火灾。", "未发生", ClaimKind.NIL),
    ("实现零上访。", "零上访", ClaimKind.NIL),
    ("全年未发生生产安全事故。", "未发生", ClaimKind.NIL),
    ("没有发生任何矛盾纠纷。", "没有发生", ClaimKind.NIL),
    ("全镇无一人受骗。", "无一人", ClaimKind.NIL),
    ("推进四项措施落地：一是排查，二是化解，三是回访。", "四项", ClaimKind.FIGURE),
    ("第三季度开展集中整治。", "第三季度", ClaimKind.FIGURE),
    ("值守24小时不间断。", "24小时", ClaimKind.FIGURE),
]

EVENTS = [
    "为每户安装LED灯。",
    "多次召开专题会议研究部署。",
    "邀请消防员现场讲解。",
    "有效提升了群众的安全意识。",
    "成立了工作专班。",
    "平安建设取得显著成效。",
]


@pytest.mark.parametrize("sentence", GOOD)
def test_supported_sentence_has_no_complaint(sentence: str) -> None:
    assert ground(sentence, SHEET).complaints == ()


@pytest.mark.parametrize(("sentence", "quote", "kind"), BAD)
def test_unsupported_claim_is_named_exactly(sentence: str, quote: str, kind: ClaimKind) -> None:
    complaints = ground(sentence, SHEET).complaints
    assert (quote, kind) in {(c.quote, c.kind) for c in complaints}
    assert all(c.span.of(sentence) == c.quote for c in complaints)


@pytest.mark.parametrize("sentence", EVENTS)
def test_event_without_fact_is_reported_when_strict(sentence: str) -> None:
    assert ClaimKind.EVENT in {c.kind for c in ground(sentence, SHEET, strict=True).complaints}


@pytest.mark.parametrize(
    "sentence", [s.replace("{subject}", "全镇上下") for s in load_phrase_book().sentences()]
)
def test_the_composers_own_wording_claims_nothing(sentence: str) -> None:
    empty = sheet_of("开展巡查")
    assert ground(sentence, empty, strict=True).complaints == ()
