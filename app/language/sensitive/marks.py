"""Marks of secrecy and of internal use, as against prose about keeping secrets."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from app.core.document import Span
from app.language.lexicons import any_of
from app.language.sensitive.kinds import Sensitive, SensitiveKind
from app.language.sensitive.view import View
from app.language.sensitive.words import words

_B = r"[^\S\n]{0,4}"  # blanks inside a mark


def _any(words: str) -> str:
    """A pattern for any of the words, with blanks between their characters."""
    return f"(?:{'|'.join(_B.join(word) for word in words.split())})"


_O, _C = "[（(【\\[〔〖「『《<{※]", "[）)】\\]〕〗」』》>}※]"
_LEVEL = _any("绝密 机密 秘密")
_OWN = _any("警务工作秘密 工作秘密")
_TRADE = _any("核心商密 普通商密 商密 核心商业秘密 普通商业秘密 商业秘密 企业秘密 内部秘密 涉密")
_CLASSED = _any("核心商密 普通商密 核心商业秘密 普通商业秘密")
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
    rf"(?:请?{_B}{_GUARDED}|{_any('妥善保存')}"
    rf"|{_FORBID}{_B}{_any('擅自')}?{_B}{_any('对外 对')}?{_B}{_SPREAD}"
    rf"|{_any('阅后')}{_B}{_any('收回 销毁 即焚 退回 清退')}|{_any('会后')}{_B}{_any('收回 清退')}"
    rf"|{_any('不予公开 不宜公开 不对外公开')})"
)
_CLOSE = r"(?=[）)】\]〕〗」』》>}！!。；;，,、\s]|$)"
_SECRECY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LEVEL}{_B}(?:级{_B})?{_STAR}{_B}{_SPAN}?",
        rf"{_STAR}{_B}(?:{_LEVEL}级?|{_TRADE})",
        rf"{_TRADE}{_B}(?:[A-Ca-c一二三]?{_B}级)?{_B}{_STAR}{_B}{_SPAN}?",
        rf"{_CLASSED}{_B}[·•・/—-]?{_B}{_SPAN}",
        rf"{_LEVEL}{_B}(?:级{_B})?(?:[·•・/\\—_@-]{{1,2}}{_B})?{_SPAN}",
        rf"{_RANK}{_B}(?:[:：]|为|是|定为|[（(])?{_B}(?:{_LEVEL}|{_TRADE}|{_OWN})",
        rf"{_O}{_B}(?:{_LEVEL}|{_OWN}|{_TRADE})(?:{_B}{_KIND})?(?:{_B}[，,、·:：]?{_B}(?:{_SPAN}|{_URGENCY}"
        rf"|保密期限[^（）()\n]{{0,10}}|{_GUARDED}))?{_B}{_C}",
        rf"{_DOCUMENT}[^，。；\n]{{0,8}}?(?:为|属于?|系|是|含|涉及|标注为)[^，。；\n]{{0,6}}?{_LEVEL}级?",
        rf"{_any('保密期限')}{_B}[:：为是]?{_B}{_SPAN}",
    )
)
_ALONE = re.compile(
    rf"[^\S\n]{{0,40}}[*_#]{{0,2}}(?P<mark>(?:(?:份号[:：]?)?{_B}\d{{3,8}}{_B})?(?:{_URGENCY}{_B})?{_O}?{_B}"
    rf"(?:{_LEVEL}|{_OWN}|{_CLASSED})(?:{_B}{_KIND})?{_B}{_C}?(?:{_B}[，,、·]?{_B}(?:{_URGENCY}|{_KEEP}|{_SPAN}))?"
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
        rf"{_any('知悉 知密 传阅 接触 知情')}范围{_B}[:：]",
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
    rf"(?:{_KEEP}|{_INNER}|{_URGENCY}|第?{_B}\d{{1,6}}{_B}[号期]?)){{0,2}}{_B}{_C}?[!！。]?)[^\S\n]{{0,40}}"
)
_SIGNS = re.compile(
    "范围[:：]|密|内|勿|阅|供|限|发|只|后|不得|严禁|禁止|不准|不宜|不予|SECRET|CONFIDENTIAL|不对|不|别|谢绝|莫|看完"
)
_RANKED = re.compile(
    rf"(?:(?<=[“\"‘（(【:：，。；、\s])|^|(?<=(?<!分)[为是系属有注明])|(?<=作))"
    rf"(?P<mark>(?:{_LEVEL}{_B}级|工作秘密(?<=[属系为是]....)))"
    rf"(?=[”\"’）)】]?(?:字样(?!的)|[，。；：:！\s]|$))"
)
_STOPS = r"，。；：:！!,;\n“”\"（）()【】"
_THIS = "以下上述这本此该未非没均都一内请"
_SENTENCE_REACH = 60
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
    for pattern, kind in ((_ALONE, SensitiveKind.SECRECY), (_INNER_ALONE, SensitiveKind.INTERNAL)):
        if match := pattern.fullmatch(text, line.start, line.end):
            found.append(_mark(kind, match, "mark"))
    if not found:
        found += _of_kind(text, line, _INTERNAL, SensitiveKind.INTERNAL)
        found += _orders(text, line)
        if "密" in line.of(text):
            found += _levels(text, line)
        if "SECRET" in line.of(text) or "CONFIDENTIAL" in line.of(text):
            found += (
                _mark(SensitiveKind.SECRECY, m, 0)
                for m in _FOREIGN.finditer(text, line.start, line.end)
            )
    reached = -1
    for item in sorted(found, key=lambda s: (s.span.start, -s.span.end)):
        if item.span.start >= reached:
            reached = item.span.end
            yield item


def _of_kind(
    text: str, line: Span, patterns: Iterable[re.Pattern[str]], kind: SensitiveKind
) -> Iterator[Sensitive]:
    for pattern in patterns:
        for match in pattern.finditer(text, line.start, line.end):
            if _is_mark(text, match, line):
                yield _mark(kind, match, 0)


def _levels(text: str, line: Span) -> Iterator[Sensitive]:
    """The marks of secrecy in a line."""
    yield from _of_kind(text, line, _SECRECY, SensitiveKind.SECRECY)
    line_text = line.of(text)
    if not _SENTENCE.search(line_text) and (tail := _TAIL.search(line_text)):
        place = Span(line.start + tail.start("mark"), line.start + tail.end("mark"))
        yield Sensitive(SensitiveKind.SECRECY, place, tail["mark"])
    if head := _HEAD.match(text, line.start, line.end):
        yield _mark(SensitiveKind.SECRECY, head, "mark")
    for match in _RANKED.finditer(text, line.start, line.end):
        if _is_mark(text, match, line) or text.startswith("字样", match.end() + 1):
            yield _mark(SensitiveKind.SECRECY, match, "mark")


@lru_cache(maxsize=1)
def _order() -> re.Pattern[str]:
    """A clause that says nothing but who may see the text, or what becomes of it."""
    told = {name: any_of(values) for name, values in words().marks.items()}
    this = (
        r"(?P<this>(?:(?:以上|以下|上述|下列|这[个份些张]|本|此|该)[一-鿿]{0,8}?"
        r"|(?:未经|非经|没有)(?:批准|许可|同意|授权|允许)))?"
    )
    spread = rf"(?:{told['spread']})(?:[、或和及]?(?:{told['spread']})){{0,4}}"
    forbid = rf"(?:{told['forbid']})(?:{told['manner']}|[向对给][一-鿿]{{1,6}}){{0,2}}"
    whom = (
        rf"(?:(?:以下|上述|以上|本)[一-鿿]{{0,4}}|{told['whom']}|[给到至向][一-鿿]{{1,6}}){{0,2}}"
    )
    to_whom = r"(?:[至到给]?[一-鿿]{1,6}[室科处办组部人])?"
    dispose = rf"(?:{told['soon']}){{0,3}}(?:{told['dispose']}){to_whom}"
    limit = (
        rf"(?:(?:{told['only']})(?![现生展挥放])|(?<![时权年期有无界局受])限(?![期于制度定时额]))"
    )
    return re.compile(
        rf"[^\S\n]{{0,40}}(?P<mark>{this}(?:均|都|一律|内容|请)?(?:"
        rf"{forbid}{spread}{whom}(?:[、及和]{forbid}{spread}{whom}){{0,3}}"
        rf"|(?:{told['after']}){dispose}(?:不留存)?"
        rf"|{limit}[一-鿿A-Za-z0-9、]{{0,14}}?(?:内部)?(?:{told['know']})(?:范围|使用)?"
        r"|(?(this)不(?:予|宜|对外)?公开|(?!))"
        rf"|{limit}[一-鿿A-Za-z0-9、]{{0,10}}?(?:{told['lead']})(?:以上)?(?:内部)?))"
        r"[^\S\n]{0,40}"
    )


@lru_cache(maxsize=1)
def _clause() -> re.Pattern[str]:
    """A clause that begins as an order does."""
    told = words().marks
    first = {word[0] for name in ("forbid", "after", "only") for word in told[name]}
    opening = "".join(sorted(first.union(_THIS, "限")))
    return re.compile(rf"(?:^|(?<=[{_STOPS}]))[^\S\n]{{0,40}}[{opening}][^{_STOPS}]+", re.M)


@lru_cache(maxsize=1)
def _prose() -> re.Pattern[str]:
    return re.compile(any_of(words().marks["prose"]))


def _orders(text: str, line: Span) -> Iterator[Sensitive]:
    """Orders for the text itself, not what a report tells of its office's rules."""
    for clause in _clause().finditer(text, line.start, line.end):
        order = _order().fullmatch(text, clause.start(), clause.end())
        if order is None:
            continue
        begin = max(line.start, clause.start() - _SENTENCE_REACH)
        begin = max(begin, text.rfind("。", begin, clause.start()))
        end = min(line.end, clause.end() + _SENTENCE_REACH)
        stop = text.find("。", clause.end(), end)
        end = end if stop < 0 else stop
        is_told_of = _prose().search(text, begin, clause.start()) or _prose().search(
            text, clause.end(), end
        )
        if order["this"] or not is_told_of:
            yield _mark(SensitiveKind.INTERNAL, order, "mark")


def _is_mark(text: str, match: re.Match[str], line: Span) -> bool:
    """False inside a sentence about marks: 对标注“秘密★5年”的文件分柜存放."""
    quoted = (
        text[max(line.start, match.start() - 1) : match.start()] in '“"‘'
        and match.start() > line.start
    )
    return not (quoted and _PROSE.search(text, line.start, line.end))


def _mark(kind: SensitiveKind, match: re.Match[str], group: str | int) -> Sensitive:
    return Sensitive(kind, Span(*match.span(group)), match.group(group).strip())
