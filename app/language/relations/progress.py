"""How far a matter got: 排查42件，化解40件. Pairs of a whole and what was done of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.quantity import Quantity, QuantityKind
from app.language.relations.indicators import Clauses
from app.language.relations.part_groups import PartGroup

_WHOLE = re.compile(
    r"排查出|排查|摸排|受理|接报|接收|收到|接到|发现|登记|查出|梳理|交办|转办|承办|接待"
    r"|收集|征集|立案|入库|派发|划分"
    r"|(?:开具|下发|制发|发出|印发)(?=[^，。]{0,10}(?:通知书|建议书|告知书|提示函|督办函|[交督转]办单|工单|任务单))"
    r"|检查出|发放(?=[^，。]{0,12}(?:问卷|测评表|调查表|意见表))|应(?:参|训|检|签|到|缴|办|整改)|共有|现有|列入|存在|在册|登记在册|抽检|检测|检验|抽查|抽样|上报|报送|采集|流转"
)
_DONE = re.compile(
    r"化解|调处|调解|办结|整改|处置|解决|答复|回复|销号|侦破|破获|审结|办理|处理|消除|完成|反馈"
    r"|采纳|采用|核查|收回|回收|规范管理|纳入|建档|(?:实际?|已)(?:参|训|检|签|到|缴|办)|参训|参会|不?合格|不?达标"
    r"|建成|创建|创成|落实(?:帮教|管控|稳控|包保|监管)(?:措施)?|见面走访"
)
_MATTER = re.compile(r"(?:积案|纠纷|隐患|线索|案件|信访件|信访事项|投诉|诉求|警情|工单|问题|险情)$")
_CHANGE = re.compile(r"新增|新发|增加|上升|下降|减少|另有|其中")
_ADVERB = re.compile(
    r"年内|年底前|当年|成功|全部|及时|已经|已|均|妥善|有效|就地|当场|督促|现场|立即|按期|按时|如期|限期|共"
    r"|累计|其中|并|目前"
    r"|全年|到位|完毕|完成|了|的|各类|各种|有关|相关"
)
_SUB_AREA = re.compile(r"分别|平均|每|各(?![类种项级])|同比|比上|较上|比去|较去|上年|去年")
# 上半年排查86处，下半年排查64处，全年整改150处: the second half is not the whole
_HALF = re.compile("半年|季度|线[上下]|城镇|农村|专职|兼职|[村镇乡县区]级|[个集]访")
_IN_ALL = re.compile("共|全年|累计|全部|合计|总计")
_MAX_BETWEEN = 6


@dataclass(frozen=True, slots=True)
class ProgressPair:
    """``part`` of ``whole`` was done; ``lead`` is where the whole's clause begins."""

    whole: Quantity
    part: Quantity
    lead: int


def read_progress_pairs(
    text: str,
    quantities: Sequence[Quantity],
    groups: Sequence[PartGroup],
    clauses: Clauses | None = None,
) -> tuple[ProgressPair, ...]:
    """Wholes with what was done of them in the same sentence, and single parts behind 其中."""
    clauses = clauses or Clauses(text)
    pairs = [*_told_in_sentence(text, quantities, clauses), *_single_parts(groups, clauses)]
    unique = {(p.whole.span, p.part.span): p for p in pairs}
    return tuple(unique[key] for key in sorted(unique))


def _single_parts(groups: Sequence[PartGroup], clauses: Clauses) -> Iterator[ProgressPair]:
    for group in groups:
        if group.marker != "其中" or any(
            part.value <= whole.value
            for whole in (group.whole, *group.alternatives)
            for part in group.parts
        ):
            continue
        yield ProgressPair(group.whole, group.parts[0], clauses.start(group.whole.span.start))


def _told_in_sentence(
    text: str, quantities: Sequence[Quantity], clauses: Clauses
) -> Iterator[ProgressPair]:
    counts = [q for q in quantities if q.kind is QuantityKind.COUNT and q.unit]
    for index, part in enumerate(counts):
        lead = text[clauses.start(part.span.start) : part.span.start]
        done = _DONE.search(lead)
        if done is None or _SUB_AREA.search(lead):
            continue
        whole = _whole_of(text, counts, index, clauses)
        if whole is None:
            continue
        whole_start = clauses.start(whole.span.start)
        if _same_matter(text[whole_start : whole.span.start], lead):
            yield ProgressPair(whole, part, whole_start)


def _whole_of(
    text: str, counts: Sequence[Quantity], index: int, clauses: Clauses
) -> Quantity | None:
    """The nearest amount before in the sentence, of the same unit, that tells of a whole."""
    part = counts[index]
    floor = clauses.sentence_start(part.span.start)
    parted = text.rfind("其中", floor, part.span.start)
    for at in range(index - 1, max(-1, index - _MAX_BETWEEN - 1), -1):
        whole = counts[at]
        if whole.span.start < floor:
            return None
        if whole.unit != part.unit or whole.span.start > parted >= 0:
            continue  # another unit, or itself a part told behind 其中
        lead = text[clauses.start(whole.span.start) : whole.span.start]
        if _SUB_AREA.search(lead) or whole.scope != part.scope:
            return None
        if _HALF.search(lead) and _IN_ALL.search(
            text, clauses.start(part.span.start), part.span.start
        ):
            return None
        if _WHOLE.search(lead):
            return whole
        if not _DONE.search(lead):
            is_first = at == 0 or counts[at - 1].span.start < floor
            return whole if is_first and _is_matter(lead) else None
    return None


def _is_matter(lead: str) -> bool:
    """True for 信访积案47件: a matter and its amount, nothing done or changed."""
    return bool(_MATTER.search(lead) and not _CHANGE.search(lead))


def _same_matter(whole_lead: str, part_lead: str) -> bool:
    """True where the part's clause names the whole's matter, or none at all."""
    matter = _matter(part_lead)
    if matter is None:
        return False
    whole = _ADVERB.sub("", _WHOLE.sub("", whole_lead))
    return not matter or matter in whole or whole.endswith(matter[-2:])


def names_own_matter(whole_lead: str, part_lead: str) -> bool:
    """True where the part's clause names a matter that the whole's clause does not."""
    matter = _matter(part_lead)
    return matter is not None and matter not in whole_lead


def _matter(lead: str) -> str | None:
    """What was done, less verb, adverbs and who did it; ``None`` where nothing was done."""
    if _DONE.search(lead) is None:
        return None
    matter = _ADVERB.sub("", _DONE.sub("", lead))
    return "" if matter.startswith(("由", "经", "通过", "依托")) else matter
