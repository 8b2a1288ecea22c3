"""Adding up matchings: per rule, per group, in total."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from app.core.finding import Severity
from eval.cases import TextCase
from eval.metrics import (
    Matching,
    Output,
    Scope,
    f_one,
    false_alarms,
    match,
    pool,
    precision,
    recall,
    tell_finding,
    tell_label,
)
from eval.report import CaseEvidence, DocumentScore, PlotPoint, ReportTable, show_share
from eval.systems import System

Matcher = Callable[[TextCase, Output, Scope], Matching]


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case, what the system said, and what is right about it."""

    case: TextCase
    output: Output
    matching: Matching


@dataclass(slots=True)
class _Row:
    labels: int = 0
    hits: int = 0
    right: int = 0
    wrong: int = 0

    def add(self, matching: Matching) -> None:
        self.hits += len(matching.hits)
        self.labels += len(matching.hits) + len(matching.missed)
        self.right += len(matching.right)
        self.wrong += len(matching.false_alarms)

    @property
    def recall(self) -> float | None:
        return self.hits / self.labels if self.labels else None

    @property
    def precision(self) -> float | None:
        told = self.right + self.wrong
        return self.right / told if told else None

    def cells(self) -> tuple[str, ...]:
        return (
            str(self.labels),
            str(self.hits),
            show_share(self.recall),
            str(self.right + self.wrong),
            str(self.wrong),
            show_share(self.precision),
            show_share(f_one(self.recall, self.precision)),
        )


COLUMNS = ("缺陷", "找到", "召回率", "发现", "误报", "准确率", "F1")


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything judged on one data set."""

    judged: tuple[JudgedCase, ...]
    scope: Scope = field(default_factory=lambda: Scope(("",)))

    @property
    def recall(self) -> float | None:
        """Over all labels."""
        return pool(recall(j.case, j.matching) for j in self.judged).value

    @property
    def precision(self) -> float | None:
        """Over all findings that count."""
        return pool(precision(j.case, j.matching) for j in self.judged).value

    @property
    def false_per_1000(self) -> float | None:
        """False alarms per 1,000 characters."""
        return pool(false_alarms(j.case, j.matching) for j in self.judged).value

    @property
    def errors(self) -> tuple[str, ...]:
        """Cases the system failed on."""
        return tuple(f"{j.case.id}：{j.output.error}" for j in self.judged if j.output.error)

    def missed(self) -> CaseEvidence:
        """Every label that was not found, those of the worst rules first."""
        rows = self.rules()
        items = [
            (rows[label.rules[0]].recall or 0.0, tell_label(j.case, label))
            for j in self.judged
            for label in j.matching.missed
        ]
        return CaseEvidence("漏报", tuple(line for _, line in sorted(items)))

    def wrong(self, *, least: Severity = Severity.INFO, title: str = "误报") -> CaseEvidence:
        """Every false alarm, the gravest first."""
        items = [
            (-f.severity.rank, tell_finding(j.case, f))
            for j in self.judged
            for f in j.matching.false_alarms
            if f.severity.rank >= least.rank
        ]
        return CaseEvidence(title, tuple(line for _, line in sorted(items)))

    def rules(self) -> dict[str, _Row]:
        """A row for each rule: a label belongs to the rule that found it, else to its first."""
        rows: dict[str, _Row] = {}

        def row(code: str) -> _Row:
            return rows.setdefault(code, _Row())

        for item in self.judged:
            for hit in item.matching.hits:
                row(hit.finding.rule).labels += 1
                row(hit.finding.rule).hits += 1
            for label in item.matching.missed:
                row(label.rules[0]).labels += 1
            for finding in item.matching.right:
                row(finding.rule).right += 1
            for finding in item.matching.false_alarms:
                row(finding.rule).wrong += 1
        return dict(sorted(rows.items()))

    def groups(self) -> dict[str, _Row]:
        """A row for each group of cases, in the order they come."""
        rows: dict[str, _Row] = {}
        for item in self.judged:
            rows.setdefault(item.case.group, _Row()).add(item.matching)
        return rows

    def rule_table(self) -> ReportTable:
        """Per rule and in total."""
        rows = [(code, *row.cells()) for code, row in self.rules().items()]
        return ReportTable(("规则", *COLUMNS), (*rows, self._total()))

    def group_table(self, heading: str, titles: dict[str, str] | None = None) -> ReportTable:
        """Per group and in total."""
        names = titles or {}
        rows = [(names.get(g, g), *row.cells()) for g, row in self.groups().items()]
        return ReportTable((heading, *COLUMNS), (*rows, self._total()))

    def points(self) -> tuple[PlotPoint, ...]:
        """Each rule's place in the plot of precision over recall."""
        return tuple(
            PlotPoint(code, row.recall, row.precision, row.labels)
            for code, row in self.rules().items()
            if row.recall is not None and row.precision is not None
        )

    def keep(self, wanted: Callable[[TextCase], bool]) -> "Tally":
        """Only the cases that ``wanted`` accepts."""
        return Tally(tuple(j for j in self.judged if wanted(j.case)), self.scope)

    def document_scores(
        self, prefix: str, *, rate: str = "extra_per_1000"
    ) -> tuple[DocumentScore, ...]:
        """Recall (in all and by rule), precision and false alarms of each report."""
        groups: dict[str, list[JudgedCase]] = {}
        for item in self.judged:
            groups.setdefault(document_of(item.case), []).append(item)
        return tuple(
            score
            for document, items in sorted(groups.items())
            for score in _scores_of(prefix, rate, document, items)
        )

    def _total(self) -> tuple[str, ...]:
        return ("合计", *self.total_cells())

    def total_cells(self) -> tuple[str, ...]:
        """The figures under ``COLUMNS`` over all cases."""
        total = _Row()
        for item in self.judged:
            total.add(item.matching)
        return total.cells()

    def rule_recalls(self, prefix: str) -> dict[str, float | None]:
        """A metric for each rule that has labels."""
        return {
            f"{prefix}.{code}.recall": row.recall
            for code, row in self.rules().items()
            if row.labels
        }


