"""Runs as one HTML file that stands alone: no script, font, style or image from elsewhere."""

from collections.abc import Iterable, Sequence
from html import escape
from string import Template

from eval.gating import GateStatus, TaskRun
from eval.naming import reason_of, title_of
from eval.plots import plot_gates, plot_points
from eval.report import Evidence, Section, Table

_FIRST = 12
_MOST = 200

EVAL_CSS = """
.evalr{color:#1f2933;line-height:1.65;font-size:.95rem}
.evalr h2{font-size:1.16rem;font-weight:700;margin:22px 0 6px;color:#16365f}
.evalr article:first-child h2{margin-top:4px}
.evalr h3{font-size:1.02rem;font-weight:700;margin:18px 0 4px}
.evalr h4{font-size:.95rem;font-weight:600;margin:10px 0 2px}
.evalr .about{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 14px;
 font-size:.86rem;color:#46515e;margin:6px 0;overflow-wrap:anywhere}
.evalr .about dt{font-weight:600}
.evalr .about dd{margin:0}
.evalr .verdict{border-radius:6px;padding:8px 14px;margin:8px 0;border:1px solid}
.evalr .verdict.ok{background:#eef8f1;color:#1c5f37;border-color:#c3e3cf}
.evalr .verdict.bad{background:#fdf0f0;color:#8d1f1f;border-color:#f0c4c4}
.evalr .verdict ul{margin:4px 0 0;padding-left:1.3em}
.evalr .scroll{overflow-x:auto;margin:6px 0}
.evalr table{border-collapse:collapse;font-size:.86rem;background:#fff}
.evalr th,.evalr td{border:1px solid #dde3ea;padding:3px 9px;text-align:right;white-space:nowrap}
.evalr th:first-child,.evalr td:first-child{text-align:left}
.evalr th{background:#f3f6fa;font-weight:600}
.evalr tr.sum td{font-weight:600;background:#f8fafc}
.evalr tr.red td{background:#fdf0f0;color:#8d1f1f}
.evalr .plots{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}
.evalr figure{box-sizing:border-box;margin:8px 0;width:fit-content;max-width:100%;
 overflow-x:auto;background:#fff;border:1px solid #dde3ea;border-radius:8px;padding:10px}
.evalr figcaption{font-size:.84rem;color:#46515e;margin-bottom:4px}
.evalr svg{display:block;
 font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
.evalr svg .axis{font-size:11px;fill:#5b6775}
.evalr svg .label{font-size:12px;fill:#1f2933}
.evalr svg .grid{stroke:#e5e9ef}
.evalr svg .move{stroke:#8fb3da;stroke-width:2}
.evalr svg .bound{stroke:#b91c1c;stroke-width:2}
.evalr svg .was{fill:#fff;stroke:#64748b;stroke-width:1.5}
.evalr svg .now{fill:#1f4e8c}
.evalr svg .red{fill:#b91c1c}
.evalr svg .dot{fill:#1f4e8c;fill-opacity:.55;stroke:#16365f}
.evalr ol.worst{margin:4px 0 8px;padding-left:2em;font-size:.9rem}
.evalr ol.worst li{overflow-wrap:anywhere;margin:2px 0}
.evalr mark{background:#fee2e2;color:inherit;box-shadow:inset 0 -2px 0 #dc2626;padding:0 1px}
.evalr summary{cursor:pointer;color:#1b4276}
"""

_PAGE_CSS = """
body{margin:0;background:#f4f5f7;font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",
 "Source Han Sans SC",sans-serif}
main{max-width:1180px;margin:0 auto;padding:18px 24px 40px}
h1{font-size:1.35rem;margin:8px 0}
@media (max-width:700px){main{padding:10px 12px 30px}}
"""

_PAGE = Template("""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>评测结果</title>
<style>${css}</style>
</head>
<body>
<main>
<h1>评测结果</h1>
${body}
</main>
</body>
</html>
""")


def _marked(line: str) -> str:
    """Words in ⟦⟧ highlighted."""
    return escape(line).replace("⟦", "<mark>").replace("⟧", "</mark>")


def _cells(row: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row)


def _table(table: Table) -> str:
    head = f"<tr>{_cells(table.columns, 'th')}</tr>"
    rows = "".join(
        f'<tr class="{"sum" if row[:1] == ("合计",) else ""}">{_cells(row, "td")}</tr>'
        for row in table.rows
    )
    return f'<div class="scroll" tabindex="0"><table>{head}{rows}</table></div>'


