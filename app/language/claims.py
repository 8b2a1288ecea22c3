"""Claims beside figures: honours, superlatives, “nothing happened”, quoted names, events."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from app.core.document import Span
from app.language.held import HeldTexts, bare
from app.language.names.finder import NameKind, locate_names
from app.language.term_index import TermIndex
from app.language.terms import key_terms


class ClaimKind(StrEnum):
    """What a complaint is about."""

    FIGURE = "figure"
    UNIT = "unit"
    QUALIFIER = "qualifier"
    INDICATOR = "indicator"
    DATE = "date"
    NAME = "name"
    DOCUMENT = "document"
    AWARD = "award"
    SUPERLATIVE = "superlative"
    NIL = "nil"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a text says without a fact: where, what, and in words a writer or a model can use."""

    span: Span
    quote: str
    kind: ClaimKind
    message: str


_GENERIC_NAME = re.compile(
    r"^(?:上级|各级|市|县|区|镇|乡|省|中央|本级|基层|村|县级|市级|街道)*"
    r"(?:党委政府|党委|政府|县委|市委|区委|省委|党组|公安机关|政法委|平安办|人民政府"
    r"|村委会|居委会|委员会|社区|公司|学校"
    r"|派出所|法院|检察院|办事处|居民委员会|村民委员会|村|乡镇|街道|医院|银行)?$"
)
_QUOTED = re.compile(r"[“‘「]([^”’」\n]{2,30})[”’」]")
_SET_PHRASES = frozenset(
    """
    枫桥经验 一岗双责 三管三必须 一把手 零容忍 最后一公里 平安建设 四不两直 三个必须 党政同责
    谁主管谁负责 谁执法谁普法 抓平安就是抓发展 抓早抓小 两手抓 一盘棋 一张网 一站式 主人翁
    第一责任人 安全第一 预防为主
    """.split()
)
_AWARD = re.compile(
    r"荣获|喜获|获评|被评为|评选为|被授予|被命名|被认定|评为|入选"
    r"|获得?[^，。；]{0,24}(?:称号|表彰|奖|荣誉|先进|优秀|等次|示范)"
    r"|荣誉称号|表彰为|受到[^，。；]{0,14}(?:表彰|嘉奖|通报表扬|高度评价|充分肯定|一致好评)"
    r"|得到[^，。；]{0,14}(?:肯定|好评|赞誉|认可)"
    r"|被[^，。；]{0,10}(?:推广|转发|采用|刊发|批示)|[得获]到?[^，。；]{0,10}批示"
    r"|(?:经验|做法)[^，。；]{0,8}(?:被推广|交流发言|刊发)"
)
_STEPS = "化解|整改|办结|清零|销号|完成|解决|侦破|告破|破获|处置|返还|达标|兑现|配齐|消除|到位|修复"
_ALL = re.compile(rf"(?:全部|全数|悉数|均已|逐一)(?:得到|及时|整改|落实)?(?:{_STEPS})")
_HELD_ALL = re.compile(r"全部|全数|均|都|100%|百分之百|百分百|清零|全覆盖|逐")
_EQUAL = re.compile(
    rf"(\d[\d,.]*)([件处起项个批条])[^。；]{{0,24}}?(?:{_STEPS}|破)[^\d。；]{{0,6}}\1\2"
)
_SUPERLATIVE = re.compile(
    r"首创|首个|首家|首例|首次|率先|独创|开创|唯一|领先|前列|名列|位居|排名|居全[省市县区国]"
    r"|(?<!安全)第一(?!时间|责任|线|位的|要务|步|手|课|道|书记|议题|季度|批|期|阶段|、|，|是)"
    r"|历史(?:最|新|性)|新高|新低|最(?:高|低|好|快|多|少|强|优|佳)(?!限度|程度|人民|检|法|处)"
    r"|[全百]分之百|(?<![应要])全覆盖|零距离|圆满完成"
)
_NIL = re.compile(
    r"(?:未曾?|没有|没|无)(?:出现|发生|接到|接报|引发|收到|造成)"
    r"|零(?:事故|上访|发案|案件|火灾|伤亡|投诉|发生|案发|事件|纠纷|信访|舆情)"
    r"|无(?:一[起例人件名]|重特?大|较大|人员伤亡|安全|责任事故|事故|上访|脱管|漏管|火灾|案件|数据|信息泄露)"
    r"|杜绝了|均未(?:发生|出现)|从未"
)
_NIL_HEAD = re.compile(
    r"^(?:未曾?|没有|没|无|零|杜绝了|均未|从未)"
    r"(?:出现|发生|接到|接报|引发|收到|造成)?(?:一[起例人件名])?(?:任何)?"
)
_AIM = re.compile(r"坚决|确保|防止|避免|力争|努力|争取|严防|力求|为了?$|不让|以防|旨在|目标")
_RESTRICTORS = (
    "重特大 特大 重大 较大 死亡 亡人 有责 责任 一般 越级 赴省 进京 集体 群体 恶性 现行 命案 "
    "涉校 水上 生产 泄密 失窃 物资 供水 火灾 交通 火情 溺亡 溺水 数据 信息 网络 校园 消防".split()
)
_SCOPES = frozenset(
    "重特大 特大 重大 较大 死亡 亡人 有责 责任 越级 集体 群体 恶性 水上 涉校 赴省 进京 "
    "生产 校园 现行".split()
)
_EVENT = re.compile(
    r"召开|举办|举行|印发|出台|成立|组建|建成|设立|安装|加装|增设|配备|购置|购买|采购|投入|签订|发放|张贴|悬挂|慰问"
    r"|邀请|聘请|查处|抓获|破获|拆除|关停|拨付|改造|新建|修建|更换|评选|表彰|制作|拍摄|播放|开通|上线|启用|引进|选派|招募"
    r"|更新|增派|转移"
    r"|(?:开展|组织|进行|实现|完成|建立|制定|解决|化解|消除|整改|落实|处理|处置|参与|提供|推出|实施)了"
    r"|多次|先后|成功|圆满|顺利"
)
# What the firewall puts for a figure or name of another report; none of it is a fact.
_MASKS = re.compile(
    r"若干|相应比例|相应幅度|有关荣誉|有关同志|有关文件|当月|当日|当季|本地|有关单位"
)
_OUTCOME = re.compile(
    r"(?:有效|切实|进一步|显著|明显|大大|极大|大幅|全面|不断|稳步)?(?:地)?"
    r"(?:提升|提高|增强|保障|维护|促进|改善|遏制|营造|降低|减少|预防|避免|确保|赢得|取得)了"
    r"|(?:明显|显著|持续|稳步|大幅)(?:提升|提高|增强|改善|好转|下降|减少)|取得(?:了)?[^，。；]{0,8}(?:成效|成绩|效果)|成效(?:明显|显著)"
    r"|(?:持续|不断|稳步|逐步|日益|逐年|明显|显著|大幅)"
    r"(?:向好|提升|提高|增强|改善|好转|下降|减少|上升|优化|攀升)$"
    r"|拍手称快|点赞|好评|赞誉|赞扬|称赞|交口|可复制|可推广|深入人心|蔚然成风|家喻户晓"
    r"|(?:受到|深受|得到)[^，。；]{0,10}(?:欢迎|认可|支持|信赖)"
)
_DEED = re.compile(
    r"^(?:全年|今年|同时|此外|还|并|又|也|积极|认真|扎实|深入|广泛|大力|定期|及时|先后|主动|多次)*"
    r"(组织(?!领导|建设|保障|体系|架构)|开展|走访|摸排|巡查)了?(?=[\u4e00-\u9fff]{3,})"
)
_BREAKS = "，。；：！？,;!?\n"
_CLAUSE_REACH = 120
_SHARED_WITH_VERB = 0.5
_SHARED_WITHOUT_VERB = 0.75
_TASK = re.compile(r"^(?:将|要|下一步|明年|今后|继续|进一步|拟|力争|着力|努力|坚持|持续|不断)")


