"""SE02 secrecy-mark — 带有密级或内部标志。

Why: a text with a secrecy mark must not be processed on an office computer, nor sent to a model.
Misses: a mark that is part of a picture.
False alarms: a list of marks that explains how to use them.

Reported: 绝密, 机密 and 秘密 with a star, a term, in brackets or alone on a line, 密级：…,
内部资料, 仅供内部使用, 不得外传, 阅后收回 and the like as a mark of the whole text, with blanks and
hidden characters inside as well. Not reported: prose about 保密工作, 涉密 and 国家秘密. The reader
is ``app.language.sensitive``; what may be sent to a model asks the same one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.finding import Finding, Severity
from app.language.sensitive import SensitiveKind

META = RuleMeta(
    code="SE02", name="secrecy-mark", severity=Severity.ERROR, summary="带有密级或内部标志"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.SE02``; ``internal`` false leaves 内部资料 and the like alone."""

    internal: bool = True


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per mark."""
    for item in ctx.sensitive:
        is_left = item.kind is SensitiveKind.INTERNAL and not params.internal
        if is_left or not item.kind.is_mark:
            continue
        yield ctx.finding(
            META,
            item.span,
            f"“{item.shown}”是{item.kind}，涉密和内部文稿不得在本机处理，请先确认。",
            evidence={"kind": str(item.kind)},
        )


EXAMPLES = (
    bad("⟦机密★1年⟧\n青岚市2024年平安建设工作总结"),
    bad("⟦秘密⟧\n　　　　⟦内部资料 注意保存⟧\n关于平安建设工作情况的报告"),
    bad("⟦密级：机密⟧　份号：000012"),
    bad("⟦（机密）⟧青岚市平安建设情况\n⟦机\u200b 密⟧\n正文\n⟦本材料仅供内部使用，不得外传⟧。"),
    good("严格落实保密制度，涉密文件专人管理。"),
    good("青岚市2024年平安建设工作总结\n全年未发生失泄密事件。"),
    near("妥善保管国家秘密载体，绝密、机密、秘密级文件分柜存放。"),
    near("整理内部资料36份，内部文件注意保密管理要求逐条落实。"),
)
