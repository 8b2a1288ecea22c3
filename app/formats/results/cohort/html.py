"""Copied paragraphs as a heat map and side by side, and figures by indicator, as HTML pieces.

The pieces need no script and nothing from elsewhere; the page and the stand-alone report share
them.
"""

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from app.core.cohort import Cohort, CohortDraft, CopyPair, IndicatorRow
from app.core.quantity import plain_number
from app.formats.results.labels import shown_path
from app.formats.results.side_by_side import compare_texts

_MOST_ON_MAP = 40
_MOST_PAIRS = 100
_MOST_PASSAGES = 30
_MOST_INDICATORS = 60
_CELL, _LABEL, _TOP, _RIGHT = 22, 190, 26, 8
_MOST_LABEL = 13

COHORT_CSS = """
.cohort{font-size:.94rem;line-height:1.65}
.cohort h3{font-size:1.02rem;margin:16px 0 6px}
.cohort .map{overflow-x:auto;max-width:100%}
.cohort svg text{font-size:12px;fill:#334155}
.cohort svg a:hover rect,.cohort svg a:focus rect{stroke:#b45309;stroke-width:2}
.cohort details{border:1px solid #d9dfe7;border-radius:6px;margin:8px 0;background:#fff}
.cohort summary{cursor:pointer;padding:8px 12px;overflow-wrap:anywhere}
.cohort details:has(:target){border-color:#b45309}
.cohort .twins{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1px;
 background:#e5e9ef;border-top:1px solid #e5e9ef}
.cohort .twins>div{background:#fff;padding:8px 12px;overflow-wrap:anywhere;white-space:pre-wrap}
.cohort .twins>.who{font-weight:600;color:#16365f;background:#f3f6fa}
.cohort .twins mark{background:#fde68a;color:inherit;border-radius:2px}
.cohort .table{overflow-x:auto}
.cohort table{border-collapse:collapse;width:100%;font-size:.9rem}
.cohort th,.cohort td{border-bottom:1px solid #e5e9ef;padding:5px 9px;text-align:left;
 vertical-align:top}
.cohort th{background:#f3f6fa;white-space:nowrap}
.cohort td.num{text-align:right;white-space:nowrap}
.cohort td .far{display:inline-block;background:#fde3e3;color:#8d1f1f;border-radius:4px;
 padding:0 6px;margin:1px 4px 1px 0}
.cohort td .near{display:inline-block;color:#425466;margin:1px 8px 1px 0}
.cohort .tip{color:#5b6775;font-size:.86rem}
@media (max-width:600px){.cohort .twins{grid-template-columns:minmax(0,1fr)}
 .cohort thead{display:none}
 .cohort table,.cohort tbody,.cohort tr,.cohort td{display:block;text-align:left!important}
 .cohort td{border:0;padding:1px 0}.cohort tr{border-bottom:1px solid #d9dfe7;padding:7px 0}
 .cohort td[data-label]::before{content:attr(data-label) "：";color:#5b6775}}
"""


def cohort_html(cohort: Cohort, *, prefix: str = "pair") -> str:
    """Heat map, pairs and figures; ``prefix`` begins the ids of the pairs."""
    return (
        f'<div class="cohort"><h3>雷同</h3>{copies_html(cohort, prefix=prefix)}'
        f"<h3>同一指标各单位对比</h3>{indicators_html(cohort)}</div>"
    )


def copies_html(cohort: Cohort, *, prefix: str = "pair") -> str:
    """The heat map with the pairs below it, or a sentence where nothing was copied."""
    if not cohort.pairs:
        return '<p class="tip">去掉数字和名称后，没有发现雷同的段落。</p>' + _shared(cohort)
    pairs = cohort.pairs[:_MOST_PAIRS]
    rows = "".join(_pair(cohort.drafts, p, f"{prefix}{n}") for n, p in enumerate(pairs, 1))
    rest = len(cohort.pairs) - len(pairs)
    more = f'<p class="tip">还有 {rest} 对，见表格或JSON。</p>' if rest else ""
    return (
        '<p class="tip">去掉数字、年份和名称后比较各份的段落；多数单位都用的固定表述不算。'
        "颜色越深，两份相同的文字越多；点格子看两份对照。</p>"
        f'<div class="map">{heat_map(cohort, prefix=prefix)}</div>{rows}{more}{_shared(cohort)}'
    )


