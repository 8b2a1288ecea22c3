import json
from decimal import Decimal

import pytest

from app.core.document import Span
from app.formats.results.check.json import render_json
from app.formats.results.controls import json_value
from tests.formats.results import samples


def test_schema_of_a_finding() -> None:
    data = json.loads(render_json([samples.RESULT]))
    assert data["schema_version"] == 1
    document = data["documents"][0]
    assert set(document) == {
        "path", "profile", "chars", "findings", "suppressed", "parts", "profile_reason",
    }  # fmt: skip
    first = document["findings"][0]
    assert first == {
        "rule": "NU02",
        "name": "some-rule",
        "severity": "error",
        "start": samples.WHOLE.span.start,
        "end": samples.WHOLE.span.end,
        "quote": "排查矛盾纠纷42件，化解45件",
        "message": "化解45件多于排查42件，<b>多3件</b>",
        "evidence": {"rate": 107.1, "whole": 42, "share": "0.3333333333333333333333333333"},
        "related": [
            {
                "start": samples.span_of("42件").start,
                "end": samples.span_of("42件").end,
                "quote": "42件",
            }
        ],
        "fingerprint": "aaaa",
    }
    assert document["findings"][2]["fix"]["text"] == "三"
    assert document["suppressed"][0]["reason"] == "已向县里说明"
    assert document["parts"] == {"work": "present", "problems": "missing"}


def test_summary_counts_by_severity_and_rule() -> None:
    summary = json.loads(render_json([samples.RESULT, samples.CLEAN]))["summary"]
    assert summary["documents"] == 2
    assert summary["by_severity"] == {"error": 2, "warning": 1, "info": 1}
    assert summary["by_rule"] == {"LA02": 1, "NU02": 1, "PH01": 1, "ST01": 1}


def test_chinese_is_not_escaped() -> None:
    assert "排查矛盾纠纷" in render_json([samples.RESULT])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1E+3"), 1000),
        (Decimal("97.30"), 97.3),
        (Decimal("0.1000000000000000000001"), "0.1000000000000000000001"),
        (Decimal("NaN"), "NaN"),
        (float("inf"), "inf"),
        ({"甲": (Decimal(1), None, True)}, {"甲": [1, None, True]}),
        ({"b", "a"}, ["a", "b"]),
        (Span(1, 2), {"start": 1, "end": 2}),
    ],
)
def test_values_become_json_without_losing_digits(value: object, expected: object) -> None:
    assert json_value(value) == expected
