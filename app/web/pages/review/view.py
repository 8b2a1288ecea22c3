"""HTML of the tab 审阅: the table of submissions, one draft's findings with their verdicts."""

from collections.abc import Iterable, Sequence
from html import escape

from app.core.finding import CheckResult, Finding, PartStatus, Severity
from app.core.verdict import Changes, Judgement, Verdict
from app.formats.results.check.html import part_chips, severity_chips
from app.formats.results.highlight import anchor, entry_anchor, highlight
from app.formats.results.labels import (
    PART_LABELS,
    LineIndex,
    fix_label,
    mandatory_parts,
    part_titles,
)
from app.review.results import settled
from app.review.store import Submission, SubmissionRow
from app.web.notices import empty_state

PREFIX = "review"
FILTERS = (
    ("全部文稿", "all"),
    ("有错误", "error"),
    ("缺部分", "missing"),
    ("没有判完", "open"),
    ("比上次有变化", "changed"),
)
_SIGNS = {PartStatus.PRESENT: "✓", PartStatus.THIN: "△", PartStatus.MISSING: "✗"}
_JUDGED = (Verdict.CONFIRMED, Verdict.FALSE_ALARM, Verdict.WAIVED)
EMPTY_TABLE = empty_state(
    "报送的文稿会列在这里",
    "在左边一次选多份总结（Word、PDF、文本），或把它们打成一个 zip 上传",
    "每份列出单位、年度、各部分写没写、问题有多少；点一行看这一份",
)
EMPTY_TEXT = empty_state("还没有选文稿", "在汇总表里点一行，这里显示这一份的原文")
EMPTY_LIST = empty_state("问题清单", "每一条可以判为属实、误报或豁免；再次报送时判定还在。")
EMPTY_COPIES = empty_state("还没有可比较的文稿", "上传两份以上，这里显示谁和谁雷同")
EMPTY_FIGURES = empty_state("还没有可比较的数", "五个以上单位写到同一指标时，这里列出各单位的数")


def _status_of(row: SubmissionRow) -> CheckResult:
    return CheckResult(row.path, row.profile, row.chars, (), parts=row.parts)


def _missing(row: SubmissionRow) -> int:
    required = mandatory_parts(_status_of(row))
    return sum(s is PartStatus.MISSING and k in required for k, s in row.parts.items())


def matching(rows: Iterable[SubmissionRow], words: str, wanted: str) -> list[SubmissionRow]:
    """The rows with all ``words`` in unit, file or type, and of the kind ``wanted``."""
    parts = words.split()
    return [
        row
        for row in rows
        if all(p in f"{row.label} {row.path} {row.year} {row.profile}" for p in parts)
        and _is_wanted(row, wanted)
    ]


def _is_wanted(row: SubmissionRow, wanted: str) -> bool:
    match wanted:
        case "error":
            return row.counts[Severity.ERROR] > 0
        case "missing":
            return _missing(row) > 0
        case "open":
            return row.judged < row.found
        case "changed":
            return bool(row.new or row.gone)
        case _:
            return True


def _dots(row: SubmissionRow) -> str:
    result = _status_of(row)
    titles, required = part_titles(result), mandatory_parts(result)
    dots = []
    for key, status in row.parts.items():
        is_spare = status is PartStatus.MISSING and key not in required
        label = "未写（可不写）" if is_spare else PART_LABELS[status]
        kind, sign = ("", "·") if is_spare else (f" {status.value}", _SIGNS[status])
        dots.append(f'<i class="dot{kind}" title="{escape(titles[key])}：{label}">{sign}</i>')
    short = [
        f"{titles[k]}{PART_LABELS[s]}"
        for k, s in row.parts.items()
        if s is PartStatus.THIN or (s is PartStatus.MISSING and k in required)
    ]
    told = escape("、".join(short) or "各部分都写到了")
    return f'<span role="img" aria-label="{told}">{"".join(dots)}</span>'


def _count(row: SubmissionRow, severity: Severity) -> str:
    number = row.counts[severity]
    shown = f'<span class="count {severity.value}">{number}</span>' if number else "0"
    return f'<td class="num" data-label="{severity.label}" data-value="{number}">{shown}</td>'


def _change(row: SubmissionRow) -> str:
    if row.new is None:
        return "首次"
    return f"新 {row.new}，消 {row.gone}" if row.new or row.gone else "无变化"


def _row(row: SubmissionRow) -> str:
    missing = _missing(row)
    return (
        f'<tr data-open="{row.number}"><td><button type="button" class="name">'
        f'{escape(row.label)}</button><span class="file">{escape(row.path)}</span></td>'
        f'<td class="tight" data-label="年度">{row.year or "—"}</td>'
        f'<td class="tight" data-label="类型">{escape(row.profile)}</td>'
        f'<td class="parts" data-value="{missing}">{_dots(row)}</td>'
        + "".join(_count(row, s) for s in (Severity.ERROR, Severity.WARNING, Severity.INFO))
        + f'<td class="num" data-label="已判" data-value="{row.judged}">'
        f"{row.judged}/{row.found}</td>"
        f'<td class="tight" data-label="比上次" data-value="{(row.new or 0) + (row.gone or 0)}">'
        f"{_change(row)}</td></tr>"
    )


def table_html(rows: Sequence[SubmissionRow], total: int) -> str:
    """The table of submissions; ``total`` counts those that the filter leaves out as well."""
    if not total:
        return EMPTY_TABLE
    if not rows:
        return empty_state("没有符合条件的文稿", "换一个筛选条件，或清空筛选框")
    heads = (
        ("单位 / 文件", "asc"), ("年度", "desc"), ("类型", "asc"), ("各部分", "desc"),
        ("错误", "desc"), ("警告", "desc"), ("提示", "desc"), ("已判", "asc"), ("比上次", "desc"),
    )  # fmt: skip
    head = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" data-order="{order}">{name}'
        "</button></th>"
        for name, order in heads
    )
    return (
        f'<table class="grid cards review-table" data-sortable><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(map(_row, rows))}</tbody></table>"
    )


