"""Profiles: what a type of unit is expected to tell, and how strict each rule is.

Profiles are inferred from published scoring rubrics; they are suggestions, never regulations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from app import resources
from app.core.errors import ConfigError
from app.core.finding import Severity
from app.report import yaml_lines
from app.report.yaml_lines import YamlEntry

PROFILE_NAMES = ("机关", "国企", "乡镇", "市级")


class PartKind(StrEnum):
    """What a part of a report is for."""

    OPENING = "opening"
    WORK = "work"
    PROBLEMS = "problems"
    PLANS = "plans"


@dataclass(frozen=True, slots=True)
class Part:
    """One part a report of this type tells.

    ``headings`` are words by which a heading of this part is known, ``cues`` words by which a
    passage or a fact is. ``min_chars`` is the length below which the part counts as thin.
    """

    key: str
    title: str
    kind: PartKind = PartKind.WORK
    mandatory: bool = False
    headings: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    min_chars: int = 40


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A profile's settings of one rule; ``severity`` ``None`` keeps the rule's own."""

    enabled: bool = True
    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    where: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a report of one type of unit holds, and how strictly each rule looks at it."""

    name: str
    title: str
    parts: tuple[Part, ...]
    rules: Mapping[str, RuleSetting] = field(default_factory=lambda: MappingProxyType({}))

    def setting(self, code: str) -> RuleSetting:
        """The setting of a rule; the defaults where the profile says nothing."""
        return self.rules.get(code, RuleSetting())

    def part(self, key: str) -> Part:
        """The part with this key.

        Raises:
            KeyError: the profile has none.
        """
        for part in self.parts:
            if part.key == key:
                return part
        raise KeyError(key)


def _unknown(entry: YamlEntry, known: Iterable[str]) -> ConfigError:
    names = sorted(known)
    near = get_close_matches(entry.key, names, n=1)
    hint = f"是不是想写 {near[0]}？" if near else f"可用的有：{'、'.join(names)}。"
    return entry.fail(f"不认识，{hint}")


def typed(entry: YamlEntry, default: object) -> Any:
    """The entry's value, which must be of the type of ``default``.

    Raises:
        ConfigError: it is of another type.
    """
    value = yaml_lines.scalar(entry)
    if isinstance(default, tuple):
        if not isinstance(value, tuple):
            value = (value,)
        return tuple(str(item) for item in value)
    if isinstance(default, StrEnum):
        members = [str(m) for m in type(default)]
        if value not in members:
            raise entry.fail(f"应当是 {'、'.join(members)} 之一。")
        return type(default)(str(value))
    if isinstance(default, bool) or not isinstance(default, float):
        is_right = type(value) is type(default)
    else:
        is_right = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_right:
        kinds = {bool: "true 或 false", int: "整数", float: "数字", str: "文字"}
        raise entry.fail(f"应当是{kinds.get(type(default), '一个值')}。")
    return value


def _read_part(node: yaml.Node, name: str) -> Part:
    defaults = {
        "key": "",
        "title": "",
        **{f.name: f.default for f in dataclass_fields(Part) if f.name not in ("key", "title")},
    }
    values: dict[str, Any] = {}
    for entry in yaml_lines.entries(node, name):
        if entry.key not in defaults:
            raise _unknown(entry, defaults)
        values[entry.key] = typed(entry, defaults[entry.key])
    for required in ("key", "title"):
        if not values.get(required):
            raise ConfigError(f"{name} 第{node.start_mark.line + 1}行：这个部分缺少 {required}。")
    return Part(**values)


def _read_rule(entry: YamlEntry, name: str) -> RuleSetting:
    if isinstance(entry.node, yaml.ScalarNode):
        if entry.node.value != "off":
            raise entry.fail("只能写 off，或者在下面逐项写参数。")
        return RuleSetting(enabled=False, where=entry.where)
    severity: Severity | None = None
    params: dict[str, Any] = {}
    for item in yaml_lines.entries(entry.node, name):
        if item.key == "severity":
            severity = typed(item, Severity.ERROR)
        else:
            params[item.key] = item
    return RuleSetting(severity=severity, params=MappingProxyType(params), where=entry.where)


def _read_parts(entry: YamlEntry, name: str) -> tuple[Part, ...]:
    if not isinstance(entry.node, yaml.SequenceNode):
        raise entry.fail("应当是一组部分，每个以“- key:”开头。")
    parts = tuple(_read_part(node, name) for node in entry.node.value)
    keys = [part.key for part in parts]
    for key in keys:
        if keys.count(key) > 1:
            raise ConfigError(f"{name}：部分 {key} 写了两遍。")
    return parts


def _read_rules(entry: YamlEntry, name: str) -> Mapping[str, RuleSetting]:
    items = yaml_lines.entries(entry.node, name)
    return MappingProxyType({item.key: _read_rule(item, name) for item in items})


def parse_profile(text: str, name: str) -> Profile:
    """Read a profile from YAML; ``name`` is the file's name in messages.

    Raises:
        ConfigError: an unknown key or a value of the wrong type; the message names file, line
            and the nearest known name. Rules and their parameters are checked by
            ``app.checking.engine.validate_profile``.
    """
    values: dict[str, Any] = {"parts": ()}
    for entry in yaml_lines.entries(yaml_lines.compose(text, name), name):
        match entry.key:
            case "name" | "title":
                values[entry.key] = typed(entry, "")
            case "parts":
                values["parts"] = _read_parts(entry, name)
            case "rules":
                values["rules"] = _read_rules(entry, name)
            case _:
                raise _unknown(entry, ("name", "title", "parts", "rules"))
    for required in ("name", "title"):
        if not values.get(required):
            raise ConfigError(f"{name}：缺少 {required}。")
    return Profile(**values)


def build_params(params_type: type, setting: RuleSetting) -> Any:
    """The rule's ``Params`` with the profile's values put in.

    Raises:
        ConfigError: the profile names a parameter the rule does not have, or gives it a value
            of the wrong type.
    """
    if not setting.params:
        return _default_params(params_type)
    defaults = {f.name: f.default for f in dataclass_fields(params_type)}
    values: dict[str, Any] = {}
    for key, entry in setting.params.items():
        if key not in defaults:
            raise _unknown(entry, [*defaults, "severity"])
        values[key] = typed(entry, defaults[key])
    return params_type(**values)


@lru_cache(maxsize=128)
def _default_params(params_type: type) -> Any:
    return params_type()


@lru_cache(maxsize=16)
def load_profile(name: str) -> Profile:
    """The built-in profile ``机关``, ``国企``, ``乡镇`` or ``市级``, or one from a YAML file.

    Raises:
        ConfigError: there is no such profile, or its file is wrong.
    """
    if name in PROFILE_NAMES:
        path = resources.profiles_dir() / f"{name}.yaml"
    elif name.endswith((".yaml", ".yml")):
        path = Path(name)
    else:
        near = get_close_matches(name, PROFILE_NAMES, n=1)
        hint = f"是不是想写 {near[0]}？" if near else ""
        raise ConfigError(
            f"没有名为 {name} 的模板。{hint}可用 auto、{'、'.join(PROFILE_NAMES)}，"
            "或给出一个 .yaml 文件。"
        )
    return parse_profile(yaml_lines.read_text(path), str(path))
