"""What a bullet says: its one clean line, and its key words as pairs of characters."""

import re

from app.core.document import Span
from app.core.facts import Fact
from app.core.quantity import QuantityKind
from app.language.disguise import unmask
from app.language.remember import remembered

_CJK = r"\u3400-\u9fff\u3000-\u303f\uff00-\uffef“”‘’《》【】〔〕—…·"
_SPACE = re.compile(
    rf"(?<=[{_CJK}(])[^\S\n]+(?=[{_CJK}\d(])|(?<=[\d%％.)])[^\S\n]+(?=[{_CJK}%％(])"
    r"|(?<=[.+\-~～:：])[^\S\n]+(?=\d)|(?<=\d)[^\S\n]+(?=[.+\-~～:：%]\d?)"
)
# 检查326家次 隐患411处 整改405: a blank where a line without any mark needs a comma.
_MARK = re.compile("[，。；：、,;:]")
_GAP = re.compile(r"(?<=[\d\u4e00-\u9fff%])[^\S\n]+(?=[\u4e00-\u9fff]{2})")
_ENDS_FIGURE = re.compile(r"\d[余多]?(?:[万亿]?[余多]?[\u4e00-\u9fff]{1,2}|%)$")
_BEFORE_UNIT = re.compile(r"(?<=\d)[^\S\n]+(?=[\u4e00-\u9fff])")
_ENDS_NIL = re.compile(r"(?:没有|未|无|零)[\u4e00-\u9fff]{3,12}$")
_WIDE = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)},
        **{
            chr(code): chr(code - 0xFEE0)
            for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
        },
        "％": "%",
        "．": ".",
        "＋": "+",
        "－": "-",
        "／": "/",
    }
)
_BLANK_GROUP = re.compile(r"(?<=\d)(?<![\d.]\d{3})[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_WIDE_GROUP = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_BULLET = re.compile(
    r"^\s*(?:[*•·●◆■▪]\s*|[-–—](?!\d)\s*|[（(]?\d{1,2}[）)、]\s*|\d{1,2}[.．]\s*(?=\D)"
    r"|[（(][一二三四五六七八九十]{1,3}[）)]\s*|[一二三四五六七八九十]{1,3}(?:、|是(?=[^不否]))\s*)"
)
_HALF = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_ENDS = "。；;，,、.．！!？?：: "


@remembered
def normalise(text: str) -> str:
    """The normal form of a bullet, in which it is read, written and compared.

    One line without its marker, closing mark and hidden characters; figures and letters in half
    width, marks beside Chinese in full width, no blanks round figures.
    """
    shown = unmask(text)
    text = " ".join((shown.text if shown else text).split())
    text = _WIDE_GROUP.sub(",", text).translate(_WIDE)
    text = _BLANK_GROUP.sub("", text)
    if not _MARK.search(text):
        text = _with_commas(_BEFORE_UNIT.sub("", text))
    text = _SPACE.sub("", text)
    text = _BULLET.sub("", text, count=1)
    text = _full_width(text)
    return text.strip().rstrip(_ENDS).strip()


def _with_commas(text: str) -> str:
    """A line without any mark, a comma where a blank ends a clause."""

    def comma(match: re.Match[str]) -> str:
        before = text[: match.start()].rpartition(" ")[2]
        return "，" if _ENDS_FIGURE.search(before) or _ENDS_NIL.search(before) else match.group(0)

    return _GAP.sub(comma, text)


def _full_width(text: str) -> str:
    """Half-width marks beside Chinese become full-width; those inside figures stay."""
    out: list[str] = []
    for index, char in enumerate(text):
        before = text[index - 1] if index else ""
        after = text[index + 1] if index + 1 < len(text) else ""
        is_in_figure = before.isdigit() and after.isdigit()
        if char in _HALF and not is_in_figure and not (char == ":" and after == "/"):
            out.append(_HALF[char])
        elif char == "." and _is_chinese(before) and (not after or _is_chinese(after)):
            out.append("。")
        elif char in "()" and _has_chinese(text):
            out.append("（" if char == "(" else "）")
        else:
            out.append(char)
    return re.sub(r"(?<=[，；：。！？])\s+", "", "".join(out))


def _is_chinese(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _has_chinese(text: str) -> bool:
    return any(_is_chinese(char) for char in text)


@remembered
def key_terms(text: str) -> frozenset[str]:
    """The content of a text as pairs of neighbouring Chinese characters, stop words left out."""
    out: set[str] = set()
    for run in re.findall(r"[\u3400-\u9fff]+|[A-Za-z]{2,}", _STOP.sub(" ", text)):
        if not _is_chinese(run[0]):
            out.add(run.lower())
            continue
        out.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(out)


_STOP = re.compile(
    r"[一二两三四五六七八九十百千万亿]+(?=[次场期份个件起人名家处户])"
    r"|全年|累计|共计|今年|以来|同时|此外|以及|并且|进行|开展|组织|其中|分别|工作|年度"
    r"|[的了和与及等并也已对在为将各被由到至共约近余多有其中是]"
)


def remaining_terms(fact: Fact) -> frozenset[str]:
    """Key words of a fact beside its numbers."""
    text = fact.text
    for quantity in sorted(fact.quantities, key=lambda q: -q.span.start):
        if quantity.kind not in _NAMED:
            text = _blank(text, quantity.span)
    return key_terms(text)


def _blank(text: str, span: Span) -> str:
    return text[: span.start] + " " + text[span.end :]


_NAMED = (QuantityKind.TITLE, QuantityKind.DOCUMENT, QuantityKind.CODE, QuantityKind.SLOGAN)
