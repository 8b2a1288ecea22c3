"""Bytes from disk, text that every file can hold, and the words in which a reader refuses them."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from app.core.document import Document
from app.core.errors import InputError, PinganError
from app.core.faults import refused
from app.formats.limits import Limits

_HALF = re.compile("[\ud800-\udfff]")
_log = logging.getLogger(__name__)


@contextmanager
def barrier(name: str) -> Iterator[None]:
    """Whatever a document does to those who work on it is told as a fault of that document.

    Raises:
        InputError: the document is too large for the memory, or does what nobody foresaw.
    """
    try:
        yield
    except PinganError:
        raise
    except MemoryError as error:
        raise too_large(name) from error
    except Exception as error:
        _log.debug("a document failed", exc_info=True)
        raise InputError(
            f"文件{label(name)}里有程序没有料到的内容（{type(error).__name__}），这一份没有处理，"
            "请用Word或WPS打开后重新另存，仍不行请告诉维护人员。"
        ) from error


def too_large(name: str) -> InputError:
    """The refusal of what does not fit into the memory."""
    return InputError(
        f"文件{label(name)}太大，内存不够，这一份没有处理，请去掉图片和多余的内容，或拆成几份。"
    )


def encodable(text: str) -> str:
    """The text with halves of characters joined; a half that lacks the other becomes ``�``.

    Some programs write a rare character as two halves (surrogates), each as if it were a
    character. No file, no hash and no terminal takes them.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def shown_name(path: str) -> str:
    """The name of a file as people read it, also one in another encoding than the system's."""
    return "/".join(map(_shown_part, path.split("/")))


def _shown_part(part: str) -> str:
    if not _HALF.search(part):
        return part
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return os.fsencode(part).decode(encoding)
    return encodable(part)


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
    name = label(shown_name(str(path)))
    try:
        if path.is_dir():
            raise InputError(f"{name}是文件夹，请给出文件。")
        if not path.exists():
            raise InputError(f"找不到文件{name}，请检查路径。")
        if not path.is_file():
            raise InputError(f"{name}不是普通文件，无法读取。")
        with path.open("rb") as handle:
            check_size(os.fstat(handle.fileno()).st_size, shown_name(str(path)), limits)
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
    """The document, if it holds text and not too much of it; the text can be encoded.

    Raises:
        InputError: nothing but white space, or more than ``max_chars``.
    """
    name = label(document.path)
    if len(document.text) > limits.max_chars:
        raise too_long(document.path, limits)
    if not document.text.strip():
        raise InputError(f"文件{name}里没有文字，请确认内容不是图片，或换一个文件。")
    text = _HALF.sub("�", document.text)
    return document if text == document.text else replace(document, text=text)


def too_long(name: str, limits: Limits) -> InputError:
    """The refusal of a text above ``max_chars``."""
    return InputError(
        f"文件{label(name)}的文字超过{limits.max_chars // 10_000}万字的上限，请拆成几份。"
    )
