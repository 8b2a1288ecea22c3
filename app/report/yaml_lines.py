"""YAML with the line of every key, so that an error can say where it is."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from app.core.errors import ConfigError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class YamlEntry:
    """A key of a mapping with its value node and place."""

    key: str
    node: yaml.Node
    where: str

    def fail(self, problem: str) -> ConfigError:
        """The error to raise about this entry."""
        return ConfigError(f"{self.where}：{self.key} {problem}")


def compose(text: str, name: str) -> yaml.Node:
    """Parse one YAML document.

    Raises:
        ConfigError: it is empty or no YAML; the message names file and line.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第{mark.line + 1}行" if mark else ""
        raise ConfigError(f"{name}{line} 不是正确的 YAML，请检查缩进、冒号和引号。") from error
    if node is None:
        raise ConfigError(f"{name} 是空的。")
    return node


def entries(node: yaml.Node, name: str) -> list[YamlEntry]:
    """The entries of a mapping node.

    Raises:
        ConfigError: the node is no mapping, or a key stands twice.
    """
    where = f"{name} 第{node.start_mark.line + 1}行"
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{where}：这里应当是“键: 值”。")
    result: list[YamlEntry] = []
    seen: set[str] = set()
    for key, value in node.value:
        place = f"{name} 第{key.start_mark.line + 1}行"
        if key.value in seen:
            raise ConfigError(f"{place}：{key.value} 写了两遍。")
        seen.add(key.value)
        result.append(YamlEntry(str(key.value), value, place))
    return result


def scalar(entry: YamlEntry) -> object:
    """The plain value of a scalar or list of scalars (as a tuple).

    Raises:
        ConfigError: the value is a mapping, or a list of anything but scalars.
    """
    if isinstance(entry.node, yaml.ScalarNode):
        return _construct(entry.node)
    if isinstance(entry.node, yaml.SequenceNode):
        if not all(isinstance(item, yaml.ScalarNode) for item in entry.node.value):
            raise entry.fail("应当是一组文字或数字。")
        return tuple(_construct(item) for item in entry.node.value)
    raise entry.fail("应当是一个值或一组值。")


def _construct(node: yaml.ScalarNode) -> object:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    finally:
        loader.dispose()


def read_text(path: Path) -> str:
    """The text of a configuration file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"配置文件 {path} 读不出来，请确认它存在并且是 UTF-8 文本。") from error
