"""HTML of the tab 审阅: the table of submissions, one draft's findings with their verdicts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.finding import CheckResult, Finding, PartStatus, Severity
from app.core.verdict import Judgement, Verdict
from app.formats.rendering import render
from app.formats.results.highlight import marked_lines
from app.formats.results.labels import (
    PART_LABELS,
    PART_SIGNS,
    SEVERITIES,
    LineIndex,
    mandatory_parts,
    part_titles,
)
from app.review.results import settled
from app.review.store import Submission, SubmissionRow
from app.web.notices import chips, empty_state

PREFIX = "review"
_FILE = "web/review.html"
FILTERS = (
    ("全部文稿", "all"),
    ("有错误", "error"),
    ("缺部分", "missing"),
    ("没有判完", "open"),
    ("比上次有变化", "changed"),
)
_JUDGED = (Verdict.CONFIRMED, Verdict.FALSE_ALARM, Verdict.WAIVED)
_NOT_JUDGED = Judgement(0, Verdict.OPEN)
_SHORT = (PartStatus.THIN, PartStatus.MISSING)
EMPTY_TABLE = empty_state(
    "报送的文稿会列在这里",
    "在左边一次选多份总结（Word、PDF、文本），或把它们打成一个 zip 上传",
    "每份列出单位、年度、各部分写没写、问题有多少；点一行看这一份",
)
EMPTY_TEXT = empty_state("还没有选文稿", "在汇总表里点一行，这里显示这一份的原文")
EMPTY_LIST = empty_state("问题清单", "每一条可以判为属实、误报或豁免；再次报送时判定还在。")
EMPTY_COPIES = empty_state("还没有可比较的文稿", "上传两份以上，这里显示谁和谁雷同")
EMPTY_FIGURES = empty_state("还没有可比较的数", "五个以上单位写到同一指标时，这里列出各单位的数")


@dataclass(frozen=True, slots=True)
class _Dot:
    """One part of a draft; ``kind`` is empty where it need not be written."""

    kind: str
    title: str
    label: str
    sign: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One submission of the table; ``short`` names the parts that are missing or thin."""

    row: SubmissionRow
    missing: int
    dots: tuple[_Dot, ...]
    short: str

    @property
    def counts(self) -> tuple[tuple[Severity, int], ...]:
        return tuple((s, self.row.counts[s]) for s in SEVERITIES)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One finding with the verdict on it."""

    finding: Finding
    line: int
    judgement: Judgement

    @property
    def is_judged(self) -> bool:
        return self.judgement.verdict is not Verdict.OPEN

    @property
    def by(self) -> str:
        at = self.judgement.at[5:16].replace("T", " ")
        return "，".join(x for x in (self.judgement.by, at) if x)


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


def _dot(key: str, status: PartStatus, titles: dict[str, str], required: frozenset[str]) -> _Dot:
    if status is PartStatus.MISSING and key not in required:
        return _Dot("", titles[key], "未写（可不写）", "·")
    return _Dot(status.value, titles[key], PART_LABELS[status], PART_SIGNS[status])


def _line(row: SubmissionRow) -> _Line:
    result = _status_of(row)
    titles, required = part_titles(result), mandatory_parts(result)
    dots = tuple(_dot(key, status, titles, required) for key, status in row.parts.items())
    short = "、".join(f"{d.title}{d.label}" for d in dots if d.kind in _SHORT)
    return _Line(row, sum(d.kind == PartStatus.MISSING for d in dots), dots, short)


def table_html(rows: Sequence[SubmissionRow], total: int) -> str:
    """The table of submissions; ``total`` counts those that the filter leaves out as well."""
    if not total:
        return EMPTY_TABLE
    if not rows:
        return empty_state("没有符合条件的文稿", "换一个筛选条件，或清空筛选框")
    return render(_FILE, "table", rows=map(_line, rows))


def overview_html(rows: Sequence[SubmissionRow]) -> str:
    """How many drafts there are and what stands open."""
    if not rows:
        return chips("还没有文稿")
    return render(
        _FILE,
        "overview",
        total=len(rows),
        counts=[(s, sum(r.counts[s] for r in rows)) for s in SEVERITIES],
        short=sum(_missing(r) > 0 for r in rows),
        judged=sum(r.judged for r in rows),
        found=sum(r.found for r in rows),
    )


def summary_html(submission: Submission) -> str:
    """One draft: what it is, what stands open after the verdicts, what changed."""
    result = settled(submission.result, submission.judgements)
    return render(_FILE, "summary", row=submission.row, result=result, changes=submission.changes)


def text_html(submission: Submission) -> str:
    """The text with the findings marked."""
    lines = marked_lines(submission.document.text, submission.result.findings)
    return render("web/check.html", "text", lines=lines, prefix=PREFIX)


def list_html(submission: Submission) -> str:
    """One entry a finding, with its verdict and the buttons to give one."""
    index = LineIndex(submission.document.text)
    entries = [
        _Entry(
            f,
            index.place(f.span.start).line,
            submission.judgements.get(f.fingerprint, _NOT_JUDGED),
        )
        for f in submission.result.findings
    ]
    return render(
        _FILE,
        "listing",
        entries=entries,
        changes=submission.changes,
        prefix=PREFIX,
        verdicts=_JUDGED,
    )
