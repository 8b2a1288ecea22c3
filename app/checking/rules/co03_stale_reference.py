"""CO03 stale-reference — 沿用往年的提法。

Why: “今年是‘十四五’开局之年” in a report of 2024 was copied from an old one.
Misses: wording that went out of date within the year.
False alarms: a look back on earlier years; an event named together with its own year. Speeches
to a congress tell two years at once and are not checked.

Two kinds: a phrase that fits certain years only and is said of this year (今年是…开局之年), and an
event still to come (迎接…召开) that is over. A meeting of the past as the guide of this year is
reported only where the newer one is named nowhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.parts import is_speech
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.names.unit import report_year

META = RuleMeta(
    code="CO03", name="stale-reference", severity=Severity.WARNING, summary="沿用往年的提法"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.CO03``; ``allow`` lists phrases that are right here."""

    allow: tuple[str, ...] = ()


# plan → its first year; a plan lasts five years
_PLANS = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
# party congress → the year it met; it guides until the next one meets
_CONGRESSES = {"十七大": 2007, "十八大": 2012, "十九大": 2017, "二十大": 2022, "二十一大": 2027}
# plenum → the year it met; (十九, 四) is 党的十九届四中全会
_PLENUMS = {
    "十七": {"三": 2008, "四": 2009, "五": 2010, "六": 2011, "七": 2012},
    "十八": {"三": 2013, "四": 2014, "五": 2015, "六": 2016, "七": 2017},
    "十九": {"二": 2018, "三": 2018, "四": 2019, "五": 2020, "六": 2021, "七": 2022},
    "二十": {"二": 2023, "三": 2024, "四": 2025},
}
_FOUNDED = (
    ("新中国成立", 1949),
    ("中华人民共和国成立", 1949),
    ("建国", 1949),
    ("建党", 1921),
    ("中国共产党成立", 1921),
    ("改革开放", 1978),
)
_THIS_YEAR = r"(?:今年|本年|20\d\d年)[^，。；\n]{0,12}?(?:是|为|作为|系|处于)"
_PLAN_YEAR = re.compile(
    rf"(?P<lead>{_THIS_YEAR})[^。；\n]{{0,24}}?“?(?P<plan>十[二三四五]五)”?(?:规划)?(?:的|时期)?"
    r"(?P<stage>开局|谋划|收官|决胜|第一年|最后一年|关键)(?:之年|起步之年)?"
)
_STAGES = {
    "开局": (0,),
    "第一年": (0,),
    "收官": (4,),
    "决胜": (4,),
    "最后一年": (4,),
    "谋划": (-1,),
    "关键": (2, 3),
}
_ANNIVERSARY = re.compile(
    rf"(?P<lead>{_THIS_YEAR})[^。；\n]{{0,16}}?(?P<what>新中国成立|中华人民共和国成立"
    rf"|建国|建党|中国共产党成立"
    r"|改革开放)(?P<years>\d{1,3})周年"
)
_COMING = re.compile(
    r"(?:迎接|喜迎|护航|备战|为)[^，。；\n]{0,4}?党的(?P<meeting>十[七八九]大|二十大|二十一大)"
    r"(?:的)?(?:胜利|顺利|成功)?(?:召开|营造|创造|保驾护航)"
)
_GUIDE = re.compile(
    r"(?:以|深入学习贯彻|全面贯彻|认真贯彻|学习贯彻|贯彻落实)(?:落实)?党的(?P<meeting>十["
    r"七八九]大|二十大)"
    r"(?:[^，。；\n]{0,12}?)精神"
)
_PLENUM = re.compile(
    r"(?:以|学习|贯彻|落实|按照|围绕)[^，。；\n]{0,14}?"
    r"(?P<plenum>(?:党的)?(?P<term>十[七八九]|二十)届(?P<number>[二三四五六七])中(?:全会)?)"
    r"[^，。；\n]{0,40}?(?:精神|部署|要求|决定)"
)
_LEAD_YEAR = re.compile(r"20\d\d")


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per phrase that does not fit the report's year."""
    year = report_year(ctx.outline, ctx.text)
    if not year or is_speech(ctx):
        return
    for span, message in (
        *_plan_years(ctx, year),
        *_anniversaries(ctx, year),
        *_meetings(ctx, year),
        *_plenums(ctx, year),
    ):
        if span.of(ctx.text) not in params.allow:
            yield ctx.finding(META, span, message, evidence={"year": year})


