"""HTML of the tab 核查: the marked text, the table of findings, the marks of the parts."""

from html import escape

from app.core.document import Document
from app.core.finding import CheckResult, Finding, Related
from app.formats.results.check.html import part_chips, severity_chips
from app.formats.results.highlight import anchor, entry_anchor, highlight
from app.formats.results.labels import LineIndex, fix_label, shown_path
from app.formats.results.ledger_table import ledger_html

_MAX_QUOTE = 60
_MAX_RELATED, _MAX_RELATED_QUOTE = 3, 24
_HEAD = (
    '<thead><tr><th class="tight">级别</th><th class="tight">规则</th>'
    "<th>位置 / 原文</th><th>说明</th></tr></thead>"
)


def summary_html(result: CheckResult) -> str:
    """Name, profile and counts."""
    reason = f"（{escape(result.profile_reason)}）" if result.profile_reason else ""
    return (
        f'<div class="chips"><b>{escape(shown_path(result.path))}</b>'
        f'<span class="chip">按“{escape(result.profile)}”核查{reason}</span>'
        f'<span class="chip">{result.chars} 字</span>{severity_chips([result])}</div>'
        f'<div class="chips" aria-label="各部分">{part_chips(result)}</div>'
    )


def text_html(result: CheckResult, document: Document, *, prefix: str) -> str:
    """The text with the findings marked."""
    return f'<div class="doc-text">{highlight(document.text, result.findings, prefix=prefix)}</div>'


def _short(quote: str, limit: int) -> str:
    quote = quote.replace("\n", " ")
    return quote if len(quote) <= limit else f"{quote[: limit - 1]}…"


def _elsewhere(related: tuple[Related, ...], index: LineIndex) -> str:
    """Where the other places stand that a finding speaks of."""
    places = [
        f"第{index.place(r.span.start).line}行“{_short(r.quote, _MAX_RELATED_QUOTE)}”"
        for r in related[:_MAX_RELATED]
        if r.quote.strip()
    ]
    more = "等" if len(related) > _MAX_RELATED else ""
    return f'<div class="from">另见{escape("、".join(places))}{more}</div>' if places else ""


def _row(finding: Finding, number: int, index: LineIndex, prefix: str) -> str:
    quote = _short(finding.quote, _MAX_QUOTE)
    line = index.place(finding.span.start).line
    where = f"第{line}行" + (f"：{escape(quote)}" if quote.strip() else "（应补在此处）")
    fix = (
        f'<div class="fix">{escape(fix_label(finding.fix))}</div>'
        if finding.fix is not None
        else ""
    )
    return (
        f'<tr id="{entry_anchor(prefix, number)}"><td class="tight">'
        f'<span class="level {finding.severity.value}">{finding.severity.label}</span></td>'
        f'<td class="tight">{escape(finding.rule)}</td>'
        f'<td><a href="#{anchor(prefix, number)}">{where}</a></td>'
        f"<td>{escape(finding.message)}{fix}{_elsewhere(finding.related, index)}</td></tr>"
    )


def _suppressed(result: CheckResult, index: LineIndex) -> str:
    """The findings that a baseline or the word list took out, folded."""
    if not result.suppressed:
        return ""
    rows = "".join(
        f"<li>第{index.place(s.finding.span.start).line}行 {escape(s.finding.rule)} "
        f"“{escape(_short(s.finding.quote, _MAX_RELATED_QUOTE))}”：{escape(s.reason)}</li>"
        for s in result.suppressed
    )
    return (
        f'<details class="suppressed"><summary>已豁免 {len(result.suppressed)} 条</summary>'
        f"<ul>{rows}</ul></details>"
    )


def table_html(result: CheckResult, document: Document, *, prefix: str) -> str:
    """One row a finding; its place leads to the mark in the text. Last year's figures follow."""
    index = LineIndex(document.text)
    below = _suppressed(result, index) + ledger_html(result.ledger)
    if not result.findings:
        return f'<div class="notice ok" role="status">没有发现问题。</div>{below}'
    rows = "".join(_row(f, n, index, prefix) for n, f in enumerate(result.findings, 1))
    return f'<table class="grid cards">{_HEAD}<tbody>{rows}</tbody></table>{below}'