def _listing(lines: Iterable[str]) -> str:
    return f'<ol class="worst">{"".join(f"<li>{_marked(line)}</li>" for line in lines)}</ol>'


def _evidence(evidence: Evidence) -> str:
    lines = evidence.lines
    if not lines:
        return ""
    title = f"<h4>{escape(evidence.title)}（{len(lines)}）</h4>"
    rest = lines[_FIRST:_MOST]
    more = ""
    if rest:
        left = len(lines) - _FIRST - len(rest)
        note = f"<p>其余{left}条见 JSON 文件。</p>" if left else ""
        more = f"<details><summary>再看{len(rest)}条</summary>{_listing(rest)}{note}</details>"
    return title + _listing(lines[:_FIRST]) + more


def _section(section: Section) -> str:
    notes = "".join(f"<p>{escape(note)}</p>" for note in section.notes)
    plot = plot_points(section.points)
    figure = (
        "<figure><figcaption>每条规则一个点，点的大小是缺陷数；把鼠标停在点上看名称。</figcaption>"
        f"{plot}</figure>"
        if plot
        else ""
    )
    tables = "".join(map(_table, section.tables))
    evidence = "".join(map(_evidence, section.evidence))
    return f"<section><h3>{escape(section.title)}</h3>{notes}{figure}{tables}{evidence}</section>"


def _verdict(item: TaskRun) -> str:
    if not item.gates:
        return ""
    if not item.red:
        return f'<div class="verdict ok">{len(item.gates)}道闸门全部通过。</div>'
    rows = "".join(
        f"<li>{escape(reason_of(g.metric, g.reason))}</li>" for g in item.gates if g.reason
    )
    return (
        f'<div class="verdict bad">{len(item.gates)}道闸门里{len(item.red)}道未过：'
        f"<ul>{rows}</ul></div>"
    )


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.4g}"


def _gate_rows(gates: Sequence[GateStatus]) -> str:
    rows = "".join(
        f'<tr class="{"red" if g.reason else ""}">'
        + _cells(
            (
                title_of(g.metric),
                _shown(g.committed),
                _shown(g.value),
                ("不超过 " if g.is_ceiling else "不低于 ") + _shown(g.bound),
            ),
            "td",
        )
        + "</tr>"
        for g in sorted(gates, key=lambda g: (not g.reason, g.metric))
    )
    head = f"<tr>{_cells(('闸门', '基准', '本次', '要求'), 'th')}</tr>"
    return (
        f"<details><summary>全部{len(gates)}道闸门</summary>"
        f'<div class="scroll"><table>{head}{rows}</table></div></details>'
    )


def _task(item: TaskRun) -> str:
    about = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in item.run.about.items()
    )
    plot = plot_gates(item.gates)
    figure = (
        "<figure><figcaption>空心圈是基准，实心点是本次，竖线是闸门；离闸门最近的排在前面。"
        f"</figcaption>{plot}</figure>"
        if plot
        else ""
    )
    gates = figure + _gate_rows(item.gates) if item.gates else ""
    sections = "".join(map(_section, item.run.sections))
    return (
        f"<article><h2>评测：{escape(item.run.task)}</h2>{_verdict(item)}"
        f'<dl class="about">{about}</dl>{gates}{sections}</article>'
    )


def _summary(items: Sequence[TaskRun]) -> str:
    """One line a task, for who wants to know only whether all is well."""
    rows = "".join(
        f'<tr class="{"red" if item.red else ""}">'
        + _cells(
            (item.run.task, str(len(item.gates)), str(len(item.red)), _outcome(item)),
            "td",
        )
        + "</tr>"
        for item in items
    )
    head = f"<tr>{_cells(('评测', '闸门', '未过', '结论'), 'th')}</tr>"
    return f'<div class="scroll"><table>{head}{rows}</table></div>'


def _outcome(item: TaskRun) -> str:
    if not item.gates:
        return "没有适用的闸门"
    return "未通过" if item.red else "通过"


def render_fragment(items: Sequence[TaskRun]) -> str:
    """The runs as a piece of a page that has ``EVAL_CSS``."""
    summary = _summary(items) if len(items) > 1 else ""
    return f'<div class="evalr">{summary}{"".join(map(_task, items))}</div>'


def render_html(items: Sequence[TaskRun]) -> str:
    """The runs as a whole page."""
    return _PAGE.substitute(css=_PAGE_CSS + EVAL_CSS, body=render_fragment(items))
