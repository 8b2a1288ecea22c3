"""HTML of the tab 核查: the marked text, the table of findings, the marks of the parts."""

from html import escape

from app.core.document import Document
from app.core.finding import CheckResult, Finding
from app.exporters.check_html import part_chips, severity_chips
from app.exporters.highlight import anchor, entry_anchor, highlight
from app.exporters.labels import LineIndex, fix_label, shown_path

_MAX_QUOTE = 60
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


def _row(finding: Finding, number: int, index: LineIndex, prefix: str) -> str:
    quote = finding.quote.replace("\n", " ")
    if len(quote) > _MAX_QUOTE:
        quote = f"{quote[: _MAX_QUOTE - 1]}…"
    line = index.place(finding.span.start).line
    where = f"第{line}行" + (f"：{escape(quote)}" if quote.strip() else "（应补在此处）")
    fix = f"<br>{escape(fix_label(finding.fix))}" if finding.fix is not None else ""
    return (
        f'<tr id="{entry_anchor(prefix, number)}"><td class="tight">'
        f'<span class="level {finding.severity.value}">{finding.severity.label}</span></td>'
        f'<td class="tight">{escape(finding.rule)}</td>'
        f'<td><a href="#{anchor(prefix, number)}">{where}</a></td>'
        f"<td>{escape(finding.message)}{fix}</td></tr>"
    )


def table_html(result: CheckResult, document: Document, *, prefix: str) -> str:
    """One row a finding; its place leads to the mark in the text."""
    if not result.findings:
        return '<div class="notice ok" role="status">没有发现问题。</div>'
    index = LineIndex(document.text)
    rows = "".join(_row(f, n, index, prefix) for n, f in enumerate(result.findings, 1))
    return f'<table class="grid cards">{_HEAD}<tbody>{rows}</tbody></table>'