def document_of(case: TextCase) -> str:
    """The report a case was made from: mutants of one report are no independent documents."""
    parts = case.id.split("/")
    return parts[2] if len(parts) > 2 else case.id


def _scores_of(
    prefix: str, rate: str, document: str, items: Sequence[JudgedCase]
) -> list[DocumentScore]:
    if any(item.output.error for item in items):
        return [DocumentScore(f"{prefix}.{name}", document, None) for name in ("recall", rate)]
    parts = {
        "recall": pool(recall(j.case, j.matching) for j in items),
        "precision": pool(precision(j.case, j.matching) for j in items),
        rate: pool(false_alarms(j.case, j.matching) for j in items),
    }
    told = [
        DocumentScore(f"{prefix}.{name}", document, score.value, float(score.units))
        for name, score in parts.items()
        if score.value is not None
    ]
    by_rule: dict[str, list[int]] = {}
    for item in items:
        for hit in item.matching.hits:
            by_rule.setdefault(hit.label.rules[0], []).append(1)
        for label in item.matching.missed:
            by_rule.setdefault(label.rules[0], []).append(0)
    told += [
        DocumentScore(f"{prefix}.{code}.recall", document, sum(v) / len(v), float(len(v)))
        for code, v in sorted(by_rule.items())
    ]
    return told


def judge(
    system: System,
    cases: Iterable[TextCase],
    scope: Scope,
    *,
    matcher: Matcher = match,
    done: Callable[[str], None] = lambda _: None,
) -> Tally:
    """Run a system over cases."""
    judged = []
    for case in cases:
        output = system.run(case)
        judged.append(JudgedCase(case, output, matcher(case, output, scope)))
        done(case.id)
    return Tally(tuple(judged), scope)


def rejudge(tally: Tally, keep: Callable[[str], bool], *, matcher: Matcher = match) -> Tally:
    """The same outputs as if only the rules that ``keep`` accepts had run."""
    judged: Sequence[JudgedCase] = tally.judged
    again = []
    for item in judged:
        kept = tuple(f for f in item.output.findings if keep(f.rule))
        output = Output(kept, item.output.error)
        again.append(JudgedCase(item.case, output, matcher(item.case, output, tally.scope)))
    return Tally(tuple(again), tally.scope)