def _shared(cohort: Cohort) -> str:
    if not cohort.shared:
        return ""
    rows = "".join(f"<li>{escape(s.quote)}（{s.drafts} 份）</li>" for s in cohort.shared)
    return (
        f"<details><summary>不算雷同的固定表述 {len(cohort.shared)} 段</summary>"
        f"<ul>{rows}</ul></details>"
    )


def heat_map(cohort: Cohort, *, prefix: str = "pair") -> str:
    """One square a pair, the drafts with most in common first; at most forty drafts."""
    weight: dict[int, float] = defaultdict(float)
    for pair in cohort.pairs:
        weight[pair.first] += pair.share_first
        weight[pair.second] += pair.share_second
    shown = sorted(weight, key=lambda n: (-weight[n], n))[:_MOST_ON_MAP]
    place = {draft: at for at, draft in enumerate(shown)}
    size = len(shown) * _CELL
    parts = [
        f'<svg role="img" aria-label="雷同热力图" width="{_LABEL + size + _RIGHT}" '
        f'height="{_TOP + size + _RIGHT}" xmlns="http://www.w3.org/2000/svg">'
    ]
    for draft, at in place.items():
        middle = at * _CELL + _CELL // 2
        name = _short(cohort.drafts[draft].label)
        parts.append(
            f'<text x="{_LABEL - 6}" y="{_TOP + middle + 4}" text-anchor="end">'
            f"{escape(name)} {at + 1}</text>"
            f'<text x="{_LABEL + middle}" y="{_TOP - 8}" text-anchor="middle">{at + 1}</text>'
            f"{_square(at, at, '#e8edf3', 1)}"
        )
    for number, pair in enumerate(cohort.pairs, 1):
        if pair.first in place and pair.second in place:
            parts.append(_squares(cohort.drafts, pair, place, f"{prefix}{number}", number))
    omitted = len(weight) - len(shown)
    tail = f'<p class="tip">图上只画雷同最多的 {len(shown)} 份。</p>' if omitted else ""
    return "".join(parts) + "</svg>" + tail


def _squares(
    drafts: Sequence[CohortDraft], pair: CopyPair, place: dict[int, int], target: str, number: int
) -> str:
    one, other = place[pair.first], place[pair.second]
    strength = 0.2 + 0.8 * min(1.0, max(pair.share_first, pair.share_second))
    squares = _square(one, other, "#b91c1c", strength) + _square(other, one, "#b91c1c", strength)
    title = f"<title>{escape(pair_label(drafts, pair))}</title>"
    if number > _MOST_PAIRS:
        return f"<g>{title}{squares}</g>"
    return f'<a href="#{target}">{title}{squares}</a>'


def _square(column: int, row: int, colour: str, strength: float) -> str:
    return (
        f'<rect x="{_LABEL + column * _CELL + 1}" y="{_TOP + row * _CELL + 1}" '
        f'width="{_CELL - 2}" height="{_CELL - 2}" rx="2" fill="{colour}" '
        f'fill-opacity="{strength:.2f}"/>'
    )


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LABEL else f"{text[: _MOST_LABEL - 1]}…"


def pair_label(drafts: Sequence[CohortDraft], pair: CopyPair) -> str:
    """``甲镇 与 乙镇：4 段雷同，占前者 31%、后者 29%``, and who copied where it shows."""
    first, second = names_of(drafts, pair)
    told = (
        f"{first} 与 {second}：{len(pair.passages)} 段雷同，占前者 {pair.share_first:.0%}、"
        f"后者 {pair.share_second:.0%}，最高相似 {pair.likeness:.0%}"
    )
    return told + (f"；{note}" if (note := pair_note(drafts, pair)) else "")


