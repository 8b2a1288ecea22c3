"""ST02 thin-section — 必备部分内容单薄。

Why: “工作中还存在一些不足” says nothing; neither does a heading with one line below it.
Misses: long passages without content.
False alarms: a short passage that says all there is to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.parts import is_speech, is_whole_report
from app.checking.rule import bad, good, near
from app.core.finding import Finding, PartStatus, Severity

META = RuleMeta(
    code="ST02", name="thin-section", severity=Severity.WARNING, summary="必备部分内容单薄"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.ST02``; ``ignore`` lists keys of parts that may be thin."""

    ignore: tuple[str, ...] = ()


_USUAL_NAMES = {"problems": "存在问题", "plans": "下一步工作"}


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per mandatory part that is there but says next to nothing."""
    if not is_whole_report(ctx) or is_speech(ctx):
        return
    for part in ctx.profile.parts:
        state = ctx.parts[part.key]
        if not part.mandatory or state.status is not PartStatus.THIN or part.key in params.ignore:
            continue
        if state.span is None:
            continue
        usual = _USUAL_NAMES.get(part.key, "")
        also = f"（{usual}）" if usual and usual not in part.title else ""
        yield ctx.finding(
            META,
            state.span,
            f"“{part.title}”{also}写得单薄：{state.why}，建议写具体。",
            evidence={"part": part.title, "key": part.key},
        )


_HEAD = (
    "云渡镇2024年平安建设工作总结\n"
    "一、压实责任\n"
    "镇党委专题研究平安建设4次，成立领导小组，与12个村签订责任书。\n"
    "二、化解矛盾纠纷\n"
    "全年排查矛盾纠纷86件，化解84件，重点纠纷由领导包案。\n"
    "三、筑牢安全防线\n"
    "检查沿街商铺和渡口62次，整改消防隐患35处；组织夜间巡逻240次，新装监控18个。\n"
)
_PROBLEMS = (
    "四、存在的问题\n一是渡口值守人手不足，汛期倒班困难；二是老街线路老化，仍有16户没有改造。\n"
)
_PLANS = (
    "五、下一步打算\n改造老街线路16户，为渡口增配2名值守人员，继续排查矛盾纠纷，"
    "每月组织一次消防检查和夜间巡逻。\n"
)
_END = "云渡镇人民政府\n2024年12月18日\n"

EXAMPLES = (
    bad(_HEAD + "⟦四、存在的问题\n工作中还有一些不足。⟧\n" + _PLANS + _END, profile="乡镇"),
    bad(
        _HEAD
        + _PROBLEMS
        + "⟦下一步，我镇将再接再厉，开拓创新，不断开创平安建设工作新局面。⟧\n"
        + _END,
        profile="乡镇",
    ),
    good(_HEAD + _PROBLEMS + _PLANS + _END, profile="乡镇"),
    good("工作中还有一些不足。"),
    near(
        _HEAD
        + "但渡口值守人手不足，汛期倒班困难；老街线路老化，仍有16户没有改造。\n"
        + _PLANS
        + _END,
        profile="乡镇",
    ),
)
