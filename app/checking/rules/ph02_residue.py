"""PH02 residue — 网页、模板或聊天残留。

Why: page furniture, template instructions and a chat model's remarks show where a text came from.
Misses: a running header that reads like a sentence; residue wordings that are not listed.
False alarms: a report that really speaks of 打印本页 or of choosing 增加（减少）.

Reported: ##marks##, HTML tags and entities, private-use and broken characters, page furniture
(【字号：大 中 小】, 打印本页, 您的位置), pay-wall remarks, template instructions and choices that
were never made; what a chat model says round a draft (好的，以下是为您…, 如需调整请告诉我), what a
chat program leaves of messages (张三 2025/12/1 9:15:22, [图片], @所有人), Markdown and emoji. The
acts and wordings of chats are listed in ``knowledge_base/lexicons/chat.txt``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.checking.rules._residue_patterns import BROKEN, PATTERNS, WEB
from app.core.document import BlockKind, Span
from app.core.finding import Finding, Fix, Severity
from app.language.chat import Remark, find_remarks
from app.language.prefilter import Signs
from app.language.structure.markup import Marks, read_emoji, read_markdown

META = RuleMeta(
    code="PH02", name="residue", severity=Severity.ERROR, summary="网页、模板或聊天残留"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.PH02``; ``extra`` lists more residue to report, as plain text."""

    extra: tuple[str, ...] = ()


_SIGNS = Signs(sign for sign, *_ in PATTERNS)
_MOST_RELATED = 20
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0b\x0c\x0e-\x1f]+")


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per piece of residue, and one per sort of Markdown marks."""
    text = ctx.text
    found: list[tuple[Span, str, bool]] = []
    present = _SIGNS.present(text, ctx.chars)
    for sign, pattern, kind, is_fixable in PATTERNS:
        if sign in present:
            found += ((Span(*m.span()), kind, is_fixable) for m in pattern.finditer(text))
    found += ((Span(*m.span()), BROKEN, False) for m in _PRIVATE.finditer(text))
    found += ((remark.span, remark.act, True) for remark in _remarks(ctx))
    for word in params.extra:
        found += ((Span(*m.span()), WEB, False) for m in re.finditer(re.escape(word), text) if word)
    found.sort(key=lambda item: (item[0].start, -item[0].end))
    end = 0
    for span, kind, is_fixable in found:
        if span.start < end or not len(span):
            continue
        end = span.end
        yield ctx.finding(
            META,
            span,
            f"“{_shown(span.of(text))}”是{kind}，请删去或改成正式内容。",
            fix=Fix(span, "") if is_fixable else None,
        )
    yield from _marks(ctx)


def _remarks(ctx: CheckContext) -> Iterator[Remark]:
    """What chats left; a cell of a table may hold nothing but a time, or 收到."""
    cells = [b.span for b in ctx.document.blocks if b.kind is BlockKind.TABLE]
    for remark in find_remarks(ctx.text, ctx.chars):
        if not (remark.is_line and any(remark.span in cell for cell in cells)):
            yield remark


def _marks(ctx: CheckContext) -> Iterator[Finding]:
    """Marks that stand in many places are told once; a Markdown file has its marks by right."""
    emoji = read_emoji(ctx.text)
    if emoji:
        yield _one_of_many(ctx, Marks("聊天里的表情符号", emoji), Severity.WARNING)
    if ctx.document.format != "md":
        for marks in read_markdown(ctx.text):
            named = replace(marks, name=f"Markdown的{marks.name}标记")
            yield _one_of_many(ctx, named, META.severity if marks.is_sure else Severity.INFO)


def _one_of_many(ctx: CheckContext, marks: Marks, severity: Severity) -> Finding:
    first, *others = marks.spans
    count = f"，全文共{len(marks.spans)}处" if others else ""
    return ctx.finding(
        META,
        first,
        f"“{_shown(first.of(ctx.text).strip())}”是{marks.name}{count}，请改成正式排版或删去。",
        severity=severity,
        related=others[:_MOST_RELATED],
    )


def _shown(quote: str) -> str:
    """The quote as a message can show it: visible, short, on one line."""
    visible = "".join(c if c.isprintable() and c != "\ufffd" else "□" for c in quote)
    return visible if len(visible) <= 30 else f"{visible[:29]}…"


EXAMPLES = (
    bad("任务完成情⟦##paidbegin##⟧况与绩效挂钩。"),
    bad("⟦<p>⟧全年开展消防检查36次⟦</p>⟧，整改隐患12处。⟦&nbsp;⟧"),
    bad("全年接访32批，⟦增加（减少）⟧12.5%⟦（如持平作持平表述）⟧。"),
    bad("⟦（此处填写主要做法）⟧一是加强领导。⟦（不涉及的不列）⟧"),
    bad("主要做法⟦（字数不少于300字）⟧和典型经验⟦（不超过500字）⟧如下⟦（可另附页）⟧。"),
    bad("⟦【字号：大 中 小】⟧　⟦打印本页⟧　⟦扫一扫在手机打开当前页⟧"),
    bad("巡逻防控⟦_第1页⟧不断加强，⟦此处隐藏1903字⟧，⟦正式会员可完整阅读⟧。"),
    bad("云渡镇平安建设工作总结⟦-政务公开⟧\n全年开展反诈宣传24场。"),
    bad(
        "⟦好的，以下是根据您的要点写成的总结：⟧\n一、组织领导\n全年召开会议6次。\n"
        "⟦（注：文中数字均为示例，请替换。）⟧\n⟦如需调整篇幅，请随时告诉我。⟧⟦希望对您有帮助！⟧"
    ),
    bad("⟦作为一个AI语言模型，我无法核实这些数字。⟧全年排查隐患86处。"),
    bad("⟦吴伟 2025/12/3 9:15:22⟧\n全年排查隐患86处⟦[图片]⟧\n⟦收到！⟧"),
    bad("⟦### ⟧一、组织领导\n⟦**召开会议6次**⟧，**走访36户**。\n⟦- ⟧排查隐患86处\n- 整改82处"),
    good("全年接访32批，比上年减少12.5%，矛盾纠纷化解率97%。"),
    good("开通民情热线，群众反映的问题当日转办。"),
    near("进村入户发放打印本页宣传单1000份，撰写信息（每篇1200字）12篇。"),
    near("村务公开栏每月更新，政务公开水平进一步提高。"),
    near("组织相关部门开展联合检查，相关报道被市级媒体采用。"),
    near("要求各网格员如实填写走访记录（含楼栋号），办公区设打印室1间。"),
    near(
        "以下是全年主要做法。做得好的，予以表彰；希望各村对照清单抓好整改，请告诉身边的老人不转账。"
    ),
    near("人工智能助手“小渡”上线，推行“你点我检”，8月3日9:15接警，微博“@平安云渡”推送提醒86条。"),
    near("收到锦旗12面，开展“数据要素×”试点，建成4×4米宣传栏3块，脚注[1]说明口径，拨打12345热线。"),
    near("温度<5℃时停止作业，A&B两区实行错峰施工，投入及/或改造经费由各单位承担。"),
)
