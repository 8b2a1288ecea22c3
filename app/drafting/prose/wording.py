"""Telegraphic bullets to full Chinese clauses; every figure and name stays as printed."""

import re

from app.core.facts import Fact
from app.drafting.intake.fact_types import label_kind
from app.drafting.prose.verbs import EVENTS, IMPLIED, IMPLIED_LATER, OPENING_VERBS
from app.language.terms import normalise

_LABEL = re.compile(r"^([^：，。；\d]{2,18})：(.+)$", re.DOTALL)
# 七成以上纠纷在村里解决：… is a sentence of its own, no 某某方面.
_SENTENCE_LABEL = re.compile("以上|以内|超过|[在把将已被让使都均了全]|不[再出超]|[到出成]$")
_COUNT_ONLY = re.compile(
    r"^(?:约|近|超|共|共计|累计|达)?[\d〇零一二两三四五六七八九十百千万][\d.,]*[\u3400-\u9fff%]{0,3}(?:[，；。、（]|$)"
)


def tell(fact: Fact) -> str:
    """A fact as a full clause; a label that names a matter is worked in, any other is not told."""
    return clause(fact.text if label_kind(fact.label) is not None else fact.shown)


def clause(text: str) -> str:
    """A full clause that says what the bullet says, without closing mark.

    A label before a colon is worked in, a piece that opens with a noun and its count gets the verb
    that the noun implies (``消防演练6次`` → ``组织消防演练6次``), and a bare figure of last year is
    told as the comparison it is (``21起，上年23起，下降8.7%`` → ``21起，比上年的23起下降8.7%``).
    """
    text = normalise(text)
    match = _LABEL.match(text)
    if match:
        label, rest = match.group(1).strip(), match.group(2).strip()
        if label.endswith(("计划", "行动", "活动", "工程", "项目", "专项")):
            text = f"推进{label}，{rest}"
        elif _COUNT_ONLY.match(rest):
            text = label + rest
        elif label.endswith((*EVENTS, "演练")):
            text = f"开展{label}，{rest}"
        elif label in rest:
            text = rest
        elif not label.endswith("中") and not _SENTENCE_LABEL.search(label):
            text = f"{label}方面，{rest}"
        else:
            text = f"{label}，{rest}"
    text = _COMPARED.sub(r"，比\1的\2\3", text)
    text = _CHANGE_FIRST.sub(r"，比\3的\4\1\2", text)
    text = _LAST_YEAR_ALONE.sub(r"（\1\2）", text)
    text = _MOVING.sub(r"\2\1\3", text)
    text = _COMPARED_DIRECT.sub(r"\1\2的\3\4", text)
    for pattern, word in _SHORT_VERBS:
        text = pattern.sub(word, text)
    text = text.replace("其中：", "其中").replace("中：", "中，")
    text = _LIST_COLON.sub(r"\1，其中", text)
    text = _ALL_DONE.sub(r"\1，\2", text)
    pieces = re.split(r"([，；。])", text)
    verb = ""
    for index in range(0, len(pieces), 2):
        previous = pieces[index - 1] if index else "；"
        pieces[index] = _completed(_verb_first(pieces[index]))
        if index == 0 and len(pieces) > 1 and _BARE_CAMPAIGN.match(pieces[0]):
            pieces[0] = "开展" + pieces[0]
        implied = _implied_verb(pieces[index], is_first=previous != "，")
        # 组织防暴演练76次，消防演练76次: the verb carries on.
        pieces[index] = ("" if implied == verb and previous == "，" else implied) + pieces[index]
        verb = implied or verb
    return "".join(pieces)


# 电动自行车飞线充电整治，拆除飞线640处
_BARE_CAMPAIGN = re.compile(
    r"(?!(?:开展|组织|推进|加强|深化|实施|抓好|强化|持续|深入|全面|集中|坚持|做好|进行|参加|配合|联合))[\u4e00-\u9fff“”·\d]{2,18}"
    r"(?<![经过次轮场期\d])(?:整治|专项行动|专项检查|普查|排查|大检查|百日攻坚|巡演|集中行动|宣传月活动)$"
)
_ALL_DONE = re.compile(r"((?:隐患|问题)\d[\d,]*[处个项])(全部(?:整改|解决|销号))")
_COMPLETED = re.compile(
    r"^([\u3400-\u9fff“”]{2,16}(?:改造|建设|工程|整改|升级|安装|测评|验收|认证|审计))(完成|通过)$"
)


def _completed(text: str) -> str:
    """``三级等保测评通过`` → ``通过三级等保测评``."""
    match = _COMPLETED.match(text)
    if match is None or has_verb_first(text) or re.search(r"[已均全未将]", match.group(1)):
        return text
    return match.group(2) + match.group(1)


