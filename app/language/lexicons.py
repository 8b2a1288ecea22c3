"""Reads the word files in ``knowledge_base/lexicons``."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml

from app import resources
from app.core.errors import ConfigError

_T = TypeVar("_T")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_lexicon(name: str | Path, read: Callable[[Any], _T]) -> _T:
    """What ``read`` makes of the YAML file ``name``, a bundled one or a path.

    Raises:
        ConfigError: the file is missing, no YAML, or not of the shape ``read`` expects.
    """
    path = name if isinstance(name, Path) else resources.lexicons_dir() / name
    try:
        return read(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"词表文件 {path} 读不出来，请恢复原文件。") from error
    except (KeyError, TypeError, AttributeError, ValueError, re.error) as error:
        raise ConfigError(f"词表文件 {path} 缺少内容（{error}），请恢复原文件。") from error


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest that stands at a place."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def one_of(patterns: Iterable[str]) -> str:
    """A pattern for any of the patterns."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)
