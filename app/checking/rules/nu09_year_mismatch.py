"""NU09 year-mismatch — 年份与题目、正文、落款不一致。

Why: last year's report is the usual template, and its year stays behind in one place.
Misses: a year left behind in the middle of the text, which may be history.
False alarms: comparisons with other years and plans for the next are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity

META = RuleMeta(
    code="NU09", name="year-mismatch", severity=Severity.ERROR, summary="年份前后不一致"
)

_YEAR = re.compile(r"(?:19|20)\d{2}")
_CHINESE_YEAR = re.compile(r"二[〇○零]([〇○零一二三四五六七八九])([〇○零一二三四五六七八九])")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0}
_OPENING_YEAR = re.compile(
    r"(?:^|[。\n])[ \u3000]*(?P<year>20\d{2})[^\S\n]?年(?:度|以来)?(?=，|[^，。；\d]{0,16}(?:坚持"
    r"|认真|深入|紧紧|全面|按照|高度|以))"
)
_OPENING_SUBJECT = re.compile(
    r"(?:对|将|就)[^，。\n\d]{0,6}(?P<year>20\d{2})[^\S\n]?年(?:度)?平安建设(?:工作)?情况"
)
_REPORTED = re.compile(
    r"(?:现将|现就|下面将)[^。\n]{0,24}?(?P<year>20\d{2})[^\S\n]?年(?:度)?[^。\n]{0,24}?(?:报告"
    r"|总结|汇报)"
)
_HEADING_YEAR = re.compile(
    r"(?P<year>20\d{2})[^\S\n]?年(?:度)?(?:工作(?:总结|回顾|开展|情况)|主要工作|平安建设)"
)
_PLAN_YEAR = re.compile(
    r"(?P<year>20\d{2})[^\S\n]?年[，,]?[^，。；\d]{0,14}将(?:着重|着力|重点|继续|进一步|抓|突出"
    r"|围绕|聚焦|坚持|全面|持续|切实|按照"
    r"|努力|做好|盯|深入|以|紧|从|认真|加大|完善|推动)"
)
_PLAN_HEADING = re.compile(
    r"(?P<year>20\d{2})[^\S\n]?年(?:度|的)?(?:重点|主要|总体)?(?:工作)?(?:打算|计划|思路|设想)"
)
_SAME_YEAR = re.compile(
    r"(?<![比较同与])(?P<year>20\d{2})[^\S\n]?年(?!底|末|\d|—|-|至)[^。；\n]{0,60}(?:比|较|与|同)(?P<again>(?P=year)[^\S\n]?年)"
    r"(?!底|末|初|计划|目标|任务|上半年|下半年|同期|[一二三四第\d])"
)
_LAST_SPRING_MONTH = 4
_MONTH = re.compile(r"年(\d{1,2})月|年([一二三四五六七八九十]{1,2})月")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.NU09``.

    ``opening_chars``: how far the opening is taken to reach; ``plans_from``: behind which share
    of the text a sentence with 将 tells of plans.
    """

    opening_chars: int = 400
    plans_from: float = 0.5


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per place whose year cannot be the report's."""
    for match in _SAME_YEAR.finditer(ctx.view):
        span = Span(match.start("again"), match.end("again"))
        message = f"{match.group('year')}年不能和同一年相比，请核对所比的年份。"
        yield ctx.finding(META, span, message, related=[Span(*match.span("year"))])
    outline = ctx.outline
    if outline.title is None:
        return
    year = _read_year(outline.title_text)
    if year is None:
        return
    related = [outline.title]
    yield from _body(ctx, params, year, related)
    yield from _plans(ctx, params, year, outline.title)
    if outline.date is not None:
        signed = _read_year(outline.date_text)
        if signed is not None and not _may_sign(signed, outline.date_text, year):
            yield ctx.finding(
                META,
                outline.date,
                f"题目是{year}年，落款日期是{signed}年，请核对。",
                related=related,
                evidence={"title": year, "date": signed},
            )


def _read_year(text: str) -> int | None:
    years = [int(y) for y in _YEAR.findall(text)]
    if match := _CHINESE_YEAR.search(text):
        years.append(2000 + 10 * _DIGITS[match.group(1)] + _DIGITS[match.group(2)])
    return years[0] if len(set(years)) == 1 else None


def _may_sign(signed: int, date: str, year: int) -> bool:
    """A report is signed in its own year or in the months after it."""
    if signed == year:
        return True
    match = _MONTH.search(date)
    if signed != year + 1 or match is None:
        return signed == year + 1
    month = match.group(1)
    return (int(month) <= _LAST_SPRING_MONTH) if month else match.group(2)[0] in "一二三四"


