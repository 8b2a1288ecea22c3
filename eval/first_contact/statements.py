"""Statements over strangers' fact sheets: are the true ones let stand and the false ones seen?

They are asked twice: as text that ``check --facts`` reads, and as a model's answer in drafting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.checking.engine import run_rules
from app.core.document import Span
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.core.finding import Finding
from app.drafting.model.post_editor import PostEditor
from app.drafting.prose.composer import Composer
from eval.cases import read_json_lines
from eval.draft_systems import sheet_context
from eval.first_contact.sheets import Tried
from eval.metrics import Scope, touch
from eval.report import CaseEvidence, DocumentScore, ReportTable, Section, show_share

# Facts that go untold are no fault of a single statement.
_UNTOLD = "SO02"
_SOURCED = Scope(("SO",))
_SUPPORTED, _UNSUPPORTED = "supported", "unsupported"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement over a sheet. ``probe`` is what is false in it, ``None`` where nothing is."""

    id: str
    sheet: str
    kind: str
    text: str
    probe: Span | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A statement with what the checker said and what drafting left of it.

    ``is_right_checked`` and ``is_right_drafted``: the true statement stood, the false one fell.
    """

    statement: Statement
    findings: tuple[Finding, ...]
    is_right_checked: bool
    is_right_drafted: bool


def read_statements(path: Path) -> tuple[Statement, ...]:
    """The statements of a JSON-lines file.

    Raises:
        InputError: the file cannot be read, or a line lacks something.
    """
    statements = []
    for number, row in enumerate(read_json_lines(path), start=1):
        try:
            text = str(row["text"])
            probe = _probe(text, row["verdict"], row.get("probe"))
            sheet, kind = str(row["sheet"]), str(row["kind"])
            statements.append(Statement(f"第{number}条", sheet, kind, text, probe))
        except (KeyError, ValueError) as error:
            raise InputError(
                f"{path} 第{number}条要有 sheet、kind、text 和 verdict（supported、unsupported），"
                "unsupported 的 probe 须是原文里的字，请改正。"
            ) from error
    return tuple(statements)


def _probe(text: str, verdict: object, probe: object) -> Span | None:
    """Where the falsehood stands.

    Raises:
        ValueError: the verdict is none, or there is no such place.
    """
    if verdict == _SUPPORTED:
        return None
    if verdict != _UNSUPPORTED or not probe:
        raise ValueError(verdict)
    start = text.index(str(probe))
    return Span(start, start + len(str(probe)))


def sourced_findings(text: str, sheet: FactSheet) -> tuple[Finding, ...]:
    """What ``check --facts`` says of a text: figures, claims and facts it cannot source."""
    findings = run_rules(sheet_context(text, sheet))
    return tuple(f for f in findings if _SOURCED.counts(f) and f.rule != _UNTOLD)


def drafted_text(text: str, sheet: FactSheet) -> str:
    """What is left of a text where a model gives it as its answer.

    The answer goes on with the facts it speaks of in the composer's words, so that no sentence is
    replaced only because it tells half of a fact; what is left of these is not returned.
    """
    composer = Composer(sheet)
    facts = PostEditor(sheet, sheet.facts, composer).facts_of(text)
    rest = [sentence.text for sentence in composer.sentences_for(facts)]
    mended = PostEditor(sheet, facts, composer).mend(text + "".join(rest))
    return "".join(s.text for s in mended.sentences if s.text not in rest or s.text in text)


def answer(statement: Statement, sheet: FactSheet) -> Answered:
    """Ask checker and drafting about one statement."""
    findings = sourced_findings(statement.text, sheet)
    left = drafted_text(statement.text, sheet)
    probe = statement.probe
    if probe is None:
        return Answered(statement, findings, not findings, statement.text in left)
    is_caught = any(touch(f.span, probe) for f in findings)
    return Answered(statement, findings, is_caught, probe.of(statement.text) not in left)


def statements_section(path: Path, tried: Sequence[Tried]) -> Section:
    """True statements kept and false ones caught; those over no readable sheet are unscored.

    Raises:
        InputError: the statements cannot be read.
    """
    sheets = {item.name: item.sheet for item in tried if item.sheet}
    statements = read_statements(path)
    answered = [answer(s, sheets[s.sheet]) for s in statements if s.sheet in sheets]
    true = [a for a in answered if a.statement.probe is None]
    false = [a for a in answered if a.statement.probe is not None]
    missing = [
        f"{s.id}：要点表 {s.sheet} 没有或读不了" for s in statements if s.sheet not in sheets
    ]
    columns = ("句", "核查对", "占比", "起草对", "占比")
    return Section(
        title=f"说法：{path.name}",
        notes=(
            f"有依据的{len(true)}句，核查放过{_checked(true)}句，起草原样留下{_drafted(true)}句；"
            f"没依据的{len(false)}句，核查指出{_checked(false)}句，起草去掉{_drafted(false)}句。",
        ),
        tables=(
            ReportTable(("有依据", *columns), _rows(true)),
            ReportTable(("没依据", *columns), _rows(false)),
        ),
        evidence=(*_evidence(true, false), CaseEvidence("没评成", tuple(missing))),
        metrics={metric: _share(told) for metric, told in _told(true, false).items()},
        scores=tuple(
            DocumentScore(metric, document, float(is_right))
            for metric, told in _told(true, false).items()
            for document, is_right in told.items()
        ),
    )


def _checked(answered: Sequence[Answered]) -> int:
    return sum(a.is_right_checked for a in answered)


def _drafted(answered: Sequence[Answered]) -> int:
    return sum(a.is_right_drafted for a in answered)


def _told(true: Sequence[Answered], false: Sequence[Answered]) -> dict[str, dict[str, bool]]:
    """By metric and statement whether the answer was right."""
    return {
        "statements.kept": {a.statement.id: a.is_right_checked for a in true},
        "statements.caught": {a.statement.id: a.is_right_checked for a in false},
        "drafted.kept": {a.statement.id: a.is_right_drafted for a in true},
        "drafted.caught": {a.statement.id: a.is_right_drafted for a in false},
    }


def _share(told: Mapping[str, bool]) -> float | None:
    return sum(told.values()) / len(told) if told else None


def _rows(answered: Sequence[Answered]) -> tuple[tuple[str, ...], ...]:
    kinds = dict.fromkeys(a.statement.kind for a in answered)
    rows = [_cells(kind, [a for a in answered if a.statement.kind == kind]) for kind in kinds]
    return (*rows, _cells("合计", answered))


def _cells(title: str, answered: Sequence[Answered]) -> tuple[str, ...]:
    size = len(answered)
    checked, drafted = _checked(answered), _drafted(answered)
    shares = [show_share(n / size if size else None) for n in (checked, drafted)]
    return (title, str(size), str(checked), shares[0], str(drafted), shares[1])


def _evidence(true: Sequence[Answered], false: Sequence[Answered]) -> tuple[CaseEvidence, ...]:
    return (
        CaseEvidence(
            "有依据却被核查指出",
            tuple(
                f"{_tell(a)}：{f.rule}：{f.quote}：{f.message}" for a in true for f in a.findings
            ),
        ),
        CaseEvidence("没依据却没被指出", tuple(_tell(a) for a in false if not a.is_right_checked)),
        CaseEvidence("有依据却没原样留下", tuple(_tell(a) for a in true if not a.is_right_drafted)),
        CaseEvidence(
            "没依据却留在稿子里", tuple(_tell(a) for a in false if not a.is_right_drafted)
        ),
    )


def _tell(answered: Answered) -> str:
    statement = answered.statement
    text, probe = statement.text, statement.probe
    if probe is not None:
        text = f"{text[: probe.start]}⟦{probe.of(text)}⟧{text[probe.end :]}"
    told = text.replace("\n", "⏎")
    return f"{statement.id}：{statement.sheet}：{statement.kind}：{told}"
