"""Every fact to exactly one part of the profile, by meaning; nothing is dropped."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.core.facts import Fact, FactSheet
from app.drafting.intake.fact_types import FactType, label_kind, type_of
from app.drafting.intake.words import LabelKind
from app.drafting.plan.groups import continues
from app.drafting.plan.matters import matter_of, part_for, subject_matters
from app.drafting.plan.merging import merge_thin
from app.drafting.plan.neighbours import Neighbours
from app.drafting.plan.types import Plan, PlannedBlock, PlannedSection
from app.drafting.prose.phrase_book import PhraseBook, load_phrase_book, pick
from app.drafting.prose.wording import is_award, is_nil, is_personal, is_profile
from app.language.kept import kept
from app.language.remember import remembered
from app.language.terms import normalise
from app.report.profile import Part, PartKind, Profile

_OWN_TITLE_CHARS = 6
_OWN_NAME_CHARS = 4
_HEADING_WEIGHT = 4.0
_RESULTS = "results"
_TEAM = "team"
OTHER = Part("work", "日常工作")
# 党委书记田守仁包案化解…: who does it does not say what it is.
_ACTOR = re.compile(
    r"^[\u4e00-\u9fff]{0,6}(?:书记|[镇乡县市区局馆院校处科队行]长|主任|经理)[\u4e00-\u9fff]{2,3}?"
    r"(?=包案|化解|调解|救|接访|带案)"
)
_RESULT_BONUS = 8.0
_FEW_RESULTS = 3
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
    救助 家庭 接待 点位 行驶 随访 用餐 学生 体检 水源 无人机 数据库 坐班
    """.split()
)
_ACCIDENT_BONUS = 6.0
_SUBJECT_BONUS = 9.0
_FIRST_BONUS = 4.0
_FAINT_BESIDE_LABEL = 12.0

_GENERIC_HEADING = re.compile(
    r"^(?:主要|重点|全年|本年度?|今年)?(?:工作|要点|事实|情况|做法|数据|内容|基本情况|工作情况|开展情况"
    r"|工作要点|工作内容|主要工作|工作事实|其他|其它|另外|综合|补充|方面|事项)*$"
)


def plan(sheet: FactSheet, profile: Profile, *, phrase_book: PhraseBook | None = None) -> Plan:
    """Lay out the report: one section a part, thin ones merged, in the profile's order."""
    phrase_book = phrase_book or load_phrase_book()
    scorer = _Scorer(profile, phrase_book)
    by_part: dict[str, list[Fact]] = {part.key: [] for part in scorer.parts}
    for fact, key in zip(sheet.facts, scorer.assign(sheet), strict=True):
        by_part[key].append(fact)
    seed = f"{sheet.unit}{sheet.year}"
    opening = scorer.parts[0].key
    results = by_part.get(_RESULTS, [])
    is_headed = any(not _GENERIC_HEADING.match(fact.heading) for fact in results)
    if (
        0 < len(results) <= _FEW_RESULTS
        and not any(p.key == _RESULTS and p.mandatory for p in profile.parts)
        and not is_headed
    ):
        # A few honours are told before “现将……报告如下”, as offices do.
        by_part[opening] += by_part.pop(_RESULTS)
        by_part[_RESULTS] = []
    sections = [
        _section(
            part, by_part[part.key], phrase_book=phrase_book, seed=seed, claimed=scorer.claimed
        )
        for part in scorer.parts
        if by_part[part.key] or part.mandatory or part.kind is PartKind.OPENING
    ]
    unsure = tuple(dict.fromkeys(scorer.unsure))
    return Plan(tuple(merge_thin(sections, phrase_book=phrase_book, seed=seed)), unsure=unsure)


def part_titles(sheet: FactSheet, profile: Profile) -> dict[str, str]:
    """For each fact id the title of the part it will be told in."""
    titles = {part.key: part.title for part in all_parts(profile)}
    return {fact_id: titles[key] for fact_id, key in part_keys(sheet, profile).items()}


