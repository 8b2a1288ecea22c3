"""Marks of secrecy and of internal use, as against prose about keeping secrets."""

import re
from collections.abc import Iterator

from app.core.document import Span
from app.text.sensitive.kinds import Kind, Sensitive
from app.text.sensitive.view import View

_B = r"[^\S\n]{0,4}"  # blanks inside a mark
_O, _C = "[（(【\\[〔〖「『《<{]", "[）)】\\]〕〗」』》>}]"
_LEVEL = rf"(?:绝{_B}密|机{_B}密|秘{_B}密)"
_OWN = rf"(?:警{_B}务{_B})?工{_B}作{_B}秘{_B}密"
_SPAN = rf"(?:(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){_B}(?:年|个{_B}月)|长{_B}期)"
_STAR = rf"(?:[★☆◆▲●※]|[*＊](?={_B}(?:\d|长|$)))"
_URGENCY = rf"(?:特{_B}急|加{_B}急|急{_B}件|平{_B}急|特{_B}提)"
_DOCUMENT = r"(?:本|此|该)(?:文件?|材料|件|报告|资料|稿|总结|汇报|情况|内容|表|信息)"
_SECRECY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LEVEL}{_B}(?:级{_B})?{_STAR}{_B}{_SPAN}?",
        rf"{_STAR}{_B}{_LEVEL}(?:级)?",
        rf"{_LEVEL}{_B}(?:级{_B})?(?:[·•・/\\—_@-]{{1,2}}{_B})?{_SPAN}",
        rf"(?:保{_B})?密{_B}级{_B}(?:[:：]|为|是|定为|[（(])?{_B}{_LEVEL}",
        rf"{_O}{_B}(?:{_LEVEL}|{_OWN})(?:{_B}(?:级|件|文件|资料|材料))?"
        rf"(?:{_B}[，,、·:：]?{_B}(?:{_SPAN}|保密期限[^（）()\n]{{0,10}}|{_URGENCY}"
        rf"|注意保[密管存]|妥善保管))?{_B}{_C}",
        rf"{_DOCUMENT}[^，。；\n]{{0,8}}?(?:为|属于?|系|是|含|涉及|定为|标注为)[^，。；\n]{{0,6}}?{_LEVEL}(?:级)?",
        rf"保{_B}密{_B}期{_B}限{_B}[:：为是]{{0,1}}{_B}{_SPAN}",
    )
)
_ALONE = re.compile(
    rf"[^\S\n]{{0,40}}(?P<mark>(?:(?:份号[:：]?)?{_B}\d{{3,8}}{_B})?(?:{_URGENCY}{_B})?{_O}?{_B}(?:{_LEVEL}|{_OWN})"
    rf"(?:{_B}(?:级{_B})?(?:文{_B}件|件|资{_B}料|材{_B}料)?)?{_B}{_C}?(?:{_B}[，,、·]?{_B}"
    rf"(?:{_URGENCY}|注意保[密管存]|妥善保管|不得外传|严禁外传|请勿外传|阅后[收销][回毁]|{_SPAN}))?"
    r"[!！。]?)[^\S\n]{0,40}"
)
_HEAD = re.compile(
    rf"[^\S\n]{{0,40}}(?P<mark>{_O}?{_LEVEL}{_B}(?:级|件|文件)?{_C}?)(?=[^\S\n:：]{{1,9}})"
)
_FOREIGN = re.compile(r"\b(?:TOP SECRET|SECRET|CONFIDENTIAL)\b")

