"""Defects of wording: repeats, slips of the pen, names, stale wording, last year's text."""

import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from app.core.document import Span
from eval.mutations.edit import CleanReport, DefectKind, Edit, TextEdit, insert_at, replace_at
from eval.mutations.figures import percent

_TYPOS = {
    "部署": "布署",
    "防范": "防犯",
    "安装": "按装",
    "竣工": "峻工",
    "通讯": "通迅",
    "即使": "既使",
    "震慑": "震摄",
    "排查": "排察",
    "账号": "帐号",
    "签订": "签定",
    "修订": "修定",
    "按照": "安照",
    "应急": "应及",
    "群众": "群从",
    "综合": "综和",
}
_TWINS = {
    "云渡": "云度",
    "临溪": "临西",
    "云岭": "云领",
    "柏泉": "百泉",
    "沅澄": "元澄",
    "青岚": "青蓝",
}
_WORD = re.compile(
    "认真|扎实|及时|全面|严格|深入|组织|开展|落实|检查|完善|建立|加强|推动|群众|宣传|发现"
)
_LIST = re.compile("(?<=、)(?P<item>[\u4e00-\u9fff]{2,6})(?=、)")
_CONGRESS = re.compile("党的二十届三中全会|党的二十大")
_PRIOR = re.compile(
    r"(?:(?:由|比|较)上年的(?P<then>\d+(?:\.\d+)?)(?P<unit>件次|[件起处人个名]|万元|人次))"
)
_TREND_TAIL = re.compile(
    r"(?:降至|增至|减至)(?P<now>\d+(?:\.\d+)?)[^\d，]{1,2}，(?:下降|增长)(?P<rate>\d+(?:\.\d+)?)%"
    r"|(?:下降|增长)(?P<rate2>\d+(?:\.\d+)?)%"
)


def _in_body(source: CleanReport, pattern: re.Pattern[str]) -> Iterator[Span]:
    for line in source.body:
        for found in pattern.finditer(source.text, line.start, line.end):
            yield Span(*found.span())


def word_repeated(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """认真认真."""
    for place in _in_body(source, _WORD):
        yield insert_at(place.end, place.of(source.text), place)


def particle_repeated(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """的的."""
    for place in _in_body(
        source, re.compile("(?<=[\u4e00-\u9fff]{2})(?<!目)[的了](?=[\u4e00-\u9fff]{2})")
    ):
        yield insert_at(place.end, place.of(source.text), place)


def item_repeated(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """An item twice in one list."""
    for place in _in_body(source, _LIST):
        item = place.of(source.text)
        yield insert_at(place.end, f"、{item}", Span(place.start, place.end))


def sentence_repeated(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A long sentence again at the end of another paragraph."""
    sentences = [s for s in source.sentences() if len(s) >= 30]
    for sentence in rng.sample(sentences, min(3, len(sentences))):
        others = [b for b in source.body if sentence not in b]
        place = rng.choice(others).end
        yield insert_at(place, sentence.of(source.text), sentence)


def paragraph_repeated(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """A whole paragraph again, right behind itself."""
    for line in source.body[1:]:
        if len(line) > 60:
            yield insert_at(line.end, "\n" + line.of(source.text), line)


def typo(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """A wrong character of the same sound or shape."""
    for place in _in_body(source, re.compile("|".join(_TYPOS))):
        wrong = _TYPOS[place.of(source.text)]
        yield replace_at(place.start, place.end, wrong, Span(place.start, place.end))


def own_name_misspelt(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The own unit's name with another character than in title and signature."""
    title = source.title.of(source.text)
    signed = source.signature.of(source.text)
    for name, wrong in _TWINS.items():
        if name not in title or name not in signed:
            continue
        for place in _in_body(source, re.compile(f"{name}(?=[市县镇乡]|公)")):
            yield replace_at(place.start, place.end, wrong)


def signature_misspelt(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The signature's unit is not the title's."""
    title = source.title.of(source.text)
    signed = source.signature.of(source.text)
    for name, wrong in _TWINS.items():
        if name in title and name in signed:
            start = source.signature.start + signed.index(name)
            yield Edit(
                (TextEdit(start, start + len(name), wrong),),
                (source.signature, source.title),
                is_alone=True,
            )


def stale_congress(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A congress of years ago as the current one."""
    for place in _in_body(source, _CONGRESS):
        wrong = rng.choice(("党的十八大", "党的十九大", "党的十九届四中全会"))
        yield replace_at(place.start, place.end, wrong)


def copied_passage(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A paragraph of last year's report, its figures changed, as this year's."""
    if source.previous is None:
        return
    before = CleanReport("", source.previous)
    wordy = [b.of(before.text).strip("　") for b in before.body if 90 <= len(b) <= 320]
    targets = [b for b in source.body[1:-2] if len(b) > 60]
    for passage in rng.sample(wordy, min(3, len(wordy))):
        target = rng.choice(targets)
        changed = re.sub(r"\d+(?=[件起处个名场次份])", lambda m: str(int(m[0]) + 1), passage)
        changed = re.sub(r"，[^，。]{0,8}率\d+(?:\.\d+)?%", "", changed)
        yield Edit(
            (TextEdit(target.end, target.end, "\n" + changed),),
            (Span(target.end, target.end),),
            needs_previous=True,
        )


def prior_value(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Last year's value, and the percentage with it, not as last year's report gave it."""
    if source.previous is None:
        return
    for line in source.body:
        for found in _PRIOR.finditer(source.text, line.start, line.end):
            if f"{found['then']}{found['unit']}" not in source.previous:
                continue
            yield from _prior_edit(source, found)


def _prior_edit(source: CleanReport, found: re.Match[str]) -> Iterator[Edit]:
    then = Decimal(found["then"])
    other = then + max(Decimal(1), (then / 12).to_integral_value())
    start, end = found.span("then")
    changes = [TextEdit(start, end, str(other))]
    tail = _TREND_TAIL.match(source.text, found.end())
    if tail and tail["rate"]:
        now = Decimal(tail["now"])
        rate = percent(abs(now - other), other, tail["rate"])
        place = tail.span("rate")
        changes.append(TextEdit(*place, str(rate)))
        end = place[1]
    elif tail:
        return
    yield Edit(tuple(changes), (Span(found.start(), end),), needs_previous=True)


KINDS = (
    DefectKind("repeat-word", "词语重复", ("CO04",), word_repeated),
    DefectKind("repeat-particle", "虚词重复", ("CO04", "LA01"), particle_repeated),
    DefectKind("repeat-item", "并列项重复", ("CO04",), item_repeated),
    DefectKind("repeat-sentence", "句子重复", ("CO04",), sentence_repeated),
    DefectKind("repeat-paragraph", "段落重复", ("CO04",), paragraph_repeated),
    DefectKind("typo", "错别字", ("LA01",), typo),
    DefectKind("name-body", "正文单位名写错", ("CO01", "CO02"), own_name_misspelt),
    DefectKind("name-signature", "落款单位名写错", ("CO01", "CO02"), signature_misspelt),
    DefectKind("stale", "过时的会议当作当前", ("CO03",), stale_congress),
    DefectKind("copied", "照抄去年段落", ("CO05",), copied_passage),
    DefectKind("ledger", "上年数与去年报告不符", ("NU10",), prior_value),
)