def part_keys(sheet: FactSheet, profile: Profile) -> dict[str, str]:
    """For each fact id the key of the part it belongs to."""
    keys = _Scorer(profile, load_phrase_book()).assign(sheet)
    return {fact.id: key for fact, key in zip(sheet.facts, keys, strict=True)}


def _section(
    part: Part,
    facts: list[Fact],
    *,
    phrase_book: PhraseBook,
    seed: str,
    claimed: Collection[str] = (),
) -> PlannedSection:
    blocks = tuple(_blocks(part, facts, phrase_book, claimed))
    title = (
        ""
        if part.kind is PartKind.OPENING
        else _title(part, facts, phrase_book=phrase_book, seed=seed)
    )
    if not facts and title:
        title = part.title
    ordered = tuple(fact for block in blocks for fact in block.facts)
    return PlannedSection(part.key, title, ordered, part.mandatory, part.kind, blocks, part.title)


def _title(part: Part, facts: list[Fact], *, phrase_book: PhraseBook, seed: str) -> str:
    headings = {fact.heading for fact in facts}
    if len(headings) == 1:
        own = headings.pop()
        if len(own) >= _OWN_TITLE_CHARS and not _GENERIC_HEADING.match(own):
            return own
    if part.key in phrase_book.parts:
        return pick(phrase_book.part(part.key).titles, seed + part.key)
    return part.title


def _blocks(
    part: Part, facts: list[Fact], phrase_book: PhraseBook, claimed: Collection[str]
) -> Iterator[PlannedBlock]:
    """One block a user heading, in order of appearance; ``claimed`` facts have left theirs."""
    short = phrase_book.parts[part.key].short if part.key in phrase_book.parts else part.title
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        is_out = fact.id in claimed or _GENERIC_HEADING.match(fact.heading)
        heading = "" if is_out else fact.heading
        groups.setdefault(heading, []).append(fact)
    for heading, members in groups.items():
        name = heading if len(heading) >= _OWN_NAME_CHARS else short
        yield PlannedBlock(part.key, name, tuple(members))


@dataclass(frozen=True, slots=True)
class _Place:
    """A part for a fact, empty for none; ``is_told``: the writer or the kind of fact says so."""

    key: str
    is_told: bool = False


