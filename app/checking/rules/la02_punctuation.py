"""LA02 punctuation — 标点用错。

Why: GB/T 15834 wants full-width marks among Chinese, marks in pairs, and no mark twice.
Misses: a wrong mark that is of the right width (， for 。).
False alarms: half-width marks in a quoted program, address or formula.

Reported: , ; : . ? ! ( ) and straight quotation marks among Chinese; brackets and quotation marks
without their partner; doubled marks. A kind of mark that a document always writes half-width is one
finding, not hundreds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Fix, Severity

META = RuleMeta(code="LA02", name="punctuation", severity=Severity.WARNING, summary="标点用错")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.LA02``: from how many half-width marks on they become one finding."""

    whole_document: int = 8
    straight_quotes: bool = True


_C = "一-鿿"
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", "(": "（", ")": "）"}
_HALF = re.compile(
    rf"[,;:?!](?:(?<=[{_C}”》）％].)(?=[{_C}“《（\d\n])|(?<=[\d%A-Za-z)].)(?=[{_C}“《（]))"
    rf"|\.(?<=[{_C}”》）].)(?=[{_C}“\n]|\Z)"
)
_BRACKET = re.compile(r"\(([^()（）\n]{1,60})\)")
_HAN = re.compile(f"[{_C}]")
_QUOTED = re.compile(r'"([^"\n]{1,60})"')
_DOUBLED = re.compile(
    "，[，。；：、,;]{1,20}|。[，。；：、,;]{1,20}|；[，。；：、,;]{1,20}|：[，。；：、,;]{1,20}"
    "|、[，。；：、,;]{1,20}"
    rf"|,(?<=[{_C}%％\d”》）].)[，。；：、,;]{{1,20}}|;(?<=[{_C}%％\d”》）].)[，。；：、,;]{{1,20}}"
)
_BEFORE_DENG = re.compile("、(?=等(?![级候待同于保额离比效宽距值差到]))")
_PAIRS = {"（": "）", "“": "”", "《": "》", "【": "】", "〔": "〕", "‘": "’"}
_CLOSERS = {close: opening for opening, close in _PAIRS.items()}
_MARK = re.compile("[（）“”《》【】〔〕‘’]")
_LABEL_END = re.compile(r"(?<![0-9A-Za-z])(?:\d{1,2}|[a-zA-Z])$")
_ENTITY_END = re.compile(r"&#?\w{2,7}$")
_MAX_STRAYS = 200
_ENDS = "。！？；：…”’）】》.!?;:"
_NAMES = {
    "，": "逗号", "；": "分号", "：": "冒号", "？": "问号", "！": "叹号", "。": "句号",
    "（": "括号",
    "”": "引号", "“": "引号", "》": "书名号", "《": "书名号", "）": "括号", "【": "方头括号",
    "】": "方头括号", "〔": "六角括号", "〕": "六角括号", "‘": "单引号", "’": "单引号",
}  # fmt: skip


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per wrong mark, or one for a document that is half-width throughout."""
    yield from _half_width(ctx, params)
    if params.straight_quotes and '"' in ctx.text:
        yield from _straight_quotes(ctx)
    yield from _doubled(ctx)
    yield from _unpaired(ctx)


def _half_width(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    text = ctx.text
    marks = [Span(*m.span()) for m in _HALF.finditer(text) if not _is_technical(text, m.start())]
    brackets = [
        Span(*m.span())
        for m in (_BRACKET.finditer(text) if "(" in text else ())
        if _is_chinese_bracket(text, m)
    ]
    full = sum(text.count(mark) for mark in "，；：？！")
    if len(marks) >= params.whole_document and len(marks) > full:
        total = len(marks) + 2 * len(brackets)
        yield ctx.finding(
            META,
            marks[0],
            f"全文标点多用半角，共{total}处，请统一改为全角。",
            evidence={"count": total},
        )
        return
    yield from _each_or_once(ctx, marks, params)
    full_brackets = text.count("（")
    if len(brackets) >= params.whole_document and len(brackets) > full_brackets:
        yield ctx.finding(
            META,
            brackets[0],
            f"全文括号多用半角，共{len(brackets)}处，请统一改为全角。",
            evidence={"count": len(brackets)},
        )
        return
    for span in brackets:
        inner = span.of(text)[1:-1]
        yield ctx.finding(
            META, span, "中文里的括号应当用全角“（）”。", fix=Fix(span, f"（{inner}）")
        )


def _each_or_once(ctx: CheckContext, marks: list[Span], params: Params) -> Iterator[Finding]:
    by_kind: dict[str, list[Span]] = {}
    for span in marks:
        by_kind.setdefault(span.of(ctx.text), []).append(span)
    for half, spans in by_kind.items():
        right = _FULL[half]
        if len(spans) >= params.whole_document and len(spans) > ctx.text.count(right):
            yield ctx.finding(
                META,
                spans[0],
                f"全文{_NAMES[right]}多用半角“{half}”，共{len(spans)}处，请统一改为“{right}”。",
                evidence={"count": len(spans)},
            )
            continue
        for span in spans:
            yield ctx.finding(
                META,
                span,
                f"中文里的{_NAMES[right]}应当用全角“{right}”，不用半角“{half}”。",
                fix=Fix(span, right),
            )


def _is_technical(text: str, position: int) -> bool:
    """12:30下班, 3:1比例, https:… : a mark inside a figure or an address."""
    before, mark = text[max(position - 8, 0) : position], text[position]
    if mark in ":," and before[-1:].isdecimal() and text[position + 1 : position + 2].isdecimal():
        return True
    if mark == ";" and _ENTITY_END.search(before):
        return True
    return mark == ":" and before.lower().endswith(("http", "https", "ftp"))


def _is_chinese_bracket(text: str, match: re.Match[str]) -> bool:
    if not _HAN.search(match[1]):
        return False
    before = text[match.start() - 1 : match.start()]
    return not (before.isascii() and (before.isalpha() or before in "_]"))


def _straight_quotes(ctx: CheckContext) -> Iterator[Finding]:
    spans = [
        Span(*m.span()) for m in _QUOTED.finditer(ctx.text) if _HAN.search(m[1]) and "=" not in m[1]
    ]
    if len(spans) > 2:
        yield ctx.finding(
            META,
            spans[0],
            f"中文里的引号应当用“”，全文共有{len(spans)}处直引号，请统一改正。",
            evidence={"count": len(spans)},
        )
        return
    for span in spans:
        inner = span.of(ctx.text)[1:-1]
        yield ctx.finding(
            META, span, "中文里的引号应当用“”，不用直引号。", fix=Fix(span, f"“{inner}”")
        )


def _doubled(ctx: CheckContext) -> Iterator[Finding]:
    text = ctx.text
    for match in _DOUBLED.finditer(text):
        quote = match.group()
        is_same = len(set(quote)) == 1
        yield ctx.finding(
            META,
            Span(*match.span()),
            f"标点“{quote[:6]}”连用，请只留一个。",
            fix=Fix(Span(*match.span()), quote[0]) if is_same and len(quote) < 3 else None,
        )
    for match in _BEFORE_DENG.finditer(text):
        span = Span(*match.span())
        yield ctx.finding(META, span, "“等”字前面不用顿号。", fix=Fix(span, ""))


def _unpaired(ctx: CheckContext) -> Iterator[Finding]:
    """Marks without their partner; lines cut in the middle of a sentence are read on."""
    text = ctx.text
    waiting: dict[str, list[int]] = {opening: [] for opening in _PAIRS}
    strays: list[int] = []
    line_end = -1
    for match in _MARK.finditer(text):
        position, mark = match.start(), match.group()
        if position > line_end:
            if line_end >= 0 and _is_block_end(text, line_end, position):
                for stack in waiting.values():
                    strays += stack
                    stack.clear()
            line_end = text.find("\n", position)
            line_end = len(text) if line_end < 0 else line_end
        if mark in _PAIRS:
            if mark in "“‘" and waiting[mark]:
                strays.append(waiting[mark].pop())
            waiting[mark].append(position)
        elif waiting[_CLOSERS[mark]]:
            waiting[_CLOSERS[mark]].pop()
        elif not _is_list_label(text, position, mark):
            strays.append(position)
    strays += [position for stack in waiting.values() for position in stack]
    for position in sorted(strays)[:_MAX_STRAYS]:
        mark = text[position]
        partner = _PAIRS.get(mark) or _CLOSERS[mark]
        yield ctx.finding(
            META,
            Span(position, position + 1),
            f"{_NAMES[mark]}“{mark}”缺少与它配对的“{partner}”。",
        )


def _is_block_end(text: str, line_end: int, position: int) -> bool:
    """Whether a paragraph ended between the last line looked at and the mark at ``position``."""
    start = text.rfind("\n", max(line_end - 1, 0), position)
    between = text[max(line_end - 1, 0) : start + 1]
    return any(line.rstrip()[-1:] in _ENDS for line in between.split("\n") if line.strip()) or (
        "\n\n" in between
    )


def _is_list_label(text: str, position: int, mark: str) -> bool:
    """1）, a）: a closing bracket that ends a label."""
    if mark != "）":
        return False
    return _LABEL_END.search(text[max(position - 4, 0) : position]) is not None


EXAMPLES = (
    bad("明确各自责任⟦;⟧工作实行目标管理⟦,⟧落实到岗到人。"),
    bad("建成矛调中心⟦(一站式)⟧，各村⟦(社区)⟧设调解室。"),
    bad("群众满意度提升⟦。。⟧下一步⟦，，⟧继续加强巡逻。"),
    bad("开展⟦“⟧平安家庭创建活动，印发《方案》和⟦《⟧细则，责任到人。"),
    bad('推广⟦"互助联防"⟧做法，覆盖商铺、小区、学校⟦、⟧等。'),
    bad("全年召开会议12次⟦，,⟧研究解决问题36个，满意率98%⟦,，⟧群众认可。"),
    good("明确各自责任；工作实行目标管理，落实到岗到人（村、社区）。"),
    good("开展“平安家庭”创建活动，印发《方案》和《细则》。"),
    near("每天8:30至17:30值守，隐患整改比例为3:1，资金1,200万元，PM2.5浓度下降。"),
    near("1）定责；2）考核。主体系统（System(v2.1)）上线，地址http://example.com。"),
    near("一等、二等、三等奖各1名。“这些年，变化很大……”“群众看得见！”"),
)
