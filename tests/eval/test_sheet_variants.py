"""The same facts in other clerks' writing: nothing lost, nothing added, always a draft."""

from pathlib import Path

import pytest

from app.drafting.intake import sheet as intake
from app.settings import Settings
from eval.sheet_variants import VARIANTS, Variant, compare, sheets


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_every_sheet_gives_the_same_facts_and_a_draft(variant: Variant) -> None:
    found = compare(variant, Settings(home=Path("unused")))
    assert found.lines == ()
    assert (found.same, found.drafted) == (len(sheets()), len(sheets()))


def test_a_lost_fact_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = sheets()
    monkeypatch.setattr("eval.sheet_variants.sheets", lambda: seen[:2])
    real = intake.build_fact_sheet

    def forgetful(*args: object, **kwargs: object) -> object:
        from dataclasses import replace

        sheet = real(*args, **kwargs)  # type: ignore[arg-type]
        return replace(sheet, facts=sheet.facts[1:])

    monkeypatch.setattr("app.formats.fact_files.build_fact_sheet", forgetful)
    found = compare(VARIANTS[0], Settings(home=Path("unused")))
    assert found.same == 0
    assert all(f"少了“{sheet.facts[0].shown}”" in "".join(found.lines) for sheet in seen[:2])
