"""The user's word list as a file: where it lies, reading and saving it."""

from collections.abc import Iterable
from pathlib import Path

from app import resources
from app.checking.lexicon import Lexicon, combined, parse_lexicon
from app.core.errors import ConfigError, ExportError, InputError
from app.core.faults import refused
from app.core.files import write_atomically
from app.core.private import make_private_folder
from app.formats.text import decode
from app.settings import Settings

FILE_NAME = "词表.txt"
_TEMPLATE = "词表样例.txt"
_MOST_BYTES = 1024 * 1024


def lexicon_path(settings: Settings) -> Path:
    """Where this user's word list lies, whether or not there is one."""
    return settings.home / FILE_NAME


def home_lexicons(settings: Settings) -> tuple[Path, ...]:
    """The user's word list, where there is one."""
    path = lexicon_path(settings)
    return (path,) if path.is_file() else ()


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise refused(ConfigError, f"词表 {path} 读不出来", error) from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"词表 {path} 超过 1 MB，请确认选的是词表文件。")
    if not data:
        return ""
    try:
        return decode(data, path.name)
    except InputError as error:
        raise ConfigError(f"词表 {path} 不是文本文件，请用记事本另存为 UTF-8 的 txt。") from error


def load_lexicon(paths: Iterable[Path]) -> Lexicon:
    """Read word lists; what a later one says wins.

    Raises:
        ConfigError: one cannot be read or is wrong; the message names file and line.
    """
    return combined(parse_lexicon(_read(path), path.name) for path in paths)


def lexicon_text(settings: Settings) -> str:
    """The user's word list as text; the sample to begin with where there is none yet.

    Raises:
        ConfigError: it cannot be read.
    """
    path = lexicon_path(settings)
    return _read(path if path.is_file() else resources.lexicons_dir() / _TEMPLATE)


def save_lexicon(settings: Settings, text: str) -> Lexicon:
    """Keep the text as the user's word list, once it is right.

    Raises:
        ConfigError: an entry is wrong; the list kept so far stays as it was.
        ExportError: the file cannot be written.
    """
    lexicon = parse_lexicon(text, FILE_NAME)
    path = lexicon_path(settings)
    try:
        make_private_folder(path.parent)
        path.touch(mode=0o600)  # what is written in its place keeps its rights
    except OSError as error:
        raise refused(ExportError, f"词表 {path} 写不进去", error) from error
    write_atomically(path, text if text.endswith("\n") else f"{text}\n")
    return lexicon
