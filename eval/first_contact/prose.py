"""Prose that professionals have edited: how often the checker blames it for what is right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.core.document import Document
from app.core.finding import Finding, Severity
from eval.cases import TextCase, clean_cases, read_text
from eval.metrics import Scope, tell_finding
from eval.report import CaseEvidence, DocumentScore, ReportTable, Section, show_share
from eval.systems import System
from eval.tally import JudgedCase, judge

# What edited prose must not be blamed for.
WATCHED = {
    "PH": Scope(("PH",), least=Severity.ERROR),
    "NU": Scope(("NU",), least=Severity.ERROR),
    "LA01": Scope(("LA01",)),
    "CO04": Scope(("CO04",)),
}
_CHARS = 10_000
_COLUMNS = ("文本", "份", "字", *WATCHED, *(f"{name}每万字" for name in WATCHED))


def prose_cases(path: Path) -> tuple[TextCase, ...]:
    """A text file, or every one of a folder, named by the folder as well.

    Raises:
        InputError: the file cannot be read, or the folder holds none.
    """
    if path.is_dir():
        cases = clean_cases(path)
        return tuple(replace(case, id=f"{path.name}/{case.id}") for case in cases)
    return (TextCase(path.name, path.name, Document(read_text(path), path=path.name)),)


def clean_section(system: System, paths: Sequence[Path]) -> Section:
    """False alarms in clean prose per 10,000 characters, by file or folder.

    Raises:
        InputError: a file cannot be read, or a folder holds no text.
    """
    groups = {path: judge(system, prose_cases(path), Scope(("",))) for path in paths}
    scored = {
        path: [j for j in tally.judged if not j.output.error] for path, tally in groups.items()
    }
    every = [j for judged in scored.values() for j in judged]
    total = _cells("合计", every)
    guilty = tuple(_cells(j.case.id, [j]) for j in every if any(_blamed(n, [j]) for n in WATCHED))
    return Section(
        title="专业编辑过的文本（PH、NU错误级，LA01、CO04警告及以上）",
        notes=("几乎都是误报；网页残留（PH02）和合订本里各年相同的话（CO04）除外。",),
        tables=(
            ReportTable(
                _COLUMNS, (*(_cells(p.name, judged) for p, judged in scored.items()), total)
            ),
            *([_rule_table(every), ReportTable(_COLUMNS, guilty)] if guilty else ()),
        ),
        evidence=(
            *(CaseEvidence(name, _lines(name, every)) for name in WATCHED),
            CaseEvidence(
                "没评成", tuple(line for tally in groups.values() for line in tally.errors)
            ),
        ),
        metrics={f"clean.{name}.per_10000": _rate(name, every) for name in WATCHED},
        scores=tuple(
            DocumentScore(
                f"clean.{name}.per_10000", j.case.id, _rate(name, [j]), float(_chars([j]))
            )
            for j in every
            for name in WATCHED
        ),
    )


def _blamed(name: str, judged: Sequence[JudgedCase]) -> list[Finding]:
    scope = WATCHED[name]
    return [f for item in judged for f in item.output.findings if scope.counts(f)]


def _lines(name: str, judged: Sequence[JudgedCase]) -> tuple[str, ...]:
    return tuple(tell_finding(j.case, f) for j in judged for f in _blamed(name, [j]))


def _chars(judged: Sequence[JudgedCase]) -> int:
    return sum(len(item.case.document.text) for item in judged)


def _rate(name: str, judged: Sequence[JudgedCase]) -> float | None:
    chars = _chars(judged)
    return _CHARS * len(_blamed(name, judged)) / chars if chars else None


def _cells(title: str, judged: Sequence[JudgedCase]) -> tuple[str, ...]:
    counts = (str(len(_blamed(name, judged))) for name in WATCHED)
    rates = (show_share(_rate(name, judged)) for name in WATCHED)
    return (title, str(len(judged)), f"{_chars(judged):,}", *counts, *rates)


def _rule_table(judged: Sequence[JudgedCase]) -> ReportTable:
    counts = Counter(f.rule for name in WATCHED for f in _blamed(name, judged))
    return ReportTable(
        ("规则", "发现"), tuple((code, str(n)) for code, n in sorted(counts.items()))
    )
