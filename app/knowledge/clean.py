"""Take scraping residue out of a past report and mend its lines."""

import html
import re
import unicodedata

_MAX_ROUNDS = 6

_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,500}>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,500}|!--[^<>]{0,500}--)>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,10}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")

_INLINE = re.compile(
    r"##\s*\w{1,30}\s*##"
    r"|[【\[（(]\s*字\s*[号体][：:][^】\]）)\n]{0,30}[】\]）)]"
    r"|[（(【]?(?:此处|以下)?(?:隐藏|省略)\s*\d+\s*字[）)】]?"
    r"|正式会员可完整阅读|下载后可(?:任意)?编辑|扫一扫在手机(?:上)?打开(?:当前页(?:面)?)?"
    r"|打印本页|关闭(?:本页|窗口)|_?第\s*\d+\s*页\s*[,，/]?\s*共\s*\d+\s*页|_第\d+页"
)
_LINE_RESIDUE = re.compile(
    r"(?:"
    r"[-—–－_·.\s]*\d{1,4}[-—–－_·.\s]*"  # a page number on its own
    r"|第\s*\d+\s*页|PAGE(?:\s*\\\*\s*\w+)?|NUMPAGES"
    r"|(?:您的|当前)?位置[：:].*|(?:首页|主页)\s*[>＞»].*"
    r"|[【\[]?(?:打印|关闭|收藏|返回顶部|分享到?|纠错|大|中|小)[】\]]?[：:]?"
    r"|(?:上|下)一[篇页条][：:].*"
    r"|(?:来源|信息来源|发布(?:时间|日期|机构)|浏览(?:次数|量)|点击(?:次数|量)?|阅读(?:次数|量)?"
    r"|责任编辑|编辑|索引号|字号|作者)\s*[：:].{0,60}"
    r"|.{2,40}[-—_](?:政务公开|政府信息公开|门户网站|部门动态)(?:[-—_].{0,30})?"
    r")"
)
_TAIL = re.compile(
    r"^[【\[]?(?:相关(?:报道|阅读|链接|文章|信息|推荐)|猜你喜欢|热门(?:推荐|文章))[】\]]?[：:]?.*$"
)
_TAIL_LINES = 30
_TAIL_LINE_CHARS = 60

_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|[（(]\d{1,2}[）)]|第[一二三四五六七八九十]+[章节部])"
)
_ITEM = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,2}[，、]|[-•●◆■*]\s)"
)
_CUT_HEADING = re.compile(r"[（(]\s*[一二三四五六七八九十]{0,3}")
_ENDS = "。！？!?；;：:…”’」』）)】》"
_OPEN_ENDS = "，,、（(“《"
_CLOSERS = "，。、；：！？）)”》】"
_HEADING_CHARS = 45
_BROKEN_CHARS = 22

_CJK = r"\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—"
_SPACE_CJK = re.compile(rf"(?<=[{_CJK}])[ \t]+(?=[{_CJK}0-9])|(?<=[0-9%％])[ \t]+(?=[{_CJK}%％])")
_SPACES = re.compile(r"[^\S\n]+")


def _strip_markup(text: str) -> str:
    text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    text = _SCRIPT.sub("", text)
    text = _BREAK.sub("\n", text)
    return _TAG.sub("", text)


def _strip_characters(text: str) -> str:
    """Drop private-use, control and invisible characters; every white space becomes a blank."""
    kept: list[str] = []
    for char in text:
        if char == "\n":
            kept.append(char)
        elif char.isspace():
            kept.append(" ")
        elif unicodedata.category(char) not in {"Co", "Cc", "Cf", "Cs", "Cn"} and char != "\ufffd":
            kept.append(char)
    return "".join(kept)


def _drop_tail(lines: list[str]) -> list[str]:
    """Cut a list of links below 相关报道 at the end of the page, and such a heading elsewhere."""
    end = len(lines)
    looked_at = 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if not line:
            continue
        if _TAIL.fullmatch(line):
            end = index
        looked_at += 1
        if looked_at > _TAIL_LINES or len(line) > _TAIL_LINE_CHARS or "。" in line:
            break
    return [line for line in lines[:end] if not _TAIL.fullmatch(line) or "。" in line]


def _is_heading(line: str) -> bool:
    return bool(_HEADING.match(line))


def _continues(previous: str, line: str) -> bool:
    """True where ``line`` is the rest of the sentence that ``previous`` began."""
    if _CUT_HEADING.fullmatch(previous):
        return True
    if line[0] in _CLOSERS:
        return True
    if _is_heading(line) or _ITEM.match(line) or previous[-1] in _ENDS:
        return False
    if previous[-1] in _OPEN_ENDS:
        return True
    is_bare_heading = (
        _is_heading(previous) and len(previous) <= _HEADING_CHARS and "。" not in previous
    )
    return not is_bare_heading and len(previous) >= _BROKEN_CHARS and _looks_like_prose(previous)


def _looks_like_prose(line: str) -> bool:
    return any(mark in line for mark in "，。；、,")


def _join_lines(lines: list[str]) -> list[str]:
    joined: list[str] = []
    has_gap = False
    for line in lines:
        if not line:
            has_gap = True
            continue
        may_join = bool(joined) and (
            not has_gap or joined[-1][-1] in _OPEN_ENDS or line[0] in _CLOSERS
        )
        if may_join and _continues(joined[-1], line):
            joined[-1] += line
        else:
            joined.append(line)
        has_gap = False
    return joined


def _clean_once(text: str) -> str:
    text = _strip_characters(_strip_markup(text))
    text = _INLINE.sub("", text)
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    lines = [line for line in lines if not line or not _LINE_RESIDUE.fullmatch(line)]
    lines = [_SPACE_CJK.sub("", line).strip() for line in _drop_tail(lines)]
    return "\n".join(_join_lines(lines))


def clean_report(text: str) -> str:
    """The report without residue, one paragraph a line, without blank lines.

    Cleaning twice changes nothing more.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(_MAX_ROUNDS):
        cleaned = _clean_once(text)
        if cleaned == text:
            break
        text = cleaned
    return text
