"""Office packages (zip of XML), opened with a hard hand: sizes, entities, damage."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from lxml import etree

from app.core.errors import InputError
from app.formats.limits import Limits
from app.formats.source import label

_CHUNK = 2**16
_RATIO_FROM = 8 * 2**20
_STRICT = "http://purl.oclc.org/ooxml/"
_TRANSITIONAL = "http://schemas.openxmlformats.org/"
_STRICT_NAMES = {
    _STRICT + "wordprocessingml/main": _TRANSITIONAL + "wordprocessingml/2006/main",
    _STRICT + "officeDocument/relationships": _TRANSITIONAL + "officeDocument/2006/relationships",
    _STRICT + "officeDocument/math": _TRANSITIONAL + "officeDocument/2006/math",
}
_KINDS = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
)


@contextmanager
def damage_as_input_error(name: str) -> Iterator[None]:
    """The one seam through which a damaged package becomes an :class:`InputError`."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        struct.error,
        etree.LxmlError,
        ArithmeticError,
        AssertionError,
        AttributeError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RecursionError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        raise InputError(
            f"文件{label(name)}已损坏或不完整，请用Word或WPS打开后重新另存，再提交。"
        ) from error


def package_kind(data: bytes, name: str, limits: Limits) -> str:
    """``docx``, ``xlsx``, ``pptx``, ``odt`` or an empty string for any other zip.

    Raises:
        InputError: the zip is damaged or beyond the limits.
    """
    with damage_as_input_error(name), Package.open(data, name, limits) as package:
        for member, kind in _KINDS:
            if member in package:
                return kind
        if b"opendocument.text" in (package.get("mimetype") or b"")[:200]:
            return "odt"
        types = package.get("[Content_Types].xml") or b""
        for mark, kind in ((b"wordprocessingml", "docx"), (b"spreadsheetml", "xlsx")):
            if mark in types:
                return kind
        return ""


@dataclass(slots=True)
class Package:
    """Members of an office package; what is read is charged against the limits."""

    archive: zipfile.ZipFile
    name: str
    limits: Limits
    names: dict[str, str] = field(default_factory=dict)
    spent: int = 0
    nodes: int = 0

    @classmethod
    @contextmanager
    def open(cls, data: bytes, name: str, limits: Limits) -> Iterator["Package"]:
        """The package in ``data``, its directory checked.

        Raises:
            InputError: encrypted, too many members, a zip bomb.
        """
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            package = cls(archive, name, limits)
            package._check_directory()
            yield package

    def _check_directory(self) -> None:
        infos = self.archive.infolist()
        total = sum(i.file_size for i in infos)
        if len(infos) > self.limits.max_zip_members or total > self.limits.max_unzipped_bytes:
            raise self._bomb()
        for info in infos:
            if info.flag_bits & 0x1:
                raise InputError(
                    f"文件{label(self.name)}已加密，请先用密码打开，去掉密码后另存再提交。"
                )
            if info.file_size > _RATIO_FROM:
                self._check_ratio(info)
            self.names[_normal(info.filename)] = info.filename

    def _check_ratio(self, info: zipfile.ZipInfo) -> None:
        if info.file_size > self.limits.max_zip_ratio * max(info.compress_size, 1):
            raise self._bomb()

    def _bomb(self) -> InputError:
        return InputError(
            f"文件{label(self.name)}解压后过大，像是压缩炸弹，已停止读取，"
            "请用Word或WPS打开后重新另存。"
        )

    def __contains__(self, member: str) -> bool:
        return _normal(member) in self.names

    def get(self, member: str) -> bytes | None:
        """The bytes of a member, ``None`` where there is none.

        Raises:
            InputError: the members read so far unpack to more than the limit.
        """
        real = self.names.get(_normal(member))
        if real is None:
            return None
        parts = []
        with self.archive.open(real) as handle:
            while chunk := handle.read(_CHUNK):
                self.spent += len(chunk)
                if self.spent > self.limits.max_unzipped_bytes:
                    raise self._bomb()
                parts.append(chunk)
        return b"".join(parts)

    def xml(self, member: str) -> etree._Element | None:
        """The root of an XML member, ``None`` where there is none.

        Raises:
            InputError: it declares a document type (the door of entity bombs).
        """
        data = self.get(member)
        if data is None:
            return None
        self.charge(data)
        return parse_xml(data, self.name)

    def charge(self, data: bytes) -> None:
        """A tree takes a hundred times the memory of its text: count before it is built.

        Libraries look an attribute up among its neighbours, which takes minutes among thousands.
        """
        data = data.replace(b"\0", b"")
        self.nodes += data.count(b"<") + data.count(b"=")
        if self.nodes > self.limits.max_xml_nodes:
            raise InputError(
                f"文件{label(self.name)}的内容过多（标记超过{self.limits.max_xml_nodes // 10_000}"
                "万个），已停止读取，请只留需要的部分，或拆成几份。"
            )
        if _crowded(self.limits.max_attributes).search(data):
            raise InputError(
                f"文件{label(self.name)}里有一个标记带了{self.limits.max_attributes}个以上的属性，"
                "像是有意做坏的文件，已停止读取，请用Word或WPS打开后重新另存。"
            )

    def check_members(self) -> None:
        """Look through every XML member before another library reads it.

        Raises:
            InputError: one declares a document type, or together they hold too much.
        """
        for key, real in self.names.items():
            if key.endswith((".xml", ".rels", ".vml")):
                data = self.get(real) or b""
                _refuse_doctype(data, self.name)
                self.charge(data)


@cache
def _crowded(most: int) -> re.Pattern[bytes]:
    """An element with more than ``most`` attributes; reads each byte at most once."""
    value = rb"""(?:"[^"<]*+"|'[^'<]*+')"""
    return re.compile(rb"""<[^<>"'/!?][^<>"']*+(?:%b[^<>"']*+){%d}""" % (value, most + 1))


def parse_xml(data: bytes, name: str) -> etree._Element:
    """The root element: no entities, no network, no huge trees, no comments.

    Raises:
        InputError: the XML declares a document type.
    """
    _refuse_doctype(data, name)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(name)
    if (etree.QName(root).namespace or "").startswith(_STRICT):
        _loosen(root)
    return root


def _refuse_doctype(data: bytes, name: str) -> None:
    if b"<!DOCTYPE" in data or b"<!DOCTYPE" in data.replace(b"\0", b""):
        raise _doctype(name)


def _doctype(name: str) -> InputError:
    return InputError(
        f"文件{label(name)}里有不安全的XML实体声明，已停止读取，请用Word或WPS打开后重新另存。"
    )


def _loosen(root: etree._Element) -> None:
    """Give a Strict Open XML tree the names of the Transitional one, in place."""
    for element in root.iter(etree.Element):
        element.tag = _loose_name(str(element.tag))
        for key, value in list(element.attrib.items()):
            loose = _loose_name(str(key))
            if loose != key:
                del element.attrib[key]
                element.set(loose, value)


def _loose_name(name: str) -> str:
    namespace, brace, local = name[1:].partition("}")
    if not brace or namespace not in _STRICT_NAMES:
        return name
    return f"{{{_STRICT_NAMES[namespace]}}}{local}"


def _normal(member: str) -> str:
    return member.replace("\\", "/").lstrip("/").lower()
