"""Profiles: the built-in ones load, wrong ones are refused with file and line."""

import pytest

from app.checking.engine import validate_profile
from app.core.errors import ConfigError
from app.core.finding import Severity
from app.report.profile import PROFILE_NAMES, PartKind, load_profile, parse_profile

MINIMAL = "name: 校\ntitle: 学校\n"


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_built_in_profile_asks_for_problems_and_plans(name: str) -> None:
    profile = load_profile(name)
    validate_profile(profile)
    mandatory = {part.kind for part in profile.parts if part.mandatory}
    assert {PartKind.WORK, PartKind.PROBLEMS, PartKind.PLANS} <= mandatory
    assert all(part.cues for part in profile.parts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "partz: []\n", "我.yaml 第3行：partz 不认识，是不是想写 parts"),
        (
            MINIMAL + "parts:\n- key: a\n  titel: b\n",
            "我.yaml 第5行：titel 不认识，是不是想写 title",
        ),
        (MINIMAL + "parts:\n- key: a\n", "第4行：这个部分缺少 title"),
        (MINIMAL + "parts:\n- {key: a, title: b}\n- {key: a, title: c}\n", "部分 a 写了两遍"),
        (MINIMAL + "parts:\n- {key: a, title: b, mandatory: 3}\n", "true 或 false"),
        (MINIMAL + "parts:\n- {key: a, title: b, kind: other}\n", "opening、work、problems、plans"),
        (MINIMAL + "rules:\n  NU01: on\n", "只能写 off"),
        (MINIMAL + "rules:\n  NU01:\n    severity: high\n", "info、warning、error"),
        ("name: 校\nname: 校\n", "name 写了两遍"),
        ("title: 学校\n", "缺少 name"),
        ("", "是空的"),
        ("name: [\n", "不是正确的 YAML"),
        ("- a\n", "键: 值"),
    ],
)
def test_wrong_profile_names_file_line_and_nearest_name(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_profile(text, "我.yaml")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("  NU99: off\n", "没有规则 NU99"),
        ("  NU01:\n    nearly: 0.5\n", "nearly_all"),
        ("  NU01:\n    nearly_all: 很多\n", "数字"),
    ],
)
def test_unknown_rule_or_parameter_is_refused(rules: str, message: str) -> None:
    profile = parse_profile(f"{MINIMAL}rules:\n{rules}", "我.yaml")
    with pytest.raises(ConfigError) as caught:
        validate_profile(profile)
    assert message in str(caught.value)


def test_rule_settings_are_read() -> None:
    profile = parse_profile(
        f"{MINIMAL}rules:\n  NU02:\n    severity: warning\n    carry_over: [旧案]\n  PH01: off\n",
        "我",
    )
    assert profile.setting("NU02").severity is Severity.WARNING
    assert not profile.setting("PH01").enabled
    assert profile.setting("NU03").enabled


def test_unknown_profile_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="机关、国企、乡镇、市级"):
        load_profile("学校")