class _Scorer:
    """Finds the part of a fact from headings and cues."""

    def __init__(self, profile: Profile, phrase_book: PhraseBook) -> None:
        self.profile = profile
        parts = all_parts(profile)
        self.parts = kept(("parts", len(parts)), parts, lambda: parts)
        self._phrase_book = phrase_book
        self._work = [part for part in self.parts if part.kind is PartKind.WORK]
        self.claimed: set[str] = set()
        self.unsure: list[str] = []
        self._told: set[str] = set()
        self._cues: dict[str, dict[str, float]] = {}
        for part in self._work:
            weights = dict.fromkeys((*part.headings, *part.cues), 1.0)
            if part.key in phrase_book.parts:
                for topic in phrase_book.part(part.key).topics:
                    for cue in topic.cues:
                        weight = _GENERIC_WEIGHT if cue in _GENERIC_CUES else _BANK_WEIGHT
                        weights.setdefault(cue, weight)
            self._cues[part.key] = weights
        self._fit = _fit_by(tuple((key, tuple(cues.items())) for key, cues in self._cues.items()))

    def assign(self, sheet: FactSheet) -> list[str]:
        """The part key of every fact, in the sheet's order; ``unsure`` is filled in."""
        placed = [self._place_of(fact, sheet.year) for fact in sheet.facts]
        keys = [place.key for place in placed]
        for index, fact in enumerate(sheet.facts):
            if index and continues(fact) and fact.heading == sheet.facts[index - 1].heading:
                keys[index] = keys[index - 1]
        if not all(keys):
            near = Neighbours(sheet.facts, keys, {p.key for p in self._work} - {_RESULTS})
            for index, key in enumerate(keys):
                if not key:
                    near.place(index, OTHER.key)
                    self.unsure.append(sheet.facts[index].id)
        self._told = {
            fact.id for fact, place in zip(sheet.facts, placed, strict=True) if place.is_told
        }
        self.unsure += [
            fact.id
            for fact, place in zip(sheet.facts, placed, strict=True)
            if place.key == OTHER.key
        ]
        self.fill_mandatory(sheet.facts, keys)
        return keys

    def _place_of(self, fact: Fact, year: int) -> "_Place":
        basis = (fact, year, self.parts, self._phrase_book)
        return kept(("part", fact.id, len(self.parts)), basis, lambda: self._part_of(fact, year))

    def _part_of(self, fact: Fact, year: int) -> "_Place":
        """Where a fact belongs by what its writer says of it, its time, and what it is about."""
        kind = type_of(fact, year)
        if kind.part is not None:
            return _Place(next(p.key for p in self.parts if p.kind is kind.part), is_told=True)
        if kind is not FactType.WORK:
            return _Place(OTHER.key, is_told=True)
        text = normalise(fact.text)
        label = label_kind(fact.label)
        if label is LabelKind.AWARD and _RESULTS in self._cues and not is_personal(text):
            return _Place(_RESULTS, is_told=True)
        if label is LabelKind.PROFILE or (not fact.label and is_profile(text)):
            return _Place(self.parts[0].key, is_told=True)
        is_matter = bool(fact.label) and label is None
        named = [fact.label] if is_matter else []
        for name in (*named, fact.heading):
            if found := self._by_heading(name) or self._by_matter(name):
                return _Place(found, is_told=True)
        return self._by_words(fact, text, is_matter=is_matter)

    def _by_matter(self, name: str) -> str:
        """The part that tells the matter a label or heading names."""
        is_broad = _GENERIC_HEADING.match(name) or _BROAD_HEADING.search(name)
        return "" if is_broad else part_for(matter_of(name), self._cues)

    def _by_words(self, fact: Fact, text: str, *, is_matter: bool) -> "_Place":
        """Where a fact belongs by its own words.

        ``is_matter``: a label nobody knows names what it is about, so that what it mentions
        besides says little.
        """
        if is_personal(text) and _TEAM in self._cues:
            return _Place(_TEAM, is_told=True)
        is_result = is_award(text) or _is_overall(text)
        text = _ACTOR.sub("", text)
        parts = [part_for(matter, self._cues) for matter in subject_matters(text)]
        subject = parts[0] if parts else ""
        is_sole = len(set(parts)) == 1
        scores = self._scores(fact, text)
        if _RESULTS in scores:
            # Every rise and fall is a result; only honours and overall figures belong there.
            scores[_RESULTS] = scores[_RESULTS] + _RESULT_BONUS if is_result else 0.0
        if subject and not is_matter and not is_result:
            scores[subject] += _SUBJECT_BONUS if is_sole else _FIRST_BONUS
        elif "safety" in scores and is_nil(text[:16]) and _ACCIDENT.search(text):
            scores["safety"] += _ACCIDENT_BONUS
        best = max(self._work, key=lambda part: scores[part.key])
        enough = _FAINT_BESIDE_LABEL if is_matter else _FAINT
        if scores[best.key] <= enough:
            return _Place("")
        return _Place(best.key, is_told=is_sole and best.key == subject and not is_matter)

    def _scores(self, fact: Fact, text: str) -> dict[str, float]:
        """How well each part of the work fits a fact and the heading over it."""
        heading = "" if _GENERIC_HEADING.match(fact.heading) else fact.heading
        own, over = self._fit(text), self._fit(heading)
        return {key: own[key] + _HEADING_WEIGHT * over[key] for key in own}

    def fill_mandatory(self, facts: Sequence[Fact], keys: list[str]) -> None:
        """Give an empty mandatory part the fact that fits it nearly as well as its own part."""
        for part in self._work:
            if not part.mandatory or part.key in keys:
                continue
            self._claim(part, facts, keys)
            if part.key in keys:
                continue
            held = Counter(keys)
            best = (_NEARLY, -1)
            for index, fact in enumerate(facts):
                own = keys[index]
                is_last = held[own] == 1 and self._is_mandatory(own)
                if own not in self._cues or is_last or fact.id in self._told:
                    continue
                scores = self._scores(fact, normalise(fact.text))
                if scores[own] > 0:
                    best = max(best, (scores[part.key] / scores[own], index))
            if best[1] >= 0:
                keys[best[1]] = part.key

    def _claim(self, part: Part, facts: Sequence[Fact], keys: list[str]) -> None:
        """Take facts for an empty part whose own words speak of it, whatever broad heading
        (基础工作, 平安防控) the writer put over them."""
        held = Counter(keys)
        for index, fact in enumerate(facts):
            own = keys[index]
            is_last = held[own] == 1 and self._is_mandatory(own)
            is_broad = _BROAD_HEADING.search(fact.heading) and not fact.label
            if own not in self._cues or is_last or not is_broad:
                continue
            text = normalise(fact.text)
            scores = {key: fit for key, fit in self._fit(text).items() if key != _RESULTS}
            best = max(scores, key=lambda key: scores[key])
            if best == part.key and scores[best] > _FAINT:
                keys[index] = part.key
                held[own] -= 1
                self.claimed.add(fact.id)

    def _is_mandatory(self, key: str) -> bool:
        return any(part.key == key and part.mandatory for part in self._work)

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


