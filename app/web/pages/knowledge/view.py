"""HTML of the tab 知识库: figures, list of reports, passages, search results, what a draft used."""

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from app.knowledge.passage import name_sources
from app.web.notices import empty_state, notice

if TYPE_CHECKING:  # these load the vector store, the page must not
    from app.knowledge.records import ReportRecord
    from app.knowledge.retriever import Hit
    from app.services.ingest import AddSummary
    from app.services.knowledge_view import ShownPassage, UsedPassage, UsedSection

_HEADING = re.compile(r"[一二三四五六七八九十]+、[^。]{1,40}")
_ORIGINS = {"sample": "自带示例", "user": "本单位添加"}
_MOST_ROWS = 500
_NONE_USED = '<div class="from">没有参考往年段落。</div>'
_CORRECTED = '<span class="chip info" title="识别结果已由本单位更正">已更正</span>'


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


def list_html(records: "Sequence[ReportRecord]", *, total: int | None = None) -> str:
    """One row a report; a click on one opens it. ``total`` counts those that a filter hides too."""
    total = len(records) if total is None else total
    if not total:
        return empty_state("知识库还是空的", "在左边添加往年总结，起草时就会参考它们的写法。")
    if not records:
        return empty_state("没有符合条件的总结", "换几个字，或把年度和类型改回“全部”。")
    rows = "".join(_row_html(record) for record in records[:_MOST_ROWS])
    more = ""
    if len(records) > _MOST_ROWS:
        more = notice(f"共 {len(records)} 份，这里只列出前 {_MOST_ROWS} 份，请用上面的条件筛选。")
    elif len(records) < total:
        more = f'<div class="hint">共 {total} 份，符合条件的 {len(records)} 份。</div>'
    return (
        f'{more}<table class="grid cards"><thead><tr><th>单位</th><th class="tight">年度</th>'
        '<th class="tight">类型</th><th class="num">段落</th><th class="num">字数</th>'
        f'<th class="tight">来源</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _row_html(record: "ReportRecord") -> str:
    unit = escape(record.unit or "（未认出单位）")
    mark = f" {_CORRECTED}" if record.corrections else ""
    return (
        f'<tr data-id="{escape(record.record_id)}"><td><button type="button" class="open" '
        f'title="打开《{escape(record.title or record.name)}》">{unit}</button>{mark}</td>'
        f'<td class="tight">{record.year or "—"}</td>'
        f'<td class="tight">{escape(record.unit_type or "—")}</td>'
        f'<td class="num">{record.passages}<span class="phone"> 段</span></td>'
        f'<td class="num">{record.chars}<span class="phone"> 字</span></td>'
        f'<td class="tight">{_ORIGINS.get(record.origin, escape(record.origin))}</td></tr>'
    )


def hits_html(hits: "Sequence[Hit]", query: str) -> str:
    """Passages found, best first, each with what its score is made of."""
    if not hits:
        return empty_state("没有找到", f"换几个词再搜“{query}”，或者先添加往年总结。")
    rows = "".join(
        f'<div class="hit"><div><span class="from">{number}. {escape(hit.passage.unit)} '
        f'{hit.passage.year or ""}</span> <span class="path">'
        f"{escape(' › '.join(hit.passage.heading_path))}</span></div>"
        f"<p>{escape(hit.passage.text)}</p>"
        f'<div class="chips why">{_score_html(hit)}</div>{_alike_html(hit)}</div>'
        for number, hit in enumerate(hits, 1)
    )
    return rows + (
        '<div class="hint">语义名次按意思相近排，字词名次按相同的词排；两个名次合成得分，'
        "再按部分、单位类型和是否本单位加权。</div>"
    )


def _score_html(hit: "Hit") -> str:
    """What the score is made of, a chip each."""
    reasons = "".join(
        f'<span class="chip{" info" if "×" in reason else ""}">{escape(reason)}</span>'
        for reason in re.split("[，；]", hit.why)
        if reason
    )
    return f'<span class="chip present">得分 {hit.score:.4f}</span>{reasons}'


def _alike_html(hit: "Hit") -> str:
    """What was left out because of this hit."""
    if not hit.alike:
        return ""
    named = escape(name_sources(hit.alike))
    return f'<div class="hint">另有 {len(hit.alike)} 段与它几乎相同，已略去：{named}</div>'


def _line_html(line: str) -> str:
    tag = "h3" if _HEADING.fullmatch(line) else "p"
    return f"<{tag}>{escape(line)}</{tag}>"


def report_html(record: "ReportRecord", text: str) -> str:
    """A whole report."""
    lines = [line for line in text.split("\n") if line.strip()]
    title = escape(lines[0]) if lines else escape(record.title)
    body = "".join(_line_html(line.strip()) for line in lines[1:])
    return f'<div class="report"><h2>{title}</h2>{body}</div>'


def passages_html(record: "ReportRecord", passages: "Sequence[ShownPassage]") -> str:
    """A report as it is cut: each passage with its part, and as a writer gets to see it."""
    rows = "".join(
        f'<div class="hit"><div><span class="from">第 {item.passage.position + 1} 段</span> '
        f'<span class="chip{" present" if item.passage.part else ""}">'
        f"{escape(item.part_title)}</span> "
        f'<span class="path">{escape(item.where)}</span></div>'
        f"<p>{escape(item.passage.text)}</p>{_masked_html(item.masked)}</div>"
        for item in passages
    )
    return f'<div class="pieces"><h3>{escape(record.title or record.name)}</h3>{rows}</div>'


def _masked_html(masked: str) -> str:
    return f'<p class="masked"><b>参考时只看到：</b>{escape(masked)}</p>'


def facts_html(record: "ReportRecord") -> str:
    """What is known of a report, and what of it was corrected."""
    said, told = record.corrections, record.recognised
    rows = [
        ("单位", record.unit or "未认出", said.unit and (told.unit or "未认出")),
        ("年度", str(record.year or "未认出"), said.year and str(told.year or "未认出")),
        ("类型", record.unit_type or "未认出", said.unit_type and (told.unit_type or "未认出")),
    ]
    told_rows = "".join(
        f'<span class="chip{" info" if before else ""}">{label} {escape(value)}'
        f"{f'（原识别为 {escape(str(before))}）' if before else ''}</span>"
        for label, value, before in rows
    )
    parts = f'<span class="chip info">更正了 {len(said.parts)} 个标题的部分</span>'
    origin = _ORIGINS.get(record.origin, escape(record.origin))
    return (
        f'<div class="chips">{told_rows}{parts if said.parts else ""}'
        f'<span class="chip">{origin}</span><span class="chip">{escape(record.name)}</span></div>'
    )


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
    rows = [
        *(("error", "读不出", item.name, item.reason) for item in summary.failed),
        *(("warning", "跳过", item.name, item.reason) for item in summary.skipped),
        *(("ok", "新增", r.name, _known(r)) for r in summary.taken),
        *(("ok", "更新", r.name, _known(r)) for r in summary.replaced),
        *(("", "已有", r.name, _known(r)) for r in summary.unchanged),
    ]
    table = "".join(
        f'<tr><td class="tight"><span class="outcome {kind}">{label}</span></td>'
        f'<td><div>{escape(name)}</div><div class="from">{escape(reason)}</div></td></tr>'
        for kind, label, name, reason in rows[:_MOST_ROWS]
    )
    body = f'<div class="outcomes"><table class="grid"><tbody>{table}</tbody></table></div>'
    return notice(f"{told}。", kind="ok" if is_whole else "") + (body if rows else "")


def _known(record: "ReportRecord") -> str:
    year = f"{record.year}年" if record.year else "年度未认出"
    return f"{record.unit or '单位未认出'}，{year}，{record.unit_type or '类型未认出'}"


def used_html(sections: "Sequence[UsedSection]") -> str:
    """For each section of a draft the past passages it followed."""
    total = len({item.id for section in sections for item in section.passages})
    rows = "".join(
        f"<details open><summary>{escape(section.title or '开头')}"
        f'<span class="from">　{len(section.passages)} 段</span></summary>'
        f"{''.join(map(_used_html, section.passages)) or _NONE_USED}"
        "</details>"
        for section in sections
    )
    told = f"这份稿子共参考了 {total} 段往年写法。" if total else "这份稿子没有参考往年段落。"
    return f'{notice(told)}<div class="sources">{rows}</div>'


def _used_html(item: "UsedPassage") -> str:
    if item.shown is None:
        return '<div class="hit from">有一段已不在知识库里（那份总结已移除或更新）。</div>'
    passage = item.shown.passage
    return (
        f'<div class="hit"><div><span class="from">{escape(passage.unit or "（未认出单位）")} '
        f'{passage.year or ""}</span> <span class="path">{escape(item.shown.where)}</span> '
        f'<span class="chip">用了 {item.sentences} 处</span></div>'
        f"{_masked_html(item.shown.masked)}</div>"
    )
