"""Findings as one HTML file that stands alone: no script, font or style from elsewhere."""

from collections.abc import Sequence
from html import escape
from string import Template

from app.core.cohort import Cohort
from app.core.document import Document
from app.core.finding import CheckResult, Finding, PartStatus, Severity
from app.formats.results.cohort.html import COHORT_CSS, cohort_html
from app.formats.results.highlight import HIGHLIGHT_CSS, anchor, entry_anchor, highlight
from app.formats.results.labels import (
    PART_LABELS,
    SEVERITIES,
    LineIndex,
    fix_label,
    mandatory_parts,
    part_titles,
    shown_path,
)
from app.formats.results.ledger_table import LEDGER_CSS, ledger_html

_PASTED = "（粘贴的文字）"
_MAX_QUOTE = 120
_SIGNS = {PartStatus.PRESENT: "✓", PartStatus.THIN: "△", PartStatus.MISSING: "✗"}

_CSS = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#f4f5f7;color:#1f2933;line-height:1.65;
 font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif}
header.top{background:#fff;border-bottom:1px solid #d9dee5;padding:18px 28px}
h1{font-size:1.3rem;margin:0 0 6px}
h2{font-size:1.08rem;margin:0;overflow-wrap:anywhere}
nav a{color:#1d4ed8}
nav ol{margin:8px 0 0;padding-left:1.6em}
.counts{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0 0}
.chip{border-radius:999px;padding:2px 12px;font-size:.86rem;background:#e8edf3;color:#334155;
 white-space:nowrap}
.chip.error,.chip.missing{background:#fee2e2;color:#991b1b}
.chip.warning,.chip.thin{background:#fef3c7;color:#92400e}
.chip.info{background:#dbeafe;color:#1e40af}
.chip.present{background:#dcfce7;color:#166534}
article{margin:22px 28px;background:#fff;border:1px solid #d9dee5;border-radius:8px}
article>header{padding:14px 20px;border-bottom:1px solid #e5e9ef}
.more{color:#5b6775;font-size:.86rem}
.meta{color:#5b6775;font-size:.88rem;margin-top:2px}
.columns{display:grid;grid-template-columns:minmax(0,3fr) minmax(280px,2fr)}
.doc-text{padding:20px 26px;border-right:1px solid #e5e9ef;
 font-family:FangSong,STFangsong,"Noto Serif CJK SC",SimSun,serif;font-size:1.04rem}
.list{padding:14px 18px;position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto}
.list ol{list-style:none;margin:0;padding:0}
.list li{border-left:4px solid #60a5fa;padding:7px 0 7px 12px;margin-bottom:10px;
 scroll-margin-top:1rem;overflow-wrap:anywhere}
.list li.error{border-color:#dc2626}
.list li.warning{border-color:#d97706}
.list li:target{background:#fffbeb}
.list .head{font-size:.84rem;color:#5b6775}
.list .head b{color:#1f2933}
.list .quote{font-size:.86rem;color:#46515e;background:#f6f7f9;border-radius:4px;padding:2px 8px;
 margin-top:3px;white-space:pre-wrap}
.list a{color:inherit;text-decoration:none}
.list a:hover b,.list a:focus b{text-decoration:underline}
.none{color:#166534}
.doc-compare{padding:6px 20px 18px}
details{margin-top:10px;font-size:.88rem;color:#46515e}
footer{padding:0 28px 28px;color:#5b6775;font-size:.84rem}
@media (max-width:820px){header.top{padding:14px 16px}article{margin:12px 8px}
 .columns{grid-template-columns:minmax(0,1fr)}
 .doc-text{border-right:0;border-bottom:1px solid #e5e9ef;padding:14px 16px}
 .list{position:static;max-height:none}}
@media print{body{background:#fff}article{border:0;margin:0}
 article+article{break-before:page}.columns{display:block}.doc-text{border:0;padding:8px 0}
 .list{position:static;max-height:none;overflow:visible;padding:8px 0}
 .list li{break-inside:avoid}
 mark,.chip,.doc-text a::before{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""

_PAGE = Template("""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${css}</style>
</head>
<body>
<header class="top"><h1>平安建设工作总结核查结果</h1>
<div class="meta">共 ${documents} 份。点文中的序号看说明，点右侧的说明回到原文。</div>
<div class="counts">${counts}</div>${contents}</header>
<main>
${cohort}
${articles}
</main>
<footer>核查依据的各部分要求由公开评分标准归纳，供修改时参考，是建议，不是规定。</footer>
</body>
</html>
""")


def severity_chips(results: Sequence[CheckResult]) -> str:
    """Coloured counts per severity."""
    return "".join(
        f'<span class="chip {s.value if total else ""}">{s.label} {total}</span>'
        for s in SEVERITIES
        for total in (sum(r.count(s) for r in results),)
    )


def part_chips(result: CheckResult) -> str:
    """One mark per part that is told or has to be; optional parts not told are only named."""
    required = mandatory_parts(result)
    titles = part_titles(result)
    chips: list[str] = []
    others: list[str] = []
    for key, status in result.parts.items():
        title = escape(titles[key])
        if status is PartStatus.MISSING and key not in required:
            others.append(title)
            continue
        note = "" if status is PartStatus.PRESENT else f"（{PART_LABELS[status]}）"
        chips.append(f'<span class="chip {status.value}">{_SIGNS[status]} {title}{note}</span>')
    if others:
        chips.append(f'<span class="more">可写而未提到：{"、".join(others)}</span>')
    return "".join(chips)


def _short(text: str) -> str:
    return text if len(text) <= _MAX_QUOTE else f"{text[: _MAX_QUOTE - 1]}…"


def finding_entry(finding: Finding, number: int, index: LineIndex, *, prefix: str) -> str:
    """One finding as an item of the list, linked with its place in the text."""
    place = index.place(finding.span.start)
    quote = (
        f'<div class="quote">{escape(_short(finding.quote))}</div>' if finding.quote.strip() else ""
    )
    fix = (
        f'<div class="quote">{escape(_short(fix_label(finding.fix)))}</div>'
        if finding.fix is not None
        else ""
    )
    return (
        f'<li class="{finding.severity.value}" id="{entry_anchor(prefix, number)}">'
        f'<a href="#{anchor(prefix, number)}"><span class="head"><b>{number}</b> '
        f"{finding.severity.label} · {escape(finding.rule)} · 第{place.line}行</span>"
        f"<div>{escape(finding.message)}</div></a>{quote}{fix}</li>"
    )


def _suppressed(result: CheckResult) -> str:
    if not result.suppressed:
        return ""
    rows = "".join(
        f"<li>{escape(s.finding.rule)} {escape(s.finding.message)}（{escape(s.reason)}）</li>"
        for s in result.suppressed
    )
    return (
        f"<details><summary>已豁免 {len(result.suppressed)} 条</summary><ul>{rows}</ul></details>"
    )


def _article(number: int, result: CheckResult, document: Document) -> str:
    prefix = f"d{number}"
    index = LineIndex(document.text)
    entries = "".join(
        finding_entry(f, n, index, prefix=prefix) for n, f in enumerate(result.findings, 1)
    )
    listing = f"<ol>{entries}</ol>" if entries else '<p class="none">没有发现问题。</p>'
    reason = f"，{escape(result.profile_reason)}" if result.profile_reason else ""
    return (
        f'<article id="{prefix}"><header><h2>{escape(shown_path(result.path)) or _PASTED}</h2>'
        f'<div class="meta">按“{escape(result.profile)}”核查{reason}；{result.chars} 字</div>'
        f'<div class="counts">{severity_chips([result])}</div>'
        f'<div class="counts">{part_chips(result)}</div></header>'
        f'<div class="columns"><section class="doc-text" aria-label="原文">'
        f"{highlight(document.text, result.findings, prefix=prefix)}</section>"
        f'<section class="list" aria-label="问题清单">{listing}{_suppressed(result)}</section>'
        f"</div>{ledger_html(result.ledger)}</article>"
    )


def _contents(results: Sequence[CheckResult]) -> str:
    if len(results) < 2:
        return ""
    rows = "".join(
        f'<li><a href="#d{n}">{escape(shown_path(r.path)) or _PASTED}</a>'
        f"（错误 {r.count(Severity.ERROR)}，警告 {r.count(Severity.WARNING)}）</li>"
        for n, r in enumerate(results, 1)
    )
    return f"<nav><ol>{rows}</ol></nav>"


def _cohort(cohort: Cohort | None) -> str:
    if cohort is None:
        return ""
    return (
        '<article id="cohort"><header><h2>各份对比</h2></header>'
        f'<section class="doc-compare">{cohort_html(cohort)}</section></article>'
    )


def render_html(
    results: Sequence[CheckResult], documents: Sequence[Document], *, cohort: Cohort | None = None
) -> str:
    """The report over all documents; ``documents`` are in the order of ``results``."""
    articles = "\n".join(
        _article(number, result, document)
        for number, (result, document) in enumerate(zip(results, documents, strict=True), 1)
    )
    return _PAGE.substitute(
        title="平安建设工作总结核查结果",
        css=_CSS + HIGHLIGHT_CSS + LEDGER_CSS + (COHORT_CSS if cohort is not None else ""),
        documents=len(results),
        counts=severity_chips(results),
        contents=_contents(results),
        cohort=_cohort(cohort),
        articles=articles,
    )
