"""The head of a report: its title and addressee."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.document import Span

_LINE = re.compile(r"[^\n]+")
_TAIL = " \t\r\f\v\u00a0\u2003\u3000*\u200b\u200c\u200d\ufeff\u2060"
_MARKUP = re.compile(r"[\s\u200b-\u200d\ufeff\u2060]*+(?:#{1,6}\s{1,4}+)?(?:\*\*)?")
_GENRE = re.compile(
    r"(?:总结|报告|汇报|情况|方案|计划|要点|通报|材料|小结|述职|意见|自查|纪实|综述|说明)"
    r"(?:[（(〔][^\n（()）〕]{1,24}[）)〕])?$"
)
_SENTENCE = re.compile(
    r"[。；;！？!?]|[：:，,、《“（]$|^.{71}"
    r"|^(?:20[\dXx×*]{2}|[X×*]{2,4})年(?:度|来|以来|初|底)?[，,]|^(?:今年|一年|近年|去年"
    r"|过去)[^，]{0,8}[，,]"
    r"|[，,][^\n]*[，,]|(?:以来|如下|指导下|领导下|支持下)[，,]|^(?:为|根据|按照)[^，]{4,}[，,]"
)
_SKIP = re.compile(
    r"(?:绝密|机密|秘密|内部资料|内部文件|签发人|份号|紧急程度|特急|加急|平急)"
    r"|附\s?件\s?\d{0,2}[：:]?$"
    r"|.{2,30}文件$"
    r"|[^\s，。]{0,20}[〔\[【(（]20\d\d[〕\]】)）]\s?\d{0,4}\s?号$"
    r"|[（(]?20\d\d\s?[年\-./]\s?\d{1,2}\s?[月\-./](?:\s?\d{1,2}\s?日?)?[）)]?$"
    r"|(?:您的|当前)?位置|来源[：:]|发布|字号|【字|首页|\#\#|<|[-—]?\s?\d{1,3}\s?[-—]?$"
    r"|——(?![^\n]{2,40}(?:总结|报告|汇报|小结)$)"
)
_ADDRESSEE = re.compile(r"[^\n。；！？]{2,60}[：:]$")
_NO_ADDRESSEE = re.compile("如下|以下|情况|汇报|报告|总结|方面|一是")
_UNIT_LINE = re.compile(
    r".{2,30}(?:局|委|办|办公室|中心|公司|集团|厂|镇|乡|街道|办事处|政府|党委|院|校|馆"
    r"|站|所|会|社|行)$"
)
_MAX_LINES = 14
_MAX_TITLE_LINES = 4


@dataclass(frozen=True, slots=True)
class Opening:
    """Title and addressee; ``end`` is where the running text may begin."""

    title: Span | None
    title_text: str
    addressee: Span | None
    end: int


def stripped(text: str, start: int, end: int) -> Span:
    """The line without white space, invisible characters and markup marks at its ends."""
    match = _MARKUP.match(text, start, end)
    begin = match.end() if match else start
    end = begin + len(text[begin:end].rstrip(_TAIL))
    return Span(begin, end)


def _head_lines(text: str, blocks: Iterable[Span], limit: int) -> list[Span]:
    lines: list[Span] = []
    for block in blocks:
        if block.start >= limit:
            break
        for match in _LINE.finditer(text, block.start, min(block.end, limit)):
            span = stripped(text, match.start(), match.end())
            if len(span):
                lines.append(span)
            if len(lines) >= _MAX_LINES:
                return lines
    return lines


def _title_lines(text: str, lines: list[Span]) -> list[Span]:
    """The lines of the title, possibly none."""
    candidates: list[Span] = []
    for span in lines:
        line = span.of(text)
        if _SKIP.match(line):
            if candidates:
                break
            continue
        if _SENTENCE.search(line):
            break
        candidates.append(span)
        if len(candidates) == _MAX_TITLE_LINES:
            break
    joined = ""
    for count, span in enumerate(candidates, 1):
        joined += span.of(text)
        if _GENRE.search(joined) and not _goes_on(text, candidates, count):
            return candidates[:count]
    if len(candidates) > 1 and _UNIT_LINE.fullmatch(candidates[0].of(text)):
        return candidates[:2]
    return [s for s in candidates[:1] if _stands_alone(text, s)]


def _stands_alone(text: str, span: Span) -> bool:
    """A title with a comma has an empty line below; other such lines are cut prose."""
    if "，" not in span.of(text):
        return True
    line, _, below = text[span.end : span.end + 120].partition("\n")
    return not line.strip(_TAIL) and not below.partition("\n")[0].strip()


def _goes_on(text: str, candidates: list[Span], count: int) -> bool:
    """A line such as 工作情况 that the next one completes: 汇报, 的报告."""
    return count < len(candidates) and bool(
        re.fullmatch(r"的?(?:报告|汇报|总结|情况(?:报告|汇报))", candidates[count].of(text))
    )


def read_opening(text: str, blocks: Iterable[Span], limit: int) -> Opening:
    """Read title and addressee from the lines before ``limit``, the first numbered heading."""
    lines = _head_lines(text, blocks, limit)
    titles = _title_lines(text, lines)
    title = titles[0] | titles[-1] if titles else None
    title_text = "".join("".join(s.of(text).split()) for s in titles)
    end = title.end if title else 0
    addressee = None
    for span in [s for s in lines if s.start >= end][:6]:
        line = span.of(text)
        if _ADDRESSEE.fullmatch(line):
            if not _NO_ADDRESSEE.search(line):
                addressee = span
                end = span.end
            break
        if _SENTENCE.search(line):
            break
    return Opening(title, title_text, addressee, end)
