"""SARIF 2.1.0: the constraints of its schema that our log touches, checked by hand."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app import resources
from app.core.document import Document, Span
from app.core.finding import CheckResult, Finding, Severity
from app.formats.results.check.sarif import artifact_uri, render_sarif
from app.services.checking import Checker
from tests.formats.results import samples
from tests.formats.results.sarif_rules import LOG as SCHEMA

_URI_REFERENCE = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_LEVELS = {"none", "note", "warning", "error"}


def log_of(*pairs: tuple[CheckResult, Document]) -> dict[str, Any]:
    text = render_sarif([r for r, _ in pairs], [d for _, d in pairs])
    data: dict[str, Any] = json.loads(text)
    return data


LOG = log_of((samples.RESULT, samples.DOCUMENT), (samples.CLEAN, samples.CLEAN_DOCUMENT))
(RUN,) = LOG["runs"]


def _check_region(region: dict[str, Any], text: str) -> None:
    assert set(region) <= {
        "startLine", "startColumn", "endLine", "endColumn", "charOffset", "charLength", "snippet",
    }  # fmt: skip
    for key in ("startLine", "startColumn", "endLine", "endColumn"):
        assert region[key] >= 1
    assert region["charOffset"] >= 0
    assert region["charLength"] >= 0
    start, length = region["charOffset"], region["charLength"]
    lines = text[:start].split("\n")
    assert (region["startLine"], region["startColumn"]) == (len(lines), len(lines[-1]) + 1)
    lines = text[: start + length].split("\n")
    assert (region["endLine"], region["endColumn"]) == (len(lines), len(lines[-1]) + 1)
    if "snippet" in region:
        assert region["snippet"]["text"] == text[start : start + length]


def test_log_and_run_have_what_the_schema_requires() -> None:
    assert LOG["version"] == "2.1.0"
    assert LOG["$schema"].endswith("sarif-schema-2.1.0.json")
    assert set(LOG) == {"$schema", "version", "runs"}
    driver = RUN["tool"]["driver"]
    assert driver["name"] == "pingan"
    assert re.fullmatch(r"[a-zA-Z]{2}(-[a-zA-Z]{2})?", driver["language"])
    assert RUN["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert all(type(i["executionSuccessful"]) is bool for i in RUN["invocations"])


def test_rules_are_unique_and_described() -> None:
    rules = RUN["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(ids) == len(set(ids))
    assert {"NU02", "NU10", "CO02", "CO05", "XX00"} <= set(ids)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in _LEVELS


def test_results_point_at_rules_artifacts_and_regions() -> None:
    rules, artifacts = RUN["tool"]["driver"]["rules"], RUN["artifacts"]
    assert len(RUN["results"]) == len(samples.RESULT.findings) + len(samples.RESULT.suppressed)
    for result in RUN["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in _LEVELS
        assert result["message"]["text"]
        assert all(isinstance(v, str) for v in result["partialFingerprints"].values())
        related = result.get("relatedLocations", [])
        assert len({r["id"] for r in related}) == len(related)
        for location in [*result["locations"], *related]:
            physical = location["physicalLocation"]
            artifact = artifacts[physical["artifactLocation"]["index"]]
            assert artifact["location"]["uri"] == physical["artifactLocation"]["uri"]
            assert _URI_REFERENCE.fullmatch(physical["artifactLocation"]["uri"])
            _check_region(physical["region"], samples.TEXT)


def test_suppressed_results_carry_kind_and_reason() -> None:
    suppressed = [r["suppressions"] for r in RUN["results"] if r["suppressions"]]
    assert suppressed == [[{"kind": "external", "justification": "已向县里说明"}]]
    # once one result tells of suppressions, all must
    assert all("suppressions" in r for r in RUN["results"])


def test_fix_is_a_replacement_in_the_same_artifact() -> None:
    (result,) = [r for r in RUN["results"] if "fixes" in r]
    ((change,),) = [fix["artifactChanges"] for fix in result["fixes"]]
    (replacement,) = change["replacements"]
    _check_region(replacement["deletedRegion"], samples.TEXT)
    assert replacement["insertedContent"]["text"] == "三"
    assert result["ruleId"] == "PH01"


def test_missing_part_is_an_empty_region_without_snippet() -> None:
    (result,) = [r for r in RUN["results"] if r["ruleId"] == "ST01"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region["charLength"] == 0
    assert "snippet" not in region


def test_columns_count_code_points_beyond_the_first_plane() -> None:
    text = "𠀀𠀁\n𠀂XX件\n"
    finding = Finding("PH01", "n", Severity.ERROR, Span(4, 6), "XX", "没填")
    log = log_of((replace(samples.CLEAN, findings=(finding,)), Document(text, "生僻字.txt")))
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (2, 2, 4)


def test_crashed_rule_is_a_failed_invocation() -> None:
    crash = Finding("XX00", "rule-crash", Severity.ERROR, Span(0, 0), "", "规则出错")
    log = log_of((replace(samples.CLEAN, findings=(crash,)), samples.CLEAN_DOCUMENT))
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/云渡.txt", "a%20b/%E4%BA%91%E6%B8%A1.txt"),
        ("c:d.txt", "c%3Ad.txt"),
        ("坏\udcff名.txt", "%E5%9D%8F%3F%E5%90%8D.txt"),
        ("", "pasted.txt"),
    ],
)
def test_paths_become_uri_references(path: str, uri: str) -> None:
    assert artifact_uri(path) == uri


def test_absolute_path_becomes_a_file_uri(tmp_path: Path) -> None:
    assert artifact_uri(str(tmp_path / "总结.txt")).startswith("file:///")


def test_log_holds_what_the_standard_knows_and_nothing_else() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator(SCHEMA).validate(LOG)
    for broken in ({**LOG, "version": "2.0"}, {**LOG, "runs": [{}]}, {**LOG, "more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft7Validator(SCHEMA).validate(broken)


def test_log_of_real_reports_holds_to_the_standard() -> None:
    checker = Checker()
    texts = [p.read_text("utf-8") for p in sorted(resources.reports_dir().glob("2024*.txt"))]
    texts.append("某局总结\n全年排查42件，化解45件，完善XX机制，帐号泄露。\n")
    checked = [checker.check(Document(t, f"第 {n} 份.txt")) for n, t in enumerate(texts)]
    log = log_of(*((c.result, c.document) for c in checked))
    assert log["runs"][0]["results"]
    jsonschema.Draft7Validator(SCHEMA).validate(log)
