"""What a passage says of problems and plans: phrases that name something, phrases that do not."""

import re
from collections.abc import Iterator

_WEAK = "问题|不足|短板|弱项|薄弱环节|薄弱之处|差距|困难|缺点|欠缺"
_ADVERB = "(?:进一步)?(?:改进|提高|加强|完善|提升)"

PROBLEM_HEADING = re.compile(
    rf"(?:存在|主要|面临|突出)(?:着|的|主要|一些|突出|共性)*(?:{_WEAK}|挑战)"
    rf"|^(?:当前|目前|工作中?的?|主要|存在)*(?:的|之)?(?:{_WEAK})(?:主要)?(?:有|是|表现(?:在|为)|在于)$"
    rf"|(?:{_WEAK})(?:和|与|及|、|以及)(?:{_WEAK}|挑战|原因|建议|对策|下[一步]|打算|努力|改进)"
    rf"|^(?:当前|目前|工作中?的?|主要|存在)*(?:的|之)?(?:{_WEAK})(?:之处|分析)?$"
    r"|(?:困难|问题)(?:挑战|短板|不足)|短板弱项|存在不足|不足(?:之处|和|及|与)"
)
NOT_PROBLEM_HEADING = re.compile(
    "(?:解决|化解|整改|排查|整治|治理|破解|针对|聚焦|围绕|紧盯|攻坚|回应|补齐|直面)[^，。]{0,12}"
    "(?:问题|短板|困难|弱项|薄弱环节|差距)|问题(?:专项|集中|大)?(?:导向|整改|清零|排查"
    "|整治|治理|解决|化解|攻坚|线索|台账)"
)
PLAN_HEADING = re.compile(
    "下一?步|下一?阶段|今后|努力方向|改进(?:措施|方向|打算)|对策建议|意见建议"
    "|(?:20\\d\\d[^\\S\n]?|明)年度?的?(?:重点|主要)?(?:工作)?(?:打算|计划|思路|安排|重点|要点"
    "|谋划|任务|设想|目标)"
    "|工作(?:打算|思路|设想|展望)|^(?:工作)?(?:打算|计划|设想|展望|思路)"
    "|[及和与、](?:工作)?(?:打算|计划|思路|安排|建议)$"
)
# 工作短板：, 2025年工作思路： at the head of a sentence: a heading that runs on in its line
RUN_IN_LABEL = re.compile(
    r"[^\S\n]*(?:[^，。；：\n]{2,14}，)?(?P<label>[^，。；：\n]{2,18})[：:]"
    r"|[^\S\n]*(?P<line>[^，。；：\n]{2,18})(?=\n|\Z)"
)
FOUND_ELSEWHERE = re.compile("检查|排查|巡查|发现|查出|反映|整改|解决|针对")
PROBLEM_WORD = re.compile(f"{_WEAK}|不到位|不够|不平衡|不强|不高|不深|有待|需进一步|滞后")
PROBLEM_TRIGGER = re.compile(
    "(?:存在|面临|还有|仍有|尚有|也有|不少|看到)(?:着|的|了)?[^。！？\n；]{0,30}?"
    f"(?:{_WEAK}|不到位|不够|不平衡|不充分|挑战|压力|有待)"
    f"|(?:主要|突出|共性)的?(?:{_WEAK})(?:有|是|表现|集中|体现|：|:)"
    f"|(?:{_WEAK})(?:仍|还|依然|也)然?(?:存在|突出|不少|明显|较多)"
    f"|(?:{_WEAK})[^。！？\n，]{{0,8}}(?:尚未|还没有|仍未|还未)"
    "|(?:仍|还|尚|依然|有的|个别|少数|部分)[^。！？\n；，]{0,16}"
    "(?:不够|不足|不强|不高|不到位|不深|薄弱|有待|滞后|欠缺)"
    f"|(?:有着?)(?:一定|不小|较大|一些)的?(?:{_WEAK})"
    f"|(?:仍|还)需{_ADVERB}"
)
OTHERS_PROBLEM = re.compile(
    "(?:针对|解决|化解|排查|发现|查找|梳理|整改|围绕|研究|处理|督促|反馈|通报|治理|消除"
    "|摸清|掌握|聚焦|破解"
    "|帮助|协调|因|由于|隐患|群众|企业|商户|住户|居民|业主|场所|对)[^，。；：]{0,24}$"
)
OWN_VIEW = re.compile(
    "但|虽|不过|然而|清醒|坦诚|客观|看到|认识到|承认|工作中|相比|对照|对标|期盼|总体上"
    "|工作|平安建设"
    "|我[们局委办镇乡院校馆厂司社区市县部站所队行]|我公司|公司|全[市县区镇乡局委院校]"
)
CANDID_VIEW = re.compile(
    "清醒|坦诚|[也还更][要应必]须?看到|必须看到|要看到[^。]{0,10}(?:困难|不足|差距|问题)"
    "|我们也看到|同时也看到"
)
STRONG_VIEW = re.compile("但|虽|不过|然而|清醒|坦诚|相比|认识到|我们也|同时也|也[要应]?看到")
_CONCRETE = re.compile(
    "不够|不足|不强|不高|不到位|不全|不深|不严|不均|不平衡|不充分|不健全|不完善|不规范"
    "|不及时|不扎实|不细|不实"
    "|不畅|不多|不大|不准|不齐|不统一|不熟|不广|不明显|不稳|不牢|不愿|不会|不敢|难以"
    "|较难|难度|困难|滞后|薄弱"
    "|短缺|缺乏|缺少|缺位|欠缺|缺口|较低|偏低|偏少|偏弱|偏慢|有限|老化|松懈|参差不齐"
    "|压力|隐患|形式|亟待|有待"
    "|未能|尚未|还没有|没有|较弱|较大|易发|多发|高发|频发|单一|粗放|淡薄|脱节|断层|流失"
    "|紧张|繁重|盲区|死角"
    "|空白|反弹|依赖|低于|慢|弱|少|仅|还有|仍|不"
)
_VAGUE = re.compile(
    "(?:存在|还有|仍有|有)[着的了]?(?:一些|一定|不少|诸多|许多|很多|某些|这样那样)?的?"
    f"(?:(?:{_WEAK})(?:[和与及、](?:{_WEAK}))?的?地?方?|(?:有待|需要|尚需){_ADVERB}的?地?方?)$"
    f"|^(?:工作|工作方法|方式方法|各项工作|很多方面)?(?:还|仍|尚)?(?:有待|需要)于?{_ADVERB}"
    f"|需要{_ADVERB}[与和及]?(?:改进|提高|加强|完善)?$|^做得还不够|取得了?|成绩|成效"
    "|^(?:一年来|今年以来|总结|回顾)"
)
PLAN_TRIGGER = re.compile(
    "(?:下一?[\n\u3000]?步|下一?[\n\u3000]?阶段|今后|明年|新的一年|接下来|面向未来|展望未来|下一?年度?|来年)"
    "|20(?P<year>\\d\\d|[XxＸ×*＊]{2})[^\\S\n]?年度?[^\\S\n]?[，,]?(?=[^。\n]{0,14}(?:将|要|计划|拟(?!定)|重点抓|继续))"
    "|我[们局委办镇乡院校馆厂司社区市县](?:公司)?将(?:继续|进一步|坚持|以|持续|严格|认真)"
)
NOT_PLAN_BEFORE = re.compile(
    "(?:汇报|研究|提出|明确|部署|谋划|听取|安排|商讨|讨论|及|对|为|就)[^，。；]{0,8}$"
)
WILL = re.compile("[^。\n]{0,14}?(?:将|拟(?!定))")
_EMPTY_PLAN = re.compile(
    "贡献|新局面|新台阶|新成效|平安稳定|再创佳绩|更大成绩|扎实工作|振奋精神|开拓创新"
    "|继续努力|夯实基础"
    "|完善机制|不断(?:提高|提升|改进)(?:工作|平安建设)|(?:贯彻|落实|按照)[^，。"
    "]{0,24}(?:精神|部署|要求|指示)"
    "|为目标|为指导|再接再厉|保驾护航|[做作]出"
)
_SOLID_PLAN = re.compile(
    "矛盾|纠纷|治理|排查|整治|宣传|普法|网格|隐患|安全生产|消防|巡[查逻防]|培训|演练"
    "|预案|考核|队伍|信访|调解"
    "|综治|平台|责任|诈骗|校园|未成年人|重点人|监管|检查|督[查导]|防控|组织领导|服务"
    "|信息化|数字|设施|制度|机制"
    "|打击|风险|防范|整改|改造|保密|数据|应急|值班|法治|志愿|源头|力度|增设|更换|安装"
    "|新建|完成|推广|推进"
)
_LONG_PIECE = 6
_CLAUSE = re.compile("[^，,。；;：:！!？?\n]+")
_ITEM = re.compile(
    r"[一二三四五六七八九十]{1,2}[是要]|第[一二三四五六][，、]|[①-⑳]|[（(]\d[）)]"
    r"|\n[^\S\n]{0,8}(?:\d[.．、]|[（(][一二三四五六七八九十][）)])"
)


def _clauses(text: str) -> Iterator[str]:
    """Clauses; pieces of an enumeration by 、 count where they are long enough to say something."""
    for match in _CLAUSE.finditer(text):
        clause = match.group().strip()
        pieces = clause.split("、")
        if len(pieces) > 1 and min(map(len, pieces)) >= _LONG_PIECE:
            yield from pieces
        else:
            yield clause


def count_problems(text: str) -> int:
    """How many clauses name something that is wrong; phrases that fit any report do not count."""
    return sum(
        len(clause) >= 4 and bool(_CONCRETE.search(clause)) and not _VAGUE.search(clause)
        for clause in _clauses(text)
    )


def count_plans(text: str) -> int:
    """How many clauses name something to do; phrases that fit any report do not count."""
    return sum(
        len(clause) >= 4 and bool(_SOLID_PLAN.search(clause)) and not _EMPTY_PLAN.search(clause)
        for clause in _clauses(text)
    )


def count_items(text: str) -> int:
    """How many list labels the passage holds."""
    return len(_ITEM.findall(f"\n{text}"))
