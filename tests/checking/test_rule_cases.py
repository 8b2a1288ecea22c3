"""Twenty or more varied sentences a rule, half of them near misses: exact spans again.

``cases/CODE.txt`` holds one case a line with ``⟦⟧`` round what must be reported; ``\\n`` stands for
a line end, ``\\t`` for a tab. ``cases/CODE.facts`` is the fact sheet for a rule that needs one.
"""

from pathlib import Path

import pytest

from app.checking.context import CheckContext
from app.checking.engine import load_rules
from app.checking.rule import Example, bad, good
from app.core.document import Document
from app.formats.fact_files import parse_fact_sheet
from app.report.profile import load_profile

FOLDER = Path(__file__).parent / "cases"


def _cases() -> list[tuple[str, Example]]:
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.replace("\\n", "\n").replace("\\t", "\t")
            found.append((path.stem, bad(text) if "⟦" in text else good(text)))
    return found


@pytest.mark.parametrize(("code", "case"), _cases(), ids=lambda v: v if isinstance(v, str) else "")
def test_case_has_exactly_the_marked_spans(code: str, case: Example) -> None:
    (rule,) = [rule for rule in load_rules() if rule.meta.code == code]
    facts = FOLDER / f"{code}.facts"
    sheet = parse_fact_sheet(facts.read_text(encoding="utf-8")) if facts.exists() else None
    ctx = CheckContext(Document(case.text), load_profile("机关"), sheet=sheet)

    found = {f.span.of(case.text) for f in rule.check(ctx, rule.params_type())}
    spans = {f.span for f in rule.check(ctx, rule.params_type())}

    assert spans == set(case.spans), f"{case.text!r}: {found}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_a_rule_has_twenty_cases_and_many_near_misses(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    silent = [line for line in lines if "⟦" not in line]

    assert len(lines) >= 20
    assert len(silent) >= 0.4 * len(lines)
