"""What a bullet says: its one clean line, and its key words as pairs of characters."""

import re

from app.core.document import Span
from app.core.facts import Fact
from app.core.quantity import QuantityKind

_CJK = r"\u3400-\u9fff\u3000-\u303f\uff00-\uffef“”‘’"
_SPACE = re.compile(rf"(?<=[{_CJK}])[^\S\n]+(?=[{_CJK}\d])|(?<=[\d%％])[^\S\n]+(?=[{_CJK}])")
_BULLET = re.compile(
    r"^\s*(?:[-*•·●◆■▪–—]\s*|[（(]?\d{1,2}[）)、]\s*|\d{1,2}[.．]\s*(?=\D)"
    r"|[（(][一二三四五六七八九十]{1,3}[）)]\s*|[一二三四五六七八九十]{1,3}(?:、|是(?=[^不否]))\s*)"
)
_HALF = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_ENDS = "。；;，,、.．！!？?：: "


def normalise(text: str) -> str:
    """The bullet on one line, without its marker, in full-width punctuation, no closing mark."""
    text = " ".join(text.split())
    text = _SPACE.sub("", text)
    text = _BULLET.sub("", text, count=1)
    text = _full_width(text)
    return text.strip().rstrip(_ENDS).strip()


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
