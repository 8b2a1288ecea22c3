"""A report's own figures of its year, and the figures of last year it quotes.

“全年排查矛盾纠纷35件，比上年减少7件，下降16.7%” holds one entry (排查纠纷, 35件) and two
quotes that both imply 42 for last year; “由42件下降到35件” and “去年同期42件” quote it outright.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.core.quantity import Quantity, QuantityKind
from app.language.ledger.entries import Ledger, LedgerEntry, Quote, QuoteKind
from app.language.ledger.phrases import (
    DOWN_WORDS,
    UP_WORDS,
    Indicator,
    clean_phrase,
    read_indicator,
)
from app.language.ledger.targets import AGAINST, LAST, Targets, can_change_by
from app.language.relations.indicators import Clauses
from app.language.relations.trends import direction_of

_KINDS = frozenset({QuantityKind.COUNT, QuantityKind.PERCENT, QuantityKind.POINTS})
_HARD = re.compile(r"[，。；：！？\n,;:!?（）()]")
_WINDOW, _REACH = 40, 200
_MOST_KNOWN = 60
_MOST_AMOUNTS = 20_000  # beyond any report; what comes after is not read
_LONGEST_PART = 16
_LONGEST_STEP_RATE = 4
_QUOTED = re.compile(rf"{LAST}(?:的|为|是|有|共)?[^，。；：\d]{{0,14}}$")
_DATED = re.compile(
    r"(?:比|较|与|于|和)(20\d\d)年(?:度|全年|同期)?(?:的|为|是)?[^，。；：\d]{0,8}$"
)
_LAST_OPENS = re.compile(rf"^(?:而|但)?{LAST}")
_FROM = re.compile(rf"(?:由|从)(?:{LAST}|\d{{4}}年度?)?的?[^，。；、：\d]{{0,6}}$")
_LINK = re.compile(
    rf"^[^，。；：\d]{{0,10}}?(?:{UP_WORDS}|{DOWN_WORDS}|变|调整|压减|扩充|扩大|缩减|到|至)(?:了)?"
    rf"(?:到|至|为|成)?[^，。；：\d]{{0,4}}$"
)
_SIZE = re.compile(
    rf"(?<![新净])(?:{UP_WORDS}|{DOWN_WORDS})(?:了|达|为|幅度|率|幅)?(?:达到|达|为|约|了)?$"
)
_NEXT_SIZE = re.compile(r"^[和与及、]$")
_OTHER_BASE = re.compile(
    r"环比|累计|年均|占|目标|计划|预期|五年|三年|两年|前年|连续|任务|全省|全市平均|全国|上月|上季"
    r"|上半年|比例|力争|争取|确保|达到?率"
)
_YEARS = re.compile(
    r"[两三四五六七八九十]年来?|过去几年|本届|近年|历年|“?十[一二三四五]五”?时?期?|20\d\d年以来|自20\d\d年"
)
_PLAN = re.compile(r"力争|争取|目标|计划|预计|确保|控制在|不低于|不少于|不超过|明年|拟|将")
_RATED = re.compile(r"每|平均|人均|户均|日均|月均|各(?=\d|$)|最[高低多少长]|占")
_PERIOD = re.compile(
    r"第?[一二三四1-4]季度|[上下]半年|\d{1,2}月|[一二三四五六七八九十]{1,3}月份?|期间|活动月|宣传[月周日]"
    r"|专项行动|春节|国庆|两会|汛期|暑期|节前|高峰|前[一二三\d]+个?(?:季度|月)|行动中|首批|首次|本次|此次"
)
_WHOLE_YEAR = re.compile(r"全年|一年来|今年以来|年内|本年度|全[省市县区镇乡局馆院校]共")
_AREA = re.compile(
    r"(?:^|[，；：])(?:其中|如)?(?!全|各|我|本|该|辖|乡镇|所有|多|走进|深入|[^，]{0,5}(?:进|入|到|向|对|在|与|为|成|给))([一-龥]{1,6}?(?:街道|社区|镇|乡|村|片区|中队"
    r"|车队|分公司|子公司|派出所|司法所|支行|分局|学校|中学|小学|县|区|市(?!场|民|政|级)))(?![一-龥]{0,4}(?:局|馆|委|办|公司|集团|政府|院|中心))"
)
_SPLIT = re.compile(r"其中|包括|分为")
_BEHIND = re.compile(r"[一-龥]{2,12}")
_RATE_NAME = re.compile(r"(?:率|度|感|得分|比例|比重|评分|指数)$")


def read_ledger(text: str, quantities: Sequence[Quantity], year: int = 0) -> Ledger:
    """The ledger of a report about ``year`` (0 where it is not known)."""
    return _Reader(text, quantities, year).read()


class _Reader:
    """Goes through the amounts of a text sentence by sentence."""

    def __init__(self, text: str, quantities: Sequence[Quantity], year: int) -> None:
        self.text = text
        self.year = year
        self.clauses = Clauses(text)
        self.amounts = [q for q in quantities if q.kind in _KINDS][:_MOST_AMOUNTS]
        self.entries: list[LedgerEntry] = []
        self.quotes: list[Quote] = []
        self.known: list[LedgerEntry] = []  # of the sentence at hand

    def read(self) -> Ledger:
        """Read all sentences."""
        for start, items in self._sentences():
            self.known = []
            self._read_sentence(start, items)
            self.entries.extend(self.known)
        return Ledger(tuple(self.entries), tuple(self.quotes))

    def _sentences(self) -> Iterator[tuple[int, list[Quantity]]]:
        start, items = -1, list[Quantity]()
        for item in self.amounts:
            at = self.clauses.sentence_start(item.span.start)
            if at != start and items:
                yield start, items
                items = []
            start = at
            items.append(item)
        if items:
            yield start, items

    def _read_sentence(self, start: int, items: list[Quantity]) -> None:
        index, floor = 0, start
        while index < len(items):
            item = items[index]
            lead = self._lead(floor, item)
            taken = 1
            if not self._is_left_out(lead, item):
                if index + 1 < len(items) and self._is_from_to(lead, item, items[index + 1]):
                    self._take_from_to(start, floor, item, items[index + 1])
                    taken = 2
                elif _SIZE.search(lead):
                    taken = self._take_sizes(start, floor, items, index)
                elif self._is_quoted(lead, start, item):
                    self._take_quoted(start, floor, item)
                else:
                    self._take_entry(start, floor, item)
            index += taken
            if len(self.known) > _MOST_KNOWN:
                self.entries.extend(self.known[: -_MOST_KNOWN // 2])
                del self.known[: -_MOST_KNOWN // 2]
            floor = items[index - 1].span.end

    def _lead(self, floor: int, item: Quantity) -> str:
        """The words before a figure, back to a comma or the figure before."""
        low = max(floor, item.span.start - _WINDOW)
        return _HARD.split(self.text[low : item.span.start])[-1]

    def _is_left_out(self, lead: str, item: Quantity) -> bool:
        if item.high is not None or item.scope == "计划" or _PLAN.search(lead):
            return True
        if item.scope.isdecimal() and self.year:
            return int(item.scope) not in (self.year, self.year - 1)
        return False

    # --- figures of this year -----------------------------------------------------------------

    def _take_entry(self, start: int, floor: int, item: Quantity) -> None:
        if item.kind is QuantityKind.POINTS or not item.unit:
            return
        lead = self._lead(floor, item)
        if item.paired is not None and item.paired.end == item.span.start and self.known:
            self.known.append(replace(self.known[-1], unit=item.unit, value=item, span=item.span))
            return
        entry = self._entry(start, floor, item, lead)
        if entry is not None:
            self.known.append(entry)

    def _entry(self, start: int, floor: int, item: Quantity, lead: str) -> LedgerEntry | None:
        if _RATED.search(lead) or AGAINST.search(lead):
            return None
        if not lead.strip() and not _BEHIND.match(self.text, item.span.end):
            return None
        key, label = read_indicator(lead), clean_phrase(lead)
        is_rate = item.kind is QuantityKind.PERCENT
        if is_rate and not _RATE_NAME.search(label):
            return None
        if is_rate:
            is_short = label.endswith("率") and len(label) <= _LONGEST_STEP_RATE
            of = _matter_before(self.known) if is_short else ""
            label = of + label
            key = Indicator(frozenset(), label, key.level)
        if not key.is_definite and not is_rate:
            behind = _BEHIND.match(self.text, item.span.end)
            if behind:
                key, label = read_indicator(lead + behind.group()), label + behind.group()
        if not key.matter and key.steps:
            inherited = self._inherited(item)
            if inherited is not None:
                key = replace(key, matter=inherited.key.matter)
                label += inherited.key.matter if len(label) < _LONGEST_STEP_RATE else ""
        part_of = self._whole_before(floor, item)
        return LedgerEntry(
            key.name,
            item.unit,
            item,
            item.span,
            self._scope(start, item, lead),
            label or key.name,
            key,
            part_of,
        )

    def _inherited(self, item: Quantity) -> LedgerEntry | None:
        """What is done to: 排查矛盾纠纷42件，化解40件."""
        for entry in reversed(self.known):
            if entry.unit == item.unit and not entry.whole and entry.key.is_definite:
                return entry
        return None

    def _whole_before(self, floor: int, item: Quantity) -> str:
        """The indicator whose part this figure is, empty where it is none."""
        gap = self.text[floor : item.span.start]
        if not self.known:
            return ""
        last = self.known[-1]
        if _SPLIT.search(gap) or (gap[:1] in "（(" and gap):
            same = [e for e in self.known if e.unit == item.unit and not e.whole]
            return same[-1].indicator if same else ""
        is_list = gap[:1] in ("、", "和") or (gap[:1] == "，" and not read_indicator(gap).steps)
        if not last.whole or not is_list or len(gap) > _LONGEST_PART:
            return ""
        wholes = [e.whole for e in reversed(self.known) if e.unit == item.unit and e.whole]
        return wholes[0] if wholes else ""

    def _scope(self, start: int, item: Quantity, lead: str) -> str:
        """Area and period the figure is limited to, and 累计."""
        before = self.text[max(start, item.span.start - _REACH) : item.span.start]
        resets = [m.end() for m in _WHOLE_YEAR.finditer(before)]
        before = before[resets[-1] if resets else 0 :]
        marks = [m.group() for m in _PERIOD.finditer(before[-_WINDOW:])]
        area = _AREA.search(before[: max(0, len(before) - len(lead))])
        if area:
            marks.append(area.group(1))
        if item.scope == "累计":
            marks.append("累计")
        return "·".join(dict.fromkeys(marks))

    # --- figures of last year -----------------------------------------------------------------

    def _is_from_to(self, lead: str, item: Quantity, after: Quantity) -> bool:
        if not _FROM.search(lead) or item.kind is QuantityKind.POINTS:
            return False
        same = item.unit in (after.unit, "")
        return same and bool(_LINK.match(self.text[item.span.end : after.span.start]))

    def _take_from_to(self, start: int, floor: int, before: Quantity, after: Quantity) -> None:
        lead = self._lead(floor, before)
        cut = max(lead.rfind("由"), lead.rfind("从"))
        subject = lead[:cut]
        if not read_indicator(subject).matter:
            end = before.span.start - len(lead)
            clause = self.text[max(start, end - _WINDOW) : end]
            subject = _bare(clause.rstrip("，,").rpartition("，")[2]) or subject
        entry = self._entry(start, floor, after, subject)
        if entry is None:
            return
        self.known.append(entry)
        is_dated = re.search(rf"{LAST}|\d{{4}}年", lead)
        if not is_dated and self._tells_of_years(before.span.start):
            return
        span = before.span | after.span
        self.quotes.append(Quote(QuoteKind.EXPLICIT, before, 0, span, (entry,)))

    def _tells_of_years(self, position: int) -> bool:
        """True where the paragraph speaks of several years: 五年来，由26亿元增加到51亿元."""
        low = max(self.text.rfind("\n", 0, position) + 1, position - _REACH)
        return bool(_YEARS.search(self.text, low, position))

    def _is_quoted(self, lead: str, start: int, item: Quantity) -> bool:
        if _QUOTED.search(lead):
            return True
        dated = _DATED.search(lead)
        if dated and self.year and int(dated.group(1)) == self.year - 1:
            return True
        if self.year and item.scope == str(self.year - 1):
            return True
        if item.scope != "上年":
            return False
        before = self.text[max(start, item.span.start - _REACH) : item.span.start]
        return any(_LAST_OPENS.match(clause) for clause in re.split("[，；（(]", before))

    def _take_quoted(self, start: int, floor: int, item: Quantity) -> None:
        if item.kind is QuantityKind.POINTS or not item.unit:
            return
        lead = self._lead(floor, item)
        phrase = re.sub(rf"(?:比|较|与|和)?(?:{LAST}|{self.year - 1}年度?)的?", "", lead)
        own = self._entry(start, floor, item, phrase) if clean_phrase(phrase) else None
        nearest = [e for e in reversed(self.known) if e.unit == item.unit]
        if own is None or not own.key.is_definite:
            own = None
        entries = tuple(nearest[:1]) if own is None or AGAINST.search(lead) else ()
        if own is not None or entries:
            self.quotes.append(Quote(QuoteKind.EXPLICIT, item, 0, item.span, entries, own))

    def _take_sizes(self, start: int, floor: int, items: list[Quantity], index: int) -> int:
        """Differences and percentages to last year; how many amounts they take."""
        sizes = [items[index]]
        while index + len(sizes) < len(items):
            following = items[index + len(sizes)]
            gap = self.text[sizes[-1].span.end : following.span.start]
            if not _NEXT_SIZE.match(gap) or following.kind is not sizes[0].kind:
                break
            sizes.append(following)
        lead = self._lead(floor, sizes[0])
        clause = self._lead(start, sizes[0])
        base = AGAINST.search(clause)
        if _OTHER_BASE.search(clause) or (base and not self._is_last_year(base)):
            return len(sizes)
        if not base and not self._may_stand_bare(lead, floor, sizes[0]):
            return len(sizes)
        direction = direction_of(lead)
        targets = Targets(self.text, self.known, self.entries).find(start, lead, sizes)
        for size, entries in zip(sizes, targets, strict=True):
            is_share = size.kind is QuantityKind.PERCENT
            kind = QuoteKind.PERCENT if is_share else QuoteKind.DIFFERENCE
            fitting = tuple(e for e in entries if can_change_by(e, size))
            if fitting and direction:
                self.quotes.append(Quote(kind, size, direction, size.span, fitting))
        return len(sizes)

    def _is_last_year(self, base: re.Match[str]) -> bool:
        year = base.group("year")
        return year is None or not self.year or int(year) == self.year - 1

    def _may_stand_bare(self, lead: str, floor: int, size: Quantity) -> bool:
        """A change without 比上年: a percentage, or what stands right behind such a change."""
        if size.kind is QuantityKind.PERCENT:
            return True
        gap = self.text[floor : size.span.start]
        return gap[:1] in "，、（(" and direction_of(lead[:2]) != 0


def _matter_before(known: Sequence[LedgerEntry]) -> str:
    """What a rate is said of: the matter of the count before it."""
    counts = [e for e in known if e.value.kind is QuantityKind.COUNT and e.key.is_definite]
    return counts[-1].key.matter if counts else ""


def _bare(clause: str) -> str:
    """A clause that only names its matter: 盗窃案件明显减少."""
    if re.search(r"\d", clause):
        return ""
    return re.sub(rf"(?:明显|大幅|持续|稳步|有所|逐年)?(?:{UP_WORDS}|{DOWN_WORDS}).*$", "", clause)
