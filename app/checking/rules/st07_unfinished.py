"""ST07 unfinished — 段落没有写完。

Why: a paragraph that stops without a full stop, a list that trails off in “……”, a heading with
nothing below it.
Misses: a sentence that ends too soon but has its full stop.
False alarms: items of a list that are written without full stops on purpose.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import BlockKind, Span
from app.core.finding import Finding, Severity
from app.language.structure.outline import Heading

META = RuleMeta(code="ST07", name="unfinished", severity=Severity.WARNING, summary="段落没有写完")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.ST07``: from how many open paragraphs on they are taken for a style."""

    whole_document: int = 6


_TRAILING = re.compile(r"(?<=[一-鿿，、；）\d])(?:…{1,4}|\.{3,9})(?=[。；]?[^\S\n]{0,20}(?:\n|\Z))")
_CLOSED = "。！？；…”’）】》!?;.：:)"
_LEAD_IN = "：:"
_FORMULA = re.compile("(?:特此|专此|以上|妥否|当否)[^\n，。]{0,10}[。，！]?[^\n]{0,12}(?:\n|\\Z)")
_PROSE_CHARS = 24
_SECTION_STYLES = frozenset({"一", "（一）"})
_SECTION_CHARS = 30


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per unfinished passage."""
    text = ctx.text
    for match in _TRAILING.finditer(text) if "…" in text or "..." in text else ():
        line_start = text.rfind("\n", 0, match.start()) + 1
        if match.start() - line_start >= 8 and "“" not in text[match.start() - 12 : match.start()]:
            yield ctx.finding(META, Span(*match.span()), "列举以省略号收尾，像是没有写完，请补全。")
    yield from _open_paragraphs(ctx, params)
    yield from _empty_sections(ctx)


def _open_paragraphs(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    text, body = ctx.text, ctx.outline.body
    tables = [b.span for b in ctx.document.blocks if b.kind is not BlockKind.BODY]
    heading_starts = [h.span.start for h in ctx.outline.headings]
    title_ends = {h.span.end for h in ctx.outline.headings}
    found: list[tuple[Span, str]] = []
    inside = [p for p in ctx.paragraphs if body.start <= p.start < body.end]
    for index, paragraph in enumerate(inside):
        last = text[paragraph.end - 1]
        if (last in _CLOSED and last not in _LEAD_IN) or paragraph.end in title_ends:
            continue
        following = inside[index + 1] if index + 1 < len(inside) else None
        if any(paragraph.overlaps(t) for t in tables):
            continue
        place = Span(max(paragraph.end - 4, paragraph.start), paragraph.end)
        is_last = (
            following is None
            or _FORMULA.match(text, following.start) is not None
            or _is_higher_heading(ctx, heading_starts, paragraph, following)
        )
        if last in _LEAD_IN:
            is_inside = bisect_right(heading_starts, paragraph.start) > 0
            if is_last and (is_inside or following is None) and len(paragraph) >= 8:
                found.append((place, "冒号后面没有内容，像是没有写完，请补全。"))
        elif last in "，、,":
            if is_last:
                found.append((place, "段落以逗号或顿号收尾，像是没有写完，请补全。"))
        elif is_last and _is_prose(text, paragraph):
            found.append((place, "段落末尾没有句号，像是没有写完，请核对。"))
    if len(found) < params.whole_document:
        for place, message in found:
            yield ctx.finding(META, place, message)


def _is_prose(text: str, paragraph: Span) -> bool:
    """A paragraph with a full stop inside, or a long one with commas: it wants one at its end."""
    words = paragraph.of(text)
    return "。" in words or (len(words) >= _PROSE_CHARS and words.count("，") >= 2)


def _is_higher_heading(
    ctx: CheckContext, starts: list[int], paragraph: Span, following: Span
) -> bool:
    """Whether the next paragraph opens a section the unfinished one cannot run into."""
    index = bisect_right(starts, following.start) - 1
    if index < 0 or starts[index] != following.start:
        return "\n\n" in ctx.text[paragraph.end : following.start].replace(" ", "")
    heading = ctx.outline.headings[index]
    own = bisect_right(starts, paragraph.start) - 1
    return own < 0 or heading.level <= ctx.outline.headings[own].level


def _empty_sections(ctx: CheckContext) -> Iterator[Finding]:
    """Headings with nothing below them although their siblings have text."""
    headings = [h for h in ctx.outline.headings if h.span.start < ctx.outline.body.end]
    filled = {h.style for h in headings if len(h.body) >= _SECTION_CHARS}
    for heading in headings:
        if heading.style in _SECTION_STYLES & filled and _is_empty(ctx, heading):
            yield ctx.finding(
                META, heading.span, f"标题“{heading.title}”下面没有内容，请补写或删去。"
            )


def _is_empty(ctx: CheckContext, heading: Heading) -> bool:
    after = ctx.text[heading.span.end : heading.span.end + 1]
    return not len(heading.body) and len(heading.title) <= _SECTION_CHARS and after in ("", "\n")


EXAMPLES = (
    bad(
        "一、组织领导\n镇党委专题研究4次。逐村签订责任书，形成一级抓⟦一级的格⟧\n二、"
        "矛盾化解\n全年排查纠纷86件。"
    ),
    bad("一、主要做法\n开展了以下宣传活动，进村入户、进校进企⟦……⟧\n二、存在问题\n值守人手不足。"),
    bad(
        "一、组织领导\n镇党委专题研究平安建设4次，逐村签订责任书，责任到人到岗到边。\n"
        "⟦二、矛盾化解⟧\n"
        "三、安全生产\n检查沿街商铺62次，整改隐患35处，复查合格率达到百分之百。"
    ),
    bad(
        "一、组织领导\n镇党委专题研究4次。逐村签订责任书，形成一级抓⟦一级的格⟧\n特此报告。\n\n"
        "云渡镇人民政府\n2024年12月18日"
    ),
    bad("一、主要做法\n镇里抓好以下工⟦作如下：⟧\n二、存在问题\n值守人手不足。"),
    good("一、组织领导\n镇党委专题研究4次。逐村签订责任书。\n二、矛盾化解\n全年排查纠纷86件。"),
    good("主要做法如下：\n一是加强巡逻。\n二是化解纠纷。"),
    near(
        "一、组织领导\n（一）定责\n镇党委专题研究4次。\n（二）考核\n按季通报。\n"
        "“这些年变化真大……”群众说。"
    ),
    near("现将有关情况报告如下：\n一、组织领导\n镇党委专题研究4次。\n二、矛盾化解\n排查纠纷86件。"),
    near("二、重点任务\n1.更换监控\n2.改造线路\n三、保障措施\n经费列入预算。"),
)
