"""Strangers' sentences and reports as the checker reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.document import Document
from app.core.errors import InputError
from eval.cases import Label, TextCase, corpus_cases, read_text
from eval.metrics import MatchedLabel, Matching, Output, Scope
from eval.report import CaseEvidence, DocumentScore, Pool, ReportTable, Section, show_share
from eval.systems import System
from eval.tally import JudgedCase, Tally, judge

# What is told at all: every rule, warnings and errors. A hint costs nobody anything.
TOLD = Scope(("",))
# A sentence or a passage is no report: that parts, title or signature are missing is no defect.
OF_WHOLE_REPORTS = frozenset({"ST01", "ST02", "ST04", "ST05"})
_NONE = "-"


def read_sentences(path: Path) -> tuple[TextCase, ...]:
    r"""The lines ``rule<tab>text`` of a file, with ``\n`` in the text for a line break.

    ``-`` says that nothing is wrong, ``A|B`` that either rule is right, ``A,B`` that both must
    fire.

    Raises:
        InputError: the file cannot be read, or a line is no such line.
    """
    cases = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        codes, _, text = line.partition("\t")
        if not (codes.strip() and text.strip()):
            raise InputError(
                f"{path} 第{number}行应是“规则代码或-”、制表符、正文，请照 docs/eval.md 改正。"
            )
        text = text.replace("\\n", "\n")
        wanted = () if codes.strip() == _NONE else codes.split(",")
        labels = tuple(
            Label(tuple(code.strip() for code in one.split("|")), quote=text.replace("\n", "⏎"))
            for one in wanted
        )
        cases.append(TextCase(f"第{number}行", path.name, Document(text), labels))
    if not cases:
        raise InputError(f"{path} 是空的，请写入句子，或去掉这个文件。")
    return tuple(cases)


def match_anywhere(case: TextCase, output: Output, scope: Scope) -> Matching:
    """A label is found where any of its rules fires, wherever in the text.

    In a text that has a defect other findings are not judged: one wrong figure often makes
    several rules speak. In one that has none every finding is a false alarm, but for what only a
    whole report can lack.
    """
    findings = [f for f in output.findings if scope.counts(f)]
    first = {f.rule: f for f in reversed(findings)}
    hits, missed = [], []
    for label in case.labels:
        found = next((first[code] for code in label.rules if code in first), None)
        if found is None:
            missed.append(label)
        else:
            hits.append(MatchedLabel(label, found))
    wanted = {code for label in case.labels for code in label.rules}
    alarms = () if case.labels else [f for f in findings if f.rule not in OF_WHOLE_REPORTS]
    right = tuple(f for f in findings if f.rule in wanted)
    return Matching(tuple(hits), tuple(missed), right, tuple(alarms))


@dataclass(frozen=True, slots=True)
class Halves:
    """The texts that have a defect and those that have none; a crash leaves a text unscored."""

    defective: Tally
    sound: Tally
    errors: tuple[str, ...]

    @property
    def labels(self) -> int:
        """Defects there are."""
        return sum(row.labels for row in self.defective.rules().values())

    @property
    def hits(self) -> int:
        """Defects that were found."""
        return sum(row.hits for row in self.defective.rules().values())

    @property
    def false_findings(self) -> int:
        """Findings in sound texts."""
        return sum(row.wrong for row in self.sound.rules().values())

    def rule_table(self) -> ReportTable:
        """Per rule: what it found of its defects, and its false alarms in sound texts."""
        defective, sound = self.defective.rules(), self.sound.rules()
        rows = []
        for code in sorted({*defective, *sound}):
            row = defective.get(code)
            labels, hits = (row.labels, row.hits) if row else (0, 0)
            wrong = sound[code].wrong if code in sound else 0
            if labels or wrong:
                share = hits / labels if labels else None
                rows.append((code, str(labels), str(hits), show_share(share), str(wrong)))
        total = (str(self.labels), str(self.hits), show_share(self.defective.recall))
        rows.append(("合计", *total, str(self.false_findings)))
        return ReportTable(("规则", "缺陷", "找到", "召回率", "误报"), tuple(rows))


def halve(tally: Tally) -> Halves:
    """A tally parted by whether the texts have a defect."""
    scored = [j for j in tally.judged if not j.output.error]
    return Halves(
        Tally(tuple(j for j in scored if j.case.labels), tally.scope),
        Tally(tuple(j for j in scored if not j.case.labels), tally.scope),
        tally.errors,
    )


def sentences_section(system: System, path: Path) -> Section:
    """Single sentences and passages: found or not, falsely alarmed or not.

    Raises:
        InputError: the file cannot be read.
    """
    halves = halve(judge(system, read_sentences(path), TOLD, matcher=match_anywhere))
    wrong, right = halves.defective.judged, halves.sound.judged
    found = [not j.matching.missed for j in wrong]
    alarmed = [bool(j.matching.false_alarms) for j in right]
    return Section(
        title=f"句子：{path.name}",
        notes=(
            f"有错的{len(wrong)}句，找到{sum(found)}句；"
            f"没错的{len(right)}句，误报{sum(alarmed)}句。",
        ),
        tables=(halves.rule_table(),),
        evidence=(
            halves.defective.missed(),
            halves.sound.wrong(),
            CaseEvidence("没评成", halves.errors),
        ),
        metrics={
            "sentences.found": _share(found),
            "sentences.false_alarms": _share(alarmed),
        },
        scores=(
            *_scores("sentences.found", wrong, found),
            *_scores("sentences.false_alarms", right, alarmed),
        ),
    )


def _share(told: Sequence[bool]) -> float | None:
    return sum(told) / len(told) if told else None


def _scores(
    metric: str, judged: Sequence[JudgedCase], told: Sequence[bool]
) -> tuple[DocumentScore, ...]:
    return tuple(
        DocumentScore(metric, item.case.id, float(value))
        for item, value in zip(judged, told, strict=True)
    )


def reports_section(system: System, folder: Path) -> Section:
    """Whole reports, with defects at known places or with none.

    Raises:
        InputError: the reports or their labels cannot be read.
    """
    halves = halve(judge(system, corpus_cases(folder), TOLD))
    planted, clean = halves.defective, halves.sound
    others = sum(len(j.matching.false_alarms) for j in planted.judged)
    return Section(
        title=f"报告：{folder.name}",
        notes=(
            f"有错的{len(planted.judged)}份共{halves.labels}处，找到{halves.hits}处；"
            f"没错的{len(clean.judged)}份，误报{halves.false_findings}处。"
            f"有错的各份里标注之外的发现{others}处，不计对错。",
        ),
        tables=(halves.rule_table(),),
        evidence=(
            planted.missed(),
            clean.wrong(title="没错的报告里的误报"),
            planted.wrong(title="有错的报告里标注之外的发现"),
            CaseEvidence("没评成", halves.errors),
        ),
        metrics={
            "reports.recall": planted.recall,
            "reports.findings": float(halves.false_findings) if clean.judged else None,
        },
        scores=(
            *(s for s in planted.document_scores("reports") if s.metric == "reports.recall"),
            *(
                DocumentScore(
                    "reports.findings",
                    j.case.id,
                    float(len(j.matching.false_alarms)),
                    pool=Pool.SUM,
                )
                for j in clean.judged
            ),
        ),
    )
