"""CO01 unit-name-conflict — 名称前后不一致。

Why: a place masked here and named there gives the unit away; a unit's own name in two spellings
(文化与旅游局, 文化和旅游局) is a slip of copying.
Misses: a place named in words that have no masked counterpart; names shortened in unusual ways.
False alarms: another unit whose name differs by 与 or 和 alone.

Four signs are read: the same phrase once behind a mask and once behind a name (XX物流园建设,
青岚物流园建设); a quoted name with a mask inside and its filled-in twin (“网X在线”, “网青在线”);
the own name, as signed or in the title, beside one that differs in 与 and 和 or in the kind of
company, or that lacks a character in its middle; the own name with another character in title,
signature or text (云渡镇, 云度镇), and a signature of another unit than the title's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.names.own import find_slips
from app.language.names.unit import describe_unit, short_names_of
from app.language.names.vocabulary import CUT_CHARS, CUT_WORDS
from app.language.prefilter import places

META = RuleMeta(
    code="CO01", name="unit-name-conflict", severity=Severity.ERROR, summary="名称前后不一致"
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.CO01``; ``allow`` lists names that are no conflict."""

    allow: tuple[str, ...] = ()


_M = "XxＸ×*＊"
_MASKED = re.compile(rf"[{_M}]{{2,4}}(?P<phrase>[一-鿿]{{6,10}})")
_QUOTED_MASK = re.compile(
    rf"[“《](?P<head>[一-鿿]{{1,6}})(?P<mask>[{_M}]{{1,4}})(?P<tail>[一-鿿]{{2,8}})[”》]"
)
_LEAD = frozenset("关于在对向由的了和与是到赴将及从（“")
_RARE = 3
_NOT_NAMES = frozenset(
    "全市 全县 全区 全镇 全乡 本市 本县 本区 本镇 我市 我县 我区 我镇 各级 各地 有关 相关"
    " 上级 全省 本省"
    " 该市 该县 区域 地区 部门 单位 国家 中央 省级 市级 县级 平安 工作 建设 年度 本年 全"
    "年 今年".split()
)
_JOINERS = "与和及"
_COMPANY = re.compile("(?:集团)?(?:有限责任公司|股份有限公司|有限公司)")
_MIN_NAME = 7
_REGION_END = re.compile("(?:自治州|自治县|省|市|州|盟|县|区|旗)")


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per name that contradicts a mask or the unit's own name."""
    seen: set[Span] = set()
    for finding in (
        *_masked_here(ctx),
        *_masked_in_quotes(ctx),
        *_own_name(ctx),
        *_misspelt(ctx),
    ):
        if finding.span not in seen and finding.quote not in params.allow:
            seen.add(finding.span)
            yield finding


def _masked_here(ctx: CheckContext) -> Iterator[Finding]:
    """A phrase that stands behind a mask in one place and behind a name in another."""
    text = ctx.text
    names: dict[str, Span] = {}
    if not any(mark * 2 in text for mark in _M):
        return
    for match in list(_MASKED.finditer(text))[:500]:
        phrase = match["phrase"][:6]
        if text.count(phrase) > _RARE:
            continue
        position = text.find(phrase)
        while position >= 0:
            name = _name_before(text, position)
            if name:
                names.setdefault(name, Span(*match.span()))
            position = text.find(phrase, position + 1)
    for name, masked in names.items():
        position = text.find(name)
        while position >= 0:
            yield ctx.finding(
                META,
                Span(position, position + len(name)),
                f"这里写明了“{name}”，别处同样的说法却用占位符隐去，请前后统一。",
                related=[masked],
            )
            position = text.find(name, position + len(name))


def _name_before(text: str, position: int) -> str:
    """The two or three characters before ``position`` where they can be a name."""
    for length in (2, 3):
        start = position - length
        if start < 1:
            continue
        name = text[start:position]
        if (
            all("一" <= c <= "鿿" for c in name)
            and text[start - 1] in _LEAD
            and name not in CUT_WORDS
            and name not in _NOT_NAMES
            and not CUT_CHARS & set(name)
            and not any(
                word in name for word in ("省", "市", "县", "区", "镇", "乡", "本", "该", "全")
            )
        ):
            return name
    return ""


def _masked_in_quotes(ctx: CheckContext) -> Iterator[Finding]:
    text = ctx.text
    if "“" not in text and "《" not in text:
        return
    done: set[str] = set()
    for match in list(_QUOTED_MASK.finditer(text))[:200]:
        key = f"{match['head']}*{match['tail']}"
        if key in done:
            continue
        done.add(key)
        for other in _twins(text, match):
            yield ctx.finding(
                META,
                other,
                f"这里写明了“{other.of(text)}”，别处写作“{match.group()[1:-1]}”，请前后统一。",
                related=[Span(match.start() + 1, match.end() - 1)],
            )


def _twins(text: str, match: re.Match[str]) -> Iterator[Span]:
    """Quoted names that are the masked one with Chinese characters in place of the mask."""
    head, tail, masked = match["head"], match["tail"], len(match["mask"])
    size = len(head) + masked + len(tail)
    for at in places(text, head):
        name = text[at : at + size]
        mask = name[len(head) : len(head) + masked]
        if (
            text[max(at - 1, 0) : at] in ("“", "《")
            and name.endswith(tail)
            and all("一" <= char <= "鿿" for char in mask)
            and text[at + size : at + size + 1] in ("”", "》")
        ):
            yield Span(at, at + size)


