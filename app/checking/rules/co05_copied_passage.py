"""CO05 copied-passage — 整段照抄去年或别单位的总结。

Why: last year's section with new figures put in is the most common short cut there is.
Misses: paragraphs below sixty characters, and those put together from several.
False alarms: set openings (现将情况报告如下) and headings; both are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, KnownText, RuleMeta
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.language.similarity.near_duplicates import (
    Copy,
    CopyFinder,
    KnownPrint,
    as_known,
    read_prints,
)

META = RuleMeta(
    code="CO05",
    name="copied-passage",
    severity=Severity.WARNING,
    summary="整段照抄去年或别单位的总结",
)
_PREVIOUS = -1


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.CO05``.

    ``likeness``: the share of wording (0 to 1) two paragraphs have in common, once figures,
    years and names are masked, from which one is taken for a copy of the other.
    """

    likeness: float = 0.85


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per paragraph that repeats one of another report."""
    if ctx.previous is None and not ctx.known_texts:
        return
    names = (ctx.unit.unit, *ctx.unit.short_names)
    finder = CopyFinder(read_prints(ctx.text, names))
    known = [*_previous_prints(ctx), *_known_prints(ctx)]
    for copy in finder.find(known, params.likeness):
        yield ctx.finding(
            META,
            copy.print.span,
            _message(ctx, copy),
            evidence={"likeness": round(copy.likeness, 3), "source": _source(ctx, copy.known)},
        )


def _previous_prints(ctx: CheckContext) -> list[KnownPrint]:
    if ctx.last is None:
        return []
    unit = ctx.last.unit
    return as_known(read_prints(ctx.last.text, (unit.unit, *unit.short_names)), _PREVIOUS)


def _known_prints(ctx: CheckContext) -> Iterator[KnownPrint]:
    for known in ctx.known_texts:
        if not _is_this_report(ctx, known):
            yield from known.prints


def _is_this_report(ctx: CheckContext, known: KnownText) -> bool:
    """True where the report at hand lies in the knowledge base itself."""
    same_unit = _is_own(ctx, known)
    if not ctx.unit.unit:
        title = "".join(known.title.split())
        return bool(title) and title == ctx.outline.title_text
    return same_unit and (not ctx.unit.year or not known.year or ctx.unit.year == known.year)


def _is_own(ctx: CheckContext, known: KnownText) -> bool:
    own, other = ctx.unit.unit, known.unit
    return bool(own and other) and (own in other or other in own)


def _source(ctx: CheckContext, known: KnownPrint) -> str:
    if known.source == _PREVIOUS:
        return ctx.previous.path if ctx.previous else ""
    text = ctx.known_texts[known.source]
    return text.title or text.unit


def _message(ctx: CheckContext, copy: Copy) -> str:
    share = f"{copy.likeness * 100:.0f}%"
    if copy.known.source == _PREVIOUS:
        where = "去年总结"
        if copy.known.span is not None and ctx.previous is not None:
            where = f"去年总结第{ctx.previous_line(copy.known.span.start)}行"
    else:
        text = ctx.known_texts[copy.known.source]
        year = f"{text.year}年" if text.year else ""
        owner = "本单位" if _is_own(ctx, text) else f"“{text.unit or text.title}”"
        where = f"知识库中{owner}{year}总结的一段"
    return f"去掉数字和名称后，这一段与{where}有{share}相同，请按今年的实际情况改写。"


def _report(year: int, body: str) -> str:
    """A report of one paragraph."""
    return (
        f"石泉镇{year}年平安建设工作总结\n一、矛盾化解\n{body}\n石泉镇人民政府\n{year}年12月20日\n"
    )


_BODY = (
    "{mark}镇综治中心每周二组织司法所、派出所和妇联集中坐班，群众反映的事情当场登记、当场分流，"
    "三天内由包村干部上门回话。全年接待群众{a}批{b}人次，化解邻里纠纷{c}件，"
    "{d}村的采石场噪声一事经四次协商得到解决。{end}"
)


def _body(a: int, b: int, c: int, village: str, *, mark: str = "", end: str = "") -> str:
    return _BODY.format(mark=mark, a=a, b=b, c=c, d=village, end=end)


_LAST = _report(2023, _body(31, 52, 26, "大坪"))

EXAMPLES = (
    bad(_report(2024, _body(28, 47, 22, "上河", mark="⟦", end="⟧")), previous=_LAST),
    bad(
        _report(2024, _body(35, 60, 31, "大坪", mark="⟦", end="⟧").replace("当场登记", "现场登记")),
        previous=_LAST,
    ),
    good(
        _report(
            2024,
            "综治中心把坐班改为下村，每月到各村开一次院坝会，请老支书和律师一起听诉求、出主意，"
            "当场谈不拢的列入清单，由镇领导包案。全年开院坝会46场，化解纠纷22件，最难的是水渠改道引起的争议。",
        ),
        previous=_LAST,
    ),
    good(
        _report(2024, "镇综治中心每周二组织司法所、派出所和妇联集中坐班，化解邻里纠纷22件。"),
        previous=_LAST,
    ),
    near(
        "石泉镇2024年平安建设工作总结\n2024年，石泉镇认真落实县委、县政府关于平安建设的各项部署，"
        "坚持预防为主、防治结合，全镇社会大局保持稳定，群众安全感继续提升。现将一年来的工作情况报告如下。\n",
        previous="石泉镇2023年平安建设工作总结\n2023年，石泉镇认真落实县委、县政府关于平安建设的各项部署，"
        "坚持预防为主、防治结合，全镇社会大局保持稳定，群众安全感继续提升。现将一年来的工作情况报告如下。\n",
    ),
)
