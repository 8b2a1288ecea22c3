"""Keep compiled patterns beside the byte code, as Python keeps compiled modules.

The checker compiles some five hundred regular expressions when it is loaded, which takes half of
a cold start. Their compiled form is kept in ``__pycache__`` and taken from there as long as
interpreter, pattern and flags are the same; whatever is not found is compiled as ever. Only
patterns that modules compile while they are imported are kept, so nothing of a document is.
"""

import marshal
import re
import sys
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import Any

_FORMAT = 1
_CODE = "I"

_Key = tuple[str, int]
_Entry = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]


@dataclass(slots=True)
class _Table:
    """Compiled patterns by pattern and flags; ``added`` are those compiled just now."""

    known: dict[_Key, _Entry] = field(default_factory=dict)
    used: dict[_Key, _Entry] = field(default_factory=dict)
    added: int = 0


def cache_file() -> Path | None:
    """Where compiled patterns are kept; ``None`` where Python keeps no byte code."""
    if sys.implementation.name != "cpython" or not sys.implementation.cache_tag:
        return None
    return Path(cache_from_source(__file__)).with_suffix(".patterns")


@contextmanager
def kept_patterns(path: Path | None = None, *, is_forced: bool = False) -> Iterator[None]:
    """Within the block take compiled patterns from the cache, and keep those that were not there.

    For blocks that import modules; a cache that cannot be read or written makes no difference but
    in time. ``is_forced`` writes it even where Python was told to write no byte code.
    """
    place = path or cache_file()
    compiler: Any = getattr(re, "_compiler", None)
    if place is None or not _is_supported(compiler):
        yield
        return
    table = _Table(_load(place))
    original = compiler.compile

    def compile_or_take(pattern: Any, flags: int = 0) -> Any:
        if type(pattern) is not str:
            return original(pattern, flags)
        try:
            return _take(compiler, table, (pattern, flags))
        except (AttributeError, RuntimeError, TypeError, ValueError):  # not as this was written for
            return original(pattern, flags)

    compiler.compile = compile_or_take
    try:
        yield
    finally:
        compiler.compile = original
    if table.added and (is_forced or not sys.dont_write_bytecode):
        _save(place, table)


def _is_supported(compiler: ModuleType | None) -> bool:
    needed = ("compile", "_code", "_parser", "_sre")
    return compiler is not None and all(hasattr(compiler, name) for name in needed)


def _take(compiler: Any, table: _Table, key: _Key) -> Any:
    entry = table.known.get(key)
    if entry is None:
        entry = _compile(compiler, *key)
        table.added += 1
    pattern, (flags, code, groups, groupindex, indexgroup) = key[0], entry
    words = array(_CODE)
    words.frombytes(code)
    made = compiler._sre.compile(
        pattern, flags, words.tolist(), groups, dict(groupindex), indexgroup
    )
    table.used[key] = entry
    return made


def _compile(compiler: Any, pattern: str, flags: int) -> _Entry:
    """What ``re`` does with a pattern, up to the object."""
    parsed = compiler._parser.parse(pattern, flags)
    code = array(_CODE, compiler._code(parsed, flags))
    names: list[str | None] = [None] * parsed.state.groups
    for name, number in parsed.state.groupdict.items():
        names[number] = name
    groupindex = dict(parsed.state.groupdict)
    final = int(flags | parsed.state.flags)
    return final, code.tobytes(), parsed.state.groups - 1, groupindex, tuple(names)


def _stamp() -> tuple[int, str, str]:
    """What a cache must have been written by."""
    return _FORMAT, sys.version, sys.byteorder


def _load(path: Path) -> dict[_Key, _Entry]:
    with suppress(OSError, ValueError, EOFError, TypeError):
        data = path.read_bytes()
        if zlib.crc32(data[4:]) == int.from_bytes(data[:4], "big"):
            stamp, entries = marshal.loads(data[4:])  # noqa: S302  # trusted as byte code is
            if stamp == _stamp():
                return dict(entries)
    return {}


def _save(path: Path, table: _Table) -> None:
    """Write whole or not at all; only what this version of the program uses is kept."""
    from app.core.errors import ExportError  # noqa: PLC0415
    from app.core.files import write_atomically  # noqa: PLC0415  # seldom needed

    payload = marshal.dumps((_stamp(), table.used))
    with suppress(ExportError, OSError):
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, zlib.crc32(payload).to_bytes(4, "big") + payload)


def load_checker() -> None:
    """Import all that checking a text needs."""
    import_module("app.commands.check")
    import_module("app.checking.engine").load_rules()


def main() -> None:
    """Fill the cache ahead of the first run: ``python -m app.patterns``."""
    with kept_patterns(is_forced=True):
        load_checker()


if __name__ == "__main__":
    main()
