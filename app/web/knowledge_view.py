"""HTML of the tab 知识库: figures, list of reports, search results."""

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from app.web.notices import empty_state, notice

if TYPE_CHECKING:  # these load the vector store, the page must not
    from app.knowledge.records import ReportRecord
    from app.knowledge.retriever import Hit
    from app.services.ingest import AddSummary

_HEADING = re.compile(r"[一二三四五六七八九十]+、[^。]{1,40}")
_ORIGINS = {"sample": "自带示例", "user": "本单位添加"}


def stats_html(records: "Sequence[ReportRecord]") -> str:
    """How much there is."""
    years = sorted({r.year for r in records if r.year})
    span = f"{years[0]}—{years[-1]}" if len(years) > 1 else "".join(map(str, years)) or "—"
    figures = (
        (str(len(records)), "份报告"),
        (str(len({r.unit for r in records if r.unit})), "个单位"),
        (span, "年度"),
        (str(sum(r.passages for r in records)), "个段落"),
    )
    cells = "".join(f"<div><b>{escape(value)}</b>{label}</div>" for value, label in figures)
    return f'<div class="stats">{cells}</div>'


def list_html(records: "Sequence[ReportRecord]") -> str:
    """One row a report."""
    if not records:
        return empty_state("知识库还是空的", "在左边添加往年总结，起草时就会参考它们的写法。")
    rows = "".join(
        f'<tr><td>{escape(r.unit or "（未认出）")}</td><td class="tight">{r.year or "—"}</td>'
        f'<td class="tight">{escape(r.unit_type or "—")}</td>'
        f'<td class="num">{r.passages}</td><td class="num">{r.chars}</td>'
        f'<td class="tight">{_ORIGINS.get(r.origin, escape(r.origin))}</td></tr>'
        for r in records
    )
    return (
        '<table class="grid"><thead><tr><th>单位</th><th class="tight">年度</th>'
        '<th class="tight">类型</th><th class="num">段落</th><th class="num">字数</th>'
        f'<th class="tight">来源</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def hits_html(hits: "Sequence[Hit]", query: str) -> str:
    """Passages found, best first, each with what its score is made of."""
    if not hits:
        return empty_state("没有找到", f"换几个词再搜“{query}”，或者先添加往年总结。")
    return "".join(
        f'<div class="hit"><div><span class="from">{number}. {escape(hit.passage.unit)} '
        f'{hit.passage.year or ""}</span> <span class="path">'
        f"{escape(' › '.join(hit.passage.heading_path))}</span></div>"
        f"<p>{escape(hit.passage.text)}</p>"
        f'<div class="why">得分 {hit.score:.4f}：{escape(hit.why)}</div></div>'
        for number, hit in enumerate(hits, 1)
    )


def _line_html(line: str) -> str:
    tag = "h3" if _HEADING.fullmatch(line) else "p"
    return f"<{tag}>{escape(line)}</{tag}>"


def report_html(record: "ReportRecord", text: str) -> str:
    """A whole report."""
    lines = [line for line in text.split("\n") if line.strip()]
    title = escape(lines[0]) if lines else escape(record.title)
    body = "".join(_line_html(line.strip()) for line in lines[1:])
    return f'<div class="report"><h2>{title}</h2>{body}</div>'


def record_label(record: "ReportRecord") -> str:
    """What the list of reports shows for one."""
    return f"{record.unit or record.name} {record.year or ''}".strip()


def summary_html(summary: "AddSummary") -> str:
    """What became of the files that were added."""
    counts = (
        ("新增", len(summary.taken)),
        ("更新", len(summary.replaced)),
        ("已有", len(summary.unchanged)),
        ("跳过", len(summary.skipped)),
    )
    told = "，".join(f"{label} {count} 份" for label, count in counts if count) or "没有文件"
    html = notice(f"{told}。", kind="ok" if not summary.skipped else "")
    return html + "".join(
        notice(f"{item.name}：{item.reason}", kind="error") for item in summary.skipped
    )
