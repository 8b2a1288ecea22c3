"""What the disk, the system or a SQLite file refuses: told by its number, in one place.

Whether a disk is full, a file locked or a database damaged decides what a person does next, so it
is never guessed from words: ``errno`` and SQLite's own code say it. Only what is proven to be
damaged is called so.
"""

import errno
import os
import re
import sys
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import TypeVar

from app.core.errors import InputError, PinganError

_SQLITE_CODE = re.compile(r"\(code: (\d+)\)")  # Chroma passes both on as words alone
_OS_CODE = re.compile(r"\(os error (\d+)\)")
_ASK = "请再试一次，仍不行请告诉维护人员"


class Fault(Enum):
    """A kind of refusal: what it is, what to do about it, and what the page says instead."""

    FULL = "磁盘已满", "请先腾出空间再试"
    QUOTA = "磁盘配额已用完", "请先腾出空间再试"
    READ_ONLY = "所在的磁盘或文件是只读的", "请改成可以写入，或换一个位置"
    DENIED = "没有读写权限，或者正被别的程序打开", "请检查权限，关掉打开它的程序再试"
    LOCKED = "正被另一个程序占用", "请等它结束后再试"
    DAMAGED = (
        "内容已损坏，或者不是原来的文件",
        "请停掉网页后运行 pingan doctor --data 查看，再用备份恢复或加 --mend 修补",
        "请管理员检查数据文件夹，用备份恢复或修补",
    )
    MISSING = "文件或文件夹不存在", "请检查路径"
    NOT_FOLDER = "路径中有一段不是文件夹", "请检查路径"
    FOLDER = "这个位置是一个文件夹", "请检查路径"
    LONG_NAME = "文件名太长", "请缩短文件名"
    FOREIGN = (
        "名称或文字里有另一种编码的字符，存不下来",
        "请把文件改名或去掉这些字符后再试，中文名都不行时设置 PYTHONUTF8=1 再运行",
        "请把文件改名或去掉这些字符后再试",
    )
    MANY_FILES = "打开的文件太多，超过了系统的上限", "请过一会儿再试，或请管理员提高这个上限"
    TOO_LARGE = "文件超过了系统允许的大小", "请换一个位置，或请管理员放宽限制"
    DISK = "磁盘读写出错", "请检查磁盘是否完好、是否还连着"
    MEMORY = "内存不够", "请关掉别的程序再试"
    UNKNOWN = "系统没有允许这一步", _ASK

    def __init__(self, what: str, advice: str, page_advice: str = "") -> None:
        self.what = what
        self.advice = advice
        self.page_advice = page_advice or advice


_ERRNO = {
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.QUOTA,
    errno.EROFS: Fault.READ_ONLY,
    errno.EACCES: Fault.DENIED,
    errno.EPERM: Fault.DENIED,
    errno.EBUSY: Fault.LOCKED,
    errno.ETXTBSY: Fault.LOCKED,
    errno.ENOENT: Fault.MISSING,
    errno.ENOTDIR: Fault.NOT_FOLDER,
    errno.EISDIR: Fault.FOLDER,
    errno.ENAMETOOLONG: Fault.LONG_NAME,
    errno.EILSEQ: Fault.FOREIGN,
    errno.EMFILE: Fault.MANY_FILES,
    errno.ENFILE: Fault.MANY_FILES,
    errno.EFBIG: Fault.TOO_LARGE,
    errno.EIO: Fault.DISK,
    errno.ENODEV: Fault.DISK,
    errno.ENXIO: Fault.DISK,
    errno.ESTALE: Fault.DISK,
    errno.ENOMEM: Fault.MEMORY,
}
# SQLite's primary codes, by number: ``pingan check`` does without loading SQLite.
_SQLITE = {
    3: Fault.DENIED,  # PERM
    5: Fault.LOCKED,  # BUSY
    6: Fault.LOCKED,  # LOCKED
    7: Fault.MEMORY,  # NOMEM
    8: Fault.READ_ONLY,  # READONLY
    10: Fault.DISK,  # IOERR
    11: Fault.DAMAGED,  # CORRUPT
    13: Fault.FULL,  # FULL
    14: Fault.UNKNOWN,  # CANTOPEN
    23: Fault.DENIED,  # AUTH
    26: Fault.DAMAGED,  # NOTADB
}
_ASK_AGAIN = frozenset((10, 14))  # SQLite says only that it could not; the system knows why