def overview_html(rows: Sequence[SubmissionRow]) -> str:
    """How many drafts there are and what stands open."""
    if not rows:
        return '<div class="chips"><span class="chip">还没有文稿</span></div>'
    chips = "".join(
        f'<span class="chip {s.value if n else ""}">{s.label} {n}</span>'
        for s in (Severity.ERROR, Severity.WARNING, Severity.INFO)
        for n in (sum(r.counts[s] for r in rows),)
    )
    short = sum(_missing(r) > 0 for r in rows)
    judged, found = sum(r.judged for r in rows), sum(r.found for r in rows)
    return (
        f'<div class="chips"><b>共 {len(rows)} 份</b>{chips}'
        f'<span class="chip {"missing" if short else ""}">缺部分的 {short} 份</span>'
        f'<span class="chip">已判 {judged}/{found}</span></div>'
    )


def summary_html(submission: Submission) -> str:
    """One draft: what it is, what stands open after the verdicts, what changed."""
    row = submission.row
    result = settled(submission.result, submission.judgements)
    year = f"{row.year}年，" if row.year else ""
    since = ""
    if submission.changes is not None:
        changes = submission.changes
        at = changes.since[:16].replace("T", " ")
        since = (
            f'<div class="chips"><span class="chip">比上次（{escape(at)}）</span>'
            f'<span class="chip error">新出现 {len(changes.new)}</span>'
            f'<span class="chip present">已消除 {len(changes.gone)}</span>'
            f'<span class="chip">还在 {len(changes.still)}</span></div>'
        )
    return (
        f'<div class="chips"><b>{escape(row.label)}</b><span class="chip">{escape(row.path)}</span>'
        f'<span class="chip">{year}按“{escape(row.profile)}”核查，{row.chars} 字</span>'
        f"{severity_chips([result])}</div>"
        f'<div class="chips" aria-label="各部分">{part_chips(result)}</div>{since}'
    )


def text_html(submission: Submission) -> str:
    """The text with the findings marked."""
    marked = highlight(submission.document.text, submission.result.findings, prefix=PREFIX)
    return f'<div class="doc-text">{marked}</div>'


def list_html(submission: Submission) -> str:
    """One entry a finding, with its verdict and the buttons to give one."""
    index = LineIndex(submission.document.text)
    entries = "".join(
        _entry(f, n, index, submission) for n, f in enumerate(submission.result.findings, 1)
    )
    listing = (
        f'<ul class="review-list">{entries}</ul>'
        if entries
        else '<div class="notice ok" role="status">没有发现问题。</div>'
    )
    return listing + _gone(submission.changes)


def _entry(finding: Finding, number: int, index: LineIndex, submission: Submission) -> str:
    judgement = submission.judgements.get(finding.fingerprint)
    is_settled = judgement is not None and judgement.verdict.is_settled
    line = index.place(finding.span.start).line
    fix = (
        f'<div class="fix">{escape(fix_label(finding.fix))}</div>'
        if finding.fix is not None
        else ""
    )
    return (
        f'<li class="{finding.severity.value}{" settled" if is_settled else ""}" '
        f'id="{entry_anchor(PREFIX, number)}" data-finding="{escape(finding.fingerprint)}">'
        f'<div class="head"><a href="#{anchor(PREFIX, number)}"><b>{number}</b> '
        f"{finding.severity.label} · {escape(finding.rule)} · 第{line}行</a>"
        f"{_tags(finding, judgement, submission.changes)}</div>"
        f"<div>{escape(finding.message)}</div>{fix}{_buttons(judgement, number)}</li>"
    )


def _tags(finding: Finding, judgement: Judgement | None, changes: Changes | None) -> str:
    tags = ""
    if changes is not None and finding.fingerprint in changes.new:
        tags += '<span class="tag new">新出现</span>'
    if judgement is not None and judgement.verdict is not Verdict.OPEN:
        by = "，".join(x for x in (judgement.by, judgement.at[5:16].replace("T", " ")) if x)
        reason = f"：{judgement.reason}" if judgement.reason else ""
        told = escape(f"{judgement.verdict.label}{reason}（{by}）")
        tags += f'<span class="tag {judgement.verdict.value}">{told}</span>'
    return tags


def _buttons(judgement: Judgement | None, number: int) -> str:
    current = judgement.verdict if judgement is not None else Verdict.OPEN
    buttons = "".join(
        f'<button type="button" data-verdict="{v.value}" aria-pressed="'
        f'{"true" if v is current else "false"}">{v.label}</button>'
        for v in _JUDGED
    )
    if current is not Verdict.OPEN:
        buttons += '<button type="button" data-verdict="open">撤销</button>'
    reason = escape(judgement.reason) if judgement is not None else ""
    return (
        f'<div class="judge" role="group" aria-label="判定第{number}条">{buttons}'
        f'<input class="reason" type="text" maxlength="500" value="{reason}" '
        f'placeholder="理由（豁免必填）" aria-label="第{number}条的理由"></div>'
    )


def _gone(changes: Changes | None) -> str:
    if changes is None or not changes.gone:
        return ""
    rows = "".join(f"<li>{escape(told)}</li>" for told in changes.gone)
    told = f"比上次少了的问题 {len(changes.gone)} 条"
    return f"<details><summary>{told}</summary><ul>{rows}</ul></details>"