class HeldClaims(HeldTexts):
    """What the facts claim, each claim read once; the texts are ``bare``."""

    @cached_property
    def nil(self) -> "_NilClaims":
        """Every claim that nothing happened."""
        return _NilClaims(self.texts)

    def sharing(self, terms: frozenset[str], share: float) -> int:
        """The texts that hold at least that share of these words, a bit each."""
        return self.terms.shared(terms).at_least(math.ceil(share * len(terms)))


class _NilClaims:
    """Claims that nothing happened, a bit each, with what narrows them."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        found = [
            (text, text[match.start() : _clause_at(text, match.start()).end])
            for text in texts
            for match in _NIL.finditer(text)
        ]
        self.terms = TermIndex(key_terms(text) for text, _ in found)
        self._in_text = HeldTexts(text for text, _ in found)
        self._in_claim = HeldTexts(held for _, held in found)

    def fitting(self, said: str, clause: str) -> int:
        """The claims that are not narrower than the clause, nor wider than what is said."""
        fitting = self.terms.all
        for word in _SCOPES:
            if word not in clause:
                fitting &= ~self._in_claim.holding(word)
        for word in _RESTRICTORS:
            if word in said:
                fitting &= self._in_text.holding(word)
        return fitting


def name_complaints(sentence: str, allowed: HeldTexts) -> Iterator[Complaint]:
    """Names of units, places, people and documents, and quoted names, that no fact holds."""
    for name in locate_names(sentence):
        if name.kind is NameKind.HONOUR or _GENERIC_NAME.match(name.text):
            continue
        text = bare(name.text)
        if not allowed.holds(text):
            kind = ClaimKind.DOCUMENT if name.kind is NameKind.TITLE else ClaimKind.NAME
            yield Complaint(name.span, name.text, kind, f"要点里没有“{text}”")
    yield from quoted_complaints(sentence, allowed)


def quoted_complaints(sentence: str, allowed: HeldTexts) -> Iterator[Complaint]:
    """Names in quotation marks that no fact holds; set phrases need none."""
    for match in _QUOTED.finditer(sentence):
        quoted = match.group(1)
        if quoted not in _SET_PHRASES and not allowed.holds(bare(quoted)):
            span = Span(*match.span())
            yield Complaint(span, match.group(0), ClaimKind.NAME, f"要点里没有“{quoted}”")


def claim_complaints(sentence: str, facts: HeldClaims) -> Iterator[Complaint]:
    """Honours, superlatives and nil-incident claims that no fact holds."""
    for match in _AWARD.finditer(sentence):
        if not _award_held(sentence, match.start(), facts):
            yield _complain(match, ClaimKind.AWARD, "要点里没有这项荣誉或评价")
    for match in _SUPERLATIVE.finditer(sentence):
        if not facts.holds(match.group(0)):
            yield _complain(match, ClaimKind.SUPERLATIVE, f"要点里没有“{match.group(0)}”这样的说法")
    for match in _ALL.finditer(sentence):
        clause = _clause_at(sentence, match.start())
        is_aim = _AIM.search(sentence[clause.start : match.start()])
        if not is_aim and not _all_held(clause.of(sentence), match.group(0), facts):
            yield _complain(match, ClaimKind.SUPERLATIVE, f"要点里没有“{match.group(0)}”这样的说法")
    for match in _NIL.finditer(sentence):
        clause = _clause_at(sentence, match.start())
        if _AIM.search(sentence[clause.start : match.start()]):
            continue
        said = sentence[match.start() : clause.end]
        if not _nil_held(said, clause.of(sentence), facts):
            yield _complain(match, ClaimKind.NIL, f"要点里没有“{said}”")


def event_complaints(sentence: str, facts: HeldClaims) -> Iterator[Complaint]:
    """Clauses that tell an event or an outcome of which no fact speaks."""
    for clause in _clauses(sentence):
        text = clause.of(sentence)
        mask = _MASKS.search(text)
        if mask and not facts.holds(mask.group(0)):
            yield Complaint(clause, text, ClaimKind.EVENT, f"要点里没有“{text}”这件事")
            continue
        outcome = _OUTCOME.search(text)
        if outcome and not facts.holds(outcome.group(0)):
            yield Complaint(clause, text, ClaimKind.EVENT, f"要点里没有“{text}”这样的评价")
            continue
        deed = _DEED.match(text)
        if deed and not _event_held(text, deed.group(1), facts):
            yield Complaint(clause, text, ClaimKind.EVENT, f"要点里没有“{text}”这件事")
            continue
        match = _EVENT.search(text)
        if match is None or (_TASK.match(text) and not re.search("了|多次|先后|成功", text)):
            continue
        if not _event_held(text, match.group(0), facts):
            yield Complaint(clause, text, ClaimKind.EVENT, f"要点里没有“{text}”这件事")


def _complain(match: re.Match[str], kind: ClaimKind, message: str) -> Complaint:
    return Complaint(Span(*match.span()), match.group(0), kind, message)


def _clause_at(text: str, position: int) -> Span:
    start, end = position, position
    first, last = max(position - _CLAUSE_REACH, 0), min(position + _CLAUSE_REACH, len(text))
    while start > first and text[start - 1] not in _BREAKS:
        start -= 1
    while end < last and text[end] not in _BREAKS:
        end += 1
    return Span(start, end)


def _clauses(text: str) -> Iterator[Span]:
    for match in re.finditer(r"[^，。；：！？,;!?\n]+", text):
        yield Span(*match.span())


def _award_held(sentence: str, start: int, facts: HeldClaims) -> bool:
    """The honour's own words stand in one fact that is about an honour."""
    clause = _clause_at(sentence, start).of(sentence)
    near = [n.text for n in locate_names(clause) if n.kind is NameKind.HONOUR]
    found = facts.matching(_AWARD)
    for honour in near:
        found &= facts.holding(bare(honour))
    if not near:
        terms = key_terms(clause)
        found &= facts.sharing(terms, 0.6) if terms else 0
    return found != 0


