from pathlib import Path

import pytest

from app.checking.baseline import load_baseline
from app.checking.context import CheckContext
from app.checking.engine import check_document, run_rules
from app.core.document import Document
from app.core.errors import ConfigError
from app.report.profile import load_profile

PROFILE = load_profile("机关")
BAD = "全年接待来访135人次（其中个访58人次，集体访67人次）。"
OTHER = "全年排查矛盾纠纷42件，成功化解45件。"


def fingerprints(text: str, rule: str = "NU01") -> list[str]:
    findings = run_rules(CheckContext(Document(text), PROFILE))
    return [f.fingerprint for f in findings if f.rule == rule]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "豁免.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "edited",
    [
        f"新加的第一段，没有数字。\n{BAD}\n",
        f"{BAD}\n后面又加了一段。\n",
        f"{OTHER}\n{BAD}\n",
        f"各项工作有序推进。\n\n\n{BAD}\n{OTHER}\n",
        f"{BAD}各项工作有序推进，群众反映的问题都有回音。\n",
    ],
)
def test_fingerprint_is_stable_under_edits_elsewhere(edited: str) -> None:
    (before,) = fingerprints(f"{BAD}\n")
    after = fingerprints(edited)
    if "。各项" in edited:  # text put in right behind the finding is no edit elsewhere
        assert len(after) == 1
    else:
        assert after == [before]


def test_fingerprint_changes_with_the_finding_itself() -> None:
    assert fingerprints(BAD) != fingerprints(BAD.replace("58", "59"))


def test_equal_findings_have_prints_of_their_own() -> None:
    found = fingerprints(f"{BAD}\n{BAD}\n{BAD}\n")
    assert len(set(found)) == len(found) == 3


def test_accepted_finding_is_kept_apart_with_its_reason(tmp_path: Path) -> None:
    (print_,) = fingerprints(BAD)
    baseline = load_baseline(write(tmp_path, f"{print_}: 统计口径不同\n"))
    result = check_document(CheckContext(Document(BAD), PROFILE), baseline=baseline)
    assert "NU01" not in {f.rule for f in result.findings}
    assert [(s.finding.rule, s.reason) for s in result.suppressed] == [("NU01", "统计口径不同")]


def test_unused_entries_are_told_in_file_order(tmp_path: Path) -> None:
    baseline = load_baseline(write(tmp_path, "ffff: 甲\naaaa: 乙\nbbbb: 丙\n"))
    assert baseline.unused(["aaaa"]) == ("ffff", "bbbb")
    assert baseline.unused(["aaaa", "bbbb", "ffff"]) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aaaa:\n", "没有写理由"),
        ("aaaa: ''\n", "没有写理由"),
        ("aaaa: '  '\n", "没有写理由"),
        ("aaaa: 3\n", "没有写理由"),
        ("aaaa: 甲\naaaa: 乙\n", "写了两遍"),
        ("- aaaa\n", "键: 值"),
        ("aaaa: [甲\n", "YAML"),
    ],
)
def test_every_entry_needs_one_reason(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_baseline(write(tmp_path, text))


def test_empty_baseline_accepts_nothing(tmp_path: Path) -> None:
    assert load_baseline(write(tmp_path, "# 还没有\n\n")).reasons == {}
