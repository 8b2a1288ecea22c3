"""CO02 foreign-name — 混入别的单位的名称。

Why: a paragraph taken over from another unit's report keeps that unit's name, and readers laugh.
Misses: names of villages, schools and people inside the other report; a unit that is not known.
False alarms: superiors, subordinates and partners (联合、会同、赴…学习); those are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, KnownUnit, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.names.places import PlaceName, area_chain, is_area

META = RuleMeta(
    code="CO02",
    name="foreign-name",
    severity=Severity.ERROR,
    summary="混入别的单位的名称",
    needs="knowledge",
)

_OWN_WORK = re.compile(
    r"(?:党委|党组|党工委|党支部|镇委|人民政府|政府|全体|广大|领导班子|班子|平安建设|主要负责|干部|职工|上下|各科室)"
    r"|坚持|认真|深入|始终|紧紧|高度重视|切实|扎实|全面|积极|把|将|以|围绕|聚焦|立足|结合|严格|持续|着力"
    r"|成立|制定|印发|召开|组织|开展|建立|推行|健全|实现|未发生|没有发生|共|全年|今年|20\d\d年"
)
_QUOTED_TITLE = re.compile(r"《[^《》\n]{1,80}》")
_MOST_RELATED = 20
_WINDOW = 40


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.CO02``. ``partners``: words that tell of working together or travel."""

    partners: tuple[str, ...] = (
        "联合",
        "会同",
        "协同",
        "协助",
        "配合",
        "共同",
        "合作",
        "共建",
        "结对",
        "对接",
        "联动",
        "签订",
        "签署",
        "赴",
        "前往",
        "考察",
        "学习",
        "交流",
        "借鉴",
        "调研",
        "参观",
        "经验",
        "做法",
        "对口",
        "支援",
        "帮扶",
        "援助",
        "邻",
        "交界",
        "接壤",
        "毗邻",
        "跨",
        "边界",
        "来自",
        "户籍",
        "籍",
        "移交",
        "移送",
        "转交",
        "函",
        "返回",
        "接回",
        "劝返",
        "发往",
        "开往",
        "邀请",
        "聘请",
        "下辖",
        "辖区",
        "所属",
        "包括",
        "督导",
        "检查组",
        "督查",
        "与",
    )