def pair_note(drafts: Sequence[CohortDraft], pair: CopyPair) -> str:
    """Who copied from whom, as far as the text gives it away."""
    if pair.is_same_unit:
        return "同一单位的两份"
    if pair.copier is None:
        return ""
    first, second = names_of(drafts, pair)
    copier, source = (first, second) if pair.copier == pair.first else (second, first)
    return f"{copier}的文中留有{source}的名称，可能是前者抄后者"


def names_of(drafts: Sequence[CohortDraft], pair: CopyPair) -> tuple[str, str]:
    """What the two drafts are called; their files where both are called alike."""
    first, second = drafts[pair.first], drafts[pair.second]
    if first.label != second.label:
        return first.label, second.label
    if first.year != second.year:
        return f"{first.label}（{first.year}年）", f"{second.label}（{second.year}年）"
    return shown_path(first.path), shown_path(second.path)


def _pair(drafts: Sequence[CohortDraft], pair: CopyPair, target: str) -> str:
    first, second = names_of(drafts, pair)
    cells = "".join(
        f"<div>{both.first}</div><div>{both.second}</div>"
        for p in pair.passages[:_MOST_PASSAGES]
        for both in (compare_texts(p.first.quote, p.second.quote),)
    )
    return (
        f"<details><summary>{escape(pair_label(drafts, pair))}</summary>"
        f'<div class="twins" id="{target}"><div class="who">{escape(first)}</div>'
        f'<div class="who">{escape(second)}</div>{cells}</div></details>'
    )


def indicators_html(cohort: Cohort) -> str:
    """A table of the indicators at least five units tell, outliers marked."""
    if not cohort.indicators:
        return '<p class="tip">还没有五个以上单位都写到的指标，暂不对比。</p>'
    rows = "".join(_indicator(cohort.drafts, r) for r in cohort.indicators[:_MOST_INDICATORS])
    rest = len(cohort.indicators) - _MOST_INDICATORS
    more = f'<p class="tip">还有 {rest} 个指标，见表格或JSON。</p>' if rest > 0 else ""
    return (
        '<p class="tip">红色的数与其他单位相差悬殊，请核对是否多写、少写了数位或弄错了单位。</p>'
        '<div class="table"><table><thead><tr><th>指标</th><th>单位数</th><th>中位数</th>'
        f"<th>明显偏离</th><th>其他单位</th></tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _indicator(drafts: Sequence[CohortDraft], row: IndicatorRow) -> str:
    far: list[str] = []
    near: list[str] = []
    for item in row.values:
        name = escape(drafts[item.draft].label)
        told = f"{name} {plain_number(item.value)}{escape(row.unit)}"
        if item.is_outlier:
            times = f"（中位数的 {item.ratio:.3g} 倍）" if item.ratio and row.unit != "%" else ""
            far.append(f'<span class="far" title="{escape(item.quote)}">{told}{times}</span>')
        else:
            near.append(f'<span class="near" title="{escape(item.quote)}">{told}</span>')
    year = f"（{row.year}年）" if row.year else ""
    rest = "".join(near[:12]) + (f'<span class="tip">等 {len(near)} 个</span>' if near[12:] else "")
    return (
        f"<tr><td><b>{escape(row.indicator)}</b>{year}</td>"
        f'<td class="num" data-label="单位数">{len(row.values)}</td>'
        f'<td class="num" data-label="中位数">{plain_number(row.median)}{escape(row.unit)}</td>'
        f'<td data-label="明显偏离">{"".join(far) or "—"}</td>'
        f'<td data-label="其他单位">{rest}</td></tr>'
    )