_QUANTITY = r"(?:\d[\d.,]*%|\d[\d.,]*(?:万|亿|千|百)?(?:余|多)?[\u3400-\u9fff]{1,3}?)"
_COMPARED = re.compile(
    rf"，(上年同期|上年|去年)(?:为|是)?({_QUANTITY}(?:、{_QUANTITY})*)，"
    r"(?=分别|下降|增长|减少|增加|上升|提高|降低)(分别)?"
)
_COMPARED_DIRECT = re.compile(
    rf"([比较])(上年|去年)({_QUANTITY})(?=下降|增长|减少|增加|上升|提高|降低)()"
)
# 比上年增长11.2%，上年37.5万元
_CHANGE_FIRST = re.compile(
    rf"，(?:比上年|较上年|同比)?(增长|下降|减少|增加|上升|提高|降低)({_QUANTITY})，"
    rf"(上年同期|上年|去年)(?:为|是)?({_QUANTITY})(?=[，；。]|$)"
)
# 事故2起，上年4起: nothing says that it is more or less.
_LAST_YEAR_ALONE = re.compile(
    rf"(?<=[\u4e00-\u9fff%])，(上年同期|上年|去年)(?:为|是)?({_QUANTITY}(?:、{_QUANTITY})*)(?=[，；。]|$)"
)
# 客车218辆，全年安全行驶2936万公里
_MOVING = re.compile(
    r"^([\u4e00-\u9fff]{2,10})(\d[\d.,]*(?:万)?(?:余)?[辆艘架列台])，"
    r"((?:全年|年内|累计)?(?:安全)?(?:行驶|运行|航行|营运|飞行|出动)(?=[^，。；]*(?:\d|无)))"
)
_LIST_COLON = re.compile(r"(\d[\u3400-\u9fff]{1,3})：(?=[^，。；]{1,14}\d)")


def has_verb_first(text: str) -> bool:
    """True where a clause opens with a verb or an adverbial, so that it can follow a lead."""
    return text.startswith(OPENING_VERBS)


_SHORT_VERBS = (
    (re.compile(r"签(?=责任书|承诺书|责任状)"), "签订"),
    (re.compile(r"(?<=[，；、])发(?=(?:宣传)?(?:资料|手册|单|册))"), "发放"),
    (re.compile(r"(?<=[路巷口街道段])装(?=[\u3400-\u9fff]{2,8}\d)"), "安装"),
)


def _verb_first(text: str) -> str:
    """``安检门安装2套`` → ``安装安检门2套``."""
    match = _NOUN_VERB_COUNT.match(text)
    if match is None:
        return text
    noun, verb, count = match.groups()
    if (
        has_verb_first(noun)
        or (noun.endswith(_AGENTS) and verb in _AGENT_VERBS)
        or noun.endswith((*_MODIFIERS, *_TWO_VERBS))
        or (verb in _LATE_VERBS and len(noun) < 3)
        or re.search(r"[已共均未将被全再又各每年月日率数]|累计|先后|其中|同比|部分", noun)
    ):
        return text
    return verb + noun + count


# These act themselves: 服务热线受理30件 is no 受理服务热线30件.
_AGENTS = tuple(
    """
    热线 平台 中心 窗口 接待处 办事处 管理处 部门 单位 大队 中队 局 所 站 队 室 院 办 委 会 组 科 我
    """.split()
)
_AGENT_VERBS = "受理 配备 新增 发放 帮扶 结对帮扶 排查 核查 整改 劝阻 清理 化解 取缔".split()
# 矛盾纠纷排查化解2047件: two verbs in a row are one deed.
_TWO_VERBS = tuple("排查 摸排 检查 整治 调处 调解 巡查 宣传 培训".split())
_LATE_VERBS = "排查 核查 整改 劝阻 取缔 化解".split()  # 院内化解78起 says where
# 限速改造6处 is one thing, no 改造限速6处.
_MODIFIERS = tuple(
    "限速 节能 升级 提升 智能化 无障碍 适老化 防雷 扩容 更新 消防 技术 安全 全面 专项 集中 日常 "
    "联合 滚动 定期 重点 内 级 中".split()
)
_NOUN_VERB_COUNT = re.compile(
    r"^([\u3400-\u9fff“”]{2,12}?)(受理|安装|加装|新装|新建|新增|更换|更新|换装|改造|拆除|清理|配备|购置|发放|张贴|结对帮扶|帮扶"
    r"|排查|核查|整改|劝阻|取缔|化解)"
    r"((?:约|近|超)?\d[\d.,]*(?:万|亿)?(?:余|多)?(?![次场期轮])(?:[\u3400-\u9fff]|公里|万元|平方米))$"
)


def _implied_verb(text: str, *, is_first: bool) -> str:
    match = _NOUN_AND_COUNT.match(text)
    if not match or (has_verb_first(text) and match.group(1) not in (*EVENTS, "演练", "培训")):
        return ""
    head, unit, rest = match.groups()
    if _ZERO.search(text[: match.start(3)]):
        return ""
    if _NO_VERB.search(head) or (unit in "家台站" and not rest.startswith("次")):
        return ""
    for implied in IMPLIED if is_first else IMPLIED_LATER:
        if head.endswith(implied.nouns) and unit in implied.units and implied.verb not in head:
            if implied.verb == "发现" and re.search(r"[查改治除消排封堵补修复]", head):
                return ""
            is_stock = implied.verb == "现有"
            is_told = (rest and rest[0] not in "、，") or _DONE_TO.search(head)
            return "" if is_stock and is_told else implied.verb
    return "开展" if is_first and _CAMPAIGN.search(head) and unit in "次场期轮" else ""


