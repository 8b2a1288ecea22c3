"""ST05 missing-signature — 没有落款单位或成文日期。

Why: a document of a public office carries the issuing unit and the date of issue at its end.
Misses: a wrong unit or date (NU09 looks at the year).
False alarms: a text that was pasted without its tail.

A report to a congress (各位代表) carries none; neither do a few sentences. A unit named in the
title does not replace the signature.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.parts import is_speech, is_whole_report
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity

META = RuleMeta(
    code="ST05",
    name="missing-signature",
    severity=Severity.WARNING,
    summary="没有落款单位或成文日期",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.ST05``."""


def check(ctx: CheckContext, _params: Params) -> Iterator[Finding]:
    """Yield one finding where signature or date belong."""
    if not is_whole_report(ctx) or is_speech(ctx):
        return
    outline = ctx.outline
    if outline.signature is None and outline.date is None:
        missing, place = "落款单位和成文日期", outline.body.end
    elif outline.signature is None and outline.date is not None:
        missing, place = "落款单位", outline.date.start
    elif outline.date is None and outline.signature is not None:
        missing, place = "成文日期", outline.signature.end
    else:
        return
    yield ctx.finding(
        META,
        Span(place, place),
        f"文末没有{missing}，请补上。",
        evidence={"part": "落款", "missing": "missing signature and date"},
    )


_BODY = (
    "云渡镇2024年平安建设工作总结\n"
    "一、组织领导\n成立领导小组，召开专题会议4次，签订责任书36份，"
    "把平安建设同业务工作一起部署、一起考核。\n"
    "二、矛盾化解\n全年排查矛盾纠纷86件，化解84件，重点纠纷由领导包案，群众满意度有所提升。\n"
    "三、安全防范\n检查沿街商铺62次，整改消防隐患35处，组织夜间巡逻240次，新装监控18个，"
    "发案数下降。"
)

EXAMPLES = (
    bad(_BODY + "⟦⟧\n"),
    bad(_BODY + "\n\n⟦⟧2024年12月18日\n"),
    bad(_BODY + "\n\n云渡镇人民政府⟦⟧\n"),
    good(_BODY + "\n云渡镇人民政府\n2024年12月18日\n"),
    good("全年排查矛盾纠纷12件，化解12件。"),
    near(
        _BODY + "\n　　　　　　云渡镇人民政府（盖章）　2024年12月18日\n（联系人：镇平安办，"
        "电话：0000-0000000）\n"
    ),
    near(
        _BODY + "\n附件：1.责任分工表\n\n中共云渡镇委员会\n云渡镇人民政府\n"
        "二〇二四年十二月十八日\n\n附件1\n责任分工表\n"
    ),
    near(
        "各位代表：\n现在，我代表镇人民政府报告工作，请予审议。\n" + _BODY.partition("\n")[2] + "\n"
    ),
)
