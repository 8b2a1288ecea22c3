"""LA01 typo — 错别字。

Why: 布署, 签定, 防范于未然 and 日为至 are slips a reader remembers.
Misses: words that are in neither list; two wrong characters in one phrase.
False alarms: a wrong writing that is right in a sense which only the guards know (应急反应情况).

The list is ``knowledge_base/lexicons/typos.tsv``: wrong, right, what must not stand before, what
must not stand behind, what must stand behind. Where a word of the text reaches over the edge of a
wrong writing (实[现再]就业, 一[手继]续抓), it is one only if the right one makes far better sense.
The user's word list adds to it. Set phrases with one character of the same sound are found by
:mod:`app.checking.set_phrases`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from app import resources
from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.checking.set_phrases import find_slips
from app.core.document import Span
from app.core.errors import ConfigError
from app.core.finding import Finding, Fix, Severity

# How much likelier the right writing must be (logarithm) where another word takes part of the
# wrong one. In two million characters of edited texts no right place lies above 4.5 (稳订单), and
# of 13,000 wrong writings put into them three in a thousand lie below.
_GAIN = 5.0
_PAIR = 2  # characters; a right writing of so many is a word, though the dictionary may lack it
_LATER = "…"
_CLAUSE_END = re.compile("[，。；：！？\n]|$")
# Characters that fill half of any report; a pair without them is seldom met by chance.
_FREQUENT = frozenset(
    "的和发业全展国人大加政进化建一实中新力制工改民要作设年推保会动经安生有增强重平社持行务理产革法地高资区体是济不在合度"
    "治开等公基市农成定对能创面提为上主性事稳施出用坚入管点现各以深长我调好机结万本方策水防到善多企分村部完服解场关三城下放"
    "项共支更快家导件个系续领金量府教费同决构育规信位群文护效网员权促就学与查造众代标格处投元心收任融通外立题次域向责健路们"
    "落了办优科险问目级二利活积质消步技期整率监总组范时取镇"
)

META = RuleMeta(code="LA01", name="typo", severity=Severity.WARNING, summary="错别字")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.LA01``; ``allow`` lists words of the list that are right here."""

    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confusion:
    """A wrong writing with the right one and the guards that tell it from a right one.

    A guard behind it that begins with ``…`` may stand anywhere in the rest of the clause.
    """

    wrong: str
    right: str
    not_before: tuple[str, ...] = ()
    not_behind: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def load_confusions() -> tuple[Confusion, ...]:
    """The bundled list.

    Raises:
        ConfigError: it cannot be read, or a line has fewer than two columns.
    """
    path = resources.lexicons_dir() / "typos.tsv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"错别字表 {path.name} 读不出来，请重新安装本程序。") from error
    found: list[Confusion] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [*line.split("\t"), "", "", ""]
        if len(cells[0]) < 2 or not cells[1]:
            raise ConfigError(
                f"{path.name} 第{number}行：应当先写错误写法，再写正确写法，用制表符隔开。"
            )
        guards = [tuple(cell.split("|")) if cell else () for cell in cells[2:5]]
        found.append(Confusion(cells[0], cells[1], *guards))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Index:
    """The confusions by two neighbouring characters, and a pattern that finds such pairs."""

    by_pair: dict[tuple[str, str], list[Confusion]]
    pairs: frozenset[tuple[str, str]]
    pattern: re.Pattern[str]


def _telling_pair(confusion: Confusion) -> tuple[str, str]:
    """The two neighbours of a wrong writing that right words seldom hold."""
    if len(confusion.wrong) == _PAIR:
        return confusion.wrong[0], confusion.wrong[1]
    right = set(pairwise(confusion.right))
    return min(
        pairwise(confusion.wrong),
        key=lambda pair: (pair in right, sum(char in _FREQUENT for char in pair)),
    )


@lru_cache(maxsize=1)
def _index() -> _Index:
    by_pair: dict[tuple[str, str], list[Confusion]] = {}
    for confusion in load_confusions():
        by_pair.setdefault(_telling_pair(confusion), []).append(confusion)
    first = "".join(sorted({pair[0] for pair in by_pair}))
    second = "".join(sorted({pair[1] for pair in by_pair}))
    return _Index(by_pair, frozenset(by_pair), re.compile(f"([{first}])(?=([{second}]))"))


