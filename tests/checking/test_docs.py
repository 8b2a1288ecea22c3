"""The committed rule reference is what the rules say today."""

import pytest

from app.checking.docs import main, render_rules
from app.checking.engine import load_rules
from tests.conftest import ROOT


def test_committed_reference_is_current() -> None:
    committed = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

    assert committed == render_rules(), "运行 python -m app.checking.docs > docs/rules.md"


def test_reference_names_every_rule_with_its_examples() -> None:
    text = render_rules()

    for rule in load_rules():
        assert f"### {rule.meta.code}\n" in text
        assert rule.meta.summary in text
    assert text.count("⟦") == text.count("⟧") > len(load_rules())


def test_module_prints_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    main()

    assert capsys.readouterr().out == render_rules()
