"""Bytes from disk, and the words in which a reader refuses them."""

import os
from pathlib import Path

from app.core.document import Document
from app.core.errors import InputError
from app.core.faults import refused
from app.readers.limits import Limits


def label(name: str) -> str:
    """The file's name as it stands in a message: last path part, printable, quoted."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    clean = "".join(c if c.isprintable() else "�" for c in last)
    if len(clean) > 80:
        clean = clean[:60] + "…" + clean[-15:]
    return f"“{clean or '未命名'}”"


def read_limited(path: Path, limits: Limits) -> bytes:
    """The file's bytes.

    Raises:
        InputError: it is missing, no regular file, unreadable, empty or too large.
    """
    name = label(str(path))
    try:
        if path.is_dir():
            raise InputError(f"{name}是文件夹，请给出文件。")
        if not path.exists():
            raise InputError(f"找不到文件{name}，请检查路径。")
        if not path.is_file():
            raise InputError(f"{name}不是普通文件，无法读取。")
        with path.open("rb") as handle:
            check_size(os.fstat(handle.fileno()).st_size, str(path), limits)
            return handle.read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        raise refused(InputError, f"文件{name}打不开", error) from error


def check_size(size: int, name: str, limits: Limits) -> None:
    """Refuse nothing at all and too much.

    Raises:
        InputError: ``size`` is 0 or above the limit.
    """
    if size == 0:
        raise InputError(f"文件{label(name)}是空的，请重新导出或换一个文件。")
    if size > limits.max_bytes:
        raise InputError(
            f"文件{label(name)}有{size / 2**20:.0f}MB，超过{limits.max_bytes / 2**20:.0f}MB的上限，"
            "请去掉图片后另存，或拆成几份。"
        )


def check_document(document: Document, limits: Limits) -> Document:
    """The document, if it holds text and not too much of it.

    Raises:
        InputError: nothing but white space, or more than ``max_chars``.
    """
    name = label(document.path)
    if len(document.text) > limits.max_chars:
        raise too_long(document.path, limits)
    if not document.text.strip():
        raise InputError(f"文件{name}里没有文字，请确认内容不是图片，或换一个文件。")
    return document


def too_long(name: str, limits: Limits) -> InputError:
    """The refusal of a text above ``max_chars``."""
    return InputError(
        f"文件{label(name)}的文字超过{limits.max_chars // 10_000}万字的上限，请拆成几份。"
    )
