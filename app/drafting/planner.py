"""Every fact to exactly one part of the profile, by meaning; nothing is dropped."""

import re
from collections.abc import Collection, Iterator, Sequence

from app.checking.profile import Part, PartKind, Profile
from app.core.facts import Fact, FactSheet
from app.drafting.bank import Bank, load_bank, pick
from app.drafting.merging import merge_thin
from app.drafting.plan_types import Plan, PlannedBlock, PlannedSection
from app.drafting.wording import has_verb_first, is_award, is_nil, is_profile
from app.text.terms import key_terms, normalise

_OWN_TITLE_CHARS = 6
_OWN_NAME_CHARS = 4
_HEADING_WEIGHT = 4.0
_RESULTS = "results"
_RESULT_BONUS = 8.0
_FEW_RESULTS = 3
_FEWEST_SHARED = 2
_BANK_WEIGHT = 0.7
_GENERIC_WEIGHT = 0.12
_NEARLY = 0.4
_FAINT = 0.6  # what one generic cue comes to
# Said in every part; they decide only where nothing else does.
_BROAD_HEADING = re.compile(
    r"基础|综合|综治|平安(?:防控|创建|建设)|(?:重点|专项|业务|日常|主要)工作|其他|保障"
)
_GENERIC_CUES = frozenset(
    """
    查处 物资 投入 设备 事项 服务 人员 队伍 宣传 培训 检查 教育 数据 系统 整治 走访 上报 办结 采集
    更换 改造 安装 新建 增设 升级 对接 会议 部署 通报 方案 制度 机制 办法 清单 要点 资金 经费 保障
    预算 拨付 学习 讲座 咨询 展板 课堂 违法 车辆 预警 损失 返还 立案 化解 排查 隐患 整改 测试 资料
    救助 家庭
    """.split()
)
_ACCIDENT_BONUS = 6.0

