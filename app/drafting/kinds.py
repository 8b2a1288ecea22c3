"""Whether a bullet tells work done, a problem or a plan."""

import re

from app.checking.profile import PartKind
from app.core.facts import Fact
from app.drafting.wording import has_verb_first
from app.text.terms import normalise

_LABEL = re.compile(
    r"^(?P<problem>(?:目前|当前)?(?:还|仍)?(?:存在)?的?(?:主要|突出|一些)?的?"
    r"(?:问题|不足|困难|短板|差距|薄弱环节|弱项|短板弱项|困难问题)"
    r"(?:之处|方面)?(?:(?:与|和|及)(?:不足|短板|困难|差距))?)(?:是|有)?[：:，]"
    r"|^(?P<plan>下一?步(?:的?工作)?(?:打算|计划|安排|思路|举措|重点)?"
    r"|(?:(?:明年|来年|20\d\d年度?))(?:的?工作)?(?:打算|计划|安排|思路|重点)?"
    r"|今后(?:工作)?(?:打算|计划)?|(?:工作)?(?:打算|计划|努力方向))[：:]"
    r"|^(?P<plan2>下一?步)，"
)
_YEAR_LABEL = re.compile(r"^(20\d\d年)度?")
_PROBLEM = re.compile(
    r"(?:仍|还|尚)(?:存在|有(?!序)|需|未|不|显)"
    r"|存在.{0,24}(?:不足|问题|短板|差距|薄弱|隐患|困难|滞后)|不够|不足(?!以|\d)|有待|薄弱"
    r"|滞后|短板|不强|不高|不到位|不平衡|不及时|拥堵(?:较为?|比较|仍)?突出"
    r"|(?:矛盾|问题|现象)(?:较为?|比较|仍然?)突出|反复出现|不健全|不完善|不规范|缺乏|欠缺|偏弱"
    r"|偏少|偏慢|偏低|难度(?:较)?大|跟不上|老化|进展(?:较|偏)?慢|更新慢|压力(?:较)?大|有差距"
    r"|能力弱|偏高|偏大|偏多|偏长|仍偏|增长较快|多发|高发|频发|盲区|投诉集中|身兼数职|一人多岗"
    r"|人手(?:紧|少|不)|力量(?:单薄|紧张|吃紧)|参差不齐|意识(?:淡薄|淡漠|差)|信号(?:弱|差)"
    r"|[做跑管顾开展推落]{1,2}不(?:起来|过来|到底|下去)|流动(?:性)?(?:较?大|较?快|频繁)"
    r"|时有发生|屡禁不止|形同虚设|单一(?=[，、；]|$)|紧张(?=[，、；]|$)|年久失修|反弹|脱节"
    r"|不畅|(?:没有|没|未)(?:完全|真正)?(?:打通|贯通|联通|覆盖到|接入|配齐|跟上|能)"
    r"|[看听用弄]不(?:清|懂|见|到)|收不到"
    r"|不熟悉|不(?:了解|会用|懂|清楚|重视|多|愿)(?=[，、；]|$)|挤在"
    r"|重[\u4e00-\u9fff]{1,3}轻[\u4e00-\u9fff]{1,3}|一[个名人]都?没有|混行|排队超过"
    r"|(?:换人|更换|轮换)(?:勤|频繁|太?快)|没(?:有)?人(?:值|管|接|做|看|盯|巡)"
    r"|只有(?:[\u4e00-\u9fff]{0,4})兼职"
    r"|(?<!成绩|成效|表现)(?:尤其|尤为|最为|相当|比较|较为)突出(?=[，、；。]|$)"
    r"|(?:点|人员|人才|力量|骨干|[\u4e00-\u9fff]{2}员)(?:较|偏|太)?少(?=[，、；]|$)"
    r"|[\u4e00-\u9fff]难(?=[，、]|$)|力度不|覆盖不全|流于形式|未配齐"
)
# 薄弱村2个选派第一书记, 老化线路更换3200米: the word only says which ones were worked on.
_MADE = re.compile(
    r"完成|改造|整改|化解|办结|调解|建成|更换|装|开展|培训|整治|检查|排查|查处|配备|新增|补助|选派|补齐|组建|落实"
    r"|兑付|转化|清理|新建|设置|增设|划定|投入|发放|帮扶|挂牌|督办|引导|约谈|拆除|治理|修复"
)
# 持证率58%，偏低: the figure is what the verdict is about.
_VERDICT = re.compile(
    r"[，、](?:仍然?|还|明显|相对)?(?:偏[低高少多弱大慢]|较[低弱差]|不足|不够|不高|不强|滞后|薄弱|吃紧)$"
)
_COUNTED_SUBJECT = re.compile(r"\d+(?:名|个|家|处|户|人|辆|台|所|座)(?!次)")
_RESULT = re.compile(
    r"完成|改造|整改|化解|办结|调解|建成|更换|安装|开展|培训|整治|检查|排查|查处|配备|新增|获|已|达|下降|上升"
)
_REMEDY = re.compile(
    r"^(?:针对|聚焦|围绕|解决|为解决|紧盯|瞄准)|已(?:整改|解决|完成|改正)|全部(?:整改|解决)"
)
_PLAN_START = re.compile(
    r"^(?:下一?步|明年|来年|下一?年度?|今后|拟|准备(?=引入|建|设|开|增|组|购|启|实施|推|把|将|在)|着手(?!.*(?:已|完成))|计划(?!\w{0,8}(?:印发|完成率))|打算|力争|争取|将(?!\w{0,10}纳入))"
)
_PLAN_INSIDE = re.compile(
    r"(?:明年|来年|下年度?)(?:将|计划|拟|继续|力争|底前|上半年|[一二三四]季度)|(?:将于|拟于)"
)
_YEAR = re.compile(
    r"(20\d\d)年(?:\d{1,2}月|[上下]半年|[一二三四]季度)?(底前|前|将|拟|计划|力争|底|继续|起)?"
)


