"""HTML of the tab 知识库: figures, list of reports, passages, search results, what a draft used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.formats.rendering import render
from app.knowledge.passage import name_sources
from app.web.notices import empty_state

if TYPE_CHECKING:  # these load the vector store, the page must not
    from app.knowledge.records import ReportRecord
    from app.knowledge.retriever import Hit
    from app.services.ingest import AddSummary
    from app.services.knowledge_view import ShownPassage, UsedSection

_FILE = "web/knowledge.html"
_HEADING = re.compile(r"[一二三四五六七八九十]+、[^。]{1,40}")
_MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one file."""

    kind: str
    label: str
    name: str
    reason: str


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
    return render(_FILE, "stats", figures=figures)


def list_html(records: "Sequence[ReportRecord]", *, total: int | None = None) -> str:
    """One row a report; a click on one opens it. ``total`` counts those that a filter hides too."""
    total = len(records) if total is None else total
    if not total:
        return empty_state("知识库还是空的", "在左边添加往年总结，起草时就会参考它们的写法。")
    if not records:
        return empty_state("没有符合条件的总结", "换几个字，或把年度和类型改回“全部”。")
    return render(_FILE, "listing", records=records, total=total, most=_MOST_ROWS)


def hits_html(hits: "Sequence[Hit]", query: str) -> str:
    """Passages found, best first, each with what its score is made of."""
    if not hits:
        return empty_state("没有找到", f"换几个词再搜“{query}”，或者先添加往年总结。")
    return render(_FILE, "hits", found=hits, name_sources=name_sources)


def report_html(record: "ReportRecord", text: str) -> str:
    """A whole report."""
    title, *lines = [line for line in text.split("\n") if line.strip()] or [record.title]
    marked = [(line.strip(), bool(_HEADING.fullmatch(line.strip()))) for line in lines]
    return render(_FILE, "report", title=title, lines=marked)


def passages_html(record: "ReportRecord", passages: "Sequence[ShownPassage]") -> str:
    """A report as it is cut: each passage with its part, and as a writer gets to see it."""
    return render(_FILE, "pieces", record=record, passages=passages)


def facts_html(record: "ReportRecord") -> str:
    """What is known of a report, and what of it was corrected."""
    return render(_FILE, "facts", record=record)


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
        ("读不出", len(summary.failed)),
    )
    told = "，".join(f"{label} {count} 份" for label, count in counts if count) or "没有文件"
    is_whole = not summary.skipped and not summary.failed
    outcomes = [
        *(_Outcome("error", "读不出", item.name, item.reason) for item in summary.failed),
        *(_Outcome("warning", "跳过", item.name, item.reason) for item in summary.skipped),
        *(_Outcome("ok", "新增", r.name, _known(r)) for r in summary.taken),
        *(_Outcome("ok", "更新", r.name, _known(r)) for r in summary.replaced),
        *(_Outcome("", "已有", r.name, _known(r)) for r in summary.unchanged),
    ]
    return render(
        _FILE, "summary", told=f"{told}。", is_whole=is_whole, outcomes=outcomes[:_MOST_ROWS]
    )


def _known(record: "ReportRecord") -> str:
    year = f"{record.year}年" if record.year else "年度未认出"
    return f"{record.unit or '单位未认出'}，{year}，{record.unit_type or '类型未认出'}"


def used_html(sections: "Sequence[UsedSection]") -> str:
    """For each section of a draft the past passages it followed."""
    total = len({item.id for section in sections for item in section.passages})
    told = f"这份稿子共参考了 {total} 段往年写法。" if total else "这份稿子没有参考往年段落。"
    return render(_FILE, "used", told=told, sections=sections)