def fault_of(error: BaseException, path: Path | None = None) -> Fault | None:
    """What kind of refusal an error is; ``None`` where it is none, but a defect of ours.

    ``path`` is the file it was about: where SQLite does not pass the system's reason on, the
    system is asked again.
    """
    if isinstance(error, UnicodeEncodeError):
        return Fault.FOREIGN
    if isinstance(error, MemoryError):
        return Fault.MEMORY
    if isinstance(error, OSError):
        return _ERRNO.get(error.errno or 0, Fault.UNKNOWN)
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and (told := _SQLITE_CODE.search(str(error))):
        code = int(told[1])
    if code is None:
        told = _OS_CODE.search(str(error))
        return _ERRNO.get(int(told[1]), Fault.UNKNOWN) if told else None
    code &= 0xFF  # the higher bits only tell details
    fault = _asked_again(path) if path is not None and code in _ASK_AGAIN else None
    return fault or _SQLITE.get(code)


def _asked_again(path: Path) -> Fault | None:
    """Why the file at ``path`` cannot be opened or grown."""
    try:
        with path.open("rb"):
            pass
        if not os.access(path.parent, os.W_OK):
            return Fault.READ_ONLY
    except (OSError, UnicodeError) as error:
        return fault_of(error)
    with suppress(OSError, AttributeError):  # there is no such call on Windows
        if not os.statvfs(path.parent).f_bavail:
            return Fault.FULL
    return None


_Kind = TypeVar("_Kind", bound=PinganError)


def refused(
    kind: type[_Kind],
    subject: str,
    error: BaseException,
    *,
    path: Path | None = None,
    then: str = "",
) -> _Kind:
    """The error for people: ``subject`` (what could not be done, where), why, what to do next.

    ``then`` tells what came of it, such as that nothing was saved.
    """
    fault = fault_of(error, path) or Fault.UNKNOWN
    what = fault.what
    if fault is Fault.UNKNOWN:
        what = f"{what}（{type(error).__name__}）"
    told = f"{subject}：{what}{'，' if then else ''}{then}"
    return kind(f"{told}，{fault.advice}。", on_page=f"{told}，{fault.page_advice}。")


def refusal_behind(error: BaseException) -> PinganError | None:
    """A sentence for an error that reached an outermost frame; ``None`` where it is a defect."""
    if isinstance(error, PinganError):
        return error
    is_name = isinstance(error, UnicodeEncodeError) and sys.getfilesystemencoding() != "utf-8"
    is_sqlite = type(error).__module__ == "sqlite3"
    if not (is_name or is_sqlite or isinstance(error, OSError | MemoryError)):
        return None
    fault = fault_of(error)
    if fault in (None, Fault.UNKNOWN, Fault.MISSING):  # what is missing was ours to bring
        return None
    place = getattr(error, "filename", None)
    subject = f"{place} 读写不了" if isinstance(place, str) else "这一步没有完成"
    return refused(PinganError, subject, error)


def log_line(error: BaseException) -> str:
    """What a log may say of an error: the sentence where the machine refused, else the kind alone.

    Any other message may hold a draft's words or a file's name.
    """
    told = refusal_behind(error)
    cause = error.__cause__ if told is error else error
    is_machine = cause is not None and fault_of(cause) is not None
    is_about_input = isinstance(error, InputError) or isinstance(cause, UnicodeError)
    return str(told) if told and is_machine and not is_about_input else type(error).__name__
