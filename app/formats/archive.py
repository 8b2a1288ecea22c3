"""Zip archives of documents, one member at a time: hostile names, bombs, Chinese encodings.

Nothing is written to disk. What cannot be read is named with its reason; what no person put into
the archive (lock files, ``__MACOSX``, folders) is passed over in silence.
"""

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.core.errors import InputError
from app.formats.limits import (
    DEFAULT_ARCHIVE_LIMITS,
    ArchiveLimits,
    current_archive_limits,
)
from app.formats.source import label

__all__ = ["DEFAULT_ARCHIVE_LIMITS", "ArchiveLimits"]  # where others look for them

ARCHIVE_SUFFIXES = frozenset({".zip"})
_NESTED = frozenset({".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".cab"})
_OTHER_ARCHIVES = ((b"Rar!", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gz"))
_JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini"})
_JUNK_FOLDER = "__MACOSX"
_CHUNK = 2**16
_RATIO_FROM = 8 * 2**20
_IS_UTF8, _IS_ENCRYPTED = 0x800, 0x1
_UNICODE_PATH = 0x7075
_METHODS = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
)

_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _LOCATOR_BYTES, _COMMENT_BYTES = 22, 20, 2**16
_ENTRY_BYTES = 46 + 1024  # a directory entry with a long name and extra fields
_ENCRYPTED = "已加密，请解压后去掉密码，再重新打包。"
_UNKNOWN_PACKING = "压缩方式不支持，请用系统自带的“压缩为zip”重新打包。"

_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file of an archive. ``name`` is its path inside, with ``/``; safe, never leading out."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SkippedMember:
    """A file of an archive that was not read, with the sentence that says why.

    ``is_damaged``: it was wanted, but is encrypted, damaged or packed in an unknown way.
    """

    name: str
    reason: str
    is_damaged: bool = False


class Archive:
    """An open archive: ``names`` can be read, ``skipped`` cannot. Made by :func:`open_archive`."""

    def __init__(
        self,
        opened: zipfile.ZipFile,
        name: str,
        limits: ArchiveLimits,
        suffixes: Collection[str],
    ) -> None:
        self.name = name
        self._opened = opened
        self._limits = limits
        self._members: dict[str, zipfile.ZipInfo] = {}
        skipped: list[SkippedMember] = []
        infos = [i for i in opened.infolist() if not i.is_dir()]
        self._check_sizes(infos)
        for member, info in zip(_member_names(infos), infos, strict=True):
            if is_junk(member):
                continue
            reason = self._refusal(member, info, suffixes)
            if reason:
                is_damaged = reason in {_ENCRYPTED, _UNKNOWN_PACKING}
                skipped.append(SkippedMember(_printable(member), reason, is_damaged=is_damaged))
            else:
                self._members[member] = info
        self.names = tuple(sorted(self._members))
        self.skipped = tuple(sorted(skipped, key=lambda s: s.name))

    def _check_sizes(self, infos: Collection[zipfile.ZipInfo]) -> None:
        if len(infos) > self._limits.max_members:
            raise _too_many(self.name, self._limits)
        if sum(i.file_size for i in infos) > self._limits.max_unzipped_bytes:
            raise _bomb(self.name)
        for info in infos:
            most = self._limits.max_ratio * max(info.compress_size, 1)
            if info.file_size > max(_RATIO_FROM, most):
                raise _bomb(self.name)

    def _refusal(self, member: str, info: zipfile.ZipInfo, suffixes: Collection[str]) -> str:
        """Why a member is not read; empty where it is."""
        suffix = PurePosixPath(member).suffix.lower()
        limit = self._limits.max_member_bytes
        refusals = (
            (_leads_out(member), "文件名指到了压缩包之外，没有读取，请重新打包。"),
            (
                stat.S_ISLNK(info.external_attr >> 16),
                "这是指向别处的链接，没有读取，请把原文件放进压缩包。",
            ),
            (suffix in _NESTED, "压缩包里的压缩包不再展开，请解压后单独提交。"),
            (
                bool(suffixes) and suffix not in suffixes,
                f"不是{_listed(suffixes)}文件，没有读取。",
            ),
            (bool(info.flag_bits & _IS_ENCRYPTED), _ENCRYPTED),
            (info.compress_type not in _METHODS, _UNKNOWN_PACKING),
            (info.file_size > limit, f"超过{limit // 2**20}MB的上限，请去掉图片后另存。"),
            (member in self._members, "压缩包里有同名文件，只读了前一份，请改名后重新打包。"),
        )
        return next((reason for is_refused, reason in refusals if is_refused), "")

    def read(self, member: str) -> bytes:
        """The bytes of one of ``names``.

        Raises:
            InputError: the member is damaged or unpacks to more than its entry says.
        """
        info = self._members[member]
        parts = []
        size = 0
        try:
            with self._opened.open(info) as handle:
                while chunk := handle.read(_CHUNK):
                    size += len(chunk)
                    if size > self._limits.max_member_bytes:
                        raise _bomb(self.name)
                    parts.append(chunk)
        except _DAMAGE as error:
            raise InputError(
                f"压缩包里的文件{label(member)}已损坏，请重新打包，或单独提交这一份。"
            ) from error
        return b"".join(parts)


@contextmanager
def open_archive(
    source: Path | bytes,
    name: str = "",
    *,
    limits: ArchiveLimits | None = None,
    suffixes: Collection[str] = (),
) -> Iterator[Archive]:
    """Open a zip archive; ``suffixes`` (``.docx``) names the kinds wanted, none means all.

    Raises:
        InputError: it is no zip, is damaged, too large, or a bomb.
    """
    limits = limits or current_archive_limits()
    name = name or (source.name if isinstance(source, Path) else "")
    with _opened_file(source, name) as handle:
        opened = _open_zip(handle, name, limits)
        with opened:
            yield Archive(opened, name, limits, suffixes)


def read_archive(
    source: Path | bytes,
    name: str = "",
    *,
    limits: ArchiveLimits | None = None,
    suffixes: Collection[str] = (),
) -> Iterator[ArchiveMember | SkippedMember]:
    """Yield every file of an archive, read when it is asked for, and those left out with why.

    Raises:
        InputError: the archive as a whole cannot be read.
    """
    with open_archive(source, name, limits=limits, suffixes=suffixes) as archive:
        yield from archive.skipped
        for member in archive.names:
            try:
                data = archive.read(member)
            except InputError as error:
                yield SkippedMember(_printable(member), str(error), is_damaged=True)
            else:
                yield ArchiveMember(member, data)


def is_archive(name: str) -> bool:
    """True where a file's name says zip archive (a Word file is one too, but not by its name)."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower() in ARCHIVE_SUFFIXES


@contextmanager
def _opened_file(source: Path | bytes, name: str) -> Iterator[io.BufferedIOBase]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        handle = source.open("rb")
    except OSError as error:
        raise InputError(
            f"压缩包{label(name)}打不开，请检查路径和读取权限，或看看是否被其他程序占用。"
        ) from error
    with handle:
        yield handle


def _open_zip(handle: io.BufferedIOBase, name: str, limits: ArchiveLimits) -> zipfile.ZipFile:
    head = handle.read(8)
    for mark, kind in _OTHER_ARCHIVES:
        if head.startswith(mark):
            raise InputError(f"压缩包{label(name)}是{kind}格式，请解压后重新压缩成zip再提交。")
    size = handle.seek(0, io.SEEK_END)
    if size == 0:
        raise InputError(f"压缩包{label(name)}是空的，请重新打包。")
    if size > limits.max_bytes:
        raise InputError(
            f"压缩包{label(name)}有{size / 2**20:.0f}MB，超过{limits.max_bytes // 2**20}MB的上限，"
            "请分成几个压缩包。"
        )
    try:
        # The directory is read whole: know its size before.
        if _directory_bytes(handle, size) > limits.max_members * _ENTRY_BYTES:
            raise _too_many(name, limits)
        handle.seek(0)
        return zipfile.ZipFile(handle)
    except _DAMAGE as error:
        raise InputError(f"压缩包{label(name)}已损坏或不是zip格式，请重新打包。") from error


def _directory_bytes(handle: io.BufferedIOBase, size: int) -> int:
    """Bytes of the central directory as the end record states them; 0 where there is none."""
    start = max(0, size - _END_BYTES - _COMMENT_BYTES - _LOCATOR_BYTES)
    handle.seek(start)
    tail = handle.read()
    at = len(tail) - _END_BYTES
    if at < 0 or not tail.startswith(_END, at) or not tail.endswith(b"\0\0"):
        at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        return 0
    stated: int = struct.unpack_from("<L", tail, at + 12)[0]
    locator = at - _LOCATOR_BYTES
    if locator >= 0 and tail.startswith(_LOCATOR64, locator):
        handle.seek(struct.unpack_from("<Q", tail, locator + 8)[0])
        record = handle.read(56)
        if record.startswith(_END64) and len(record) == 56:
            stated = max(stated if stated != 0xFFFFFFFF else 0, *struct.unpack("<Q", record[40:48]))
    return stated


def _bomb(name: str) -> InputError:
    return InputError(
        f"压缩包{label(name)}解压后过大，像是压缩炸弹，已停止读取，请确认来源，或分成几个压缩包。"
    )


def _too_many(name: str, limits: ArchiveLimits) -> InputError:
    return InputError(
        f"压缩包{label(name)}里的文件超过{limits.max_members}个的上限，请分成几个压缩包。"
    )


def _member_names(infos: Collection[zipfile.ZipInfo]) -> list[str]:
    """The members' names as they were meant: marked UTF-8, or the bytes of a Chinese system."""
    raw = [_raw_name(info) for info in infos]
    unmarked = [name for name in raw if isinstance(name, bytes)]
    encoding = _guess_encoding(unmarked)
    return [_normal(name if isinstance(name, str) else _decoded(name, encoding)) for name in raw]


def _raw_name(info: zipfile.ZipInfo) -> str | bytes:
    """Text where the archive says which; else the bytes that Python took for code page 437."""
    if info.flag_bits & _IS_UTF8:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    return _unicode_path(info.extra, raw) or raw


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in an Info-ZIP Unicode Path field that belongs to ``raw``; empty without one."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == _UNICODE_PATH and len(body) > 5 and body[0] == 1:
            try:
                if struct.unpack_from("<L", body, 1)[0] == zlib.crc32(raw):
                    return body[5:].decode("utf-8")
            except UnicodeDecodeError:
                return ""
    return ""


def _guess_encoding(names: Iterable[bytes]) -> str:
    """One encoding for all unmarked names: one GBK name can be UTF-8 by accident, all cannot."""
    whole = b"\n".join(names)
    try:
        as_utf8 = whole.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    try:
        as_gbk = whole.decode("gb18030")
    except UnicodeDecodeError:
        return "utf-8"
    return "utf-8" if _han(as_utf8) or not _han(as_gbk) else "gb18030"


def _han(text: str) -> int:
    return sum(1 for char in text if "一" <= char <= "鿿")


def _decoded(raw: bytes, encoding: str) -> str:
    for name in (encoding, "utf-8", "gb18030"):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _normal(name: str) -> str:
    """One spelling of a name: NFC (macOS stores accents apart), forward slashes, no ``./``."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    while name.startswith("./"):
        name = name[2:]
    return name


def _leads_out(name: str) -> bool:
    pieces = name.split("/")
    has_drive = len(pieces[0]) > 1 and pieces[0][1] == ":"
    has_controls = any(unicodedata.category(char) == "Cc" for char in name)
    return name.startswith("/") or has_drive or has_controls or ".." in pieces


def is_junk(name: str) -> bool:
    """True for what systems and Word leave beside the documents; ``name`` is a relative path."""
    *folders, last = name.split("/")
    is_hidden = any(piece.startswith(".") and piece.strip(".") for piece in (*folders, last))
    return (
        is_hidden
        or _JUNK_FOLDER in folders
        or last.startswith("~$")
        or last.lower() in _JUNK_NAMES
        or not last
    )


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in name)


def _listed(suffixes: Collection[str]) -> str:
    names = sorted(suffix.removeprefix(".") for suffix in suffixes)
    return "、".join(names[:-1]) + f"或{names[-1]}" if len(names) > 1 else "".join(names)
