"""What a figure counts, in one wording: 摸排各类矛盾纠纷 and 排查矛盾纠纷 are one indicator."""

import re
from dataclasses import dataclass
from functools import lru_cache

UP_WORDS = "上升|增加|增长|提高|提升|增至|升至|升到|增到|扩大|扩充|增幅|净增|多|升|增"
DOWN_WORDS = (
    "下降|减少|降低|降至|降到|减至|减到|压减|压降|缩减|缩短|压缩|精简|下滑|回落|降幅|少|降|减"
)

_STEPS: tuple[tuple[str, str], ...] = (
    ("新增", "新增|新装|增设|新设|新建|新安装|新开通|新添"),
    ("化解", "成功化解|成功调处|调解成功|化解|调处"),
    ("调解", "调解"),
    ("整改", "完成整改|整改完成|整改到位|整改销号|整改|消除|销号"),
    ("排查", "检查发现|排查出|排查|摸排出|摸排|查出|排出|检查出|查找出|发现|摸出"),
    ("受理", "受理|接收|接到|接报|收到|承接|接办"),
    ("接待", "接待|接访"),
    ("办结", "办结|办理完毕|办复"),
    ("破案", "破获|侦破|破案"),
    ("劝导", "劝导|劝阻"),
    ("发放", "发放|派发|分发|印发"),
    ("投入", "投入|拨付|落实|安排|支出|经费|资金|费用"),
    ("检查", "检查|巡检"),
    ("培训", "培训|轮训"),
    ("查处", "查处|查办"),
    ("签订", "签订|签署"),
    ("挽回", "挽回|追回|止损"),
    ("成功", "成功"),
    ("见面", "见面"),
    ("处置", "处置|处理"),
    ("办理", "办理"),
    ("纠正", "纠正"),
)
_STEP_NAMES = {f"s{index}": name for index, (name, _) in enumerate(_STEPS)}
_STEP = re.compile("|".join(f"(?P<s{index}>{words})" for index, (_, words) in enumerate(_STEPS)))
_NEUTRAL_STEP = re.compile(
    r"组织开展|集中开展|划分|设置|开展|组织|举办|举行|召开|进行|实施|发生|发案|共有|现有|拥有|配备|配齐"
    r"|建有|设有|完成|累计|参与|参加|达到|记录"
)
_LABEL = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}[、是]|\d{1,2}[.．、])"
)
_LEAD = re.compile(
    r"^(?:其中|截至目前|截至年底|截至|今年以来|一年来|年内|今年|全年|本年度?|目前|年底|通过|共计|一共"
    r"|先后|已|并|还|又|也|均|共|且|仅|再|由此|(?:19|20)\d{2}年?度?(?:以来)?"
    r"|(?:全|我|本)(?:公司|集团|系统|街道|社区|[省市县区镇乡村局馆院校厅委办厂司社站所])|(?:公司|集团)(?!层面)"
    r"|(?:党委会?|党组会?|领导小组|班子成员|网格员(?=.{2})))+"
)
_RESTART = re.compile(r"^.*(?:全年|一年来|今年以来|年内|先后)(?=.{2})")
_TAIL = re.compile(
    r"(?:共计|合计|累计|总计|达到|达|为|是|共|了|有|只|仅|约|各|等|的|分别|增加到|减少到|提高到|提升到"
    r"|上升到|上升至|下降到|下降至|减少至|增加至|提升至|提高至|扩充到|扩大到|压减到|压降至|缩短到|调整为|降为|增为"
    r"|降至|降到|增至|升至|减至|减为|升到|减到|增到|增|减|降|升|至|到|由|从|自|数为|以|实现)+$"
)
_INNER = re.compile(
    r"各类|各种|各项|各级|有效|及时|成功地|积极|依法|妥善|全面|扎实|深入|集中|相关|有关|大力|持续|继续|一律|全部"
    r"|公安机关|为(?:消费者|群众|企业|职工|居民|农民工|受害人)|人民群众|广大|全年|今年|群众|累计"
    r"|[“”‘’\"'《》 \u3000、，,]|[和与及并了的在将把对]|层面|专题|应急"
    r"|第?[一二三四]季度|[上下]半年"
)
_COUNTERPART = re.compile(r"^(?:集团|公司|局)?(?:层面)?(?:与|同|和)[^，]{1,10}?(?=签订|签署)")
_WORDS = (
    (re.compile("矛盾纠纷|各类纠纷|矛盾(?!调解|化解)"), "纠纷"),
    (re.compile("(?:安全|风险|事故|问题|安全生产|一般)?隐患(?:问题|点)?"), "隐患"),
    (re.compile("火灾隐患|消防隐患|消防安全隐患"), "火灾隐患"),
    (re.compile("信访(?:事项|案件|件)|来信来访事项"), "信访"),
    (re.compile("群众来访|来访(?:群众|人员)|来访"), "来访"),
    (re.compile("安全生产"), "安全"),
    (re.compile("生产经营(?:单位|企业|场所)|经营单位"), "经营单位"),
    (re.compile("电信网络诈骗|电信诈骗|网络诈骗|电诈"), "电诈"),
    (re.compile("道路交通|交通"), "交通"),
    (
        re.compile(
            "案件|事件|总投入|(?<=.{2})类(?![一-龥])|总量|总数|起数|件数|次数|数量|活动|事项|情况|工作"
        ),
        "",
    ),
    (re.compile("(?<=[一-龥]{2})数$"), ""),
)
_FIRE = re.compile("火灾隐患|消防(?:安全)?隐患")
_LEVEL = re.compile(r"全([省市县区镇乡村局馆院校厅委厂])")
_SPARE = re.compile(r"^(?:安全|生产|社会|平安)*$")
_SPARE_LEAD = re.compile(r"^(?:安全|生产|社会|平安)+")
_VAGUE = frozenset("其他 其它 其余 前者 后者 人员 问题 单位 企业 以上 总数 部分 合格 群众".split())
_VERB_ONLY = re.compile(
    r"(?:取消|下放|新建|建成|完成|出台|制定|修订|增加|减少|解决|实现|推出|设立|组织|建立|开展|改造|处理|立案"
    r"|破案|移送|结案|审结|执结|报送|收集|表彰|奖励|发布|推送|出动|参加|参与|覆盖|惠及|涉及|受益|安装|更换|获得"
    r"|评选|命名|创建|巡查|走访|慰问|宣传|演练|救助|帮扶|帮助|服务|见面|查获|抓获|拘留|罚款|处罚|合格|通过)+"
)
_MIN_OBJECT = 2
_FIRST_STEPS = frozenset({"排查", "受理", "接待", "处置", "办理", "纠正"})


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is done (``steps``), to what (``matter``), and at which ``level`` (全市, 全县)."""

    steps: frozenset[str]
    matter: str
    level: str = ""

    @property
    def name(self) -> str:
        """The indicator in its one wording."""
        return "".join(sorted(self.steps)) + self.matter

    @property
    def core(self) -> str:
        """The matter without words that tell nothing apart, to look figures up by."""
        return _SPARE_LEAD.sub("", self.matter) or self.matter

    @property
    def is_definite(self) -> bool:
        """True where the matter is told, so that two figures may be compared."""
        is_told = len(self.matter) >= _MIN_OBJECT and self.matter not in _VAGUE
        return is_told and not _VERB_ONLY.fullmatch(self.matter)

    def is_same(self, other: "Indicator") -> bool:
        """True where both count the same thing."""
        if self.level and other.level and self.level != other.level:
            return False
        if not (self.is_definite and other.is_definite):
            return False
        return self.steps == other.steps and _is_one_matter(self.matter, other.matter)

    def is_akin(self, other: "Indicator") -> bool:
        """True where one of the two leaves out what is done: 矛盾纠纷 and 排查矛盾纠纷."""
        if not (self.is_definite and other.is_definite) or bool(self.steps) == bool(other.steps):
            return False
        steps = self.steps | other.steps
        is_first_step = len(steps) == 1 and bool(steps & _FIRST_STEPS)
        return is_first_step and self.matter == other.matter

    def is_like(self, other: "Indicator") -> bool:
        """True where one matter holds the other: not enough to say that two figures disagree."""
        short, long = sorted((self.matter, other.matter), key=len)
        return len(short) >= _MIN_OBJECT and short in long


def _is_one_matter(first: str, second: str) -> bool:
    if first == second:
        return True
    longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
    return longer.endswith(shorter) and bool(_SPARE.match(longer[: -len(shorter)]))


@lru_cache(maxsize=2048)
def clean_phrase(lead: str) -> str:
    """The words before a figure as a reader would name the figure: 排查矛盾纠纷."""
    phrase = _LABEL.sub("", lead.strip(" \u3000“”‘’：:，,、.．"))
    phrase = _LEAD.sub("", _RESTART.sub("", phrase))
    return _TAIL.sub("", phrase).strip(" \u3000“”‘’、，,")


@lru_cache(maxsize=2048)
def read_indicator(lead: str) -> Indicator:
    """The indicator that the words before a figure tell; its matter may be empty."""
    level = _LEVEL.search(lead)
    phrase = _COUNTERPART.sub("", clean_phrase(lead))
    fire = bool(_FIRE.search(phrase))
    steps = frozenset(_STEP_NAMES[m.lastgroup or ""] for m in _STEP.finditer(phrase))
    if len(steps) > 1:
        steps -= {"成功"}
    rest = _INNER.sub("", _NEUTRAL_STEP.sub("", _STEP.sub("", phrase)))
    for pattern, word in _WORDS:
        rest = pattern.sub(word, rest)
    if fire and "火灾" not in rest:
        rest = rest.replace("消防", "").replace("隐患", "火灾隐患")
    return Indicator(steps, rest, level.group(1) if level else "")