@dataclass(frozen=True, slots=True)
class _Hit:
    """A place that may hold a wrong writing; ``is_sure``: its surroundings need not be asked."""

    span: Span
    confusion: Confusion
    is_sure: bool = False


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per wrong writing, with the right one as fix."""
    hits = [*_listed(ctx, params)]
    hits += _slips(ctx.text, params, hits)
    hits.sort(key=lambda hit: (hit.span.start, -hit.span.end))
    end = 0
    for hit in hits:
        span, confusion = hit.span, hit.confusion
        if span.start < end or not (hit.is_sure or _is_meant(ctx.text, hit)):
            continue
        end = span.end
        yield ctx.finding(
            META,
            span,
            f"“{confusion.wrong}”应为“{confusion.right}”。",
            evidence={"right": confusion.right},
            fix=Fix(span, confusion.right),
        )


def _listed(ctx: CheckContext, params: Params) -> Iterator[_Hit]:
    text = ctx.text
    for own in (Confusion(typo.wrong, typo.right) for typo in ctx.lexicon.typos):
        yield from (_Hit(span, own, is_sure=True) for span in _places(text, own))
    index = _index()
    for pair in index.pairs.intersection(index.pattern.findall(text)):
        for confusion in index.by_pair[pair]:
            if confusion.wrong not in params.allow:
                yield from (_Hit(span, confusion) for span in _places(text, confusion))


def _slips(text: str, params: Params, listed: Sequence[_Hit]) -> Iterator[_Hit]:
    """Set phrases with a wrong character; what the list names is told by it: 布署, not 工作布署."""
    listed = sorted(listed, key=lambda hit: hit.span.end)
    ends = [hit.span.end for hit in listed]
    for slip in find_slips(text):
        inside = listed[bisect_right(ends, slip.span.start) : bisect_right(ends, slip.span.end)]
        wrong = slip.span.of(text)
        if wrong not in params.allow and not any(h.is_sure or _is_meant(text, h) for h in inside):
            yield _Hit(slip.span, Confusion(wrong, slip.right), is_sure=True)


def _places(text: str, confusion: Confusion) -> Iterator[Span]:
    size = len(confusion.wrong)
    start = text.find(confusion.wrong)
    while start >= 0:
        end = start + size
        if (
            not (confusion.not_before and text.endswith(confusion.not_before, 0, start))
            and not any(_follows(text, end, word) for word in confusion.not_behind)
            and (not confusion.behind or text.startswith(confusion.behind, end))
        ):
            yield Span(start, end)
        start = text.find(confusion.wrong, end)


def _follows(text: str, place: int, word: str) -> bool:
    if not word.startswith(_LATER):
        return text.startswith(word, place)
    stop = _CLAUSE_END.search(text, place)
    return text.find(word.removeprefix(_LATER), place, stop.start() if stop else None) >= 0


def _is_meant(text: str, hit: _Hit) -> bool:
    """True unless the characters of a listed writing belong to other words here."""
    from app.language.segmentation import gain, is_apart  # noqa: PLC0415  # only with a hit to judge

    wrong, right = hit.confusion.wrong, hit.confusion.right
    if is_apart(text, hit.span, unknown=wrong):
        return True
    known = right if len(right) == _PAIR else ""
    return gain(text, hit.span, right, known=known, unknown=wrong) > _GAIN


EXAMPLES = (
    bad("截至12月20⟦日为至⟧，共⟦签定⟧责任书36份，⟦按装⟧监控18个。"),
    bad("⟦疫情其间⟧，全镇统一⟦布署⟧，做到⟦防范于未然⟧。"),
    bad("⟦截止⟧2024年12月，⟦台帐⟧全部更新，隐患⟦己整改⟧到位。"),
    bad("召开⟦联系会议制度⟧推进会，⟦付镇长⟧通报了⟦安全形式⟧。"),
    bad("安全意识⟦不断题高⟧，坚持⟦除恶务进⟧，做好⟦各向工作⟧，完善⟦治安防空体系⟧。"),
    near("形成合理布局，现场汇报3次，设置法制宣传栏，人民防空体系建设有序推进。"),
    good("截至12月20日，共签订责任书36份，安装监控18个。"),
    good("统一部署，防患于未然，台账全部更新。"),
    near("积极待命，预防犯罪，设备按期检修，问题升级前及时处置。"),
    near("其间走访商户42家，自己完成自查，去年未发生火灾，报名截止时间为5月底。"),
    bad("强化⟦源头制理⟧工作，抓好⟦消防安权⟧宣传，隐患⟦以经⟧整改，办公室工作⟦台帐⟧齐全。"),
    near("引导12名返乡人员实现再创业，庄严历史建筑周边设岗，支持继续教育，调整该项补贴。"),
    near("服务重心向村组下沉，各乡任务分解到人，企业需求持续乏力，边坡处治能力不足。"),
    near("以经核实的名册为底数发放补贴，年末按要求清点，两周未发现隐患，即时化解邻里纠纷。"),
    near("引导至安全地带，关注消防安全，员工做好防护，曾长期失管的楼栋列入整改。"),
)