@dataclass(frozen=True, slots=True)
class _Foreign:
    """A name that is not this unit's; ``is_kin`` where the two units share a place or a rank."""

    name: str
    unit: str
    is_kin: bool


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per foreign name, at its first mention."""
    own = _own_names(ctx)
    if not own:
        return
    partners = re.compile("|".join(map(re.escape, params.partners)))
    taken = _covered(ctx.text, own)
    for foreign in _foreign_names(ctx, own):
        spans = [
            span
            for span in _mentions(ctx.text, foreign.name)
            if not taken[span.start]
            and not _is_partner(ctx.text, span, partners)
            and (not foreign.is_kin or _is_subject(ctx.text, span))
        ]
        if not spans:
            continue
        for span in spans:
            taken[span.start : span.end] = b"\1" * len(span)
        yield ctx.finding(
            META,
            spans[0],
            f"“{foreign.name}”是知识库中另一单位“{foreign.unit}”的名称，本文是“{ctx.unit.unit}”的总结，"
            "请核对是否套用了别处的文字。",
            related=spans[1 : _MOST_RELATED + 1],
            evidence={"name": foreign.name, "unit": foreign.unit, "mentions": len(spans)},
        )


def _own_names(ctx: CheckContext) -> tuple[str, ...]:
    names = [ctx.unit.unit, *ctx.unit.short_names]
    if ctx.sheet is not None:
        names.append(ctx.sheet.unit)
    return tuple(dict.fromkeys(n for n in names if len(n) > 1)) if ctx.unit.unit else ()


def _foreign_names(ctx: CheckContext, own: tuple[str, ...]) -> Iterator[_Foreign]:
    """Names of other units that stand in the text, the longest first."""
    chain = area_chain(ctx.unit.unit)
    found: dict[str, _Foreign] = {}
    for known in ctx.known_units:
        if _is_related(known, own):
            continue
        places = _other_places(known, chain)
        is_kin = not places and _is_kin(area_chain(known.unit), chain, ctx.unit.unit)
        for name in (*known.names, *places):
            if name in ctx.text and name not in own and name not in found:
                found[name] = _Foreign(name, known.unit, is_kin)
    yield from sorted(found.values(), key=lambda f: (-len(f.name), f.name))


def _is_related(known: KnownUnit, own: tuple[str, ...]) -> bool:
    """True for the own unit, what it belongs to, and what belongs to it."""
    full = own[0]
    return (
        known.unit in full
        or full in known.unit
        or any(name in own for name in known.names)
        or any(name.startswith(known.unit) for name in own)
    )


def _other_places(known: KnownUnit, chain: tuple[PlaceName, ...]) -> tuple[str, ...]:
    """Places the other unit lies in, of a level at which this unit lies elsewhere."""
    own = {a.level: a.name for a in chain}
    return tuple(a.name for a in area_chain(known.unit) if own.get(a.level, a.name) != a.name)


def _is_kin(other: tuple[PlaceName, ...], chain: tuple[PlaceName, ...], unit: str) -> bool:
    """True where a report may well speak of the other: same place, wider, or under a government."""
    if not other or not chain:
        return False
    shared = {a.name for a in other} & {a.name for a in chain}
    is_wider = other[-1].level > chain[0].level
    is_below = is_area(unit) and other[0].level < chain[-1].level
    return bool(shared) or is_wider or is_below


def _mentions(text: str, name: str) -> list[Span]:
    return [Span(m.start(), m.end()) for m in re.finditer(re.escape(name), text)]


def _covered(text: str, own: tuple[str, ...]) -> bytearray:
    """For each place whether it belongs to the own name, or to the title of a paper."""
    covered = bytearray(len(text))
    spans = [Span(m.start(), m.end()) for m in _QUOTED_TITLE.finditer(text)]
    for name in own:
        spans.extend(_mentions(text, name))
    for span in spans:
        covered[span.start : span.end] = b"\1" * len(span)
    return covered


def _is_partner(text: str, span: Span, partners: re.Pattern[str]) -> bool:
    low, high = max(0, span.start - _WINDOW), min(len(text), span.end + _WINDOW)
    start = max(low - 1, *(text.rfind(mark, low, span.start) for mark in "。；！？\n"))
    end = min([high, *(at for m in "。；！？\n" if (at := text.find(m, span.end, high)) >= 0)])
    return bool(partners.search(text, start + 1, end))


def _is_subject(text: str, span: Span) -> bool:
    """True where the name opens a clause and what follows is a unit's own work."""
    before = text[span.start - 1] if span.start else "\n"
    return before in "。；，：、！？\n \u3000）)" and bool(_OWN_WORK.match(text, span.end))


def _report(unit: str, body: str) -> str:
    """A report of one paragraph."""
    return f"{unit}2024年平安建设工作总结\n一、主要做法\n{body}\n{unit}\n2024年12月20日\n"


EXAMPLES = (
    bad(
        _report(
            "东陵县石桥镇人民政府",
            "⟦云渡镇⟧坚持把矛盾化解在村组，全年排查矛盾纠纷42件。",
        ),
        names=("云渡镇", "临溪县云渡镇"),
    ),
    bad(
        _report("东陵县民政局", "一年来，⟦临溪县市场监管局⟧干部职工没有发生违法违纪问题。"),
        names=("临溪县市场监管局",),
    ),
    bad(
        _report("东陵县石桥镇人民政府", "在⟦临溪县⟧的统一部署下，逐村开展消防检查。"),
        names=("临溪县云渡镇",),
    ),
    good(
        _report("东陵县石桥镇人民政府", "石桥镇坚持把矛盾化解在村组，全年排查矛盾纠纷42件。"),
        names=("云渡镇", "临溪县云渡镇"),
    ),
    good(
        _report("临溪县云渡镇人民政府", "云渡镇坚持每周排查，在临溪县委的领导下扎实推进各项工作。"),
        names=("云渡镇", "临溪县", "临溪县云渡镇"),
    ),
    near(
        _report("东陵县石桥镇人民政府", "与云渡镇签订护林联防协议，联合巡山12次。"),
        names=("云渡镇",),
    ),
    near(
        _report("东陵县石桥镇人民政府", "组织网格员赴云渡镇学习“船家调解室”经验。"),
        names=("云渡镇",),
    ),
    near(
        _report("青岚市水务集团有限公司", "处置青岚市档案馆门前爆管1起，当日恢复供水。"),
        names=("青岚市档案馆",),
    ),
)