def _own_name(ctx: CheckContext) -> Iterator[Finding]:
    """The own name beside one that is nearly the same."""
    text = ctx.text
    unit = describe_unit(ctx.outline, text).unit
    if len(unit) < _MIN_NAME or re.search(f"[{_M}]", unit):
        return
    known = {unit, *short_names_of(unit, text)}
    own = Span(text.find(unit), text.find(unit) + len(unit)) if unit in text else None
    for variant, why in _variants(unit):
        if variant in known:
            continue
        position = text.find(variant)
        while position >= 0:
            span = Span(position, position + len(variant))
            if not _is_inside(text, span, unit):
                yield ctx.finding(
                    META,
                    span,
                    f"本单位名称写作“{variant}”，与“{unit}”不一致（{why}），请统一。",
                    related=[own] if own else [],
                )
            position = text.find(variant, span.end)


def _misspelt(ctx: CheckContext) -> Iterator[Finding]:
    """The own name with a wrong character, or two units in title and signature."""
    known = {name for unit in ctx.known_units for name in (unit.unit, *unit.names)}
    for slip in find_slips(ctx.outline, ctx.text):
        if any(slip.wrong in name for name in known) and slip.is_spelling:
            in_head = ctx.outline.signature is not None and slip.span in ctx.outline.signature
            if not in_head:
                continue  # a real neighbour
        why = "请核对后改正" if slip.is_spelling else "标题与落款不是同一个单位，请核对"
        yield ctx.finding(
            META,
            slip.span,
            f"这里写作“{slip.wrong}”，别处写作“{slip.right}”，{why}。",
            related=[slip.right_span] if slip.right_span else [],
            evidence={"found": slip.wrong, "expected": slip.right},
        )


def _is_inside(text: str, span: Span, unit: str) -> bool:
    """Whether the variant is only a piece of the full name at that place."""
    start = max(span.start - len(unit), 0)
    found = text.find(unit, start, span.end + len(unit))
    return found >= 0 and found <= span.start and span.end <= found + len(unit)


def _variants(unit: str) -> Iterator[tuple[str, str]]:
    """Wrong spellings of a name: 与 for 和, another kind of company, characters left out."""
    for index, char in enumerate(unit):
        if char in _JOINERS and 0 < index < len(unit) - 1:
            for other in _JOINERS.replace(char, ""):
                yield unit[:index] + other + unit[index + 1 :], f"“{char}”与“{other}”混用"
            yield unit[:index] + unit[index + 1 :], f"少了“{char}”"
    company = _COMPANY.search(unit)
    if company is not None:
        stem, group = unit[: company.start()], "集团" if company[0].startswith("集团") else ""
        for kind in ("有限责任公司", "股份有限公司", "有限公司"):
            if stem + group + kind != unit:
                yield stem + group + kind, "公司类型不同"
    region = list(_REGION_END.finditer(unit[:-2]))
    head = region[-1].end() if region else 2
    tail = len(unit) - 1
    for index in range(head + 1, tail):
        if len(unit) >= _MIN_NAME + 1:
            yield unit[:index] + unit[index + 1 :], f"少了“{unit[index]}”"


EXAMPLES = (
    bad(
        "向市里汇报了XX定位区域物流枢纽的研究情况，研讨有关⟦青岚⟧定位区域物流枢纽的问题，"
        "⟦青岚⟧救援队到场。"
    ),
    bad("“平X在线”公众号发布信息36条，“⟦平青在线⟧”短视频号发布12条。"),
    bad(
        "⟦青岚市文化与旅游局⟧2024年平安建设工作总结\n一、组织领导\n专题研究4次。\n"
        "青岚市文化和旅游局\n2024年12月20日"
    ),
    bad(
        "⟦青岚市水务集团有限责任公司⟧2024年平安建设工作总结\n一、组织领导\n专题研究4次。"
        "\n青岚市水务集团有限公司\n2024年12月20日"
    ),
    bad(
        "云渡镇2024年平安建设工作总结\n2024年，⟦云度镇⟧扎实推进平安建设。\n"
        "临溪县云渡镇人民政府\n2024年12月20日"
    ),
    bad(
        "河西县交通运输局2024年平安建设工作总结\n2024年，我局扎实推进平安建设。\n"
        "河西县⟦应急管理局⟧\n2024年12月20日"
    ),
    good(
        "青岚市文化和旅游局2024年平安建设工作总结\n一、组织领导\n专题研究4次。\n"
        "青岚市文化和旅游局\n2024年12月20日"
    ),
    good("XX镇成立平安建设领导小组，全面加强平安建设领导小组办公室力量。"),
    near(
        "临溪县市场监管局2024年平安建设工作总结\n一、组织领导\n县市场监管局专题研究4次。"
        "\n临溪县市场监督管理局\n2024年12月20日"
    ),
    near(
        "云渡镇2024年平安建设工作总结\n2024年，云渡镇与云岭镇、云台镇联防联控。\n"
        "临溪县云渡镇人民政府\n2024年12月20日"
    ),
    near("开展“平安XX”创建，建成“平安家庭”320户、“平安校园”6所。"),
    near("XX县各级平安建设领导小组履职尽责，市县两级平安建设领导小组督导4次。"),
)