_THING = rf"(?:资{_B}料|文{_B}件|材{_B}料|刊{_B}物|参{_B}考|使{_B}用|掌{_B}握|传{_B}阅|发{_B}行|稿{_B}件?|通{_B}报|信{_B}息)"
_INNER = rf"内{_B}部{_B}{_THING}"
_KEEP = (
    rf"(?:注{_B}意{_B}保{_B}[存密管]|妥{_B}善{_B}保{_B}[管存]|(?:请{_B}勿|严{_B}禁|不{_B}得|切{_B}勿|禁{_B}止|勿|不{_B}准|谢{_B}绝)"
    rf"{_B}(?:擅{_B}自{_B})?(?:对{_B})?(?:外{_B}(?:传|泄|借|发|流)|传{_B}播|翻{_B}印|扩{_B}散|复{_B}印|转{_B}[发载]|公{_B}开|泄{_B}露)"
    rf"|阅{_B}后{_B}(?:收{_B}回|销{_B}毁|即{_B}焚|退{_B}回|清{_B}退)|会{_B}后{_B}(?:收{_B}回|清{_B}退)|不{_B}(?:予|宜|对{_B}外){_B}公{_B}开)"
)
_CLOSE = r"(?=[）)】\]〕〗」』》>}！!。；;，,、\s]|$)"
_INTERNAL = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_INNER}{_B}[，,、·:：—-]{{0,2}}{_B}{_KEEP}{_CLOSE}",
        rf"{_O}{_B}(?:{_INNER}|{_KEEP})(?:{_B}[，,、·；;]{{0,1}}{_B}(?:{_KEEP}|{_INNER})){{0,2}}{_B}{_C}",
        rf"(?:仅|只|限|专){_B}(?:限|供)?{_B}(?:[一-鿿]{{0,6}}?内{_B}部|领{_B}导){_B}(?:使{_B}用|参{_B}考|参{_B}阅|掌{_B}握|传{_B}阅|阅{_B}知|交{_B}流|研{_B}究|工{_B}作){_CLOSE}",
        rf"(?:{_DOCUMENT}|以上(?:内容|情况|数据|信息|材料))[^，。；\n]{{0,12}}[，,]?{_KEEP}",
        rf"{_DOCUMENT}[^，。；\n]{{0,4}}(?:为|属于?|系|是){_INNER}",
    )
)
_INNER_ALONE = re.compile(
    rf"[^\S\n]{{0,40}}(?P<mark>{_O}?{_B}(?:{_INNER}|{_KEEP})(?:{_B}[，,、·:：；;★☆]?{_B}(?:{_KEEP}|{_INNER}|第?\d{{1,6}}号?))"
    rf"{{0,2}}{_B}{_C}?[!！。]?)[^\S\n]{{0,40}}"
)
_SIGNS = re.compile("密|内|勿|阅|供|限|不得|严禁|禁止|不准|不宜|不予|SECRET|CONFIDENTIAL|会后|不对")
_PROSE = re.compile(
    "制度|工作|教育|意识|责任|培训|管理|宣传|检查|自查|要求|落实|确保|签订|承诺|规定|学习"
)


def read_marks_of(view: View) -> Iterator[Sensitive]:
    """Every mark, in order of lines."""
    text = view.text
    done = -1
    for sign in _SIGNS.finditer(text):
        if sign.start() < done:
            continue
        start = text.rfind("\n", 0, sign.start()) + 1
        end = text.find("\n", sign.start())
        done = len(text) if end < 0 else end
        yield from _in_line(text, Span(start, done))


def _in_line(text: str, line: Span) -> Iterator[Sensitive]:
    found: list[Sensitive] = []
    for pattern, kind in ((_ALONE, Kind.SECRECY), (_INNER_ALONE, Kind.INTERNAL)):
        if match := pattern.fullmatch(text, line.start, line.end):
            found.append(_mark(kind, match, "mark"))
    if not found:
        for patterns, kind in ((_SECRECY, Kind.SECRECY), (_INTERNAL, Kind.INTERNAL)):
            for pattern in patterns:
                found += (
                    _mark(kind, m, 0)
                    for m in pattern.finditer(text, line.start, line.end)
                    if _is_mark(text, m, line)
                )
        if head := _HEAD.match(text, line.start, line.end):
            found.append(_mark(Kind.SECRECY, head, "mark"))
        found += (_mark(Kind.SECRECY, m, 0) for m in _FOREIGN.finditer(text, line.start, line.end))
    reached = -1
    for item in sorted(found, key=lambda s: (s.span.start, -s.span.end)):
        if item.span.start >= reached:
            reached = item.span.end
            yield item


def _is_mark(text: str, match: re.Match[str], line: Span) -> bool:
    """False inside a sentence about marks: 对标注“秘密★5年”的文件分柜存放."""
    quoted = (
        text[max(line.start, match.start() - 1) : match.start()] in '“"‘'
        and match.start() > line.start
    )
    return not (quoted and _PROSE.search(text, line.start, line.end))


def _mark(kind: Kind, match: re.Match[str], group: str | int) -> Sensitive:
    return Sensitive(kind, Span(*match.span(group)), match.group(group).strip())
