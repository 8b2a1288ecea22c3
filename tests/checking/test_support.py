"""Drafts against their own facts: no finding untouched, every seeded change found."""

import random
import re
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from app.checking.context import CheckContext
from app.checking.engine import load_rules, run_rule, run_rules
from app.core.document import Document
from app.core.facts import FactSheet
from app.core.finding import Finding
from app.formats.fact_files import parse_fact_sheet, read_fact_sheet
from app.language.numbers.quantities import read_quantities
from app.report.profile import load_profile
from app.services.drafting import draft_report
from app.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("机关", "国企", "乡镇", "市级")
SO_RULES = [rule for rule in load_rules() if rule.meta.code.startswith("SO")]
INVENTED = (
    ("举办防溺水讲座87场。", "SO01"),
    ("向群众发放防火折页5310份。", "SO01"),
    ("群众满意率达到93.37%。", "SO01"),
    ("慰问困难群众二百三十七户。", "SO01"),
    ("荣获全省档案安全标兵单位称号。", "SO04"),
    ("连年无电梯困人投诉，未发生燃气泄漏事件。", "SO04"),
    ("被评为市级燃气安全示范点。", "SO04"),
    ("工作经验在全省首创。", "SO04"),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    name: str
    kind: str
    text: str
    codes: tuple[str, ...]
    place: int = -1
    fact: str = ""


@cache
def _draft(name: str) -> tuple[FactSheet, str, str, tuple[tuple[str, tuple[str, ...]], ...]]:
    sheet = read_fact_sheet(EXAMPLES / f"{name}.txt")
    draft = draft_report(sheet, settings=Settings(home=EXAMPLES), offline=True)
    sentences = tuple((s.text, tuple(s.facts)) for p in draft.sections for s in p.sentences)
    return sheet, draft.text, draft.profile, sentences


def _findings(name: str, text: str) -> list[Finding]:
    sheet, _, profile, _ = _draft(name)
    ctx = CheckContext(Document(text), load_profile(profile), sheet=sheet)
    return [finding for rule in SO_RULES for finding in run_rule(rule, ctx)]


def _changed_figures(name: str) -> list[Mutant]:
    _, text, _, _ = _draft(name)
    body = text.index("\n") + 1
    spans = [
        q.number_span
        for q in read_quantities(text)
        if q.kind.is_amount
        and q.number_span.start > body
        and re.fullmatch(r"[\d.]+", q.number_span.of(text))
    ]
    picked = random.Random(7).sample(spans, min(20, len(spans)))
    out = []
    for span in picked:
        old = span.of(text)
        new = f"{float(old) + 1.3:.1f}" if "." in old else str(int(old) + 7)
        changed = text[: span.start] + new + text[span.end :]
        out.append(Mutant(name, "figure", changed, ("SO01", "SO03"), span.start))
    return out


def _deleted(name: str) -> list[Mutant]:
    _, text, _, sentences = _draft(name)
    out = []
    for sentence, facts in sentences:
        for fact in facts:
            others = [s for s, told in sentences if fact in told and s != sentence]
            if len(facts) == 1 and not others and sentence in text:
                out.append(
                    Mutant(name, "deleted", text.replace(sentence, ""), ("SO02",), fact=fact)
                )
    return out[:12]


def _invented(name: str) -> list[Mutant]:
    _, text, _, sentences = _draft(name)
    after = next(s for s, told in sentences[2:] if told and s in text)
    place = text.index(after) + len(after)
    return [
        Mutant(name, "invented", text[:place] + new + text[place:], (code,), place)
        for new, code in INVENTED
    ]


def _is_found(mutant: Mutant) -> bool:
    for finding in _findings(mutant.name, mutant.text):
        if finding.rule not in mutant.codes:
            continue
        if mutant.fact and finding.evidence["fact"] == mutant.fact:
            return True
        if not mutant.fact and mutant.place - 6 <= finding.span.start <= mutant.place + 40:
            return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_agrees_with_its_own_facts(name: str) -> None:
    _, text, _, _ = _draft(name)

    assert [(f.rule, f.quote, f.message) for f in _findings(name, text)] == []


def test_seeded_changes_of_drafts_are_found() -> None:
    mutants = [
        mutant
        for name in NAMES
        for make in (_changed_figures, _deleted, _invented)
        for mutant in make(name)
    ]
    missed = [m for m in mutants if not _is_found(m)]
    found = len(mutants) - len(missed)

    assert len(mutants) >= 100
    assert found >= 0.95 * len(mutants), [
        (m.name, m.kind, m.fact, m.text[max(m.place - 30, 0) : m.place + 20]) for m in missed
    ]


FACTS = """单位：青岚市水务局
年度：2025

- 排查矛盾纠纷42件，化解40件
- 开展消防演练6次，780余人次参加
- 夜间抢修力量薄弱，泵站设备老化
"""


def _check(text: str) -> list[Finding]:
    ctx = CheckContext(Document(text), load_profile("机关"), sheet=parse_fact_sheet(FACTS))
    return [finding for rule in SO_RULES for finding in run_rule(rule, ctx)]


def test_an_altered_figure_is_told_beside_the_facts_own() -> None:
    (found,) = [f for f in _check("全年排查矛盾纠纷45件，化解40件。") if f.rule != "SO02"]

    assert found.rule == "SO03"
    assert "要点F1写的是42件，这里是45件" in found.message


def test_an_altered_figure_is_not_also_reported_as_unsourced() -> None:
    codes = {f.rule for f in _check("全年排查矛盾纠纷45件，开展消防演练9次。")}

    assert codes == {"SO02", "SO03"}


def test_two_facts_left_out_at_one_place_have_two_fingerprints() -> None:
    sheet = parse_fact_sheet(FACTS)
    ctx = CheckContext(Document("全年平安建设扎实开展。"), load_profile("机关"), sheet=sheet)
    found = [f for f in run_rules(ctx, SO_RULES) if f.rule == "SO02"]

    assert [f.evidence["fact"] for f in found] == ["F1", "F2", "F3"]
    assert len({f.fingerprint for f in found}) == 3
    assert "夜间抢修力量薄弱" in found[2].message


def test_without_a_fact_sheet_nothing_is_compared() -> None:
    ctx = CheckContext(Document("全年排查矛盾纠纷45件，荣获称号。"), load_profile("机关"))

    assert [f for rule in SO_RULES for f in run_rule(rule, ctx)] == []


@pytest.mark.parametrize(
    "token",
    ["1件", "1件、", "未发生", "荣获称号", "“甲乙”行动", "镇、", "排查42件，", "100%"],
    ids=repr,
)
def test_hostile_text_is_compared_in_linear_time(token: str) -> None:
    sheet = parse_fact_sheet(FACTS)

    def spent(size: int) -> float:
        text = token * (size // len(token))
        ctx = CheckContext(Document(text), load_profile("机关"), sheet=sheet)
        for reader in ("sentences", "outline", "enumerations", "quantities", "parts"):
            getattr(ctx, reader)
        start = time.process_time()
        assert ctx.support is not None
        return time.process_time() - start

    def quickest(size: int) -> float:  # other work on the machine only adds
        return min(spent(size) for _ in range(2))

    assert quickest(40_000) < 10 * max(quickest(10_000), 0.02)