def _plans(ctx: CheckContext, params: Params, year: int, title: Span) -> Iterator[Finding]:
    """Plans for the year reported on: the line was left over from last year's report."""
    text = ctx.view
    late = int(len(text) * params.plans_from)
    places = [*_PLAN_YEAR.finditer(text, late)]
    for heading in ctx.outline.headings:
        places += _PLAN_HEADING.finditer(text, heading.span.start, heading.span.end)
    for match in places:
        told = int(match.group("year"))
        if told <= year:
            yield ctx.finding(
                META,
                Span(match.start(), match.end()),
                f"这里说的是今后的打算，年份应当晚于{year}年，写的却是{told}年，请核对。",
                related=[title],
                evidence={"title": year, "told": told},
            )


def _body(ctx: CheckContext, params: Params, year: int, related: list[Span]) -> Iterator[Finding]:
    text = ctx.view
    start = related[0].end
    opening_end = min(len(text), start + params.opening_chars)
    if ctx.outline.headings:
        opening_end = min(opening_end, ctx.outline.headings[0].span.start)
    seen: set[int] = set()
    places = [
        *_OPENING_YEAR.finditer(text, start, opening_end),
        *_OPENING_SUBJECT.finditer(text, start, opening_end),
        *_REPORTED.finditer(text, start, max(opening_end, start)),
        *(
            m
            for heading in ctx.outline.headings
            for m in _HEADING_YEAR.finditer(text, heading.span.start, heading.span.end)
        ),
    ]
    for match in places:
        told = int(match.group("year"))
        at = match.start("year")
        if told == year or at in seen or _is_span(match, year):
            continue
        seen.add(at)
        yield ctx.finding(
            META,
            Span(at, at + 5),
            f"题目是{year}年，这里写的是{told}年，请核对是否沿用了旧稿。",
            related=related,
            evidence={"title": year, "told": told},
        )


def _is_span(match: re.Match[str], year: int) -> bool:
    """2020年以来 in a report on 2024: five years are told, nothing was left behind."""
    return "以来" in match.group() and int(match["year"]) < year - 1


EXAMPLES = (
    bad("2024年，全县刑事案件立案35起，比⟦2024年⟧下降12%。"),
    near(
        "青岚市档案馆2024年平安建设工作总结\n2020年以来，我馆逐年翻新库房，五年共翻新12间。\n"
        "一、组织领导\n馆长任组长，专题研究四次。\n青岚市档案馆\n2024年12月20日\n"
    ),
    near("接警量较2022年下降8%，到场时间比2022年缩短3分钟。"),
    near("2024年，全县刑事案件立案35起，比2023年下降12%；2025年比2024年再降5%。"),
    bad(
        "青岚市档案馆2024年平安建设工作总结\n⟦2023年⟧，我馆认真落实平安建设责任，各项工作平稳有序。\n"
        "一、组织领导\n馆长任组长，专题研究四次。\n青岚市档案馆\n2024年12月20日\n"
    ),
    bad(
        "青岚市档案馆2024年平安建设工作总结\n今年以来，我馆认真落实平安建设责任。现将⟦2023年⟧工作情况报告如下：\n"
        "一、组织领导\n馆长任组长，专题研究四次。\n青岚市档案馆\n2024年12月20日\n"
    ),
    bad(
        "青岚市档案馆2024年平安建设工作总结\n今年以来，我馆认真落实平安建设责任，各项工作平稳有序。\n"
        "一、组织领导\n馆长任组长，专题研究四次。\n青岚市档案馆\n⟦2023年12月20日⟧\n"
    ),
    good(
        "青岚市档案馆2024年平安建设工作总结\n2024年，我馆认真落实平安建设责任，各项工作平稳有序。\n"
        "一、组织领导\n馆长任组长，专题研究四次。\n青岚市档案馆\n2024年12月20日\n"
    ),
    good(
        "青岚市档案馆2024年平安建设工作总结\n今年以来，我馆认真落实平安建设责任，各项工作平稳有序。\n"
        "一、组织领导\n馆长任组长，专题研究四次。\n青岚市档案馆\n2025年1月8日\n"
    ),
    near(
        "青岚市档案馆2024年平安建设工作总结\n今年以来，我馆发现隐患6处，比2023年减少2处，各项工作平稳有序。\n"
        "一、组织领导\n2023年成立的领导小组继续运行，2025年将进一步完善。\n青岚市档案馆\n2024年12月20日\n"
    ),
)
