"""SE02 secrecy-mark — 带有密级或内部标志。

Why: a text with a secrecy mark must not be processed on an office computer, nor sent to a model.
Misses: a mark that is part of a picture.
False alarms: a list of marks that explains how to use them.

Reported: 绝密, 机密 and 秘密 with a star or alone on a line, 密级：…, 内部资料 and the like as a
mark of the whole text. Not reported: prose about 保密工作, 涉密 and 国家秘密.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext
from app.checking.rule import RuleMeta, bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.text.signs import places

META = RuleMeta(
    code="SE02", name="secrecy-mark", severity=Severity.ERROR, summary="带有密级或内部标志"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SE02``; ``internal`` false leaves 内部资料 and the like alone."""

    internal: bool = True


_LEVEL = "(?:绝密|机密|秘密)"
_STAR = re.compile(
    rf"{_LEVEL}[^\S\n]?(?:[★☆]|[*＊](?=[^\S\n]?\d))[^\S\n]?(?:\d{{1,2}}[^\S\n]?(?:年|个月)|长期)?"
)
_ALONE = re.compile(
    rf"(?:^|(?<=\n))[^\S\n]{{0,40}}(?P<mark>[（(【\[]?{_LEVEL}(?:级|文件"
    rf"|件)?[）)】\]]?)[^\S\n]{{0,40}}(?=\n|\Z)"
)
_FIELD = re.compile(rf"密级[^\S\n]?[：:][^\S\n]?{_LEVEL}")
_INTERNAL = re.compile(
    r"(?:^|(?<=\n))[^\S\n]{0,40}(?P<mark>[（(【\[]?内部(?:资料|文件|材料|刊物|参考|使用)"
    r"(?:[^\S\n]{0,4}[，,、·]?[^\S\n]{0,4}(?:注意|请勿|严禁|不得|妥善)(?:保存|保密|外传"
    r"|保管|传播|翻印|扩散))?[）)】\]]?)"
    r"[^\S\n]{0,40}(?=\n|\Z)"
)


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per mark."""
    text = ctx.text
    spans = {Span(*m.span("mark")): "密级标志" for m in _marks(_ALONE, text, "密")}
    spans |= {Span(*m.span()): "密级标志" for m in _marks(_STAR, text, "密")}
    spans |= {Span(*m.span()): "密级标志" for m in _marks(_FIELD, text, "密级")}
    if params.internal:
        spans |= {Span(*m.span("mark")): "内部资料标志" for m in _marks(_INTERNAL, text, "内部")}
    end = -1
    for span, kind in sorted(spans.items()):
        if span.start >= end:
            end = span.end
            yield ctx.finding(
                META,
                span,
                f"“{span.of(text)}”是{kind}，涉密和内部文稿不得在本机处理，请先确认。",
                evidence={"kind": kind},
            )


def _marks(pattern: re.Pattern[str], text: str, sign: str) -> Iterator[re.Match[str]]:
    """The matches in lines that hold ``sign``; a mark never reaches over a line end."""
    done = 0
    for at in places(text, sign):
        if at < done:
            continue
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        done = len(text) if end < 0 else end
        yield from pattern.finditer(text, start, done)


EXAMPLES = (
    bad("⟦机密★1年⟧\n青岚市2024年平安建设工作总结"),
    bad("⟦秘密⟧\n　　　　⟦内部资料 注意保存⟧\n关于平安建设工作情况的报告"),
    bad("⟦密级：机密⟧　份号：000012"),
    good("严格落实保密制度，涉密文件专人管理。"),
    good("青岚市2024年平安建设工作总结\n全年未发生失泄密事件。"),
    near("妥善保管国家秘密载体，绝密、机密、秘密级文件分柜存放。"),
    near("整理内部资料36份，内部文件注意保密管理要求逐条落实。"),
)
