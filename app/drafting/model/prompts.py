"""Prompt files: a YAML header, a system and a user body with ``${variables}``.

Data is fenced and every fence mark inside it escaped, so that a fact or an old report can not
pass for an instruction. Budgets are counted in tokens; whole passages are dropped by rank.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

import yaml

from app import resources
from app.core.errors import ConfigError

_HEADER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_BODY = re.compile(r"\A# system\n(.*?)\n# user\n(.*)\Z", re.DOTALL)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_KINDS = ("str", "int", "text", "facts", "passages")
_KEYS = frozenset({"id", "version", "inputs", "params", "changes"})
_ESCAPES = str.maketrans({"<": "＜", ">": "＞"})
_NOTHING = "（无）"
_MAX_FIELD_CHARS = 120

Counter = Callable[[str], int]
Value = str | int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file. ``inputs`` maps each variable to its kind, ``params`` go to the model."""

    id: str
    version: int
    inputs: Mapping[str, str]
    params: Mapping[str, float]
    system: str
    user: str
    path: Path = field(default=Path())

    @property
    def digest(self) -> str:
        """Hash of everything that the model sees; must not change without a new version."""
        seen = json.dumps(
            [self.system, self.user, dict(self.inputs), dict(self.params)],
            ensure_ascii=False,
            sort_keys=True,
        )
        return hashlib.sha256(seen.encode()).hexdigest()

    @property
    def limit_tokens(self) -> int:
        """How many tokens system and user text may take together."""
        return int(self.params.get("limit_prompt_tokens", 1200))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt filled in. ``kept`` counts the passages that fitted, of ``offered``."""

    system: str
    user: str
    tokens: int
    kept: int = 0
    offered: int = 0


def parse_prompt(text: str, path: Path) -> Prompt:
    """Read a prompt file.

    Raises:
        ConfigError: no header or body, a key unknown or missing, a variable that is used but not
            declared or declared but not used, or no note on this version's change.
    """
    match = _HEADER.match(text.replace("\r\n", "\n"))
    body = _BODY.match(match.group(2)) if match else None
    if match is None or body is None:
        raise ConfigError(
            f"提示词文件 {path} 应当有 --- 包住的说明，以及 # system 和 # user 两段。"
        )
    try:
        header: Any = yaml.safe_load(match.group(1))
    except yaml.YAMLError as error:
        raise ConfigError(f"提示词文件 {path} 的说明不是正确的 YAML，请改正。") from error
    if not isinstance(header, dict) or set(header) != _KEYS:
        raise ConfigError(f"提示词文件 {path} 的说明应当正好有：{'、'.join(sorted(_KEYS))}。")
    inputs: dict[str, str] = header["inputs"] or {}
    system, user = body.group(1).strip(), body.group(2).strip()
    _check_variables(inputs, system + user, path)
    version = header["version"]
    if not isinstance(version, int) or version not in (header["changes"] or {}):
        raise ConfigError(f"提示词文件 {path} 的 changes 里没有第 {version} 版的说明，请补上。")
    return Prompt(
        str(header["id"]),
        version,
        MappingProxyType(dict(inputs)),
        MappingProxyType(dict(header["params"] or {})),
        system,
        user,
        path,
    )


def _check_variables(inputs: Mapping[str, str], body: str, path: Path) -> None:
    used = set(_VARIABLE.findall(body))
    for name, kind in inputs.items():
        if kind not in _KINDS:
            raise ConfigError(
                f"提示词文件 {path} 的变量 {name} 类型 {kind} 不认识，可用：{'、'.join(_KINDS)}。"
            )
    for name in sorted(used - set(inputs)):
        raise ConfigError(f"提示词文件 {path} 用了没有声明的变量 ${{{name}}}，请在 inputs 里写明。")
    for name in sorted(set(inputs) - used):
        raise ConfigError(f"提示词文件 {path} 声明了变量 {name} 却没有用到，请删去或用上。")
    if "$" in _VARIABLE.sub("", body):
        raise ConfigError(f"提示词文件 {path} 里有单独的 $，变量请写成 ${{名称}}。")


@lru_cache(maxsize=16)
def load_prompt(name: str) -> Prompt:
    """The bundled prompt ``name``.

    Raises:
        ConfigError: there is no such file, or it is wrong.
    """
    path = resources.prompts_dir() / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"提示词文件 {path} 读不出来，请重新安装。") from error
    prompt = parse_prompt(text, path)
    if prompt.id != name:
        raise ConfigError(f"提示词文件 {path} 的 id 是 {prompt.id}，应当与文件名一致。")
    return prompt


def escape(text: str) -> str:
    """Data in which no fence mark is left; one line, since a fact or a sentence is one."""
    return " ".join(text.split()).translate(_ESCAPES)


def render(prompt: Prompt, values: Mapping[str, Value], *, count: Counter) -> Rendered:
    """Fill a prompt in, dropping passages from the last rank on until it fits the budget.

    Raises:
        ConfigError: a variable is unknown or missing, or it does not fit without any passage.
    """
    missing = sorted(set(prompt.inputs) - set(values))
    unknown = sorted(set(values) - set(prompt.inputs))
    if missing or unknown:
        raise ConfigError(
            f"提示词 {prompt.id} 的变量不对：缺少 {'、'.join(missing) or '无'}，"
            f"多出 {'、'.join(unknown) or '无'}。"
        )
    ranked = next((name for name, kind in prompt.inputs.items() if kind == "passages"), "")
    passages = list(_items(values[ranked])) if ranked else []
    for kept in range(len(passages), -1, -1):
        texts = {name: _show(kind, values[name]) for name, kind in prompt.inputs.items()}
        if ranked:
            texts[ranked] = _show("passages", passages[:kept])
        system = Template(prompt.system).substitute(texts)
        user = Template(prompt.user).substitute(texts)
        tokens = count(system) + count(user)
        if tokens <= prompt.limit_tokens:
            return Rendered(system, user, tokens, kept, len(passages))
    raise ConfigError(
        f"要点太长，提示词 {prompt.id} 超过 {prompt.limit_tokens} 个词元，请把要点拆成几条。"
    )


def _items(value: Value) -> Sequence[str]:
    return [value] if isinstance(value, str) else [] if isinstance(value, int) else value


def _show(kind: str, value: Value) -> str:
    if kind == "int":
        return str(value)
    if kind in ("facts", "passages"):
        lines = [f"- {escape(item)}" for item in _items(value)]
        return "\n".join(lines) or _NOTHING
    text = str(value)
    if kind == "text":
        return "\n".join(escape(line) for line in text.splitlines() if line.strip()) or _NOTHING
    return escape(text)[:_MAX_FIELD_CHARS]
