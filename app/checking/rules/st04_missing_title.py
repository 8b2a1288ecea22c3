"""ST04 missing-title — 没有标题，或者标题不完整。

Why: a summary without a title cannot be registered or filed.
Misses: a title that belongs to another document.
False alarms: a text that was pasted without its head.

A speech to a congress (各位代表) needs no title of its own; neither do a few sentences.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.parts import is_speech, is_whole_report
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity

META = RuleMeta(
    code="ST04", name="missing-title", severity=Severity.WARNING, summary="没有标题，或者标题不完整"
)

_HEADLESS = re.compile("[市县区州镇乡局委办院校馆站所厂]?(?:20\\d\\d年|关于)")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.ST04``."""


def check(ctx: CheckContext, _params: Params) -> Iterator[Finding]:
    """Yield one finding where the title belongs."""
    if not is_whole_report(ctx) or is_speech(ctx):
        return
    outline = ctx.outline
    if outline.title is None:
        start = len(ctx.text) - len(ctx.text.lstrip())
        yield ctx.finding(
            META,
            Span(start, start),
            "没有标题，请在开头写上“单位＋年度＋平安建设工作总结”。",
            evidence={"part": "标题", "missing": "missing title"},
        )
        return
    match = _HEADLESS.match(outline.title_text)
    if match is not None and outline.title_text[0] in "市县区州镇乡局委办院校馆站所厂":
        yield ctx.finding(
            META,
            outline.title,
            f"标题以“{outline.title_text[0]}”开头，前面少了单位名称，请补全。",
            evidence={"part": "标题"},
        )


_BODY = (
    "一、组织领导\n成立领导小组，召开专题会议4次，签订责任书36份，"
    "把平安建设同业务工作一起部署、一起考核。\n"
    "二、矛盾化解\n全年排查矛盾纠纷86件，化解84件，重点纠纷由领导包案，群众满意度有所提升。\n"
    "三、安全防范\n检查沿街商铺62次，整改消防隐患35处，组织夜间巡逻240次，新装监控18个，"
    "发案数下降。\n"
)

EXAMPLES = (
    bad("⟦⟧2024年，我局认真落实平安建设各项部署，现将有关情况报告如下：\n" + _BODY),
    bad("⟦⟧" + _BODY + "青岚市林业局\n2024年12月20日\n"),
    bad("⟦镇2024年平安建设工作总结⟧\n" + _BODY),
    good("云渡镇2024年平安建设工作总结\n" + _BODY),
    good("全年排查矛盾纠纷12件，化解12件。"),
    near("青岚市林业局\n2024年平安建设工作总结\n\n2024年，我局认真落实各项部署。\n" + _BODY),
    near("关于青岚市林业局2024年度\n平安建设工作情况的报告\n市委平安办：\n" + _BODY),
    near("各位代表：\n现在，我代表镇人民政府报告工作，请予审议。\n" + _BODY),
)
