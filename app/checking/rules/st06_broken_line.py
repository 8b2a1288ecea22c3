"""ST06 broken-line — 句子中间断行。

Why: text copied from a page or a PDF breaks off in mid-sentence, and so does a heading (（ / 三）).
Misses: a break behind a full stop.
False alarms: verse; short lines that are meant to stand alone.

A text that is hard-wrapped throughout is one finding. Headings, title, signature, table cells and
lines that end a sentence are no broken lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import BlockKind, Span
from app.core.finding import Finding, Severity
from app.language.structure.outline import Heading

META = RuleMeta(
    code="ST06",
    name="broken-line",
    severity=Severity.WARNING,
    summary="句子中间断行",
    reads="layout",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.ST06``: from how many breaks on they become one finding."""

    whole_document: int = 10


# The next line goes on with words.
_BREAK = re.compile(r"\n[^\S\n]{0,20}(?P<after>[^\s#\-—*•·▲●◆■（(\d“][^\n]{0,3})")
_NO_BREAK = "\n。！？；：!?;:…”’）】》."
_CUT_LABEL = re.compile(
    r"[（(][^\S\n]{0,4}\n[^\S\n]{0,8}[一二三四五六七八九十\d]{1,3}[^\S\n]{0,4}[）)]"
)
_LABEL = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.．是要]|第[一二三四五六七八九十]{1,3}[，、部章]"
    r"|[①-⑳]|其[一二三四]|附件|附："
)
_OPEN_END = "，,、（(“《"
_PROSE = re.compile("[，。；：、]")
_TITLE_LABEL = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}(?:[）)]?[、.．]?|是)\s*")
_NO_TITLE = re.compile(r"[。；！？]|\d(?!\d?[.．、）)])")
_JOINT = re.compile("[，、：\u3000 ]+")
_EVEN = 1.4
_SHORT = 15
_MAX = 2000


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per broken line, spanning the words on both sides of the break."""
    text = ctx.text
    spans = [Span(*m.span()) for m in _CUT_LABEL.finditer(text)]
    spans += _broken_lines(ctx)
    spans.sort()
    if len(spans) >= params.whole_document:
        yield ctx.finding(
            META,
            spans[0],
            f"全文有{len(spans)}处句子中间断行，像是从网页或PDF复制来的，请接成整段。",
            related=spans[1:6],
            evidence={"count": len(spans)},
        )
        return
    for span in spans:
        shown = "/".join(part.strip() for part in span.of(text).split("\n"))
        yield ctx.finding(META, span, f"句子在“{shown}”处断成两行，请接起来。")


def _broken_lines(ctx: CheckContext) -> Iterator[Span]:
    text, outline = ctx.text, ctx.outline
    whole_lines = {h.span.end for h in outline.headings if not _is_item(h)}
    tables = [b.span for b in ctx.document.blocks if b.kind is not BlockKind.BODY]
    found = 0
    for match in _BREAK.finditer(text, outline.body.start, outline.body.end):
        line_start = text.rfind("\n", 0, match.start()) + 1
        line = text[line_start : match.start()]
        end = line_start + len(line.rstrip())
        if end == line_start or text[end - 1] in _NO_BREAK or end in whole_lines:
            continue
        if _LABEL.match(text, match.start("after")):
            continue
        if any(t.start <= match.start() < t.end for t in tables):
            continue
        following = _line_at(text, match.start("after"))
        if not _stops_short(line.strip()) or not _goes_on(line.strip(), following):
            continue
        if _is_title(line.strip(), following):
            continue
        start = end - 1
        while start > max(end - 4, line_start) and text[start - 1] not in _NO_BREAK:
            start -= 1
        yield Span(start, match.end())
        found += 1
        if found >= _MAX:
            return


def _is_item(heading: Heading) -> bool:
    """1.全年检查36次，整改…: a numbered sentence rather than a heading."""
    return heading.style in ("1", "（1）") and "，" in heading.title and len(heading.title) > _SHORT


def _stops_short(line: str) -> bool:
    """A line of prose without an end: it closes with a comma, or is long and holds commas."""
    if line[-1] in _OPEN_END:
        return len(line) >= 2
    if not ("一" <= line[-1] <= "鿿" or line[-1].isalnum()):
        return False
    return len(line) >= _SHORT and _PROSE.search(line) is not None


def _line_at(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end].rstrip()


def _goes_on(line: str, following: str) -> bool:
    """Whether the next line is prose too: it holds a mark that ends a sentence or a clause."""
    if line[-1] in _OPEN_END:
        return True
    return _PROSE.search(following) is not None or len(following) >= 2 * _SHORT


def _is_title(line: str, following: str) -> bool:
    """坚持源头预防化解，筑牢平安建设根基: halves of like length over a paragraph of its own."""
    if line[-1] in _OPEN_END or _NO_TITLE.search(line) or len(following) < 2 * _SHORT:
        return False
    halves = _JOINT.split(_TITLE_LABEL.sub("", line))
    return len(halves) > 1 and max(map(len, halves)) <= _EVEN * min(map(len, halves))


EXAMPLES = (
    bad("镇里把平安建设摆在突出位置，专题研究4次，逐村⟦签订责任\n书，形成⟧了一级抓一级的格局。"),
    bad("全年开展消防检查36次，整改隐患⟦21处，\n复查合格⟧率达到100%。"),
    bad("一、组织领导\n责任到人。\n⟦（\n二）⟧矛盾化解\n抓早抓小。"),
    good("镇里把平安建设摆在突出位置，专题研究4次。\n逐村签订责任书，形成一级抓一级的格局。"),
    good("一、组织领导，责任到人\n镇党委专题研究4次，逐村签订责任书。"),
    near(
        "云渡镇2024年\n平安建设工作总结\n一、压实责任，凝聚合力\n镇党委专题研究4次，"
        "逐村签订责任书。\n云渡镇人民政府\n2024年12月18日"
    ),
    near(
        "1.坚持源头预防和多元化解，筑牢平安建设第一道防线\n"
        "全镇组织网格员逐户走访，排查矛盾纠纷42件，化解40件，其余2件落实专人跟进。"
    ),
    near("主要做法如下：\n一是加强巡逻，\n二是化解纠纷，\n三是宣传普法。"),
)
