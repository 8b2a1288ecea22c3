"""Markdown left in running text, emoji, and which ``**`` are bold rather than names left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.document import Span

# What follows a single letter or star that stands for a name or a figure.
NAME_UNITS = frozenset(
    "市县区州盟旗省镇乡村社局委办院校所站馆厂司队组人件起次个名处户家万亿元条批份场张块台"
    "辆本座栋套把支艘吨亩米"
    "里公平年月日时分天周季届期号类种项多余某同书主老女先课岁点路街千百篇宗例笔口只所艘枚幅"
    "%％"
)
NAMED_PLACE = re.compile(
    "(?:中心|实验|第[一二三四五六七八九十]|民族|职业|人民)?"
    "(?:小学|中学|学校|幼儿园|医院|卫生院|派出所|法庭|村委|社区|街道|水库|工业园|公司|集团|银行|大道|广场|市场|大桥)"
)
# what goes on from a name that was left out: **县, **党委, **同志
_AFTER_NAME = re.compile(
    f"[{''.join(sorted(NAME_UNITS))}]|党委|党组|党工委|党支部|政府|人民|同志|书记|主任|局长|镇长|县长|市长|区长|乡长"
    f"|{NAMED_PLACE.pattern}"
)
_QUOTED_TERM = re.compile("“[^“”]+”|《[^《》]+》|「[^「」]+」")
_OPENERS, _CLOSERS = frozenset("“‘《"), frozenset("”’》")
_PHRASE = re.compile("[一-鿿、“”]{3,24}")
_FIGURE, _DATE_UNITS = re.compile(r"\d[\d.]{0,9}[%％一-鿿]{1,4}"), frozenset("年月日号")
_HEADING_STOPS, _CLAUSE_STARTS = "。：:；", "\n，。；：、（“ \u3000"
_BOLD = re.compile(r"(?<!\*)\*\*(?![*\s])(?P<inner>[^*\n]{1,80})(?<!\s)\*\*(?!\*)")
_MARKDOWN_LINE = re.compile(r"\n\#{1,6}[^\S\n]|\n[-*+][^\S\n]\S|\n```")
_RUN_IN_HEADING = re.compile(
    r"[一二三四五六七八九十\d]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of one sort; ``is_sure``: a text written by hand does not hold them by chance."""

    name: str
    spans: tuple[Span, ...]
    is_sure: bool = True


_BOLD_NAME = "加粗"
_B = r"[^\S\n]"
# By name: a sign that must occur, and the pattern, which is compiled when it is first needed.
_SORTS = {
    "代码围栏": ("```", rf"^{_B}*```[^\n]*"),
    "标题": ("#", rf"^{_B}*(?:\#{{1,6}}{_B}+(?=\S)|\#{{2,6}}(?=[一-鿿（“]))"),
    "待办框": ("[", rf"^{_B}*[-*+]{_B}\[[ xX√]\]"),
    "表格线": ("---", rf"^{_B}*\|?(?:{_B}*:?-{{3,}}:?{_B}*\|){{1,40}}[ :-]*$"),
    "链接": ("](", r"!?\[[^\]\n]{0,80}\]\((?:http|www\.|[/#]|mailto)[^)\s]{0,200}\)"),
    "代码": ("`", r"(?<!`)`[^`\n]{1,80}`(?!`)"),
    "删除线": ("~~", r"~~(?=\S)[^~\n]{1,80}~~"),
    "高亮": ("==", r"(?<!=)==(?=[一-鿿“])[^=\n]{1,80}==(?!=)"),
    "公式": ("\\", r"\\(?:text|frac|times|quad|rightarrow|textbf)\b|\\[(\[]"),
}
# These count only beside others: a text written by hand may hold them.
_WEAK = {
    "列表": ("", rf"^{_B}*[-*+]{_B}+(?=[^\s\[])"),
    "引用": (">", rf"^{_B}*>{_B}?(?=\S)"),
    "分隔线": ("", rf"^{_B}*([-*_])\1{{2,}}{_B}*$"),
}
_SIGNS = re.compile(r"\*\*|[`#\[\\~|]|==")
_EMOJI = re.compile(
    "[\U0001f300-\U0001faff\u2705\u274c\u2728\u2b50\u26a0\u203c\u2757\u2753]\ufe0f?"
)


def read_markdown(text: str) -> Iterator[Marks]:
    """The Markdown marks of a text that is none, by sort; a single bold term is not sure."""
    if _SIGNS.search(text) is None:
        return
    found = list(_marks(text, _SORTS))
    bold = bold_pairs(text) if "**" in text else ()
    if bold:
        found.append(Marks(_BOLD_NAME, bold, is_sure=len(bold) > 1 or bool(found)))
    if any(marks.is_sure for marks in found):
        found += _marks(text, _WEAK)
    yield from found


def _marks(text: str, sorts: dict[str, tuple[str, str]]) -> Iterator[Marks]:
    for name, (sign, pattern) in sorts.items():
        found = re.finditer(pattern, text, re.MULTILINE) if sign in text else ()
        spans = tuple(Span(*match.span()) for match in found)
        if spans:
            yield Marks(name, spans)


def read_emoji(text: str) -> tuple[Span, ...]:
    """Where little pictures stand."""
    return () if text.isascii() else tuple(Span(*m.span()) for m in _EMOJI.finditer(text))


def bold_pairs(text: str, *, is_markdown: bool = False) -> tuple[Span, ...]:
    """Each ``**bold**`` that is bold rather than two names left out (**镇…**县)."""
    is_markdown = is_markdown or _MARKDOWN_LINE.search(f"\n{text}") is not None
    pairs = list(_BOLD.finditer(text))
    is_paired = text.count("**") == 2 * len(pairs) and all(
        _QUOTED_TERM.fullmatch(pair["inner"]) or _is_phrase(text, pair) for pair in pairs
    )
    found: list[Span] = []
    for match in pairs:
        inner = match["inner"]
        start, end = match.span()
        after = text[end] if end < len(text) else "\n"
        if text[max(start - 1, 0) : start] in _OPENERS and after in _CLOSERS:
            is_bold = inner[0] not in NAME_UNITS  # “**三员**”队伍
        elif is_markdown:
            is_bold = not (inner[0] in NAME_UNITS and after in NAME_UNITS)
        else:
            is_bold = is_paired or (_begins_line(text, start) and _is_heading(inner, after))
        if is_bold:
            found.append(Span(start, end))
    return tuple(found)


def _begins_line(text: str, place: int) -> bool:
    return not text[text.rfind("\n", 0, place) + 1 : place].strip(" \t\u3000-0123456789.#>")


def _is_heading(inner: str, after: str) -> bool:
    return (
        (after == "\n" and inner[0] not in NAME_UNITS)
        or inner[-1] in "。：:"
        or _RUN_IN_HEADING.match(inner) is not None
    )


def _is_phrase(text: str, pair: re.Match[str]) -> bool:
    """线上受理, 一站式, 98%: what can be bold and does not go on from a name left out."""
    inner = pair["inner"]
    if _FIGURE.fullmatch(inner):
        return text[pair.end() : pair.end() + 1] not in _DATE_UNITS
    if inner[-1] in _HEADING_STOPS and text[pair.start() - 1 : pair.start()] in _CLAUSE_STARTS:
        inner = inner[:-1]
    return _PHRASE.fullmatch(inner) is not None and not any(
        _AFTER_NAME.match(text, at) for at in (pair.start("inner"), pair.end())
    )
