"""Odd files by the thousand beside sound ones: those are delivered, whatever the odd ones do."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.core.finding import CheckResult
from app.formats.fact_files import read_fact_sheet_bytes
from app.formats.source import shown_name
from app.services.apart import Apart
from app.services.batch import BatchOptions, check_batch
from tests.hostile.odd import odd
from tests.hostile.seeds import sound_files

NOW = datetime(2025, 12, 20, 9, 30)  # noqa: DTZ001
SOUND = ("总结.docx", "报告.pdf", "总结.txt")
MANY = int(os.environ.get("PINGAN_MUTANTS", "210"))  # 3000 take some minutes
_AT_ONCE = 70


def checked(folder: Path, numbers: range, apart: Apart) -> list[CheckResult]:
    """The results of the sound files beside the odd ones of these numbers."""
    folder.mkdir()
    for name, data in sound_files():
        if name in SOUND:
            (folder / name).write_bytes(data)
    names = []
    for mutant in map(odd, numbers):
        if mutant.name.endswith(".xlsx"):
            require_answer(mutant.name, mutant.data, apart)
        else:
            (folder / mutant.name).write_bytes(mutant.data)
            names.append(shown_name(mutant.name))
    options = BatchOptions(jobs=2, annotate=folder / "批注")
    batch = check_batch([folder], options, now=NOW, apart=apart)
    told = {Path(f.path).name: f.message for f in batch.failed}
    results = {Path(r.path).name: r for r in batch.results}
    assert sorted([*told, *results]) == sorted([*names, *SOUND])
    assert all(m.endswith("。") and len(m) < 400 for m in told.values())
    crashed = [f.message for r in batch.results for f in r.findings if f.rule == "XX00"]
    assert crashed == []
    assert not any("没有料到" in m or "被系统中止" in m for m in told.values()), told
    assert all(d.text.encode() for d in batch.documents)
    return [results[name] for name in SOUND]


def require_answer(name: str, data: bytes, apart: Apart) -> None:
    told = ""
    try:
        assert apart.run(read_fact_sheet_bytes, data, name, name=name).facts
    except InputError as error:
        told = str(error)
    assert told == "" or told.endswith("。")
    assert "没有料到" not in told


def require_neighbours(folder: Path, numbers: range, apart: Apart) -> None:
    alone = checked(folder / "独", range(0), apart)
    for start in range(numbers.start, numbers.stop, _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, numbers.stop))
        beside = checked(folder / str(start), some, apart)
        assert [r.findings for r in beside] == [r.findings for r in alone]


@pytest.mark.slow
def test_a_few_odd_files_harm_only_themselves(tmp_path: Path, apart: Apart) -> None:
    require_neighbours(tmp_path, range(35), apart)


@pytest.mark.slow
def test_odd_files_harm_only_themselves(tmp_path: Path, apart: Apart) -> None:
    require_neighbours(tmp_path, range(35, 35 + MANY), apart)