_GENERIC_HEADING = re.compile(
    r"^(?:主要|重点|全年|本年度?|今年)?(?:工作|要点|事实|情况|做法|数据|内容|基本情况|工作情况|开展情况"
    r"|工作要点|工作内容|主要工作|工作事实|其他|其它|另外|综合|补充|方面|事项)*$"
)
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
    r"(?:仍|还|尚)(?:存在|有(?!序)|需|未|不|显)|存在.{0,24}(?:不足|问题|短板|差距|薄弱|隐患|困难|滞后)|不够|不足(?!以|\d)"
    r"|有待|薄弱|滞后|短板|不强|不高|不到位|不平衡|不及时|拥堵(?:较为?|比较|仍)?突出|(?:矛盾|问题|现象)(?:较为?|比较|仍然?)突出|反复出现|不健全|不完善|不规范|缺乏|欠缺|偏弱|偏少|偏慢|偏低|难度(?:较)?大"
    r"|跟不上|老化|进展(?:较|偏)?慢|更新慢|压力(?:较)?大|有差距|能力弱|偏高|偏大|偏多|偏长|仍偏|增长较快|多发|高发|频发|盲区|投诉集中|[\u4e00-\u9fff]难(?=[，、]|$)|力度不|覆盖不全|流于形式|未配齐"
)
_COUNTED_SUBJECT = re.compile(r"\d+(?:名|个|家|处|户|人|辆|台|所|座)(?!次)")
_RESULT = re.compile(
    r"完成|改造|整改|化解|办结|调解|建成|更换|安装|开展|培训|整治|检查|排查|查处|配备|新增|获|已|达|下降|上升"
)
_REMEDY = re.compile(
    r"^(?:针对|聚焦|围绕|解决|为解决|紧盯|瞄准)|已(?:整改|解决|完成|改正)|全部(?:整改|解决)"
)
_PLAN_START = re.compile(
    r"^(?:下一?步|明年|来年|今后|拟|计划(?!\w{0,8}(?:印发|完成率))|打算|力争|争取|将(?!\w{0,10}纳入))"
)
_PLAN_INSIDE = re.compile(
    r"(?:明年|来年|下年度?)(?:将|计划|拟|继续|力争|底前|上半年)|(?:将于|拟于)"
)
_YEAR = re.compile(
    r"(20\d\d)年(?:\d{1,2}月|[上下]半年|[一二三四]季度)?(底前|前|将|拟|计划|力争|底|继续|起)?"
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
    first = re.split(r"[，；。]", text, maxsplit=1)[0]
    if _PROBLEM.search(text) and not _REMEDY.search(text):
        # A problem states no result of its own; figures of work done come first in a bullet.
        is_early = bool(_PROBLEM.search(first)) or not re.search(r"\d", first)
        # 3名同志兼职多项工作，力量不足: the figure says who has the problem, not what was done.
        if is_early or (_COUNTED_SUBJECT.match(first) and not _RESULT.search(first)):
            return PartKind.PROBLEMS
    return PartKind.WORK


def _heading_kind(heading: str) -> PartKind | None:
    if re.search(r"问题|不足|短板|困难|差距", heading) and not re.search(
        r"整改|排查|解决|化解", heading
    ):
        return PartKind.PROBLEMS
    if re.search(r"下一?步|打算|明年|计划$|工作计划|思路|来年|今后", heading):
        return PartKind.PLANS
    return None


def plan(sheet: FactSheet, profile: Profile, *, bank: Bank | None = None) -> Plan:
    """Lay out the report: one section a part, thin ones merged, in the profile's order."""
    bank = bank or load_bank()
    scorer = _Scorer(profile, bank)
    by_part: dict[str, list[Fact]] = {part.key: [] for part in scorer.parts}
    for fact, key in zip(sheet.facts, scorer.assign(sheet), strict=True):
        by_part[key].append(fact)
    seed = f"{sheet.unit}{sheet.year}"
    opening = scorer.parts[0].key
    results = by_part.get(_RESULTS, [])
    is_headed = any(fact.heading for fact in results)
    if (
        0 < len(results) <= _FEW_RESULTS
        and not any(p.key == _RESULTS and p.mandatory for p in profile.parts)
        and not is_headed
    ):
        # A few honours are told before “现将……报告如下”, as offices do.
        by_part[opening] += by_part.pop(_RESULTS)
        by_part[_RESULTS] = []
    sections = [
        _section(part, by_part[part.key], bank=bank, seed=seed, claimed=scorer.claimed)
        for part in scorer.parts
        if by_part[part.key] or part.mandatory or part.kind is PartKind.OPENING
    ]
    return Plan(tuple(merge_thin(sections, bank=bank, seed=seed)))


def part_titles(sheet: FactSheet, profile: Profile) -> dict[str, str]:
    """For each fact id the title of the part it will be told in."""
    scorer = _Scorer(profile, load_bank())
    titles = {part.key: part.title for part in scorer.parts}
    return {
        fact.id: titles[key] for fact, key in zip(sheet.facts, scorer.assign(sheet), strict=True)
    }


def _section(
    part: Part, facts: list[Fact], *, bank: Bank, seed: str, claimed: Collection[str] = ()
) -> PlannedSection:
    blocks = tuple(_blocks(part, facts, bank, claimed))
    title = "" if part.kind is PartKind.OPENING else _title(part, facts, bank=bank, seed=seed)
    if not facts and title:
        title = part.title
    ordered = tuple(fact for block in blocks for fact in block.facts)
    return PlannedSection(part.key, title, ordered, part.mandatory, part.kind, blocks, part.title)


def _title(part: Part, facts: list[Fact], *, bank: Bank, seed: str) -> str:
    headings = {fact.heading for fact in facts}
    if len(headings) == 1:
        own = headings.pop()
        if len(own) >= _OWN_TITLE_CHARS and not _GENERIC_HEADING.match(own):
            return own
    if part.key in bank.parts:
        return pick(bank.part(part.key).titles, seed + part.key)
    return part.title


def _blocks(
    part: Part, facts: list[Fact], bank: Bank, claimed: Collection[str]
) -> Iterator[PlannedBlock]:
    """One block a user heading, in order of appearance; ``claimed`` facts have left theirs."""
    short = bank.parts[part.key].short if part.key in bank.parts else part.title
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        is_out = fact.id in claimed or _GENERIC_HEADING.match(fact.heading)
        heading = "" if is_out else fact.heading
        groups.setdefault(heading, []).append(fact)
    for heading, members in groups.items():
        name = heading if len(heading) >= _OWN_NAME_CHARS else short
        yield PlannedBlock(part.key, name, tuple(members))


class _Scorer:
    """Finds the part of a fact from headings and cues."""

    def __init__(self, profile: Profile, bank: Bank) -> None:
        self.profile = profile
        self.parts = all_parts(profile)
        self._work = [part for part in self.parts if part.kind is PartKind.WORK]
        self.claimed: set[str] = set()
        self._cues: dict[str, dict[str, float]] = {}
        for part in self._work:
            weights = dict.fromkeys((*part.headings, *part.cues), 1.0)
            if part.key in bank.parts:
                for topic in bank.part(part.key).topics:
                    for cue in topic.cues:
                        weight = _GENERIC_WEIGHT if cue in _GENERIC_CUES else _BANK_WEIGHT
                        weights.setdefault(cue, weight)
            self._cues[part.key] = weights
        counts: dict[str, int] = {}
        for weights in self._cues.values():
            for cue in weights:
                counts[cue] = counts.get(cue, 0) + 1
        # Longest first, so that a cue inside a longer one does not count again.
        self._worth = {
            key: [
                (cue, weights[cue] * len(cue) ** 1.4 * counts[cue] ** -0.5)
                for cue in sorted(weights, key=lambda c: (-len(c), c))
            ]
            for key, weights in self._cues.items()
        }
        self._known: dict[tuple[str, str], float] = {}

    def assign(self, sheet: FactSheet) -> list[str]:
        """The part key of every fact, in the sheet's order."""
        keys = [self._part_of(fact, sheet.year) for fact in sheet.facts]
        for index, key in enumerate(keys):
            if not key:
                keys[index] = self._neighbour(sheet.facts, keys, index)
        self.fill_mandatory(sheet.facts, keys)
        return keys

    def _part_of(self, fact: Fact, year: int) -> str:
        """The part a fact's heading or words point to; empty where nothing does."""
        kind = fact_kind(fact, year)
        if kind is not PartKind.WORK:
            return next(part.key for part in self.parts if part.kind is kind)
        by_heading = self._by_heading(fact.heading)
        if by_heading:
            return by_heading
        text = normalise(fact.text)
        if is_profile(text):
            return self.parts[0].key
        is_result = is_award(text) or _is_overall(text)
        scores = self._scores(fact, text)
        if _RESULTS in scores:
            # Every rise and fall is a result; only honours and overall figures belong there.
            scores[_RESULTS] = scores[_RESULTS] + _RESULT_BONUS if is_result else 0.0
        if "safety" in scores and is_nil(text[:16]) and _ACCIDENT.search(text):
            scores["safety"] += _ACCIDENT_BONUS
        best = max(self._work, key=lambda part: scores[part.key])
        return best.key if scores[best.key] > _FAINT else ""

    def _scores(self, fact: Fact, text: str) -> dict[str, float]:
        """How well each part of the work fits a fact and the heading over it."""
        heading = "" if _GENERIC_HEADING.match(fact.heading) else fact.heading
        return {
            part.key: self._score(text, part.key) + _HEADING_WEIGHT * self._score(heading, part.key)
            for part in self._work
        }

    def fill_mandatory(self, facts: Sequence[Fact], keys: list[str]) -> None:
        """Give an empty mandatory part the fact that fits it nearly as well as its own part."""
        for part in self._work:
            if not part.mandatory or part.key in keys:
                continue
            self._claim(part, facts, keys)
            if part.key in keys:
                continue
            best = (_NEARLY, -1)
            for index, fact in enumerate(facts):
                own = keys[index]
                is_last = keys.count(own) == 1 and self._is_mandatory(own)
                if own not in self._cues or is_last or self._by_heading(fact.heading):
                    continue
                scores = self._scores(fact, normalise(fact.text))
                if scores[own] > 0:
                    best = max(best, (scores[part.key] / scores[own], index))
            if best[1] >= 0:
                keys[best[1]] = part.key

    def _claim(self, part: Part, facts: Sequence[Fact], keys: list[str]) -> None:
        """Take facts for an empty part whose own words speak of it, whatever broad heading
        (基础工作, 平安防控) the writer put over them."""
        for index, fact in enumerate(facts):
            own = keys[index]
            is_last = keys.count(own) == 1 and self._is_mandatory(own)
            if own not in self._cues or is_last or not _BROAD_HEADING.search(fact.heading):
                continue
            text = normalise(fact.text)
            scores = {p.key: self._score(text, p.key) for p in self._work if p.key != _RESULTS}
            best = max(scores, key=lambda key: scores[key])
            if best == part.key and scores[best] > _FAINT:
                keys[index] = part.key
                self.claimed.add(fact.id)

    def _is_mandatory(self, key: str) -> bool:
        return any(part.key == key and part.mandatory for part in self._work)

    def _neighbour(self, facts: Sequence[Fact], keys: Sequence[str], index: int) -> str:
        """The part of the fact that shares most words; else of the one before; else the first."""
        own = key_terms(facts[index].text)
        work = {part.key for part in self._work} - {_RESULTS}
        near = [
            (_shared(own, fact), -2 * abs(other - index) + (other < index), key)
            for other, (fact, key) in enumerate(zip(facts, keys, strict=True))
            if key in work
        ]
        best = max(near, default=(0, 0, ""))
        if best[2]:
            return best[2]
        return "work" if "work" in work else self._work[0].key

    def _by_heading(self, heading: str) -> str:
        """The part whose title or heading words the writer's heading holds; the longest wins."""
        if not heading or _GENERIC_HEADING.match(heading):
            return ""
        found = [
            (len(word), -index, part.key)
            for index, part in enumerate(self._work)
            for word in (part.title, *part.headings)
            if word and (word in heading or (len(heading) >= 4 and heading in word))
        ]
        return max(found)[2] if found else ""

    def _score(self, text: str, key: str) -> float:
        """Specific cues weigh more, and so do those that stand first."""
        if (text, key) in self._known:
            return self._known[text, key]
        score = 0.0
        taken: list[tuple[int, int]] = []
        for cue, worth in self._worth[key]:
            at = text.find(cue)
            if at < 0 or any(start < at + len(cue) and at < end for start, end in taken):
                continue
            taken.append((at, at + len(cue)))
            score += worth * (1.6 if at < 8 else 1.0 if at < 24 else 0.6)
        self._known[text, key] = score
        return score


_ACCIDENT = re.compile(r"事故|伤亡|火灾|爆炸|踩踏|坍塌|溺亡")


def _shared(own: frozenset[str], fact: Fact) -> int:
    shared = len(own & key_terms(fact.text))
    return shared if shared >= _FEWEST_SHARED else 0


def _is_overall(text: str) -> bool:
    return bool(
        re.match(r"^(?:全年|全市|全县|全镇|全区|群众)?.{0,6}(?:安全感|满意度|平安指数)", text)
    ) or (is_nil(text) and not re.search(r"\d", text) and len(re.findall(r"[、，]", text)) >= 2)


def all_parts(profile: Profile) -> tuple[Part, ...]:
    """The profile's parts with the kinds that every report needs a place for."""
    parts = list(profile.parts)
    kinds = {part.kind for part in parts}
    if PartKind.OPENING not in kinds:
        parts.insert(0, Part("opening", "引言", PartKind.OPENING))
    if PartKind.WORK not in kinds:
        parts.insert(1, Part("work", "主要工作"))
    if PartKind.PROBLEMS not in kinds:
        parts.append(Part("problems", "存在的问题", PartKind.PROBLEMS))
    if PartKind.PLANS not in kinds:
        parts.append(Part("plans", "下一步工作打算", PartKind.PLANS))
    order = [PartKind.OPENING, PartKind.WORK, PartKind.PROBLEMS, PartKind.PLANS]
    return tuple(sorted(parts, key=lambda part: order.index(part.kind)))
