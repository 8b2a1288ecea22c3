"""Marks of secrecy and of internal use, as against prose about keeping secrets."""

import re
from collections.abc import Iterator

from app.core.document import Span
from app.language.sensitive.kinds import Kind, Sensitive
from app.language.sensitive.view import View

_B = r"[^\S\n]{0,4}"  # blanks inside a mark


def _any(words: str) -> str:
    """A pattern for any of the words, with blanks between their characters."""
    return f"(?:{'|'.join(_B.join(word) for word in words.split())})"


_O, _C = "[（(【\\[〔〖「『《<{※]", "[）)】\\]〕〗」』》>}※]"
_LEVEL = _any("绝密 机密 秘密")
_OWN = _any("警务工作秘密 工作秘密")
_UNTIL = "长期 启用前 启封前 解密前"
_SPAN = rf"(?:(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){_B}{_any('年 个月')}|{_any(_UNTIL)})"
_STAR = rf"(?:[★☆◆▲●※]|[*＊](?={_B}(?:\d|长|$)))"
_URGENCY = _any("特急 加急 急件 平急 特提")
_GUARDED = _any("注意保存 注意保密 注意保管 妥善保管")
_DOCUMENT = r"(?:本|此|该)(?:文件?|材料|件|报告|资料|稿|总结|汇报|情况|内容|表|信息)"
_RANK = _any("密级 保密等级 保密级别 文件等级 涉密等级")
_KIND = _any("级文件 级件 级 件 文件 资料 材料")
_THING = _any(
    "资料 文件 材料 刊物 参考 使用 掌握 传阅 发行 稿件 通报 信息 明电 简报 专报 动态 情况"
)
_INNER = rf"(?:{_any('内部 党内')}{_B}{_THING}|{_any('内参')})"
_FORBID = _any("请勿 严禁 不得 切勿 禁止 勿 不准 谢绝")
_SPREAD = _any("外传 外泄 外借 外发 外流 传播 翻印 扩散 复印 转发 转载 公开 公布 泄露")
_KEEP = (
    rf"(?:{_GUARDED}|{_any('妥善保存')}|{_FORBID}{_B}{_any('擅自')}?{_B}{_any('对外 对')}?{_B}"
    rf"{_SPREAD}"
    rf"|{_any('阅后')}{_B}{_any('收回 销毁 即焚 退回 清退')}|{_any('会后')}{_B}{_any('收回 清退')}"
    rf"|{_any('不予公开 不宜公开 不对外公开')})"
)
_CLOSE = r"(?=[）)】\]〕〗」』》>}！!。；;，,、\s]|$)"
_SECRECY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LEVEL}{_B}(?:级{_B})?{_STAR}{_B}{_SPAN}?",
        rf"{_STAR}{_B}{_LEVEL}级?",
        rf"{_LEVEL}{_B}(?:级{_B})?(?:[·•・/\\—_@-]{{1,2}}{_B})?{_SPAN}",
        rf"{_RANK}{_B}(?:[:：]|为|是|定为|[（(])?{_B}{_LEVEL}",
        rf"{_O}{_B}(?:{_LEVEL}|{_OWN})(?:{_B}{_KIND})?(?:{_B}[，,、·:：]?{_B}(?:{_SPAN}|{_URGENCY}"
        rf"|保密期限[^（）()\n]{{0,10}}|{_GUARDED}))?{_B}{_C}",
        rf"{_DOCUMENT}[^，。；\n]{{0,8}}?(?:为|属于?|系|是|含|涉及|标注为)[^，。；\n]{{0,6}}?{_LEVEL}级?",
        rf"{_any('保密期限')}{_B}[:：为是]?{_B}{_SPAN}",
    )
)
_ALONE = re.compile(
    rf"[^\S\n]{{0,40}}[*_#]{{0,2}}(?P<mark>(?:(?:份号[:：]?)?{_B}\d{{3,8}}{_B})?(?:{_URGENCY}{_B})?{_O}?{_B}"
    rf"(?:{_LEVEL}|{_OWN})(?:{_B}{_KIND})?{_B}{_C}?(?:{_B}[，,、·]?{_B}(?:{_URGENCY}|{_KEEP}|{_SPAN}))?"
    r"[!！。]?)[*_#]{0,2}[^\S\n]{0,40}"
)
_TAIL = re.compile(rf"(?<=[^\S\n])(?P<mark>{_LEVEL}(?:{_B}(?:级|件))?)[^\S\n]{{0,40}}\Z")
_HEAD = re.compile(
    rf"[^\S\n]{{0,40}}(?P<mark>{_O}?{_LEVEL}{_B}(?:级|件|文件)?{_C}?)(?=[^\S\n]{{1,9}}|[:：])"
)
_FOREIGN = re.compile(r"\b(?:TOP SECRET|SECRET|CONFIDENTIAL)\b")
_INTERNAL = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_INNER}{_B}[，,、·:：—-]{{0,2}}{_B}{_KEEP}{_CLOSE}",
        rf"{_O}{_B}(?:{_INNER}|{_KEEP})(?:{_B}[，,、·；;]?{_B}(?:{_KEEP}|{_INNER})){{0,2}}{_B}{_C}",
        r"[【\[〔]内部[】\]〕]",
        rf"[仅只限专供]{{1,2}}{_B}(?:[一-鿿]{{0,6}}?{_any('内部')}|{_any('领导')}){_B}"
        rf"{_any('使用 参考 参阅 掌握 传阅 阅知 交流 研究 工作')}{_CLOSE}",
        rf"(?:{_DOCUMENT}|以上(?:内容|情况|数据|信息|材料))[^，。；\n]{{0,12}}[，,]?{_KEEP}",
        rf"{_DOCUMENT}[^，。；\n]{{0,4}}(?:为|属于?|系|是){_INNER}",
    )
)
_OF, _ONLY = _any("请 系统 机关 单位 公司"), _any("内部")
_INNER_ALONE = re.compile(
    rf"[^\S\n]{{0,40}}(?P<mark>{_O}?{_B}{_OF}?(?:{_INNER}|{_KEEP}|{_ONLY})(?:{_B}[，,、·:：；;★☆]?{_B}"
    rf"(?:{_KEEP}|{_INNER}|第?\d{{1,6}}号?)){{0,2}}{_B}{_C}?[!！。]?)[^\S\n]{{0,40}}"
)
_SIGNS = re.compile("密|内|勿|阅|供|限|不得|严禁|禁止|不准|不宜|不予|SECRET|CONFIDENTIAL|会后|不对")
_SENTENCE = re.compile("[，。；、]")
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
        line_text = line.of(text)
        if not _SENTENCE.search(line_text) and (tail := _TAIL.search(line_text)):
            place = Span(line.start + tail.start("mark"), line.start + tail.end("mark"))
            found.append(Sensitive(Kind.SECRECY, place, tail["mark"]))
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