# 节前走访独居老人312名: the people were visited, not “there”.
_DONE_TO = re.compile(
    "走访|慰问|看望|探望|帮扶|救助|资助|关爱|培训|招募|聘|安装|配备|建成|新建|新增|结对|护送|接送|发展|清退|更换|改造"
    "|评选|表彰|联系|[前后时]"
)
_ZERO = re.compile(r"\D0[\u4e00-\u9fff]{1,2}$")
_NO_VERB = re.compile(r"[共达为计占较比]|累计|总数|总量|带队|领导(?!小组)|联合.{0,12}(?:开展|组织)")
_CAMPAIGN = re.compile(r"(?:宣传|宣讲|普法)[\u3400-\u9fff]{0,4}进[\u3400-\u9fff]{1,10}$")
_NOUN_AND_COUNT = re.compile(
    r"^([^\d，。；：《]{2,20}?)(?:约|近|超)?(?:\d[\d.,]*[万千百]?[余多]?|[一二两三四五六七八九十百]+[余多]?)"
    r"([次场期份个件起处轮名人批项家座支套台站]|万元)(.*)$"
)


def is_nil(text: str) -> bool:
    """True for a claim that something did not happen."""
    return bool(_NIL.search(text))


def is_profile(text: str) -> bool:
    """True for what the unit is rather than what it did: its area, people, branches."""
    return bool(_PROFILE.match(text)) and not is_nil(text) and not is_award(text)


_PROFILE = re.compile(
    r"^(?:全[镇乡县市区局]|我[镇乡县市区局]|公司|集团|街道|辖区|现)?(?:下?辖|总人口|常住人口|户籍人口|辖区面积|总面积"
    r"|面积\d|(?:供热|供水|供气|经营|建筑|占地|管辖|服务)(?:总)?面积|服务(?:用户|人口|居民)\d"
    r"|在校(?:学)?生\d|编制床位|开放床位|资产总额|运营里程|营业里程|现有(?:职工|干部|员工)|在职(?:职工|干部)|职工总数|在编|馆藏(?!.*未)|下设)"
)


def is_award(text: str) -> bool:
    """True for an honour received."""
    return bool(_AWARD.search(text))


def is_personal(text: str) -> bool:
    """True for an honour or a good deed of one person, which is no honour of the unit."""
    return bool(_PERSON.match(text) and (_GOOD_DEED.search(text) or _MEDAL.search(text)))


_PERSON = re.compile(
    r"[\u4e00-\u9fff]{0,12}(?:员|长|民警|辅警|战士|职工|干部|教师|老师|医生|医师|护士|同志|志愿者|书记|主任"
    r"|经理|师傅|工人|司机|工程师|法官|检察官|村民|群众)[\u4e00-\u9fff]{2,4}(?=[，在获被荣因主奋见拾勇])"
)
_GOOD_DEED = re.compile(r"见义勇为|拾金不昧|舍己救人|救人|勇救|救[出起下上]|救落水")
_MEDAL = re.compile(
    r"个人|标兵|模范|好人|能手|奖章|优秀共产党员|先进工作者|最美|工匠|(?:三等|二等|一等)功|称号|表彰|嘉奖"
)


_NIL = re.compile(
    r"(?:未|没有|没|无)(?:有)?(?:出现|发生|接到|引发|接报|接到)|零(?:事故|上访|发案|案件|火灾|伤亡|投诉|发生)"
    r"|无(?:一[起例人件名]|重大|较大|人员伤亡|安全|责任|事故|上访|脱管)"
    r"|无[^，。；\d]{1,12}(?:事故|案件|事件|火灾|伤亡|溺水|失控|泄露|走失)"
)
_AWARD = re.compile(
    r"荣获|获评|被评为|被授予|被命名|评为|获得?.{0,24}(?:称号|表彰|奖|荣誉|先进|优秀|等次|示范)|(?:获得?(?![取救悉知准批])|荣膺|摘得|捧回)[^，。；“\d]{0,12}“[^”]{2,24}”|入选.{0,14}(?:案例|名单|典型|示范|项目)|荣誉称号"
    r"|^创建(?:成|为)?(?:国家|省|市|县)级.{0,8}示范"
    r"|获得?[^，。；\d]{0,20}(?:文明|平安|先进|示范|优秀|达标|模范)[^，。；\d]{0,10}"
    r"(?:单位|企业|集体|校园|学校|医院|园区|社区|乡镇|机关|窗口)"
)


def strip_ordinal(text: str) -> str:
    """``一是…`` without its ordinal, and without words that only introduce a problem."""
    text = re.sub(r"^第?[一二三四五六七八九十]+(?:是|，|、)", "", text)
    return re.sub(r"^(?:还|仍然?|目前)?存在(?=.{4})", "", text) if "问题" not in text[:6] else text
