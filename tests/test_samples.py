"""The sample reports and example sheets are what the README says they are."""

import re
from pathlib import Path

import pytest

from app import resources
from app.core.finding import Severity
from app.formats import read_document
from app.formats.fact_files import read_fact_sheet
from app.report.profile import PROFILE_NAMES
from app.services.checking import Checker, CheckOptions

REPORTS = sorted(resources.reports_dir().glob("*.txt"))
SHEETS = sorted(resources.examples_dir().glob("*.txt"))


def test_eight_units_have_two_consecutive_years_each() -> None:
    years: dict[str, list[int]] = {}
    for path in REPORTS:
        year, unit = path.stem.split("_")
        years.setdefault(unit, []).append(int(year))
    assert len(years) >= 8
    assert all(later - earlier == 1 for earlier, later in years.values())


@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_sample_report_is_clean(path: Path) -> None:
    checked = Checker(CheckOptions()).check(read_document(path))
    found = [f for f in checked.result.findings if f.severity is not Severity.INFO]
    assert not found, [(f.rule, f.quote, f.message) for f in found]
    assert 1500 <= len(checked.document.text) <= 3000
    assert checked.result.profile in PROFILE_NAMES


def test_samples_cover_all_four_types() -> None:
    checker = Checker(CheckOptions())
    found = {checker.check(read_document(path)).result.profile for path in REPORTS}
    assert found == set(PROFILE_NAMES)


def test_no_two_samples_share_a_paragraph() -> None:
    seen: dict[str, str] = {}
    for path in REPORTS:
        for line in path.read_text(encoding="utf-8").splitlines():
            words = re.sub(r"[\d\s]", "", line)
            if len(words) >= 40:
                assert words not in seen, f"{path.name} and {seen[words]}: {line[:40]}"
                seen[words] = path.name


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.stem)
def test_example_sheet_is_read(path: Path) -> None:
    sheet = read_fact_sheet(path)
    assert sheet.unit_type == path.stem
    assert len(sheet.facts) >= 16
    assert sum(bool(fact.quantities) for fact in sheet.facts) >= 12


def test_there_is_an_example_sheet_per_type() -> None:
    assert {path.stem for path in SHEETS} == set(PROFILE_NAMES)