def _all_held(clause: str, claim: str, facts: HeldClaims) -> bool:
    """A fact says as much of the same things, or its own counts do."""
    subject = key_terms(re.sub(r"\d[\d.,]*", " ", clause.replace(claim, " ")))
    claims = facts.matching(_HELD_ALL) | facts.matching(_EQUAL)
    return claims & facts.sharing(subject, 0.5) != 0


def _nil_held(said: str, clause: str, facts: HeldClaims) -> bool:
    """A fact makes the same claim of the same thing, and not of a narrower one."""
    subject = key_terms(_NIL_HEAD.sub(" ", said)) - key_terms("事件情况现象问题任何各类")
    subject = subject or key_terms(clause)
    enough = math.ceil(0.6 * len(subject))
    alike = facts.nil.terms.shared(subject).at_least(enough)
    return alike & facts.nil.fitting(said, clause) != 0


def _event_held(clause: str, verb: str, facts: HeldClaims) -> bool:
    """A fact tells it in the same verb, or in another but of the very same things."""
    objects = key_terms(clause.replace(verb, " "))
    shared = facts.terms.shared(objects)
    told = facts.holding(verb.removesuffix("了"))
    if told & shared.at_least(math.ceil(_SHARED_WITH_VERB * len(objects))):
        return True
    if objects and shared.at_least(math.ceil(_SHARED_WITHOUT_VERB * len(objects))):
        return True
    told &= shared.at_least(1)
    numbers = re.findall(r"\d[\d.,]*", clause)
    for number in numbers:
        told &= facts.holding(number)  # 发放宣传资料3200份 for 发放资料3200份
    return bool(numbers and told)