def _said_year(lead: str, year: int) -> int:
    """The year the phrase itself names, else the report's."""
    match = _LEAD_YEAR.search(lead)
    return int(match.group()) if match else year


def _plan_years(ctx: CheckContext, year: int) -> Iterator[tuple[Span, str]]:
    if "五" not in ctx.text:
        return
    for match in _PLAN_YEAR.finditer(ctx.text):
        said = _said_year(match["lead"], year)
        first = _PLANS[match["plan"]]
        right = tuple(first + offset for offset in _STAGES[match["stage"]])
        if said not in right and not (said == year + 1 and said in right):
            years = "、".join(f"{y}年" for y in right)
            yield (
                Span(*match.span()),
                f"“{match['plan']}”的{match['stage']}之年是{years}，这里说的是{said}年，"
                f"像是沿用了旧稿，请核对。",
            )


def _anniversaries(ctx: CheckContext, year: int) -> Iterator[tuple[Span, str]]:
    if "周年" not in ctx.text:
        return
    founded = dict(_FOUNDED)
    for match in _ANNIVERSARY.finditer(ctx.text):
        said = _said_year(match["lead"], year)
        right = founded[match["what"]] + int(match["years"])
        if said != right:
            yield (
                Span(*match.span()),
                f"{match['what']}{match['years']}周年是{right}年，这里说的是{said}年，像"
                f"是沿用了旧稿，请核对。",
            )


def _meetings(ctx: CheckContext, year: int) -> Iterator[tuple[Span, str]]:
    text = ctx.text
    if "大" not in text or "党的" not in text:
        return
    for match in _COMING.finditer(text):
        held = _CONGRESSES[match["meeting"]]
        if held < year:
            yield (
                Span(*match.span()),
                f"{match['meeting']}已于{held}年召开，{year}年的材料里像是沿用了旧稿，请核对。",
            )
    latest = max((held for held in _CONGRESSES.values() if held < year), default=0)
    newest = next((name for name, held in _CONGRESSES.items() if held == latest), "")
    if not newest or f"{newest}" in text:
        return
    for match in _GUIDE.finditer(text):
        if _CONGRESSES[match["meeting"]] < latest:
            yield (
                Span(*match.span()),
                f"{year}年的材料只提{match['meeting']}、没有提{newest}，像是沿用了旧稿，请核对。",
            )


def _plenums(ctx: CheckContext, year: int) -> Iterator[tuple[Span, str]]:
    """A plenum of an earlier congress as the guide of a year after the next congress."""
    text = ctx.text
    if "届" not in text:
        return
    newest = max((name for name, held in _CONGRESSES.items() if held < year), key=_held, default="")
    if not newest:
        return
    for match in _PLENUM.finditer(text):
        if _held(f"{match['term']}大") >= _held(newest):
            continue
        held = _PLENUMS[match["term"]].get(match["number"], 0)
        told = f"是{held}年召开的" if held else "已经过去"
        yield (
            Span(*match.span("plenum")),
            f"{match['plenum']}{told}，{newest}之后已有新的全会，{year}年的材料里像是沿用了旧稿，请核对。",
        )


def _held(congress: str) -> int:
    return _CONGRESSES.get(congress, 0)


_TITLE = "青岚市林业局2024年平安建设工作总结\n"

EXAMPLES = (
    bad(_TITLE + "⟦今年是“十四五”规划的开局之年⟧，我局扎实推进平安建设。"),
    bad(_TITLE + "⟦今年是新中国成立70周年⟧，全局上下全力做好安保工作。"),
    bad(_TITLE + "⟦2024年是“十三五”收官之年⟧，各项任务圆满完成。"),
    bad(_TITLE + "2024年，我局认真学习贯彻⟦党的十九届四中全会⟧精神，扎实推进各项工作。"),
    near(_TITLE + "2024年，我局认真学习贯彻党的二十届三中全会精神，扎实推进各项工作。"),
    near(_TITLE + "2019年党的十九届四中全会召开后，我局建立了联席会议制度，一直坚持至今。"),
    good(_TITLE + "今年是新中国成立75周年，全局上下全力做好安保工作。"),
    good(_TITLE + "今年是“十四五”规划的关键之年，我局扎实推进平安建设。"),
    near(_TITLE + "2021年是“十四五”开局之年，四年来办案质量逐年提升。"),
    near("今年是“十四五”规划的开局之年，我局扎实推进平安建设。"),
    near(_TITLE + "展望明年，2025年是“十四五”收官之年，我局将继续抓好落实。"),
)