# 和住建部门商定，2026年6月底前建成: agreed on, not done; 剩余4处2026年1月底前改完 is a remainder.
_AGREED = re.compile(
    r"^\D*(20\d\d)年[\d一二三四]{0,2}(?:月|季度)?(?:[上中下]旬)?(?:底|末)?(?:前|将)"
    r"(?:全部|基本|陆续)?(?:建成|完成|投用|启用|开通|实施|启动|开工|竣工|改造|整改|装|实现)"
)


def fact_label(text: str) -> tuple[PartKind | None, str]:
    """What a bullet's own label says it is (存在问题：…, 下一步：…), and the bullet without it."""
    text = normalise(text)
    match = _LABEL.match(text)
    if not match:
        return None, text
    rest = text[match.end() :].strip()
    if match.group("problem"):
        return PartKind.PROBLEMS, rest
    year = _YEAR_LABEL.match(match.group(0))
    if year and not rest.startswith(year.group(1)):
        rest = (
            year.group(1) + ("" if has_verb_first(rest) else "，") + rest
        )  # the year is part of what the fact says
    return PartKind.PLANS, rest


def fact_kind(fact: Fact, year: int) -> PartKind:
    """Whether a fact tells work done, a problem or a plan, by its wording."""
    label, text = fact_label(fact.text)
    if label is not None:
        return label
    heading = _heading_kind(fact.heading)
    if heading is not None:
        return heading
    if _PLAN_START.search(text) or _PLAN_INSIDE.search(text):
        return PartKind.PLANS
    for match in _YEAR.finditer(text[:24]):
        if int(match.group(1)) > year and match.start() < 8:
            return PartKind.PLANS
    agreed = _AGREED.match(text)
    if agreed and int(agreed.group(1)) > year:
        return PartKind.PLANS
    return PartKind.PROBLEMS if _is_problem(text) else PartKind.WORK


def _is_problem(text: str) -> bool:
    """True where a bullet states a shortcoming and no result of its own."""
    if _VERDICT.search(text):
        return True
    if _REMEDY.search(text):
        return False
    stated = [match for match in _PROBLEM.finditer(text) if not _is_worked_on(text, match)]
    if not stated:
        return False
    first = re.split(r"[，；。]", text, maxsplit=1)[0]
    # Figures of work done come first in a bullet.
    if stated[0].start() < len(first) or not re.search(r"\d", first):
        return True
    # 3名同志兼职多项工作，力量不足: the figure says who has the problem, not what was done.
    return bool(_COUNTED_SUBJECT.match(first)) and not _RESULT.search(first)


def _is_worked_on(text: str, problem: re.Match[str]) -> bool:
    """True where the shortcoming is what a counted piece of work was about."""
    tail = re.split(r"[，；。、]", text[problem.end() :], maxsplit=1)[0]
    if re.match(r"\d", tail) and _MADE.match(text):  # 整改监控盲区37处
        return True
    return bool(re.search(r"\d", tail) and _MADE.search(tail))


def _heading_kind(heading: str) -> PartKind | None:
    if re.search(r"问题|不足|短板|困难|差距", heading) and not re.search(
        r"整改|排查|解决|化解", heading
    ):
        return PartKind.PROBLEMS
    if re.search(r"下一?步|打算|明年|计划$|工作计划|思路|来年|今后", heading):
        return PartKind.PLANS
    return None