@lru_cache(maxsize=4)
def _fit_by(
    cues: tuple[tuple[str, tuple[tuple[str, float], ...]], ...],
) -> Callable[[str], Mapping[str, float]]:
    """What tells how well a text fits each part, from the parts' cues with their weights."""
    counts = Counter(cue for _, weights in cues for cue, _ in weights)
    # Longest first, so that a cue inside a longer one does not count again.
    worth = {
        key: [
            (cue, weight * len(cue) ** 1.4 * counts[cue] ** -0.5)
            for cue, weight in sorted(weights, key=lambda w: (-len(w[0]), w[0]))
        ]
        for key, weights in cues
    }

    @remembered
    def fit(text: str) -> Mapping[str, float]:
        return {key: _score(text, its) for key, its in worth.items()}

    return fit


def _score(text: str, cues: Sequence[tuple[str, float]]) -> float:
    """Specific cues weigh more, and so do those that stand first."""
    score = 0.0
    taken: list[tuple[int, int]] = []
    for cue, worth in cues:
        at = text.find(cue)
        if at < 0 or any(start < at + len(cue) and at < end for start, end in taken):
            continue
        taken.append((at, at + len(cue)))
        score += worth * (1.6 if at < 8 else 1.0 if at < 24 else 0.6)
    return score


_ACCIDENT = re.compile(r"事故|伤亡|火灾|爆炸|踩踏|坍塌|溺亡")


def _is_overall(text: str) -> bool:
    return bool(
        re.match(r"^(?:全年|全市|全县|全镇|全区|群众)?.{0,6}(?:安全感|满意度|平安指数)", text)
    ) or (is_nil(text) and not re.search(r"\d", text) and len(re.findall(r"[、，]", text)) >= 2)


def all_parts(profile: Profile) -> tuple[Part, ...]:
    """The profile's parts with the kinds that every report needs a place for."""
    parts = list(profile.parts)
    kinds = {part.kind for part in parts}
    keys = [part.key for part in parts]
    if OTHER.key not in keys:
        # Behind the other work, before the results: what speaks of no part in particular.
        work = [i for i, part in enumerate(parts) if part.kind is PartKind.WORK]
        last = max((i for i in work if parts[i].key != _RESULTS), default=len(parts) - 1)
        parts.insert(last + 1, OTHER)
    if PartKind.OPENING not in kinds:
        parts.insert(0, Part("opening", "引言", PartKind.OPENING))
    if PartKind.PROBLEMS not in kinds:
        parts.append(Part("problems", "存在的问题", PartKind.PROBLEMS))
    if PartKind.PLANS not in kinds:
        parts.append(Part("plans", "下一步工作打算", PartKind.PLANS))
    order = [PartKind.OPENING, PartKind.WORK, PartKind.PROBLEMS, PartKind.PLANS]
    return tuple(sorted(parts, key=lambda part: order.index(part.kind)))
