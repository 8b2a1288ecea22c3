"""ST01 missing-section — 缺少必备部分。

Why: a reviewer sends back a summary that names no problems or no plans.
Misses: a part told only by hints; a part of which only the heading is left (ST02).
False alarms: a part told in words that neither the profile nor the reader of passages knows.

A part counts as told wherever it stands and whatever its heading is; a closing paragraph that
tells problems or plans is enough. A sentence or two on their own are no report and are not
checked, nor is a speech to a congress.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.parts import is_speech, is_whole_report
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, PartStatus, Severity
from app.report.profile import Part, PartKind

META = RuleMeta(
    code="ST01", name="missing-section", severity=Severity.ERROR, summary="缺少必备部分"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.ST01``; ``ignore`` lists keys of parts that may be missing."""

    ignore: tuple[str, ...] = ()


_USUAL_NAMES = {"problems": "存在问题", "plans": "下一步工作"}


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per missing mandatory part, at the place where it belongs."""
    if not is_whole_report(ctx) or is_speech(ctx):
        return
    for part in ctx.profile.parts:
        state = ctx.parts[part.key]
        if (
            not part.mandatory
            or state.status is not PartStatus.MISSING
            or part.key in params.ignore
        ):
            continue
        usual = _USUAL_NAMES.get(part.key, "")
        also = f"（{usual}）" if usual and usual not in part.title else ""
        yield ctx.finding(
            META,
            place_of(ctx, part),
            f"全文没有“{part.title}”{also}部分，建议在这里补上。",
            evidence={"part": part.title, "key": part.key},
        )


def place_of(ctx: CheckContext, part: Part) -> Span:
    """The empty span where a missing part belongs: before what usually follows it."""
    followers: tuple[PartKind, ...] = ()
    if part.kind is PartKind.PROBLEMS:
        followers = (PartKind.PLANS,)
    elif part.kind is not PartKind.PLANS:
        followers = (PartKind.PROBLEMS, PartKind.PLANS)
    starts = [
        span.start
        for other in ctx.profile.parts
        if other.kind in followers and (span := ctx.parts[other.key].span) is not None
    ]
    place = min(starts) if starts else ctx.outline.body.end
    for heading in ctx.outline.headings:
        if heading.span.start <= place <= heading.body.start:
            place = heading.span.start
            break
    return Span(place, place)


_HEAD = (
    "青岚市水利中心2024年平安建设工作总结\n"
    "2024年，我中心认真落实平安建设各项部署，主要工作如下。\n"
    "一、加强组织领导\n"
    "成立由主任任组长的平安建设领导小组，召开专题会议4次，层层签订责任书。\n"
    "二、化解矛盾纠纷\n"
    "全年排查涉水矛盾纠纷12件，全部在一线调解，实现小事不出站所。\n"
    "三、抓好安全生产\n"
    "开展水库和泵站安全检查36次，整改隐患21处，组织消防和防汛演练4次。\n"
)
_PROBLEMS = (
    "四、存在的问题\n"
    "一是个别站所值班记录不够规范；二是监控设备老化，夜间成像模糊，还有6处没有更换。\n"
)
_PLANS = (
    "五、下一步打算\n2025年，更换老化监控设备6处，每季度开展一次值班抽查，"
    "继续排查涉水矛盾纠纷，办好防汛演练。\n"
)
_END = "青岚市水利中心\n2024年12月20日\n"

EXAMPLES = (
    bad(_HEAD + "⟦⟧" + _PLANS.replace("五、", "四、") + _END),
    bad((_HEAD + _PROBLEMS).rstrip() + "⟦⟧\n" + _END),
    bad(
        _HEAD.rstrip() + "⟦⟧\n" + _END,
    ),
    good(_HEAD + _PROBLEMS + _PLANS + _END),
    good("全年排查矛盾纠纷12件，化解12件。"),
    near(
        _HEAD + "工作中也还存在一些不足：站所值班记录不够规范，监控设备老化，夜间成像模糊。"
        "下一步，我中心将更换老化设备，"
        "每季度抽查值班，继续排查涉水矛盾纠纷，组织防汛和消防演练，守住安全底线，"
        "推动责任落实到站所、到岗位、到个人。\n" + _END
    ),
    near(
        _HEAD + "工作短板：个别站所值班记录不够规范，监控设备老化，夜间成像模糊。\n"
        "2025年工作思路：更换老化监控设备6处，每季度开展一次值班抽查。\n" + _END
    ),
    near(
        _HEAD + "存在的问题主要有：个别站所值班记录不够规范；监控设备老化；夜间成像模糊。\n"
        "下步打算\n更换老化监控设备6处，每季度开展一次值班抽查，办好防汛演练。\n" + _END
    ),
    near(
        _HEAD + "四、短板弱项与改进措施\n对照要求，个别站所值班记录不够规范，监控设备老化。"
        "今后将更换设备，加强值班抽查，"
        "继续排查涉水矛盾纠纷，抓好防汛演练和消防培训，把隐患整改责任落实到人，确保汛期安全平稳。\n"
        + _END
    ),
)
